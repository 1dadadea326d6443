"""`splits.geojson`: how plots of several uses could be divided. A proposal for people; no statement reads it."""

from collections.abc import Hashable, Mapping

import geopandas as gpd
import pandas as pd

from eudr_check.package.formats.geojson_text import collection, geometry
from eudr_check.text import number, say
from eudr_check.use_tables import GROUND_USES

NAME = "splits.geojson"
CODE = "mixed_plot"
"""Of its action in the plan."""
DECIMALS = 8
"""Of hectares: a square decimetre in ten, so that parts still add up to their plot."""
LEAST_HA, NOTHING_HA = 0.005, 1e-8
"""Hectares that two decimals show, and those that are rounding."""


def content(splits: gpd.GeoDataFrame, plots: pd.DataFrame, language: str) -> bytes:
    """The parts of every split, a Feature each.

    Args:
        splits: SPLITS. plots: PLOTS.
        language: of `contains` and `note`.

    Returns:
        GeoJSON in WGS84; coordinates as they are cut, hectares that add up.
    """
    known = plots[["cooperative", "plot_id"]].reindex(splits.index)
    hectares = ("area_ha", *(f"{name}_ha" for name in GROUND_USES))
    features = []
    rows = zip(splits.index, splits.to_dict("records"), known.to_dict("records"), strict=True)
    for plot, row, of in rows:
        properties = {
            "plot": plot,
            **{str(key): value for key, value in of.items()},
            "number": row["number"],
            "part": row["part"],
            "contains": in_words(row, language),
            **{name: round(row[name], DECIMALS) for name in hectares},
            "status": "proposal",
            "note": say("uses", "mixed", language),
        }
        features.append({"type": "Feature", "geometry": geometry(row["geometry"]), "properties": properties})
    return collection(features)


def in_words(held: Mapping[Hashable, float], language: str) -> str:
    """What some ground is, with the hectares measured, in one line; the least of it is not left out.

    Args:
        held: hectares by column of SPLITS.
        language: of the line.
    """
    hectares = {name: float(held[f"{name}_ha"]) for name in GROUND_USES}
    least = f"< {number(0.01, language)}"
    shown = {name: number(ha, language, 2) if ha >= LEAST_HA else least for name, ha in hectares.items()}
    return "; ".join(
        f"{say('uses', name, language)} {shown[name]} ha" for name, ha in hectares.items() if ha > NOTHING_HA
    )


def together(parts: pd.DataFrame) -> dict[Hashable, float]:
    """Hectares by column of the parts of one plot."""
    columns = [f"{name}_ha" for name in GROUND_USES]
    return dict(zip(columns, parts[columns].to_numpy(dtype=float).sum(axis=0).tolist(), strict=True))


def by_plot(splits: gpd.GeoDataFrame | None) -> Mapping[str, pd.DataFrame]:
    """The parts of each plot, in their order."""
    return {} if splits is None else {str(plot): rows for plot, rows in splits.groupby(level=0, sort=True)}
