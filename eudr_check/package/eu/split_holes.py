"""Polygons with holes, cut into hole-free pieces along straight lines between corners they already have.

The EU system does not process inner rings and advises "two half-moons". Cutting between existing corners adds no
corner, so the pieces cover exactly the same ground: nothing is rounded, no hectare appears or goes.
"""

import heapq
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

Corner = tuple[float, float]
Triangle = tuple[Corner, Corner, Corner]


def without_holes(polygon: Polygon) -> list[Polygon]:
    """Pieces without holes that cover a polygon exactly and share at most edges.

    Args:
        polygon: valid polygon, any planar CRS.

    Returns:
        The polygon itself when it has no hole; else about one piece more than it has holes, from west to east.
    """
    if not polygon.interiors:
        return [polygon]
    mesh = shapely.get_parts(shapely.constrained_delaunay_triangles(polygon))
    triangles = sorted(_corners(triangle) for triangle in mesh if triangle.area > 0)
    share = polygon.area / (len(polygon.interiors) + 1)
    return [_outline([triangles[i] for i in group]) for group in _discs(triangles, share)]


def _discs(triangles: list[Triangle], share: float) -> Iterator[list[int]]:
    """Groups of triangles, each without hole or pinch, grown from the west until they hold their share of the area."""
    across = {edge: i for i, triangle in enumerate(triangles) for edge in _edges(triangle)}
    centre = [sum(corner[0] for corner in triangle) for triangle in triangles]
    free = set(range(len(triangles)))
    for seed in sorted(free, key=lambda i: (centre[i], i)):
        if seed not in free:
            continue
        group, corners, area = [seed], set(triangles[seed]), _area(triangles[seed])
        free.discard(seed)
        queue = [(centre[i], i) for i in _neighbours(triangles[seed], across) if i in free]
        heapq.heapify(queue)
        while queue and area < share:
            _, candidate = heapq.heappop(queue)
            # A third corner that the group has already would close a ring around a hole, or pinch the outline.
            if candidate not in free or len(corners.intersection(triangles[candidate])) != 2:
                continue
            free.discard(candidate)
            group.append(candidate)
            corners.update(triangles[candidate])
            area += _area(triangles[candidate])
            for i in _neighbours(triangles[candidate], across):
                if i in free:
                    heapq.heappush(queue, (centre[i], i))
        yield group


def _neighbours(triangle: Triangle, across: dict[tuple[Corner, Corner], int]) -> list[int]:
    return [across[b, a] for a, b in _edges(triangle) if (b, a) in across]


def _outline(triangles: list[Triangle]) -> Polygon:
    """The ring around a group of triangles that form a disc."""
    edges = {edge for triangle in triangles for edge in _edges(triangle)}
    onward = dict(sorted((a, b) for a, b in edges if (b, a) not in edges))
    start = corner = min(onward)
    ring = [start]
    while (corner := onward[corner]) != start:
        ring.append(corner)
    return Polygon(ring)


def _edges(triangle: Triangle) -> tuple[tuple[Corner, Corner], ...]:
    a, b, c = triangle
    return (a, b), (b, c), (c, a)


def _corners(triangle: Polygon) -> Triangle:
    """Counter-clockwise corners from the least one on."""
    ring: NDArray[np.float64] = shapely.get_coordinates(shapely.orient_polygons(triangle))[:3]
    first = min(range(3), key=lambda i: tuple(ring[i]))
    a, b, c = (tuple(map(float, ring[(first + i) % 3])) for i in range(3))
    return a, b, c  # type: ignore[return-value]


def _area(triangle: Triangle) -> float:
    (ax, ay), (bx, by), (cx, cy) = triangle
    return abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / 2
