"""The part of a polygon of many corners around a small one: GEOS cuts along what is near, not along a whole coast.

GEOS clips to a rectangle fast, and does not promise that what comes out is valid or complete. So it is taken only where
it is valid and as large as each ring of the polygon clipped on its own; elsewhere the whole polygon is.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.typing import Floats, Geometries

MANY_CORNERS = 5_000
"""Of fewer, clipping costs as much as it saves."""
AROUND_DEG = 1e-4
"""No edge of a clip is an edge of the polygon: it lies this far beyond the ground it is for."""
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_SAME = 1e-12
"""Of the rectangle: rounding of the corners that clipping adds."""


def around(polygons: Geometries, shapes: Geometries) -> Geometries:
    """Each polygon (n,) as far as it matters for cutting a shape (n,) along it; degrees.

    Valid polygons of few corners, and those that cannot be clipped beyond doubt, come back as they are.
    """
    found = polygons.copy()
    boxes = shapely.bounds(shapes) + np.array([-AROUND_DEG, -AROUND_DEG, AROUND_DEG, AROUND_DEG])
    for row in np.flatnonzero(shapely.get_num_coordinates(polygons) > MANY_CORNERS):
        part = shapely.clip_by_rect(polygons[row], *boxes[row])
        whole = area_within(polygons[row], boxes[row])
        least = _SAME * np.prod(boxes[row][2:] - boxes[row][:2])
        if shapely.is_empty(part):
            part = shapely.Polygon()
        if (
            shapely.get_type_id(part) in _POLYGONS
            and shapely.is_valid(part)
            and abs(shapely.area(part) - whole) <= least
        ):
            found[row] = part
    return found


def area_within(polygon: shapely.Geometry, box: Floats) -> float:
    """Area of a valid polygon in a box, ring by ring, in square degrees.

    Args:
        polygon: polygon or multipolygon.
        box: float64 (4,) west, south, east, north.
    """
    rings, part = shapely.get_rings(shapely.get_parts(polygon), return_index=True)
    is_hole = np.concatenate([[False], part[1:] == part[:-1]])
    west, south, east, north = shapely.bounds(rings).T
    near = (west < box[2]) & (east > box[0]) & (south < box[3]) & (north > box[1])
    signs = np.where(is_hole[near], -1.0, 1.0)
    areas = [_ring_area(shapely.get_coordinates(ring), box) for ring in rings[near]]
    return float(np.sum(signs * np.array(areas)))


def _ring_area(corners: Floats, box: Floats) -> float:
    """Area inside a ring (n, 2) and a box: the ring clipped by one side after another (Sutherland and Hodgman 1974)."""
    for axis, edge, sign in ((0, box[0], 1.0), (0, box[2], -1.0), (1, box[1], 1.0), (1, box[3], -1.0)):
        corners = _beyond(corners, axis, edge, sign)
        if len(corners) < 4:
            return 0.0
    x, y = (corners - box[:2]).T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def _beyond(corners: Floats, axis: int, edge: float, sign: float) -> Floats:
    """The closed ring on one side of a line: its corners there, and where its sides meet the line."""
    depth = sign * (corners[:, axis] - edge)
    inside: NDArray[np.bool_] = depth >= 0
    if inside.all():
        return corners
    crossing = inside[:-1] != inside[1:]
    share = np.divide(depth[:-1], depth[:-1] - depth[1:], where=crossing, out=np.zeros(len(depth) - 1))
    met = corners[:-1] + share[:, None] * (corners[1:] - corners[:-1])
    met[:, axis] = edge
    # Of every side: where it meets the line, then its end.
    both = np.stack([met, corners[1:]], axis=1).reshape(-1, 2)
    kept = both[np.stack([crossing, inside[1:]], axis=1).ravel()]
    return np.vstack([kept, kept[:1]]) if len(kept) else kept
