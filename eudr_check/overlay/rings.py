"""Polygons laid out as flat arrays of ring vertices, shells turned one way and holes the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.errors import OverlayError

VERTICES_AT_ONCE = 200_000
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Rings:
    """Rings of many polygons, one after the other, each closed; parts and geometries in their given order."""

    x: NDArray[np.float64]
    """float64 (vertices,) degrees."""
    y: NDArray[np.float64]
    """float64 (vertices,) degrees, with the sign of the grid's rows (southwards)."""
    first: NDArray[np.intp]
    """intp (rings,) first vertex of each ring."""
    part_first: NDArray[np.intp]
    """intp (parts,) first vertex of each part."""
    geometry: NDArray[np.intp]
    """intp (parts,) position of the geometry that the part belongs to."""


def blocks(geometries: NDArray[np.object_]) -> Iterator[tuple[int, int]]:
    """Runs of geometries with about `VERTICES_AT_ONCE` vertices; one geometry is never divided here."""
    behind = np.cumsum(shapely.get_num_coordinates(geometries))
    start = 0
    while start < len(geometries):
        done = behind[start - 1] if start else 0
        stop = max(int(np.searchsorted(behind, done + VERTICES_AT_ONCE, side="right")), start + 1)
        yield start, stop
        start = stop


def rings_of(geometries: NDArray[np.object_], offset: int = 0) -> Rings:
    """Lay out the rings of polygons.

    Args:
        geometries: object (n,) polygons and multipolygons in EPSG:4326 that passed `refuse_unfit`.
        offset: position of the first of them, added to `Rings.geometry`.
    """
    parts, geometry = geometries, np.arange(len(geometries))
    if (shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON).any():
        parts, geometry = shapely.get_parts(geometries, return_index=True)
    rings, outer = parts, np.ones(len(parts), dtype=bool)
    if shapely.get_num_interior_rings(parts).any():
        rings, part = shapely.get_rings(parts, return_index=True)
        outer = np.append(True, part[1:] != part[:-1])
    size = shapely.get_num_coordinates(rings).astype(np.intp)
    behind = np.cumsum(size)
    first = behind - size
    vertices = shapely.get_coordinates(rings)
    x, y = np.ascontiguousarray(vertices[:, 0]), -vertices[:, 1]
    # The western side of a shell must run southwards to add coverage, and that of a hole northwards.
    wrong = (_signed_area(x, y, first, size) > 0) == outer
    if wrong.any():
        source = np.arange(len(x))
        turned = np.flatnonzero(np.repeat(wrong, size))
        mirror = np.repeat(first + behind - 1, size)
        source[turned] = mirror[turned] - turned
        x, y = x[source], y[source]
    return Rings(x, y, first, first[outer], geometry + offset)


def refuse_unfit(geometries: NDArray[np.object_], names: NDArray[np.object_]) -> None:
    """Stop where a geometry cannot be measured.

    Raises:
        OverlayError: names the first geometry that is missing, no polygon, empty, invalid or without area.
    """
    kind = shapely.get_type_id(geometries)
    with np.errstate(invalid="ignore"):
        flat = shapely.area(geometries) == 0
    for bad, problem in (
        (kind == -1, "has no geometry"),
        (~np.isin(kind, _POLYGONAL), "is no polygon"),
        (shapely.is_empty(geometries), "is empty"),
        (flat, "has no area"),
        (~shapely.is_valid(geometries), "is invalid"),
    ):
        if bad.any():
            at = int(np.flatnonzero(bad)[0])
            reason = f": {shapely.is_valid_reason(geometries[at])}" if problem == "is invalid" else ""
            raise OverlayError(
                f"plot {names[at]} {problem}{reason}; the plots stage should have stopped it: repair or leave it out"
            )


def _signed_area(
    x: NDArray[np.float64], y: NDArray[np.float64], first: NDArray[np.intp], size: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Twice the planar area of each ring in square degrees; the sign tells the winding."""
    if not len(first):
        return np.empty(0)
    # From the ring's own first vertex, so that far from longitude 0 no digits are lost.
    east, south = x - np.repeat(x[first], size), y - np.repeat(y[first], size)
    cross = np.zeros(len(x))
    cross[:-1] = east[:-1] * south[1:] - east[1:] * south[:-1]
    # The step from one ring to the next starts at a closing vertex, which lies at the origin of its ring.
    area: NDArray[np.float64] = np.add.reduceat(cross, first)
    return area
