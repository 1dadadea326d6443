"""Plots on the same land: copies, near copies, overlaps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import metres_per_degree, plot_area_ha
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import only
from eudr_check.plots.thresholds import threshold
from eudr_check.typing import Floats, Geometries, Ints, Objects

_CHUNK = 20_000
_ROWS = 512
"""Plots asked for their neighbours at a time: a stack of thousands answers with all of itself for each."""
_NAMED = 5
"""Others a summed finding names."""
_DECIMALS = 6
# DE-9IM: the interiors meet. Neighbours that only share a boundary do not match, and are the great majority.
_INTERIORS_MEET = "T********"


def check(geometry: Geometries, area_ha: Floats, names: Objects, log: FindingCollector) -> None:
    """Report plots delivered twice and plots that overlap.

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


def _kept(kept: Ints, blocked: Ints, names: NDArray[Any], log: FindingCollector) -> None:
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


def pairs(geometry: Geometries) -> tuple[Ints, Ints, Ints]:
    """Positions i < j of polygons whose interiors meet, and how many each plot may still meet unseen.

    Two plots that both meet `overlaps_compared_max` others already are not compared with each other: a stack of
    thousands would take hours, and says nothing that its first hundred do not.

    Args:
        geometry: object (n,) valid polygons and multipolygons, None left out.

    Returns:
        int64 (m,), int64 (m,), and int64 (n,) others with which each was not compared.
    """
    known = np.flatnonzero(~shapely.is_missing(geometry))
    polygons = geometry[known]
    tree = shapely.STRtree(polygons)
    met, unseen = np.zeros(len(known), dtype=np.int64), np.zeros(len(known), dtype=np.int64)
    most = threshold("overlaps_compared_max")
    found: list[tuple[Ints, Ints]] = []
    for first in range(0, len(known), _ROWS):
        one, two = tree.query(polygons[first : first + _ROWS])
        one = one + first
        mine = one < two
        one, two = one[mine], two[mine]
        order = np.lexsort([two, one])
        one, two = one[order], two[order]
        for start in range(0, len(one), _CHUNK):
            near, far = one[start : start + _CHUNK], two[start : start + _CHUNK]
            full = (met[near] >= most) & (met[far] >= most)
            unseen += np.bincount(np.concatenate([near[full], far[full]]), minlength=len(known))
            near, far = near[~full], far[~full]
            meet = _interiors_meet(polygons[near], polygons[far])
            met += np.bincount(np.concatenate([near[meet], far[meet]]), minlength=len(known))
            found.append((known[near[meet]], known[far[meet]]))
    missed = np.zeros(len(geometry), dtype=np.int64)
    missed[known] = unseen
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), missed
    return np.concatenate([near for near, _ in found]), np.concatenate([far for _, far in found]), missed


def _interiors_meet(one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.bool_]:
    shapely.prepare(one)
    meet = shapely.relate_pattern(one, two, _INTERIORS_MEET)
    shapely.destroy_prepared(one)
    return np.asarray(meet)


def overlap_ha(one: Geometries, two: Geometries) -> Floats:
    """float64 (n,) hectares two rows of polygons have in common."""
    area = np.empty(len(one))
    for start in range(0, len(one), _CHUNK):
        part = slice(start, start + _CHUNK)
        area[part] = polygonal_ha(shapely.intersection(one[part], two[part]))
    return area


def polygonal_ha(geometry: Geometries) -> Floats:
    """Area of the polygons in geometries of any type; lines and points have none."""
    pieces, plot_index = shapely.get_parts(geometry, return_index=True)
    area = np.nan_to_num(plot_area_ha(pieces))
    return np.bincount(plot_index, weights=area, minlength=len(geometry)).astype(np.float64)


