"""Which cells lie on or within some metres of which polygons, for many of both at once.

A cell lies near a polygon when a corner of the polygon lies within the distance of the cell, or when a corner of the
cell lies within the distance of a side, or when the polygon covers any of it. Where the first does not hold, a side
that comes near enough does so at the corner of the cell that lies foremost towards its line; so one corner is looked
at per cell and side, and no circle is drawn. The last adds only what lies further in than the distance, which narrow
polygons do not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import metres_per_degree
from eudr_check.overlay.coverage import coverage_windows
from eudr_check.overlay.grid import Grid
from eudr_check.overlay.rings import blocks, rings_of
from eudr_check.typing import Floats, Positions

Pairs = tuple[Positions, Positions]

ROWS_AT_ONCE = 100_000
"""Rows of the grid beside sides that are looked at in one go."""


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
    found = [*_covering(shapes, metres, grid, before), *_beside(shapes, metres, grid, cells, before)]
    shape, cell = np.divmod(distinct(np.concatenate([shape * len(cells) + cell for shape, cell in found])), len(cells))
    return shape, cell


def distinct(keys: Positions) -> Positions:
    """The different ones among some keys, ascending: where they come in runs, in a twentieth of `np.unique`'s time."""
    keys = np.sort(keys, kind="stable")
    first = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return keys[first]


def _count_before(grid: Grid, cells: Positions) -> Positions:
    """intp (cells + 1,) how many of some cells lie before each cell."""
    rows, columns = grid.shape
    before = np.zeros(rows * columns + 1, dtype=np.intp)
    before[cells + 1] = 1
    return np.cumsum(before, out=before)


def _covering(shapes: NDArray[np.object_], metres: float, grid: Grid, before: Positions) -> Iterator[Pairs]:
    """Pairs of a shape and a cell it covers a part of, for shapes that reach further in than a distance from a side."""
    box = shapely.bounds(shapes)
    narrower = np.min((box[:, 2:] - box[:, :2]) * _metres_of_degree(box), axis=1)
    wide = np.flatnonzero(narrower >= 2 * metres)
    for windows in coverage_windows(shapes[wide], grid, np.zeros(grid.shape[0])):
        at, count = windows.cells()
        place = at + np.repeat(windows.row * grid.x.cells + windows.column - windows.begin, count)
        wanted = before[place + 1] > before[place]
        yield wide[np.repeat(windows.geometry, count)[wanted]], before[place[wanted]]


def _metres_of_degree(box: Floats) -> Floats:
    """Metres (n, 2) of a degree of longitude and of latitude in the middle of boxes (n, 4)."""
    return np.column_stack(metres_per_degree((box[:, 1] + box[:, 3]) / 2))


@dataclass(frozen=True)
class _Sides:
    """Sides of polygons, in metres east and south of the north-west corner of the grid."""

    x: Floats
    y: Floats
    """Where each begins."""
    dx: Floats
    dy: Floats
    """Step to its end."""
    shape: Positions
    to_x: Floats
    to_y: Floats
    """Metres of a degree of longitude and of latitude."""


def _sides(shapes: NDArray[np.object_], first: int, grid: Grid) -> _Sides:
    rings = rings_of(shapes, first)
    # A ring ends where it began: from its last vertex no side goes on, nor from a vertex that is there twice.
    goes_on = np.append((rings.x[1:] != rings.x[:-1]) | (rings.y[1:] != rings.y[:-1]), False)
    goes_on[rings.first[1:] - 1] = False
    at = np.flatnonzero(goes_on)
    shape = np.repeat(rings.geometry, np.diff(rings.part_first, append=len(rings.x)))[at]
    to_x, to_y = _metres_of_degree(shapely.bounds(shapes))[shape - first].T
    x, y = (rings.x[at] - grid.x.at[0]) * to_x, (rings.y[at] - grid.y.at[0]) * to_y
    dx, dy = (rings.x[at + 1] - rings.x[at]) * to_x, (rings.y[at + 1] - rings.y[at]) * to_y
    return _Sides(x, y, dx, dy, shape, to_x, to_y)


