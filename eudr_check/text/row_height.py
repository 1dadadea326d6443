"""How high a row of a workbook has to be: not all programs that open one make rows fit their text."""

import textwrap
from collections.abc import Iterable
from functools import lru_cache

LINE_POINTS, MOST_POINTS = 15, 409
"""A line of the standard font, and the highest row that Excel has."""
_WIDEST = 1.1
"""How much more room letters take than the figures that columns are measured in: a line too many cuts no text."""


def height(cells: Iterable[tuple[object, float]]) -> float:
    """Points that a row takes, from the values of its cells and the widths of their columns in characters."""
    return min(MOST_POINTS, LINE_POINTS * max((lines(value, width) for value, width in cells), default=1))


def lines(value: object, width: float) -> int:
    """Lines that a text takes in a column of so many characters, words kept whole; 1 where there is no value.

    >>> lines("a plot by the river", 10), lines("one\\ntwo", 20), lines(None, 9)
    (3, 2, 1)
    """
    if value is None or value != value:
        return 1
    room = max(1, int(width / _WIDEST) - 1)
    return sum(_wrapped(line, room) for line in str(value).split("\n"))


@lru_cache(maxsize=4096)
def _wrapped(text: str, width: int) -> int:
    """The same advice stands on thousands of rows, and most cells are short."""
    return 1 if len(text) <= width else max(1, len(textwrap.wrap(text, width)))
