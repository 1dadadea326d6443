"""Repairs that are safe: each is logged with the area before and after; everything else is blocked with a proposal."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import is_plain, plot_area_ha, rings_of
from eudr_check.plots.checks.enclosed_ground import Ground, enclosed
from eudr_check.plots.checks.shape import in_chunks
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.thresholds import threshold
from eudr_check.steps import Map
from eudr_check.typing import Geometries

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def repair(
    geometries: Geometries, log: FindingCollector, each: Map
) -> tuple[Geometries, Geometries, NDArray[np.int64]]:
    """Geometries with repeated vertices dropped, crossings mended where that changes next to nothing, rings turned.

    Args:
        geometries: object (n,) in EPSG:4326; only polygons and multipolygons with finite coordinates are looked at.
        log: takes the findings.
        each: `map` for chunks of plots.

    Returns:
        The repaired geometries; object (n,) WKB of the geometry before the repair, None where nothing but the
        direction changed; and the rows whose rings were turned.
    """
    geometries = geometries.copy()
    original = np.full(len(geometries), None, dtype=object)
    rows = np.flatnonzero(np.isin(shapely.get_type_id(geometries), _POLYGONAL))
    _drop_repeated(geometries, original, rows, log, each)
    _mend(geometries, original, rows, log, each)
    turned = rows[in_chunks(_clockwise, geometries[rows], each)]
    geometries[turned] = shapely.orient_polygons(geometries[turned])
    return geometries, original, turned


def _drop_repeated(
    geometries: Geometries, original: Geometries, rows: NDArray[np.int64], log: FindingCollector, each: Map
) -> None:
    counts = in_chunks(repeated_vertices, geometries[rows], each)
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
    return np.bincount(rings.plot_index[ring[1:][same]], minlength=len(geometries))


def _mend(
    geometries: Geometries, original: Geometries, rows: NDArray[np.int64], log: FindingCollector, each: Map
) -> None:
    """Mend outlines that cross themselves where all the ground they enclose stays in one piece."""
    bad = rows[~in_chunks(shapely.is_valid, geometries[rows], each)]
    if not len(bad):
        return
    reasons = shapely.is_valid_reason(geometries[bad])
    for row, reason in zip(bad.tolist(), reasons, strict=True):
        before = geometries[row]
        ground = enclosed(before)
        at = _place(reason)
        problem = str(reason).partition("[")[0].strip() or "invalid"
        why = _reason(before, ground)
        if ground is None or why is not None:
            before_ha, after_ha = (None, None) if ground is None else (_drawn_ha(ground), ground.area_ha)
            log.row("self_crossing", row, at=at, problem=problem, before_ha=before_ha, after_ha=after_ha, reason=why)
            continue
        geometries[row] = ground.shape
        if original[row] is None:
            original[row] = shapely.to_wkb(before)
        log.row(
            "self_crossing_repaired",
            row,
            at=at,
            problem=problem,
            fix="made_valid",
            before_ha=_drawn_ha(ground),
            after_ha=ground.area_ha,
            change_percent=round(100 * ground.doubtful_ha / ground.area_ha, 4),
        )


def _drawn_ha(ground: Ground) -> float:
    """Hectares that the outline encloses beyond doubt."""
    return ground.area_ha - ground.doubtful_ha


def _reason(before: Any, ground: Ground | None) -> str | None:
    """Why a repair is not made, free of any language (the sentence around it says the rest); None when it is safe."""
    if ground is None:
        return f"crossings: > {threshold('repair_crossings_max')}"
    parts = shapely.get_num_geometries(ground.shape)
    if not ground.area_ha:
        return "area: 0"
    if parts > shapely.get_num_geometries(before):
        return f"parts: {parts}"
    share = ground.doubtful_ha / ground.area_ha
    return f"area: {100 * share:.1f} %" if share > threshold("repair_area_share") else None


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
    parts, part_plot_index = shapely.get_parts(geometries[rest], return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = ring_part[1:] != ring_part[:-1]
    clockwise[rest[part_plot_index[ring_part[shapely.is_ccw(rings) != outer]]]] = True
    return clockwise
