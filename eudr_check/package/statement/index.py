"""Which Feature of a statement is which plot, and what each plot delivered into its lots: for auditors."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.lookup import among


def delivered(deliveries: pd.DataFrame | None, lots: Collection[str]) -> pd.DataFrame:
    """What every plot delivered into some lots: their names, and kilograms of product left in them.

    Args:
        deliveries: DELIVERIES; None where the harvest has no list.
        lots: names; of a lot that is shipped in part, what was delivered into all of it.

    Returns:
        Index `plot`; columns `lots` (names in order, with semicolons) and `delivered_kg` (to the gram).
    """
    if deliveries is None:
        return pd.DataFrame({"lots": pd.Series(dtype="str"), "delivered_kg": pd.Series(dtype="float64")})
    mine = deliveries[among(deliveries["lot"], lots) & ~deliveries["removed"].to_numpy(dtype=bool)]
    kilograms = mine.groupby("plot")["kg_green"].sum().round(3)
    names: dict[str, set[str]] = defaultdict(set)
    for plot, lot in zip(mine["plot"].tolist(), mine["lot"].tolist(), strict=True):
        names[plot].add(lot)
    named = pd.array(["; ".join(sorted(names[plot])) for plot in kilograms.index.tolist()], dtype="str")
    return pd.DataFrame({"lots": named, "delivered_kg": kilograms}, index=kilograms.index)


def table(
    features: pd.DataFrame,
    texts: Sequence[str],
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    into_lots: pd.DataFrame,
) -> pd.DataFrame:
    """A row per Feature with its plot, outcome, deliveries and the digest of its text.

    Args:
        features: rows of `eu_geojson.Export.features`. texts: the same as lines of GeoJSON.
        plots: PLOTS. assessments: ASSESSMENTS.
        into_lots: from `delivered`.
    """
    keys = features["plot"].to_numpy(dtype=object)
    known = plots[["plot_id", "cooperative"]].reindex(keys)
    status = assessments[["outcome", "final_outcome", "policy"]].reindex(keys)
    gave = into_lots.reindex(keys)
    return pd.DataFrame(
        {
            "feature": np.arange(1, len(features) + 1),
            "plot": keys,
            "plot_id": known["plot_id"].to_numpy(),
            "cooperative": known["cooperative"].to_numpy(),
            "part": features["part"].to_numpy(),
            "parts": features.groupby("plot")["part"].transform("max").to_numpy(),
            "production_place": features["place"].to_numpy(),
            "area_ha": features["area_ha"].to_numpy(),
            "outcome": status["outcome"].to_numpy(),
            "final_outcome": status["final_outcome"].to_numpy(),
            "policy": status["policy"].to_numpy(),
            "lots": gave["lots"].to_numpy(dtype=object),
            # Once for a plot of several Features, so that the column adds up.
            "delivered_kg": np.where(features["plot"].duplicated(), np.nan, gave["delivered_kg"].to_numpy(dtype=float)),
            "sha256": [hashlib.sha256(text.encode()).hexdigest() for text in texts],
        }
    )
