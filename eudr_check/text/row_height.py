"""How high a row of a workbook has to be: not all programs that open one make rows fit their text."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eudr_check.typing import Floats

LINE_POINTS, TALL_LINE_POINTS, MOST_POINTS = 15, 17, 409
"""A line of the standard font, one of Ethiopic letters (1.36 em), and the highest row that Excel has."""
_WIDEST, _WIDEST_ETHIOPIC = 1.1, 1.45
"""How much more room letters take than the figures that columns are measured in: a line too many cuts no text.

An Ethiopic letter takes 0.65 em, a figure of Calibri 0.51.
"""
_ETHIOPIC = re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab01-\uab2e]")


def height(cells: Iterable[tuple[object, float]]) -> float:
    """Points that a row takes, from the values of its cells and the widths of their columns in characters."""
    return min(MOST_POINTS, max((_points(value, width) for value, width in cells), default=LINE_POINTS))


def heights(columns: Sequence[tuple[pa.DictionaryArray, float]], rows: int) -> Floats:
    """What `height` gives of many rows.

    Args:
        columns: their cells and widths. rows: how many there are.
    """
    tallest = np.full(rows, float(LINE_POINTS))
    for cells, width in columns:
        # Where lines end depends on letters and marks; figures, of which no two rows have the same, are all alike.
        shapes = pc.replace_substring_regex(cells.dictionary.cast(pa.large_string()), "[0-9]", "0").dictionary_encode()
        points = np.array([_points(shape, width) for shape in shapes.dictionary.to_pylist()] + [LINE_POINTS])
        of_shape = shapes.indices.take(cells.indices).fill_null(-1)
        tallest = np.maximum(tallest, points[of_shape.to_numpy(zero_copy_only=False)])
    np.minimum(tallest, MOST_POINTS, out=tallest)
    return tallest


def _points(value: object, width: float) -> int:
    return lines(value, width) * (TALL_LINE_POINTS if _is_ethiopic(value) else LINE_POINTS)


def lines(value: object, width: float) -> int:
    """Lines that a text takes in a column of so many characters, words kept whole; 1 where there is no value.

    >>> lines("a plot by the river", 10), lines("one\\ntwo", 20), lines(None, 9)
    (3, 2, 1)
    """
    if value is None or value != value:
        return 1
    room = max(1, int(width / (_WIDEST_ETHIOPIC if _is_ethiopic(value) else _WIDEST)) - 1)
    return sum(_wrapped(line, room) for line in str(value).split("\n"))


def _is_ethiopic(value: object) -> bool:
    return isinstance(value, str) and not value.isascii() and _ETHIOPIC.search(value) is not None


@lru_cache(maxsize=4096)
def _wrapped(text: str, width: int) -> int:
    """The same advice stands on thousands of rows, and most cells are short."""
    return 1 if len(text) <= width else max(1, len(textwrap.wrap(text, width)))
