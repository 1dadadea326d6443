"""Combinations of layer values: several columns of integers as one code, however many columns there are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError

Values = NDArray[Any]
Positions = NDArray[np.intp]

WIDEST_TABLE = 1 << 20
"""Codes are compressed to those that occur before their product passes this, far below the 2^62 where five year layers
would overflow 64 bits silently."""


def layers_of(cube: xr.Dataset) -> dict[str, Values]:
    """Values (ny, nx) of every variable of a cube, in its order.

    Raises:
        OverlayError: a variable does not hold whole numbers.
    """
    found: dict[str, Values] = {}
    for name, variable in cube.data_vars.items():
        layer = np.ascontiguousarray(variable.values)
        if layer.dtype.kind not in "iub":
            raise OverlayError(
                f"cube variable {name} holds {layer.dtype}, not whole numbers; encode it first (unknown is -1)"
            )
        found[str(name)] = layer
    return found


def combinations(columns: Sequence[Values], count: int) -> tuple[Positions, list[Values]]:
    """Number the combinations of values that occur in the rows of some columns.

    Args:
        columns: integer or boolean arrays (count,).
        count: number of rows; there may be no columns.

    Returns:
        Code of every row (intp) and, per column, the value each code stands for; codes ascend as the rows would sort.
    """
    code = np.zeros(count, dtype=np.intp)
    size = 1
    parts: list[tuple[Values, Positions]] = []
    for column in columns:
        rank, found = _compact(column)
        if size > 1 and size * len(found) > WIDEST_TABLE:
            code, occurring = _ranked(code, size)
            parts = [(values, of[occurring]) for values, of in parts]
            size = len(occurring)
        if size == 1:
            code = rank
        else:
            code *= len(found)
            code += rank
        parts = [(values, np.repeat(of, len(found))) for values, of in parts]
        parts.append((found, np.tile(np.arange(len(found)), size)))
        size *= len(found)
    if parts:
        code, occurring = _ranked(code, size)
        parts = [(values, of[occurring]) for values, of in parts]
    return code, [values[of] for values, of in parts]


def _compact(column: Values) -> tuple[Positions, Values]:
    """Code of every value, ascending as the values do, and the value of each code."""
    if not len(column):
        return np.empty(0, dtype=np.intp), column
    if column.dtype.kind == "b":
        return column.astype(np.intp), np.array([False, True])
    low, high = int(column.min()), int(column.max())
    if high - low >= WIDEST_TABLE:
        found, rank = np.unique(column, return_inverse=True)
        return rank.astype(np.intp, copy=False), found
    rank = column.astype(np.intp)
    rank -= low
    if high - low < 8:
        return rank, np.arange(low, high + 1).astype(column.dtype)
    rank, occurring = _ranked(rank, high - low + 1)
    return rank, (occurring + low).astype(column.dtype)


def _ranked(code: Positions, size: int) -> tuple[Positions, Positions]:
    """Rank of every code among those that occur, and those, ascending; codes lie below `size`."""
    if size > WIDEST_TABLE:
        found, rank = np.unique(code, return_inverse=True)
        return rank.astype(np.intp, copy=False), found
    present = np.zeros(size, dtype=bool)
    present[code] = True
    found = np.flatnonzero(present)
    if len(found) == size:
        return code, found
    table = np.empty(size, dtype=np.intp)
    table[found] = np.arange(len(found))
    return table.take(code), found
