"""The ground that an outline which crosses itself encloses: all of it, once, whatever way its rings run.

A boundary walked with a knot in it, or two parts that overlap, enclose some ground twice. Counting crossings (even-odd)
would cut that ground out of the plot, and with it whatever happened there; so no ground inside is ever taken away,
except where a ring of its own says that it is a hole.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from eudr_check.geodesy import plot_area_ha
from eudr_check.plots.thresholds import threshold
from eudr_check.typing import Floats, Ints

_FIRST_SIDES, _MOST_SIDES = 16, 4096
"""Sides compared with all others at a time: few at first, so that a tangle is seen before it costs anything."""
_WORK = 500_000_000
"""Corners times enclosed faces that are looked at: some seconds."""


@dataclass(frozen=True)
class Ground:
    """What an outline encloses."""

    shape: BaseGeometry
    """Polygon or multipolygon, valid; empty where the outline encloses nothing."""
    area_ha: float
    doubtful_ha: float
    """Part of it that the outline goes round as often one way as the other: a knot, or a hole drawn as a loop."""


def enclosed(geometry: BaseGeometry) -> Ground | None:
    """The ground inside a polygon or multipolygon, of any winding and with any crossings.

    Args:
        geometry: finite coordinates, EPSG:4326.

    Returns:
        None where it crosses itself more often than `repair_crossings_max`: no boundary that somebody walked does.
    """
    if crossings(geometry) > threshold("repair_crossings_max"):
        return None
    shapes: list[Any] = []
    doubtful: list[Any] = []
    for part in shapely.get_parts(geometry):
        rings = list(shapely.get_rings(part))
        made = [_faces(ring) for ring in rings]
        if any(faces is None for faces in made):
            return None
        (shell, knots), *holes = [faces for faces in made if faces is not None]
        # What a hole goes round in both directions stays ground.
        cut = [hole if loops.is_empty else shapely.difference(hole, loops) for hole, loops in holes]
        shapes.append(shapely.difference(shell, shapely.union_all(cut)) if cut else shell)
        doubtful.append(knots)
        doubtful.extend(loops for _, loops in holes)
    shape = _polygons_of(shapely.union_all(shapes))
    doubt = _polygons_of(shapely.intersection(shapely.union_all(doubtful), shape))
    areas = np.nan_to_num(plot_area_ha(np.array([shape, doubt], dtype=object)))
    return Ground(shape, float(areas[0]), float(areas[1]))


def crossings(geometry: BaseGeometry) -> int:
    """Pairs of sides that meet other than end to end; counting stops beyond `repair_crossings_max`."""
    limit = threshold("repair_crossings_max")
    start, end, following = _sides(geometry)
    boxes: NDArray[Any] = np.asarray(shapely.box(*np.minimum(start, end).T, *np.maximum(start, end).T))
    tree = shapely.STRtree(boxes)
    found, first, count = 0, 0, _FIRST_SIDES
    while first < len(boxes) and found <= limit:
        one, two = tree.query(boxes[first : first + count])
        one = one + first
        # Sides one after the other share a corner, which is no crossing (unless one runs back along the other).
        later = (one < two) & (following[one] != two) & (following[two] != one)
        one, two = one[later], two[later]
        found += int(_meet(start[one], end[one], start[two], end[two]).sum())
        first, count = first + count, min(2 * count, _MOST_SIDES)
    return found


def _sides(geometry: Any) -> tuple[Floats, Floats, Ints]:
    """Ends of every side with a length, float64 (n, 2) each, and int64 (n,) the side that follows it in its ring."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    inside = np.flatnonzero((ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    plot_index = ring[inside]
    following = np.arange(1, len(inside) + 1)
    last = np.append(plot_index[1:] != plot_index[:-1], True)[: len(plot_index)]
    following[last] = np.searchsorted(plot_index, plot_index[last])
    return xy[inside], xy[inside + 1], following


def _meet(a: Floats, b: Floats, c: Floats, d: Floats) -> NDArray[np.bool_]:
    """Whether sides a-b and c-d, whose boxes meet, have a point in common."""

    def turn(p: Floats, q: Floats, r: Floats) -> Floats:
        return np.sign((q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0]))

    return np.asarray((turn(a, b, c) * turn(a, b, d) <= 0) & (turn(c, d, a) * turn(c, d, b) <= 0))


def _faces(ring: Any) -> tuple[Any, Any] | None:
    """All inside a ring, and what of it the ring goes round as often one way as the other; None beyond bounds."""
    simple = shapely.Polygon(ring)
    if simple.is_valid:
        return simple, shapely.Polygon()
    noded = shapely.union_all([shapely.LineString(shapely.get_coordinates(ring))])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    everything = shapely.union_all(faces)
    if len(faces) <= 1:
        return everything, shapely.Polygon()
    xy = shapely.get_coordinates(ring)
    if len(xy) * len(faces) > _WORK:
        return None
    places = shapely.get_coordinates(shapely.point_on_surface(faces))
    unwound = np.array([_winding(xy, place) == 0 for place in places])
    # Inside what is enclosed there may be faces that polygonize gives as holes of others: those too are inside.
    return _without_holes(everything), shapely.union_all([*faces[unwound], _holes_of(everything)])


def _winding(xy: Floats, place: Floats) -> int:
    """How often a closed ring goes round a place, counter-clockwise less clockwise."""
    x, y = (xy - place).T
    side = x[:-1] * y[1:] - x[1:] * y[:-1]
    up = (y[:-1] <= 0) & (y[1:] > 0) & (side > 0)
    down = (y[:-1] > 0) & (y[1:] <= 0) & (side < 0)
    return int(up.sum()) - int(down.sum())


def _without_holes(shape: Any) -> Any:
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)])


def _holes_of(shape: Any) -> Any:
    return shapely.union_all([shapely.Polygon(hole) for part in shapely.get_parts(shape) for hole in part.interiors])


def _polygons_of(shape: Any) -> Any:
    """The polygonal part of a geometry: lines and points that are left over have no area."""
    parts = [part for part in shapely.get_parts(shapely.get_parts([shape])) if part.geom_type == "Polygon"]
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
