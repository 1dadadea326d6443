"""Repairs that are safe: each is logged with the area before and after; everything else is blocked with a proposal."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.areas import is_plain, plot_area_ha, rings_of
from eudr_check.plots.findings import Log
from eudr_check.plots.shape import in_chunks
from eudr_check.plots.thresholds import threshold

Geometries = NDArray[Any]
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def repair(geometries: Geometries, log: Log) -> tuple[Geometries, Geometries, NDArray[np.int64]]:
    """Geometries with repeated vertices dropped, crossings mended where that changes next to nothing, rings turned.

    Args:
        geometries: object (n,) in EPSG:4326; only polygons and multipolygons with finite coordinates are looked at.
        log: takes the findings.

    Returns:
        The repaired geometries; object (n,) WKB of the geometry before the repair, None where nothing but the
        direction changed; and the rows whose rings were turned.
    """
    geometries = geometries.copy()
    original = np.full(len(geometries), None, dtype=object)
    rows = np.flatnonzero(np.isin(shapely.get_type_id(geometries), _POLYGONAL))
    _drop_repeated(geometries, original, rows, log)
    _mend(geometries, original, rows, log)
    turned = rows[in_chunks(_clockwise, geometries[rows])]
    geometries[turned] = shapely.orient_polygons(geometries[turned])
    return geometries, original, turned


def _drop_repeated(geometries: Geometries, original: Geometries, rows: NDArray[np.int64], log: Log) -> None:
    counts = in_chunks(repeated_vertices, geometries[rows])
    changed = rows[counts > 0]
    if not len(changed):
        return
    before = geometries[changed]
    after = np.array([_without_repeats(geometry) for geometry in before], dtype=object)
    mended = np.array([geometry is not None for geometry in after])
    area_before, area_after = plot_area_ha(before[mended]), plot_area_ha(after[mended])
    original[changed[mended]] = shapely.to_wkb(before[mended])
    geometries[changed[mended]] = after[mended]
    log.row(
        "vertices_repeated",
        changed[mended],
        fix="vertices_dropped",
        before_ha=area_before,
        after_ha=area_after,
        vertices=counts[counts > 0][mended],
    )


def _without_repeats(geometry: Any) -> Any:
    """The geometry without repeated vertices; None where too few positions would be left for a ring."""
    try:
        cleaned = shapely.remove_repeated_points(geometry)
    except shapely.errors.GEOSException:
        return None
    return cleaned if cleaned is not None and not cleaned.is_empty and cleaned.geom_type == geometry.geom_type else None


def repeated_vertices(geometries: Geometries) -> NDArray[np.int64]:
    """int64 (n,) vertices equal to the one before them in the same ring."""
    rings = rings_of(geometries)
    xy, ring = rings.coordinates, rings.ring
    same = (ring[1:] == ring[:-1]) & (xy[1:, 0] == xy[:-1, 0]) & (xy[1:, 1] == xy[:-1, 1])
    return np.bincount(rings.owner[ring[1:][same]], minlength=len(geometries))


def _mend(geometries: Geometries, original: Geometries, rows: NDArray[np.int64], log: Log) -> None:
    bad = rows[~in_chunks(shapely.is_valid, geometries[rows])]
    if not len(bad):
        return
    before = geometries[bad]
    reasons = shapely.is_valid_reason(before)
    places = np.array([_place(reason) for reason in reasons], dtype=np.float64).reshape(-1, 2)
    problems = [str(reason).partition("[")[0].strip() or "invalid" for reason in reasons]
    after = np.array([_polygons_of(shape) for shape in shapely.make_valid(before)], dtype=object)
    area_before, area_after = plot_area_ha(before), np.nan_to_num(plot_area_ha(after))
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(area_before > 0, np.abs(area_after / area_before - 1), np.inf)
    parts_before, parts_after = shapely.get_num_geometries(before), shapely.get_num_geometries(after)
    fell_apart = parts_after != parts_before
    safe = (change <= threshold("repair_area_share")) & ~fell_apart & (area_after > 0)
    geometries[bad[safe]] = after[safe]
    keep = safe & np.array([original[row] is None for row in bad])
    original[bad[keep]] = shapely.to_wkb(before[keep])
    chosen = np.flatnonzero(safe)
    log.row(
        "self_crossing_repaired",
        bad[chosen],
        at=places[chosen],
        fix="made_valid",
        before_ha=area_before[chosen],
        after_ha=area_after[chosen],
        problem=[problems[index] for index in chosen],
        change_percent=np.round(100 * change[chosen], 4),
    )
    for index in np.flatnonzero(~safe):
        log.row(
            "self_crossing",
            bad[index],
            at=places[index],
            before_ha=area_before[index],
            after_ha=area_after[index],
            problem=problems[index],
            reason=_reason(bool(fell_apart[index]), int(parts_after[index]), float(change[index])),
        )


def _reason(fell_apart: bool, parts: int, change: float) -> str:
    """Why a repair was not made, free of any language: the sentence around it says the rest."""
    if fell_apart:
        return f"parts: {parts}"
    return f"area: {100 * change:.1f} %" if np.isfinite(change) else "area: 0"


def _polygons_of(shape: Any) -> Any:
    """The polygonal part of what make_valid gives: lines and points it leaves over have no area."""
    parts = [part for part in shapely.get_parts(shapely.get_parts([shape])) if part.geom_type == "Polygon"]
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _place(reason: str) -> tuple[float, float]:
    """Where GEOS says the fault is, e.g. `Self-intersection[-76.1 -6.03]`."""
    inside = reason.partition("[")[2].partition("]")[0].split()
    try:
        return float(inside[0]), float(inside[1])
    except (IndexError, ValueError):
        return float("nan"), float("nan")


def _clockwise(geometries: Geometries) -> NDArray[np.bool_]:
    """Whether an outer ring runs clockwise or a hole counter-clockwise (RFC 7946 wants it the other way)."""
    plain = is_plain(geometries)
    clockwise = np.zeros(len(geometries), dtype=bool)
    clockwise[plain] = ~shapely.is_ccw(shapely.get_exterior_ring(geometries[plain]))
    rest = np.flatnonzero(~plain)
    parts, part_owner = shapely.get_parts(geometries[rest], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = ring_part[1:] != ring_part[:-1]
    clockwise[rest[part_owner[ring_part[shapely.is_ccw(rings) != outer]]]] = True
    return clockwise
