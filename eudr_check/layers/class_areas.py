"""What a raster holds: hectares of every value, counted over all of it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from eudr_check.geodesy import M2_PER_HA, band_area_ha
from eudr_check.layers.raster import Raster, read_window
from eudr_check.typing import Floats


@dataclass(frozen=True)
class ClassAreas:
    """Hectares of a raster by value; the values it stores, whatever they mean."""

    hectares: dict[int, float]
    """By value, ascending. Ellipsoidal in a geographic CRS; in a projected one those of its grid."""
    not_stored_ha: float
    """Ground of blocks that the file has room for but does not store."""


def class_areas(raster: Raster) -> ClassAreas:
    """Count a whole raster, block by block.

    Args:
        raster: an integer raster of at most 16 bits.

    Raises:
        LayersError: a block cannot be decoded.
    """
    layout, row_ha = raster.layout, _cell_ha_of_rows(raster)
    total: dict[int, float] = defaultdict(float)
    not_stored = 0.0
    for number, held in enumerate(layout.stored):
        top = number * layout.block_height
        area = row_ha[top : top + layout.block_height]
        left = np.arange(len(held)) * layout.block_width
        width = np.minimum(layout.block_width, raster.width - left)
        not_stored += float(area.sum() * width[~held].sum())
        for column in np.flatnonzero(held):
            values = read_window(raster, int(left[column]), top, (len(area), int(width[column])))
            for value, hectares in _counted(values, area):
                total[value] += hectares
    return ClassAreas(dict(sorted(total.items())), not_stored)


def _counted(values: NDArray[Any], row_ha: Floats) -> Iterator[tuple[int, float]]:
    """Hectares of each value of some rows, with the hectares of one cell of each row."""
    lowest = int(np.iinfo(values.dtype).min)
    area = np.broadcast_to(row_ha[:, None], values.shape)
    hectares = np.bincount(values.ravel().astype(np.intp) - lowest, area.ravel())
    present = np.flatnonzero(hectares)
    yield from zip((present + lowest).tolist(), hectares[present].tolist(), strict=True)


def _cell_ha_of_rows(raster: Raster) -> Floats:
    """Hectares of one cell of each row."""
    step = raster.transform
    if not CRS.from_user_input(raster.crs).is_geographic:
        return np.full(raster.height, abs(step.a * step.e) / M2_PER_HA)
    edges: Floats = step.f + step.e * np.arange(raster.height + 1, dtype=np.float64)
    area: Floats = band_area_ha(edges) * abs(step.a)
    return area
