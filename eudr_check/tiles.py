"""The unit of work: a tile of 0.1 x 0.1 degree, named by its south-west corner."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PER_DEGREE = 10


class Tile(NamedTuple):
    """One tile; `column` counts tenths of a degree east of 0, `row` north of 0 (EPSG:4326).

    >>> Tile.at(-76.098, -6.037)
    Tile(column=-761, row=-61)
    >>> Tile(-761, -61).name
    'S06.1W076.1'
    """

    column: int
    row: int

    @classmethod
    def at(cls, longitude: float, latitude: float) -> "Tile":
        """The tile that holds a position in degrees; a shared edge belongs to the tile east or north."""
        return cls(int(np.floor(longitude * PER_DEGREE)), int(np.floor(latitude * PER_DEGREE)))

    @classmethod
    def from_name(cls, name: str) -> "Tile":
        """The inverse of `name`."""
        row = round(float(name[1:5]) * PER_DEGREE) * (1 if name[0] == "N" else -1)
        column = round(float(name[6:11]) * PER_DEGREE) * (1 if name[5] == "E" else -1)
        return cls(column, row)

    @property
    def name(self) -> str:
        """South-west corner as text, sortable and safe in file names."""
        south, west = self.row / PER_DEGREE, self.column / PER_DEGREE
        return f"{'N' if south >= 0 else 'S'}{abs(south):04.1f}{'E' if west >= 0 else 'W'}{abs(west):05.1f}"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees; neighbours share the very same float on their common edge."""
        return (
            self.column / PER_DEGREE,
            self.row / PER_DEGREE,
            (self.column + 1) / PER_DEGREE,
            (self.row + 1) / PER_DEGREE,
        )


def tiles_of(bounds: NDArray[np.float64]) -> dict[Tile, NDArray[np.int64]]:
    """Which boxes reach into each tile, with more than an edge.

    Args:
        bounds: float64 (n, 4) west, south, east, north in degrees; rows with NaN (no geometry) are left out.

    Returns:
        Tile to int64 positions in `bounds`, ascending; tiles from south to north, then west to east.
    """
    known = np.flatnonzero(np.isfinite(bounds).all(axis=1))
    west, south, east, north = (bounds[known] * PER_DEGREE).T
    first_column, first_row = np.floor(west).astype(np.int64), np.floor(south).astype(np.int64)
    columns = np.maximum(np.ceil(east).astype(np.int64) - first_column, 1)
    rows = np.maximum(np.ceil(north).astype(np.int64) - first_row, 1)
    count = columns * rows
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    position = np.repeat(known, count)
    column = np.repeat(first_column, count) + step % np.repeat(columns, count)
    row = np.repeat(first_row, count) + step // np.repeat(columns, count)
    order = np.lexsort((position, column, row))
    position, column, row = position[order], column[order], row[order]
    if not len(position):
        return {}
    begin = np.flatnonzero(
        np.diff(row, prepend=np.iinfo(np.int64).min) | np.diff(column, prepend=np.iinfo(np.int32).min)
    )
    return {
        Tile(int(column[at]), int(row[at])): members
        for at, members in zip(begin, np.split(position, begin[1:]), strict=True)
    }
