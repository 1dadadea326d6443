"""Combinations of layer values: several columns of integers as one code, however many columns there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.typing import Positions

Values = NDArray[np.integer]
Codes = NDArray[np.integer]

WIDEST_TABLE = 1 << 20
"""Codes are compressed to those that occur before their product passes this, far below the 2^62 where five year layers
would overflow 64 bits silently."""


@dataclass(frozen=True)
class Layer:
    """A variable of a cube, with the cells of its own grid, of which each covers one or more of the cube's."""

    values: Values
    """Integers (ny, nx), row after row in memory."""
    row: Positions
    """intp (own rows,) first row of the cube in each row of its own."""
    column: Positions
    """intp (own columns,) first column of the cube in each column of its own."""

    def own(self) -> Values:
        """Its values (own rows, own columns)."""
        return self.values.take(self.row, axis=0, mode="clip").take(self.column, axis=1, mode="clip")

    def spread(self, own: Values) -> Values:
        """Something known of its own cells on the cells (ny, nx) of the cube."""
        row, column = (
            np.repeat(np.arange(len(first)), np.diff(first, append=cells))
            for first, cells in zip((self.row, self.column), self.values.shape, strict=True)
        )
        return own.take(column, axis=1, mode="clip").take(row, axis=0, mode="clip")


def layers_of(cube: xr.Dataset) -> dict[str, Layer]:
    """The variables of a cube, in its order.

    Their attributes `x_lines` and `y_lines` (bool per cell line) tell their own grids; where they are missing, every
    cell is one of its own.

    Raises:
        OverlayError: a variable does not hold whole numbers.
    """
    found: dict[str, Layer] = {}
    for name, variable in cube.data_vars.items():
        values = np.ascontiguousarray(variable.values)
        if values.dtype.kind not in "iub":
            raise OverlayError(
                f"cube variable {name} holds {values.dtype}, not whole numbers; encode it first (unknown is -1)"
            )
        row, column = (
            np.arange(cells) if lines is None else np.flatnonzero(lines[:-1])
            for cells, lines in zip(values.shape, map(variable.attrs.get, ("y_lines", "x_lines")), strict=True)
        )
        found[str(name)] = Layer(values, row, column)
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


def by_grid(layers: Mapping[str, Layer]) -> list[dict[str, Layer]]:
    """The layers of each grid."""
    grids: dict[tuple[bytes, bytes], dict[str, Layer]] = {}
    for name, layer in layers.items():
        grids.setdefault((layer.row.tobytes(), layer.column.tobytes()), {})[name] = layer
    return list(grids.values())


def classify(layers: Mapping[str, Layer], cells: int, at: Positions) -> Classes:
    """Number the combinations of values in the cells of a cube: once, however many plots lie on it.

    Args:
        layers: variables of one cube; there may be none.
        cells: cells of the cube.
        at: places of the cells that matter; the others get number -1, which nothing may count.
    """
    grids = by_grid(layers)
    parts = [_on_one_grid(list(grid.values()), at) for grid in grids]
    whole = numbered([code for code, _ in parts], len(at))
    by_name = {
        name: column[which]
        for grid, (_, values), which in zip(grids, parts, whole.columns, strict=True)
        for name, column in zip(grid, values, strict=True)
    }
    columns = [by_name[name] for name in layers]
    order = np.lexsort(columns[::-1]) if columns else np.arange(whole.count)
    rank = np.empty(whole.count, dtype=whole.code.dtype)
    rank[order] = np.arange(whole.count)
    everywhere = np.full(cells, -1, dtype=whole.code.dtype)
    everywhere[at] = rank.take(whole.code)
    return Classes(everywhere, [column[order] for column in columns], whole.count)


def _on_one_grid(layers: list[Layer], at: Positions) -> tuple[Codes, list[Values]]:
    """Number (n,) of the combination of some layers of one grid in the cells that matter, and what each stands for."""
    first = layers[0]
    if 2 * len(first.row) * len(first.column) > len(at):
        found = numbered([layer.values.ravel().take(at) for layer in layers], len(at))
        return found.code, found.columns
    own = [layer.own() for layer in layers]
    found = numbered([values.ravel() for values in own], own[0].size)
    return first.spread(found.code.reshape(own[0].shape)).ravel().take(at), found.columns


def numbered(columns: Sequence[Values], rows: int) -> Classes:
    """Number the combinations of values in the rows of some columns.

    Args:
        columns: integers or booleans (rows,); there may be none.
        rows: rows of each.
    """
    code: Codes = np.zeros(rows, dtype=np.int16)
    size, done, digits = 1, list[Values](), list[Values]()
    for column in columns:
        rank, found = _compact(column)
        if size > 1 and size * len(found) > WIDEST_TABLE:
            code, occurring = ranked(code, size)
            done, digits, size = _decoded(occurring, done, digits), [], len(occurring)
        size *= len(found)
        code = code.astype(_narrowest(size), copy=False)
        if len(found) > 1:
            code *= len(found)
            code += rank
        digits.append(found)
    code, occurring = ranked(code, size)
    return Classes(code, _decoded(occurring, done, digits), len(occurring))


def _narrowest(size: int) -> Any:
    """The narrowest of the types for numbers below a size: half the bytes are half the time."""
    return next(kind for kind in (np.int16, np.int32, np.int64) if size <= np.iinfo(kind).max)


def ranked(code: Codes, size: int) -> tuple[Codes, Codes]:
    """Rank of every code among those that occur, and those, ascending; codes lie below `size`."""
    if size > WIDEST_TABLE:
        found, rank = np.unique(code, return_inverse=True)
        return rank, found
    # NumPy looks up by positions; from narrower numbers it makes them again each time, a piece at a time.
    position = code.astype(np.intp, copy=False)
    present = np.zeros(size, dtype=bool)
    present[position] = True
    found = np.flatnonzero(present)
    if len(found) == size:
        return code, found
    table = np.empty(size, dtype=_narrowest(len(found)))
    table[found] = np.arange(len(found))
    return table.take(position), found


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
        return np.empty(0, dtype=np.int16), column
    if column.dtype.kind == "b":
        return column.astype(np.int16), np.array([False, True])
    rank: Codes
    low, high = int(column.min()), int(column.max())
    if high - low >= WIDEST_TABLE:
        found, rank = np.unique(column, return_inverse=True)
        return rank, found
    # Without a sign the difference fits a type as wide as the layer's own.
    rank = (column - column.dtype.type(low)).view(f"u{column.dtype.itemsize}").astype(_narrowest(high - low + 1))
    if high - low < 8:
        return rank, np.arange(low, high + 1).astype(column.dtype)
    rank, occurring = ranked(rank, high - low + 1)
    return rank, (occurring + low).astype(column.dtype)
