"""Exact share of every grid cell that polygons cover, for many polygons at once, by one cumulative sum.

Ring edges are cut where they cross row lines and then column lines, so that every piece lies in one cell. A piece of
signed height dy (in rows, southwards) whose mean place is fx (0 at the cell's western line, 1 at its eastern)
covers dy * (1 - fx) of its own cell and dy of every cell east of it in the row. With A and B the sums of dy and of
dy * fx per cell, the covered share is the running sum of A along the row, less B. A closed ring adds up to zero in
every row, so the windows of all parts lie end to end in one buffer and share one running sum.

Heights are rounded to 2^-40 of a cell, whole numbers that float64 and int64 add up exactly: no order of summation
changes a digit, a cell outside is exactly 0 and a cell inside exactly 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from eudr_check.overlay.grid import Grid
from eudr_check.overlay.rings import Rings, blocks, refuse_unfit, rings_of
from eudr_check.typing import Floats, Geometries, Positions

CELLS_AT_ONCE = 400_000
PIECES_AT_ONCE = 200_000
UNIT = float(2**40)
NOTHING = 2**7
"""Shares below 2^-33 of a cell are rounding of the coordinates, not ground."""


@dataclass(frozen=True)
class Windows:
    """Coverage of the windows of some parts, row after row in one flat buffer."""

    covered: NDArray[np.int64]
    """int64 (cells,) covered share of each cell in units of 2^-40; 0 outside and between windows."""
    begin: Positions
    """intp (lines,) first cell of each window row in the buffer."""
    length: Positions
    """intp (lines,) cells of each window row, the spare cell at its end included."""
    row: Positions
    """intp (lines,) grid row of each window row."""
    column: Positions
    """intp (lines,) grid column of the first cell of each window row."""
    geometry: Positions
    """intp (lines,) position of the geometry each window row belongs to."""

    def cells(self) -> tuple[Positions, Positions]:
        """Places in the buffer of the cells that are covered, and how many of them each window row has."""
        at = np.flatnonzero(self.covered >= NOTHING)
        return at, np.diff(np.searchsorted(at, self.begin), append=len(at))


def cell_coverage(
    geometries: Sequence[BaseGeometry] | Geometries, x_edges: ArrayLike, y_edges: ArrayLike
) -> tuple[Positions, Positions, Positions, Floats]:
    """Covered share of every grid cell that polygons touch with more than an edge.

    Exact for edges that are straight in longitude and latitude; holes count as holes whatever their winding. What lies
    outside the grid is left out.

    Args:
        geometries: n polygons or multipolygons, same coordinates as the lines.
        x_edges: float64 (nx + 1,) column lines, ascending; cells may be unequal.
        y_edges: float64 (ny + 1,) row lines, descending; cells may be unequal.

    Returns:
        Four arrays of one length: position of the geometry, row, column (intp) and covered share (float64, 0 < share
        <= 1). Ordered by geometry; a cell that two parts of one geometry share appears once for each.

    Raises:
        OverlayError: lines not in order, or a geometry that is missing, no polygon, empty, invalid or without area.

    A plot over the middle of four unit cells covers a quarter of each, and the cells know nothing of one another:

    >>> import shapely
    >>> geometry, row, column, share = cell_coverage([shapely.box(0.5, 0.5, 1.5, 1.5)], [0, 1, 2], [2, 1, 0])
    >>> row.tolist(), column.tolist(), share.tolist()
    ([0, 0, 1, 1], [0, 1, 0, 1], [0.25, 0.25, 0.25, 0.25])
    """
    shapes = np.asarray(geometries, dtype=object)
    refuse_unfit(shapes, np.arange(len(shapes)).astype(object))
    grid = Grid.of(np.asarray(x_edges, dtype=np.float64), np.asarray(y_edges, dtype=np.float64))
    found = [_cells(windows) for windows in coverage_windows(shapes, grid, np.zeros(grid.shape[0]))]
    if not found:
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    geometry, row, column, share = (np.concatenate(part) for part in zip(*found, strict=True))
    return geometry, row, column, share


def coverage_windows(geometries: NDArray[np.object_], grid: Grid, skew: Floats) -> Iterator[Windows]:
    """Coverage of polygons, a bounded number of cells at a time, in the order of the geometries.

    Args:
        geometries: object (n,) polygons that passed `refuse_unfit`.
        grid: cells.
        skew: float64 (ny,) `Grid.row_skew` for shares of ground, zeros for shares of the plane.
    """
    for start, stop in blocks(geometries):
        rings = rings_of(geometries[start:stop], start)
        placed = _place(rings, grid)
        for first, last in _chunks(placed):
            for top, bottom in _bands(placed, first, last):
                yield _windows(placed, grid, skew, first, last, top, bottom)


@dataclass(frozen=True)
class _Placed:
    """Ring vertices with their cells, and the window of each part; parts outside the grid are left out."""

    x: Floats
    """float64 (vertices,) degrees east of the grid's first column line."""
    y: Floats
    """float64 (vertices,) degrees south of the grid's first row line."""
    column: Positions
    row: Positions
    closing: Positions
    """Last vertex of each ring, where no edge begins."""
    begin: Positions
    """First vertex of each part, and the number of vertices."""
    pieces_before: Positions
    """Pieces of all edges before the vertex, at most."""
    geometry: Positions
    west: Positions
    columns: Positions
    """Columns of each part's window, with the spare one at its end."""
    north: Positions
    rows: Positions


