"""Which cells lie on or within some metres of which polygons, for many of both at once.

A cell lies near a polygon when the polygon covers any of it, when a corner of the polygon lies within the distance of
the cell, or when a corner of the cell lies within the distance of a side. Where neither of the first two holds, a
side that comes near enough does so at the corner of the cell that lies foremost towards its line; so one corner is
looked at per cell and side, and no circle is drawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.areas import metres_per_degree
from eudr_check.overlay.coverage import coverage_windows
from eudr_check.overlay.grid import Grid
from eudr_check.overlay.rings import blocks, rings_of

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]
Pairs = tuple[Positions, Positions]

ROWS_AT_ONCE = 100_000
"""Grid rows of boxes around sides that are looked through at once."""


def within(shapes: NDArray[np.object_], metres: float, grid: Grid, cells: Positions) -> Pairs:
    """Pairs of a polygon and a cell that it covers a part of, or that lies less than a distance from it.

    Distances are those of a plane in which the degrees of the polygon's middle latitude have their true lengths: within
    a kilometre of a plot they are true to 0.1 %.

    Args:
        shapes: object (n,) polygons in EPSG:4326 that passed `refuse_unfit`.
        metres: the distance.
        grid: cells.
        cells: intp (m,) places (row after row) of the cells that matter, ascending.

    Returns:
        Position of the polygon and position in `cells`, intp (pairs,) each, ordered by these; every pair once.

    A plot of about 22 m, with a cell of 111 m on either side of its own, the western one nearer:

    >>> grid = Grid.of([0.0, 0.001, 0.002, 0.003], [0.001, 0.0])
    >>> plot = np.array([shapely.box(0.0012, 0.0004, 0.0014, 0.0006)])
    >>> [cell.tolist() for _, cell in (within(plot, metres, grid, np.arange(3)) for metres in (10.0, 30.0, 100.0))]
    [[1], [0, 1], [0, 1, 2]]
    """
    if not len(cells) or not len(shapes):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    before = _count_before(grid, cells)
    found = [*_covering(shapes, grid, before), *_beside(shapes, metres, grid, cells, before)]
    keys = np.unique(np.concatenate([shape * len(cells) + cell for shape, cell in found]))
    shape, cell = np.divmod(keys, len(cells))
    return shape, cell


def _count_before(grid: Grid, cells: Positions) -> Positions:
    """intp (cells + 1,) how many of some cells lie before each cell."""
    rows, columns = grid.shape
    before = np.zeros(rows * columns + 1, dtype=np.intp)
    before[cells + 1] = 1
    return np.cumsum(before, out=before)


def _covering(shapes: NDArray[np.object_], grid: Grid, before: Positions) -> Iterator[Pairs]:
    """Pairs of a shape and a cell it covers a part of."""
    for windows in coverage_windows(shapes, grid, np.zeros(grid.shape[0])):
        at, count = windows.cells()
        place = at + np.repeat(windows.row * grid.x.cells + windows.column - windows.begin, count)
        wanted = before[place + 1] > before[place]
        yield np.repeat(windows.geometry, count)[wanted], before[place[wanted]]


@dataclass(frozen=True)
class _Sides:
    """Sides of polygons, in degrees from the north-west corner of the grid (southwards)."""

    x: Floats
    y: Floats
    """Where each begins."""
    dx: Floats
    dy: Floats
    """Step to its end."""
    shape: Positions
    metres: Floats
    """float64 (sides, 2) metres of a degree of longitude and of latitude."""

    def only(self, which: Positions) -> "_Sides":
        """Some of them, as often as asked for."""
        return _Sides(
            self.x[which], self.y[which], self.dx[which], self.dy[which], self.shape[which], self.metres[which]
        )


def _sides(shapes: NDArray[np.object_], first: int, grid: Grid) -> _Sides:
    rings = rings_of(shapes, first)
    # A ring ends where it began: from its last vertex no side goes on.
    begins = np.ones(len(rings.x), dtype=bool)
    begins[np.append(rings.first[1:], len(rings.x)) - 1] = False
    at = np.flatnonzero(begins)
    south, north = shapely.bounds(shapes)[:, [1, 3]].T
    per_shape = np.column_stack(metres_per_degree((south + north) / 2))
    shape = np.repeat(rings.geometry, np.diff(rings.part_first, append=len(rings.x)))[at]
    return _Sides(
        rings.x[at] - grid.x.at[0],
        rings.y[at] - grid.y.at[0],
        rings.x[at + 1] - rings.x[at],
        rings.y[at + 1] - rings.y[at],
        shape,
        per_shape[shape - first],
    )


def _beside(
    shapes: NDArray[np.object_], metres: float, grid: Grid, cells: Positions, before: Positions
) -> Iterator[Pairs]:
    """Pairs of a shape and a cell less than a distance from one of its sides."""
    for start, stop in blocks(shapes):
        sides = _sides(shapes[start:stop], start, grid)
        for side, cell in _boxed(sides, metres, grid, before):
            one = sides.only(side)
            row, column = np.divmod(cells[cell], grid.x.cells)
            to_x, to_y = one.metres.T
            west, east = ((grid.x.relative[column + by] - one.x) * to_x for by in (0, 1))
            north, south = ((grid.y.relative[row + by] - one.y) * to_y for by in (0, 1))
            near = np.hypot(_beyond(west, east), _beyond(north, south)) < metres
            near |= _foremost_corner(one.dx * to_x, one.dy * to_y, (west, east), (north, south)) < metres
            yield one.shape[near], cell[near]


def _boxed(sides: _Sides, metres: float, grid: Grid, before: Positions) -> Iterator[Pairs]:
    """Pairs of a side and a cell in the box around it, grown by a distance."""
    rows, columns = grid.shape
    across, along = metres / sides.metres.T
    west, east = np.minimum(sides.x, sides.x + sides.dx) - across, np.maximum(sides.x, sides.x + sides.dx) + across
    north, south = np.minimum(sides.y, sides.y + sides.dy) - along, np.maximum(sides.y, sides.y + sides.dy) + along
    left, right = np.maximum(grid.x.cell_of(west), 0), np.minimum(grid.x.cell_of(east), columns - 1) + 1
    top, bottom = np.maximum(grid.y.cell_of(north), 0), np.minimum(grid.y.cell_of(south), rows - 1) + 1
    height = np.where(left < right, np.maximum(bottom - top, 0), 0)
    behind = np.cumsum(height)
    start = 0
    while start < len(height):
        done = behind[start - 1] if start else 0
        stop = max(int(np.searchsorted(behind, done + ROWS_AT_ONCE, side="right")), start + 1)
        part = slice(start, stop)
        side = np.repeat(np.arange(start, stop), height[part])
        row = np.arange(len(side)) - np.repeat(behind[part] - height[part] - done, height[part]) + top[side]
        begin, end = before[row * columns + left[side]], before[row * columns + right[side]]
        count = end - begin
        pairs = np.repeat(begin - (np.cumsum(count) - count), count)
        yield np.repeat(side, count), pairs + np.arange(len(pairs))
        start = stop


def _beyond(low: Floats, high: Floats) -> Floats:
    """How far 0 lies outside of intervals."""
    return np.maximum(np.maximum(low, -high), 0)


def _foremost_corner(dx: Floats, dy: Floats, across: tuple[Floats, Floats], along: tuple[Floats, Floats]) -> Floats:
    """Distance from sides, which begin at 0, to the corner of a cell that is foremost towards their line.

    Infinite where no point between the ends of the side is nearest to that corner: the side's ends are looked at apart.
    """
    (west, east), (north, south) = across, along
    length = np.hypot(dx, dy)
    # On which side of the line the middle of the cell lies tells which corner is nearest to the line.
    left = dx * (north + south) - dy * (west + east) > 0
    x = np.where((dy < 0) == left, west, east)
    y = np.where((dx > 0) == left, north, south)
    foot = x * dx + y * dy
    between = (foot > 0) & (foot < length**2)
    distance = np.full(len(dx), np.inf)
    np.divide(np.abs(dx * y - dy * x), length, out=distance, where=between)
    return distance
