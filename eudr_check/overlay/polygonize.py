"""Outlines of regions of equal cells, all regions of a grid at once.

The sides of cells at which a region ends are walked clockwise, with the region on the right. Sides in one line make a
run; at its end a look at two cells tells which run follows. Following these links around makes the rings. Regions
hang together by sides; cells that only touch at a corner are kept separate by turning right. Where both then lie on one
ring, the region hangs together elsewhere and closes in on itself at the corner: there the walk turns left, which
parts the ring in two, so that no ring ever touches itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from eudr_check.typing import Floats, Positions

LITTLE_ENDIAN, POLYGON = 1 << 24, 3
"""How a polygon begins in WKB; the first is one byte, here the last of a word."""


@dataclass(frozen=True)
class Outlines:
    """Polygons as flat arrays: a nation has two million, and an object for each takes longer than finding it."""

    corners: Floats
    """float64 (corners, 2) x and y, ring after ring, each closed."""
    ring: Positions
    """intp (rings,) first corner of each ring; the shell of a polygon comes before its holes."""
    shell: Positions
    """intp (n,) ring that is the shell of each polygon."""
    value: NDArray[np.int16]
    """int16 (n,) value of the cells of each polygon."""
    region: Positions
    """intp (ny, nx) which polygon each cell belongs to; -1 where it belongs to none."""

    def __len__(self) -> int:
        return len(self.shell)

    def bounds(self) -> Floats:
        """float64 (n, 4) west, south, east, north."""
        if not len(self):
            return np.empty((0, 4))
        low, high = (by.reduceat(self.corners, self.ring)[self.shell] for by in (np.minimum, np.maximum))
        return np.column_stack([low, high])

    def polygons(self) -> NDArray[np.object_]:
        """object (n,) polygons."""
        ends = np.append(self.ring, len(self.corners)), np.append(self.shell, len(self.ring))
        drawn: Any = shapely.from_ragged_array(shapely.GeometryType.POLYGON, self.corners, ends)
        return np.asarray(drawn, dtype=object)

    def wkb(self) -> pa.BinaryArray:
        """The polygons (n,) as well-known binary, little-endian, as GEOS writes them."""
        corners = np.diff(self.ring, append=len(self.corners))
        rings = np.diff(self.shell, append=len(self.ring))
        before = np.repeat(np.arange(1, len(self) + 1), rings) * 3
        at = np.cumsum(1 + 4 * corners) - (1 + 4 * corners) + before
        begin = at[self.shell] - 3
        words = np.empty(len(self.ring) + 4 * len(self.corners) + 3 * len(self), dtype="<u4")
        words[begin], words[begin + 1], words[begin + 2] = LITTLE_ENDIAN, POLYGON, rings
        words[at] = corners
        place = np.repeat(at + 1 - 4 * self.ring, corners) + 4 * np.arange(len(self.corners))
        words[place[:, None] + np.arange(4)] = self.corners.astype("<f8", copy=False).view("<u4")
        # A polygon begins with a single byte: it stands at the end of a word, whose other bytes go again.
        padding = 4 * begin[:, None] + np.arange(3)
        octets = np.delete(words.view("u1"), padding)
        ends = (4 * np.append(begin, len(words)) - 3 * np.arange(len(self) + 1)).astype(np.int32)
        return pa.Array.from_buffers(pa.binary(), len(self), [None, pa.py_buffer(ends), pa.py_buffer(octets)])


def outlines(values: NDArray[np.int16], x_lines: Floats, y_lines: Floats) -> Outlines:
    """Polygons of the cells of one value that hang together by their sides.

    Args:
        values: int16 (ny, nx); cells of 0 or less belong to no region.
        x_lines: float64 (nx + 1,) column lines, ascending.
        y_lines: float64 (ny + 1,) row lines, descending.

    Returns:
        Valid polygons with corners on cell lines.

    Two cells side by side, and a third across the corner:

    >>> found = outlines(np.array([[7, 7, 0], [0, 0, 7]], np.int16), np.arange(4.0), np.array([2.0, 1.0, 0.0]))
    >>> found.bounds().tolist(), found.value.tolist(), found.region.tolist()
    ([[0.0, 1.0, 2.0, 2.0], [2.0, 0.0, 3.0, 1.0]], [7, 7], [[0, 0, -1], [-1, -1, 1]])
    """
    padded = np.pad(values, 1)
    runs = _runs(padded)
    if not len(runs.cell):
        none = np.empty(0, dtype=np.intp)
        return Outlines(np.empty((0, 2)), none, none, np.empty(0, dtype=np.int16), np.full(values.shape, -1))
    ring = _rings(runs.right)
    itself = (runs.left >= 0) & (ring[runs.left] == ring)
    link = np.where(itself, runs.left, runs.right)
    if itself.any():
        ring = _rings(link)
    order, first = _walked(link, ring)
    row, column = np.divmod(runs.corner[order], padded.shape[1])
    row, column = row - 1, column - 1
    size = np.diff(first, append=len(order))
    shell = _twice_the_area(row, column, first, size) > 0
    number = np.empty(len(ring), dtype=np.intp)
    number[order[first]] = np.arange(len(first))
    strips = _strips(padded, runs)
    ring_west = number[ring[strips.run]]
    plot_index = _plot_indices(shell, ring_west[strips.of(_westmost(runs, number[ring], len(first)))])
    region = np.full(padded.shape, -1)
    region.ravel()[strips.cell] = plot_index[ring_west][strips.number]
    behind_shell = np.lexsort((~shell, plot_index))
    corner, begins = _closed(first[behind_shell], size[behind_shell])
    return Outlines(
        np.column_stack([x_lines[column[corner]], y_lines[row[corner]]]),
        begins,
        np.flatnonzero(shell[behind_shell]),
        padded.ravel()[runs.cell[order[first[shell]]]],
        region[1:-1, 1:-1],
    )


@dataclass(frozen=True)
class _Runs:
    """Sides in one line, and where the walk goes on from each."""

    cell: Positions
    """Cell at which the run begins, in the padded grid."""
    corner: Positions
    """Corner at which it begins, as the cell south-east of it."""
    right: Positions
    """Run that follows; cells that touch at a corner only are kept separate."""
    left: Positions
    """Run that follows where they are not; -1 where there are none."""
    first: Positions
    """First run along northern, eastern, southern and western sides, and the number of runs."""


def _runs(padded: NDArray[np.int16]) -> _Runs:
    """Runs along the northern, eastern, southern and western sides of cells, in a grid framed by zeros."""
    width, flat = padded.shape[1], padded.ravel()
    cells = np.flatnonzero(flat > 0)
    ahead, out, corner = (1, width, -1, -width), (-width, 1, width, -1), (0, 1, width + 1, width)
    begins, ends = [], []
    for step, across in zip(ahead, out, strict=True):
        side = cells[flat[cells + across] != flat[cells]]
        value = flat[side]
        begin, end = (side[(flat[side + by] != value) | (flat[side + by + across] == value)] for by in (-step, step))
        if abs(step) == width:
            # Column by column, so that the n-th end belongs to the n-th beginning.
            begin, end = (found[np.argsort(found % width, kind="stable")] for found in (begin, end))
        begins.append(begin)
        ends.append(end)
    first = np.cumsum([0, *(len(begin) for begin in begins)])
    number = [np.empty(len(flat), dtype=np.intp) for _ in begins]
    for side, begin in enumerate(begins):
        number[side][begin] = np.arange(first[side], first[side + 1])
    right, left = [], []
    for side, end in enumerate(ends):
        straight, diagonal = end + ahead[side], end + ahead[side] + out[side]
        turn_left = number[side - 1][diagonal]
        more = flat[straight] == flat[end]
        right.append(np.where(more, turn_left, number[(side + 1) % 4][end]))
        left.append(np.where(~more & (flat[diagonal] == flat[end]), turn_left, -1))
    starts = [begin + by for begin, by in zip(begins, corner, strict=True)]
    return _Runs(np.concatenate(begins), np.concatenate(starts), np.concatenate(right), np.concatenate(left), first)


@dataclass(frozen=True)
class _Strips:
    """Cells side by side in a row that belong to one region; each begins at a western side of it."""

    cell: Positions
    """Cells of all regions, row after row, as places in the padded grid."""
    number: Positions
    """Strip each of them lies in."""
    run: Positions
    """Run along the western side at which each strip begins."""

    def of(self, cell: Positions) -> Positions:
        """Strips that some cells lie in."""
        return self.number[np.searchsorted(self.cell, cell)]


def _strips(padded: NDArray[np.int16], runs: _Runs) -> _Strips:
    width, flat = padded.shape[1], padded.ravel()
    cells = np.flatnonzero(flat > 0)
    begins = flat[cells - 1] != flat[cells]
    side = cells[begins]
    by_column = np.argsort(side % width, kind="stable")
    side = side[by_column]
    # Southwards along a column, a run of western sides, which is walked northwards, shows its end first.
    ends = (flat[side - width] != flat[side]) | (flat[side - width - 1] == flat[side])
    run = np.empty(len(side), dtype=np.intp)
    run[by_column] = runs.first[3] + np.cumsum(ends) - 1
    return _Strips(cells, np.cumsum(begins) - 1, run)


def _westmost(runs: _Runs, ring: Positions, count: int) -> Positions:
    """A cell of the westmost eastern side on each of some rings; for a hole, the region lies west of there."""
    eastern = np.arange(runs.first[1], runs.first[2])[::-1]
    westmost = np.empty(count, dtype=np.intp)
    # Eastern sides are numbered from west to east: of those on one ring, the last one set is the westmost.
    westmost[ring[eastern]] = eastern
    return runs.cell[westmost]


def _plot_indices(shell: NDArray[np.bool_], ring_west: Positions) -> Positions:
    """The region each ring bounds: a shell its own, a hole that of the next ring to its west, which reaches further."""
    plot_index = np.where(shell, np.arange(len(shell)), ring_west)
    while not shell[plot_index].all():
        plot_index = plot_index[plot_index]
    return (np.cumsum(shell) - 1)[plot_index]


def _rings(link: Positions) -> Positions:
    """First run of the ring that each run lies on: the smallest of 1, 2, 4, 8 ... runs ahead, until none changes."""
    ring, ahead = np.arange(len(link)), link
    while True:
        smaller = np.minimum(ring, ring[ahead])
        if np.array_equal(smaller, ring):
            return ring
        ring, ahead = smaller, ahead[ahead]


def _walked(link: Positions, ring: Positions) -> tuple[Positions, Positions]:
    """Runs in the order of the walk, ring after ring, and the place of the first run of each ring."""
    last = link == ring
    ahead = np.where(last, np.arange(len(link)), link)
    to_go = (~last).astype(np.intp)
    while (further := to_go[ahead]).any():
        to_go += further
        ahead = ahead[ahead]
    heads = np.flatnonzero(ring == np.arange(len(ring)))
    size = to_go[heads] + 1
    first = np.cumsum(size) - size
    place = np.empty(len(link), dtype=np.intp)
    place[heads] = first
    order = np.empty(len(link), dtype=np.intp)
    order[place[ring] + to_go[ring] - to_go] = np.arange(len(link))
    return order, first


def _twice_the_area(row: Positions, column: Positions, first: Positions, size: Positions) -> Positions:
    """Cells inside each ring, twice; negative for the rings of holes, which run the other way."""
    following = np.arange(1, len(row) + 1)
    following[first + size - 1] = first
    return np.add.reduceat(column * row[following] - column[following] * row, first)


def _closed(first: Positions, size: Positions) -> tuple[Positions, Positions]:
    """Corners of rings, one after the other, with the first of each once more at its end; and where each begins."""
    begin = np.cumsum(size + 1) - (size + 1)
    corner = np.arange(begin[-1] + size[-1] + 1) - np.repeat(begin - first, size + 1)
    corner[begin + size] = first
    return corner, begin
