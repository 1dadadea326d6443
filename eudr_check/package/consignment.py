"""What may go into a consignment, what may not and why, and how it is cut into statements.

Any deforestation on a plot disqualifies all product from it (Art. 9(1)(d)), and what was mixed cannot be unmixed: so a
consignment holds only plots that are low or settled by a review, from lots that were accepted whole.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from eudr_check.tables import SETTLED

LIMIT_BYTES = 18_000_000
"""GeoJSON of one statement: 25 MB as UTF-8 and as base64 (four bytes for three), with room for the wrapping."""
EXCLUDED_COLUMNS = ("plot", "cooperative", "outcome", "final_outcome", "reasons", "excluded_because")
LIMIT_PRODUCERS = 1000
"""Producers per commodity; a statement of ours holds one commodity entry."""


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


@dataclass(frozen=True)
class Part:
    """One statement of a consignment."""

    number: int
    lot: str | None
    rows: list[int]
    """Rows of the features that it declares."""
    net_mass_kg: float


def settle(
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    lots: pd.DataFrame | None,
    traceability: str,
    *,
    draft: bool,
    unsendable: Mapping[str, str] | None = None,
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
        draft: declare every usable plot whatever its outcome; only for papers marked as draft.
        unsendable: plots no GeoJSON can carry, and why.
    """
    status = plots[["cooperative", "usable"]].join(assessments[["outcome", "final_outcome", "reasons"]])
    why = _why(status, unsendable or {}, traceability)
    sendable = plots["usable"] & ~plots.index.isin(list(unsendable or {}))
    accepted, refused = _lots(
        lots, status, set(sendable.index[sendable] if draft else why.index[why == ""]), traceability
    )
    if draft:
        accepted, refused = pd.concat([accepted, refused], ignore_index=True), refused
    in_lot = plots.index.isin([plot for keys in accepted["plots"] for plot in keys])
    if lots is not None:
        missed = (why == "") & ~in_lot
        tainted = plots.index[missed].isin([plot for keys in refused["plots"] for plot in keys])
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


def parts(consignment: Consignment, features: pd.DataFrame, sizes: Sequence[int], net_mass_kg: float) -> list[Part]:
    """Statements that keep the limits of the EU system, one lot or part of a lot each.

    The declared net mass is shared out by the kilograms of the lots, within a lot (and without lots) by hectares;
    shares add up to the gram.

    Args:
        consignment: what is declared.
        features: rows of `eu_geojson.Export.features`.
        sizes: bytes of every feature as GeoJSON.
        net_mass_kg: net mass of the whole consignment in kg.
    """
    cut = [
        (lot, kg, rows)
        for lot, kg, all_rows in _groups(consignment, features)
        for rows in _cut(features, sizes, all_rows)
        for kg in [kg * _hectares(features, rows) / _hectares(features, all_rows)]
    ]
    shares = _shared_out(net_mass_kg, [kg for _, kg, _ in cut])
    return [
        Part(number, lot, rows, share)
        for number, ((lot, _, rows), share) in enumerate(zip(cut, shares, strict=True), 1)
    ]


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
    told = pd.Series([f"not_declared: {', '.join(missing)}" for missing in lacking], dtype="str")
    ordered["reasons"] = ordered["reasons"].where(~np.array(newly, dtype=bool), told)
    ordered["status"] = ordered["status"].where(~np.array(newly, dtype=bool), "refused")
    accepted = ordered["status"] == "accepted"
    return ordered[accepted].reset_index(drop=True), ordered[~accepted].reset_index(drop=True)


def _groups(consignment: Consignment, features: pd.DataFrame) -> Iterator[tuple[str | None, float, list[int]]]:
    """Lot, weight and feature rows of every lot; all rows as one where no lot is known."""
    if consignment.lots.empty:
        if len(features):
            yield None, 1.0, list(range(len(features)))
        return
    rows_of: dict[Any, list[int]] = (
        pd.Series(np.arange(len(features))).groupby(features["plot"].to_numpy(dtype=object)).agg(list).to_dict()
    )
    lots: Any = consignment.lots
    for lot in lots.itertuples():
        rows = sorted(row for plot in set(lot.plots) & rows_of.keys() for row in rows_of[plot])
        if rows:
            yield lot.lot, float(lot.kg_green), rows


def _cut(features: pd.DataFrame, sizes: Sequence[int], rows: list[int]) -> Iterator[list[int]]:
    """Runs of rows that keep the limits; the features of one plot stay together."""
    run: list[int] = []
    producers: set[tuple[object, object]] = set()
    size = 0
    keys = features["plot"].to_numpy(dtype=object)
    names, countries = features["name"].to_numpy(dtype=object), features["country"].to_numpy(dtype=object)
    start = 0
    while start < len(rows):
        end = start
        while end < len(rows) and keys[rows[end]] == keys[rows[start]]:
            end += 1
        plot = rows[start:end]
        weight, producer = sum(sizes[row] + 2 for row in plot), (names[plot[0]], countries[plot[0]])
        if run and (size + weight > LIMIT_BYTES or len(producers | {producer}) > LIMIT_PRODUCERS):
            yield run
            run, producers, size = [], set(), 0
        run += plot
        producers.add(producer)
        size += weight
        start = end
    yield run


def _hectares(features: pd.DataFrame, rows: list[int]) -> float:
    return math.fsum(features["area_ha"].to_numpy()[rows])


def _shared_out(total_kg: float, weights: list[float]) -> list[float]:
    """Shares of a mass in proportion to weights, in whole grams that add up to it."""
    whole = math.fsum(weights)
    ends = [round(total_kg * math.fsum(weights[: i + 1]) / whole, 3) if whole else 0.0 for i in range(len(weights))]
    return [round(end - start, 3) for start, end in zip([0.0, *ends], ends, strict=False)]
