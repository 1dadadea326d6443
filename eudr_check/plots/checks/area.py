"""Size of plots against the law, the usual and the declared."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.plots.checks.attributes import M2_PER_HA, Values
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.thresholds import threshold, threshold_by_commodity
from eudr_check.typing import Objects

_ENOUGH = 5
_ROUNDED = 0.01
"""Hectares of a list are rounded: as a share, what two columns of one area may differ by."""


def settle_unit(table: pd.DataFrame, values: Values, area_ha: NDArray[np.float64], log: FindingCollector) -> None:
    """Take a declared area for square metres where its header names no unit and the boundaries say so.

    Args:
        table: the joined rows, with `area_unit_said`.
        values: changed in place.
        area_ha: float64 (n,) measured area, NaN for points.
        log: takes one finding per file.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = values.declared_area_ha / area_ha
    for _, group in table[~table["area_unit_said"].astype(bool)].groupby("file_order"):
        rows = group.index.to_numpy()
        known = ratio[rows][np.isfinite(ratio[rows])]
        if len(known) >= _ENOUGH and M2_PER_HA / 2 < np.median(known) < M2_PER_HA * 2:
            values.declared_area_ha[rows] /= M2_PER_HA
            head = group.iloc[0]
            log.file("unit_taken", head["source_file"], head["cooperative"], plots=len(known))


def _check_unread(rows: NDArray[np.int64], unread: Objects, log: FindingCollector) -> None:
    """Points whose declared area nobody read may stand for four hectares only where it cannot exceed the limit."""
    limit = threshold("point_max_ha")
    for row in rows.tolist():
        area = unread[row]
        figures = {"header": area.header, "value": area.said}
        if area.most_ha is not None and area.most_ha <= limit:
            log.row("point_area_unsized", row, most_ha=round(area.most_ha, 4), **figures)
        else:
            log.row("point_area_unread", row, **figures)


def check(kind: Objects, area_ha: NDArray[np.float64], values: Values, commodity: str, log: FindingCollector) -> None:
    """Report plots too small, too large or unlike what is declared, and points that may not be points.

    Args:
        kind: object (n,) point, polygon or None.
        area_ha: float64 (n,) ellipsoidal area, NaN for points.
        values: attributes.
        commodity: commodity of the Regulation; cattle establishments are points of any size (Art. 2(29)).
        log: takes the findings.
    """
    declared = values.declared_area_ha
    point, polygon = kind == "point", kind == "polygon"
    other = values.square_metres_ha
    unlike = point & (np.abs(declared - other) > _ROUNDED * np.fmax(declared, other))
    figures = {"declared_ha": np.round(declared[unlike], 4), "other_ha": np.round(other[unlike], 4)}
    log.row("areas_contradict", np.flatnonzero(unlike), **figures)
    limit = threshold("point_max_ha")
    over = point & (declared > limit) & (commodity != "cattle")
    log.row("point_over_4_ha", np.flatnonzero(over), declared_ha=np.round(declared[over], 4))
    near = point & ~over & (np.abs(declared - limit) <= threshold("point_near_ha")) & (commodity != "cattle")
    log.row("point_near_4_ha", np.flatnonzero(near), declared_ha=np.round(declared[near], 4))
    # A point of other commodities is four hectares at most; an establishment may be any size.
    code = "establishment_without_area" if commodity == "cattle" else "point_without_area"
    unread = point & ~pd.isna(values.area_unread) & (commodity != "cattle")
    log.row(code, np.flatnonzero(point & ~np.isfinite(declared) & ~unread))
    _check_unread(np.flatnonzero(unread), values.area_unread, log)
    outlined = np.flatnonzero(polygon & (commodity == "cattle"))
    log.row("establishment_outlined", outlined, area_ha=np.round(area_ha[outlined], 2))
    tiny = polygon & (area_ha < threshold("area_min_ha"))
    log.row("area_tiny", np.flatnonzero(tiny), area_ha=np.round(area_ha[tiny], 6))
    most = threshold_by_commodity("area_max_ha")[commodity]
    large = polygon & (area_ha > most)
    log.row("area_too_large", np.flatnonzero(large), area_ha=np.round(area_ha[large], 2), limit_ha=most)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = np.abs(area_ha / declared - 1)
    mismatch = polygon & (deviation > threshold("area_mismatch_share"))
    log.row(
        "area_mismatch",
        np.flatnonzero(mismatch),
        area_ha=np.round(area_ha[mismatch], 4),
        declared_ha=np.round(declared[mismatch], 4),
        percent=np.round(100 * deviation[mismatch], 1),
    )