def _place(rings: Rings, grid: Grid) -> _Placed:
    x, y, first, begin, geometry = rings.x, rings.y, rings.first, rings.part_first, rings.geometry
    # The difference of two near floats is exact; the digits it frees keep crossings true to 1e-12 of a cell.
    x, y = x - grid.x.at[0], y - grid.y.at[0]
    column, row = grid.x.cell_of(x), grid.y.cell_of(y)
    rows, columns = grid.shape
    west, east = np.minimum.reduceat(column, begin), np.maximum.reduceat(column, begin)
    north, south = np.minimum.reduceat(row, begin), np.maximum.reduceat(row, begin)
    inside = (west < columns) & (east >= 0) & (north < rows) & (south >= 0)
    ends = np.append(begin[1:], len(x))
    last = np.append(first[1:], len(x)) - 1
    if not inside.all():
        kept = np.repeat(inside, ends - begin)
        moved = np.cumsum(kept) - 1
        x, y, column, row = x[kept], y[kept], column[kept], row[kept]
        last = moved[last[kept[last]]]
        begin, geometry = moved[begin[inside]], geometry[inside]
        west, east, north, south = west[inside], east[inside], north[inside], south[inside]
    west, north = np.maximum(west, 0), np.maximum(north, 0)
    pieces = np.zeros(len(x) + 1, dtype=np.intp)
    pieces[1:] = 1
    pieces[1:-1] += np.abs(np.diff(column)) + np.abs(np.diff(row))
    return _Placed(
        x,
        y,
        column,
        row,
        last,
        np.append(begin, len(x)),
        np.cumsum(pieces),
        geometry,
        west,
        np.minimum(east + 1, columns) - west + 1,
        north,
        np.minimum(south + 1, rows) - north,
    )


def _chunks(placed: _Placed) -> Iterator[tuple[int, int]]:
    """Runs of parts whose windows and pieces are few enough to be held at once; at least one part."""
    cells = np.append(0, np.cumsum(placed.columns * placed.rows))
    pieces = placed.pieces_before[placed.begin]
    start = 0
    while start < len(placed.geometry):
        stop = min(
            int(np.searchsorted(cells, cells[start] + CELLS_AT_ONCE, side="right")),
            int(np.searchsorted(pieces, pieces[start] + PIECES_AT_ONCE, side="right")),
        )
        stop = max(stop - 1, start + 1)
        yield start, stop
        start = stop


