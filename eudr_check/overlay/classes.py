"""Combinations of layer values: several columns of integers as one code, however many columns there are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError

Values = NDArray[Any]
Positions = NDArray[np.intp]
Codes = NDArray[Any]

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


@dataclass(frozen=True)
class Classes:
    """The combinations of layer values that occur in a cube, numbered as their rows would sort."""

    code: Codes
    """int (cells,) number of the combination each cell holds, row after row."""
    columns: list[Values]
    """Per layer (combinations,) the value each number stands for."""
    count: int
    """Combinations."""

    def of(self, place: Positions) -> Codes:
        """Numbers of the combinations in some cells.

        Raises:
            OverlayError: nobody looked at the layers of one of them, so its number would stand for anything.
        """
        code = self.code.take(place)
        if len(code) and code.min() < 0:
            raise OverlayError("a plot covers cells whose layers were not looked at; this is a fault of the overlay")
        return code

    def rows(self, row: Positions, columns: int) -> "Classes":
        """The same for a grid whose rows are copies of rows (n,) of this one."""
        return replace(self, code=self.code.reshape(-1, columns)[row].ravel())


def classify(layers: Sequence[Values], cells: int, at: Positions | None = None) -> Classes:
    """Number the combinations of values in the cells of some layers: once for a cube, however many plots lie on it.

    Args:
        layers: integer or boolean arrays of one shape; there may be none.
        cells: cells of each.
        at: places of the cells that matter; the others get number -1, which nothing may count. None: all.
    """
    known = cells if at is None else len(at)
    code: Codes = np.zeros(known, dtype=np.int32)
    size, columns, digits = 1, list[Values](), list[Values]()
    for layer in layers:
        rank, found = _compact(layer.ravel() if at is None else layer.ravel()[at])
        if size > 1 and size * len(found) > WIDEST_TABLE:
            code, occurring = ranked(code, size)
            columns, digits, size = _decoded(occurring, columns, digits), [], len(occurring)
        if size * len(found) > np.iinfo(code.dtype).max:
            code = code.astype(np.int64)
        if size > 1:
            code *= len(found)
        code += rank
        digits.append(found)
        size *= len(found)
    code, occurring = ranked(code, size)
    if at is not None:
        everywhere = np.full(cells, -1, dtype=code.dtype)
        everywhere[at] = code
        code = everywhere
    return Classes(code, _decoded(occurring, columns, digits), len(occurring))


def ranked(code: Codes, size: int) -> tuple[Codes, Codes]:
    """Rank of every code among those that occur, and those, ascending; codes lie below `size`."""
    if size > WIDEST_TABLE:
        found, rank = np.unique(code, return_inverse=True)
        return rank, found
    present = np.zeros(size, dtype=bool)
    present[code] = True
    found = np.flatnonzero(present)
    if len(found) == size:
        return code, found
    table = np.empty(size, dtype=np.int32)
    table[found] = np.arange(len(found), dtype=np.int32)
    return table.take(code), found


def _decoded(codes: Codes, columns: list[Values], digits: list[Values]) -> list[Values]:
    """Values that codes stand for: digits of unequal base behind the number of a combination of `columns`."""
    values = []
    for found in reversed(digits):
        codes, digit = np.divmod(codes, len(found))
        values.append(found[digit])
    return [column[codes] for column in columns] + values[::-1]


def _compact(column: Values) -> tuple[Codes, Values]:
    """Code of every value, ascending as the values do, and the value of each code."""
    if not len(column):
        return np.empty(0, dtype=np.int32), column
    if column.dtype.kind == "b":
        return column.astype(np.int32), np.array([False, True])
    low, high = int(column.min()), int(column.max())
    if high - low >= WIDEST_TABLE:
        found, rank = np.unique(column, return_inverse=True)
        return rank, found
    # Widened before the lowest value is taken off: the difference need not fit the layer's own type.
    rank = (column.astype(np.int64) - low).astype(np.int32) if column.dtype.itemsize > 2 else column.astype(np.int32)
    if column.dtype.itemsize <= 2:
        rank -= low
    if high - low < 8:
        return rank, np.arange(low, high + 1).astype(column.dtype)
    rank, occurring = ranked(rank, high - low + 1)
    return rank, (occurring + low).astype(column.dtype)