def _beside(
    shapes: NDArray[np.object_], metres: float, grid: Grid, cells: Positions, before: Positions
) -> Iterator[Pairs]:
    """Pairs of a shape and a cell less than a distance from one of its sides."""
    column = cells % grid.x.cells
    for start, stop in blocks(shapes):
        sides = _sides(shapes[start:stop], start, grid)
        for side, row, begin, count in _rows_of_boxes(sides, metres, grid, before):
            cell = np.arange(count.sum()) + np.repeat(begin - (np.cumsum(count) - count), count)
            north = grid.y.relative[row] * sides.to_y[side] - sides.y[side]
            south = grid.y.relative[row + 1] * sides.to_y[side] - sides.y[side]
            to_x, x = np.repeat(sides.to_x[side], count), np.repeat(sides.x[side], count)
            west = grid.x.relative[column[cell]] * to_x - x
            east = grid.x.relative[column[cell] + 1] * to_x - x
            near = _beyond(west, east) ** 2 + np.repeat(_beyond(north, south) ** 2, count) < metres**2
            line = np.repeat(np.arange(len(side)), count)
            left = np.flatnonzero(~near)
            at = line[left]
            corner = _foremost_corner(
                sides.dx[side[at]], sides.dy[side[at]], west[left], east[left], north[at], south[at]
            )
            near[left] = corner < metres
            yield sides.shape[side[line[near]]], cell[near]


def _rows_of_boxes(
    sides: _Sides, metres: float, grid: Grid, before: Positions
) -> Iterator[tuple[Positions, Positions, Positions, Positions]]:
    """Rows of the boxes around sides, grown by a distance, that hold any cell: side, row, first cell, and how many."""
    rows, columns = grid.shape
    west, east = np.minimum(sides.x, sides.x + sides.dx) - metres, np.maximum(sides.x, sides.x + sides.dx) + metres
    north, south = np.minimum(sides.y, sides.y + sides.dy) - metres, np.maximum(sides.y, sides.y + sides.dy) + metres
    left = np.maximum(grid.x.cell_of(west / sides.to_x), 0)
    right = np.minimum(grid.x.cell_of(east / sides.to_x), columns - 1) + 1
    top = np.maximum(grid.y.cell_of(north / sides.to_y), 0)
    bottom = np.minimum(grid.y.cell_of(south / sides.to_y), rows - 1) + 1
    height = np.where(left < right, np.maximum(bottom - top, 0), 0)
    behind = np.cumsum(height)
    start = 0
    while start < len(height):
        done = behind[start - 1] if start else 0
        stop = max(int(np.searchsorted(behind, done + ROWS_AT_ONCE, side="right")), start + 1)
        part = slice(start, stop)
        side = np.repeat(np.arange(start, stop), height[part])
        row = np.arange(len(side)) - np.repeat(behind[part] - height[part] - done - top[part], height[part])
        begin = before[row * columns + left[side]]
        count = before[row * columns + right[side]] - begin
        held = np.flatnonzero(count)
        yield side[held], row[held], begin[held], count[held]
        start = stop


def _beyond(low: Floats, high: Floats) -> Floats:
    """How far 0 lies outside of intervals."""
    return np.maximum(np.maximum(low, -high), 0)


def _foremost_corner(dx: Floats, dy: Floats, west: Floats, east: Floats, north: Floats, south: Floats) -> Floats:
    """Distance from sides, which begin at 0, to the corner of a cell that is foremost towards their line.

    Infinite where no point between the ends of the side is nearest to that corner: its ends are looked at separately.
    """
    # On which side of the line the middle of the cell lies tells which corner is nearest to the line.
    left = dx * (north + south) > dy * (west + east)
    x = np.where((dy < 0) == left, west, east)
    y = np.where((dx > 0) == left, north, south)
    foot, square = x * dx + y * dy, dx**2 + dy**2
    between = (foot > 0) & (foot < square)
    distance = np.full(len(dx), np.inf)
    np.divide(np.abs(dx * y - dy * x), np.sqrt(square), out=distance, where=between)
    return distance
