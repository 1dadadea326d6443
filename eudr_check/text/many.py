"""Numbers and sentences of whole columns, each written as alone; by itself because it needs NumPy."""

import numpy as np

from eudr_check.text import number
from eudr_check.typing import Floats

_NEAR_HALF, _MOST_SCALED = 1e-4, 1e9


def numbers(values: Floats, language: str, decimals: int) -> list[str]:
    """Many numbers with the same decimals, as `text.number` writes each.

    >>> numbers(np.array([1234.5, 0.125]), "es", 2)
    ['1.234,50', '0,12']
    """
    if not len(values):
        return []
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.abs(values) * 10.0**decimals
        # A half of what people see may be a little more or less as a float, and rounds to the even digit.
        doubtful = ~(np.abs(scaled - np.floor(scaled) - 0.5) > _NEAR_HALF) | ~(scaled < _MOST_SCALED)
    # English marks are exchanged in one go.
    point, comma = number(0.5, language, 1)[1], number(1000.0, language, 0)[1:-3]
    marks = str.maketrans({",": comma, ".": point})
    written = "\n".join(map(f"{{:,.{decimals}f}}".format, values.tolist())).translate(marks).split("\n")
    for at in np.flatnonzero(doubtful).tolist():
        written[at] = number(values[at].item(), language, decimals)
    return written


def figures(values: Floats, language: str, decimals: int) -> list[str]:
    """As `numbers`, a dash for each that is missing (NaN).

    >>> figures(np.array([0.5, np.nan]), "en", 1)
    ['0.5', '–']
    """
    missing = np.isnan(values)
    written = numbers(np.where(missing, 0.0, values), language, decimals)
    return ["–" if none else one for none, one in zip(missing.tolist(), written, strict=True)]