def _overlaps(geometry: NDArray[Any], area_ha: Floats, names: NDArray[Any], log: FindingCollector) -> None:
    one, two, missed = pairs(geometry)
    crowded = np.flatnonzero(missed)
    log.row("neighbours_unchecked", crowded, more=missed[crowded], compared=threshold("overlaps_compared_max"))
    common = overlap_ha(geometry[one], geometry[two])
    smaller, larger = np.where(area_ha[one] <= area_ha[two], (one, two), (two, one))
    share = common / area_ha[smaller]
    united = common / (area_ha[one] + area_ha[two] - common)
    same = united >= threshold("duplicate_share")
    _Pairs("duplicate_near", two[same], one[same]).report(names, log, percent=_percent(united[same]))
    _kept(one[same], two[same], names, log)
    inside = ~same & (share >= threshold("duplicate_share"))
    figures = {"overlap_ha": np.round(common, 4), "percent": _percent(share)}
    contained = {name: values[inside] for name, values in figures.items()}
    _Pairs("inside_another", smaller[inside], larger[inside]).report(names, log, **contained)
    partly = (share > threshold("overlap_share")) & (common > threshold("overlap_min_ha")) & ~same & ~inside
    places = _places(geometry, one, two, partly | inside)
    sides = ((one, two, partly), (two, one, partly), (larger, smaller, inside))
    mine = np.concatenate([side[chosen] for side, _, chosen in sides])
    other = np.concatenate([side[chosen] for _, side, chosen in sides])
    details = {name: np.concatenate([values[chosen] for _, _, chosen in sides]) for name, values in figures.items()}
    at = np.concatenate([places[chosen] for _, _, chosen in sides])
    _Pairs("overlap", mine, other).report(names, log, at=at, **details)


@dataclass
class _Pairs:
    """Pairs of plots that one kind of finding is about."""

    code: str
    mine: Ints
    other: Ints

    def report(self, names: NDArray[Any], log: FindingCollector, **details: Any) -> None:
        """Report the first findings of each plot, and the rest of them as one that counts and names them."""
        order = np.lexsort([self.other, self.mine])
        mine = self.mine[order]
        place = np.arange(len(mine)) - np.searchsorted(mine, mine)
        first = order[place < threshold("findings_per_plot_max")]
        values: dict[str, Any] = {name: np.asarray(value)[first] for name, value in details.items()}
        log.row(self.code, self.mine[first], other=names[self.other[first]].tolist(), **values)
        rest = order[place >= threshold("findings_per_plot_max")]
        _report_more(self.code, self.mine[rest], self.other[rest], names, log)


def _report_more(code: str, mine: Ints, other: Ints, names: NDArray[Any], log: FindingCollector) -> None:
    """One finding per plot for the pairs beyond those that were reported one by one.

    Args:
        code: kind of the findings summed up.
        mine: int (m,) rows, ascending.
        other: int (m,) the plots they are paired with.
    """
    rows, begin, count = np.unique(mine, return_index=True, return_counts=True)
    others = [", ".join(names[other[start : start + _NAMED]]) for start in begin]
    log.row("neighbours_more", rows, kind=code, more=count, other=others)


def _places(geometry: NDArray[Any], one: Ints, two: Ints, chosen: NDArray[np.bool_]) -> Floats:
    """float64 (n, 2) middle of the box two plots have in common, where one is asked for."""
    a, b = shapely.bounds(geometry[one]), shapely.bounds(geometry[two])
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return np.asarray(np.where(chosen[:, None], (low + high) / 2, np.nan))


def _percent(share: Floats) -> Floats:
    return np.asarray(np.round(100 * share, 2))


def _points(geometry: NDArray[Any], is_point: NDArray[np.bool_], names: NDArray[Any], log: FindingCollector) -> None:
    """Report points close to another point, and points inside the polygon of another plot."""
    points = np.flatnonzero(is_point)
    if not len(points):
        return
    xy = shapely.get_coordinates(geometry[points])
    near = threshold("point_duplicate_m")
    metres = np.column_stack(metres_per_degree(xy[:, 1]))
    reach = near / metres.min(axis=1)[:, None]
    boxes = shapely.box(*(xy - reach).T, *(xy + reach).T)
    tree = shapely.STRtree(geometry[points])

    def close(first: int) -> tuple[Ints, Ints, Floats]:
        one, two = tree.query(boxes[first : first + _ROWS])
        one = one + first
        distance_m = np.hypot(*((xy[one] - xy[two]) * metres[np.minimum(one, two)]).T)
        chosen = (one != two) & (distance_m <= near)
        return points[one[chosen]], points[two[chosen]], np.round(distance_m[chosen], 1)

    polygons = np.flatnonzero(~is_point & ~shapely.is_missing(geometry))
    ground = shapely.STRtree(geometry[polygons])

    def inside(first: int) -> tuple[Ints, Ints, Floats]:
        point, polygon = ground.query(geometry[points[first : first + _ROWS]], predicate="within")
        return points[point + first], polygons[polygon], np.zeros(len(point))

    for first in range(0, len(points), _ROWS):
        mine, other, distance_m = close(first)
        _Pairs("points_close", mine, other).report(names, log, metres=distance_m)
        mine, other, _ = inside(first)
        _Pairs("point_in_plot", mine, other).report(names, log)
