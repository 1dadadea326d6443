"""The variables of a cube as one code per cell: which combination of values the cell holds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError

WIDEST_TABLE = 1 << 20
LARGEST_PRODUCT = 1 << 62
"""Class codes are compressed before their product can pass this; int64 overflows silently at twice of it."""


@dataclass(frozen=True)
class Classes:
    """Combinations of layer values in a cube."""

    code: NDArray[Any]
    """Unsigned integers (ny, nx), position of the cell's combination in `values`."""
    values: dict[str, NDArray[Any]]
    """Per variable (combinations,) the value it holds, in the variable's dtype; combinations in ascending order."""

    @property
    def count(self) -> int:
        """Number of combinations."""
        return len(next(iter(self.values.values()))) if self.values else 1


def classes_of(cube: xr.Dataset) -> Classes:
    """Number the combinations of values that occur in a cube.

    Args:
        cube: integer (or boolean) variables of dimensions (y, x).

    Raises:
        OverlayError: a variable does not hold integers.

    Codes are made variable by variable and compressed to those that occur whenever a product of classes would grow
    large, so that any number of year layers fits (five of them overflow 64 bits otherwise).
    """
    shape = (cube.sizes["y"], cube.sizes["x"])
    code: NDArray[Any] = np.zeros(shape, dtype=np.uint8)
    count = 1
    values: dict[str, NDArray[Any]] = {}
    for name, variable in cube.data_vars.items():
        layer = np.asarray(variable.values)
        if layer.dtype.kind not in "iub":
            raise OverlayError(
                f"cube variable {name} holds {layer.dtype}, not whole numbers; encode it first (unknown is -1)"
            )
        rank, found = _ranked(layer.astype(np.int8) if layer.dtype.kind == "b" else layer)
        code, first, second = _joined(code, count, rank, len(found))
        count = len(first)
        values = {known: column[first] for known, column in values.items()}
        values[str(name)] = found[second]
    return Classes(code, values)


def _joined(
    code: NDArray[Any], count: int, rank: NDArray[Any], levels: int
) -> tuple[NDArray[Any], NDArray[np.intp], NDArray[np.intp]]:
    """Codes of the pairs (code, rank) that occur, and the code and rank each of them stands for."""
    if count * levels >= LARGEST_PRODUCT:
        raise OverlayError(
            f"a cube of {count} combinations times {levels} values cannot be numbered; use smaller tiles"
        )
    if count == 1:
        return rank, np.zeros(levels, dtype=np.intp), np.arange(levels)
    product = code.astype(_smallest(count * levels))
    product *= product.dtype.type(levels)
    product += rank.astype(product.dtype, copy=False)
    pairs, occurring = _ranked(product)
    found = occurring.astype(np.intp)
    return pairs, found // levels, found % levels


def _ranked(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rank of every value among those that occur, and those, ascending."""
    if not values.size:
        return values.astype(np.uint8), np.empty(0, dtype=values.dtype)
    low, high = int(values.min()), int(values.max())
    span = high - low + 1
    if span > WIDEST_TABLE:
        found, rank = np.unique(values, return_inverse=True)
        return rank.reshape(values.shape).astype(_smallest(len(found))), found
    shifted = (values.astype(np.intp) if low else values).ravel()
    if low:
        shifted -= low
    present = np.zeros(span, dtype=bool)
    present[shifted] = True
    found = np.flatnonzero(present)
    table = np.zeros(span, dtype=_smallest(len(found)))
    table[found] = np.arange(len(found))
    return table[shifted].reshape(values.shape), (found + low).astype(values.dtype)


def _smallest(count: int) -> type[np.unsignedinteger[Any]]:
    """Narrowest unsigned type for codes below `count`."""
    for kind in (np.uint8, np.uint16, np.uint32):
        if count <= np.iinfo(kind).max + 1:
            return kind
    return np.uint64
