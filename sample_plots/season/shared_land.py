"""Two plots on the same land."""

import numpy as np
import shapely

from season import surveys
from season.members import to_degrees
from season.outlines import ring_of
from season.rows import Row


def exactly(row: Row, other: Row) -> None:
    row.shape, row.declared_ha = other.shape, other.declared_ha


def walked_again(row: Row, other: Row) -> None:
    """The same parcel surveyed a second time."""
    ring = surveys.wobble(ring_of(other), 1.2, 17)
    row.shape, row.declared_ha = shapely.polygons(ring), other.declared_ha


def a_part(row: Row, other: Row) -> None:
    """A parcel of an heir, drawn inside the parcel of the family."""
    small = shapely.buffer(other.parcel.outline, -12.0)
    small = shapely.intersection(small, shapely.buffer(shapely.point_on_surface(small), 45.0, quad_segs=2))
    _copy_outline(row, other, small)


def a_strip(row: Row, other: Row) -> None:
    """Moved by a quarter of its width over the neighbour's boundary."""
    outline = other.parcel.outline
    west, _, east, _ = shapely.bounds(outline)
    moved = shapely.transform(outline, lambda at: at + np.array([0.72 * (east - west), 14.0]))
    _copy_outline(row, other, moved)


def point_inside(row: Row, other: Row) -> None:
    """A point for the house, inside a parcel already sent as a polygon."""
    row.shape = to_degrees(other.parcel.site, shapely.point_on_surface(other.parcel.outline))
    row.declared_ha = 0.5


def same_house(row: Row, other: Row) -> None:
    """Two points a few metres apart."""
    row.shape = shapely.points(other.shape.x + 3e-5, other.shape.y - 2e-5)


def _copy_outline(row: Row, other: Row, outline: shapely.Geometry) -> None:
    part = max(shapely.get_parts(outline), key=shapely.area)
    row.shape = to_degrees(other.parcel.site, part)
    row.declared_ha = round(float(shapely.area(part)) / 10_000, 2)