def _bands(placed: _Placed, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Grid rows to work on at once: all of them, or bands where the window of a single part is too large."""
    top = int(placed.north[first:last].min())
    bottom = int((placed.north[first:last] + placed.rows[first:last]).max())
    step = bottom - top if last - first > 1 else max(1, CELLS_AT_ONCE // int(placed.columns[first]))
    for row in range(top, bottom, step):
        yield row, min(row + step, bottom)


def _runs(placed: _Placed, first: int, last: int) -> Iterator[slice]:
    """Vertices to cut at once: all of the parts, or runs that share one vertex where a single part has too many."""
    start, end = int(placed.begin[first]), int(placed.begin[last])
    while start < end:
        limit = placed.pieces_before[start] + max(PIECES_AT_ONCE, 2)
        stop = int(np.searchsorted(placed.pieces_before, limit, side="right")) - 1 if last - first == 1 else end
        stop = min(max(stop, start + 1), end)
        yield slice(start, min(stop + 1, end))
        start = stop


def _windows(placed: _Placed, grid: Grid, skew: Floats, first: int, last: int, top: int, bottom: int) -> Windows:
    """Coverage of the parts `first:last` in the grid rows `top:bottom`."""
    parts = slice(first, last)
    north = np.maximum(placed.north[parts], top)
    rows = np.minimum(placed.north[parts] + placed.rows[parts], bottom) - north
    columns, west = placed.columns[parts], placed.west[parts]
    size = columns * rows
    # One cell more in front and behind: rounding may put a crossing a hair outside the first or last window.
    begin = np.cumsum(size) - size + 1
    total = int(size.sum()) + 2
    height, inset = np.zeros(total), np.zeros(total)
    for vertices in _runs(placed, first, last):
        part = np.searchsorted(placed.begin[first : last + 1], np.arange(vertices.start, vertices.stop), "right") - 1
        offset = (begin - north * columns - west)[part]
        cell, dy, dy_fx = _pieces(placed, grid, skew, vertices, (offset, columns[part]), (top, bottom))
        height += np.bincount(cell, weights=dy, minlength=total)
        inset += np.bincount(cell, weights=dy_fx, minlength=total)
    # Integers: the same sums, and NumPy's running sum of them is seven times as fast.
    covered = height.astype(np.int64)
    np.cumsum(covered, out=covered)
    covered -= inset.astype(np.int64)
    plot_index = np.repeat(np.arange(len(rows)), rows)
    step = np.arange(len(plot_index)) - np.repeat(np.cumsum(rows) - rows, rows)
    line_begin = begin[plot_index] + step * columns[plot_index]
    covered[line_begin + columns[plot_index] - 1] = 0
    covered[0] = covered[-1] = 0
    return Windows(
        covered,
        line_begin,
        columns[plot_index],
        north[plot_index] + step,
        west[plot_index],
        placed.geometry[parts][plot_index],
    )


def _pieces(
    placed: _Placed,
    grid: Grid,
    skew: Floats,
    vertices: slice,
    window: tuple[Positions, Positions],
    band: tuple[int, int],
) -> tuple[Positions, Floats, Floats]:
    """Pieces of the edges between some vertices: buffer cell, height, and height times mean place in the cell."""
    x, y, column = placed.x[vertices], placed.y[vertices], placed.column[vertices]
    closing = placed.closing[np.searchsorted(placed.closing, vertices.start) :] - vertices.start
    closing = closing[: np.searchsorted(closing, len(x) - 1)]
    top, bottom = band
    row = np.clip(placed.row[vertices], top - 1, bottom)
    offset, width = window

    plot_index, place, start, row_cut, line = _crossings(row, closing)
    slope = _ratio(np.diff(x), np.diff(y))
    y_cut = grid.y.relative[line]
    x_cut = x[plot_index] + (y_cut - y[plot_index]) * slope[plot_index]
    node_x = _merged(start, x, place, x_cut)
    node_column = _merged(start, column, place, grid.x.cell_of(x_cut))
    node_row = _merged(start, row, place, row_cut)
    south = np.clip(grid.y.index_of(y, placed.row[vertices]), top, bottom)
    node_south = _merged(start, south, place, line.astype(np.float64))
    held_row = np.clip(node_row, top, bottom - 1)
    node_vertex = _merged(start, np.arange(len(x)), place, plot_index)
    node_base = offset[node_vertex] + held_row * width[node_vertex]
    closing = start[closing]

    plot_index, place, start, column_cut, line = _crossings(node_column, closing)
    slope = _ratio(np.diff(node_south), np.diff(node_x))
    south_cut = node_south[plot_index] + (grid.x.relative[line] - node_x[plot_index]) * slope[plot_index]
    piece_row = _merged(start, held_row, place, held_row[plot_index])
    piece_south = _merged(start, node_south, place, south_cut)
    half_skew = skew[piece_row] / 2
    within = piece_south - piece_row
    piece_south -= half_skew * within * (1 - within)
    piece_south *= UNIT
    np.rint(piece_south, out=piece_south)
    columns = grid.x.cells
    piece_column = np.clip(_merged(start, node_column, place, column_cut), 0, columns)
    piece_east = _merged(start, grid.x.index_of(node_x, node_column), place, line.astype(np.float64))
    cell = _merged(start, node_base, place, node_base[plot_index]) + piece_column

    dy = np.diff(piece_south)
    dy[start[closing]] = 0
    fx = (piece_east[1:] + piece_east[:-1]) / 2 - piece_column[:-1]
    tilt = np.diff(piece_east) * dy * (half_skew[:-1] / (6 * UNIT))
    return cell[:-1], dy, np.rint(dy * (fx + tilt))


def _crossings(cell: Positions, closing: Positions) -> tuple[Positions, Positions, Positions, Positions, Positions]:
    """Where the steps between successive nodes cross cell lines.

    Args:
        cell: intp (n,) cell of each node along one axis.
        closing: nodes from which no step is made.

    Returns:
        Per crossing, in order along the path: the node it follows, its place in the path of nodes and crossings, the
        cell behind it and the line it lies on; and, third, the place of each node in that path.
    """
    step = np.diff(cell)
    step[closing] = 0
    count = np.abs(step)
    start = np.arange(len(cell))
    start[1:] += np.cumsum(count)
    plot_index = np.repeat(np.arange(len(count)), count)
    place = np.arange(1, len(plot_index) + 1) + plot_index
    behind = cell[plot_index] + np.sign(step)[plot_index] * (place - start[plot_index])
    return plot_index, place, start, behind, behind + (step < 0)[plot_index]


def _ratio(rise: Floats, run: Floats) -> Floats:
    """Slope of each step; 0 where the step is none along the axis that is cut (it then crosses nothing)."""
    return np.divide(rise, run, out=np.zeros(len(rise)), where=run != 0)


def _merged(start: Positions, nodes: Any, place: Positions, crossings: Any) -> Any:
    """One array along the path, from the values at its nodes and at its crossings."""
    along = np.empty(len(start) + len(place), dtype=nodes.dtype)
    along[start] = nodes
    along[place] = crossings
    return along


def _cells(windows: Windows) -> tuple[Positions, Positions, Positions, Floats]:
    """The cells of some windows that are covered: geometry, row, column, share."""
    at, cells = windows.cells()
    column = at + np.repeat(windows.column - windows.begin, cells)
    return np.repeat(windows.geometry, cells), np.repeat(windows.row, cells), column, windows.covered[at] / UNIT
