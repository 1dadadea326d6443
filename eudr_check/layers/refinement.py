"""The common refinement of several grids: all their cell lines, and where each cell lies in each raster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eudr_check.layers.raster import SAME_LINE_DEG, Cut, Raster
from eudr_check.tiles import Tile
from eudr_check.typing import Value

SAMPLING_LINES_PER_DEGREE = 12_000
"""Where a raster must be sampled, cells are at most 1/12000 degree (about 9 m)."""


@dataclass(frozen=True)
class Refinement:
    """Cells of a cube; columns and rows need not be equal."""

    x_edges: NDArray[np.float64]
    """(nx + 1,) degrees, ascending."""
    y_edges: NDArray[np.float64]
    """(ny + 1,) degrees, descending."""

    @property
    def x(self) -> NDArray[np.float64]:
        """(nx,) centres."""
        return (self.x_edges[:-1] + self.x_edges[1:]) / 2

    @property
    def y(self) -> NDArray[np.float64]:
        """(ny,) centres, descending."""
        return (self.y_edges[:-1] + self.y_edges[1:]) / 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.y_edges) - 1, len(self.x_edges) - 1


def refine(tile: Tile, box: NDArray[np.float64], rasters: Sequence[Raster]) -> Refinement:
    """All cell lines of the rasters around a box, bounded by cell lines or tile edges.

    Args:
        tile: bounds the refinement.
        box: float64 (4,) west, south, east, north in degrees, inside the tile; grown to the next lines.
        rasters: whose lines count; one that must be sampled adds the lines of the sampling grid instead. Without any
            raster the sampling grid stands in, because cells of a whole tile are too coarse to measure areas by.
    """
    west, south, east, north = tile.bounds
    distinct = {raster.grid: raster for raster in rasters}
    x_lines, y_lines = [], []
    for raster in distinct.values():
        if raster.lines:
            there = raster.transform
            x_lines.append(_lines(there.c, there.a, raster.width, box[0], box[2]))
            y_lines.append(_lines(there.f, there.e, raster.height, box[1], box[3]))
    if not x_lines or any(not raster.lines for raster in distinct.values()):
        step = 1 / SAMPLING_LINES_PER_DEGREE
        x_lines.append(_sampling_lines(box[0], box[2], step))
        y_lines.append(_sampling_lines(box[1], box[3], step))
    x = _bounded(_united(x_lines, west, east), box[0], box[2])
    y = _bounded(_united(y_lines, south, north), box[1], box[3])
    return Refinement(x, y[::-1].copy())


def expand(raster: Raster, cut: Cut, native: NDArray[Value], cells: Refinement, fill: int) -> NDArray[Value]:
    """Values of a cut laid on the cells of a refinement; `fill` outside the raster.

    Args:
        raster: the grid of the cut.
        cut: tells where the window lies.
        native: values of the window, shape of `cut.values`.
        cells: the refinement.
        fill: value where the raster has no cell.

    Returns:
        Array (ny, nx) of the dtype of `native`.
    """
    if native.size == 0:
        return np.full(cells.shape, fill, dtype=native.dtype)
    if raster.lines:
        columns = _index((cells.x - raster.transform.c) / raster.transform.a, cut.column, native.shape[1])
        rows = _index((cells.y - raster.transform.f) / raster.transform.e, cut.row, native.shape[0])
        if columns.max() == native.shape[1] or rows.max() == native.shape[0]:
            native = _with_border(native, fill)
        # Columns first: few rows are copied then, and whole rows afterwards. "clip" because NumPy copies twice to
        # be able to raise, and no index is out of range.
        return np.take(np.take(native, columns, axis=1, mode="clip"), rows, axis=0, mode="clip")
    longitude, latitude = np.meshgrid(cells.x, cells.y)
    column, row = raster.pixels(longitude, latitude)
    return _with_border(native, fill)[
        _index(row, cut.row, native.shape[0]), _index(column, cut.column, native.shape[1])
    ]


def own_lines(cells: Refinement, rasters: Sequence[Raster]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which lines of a refinement bound cells of some rasters, or the refinement itself.

    Between two of them all cells hold the same cell of each raster. Where a raster is sampled, all lines count.

    Returns:
        bool (nx + 1,) and bool (ny + 1,).
    """
    own = []
    for centres, origin, step in ((cells.x, "c", "a"), (cells.y, "f", "e")):
        found = np.ones(len(centres) + 1, dtype=bool)
        # By the cell that `expand` takes, not by where lines lie: lines of several rasters may have become one.
        if all(raster.lines for raster in rasters):
            found[1:-1] = False
            for transform in {raster.transform for raster in rasters}:
                cell = np.floor((centres - getattr(transform, origin)) / getattr(transform, step))
                found[1:-1] |= cell[1:] != cell[:-1]
        own.append(found)
    return own[0], own[1]


def _lines(origin: float, step: float, count: int, low: float, high: float) -> NDArray[Any]:
    """Lines of a raster from the one before `low` to the one after `high`, ascending."""
    ends = sorted(((low - origin) / step, (high - origin) / step))
    first, last = max(int(np.floor(ends[0])) - 1, 0), min(int(np.ceil(ends[1])) + 1, count)
    lines = origin + np.arange(first, last + 1) * step
    return lines if step > 0 else lines[::-1]


def _sampling_lines(low: float, high: float, step: float) -> NDArray[Any]:
    return np.arange(int(np.floor(low / step)) - 1, int(np.ceil(high / step)) + 2) * step


def _united(groups: list[NDArray[np.float64]], low: float, high: float) -> NDArray[np.float64]:
    """Sorted lines between two tile edges, both of them included; lines closer than 1e-9 degree are one."""
    lines = np.sort(np.concatenate([np.empty(0), *groups]))
    lines = lines[(lines > low + SAME_LINE_DEG) & (lines < high - SAME_LINE_DEG)]
    distinct = np.ones(len(lines), dtype=bool)
    distinct[1:] = np.diff(lines) > SAME_LINE_DEG
    return np.concatenate([[low], lines[distinct], [high]])


def _bounded(lines: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """The lines from the last at or before `low` to the first at or after `high`."""
    first = max(int(np.searchsorted(lines, low + SAME_LINE_DEG, side="right")) - 1, 0)
    last = min(int(np.searchsorted(lines, high - SAME_LINE_DEG, side="left")), len(lines) - 1)
    return lines[min(first, len(lines) - 2) : max(last, first + 1) + 1]


def _index(fractional: NDArray[Any], start: int, count: int) -> NDArray[np.intp]:
    """Positions in a window; `count` (the border behind the last cell) outside it."""
    finite = np.where(np.isfinite(fractional), fractional, -1e9)
    index = np.floor(finite).astype(np.intp) - start
    index[(index < 0) | (index > count)] = count
    return index


def _with_border(native: NDArray[Any], fill: int) -> NDArray[Any]:
    """One more row and column at the end, for what lies outside."""
    return np.pad(native, ((0, 1), (0, 1)), constant_values=fill)
