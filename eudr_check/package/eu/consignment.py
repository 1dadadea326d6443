"""What may go into a consignment, what may not and why.

Any deforestation on a plot disqualifies all product from it (Art. 9(1)(d)), and what was mixed cannot be unmixed: so a
consignment holds only plots that are low or settled by a review, from lots that were accepted whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.lookup import among
from eudr_check.tables import SETTLED

EXCLUDED_COLUMNS = ("plot", "cooperative", "outcome", "final_outcome", "reasons", "excluded_because")


@dataclass(frozen=True)
class Consignment:
    """What is declared, and what stays out."""

    plots: gpd.GeoDataFrame
    """PLOTS rows that may be declared."""
    excluded: pd.DataFrame
    """plot, cooperative, outcome, final_outcome, reasons, excluded_because; one row per plot left out."""
    lots: pd.DataFrame
    """lot, kg_green, plots (tuple of plot keys) of the accepted lots; empty where no deliveries were given."""
    refused_lots: pd.DataFrame
    """lot, kg_green, status, reasons of the refused lots."""


def settle(
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    lots: pd.DataFrame | None,
    traceability: str,
    *,
    draft: bool,
    unsendable: Mapping[str, str] | None = None,
    animals: pd.DataFrame | None = None,
) -> Consignment:
    """Sort plots and lots into what may be declared and what stays out.

    Under `full` traceability every settled plot of an accepted lot is declared (every settled plot, where no
    deliveries are known). Under `declared_in_excess` a cooperative declares all its plots, so one of them that is not
    settled keeps the whole group out. A lot stays in only while every plot in it does.

    Args:
        plots: PLOTS.
        assessments: ASSESSMENTS.
        lots: LOTS; None without deliveries.
        traceability: `full` or `declared_in_excess`.
        draft: declare every usable plot whatever its outcome; only for documents marked as draft.
        unsendable: plots no GeoJSON can carry, and why.
        animals: ANIMALS; an establishment of cattle is declared with a group whose whole chain is low, never alone.
    """
    status = plots[["cooperative", "usable"]].join(assessments[["outcome", "final_outcome", "reasons"]])
    why = _why(status, unsendable or {}, traceability)
    cattle = why.index[(why == "") & (plots["commodity"] == "cattle").to_numpy(dtype=bool)]
    why[cattle] = _of_chains(cattle, animals)
    sendable = plots["usable"] & ~plots.index.isin(list(unsendable or {}))
    accepted, refused = _lots(
        lots, status, set(sendable.index[sendable] if draft else why.index[why == ""]), traceability
    )
    if draft:
        accepted, refused = pd.concat([accepted, refused], ignore_index=True), refused
    in_lot = among(plots.index, (plot for keys in accepted["plots"] for plot in keys))
    if lots is not None:
        missed = (why == "") & ~in_lot
        tainted = among(plots.index[missed], (plot for keys in refused["plots"] for plot in keys))
        why[missed] = np.where(tainted, "lot_refused", "no_delivery")
    kept = sendable & (in_lot | (lots is None)) if draft else why == ""
    out = status.assign(excluded_because=why)[why != ""]
    excluded = out.reset_index()[list(EXCLUDED_COLUMNS)].sort_values("plot", ignore_index=True)
    return Consignment(plots[kept], excluded, accepted, refused[["lot", "kg_green", "status", "reasons"]])


def _why(status: pd.DataFrame, unsendable: Mapping[str, str], traceability: str) -> pd.Series:
    """Why a plot may not be declared, lots aside; empty where it may."""
    why = pd.Series("", index=status.index, dtype="str")
    why[~status["final_outcome"].isin(SETTLED)] = "not_settled"
    why[status["final_outcome"].isna()] = "not_assessed"
    why[~status["usable"]] = "not_usable"
    for plot, code in unsendable.items():
        if why[plot] == "":
            why[plot] = f"cannot_be_sent:{code}"
    if traceability == "declared_in_excess":
        spoiled = status["cooperative"].isin(set(status["cooperative"][why != ""]))
        why[(why == "") & spoiled] = "group_not_settled"
    return why


def _of_chains(establishments: pd.Index, animals: pd.DataFrame | None) -> list[str]:
    """Why an establishment of cattle that is settled may not be declared all the same; empty where it may."""
    named: dict[str, str] = {}
    for outcome, keys in () if animals is None else zip(animals["outcome"], animals["plots"], strict=True):
        for plot in keys:
            named[plot] = "" if outcome == "low" else named.get(plot, "chain_not_settled")
    return [named.get(plot, "no_animals") for plot in establishments]


def _lots(
    lots: pd.DataFrame | None, status: pd.DataFrame, declared: set[str], traceability: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accepted lots with the plots they declare, and refused lots; both with lot, kg_green, status, reasons, plots."""
    if lots is None:
        empty = pd.DataFrame({name: [] for name in ("lot", "kg_green", "status", "reasons", "plots")})
        return empty, empty
    ordered = lots[["lot", "kg_green", "status", "reasons", "plots"]].sort_values("lot", ignore_index=True)
    if traceability == "declared_in_excess":
        of_group = status.groupby("cooperative").groups
        groups = [sorted(set(status["cooperative"].reindex(list(keys)).dropna())) for keys in ordered["plots"]]
        members = [[plot for group in named for plot in of_group[group]] for named in groups]
        ordered["plots"] = pd.Series([[*keys, *more] for keys, more in zip(ordered["plots"], members, strict=True)])
    # What was mixed cannot be unmixed: product of a plot that is not declared must not travel with a lot.
    lacking = [sorted(set(keys) - declared) for keys in ordered["plots"]]
    newly = [state == "accepted" and bool(missing) for state, missing in zip(ordered["status"], lacking, strict=True)]
    why = pd.Series([f"not_declared: {', '.join(missing)}" for missing in lacking], dtype="str")
    ordered["reasons"] = ordered["reasons"].where(~np.array(newly, dtype=bool), why)
    ordered["status"] = ordered["status"].where(~np.array(newly, dtype=bool), "refused")
    accepted = ordered["status"] == "accepted"
    return ordered[accepted].reset_index(drop=True), ordered[~accepted].reset_index(drop=True)
