"""Rings of rows, to read and to draw again."""

import shapely

from season import files
from season.members import to_degrees
from season.noise import Array
from season.rows import Row


def ring_of(row: Row) -> Array:
    return shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(row.shape)[0]))


def metres_of(row: Row) -> Array:
    """The walked ring in metres of the site."""
    return shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(row.parcel.outline)[0]))


def middle_of(row: Row) -> Array:
    return shapely.get_coordinates(shapely.point_on_surface(row.parcel.outline))[0]


def set_ring(rows: list[Row], at: int, ring: Array) -> None:
    """A new boundary in metres of the site, as a phone would have recorded it."""
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.polygons(ring))


def json_ring(positions: Array, decimals: int = 7) -> str:
    return f'{{"type": "Polygon", "coordinates": [{files.ring_text(positions, decimals)}]}}'
