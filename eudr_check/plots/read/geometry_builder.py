"""Coordinates as somebody wrote them, row by row, made into geometries all at once.

Text formats (GeoJSON, KML, WKT, field-survey strings) come through here, because their digits must be counted where
they were written and because a ring that GEOS would refuse must still be looked at.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.plots.read.raw_table import UNKNOWN_DECIMALS, Fault
from eudr_check.typing import Geometries

Texts = Sequence[str]
Ring = tuple[Texts, Texts]

FEWEST_POSITIONS = 4


class Outlines:
    """Points, rings and lines of many rows; `build` makes the geometries."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._points: list[tuple[int, str, str]] = []
        self._lines: dict[int, list[Ring]] = {}
        self._x: list[Texts] = []
        self._y: list[Texts] = []
        self._ring_part: list[int] = []
        self._part_row: list[int] = []

    def point(self, row: int, x: str, y: str) -> None:
        """One point of a row, coordinates as written."""
        self._points.append((row, x, y))

    def line(self, row: int, x: Texts, y: Texts) -> None:
        """A line of a row; it stays a line, which no plot may be."""
        self._lines.setdefault(row, []).append((x, y))

    def polygon(self, row: int, rings: Iterable[Ring]) -> None:
        """One polygon (or one part of a multipolygon) of a row; the first ring is the outer one."""
        part = len(self._part_row)
        self._part_row.append(row)
        for x, y in rings:
            self._x.append(x)
            self._y.append(y)
            self._ring_part.append(part)

    def build(self, count: int) -> tuple[Geometries, NDArray[np.int8], list[Fault]]:
        """Geometries and decimals of rows 0 .. count - 1, and the faults of their rings.

        Returns:
            object (count,) geometries, None where a row has none or a faulty one; int8 (count, 2) most decimals of
            longitude and latitude; faults `ring_unclosed` (closed here), `ring_too_short`, `coordinate_missing`.
        """
        geometry = np.full(count, None, dtype=object)
        decimals = np.full((count, 2), UNKNOWN_DECIMALS, dtype=np.int8)
        self._build_polygons(geometry, decimals)
        self._build_points(geometry, decimals)
        for row, lines in self._lines.items():
            shapes = [np.column_stack([numbers(x), numbers(y)]) for x, y in lines if len(x) > 1]
            made: list[Any] = [shapely.linestrings(shape) for shape in shapes]
            if geometry[row] is not None or not made:
                made = [*([] if geometry[row] is None else [geometry[row]]), *made]
                geometry[row] = shapely.geometrycollections(made) if made else None
            else:
                geometry[row] = made[0] if len(made) == 1 else shapely.multilinestrings(made)
        return geometry, decimals, self.faults

    def _build_points(self, geometry: NDArray[Any], decimals: NDArray[np.int8]) -> None:
        if not self._points:
            return
        rows = np.array([row for row, _, _ in self._points])
        x, y = [x for _, x, _ in self._points], [y for _, _, y in self._points]
        made: NDArray[Any] = np.asarray(shapely.points(np.column_stack([numbers(x), numbers(y)])))
        for axis, texts in enumerate((x, y)):
            np.maximum.at(decimals[:, axis], rows, decimals_of(texts))
        taken = np.array([geometry[row] is not None for row in rows])
        repeated = np.bincount(rows, minlength=len(geometry))[rows] > 1
        single = ~taken & ~repeated
        geometry[rows[single]] = made[single]
        for row in np.unique(rows[~single]):
            mine = list(made[rows == row])
            geometry[row] = (
                shapely.multipoints(mine)
                if geometry[row] is None
                else shapely.geometrycollections([geometry[row], *mine])
            )

    def _build_polygons(self, geometry: NDArray[Any], decimals: NDArray[np.int8]) -> None:
        if not self._ring_part:
            return
        size = np.array([len(x) for x in self._x])
        part = np.array(self._ring_part)
        part_row = np.array(self._part_row)
        xy = np.empty((int(size.sum()), 2))
        ring = np.repeat(np.arange(len(size)), size)
        row = part_row[part[ring]]
        for axis, texts in enumerate((self._x, self._y)):
            flat = list(chain.from_iterable(texts))
            xy[:, axis] = numbers(flat)
            np.maximum.at(decimals[:, axis], row, decimals_of(flat))
        whole = self._judge(xy, size, ring, part_row[part])
        bad_rows = np.unique(part_row[part[~whole]])
        good_part = ~np.isin(part_row, bad_rows) & np.isin(np.arange(len(part_row)), part)
        good = good_part[part]
        if not good.any():
            return
        number = np.cumsum(good) - 1
        keep = good[ring]
        rings = shapely.linearrings(xy[keep], indices=number[ring[keep]])
        part_number = np.cumsum(good_part) - 1
        polygons = shapely.polygons(rings, indices=part_number[part[good]])
        plot_indices = part_row[good_part]
        many = np.bincount(plot_indices, minlength=len(geometry))
        alone = many[plot_indices] == 1
        geometry[plot_indices[alone]] = polygons[alone]
        if (~alone).any():
            rest = plot_indices[~alone]
            order = np.argsort(rest, kind="stable")
            rows, index = np.unique(rest[order], return_inverse=True)
            geometry[rows] = shapely.multipolygons(polygons[~alone][order], indices=index)

    def _judge(
        self, xy: NDArray[np.float64], size: NDArray[np.int64], ring: NDArray[np.int64], row: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which rings can be made at all; faults for those that cannot or that are open."""
        last = np.cumsum(size) - 1
        first = last - size + 1
        safe_first = np.minimum(first, len(xy) - 1)
        closed = (xy[safe_first] == xy[last]).all(axis=1) & (size > 1)
        positions = np.where(closed, size, size + 1)
        whole = positions >= FEWEST_POSITIONS
        for index in np.flatnonzero(~whole):
            self.faults.append(Fault(int(row[index]), "ring_too_short", {"positions": int(size[index])}))
        # GEOS makes no ring that begins with NaN, which is not even equal to itself.
        lost = np.bincount(ring[~np.isfinite(xy).all(axis=1)], minlength=len(size)) > 0
        for index in np.flatnonzero(whole & lost):
            self.faults.append(Fault(int(row[index]), "coordinate_missing"))
        for index in np.flatnonzero(whole & ~closed & ~lost):
            self.faults.append(Fault(int(row[index]), "ring_unclosed", {"positions": int(size[index])}))
        return whole & ~lost


def numbers(texts: Texts) -> NDArray[np.float64]:
    """float64 of numbers as written (the caller has made sure that they are numbers)."""
    return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))


def decimals_of(texts: Texts) -> NDArray[np.int8]:
    """How many decimals each number was written with.

    Trailing zeros count, an exponent moves the point.

    >>> decimals_of(["-76.097100", "6", "1.5e-05"]).tolist()
    [6, 0, 6]
    """
    if not len(texts):
        return np.empty(0, dtype=np.int8)
    joined = np.frombuffer(("\n".join(texts) + "\n").encode("ascii", "replace"), dtype=np.uint8)
    ends = np.flatnonzero(joined == ord("\n"))
    if len(ends) != len(texts):
        return np.array([_written_decimals(text.strip()) for text in texts], dtype=np.int8)
    dots = np.flatnonzero(joined == ord("."))
    count = np.zeros(len(texts), dtype=np.int64)
    plot_index = np.searchsorted(ends, dots)
    count[plot_index] = ends[plot_index] - dots - 1
    for mark in np.unique(np.searchsorted(ends, np.flatnonzero((joined | 0x20) == ord("e")))):
        count[mark] = _written_decimals(texts[mark])
    return np.clip(count, 0, 15).astype(np.int8)


def _written_decimals(text: str) -> int:
    mantissa, _, exponent = text.lower().partition("e")
    try:
        shift = int(exponent or 0)
    except ValueError:
        shift = 0
    return min(max(len(mantissa.partition(".")[2]) - shift, 0), 15)
