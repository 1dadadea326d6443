"""Plots on the same land: copies, near copies, overlaps."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.areas import metres_per_degree, plot_area_ha
from eudr_check.plots.findings import Log
from eudr_check.plots.rows import only
from eudr_check.plots.thresholds import threshold

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_CHUNK = 100_000
_DECIMALS = 6
# DE-9IM: the interiors meet. Neighbours that only share a boundary do not match, and are the great majority.
_INTERIORS_MEET = "T********"


def check(geometry: NDArray[Any], area_ha: Floats, names: NDArray[Any], log: Log) -> None:
    """Log plots delivered twice and plots that overlap.

    The later of two copies is blocked and the first warned, for nobody but the cooperative knows which id is right.

    Args:
        geometry: object (n,) valid geometries in EPSG:4326, None for rows that take no part.
        area_ha: float64 (n,) area of the polygons.
        names: object (n,) `cooperative/plot_id`.
        log: takes the findings.
    """
    first = _copies(geometry)
    later = np.flatnonzero(first >= 0)
    log.row("duplicate_exact", later, other=names[first[later]].tolist())
    _kept(first[later], later, names, log)
    alone = geometry.copy()
    alone[later] = None
    kinds = shapely.get_type_id(alone)
    _overlaps(only(alone, kinds != 0), area_ha, names, log)
    _points(alone, kinds == 0, names, log)


def _kept(kept: Ints, blocked: Ints, names: NDArray[Any], log: Log) -> None:
    """Warn the first of several copies, once, naming the others."""
    others = pd.Series(names[blocked]).groupby(kept, sort=True).agg(lambda group: ", ".join(group[:5]))
    log.row("duplicate_kept", others.index.to_numpy(dtype=np.int64), other=others.tolist())


def _copies(geometry: NDArray[Any]) -> Ints:
    """int64 (n,) the first geometry with the same vertices at six decimals, -1 where a geometry is itself the first.

    Where a ring starts and which way it runs does not matter.
    """
    first = np.full(len(geometry), -1, dtype=np.int64)
    bounds = np.round(shapely.bounds(geometry), _DECIMALS)
    frame = pd.DataFrame(bounds)
    suspects = np.flatnonzero(frame.duplicated(keep=False).to_numpy() & np.isfinite(bounds).all(axis=1))
    if not len(suspects):
        return first
    rounded = shapely.transform(geometry[suspects], lambda xy: np.round(xy, _DECIMALS))
    content = pd.Series(shapely.to_wkb(shapely.normalize(rounded)))
    leader = suspects[content.groupby(content).transform(lambda group: group.index[0]).to_numpy(dtype=np.int64)]
    first[suspects] = np.where(leader == suspects, -1, leader)
    return first


def pairs(geometry: NDArray[Any]) -> tuple[Ints, Ints]:
    """Positions i < j of polygons whose interiors meet.

    Args:
        geometry: object (n,) valid polygons and multipolygons, None left out.
    """
    known = np.flatnonzero(~shapely.is_missing(geometry))
    polygons = geometry[known]
    one, two = shapely.STRtree(polygons).query(polygons)
    mine = one < two
    one, two = one[mine], two[mine]
    order = np.lexsort([two, one])
    one, two = one[order], two[order]
    meet = np.empty(len(one), dtype=bool)
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        first = polygons[one[part]]
        shapely.prepare(first)
        meet[part] = shapely.relate_pattern(first, polygons[two[part]], _INTERIORS_MEET)
        shapely.destroy_prepared(first)
    return known[one[meet]], known[two[meet]]


def overlap_ha(one: NDArray[Any], two: NDArray[Any]) -> Floats:
    """float64 (n,) hectares two rows of polygons have in common."""
    area = np.empty(len(one))
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        area[part] = polygonal_ha(shapely.intersection(one[part], two[part]))
    return area


def polygonal_ha(geometry: NDArray[Any]) -> Floats:
    """Area of the polygons in geometries of any type; lines and points have none."""
    pieces, owner = shapely.get_parts(geometry, return_index=True)
    area = np.nan_to_num(plot_area_ha(pieces))
    return np.bincount(owner, weights=area, minlength=len(geometry)).astype(np.float64)


def _overlaps(geometry: NDArray[Any], area_ha: Floats, names: NDArray[Any], log: Log) -> None:
    one, two = pairs(geometry)
    common = overlap_ha(geometry[one], geometry[two])
    smaller, larger = np.where(area_ha[one] <= area_ha[two], (one, two), (two, one))
    share = common / area_ha[smaller]
    united = common / (area_ha[one] + area_ha[two] - common)
    same = united >= threshold("duplicate_share")
    log.row("duplicate_near", two[same], other=names[one[same]].tolist(), percent=_percent(united[same]))
    _kept(one[same], two[same], names, log)
    inside = ~same & (share >= threshold("duplicate_share"))
    figures = {"overlap_ha": np.round(common, 4), "percent": _percent(share)}
    log.row(
        "inside_another",
        smaller[inside],
        other=names[larger[inside]].tolist(),
        **{name: values[inside] for name, values in figures.items()},
    )
    partly = (share > threshold("overlap_share")) & (common > threshold("overlap_min_ha")) & ~same & ~inside
    places = _places(geometry, one, two, partly | inside)
    for mine, other, chosen in ((one, two, partly), (two, one, partly), (larger, smaller, inside)):
        log.row(
            "overlap",
            mine[chosen],
            at=places[chosen],
            other=names[other[chosen]].tolist(),
            **{name: values[chosen] for name, values in figures.items()},
        )


def _places(geometry: NDArray[Any], one: Ints, two: Ints, chosen: NDArray[np.bool_]) -> Floats:
    """float64 (n, 2) middle of the box two plots have in common, where one is asked for."""
    a, b = shapely.bounds(geometry[one]), shapely.bounds(geometry[two])
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return np.asarray(np.where(chosen[:, None], (low + high) / 2, np.nan))


def _percent(share: Floats) -> Floats:
    return np.asarray(np.round(100 * share, 2))


def _points(geometry: NDArray[Any], is_point: NDArray[np.bool_], names: NDArray[Any], log: Log) -> None:
    """Log points close to another point, and points inside the polygon of another plot."""
    points = np.flatnonzero(is_point)
    if not len(points):
        return
    xy = shapely.get_coordinates(geometry[points])
    near = threshold("point_duplicate_m")
    east, north = metres_per_degree(xy[:, 1])
    reach = near / np.minimum(east, north)
    boxes = shapely.box(*(xy - reach[:, None]).T, *(xy + reach[:, None]).T)
    one, two = shapely.STRtree(geometry[points]).query(boxes)
    one, two = np.minimum(one, two), np.maximum(one, two)
    found = np.unique(np.column_stack([one, two])[one < two], axis=0)
    apart = np.hypot(*((xy[found[:, 0]] - xy[found[:, 1]]) * np.column_stack([east, north])[found[:, 0]]).T)
    close = found[apart <= near]
    metres = np.round(apart[apart <= near], 1)
    for mine, other in ((0, 1), (1, 0)):
        log.row("points_close", points[close[:, mine]], other=names[points[close[:, other]]].tolist(), metres=metres)
    polygons = np.flatnonzero(~is_point & ~shapely.is_missing(geometry))
    point, polygon = shapely.STRtree(geometry[polygons]).query(geometry[points], predicate="within")
    order = np.lexsort([polygon, point])
    log.row("point_in_plot", points[point[order]], other=names[polygons[polygon[order]]].tolist())
