"""Land and sea on a grid of about one kilometre: NOAA's GLOBE, as the package global-land-mask carries it.

Importing that package unpacks the whole globe (1 GB). Here its file is run through once, and only the degrees of
latitude that are asked for are kept, one bit a cell.
"""

import zipfile
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eudr_check.typing import Floats

CELLS_PER_DEG = 120
ROWS, COLUMNS = 180 * CELLS_PER_DEG, 360 * CELLS_PER_DEG
_SEA_BITS: dict[int, NDArray[np.uint8]] = {}
"""By whole degree south of the pole: uint8 (120, 5400), one bit a cell, set at sea; filled as degrees are asked for."""


def is_land(longitude: Floats, latitude: Floats) -> NDArray[np.bool_]:
    """Whether positions lie on land.

    Args:
        longitude: float64 (n,) degrees, -180 to 180.
        latitude: float64 (n,) degrees, -90 to 90.

    Returns:
        bool (n,).
    """
    row = np.clip(((90 - latitude) * CELLS_PER_DEG).astype(np.int64), 0, ROWS - 1)
    column = np.clip(((longitude + 180) * CELLS_PER_DEG).astype(np.int64), 0, COLUMNS - 1)
    degree = row // CELLS_PER_DEG
    land = np.zeros(len(row), dtype=bool)
    asked = np.unique(degree)
    _unpack([one for one in asked.tolist() if one not in _SEA_BITS])
    for one in asked.tolist():
        here = np.flatnonzero(degree == one)
        bits = _SEA_BITS[one][row[here] % CELLS_PER_DEG, column[here] // 8]
        land[here] = (bits >> (7 - column[here] % 8)) & 1 == 0
    return land


def _unpack(degrees: list[int]) -> None:
    """Read degrees of latitude, and their neighbours, which positions around will ask for next."""
    if not degrees:
        return
    wanted = {near for one in degrees for near in (one - 1, one, one + 1) if 0 <= near < 180} - set(_SEA_BITS)
    path = distribution("global-land-mask").locate_file("global_land_mask/globe_combined_mask_compressed.npz")
    with zipfile.ZipFile(Path(str(path))) as archive, archive.open("mask.npy") as stream:
        np.lib.format.read_magic(stream)
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(stream)
        assert (shape, by_columns, dtype) == ((ROWS, COLUMNS), False, np.dtype(bool))
        for degree in range(max(wanted) + 1):
            content = stream.read(CELLS_PER_DEG * COLUMNS)
            if degree in wanted:
                _SEA_BITS[degree] = np.packbits(np.frombuffer(content, dtype=bool).reshape(CELLS_PER_DEG, -1), axis=1)
