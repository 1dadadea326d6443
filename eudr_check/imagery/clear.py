"""Whether the ground of a plot can be seen in a scene: measured on the plot, not taken from the scene."""

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import geometry_mask
from shapely.geometry.base import BaseGeometry

from eudr_check.typing import Mask, Numbers

REACH_M = 60.0
"""Ground around the plot that must be clear too: shadows and neighbours explain what is seen."""
CLEAR, PARTLY = 0.95, 0.70
SEEN = (2, 4, 5, 6)
"""Classes of the scene classification that show the ground: dark, vegetation, bare, water.

Not seen: no data (0), defective (1), cloud shadow (3), unclassified (7: haze is put there), clouds (8, 9), cirrus (10)
and snow (11).
"""
VEGETATION = 4
MOST_BLUE = 0.1
"""Vegetation never reflects as much blue light: where the classification says so, it missed a cloud or haze."""


def ground_mask(geometry: BaseGeometry, transform: Affine, shape: tuple[int, int], reach_m: float = REACH_M) -> Mask:
    """Cells whose centre lies on a plot or within `reach_m` of it; geometry in the raster's CRS (metres)."""
    around = shapely.buffer(geometry, reach_m)
    if around.is_empty:
        # A point alone covers no cell.
        return np.zeros(shape, bool)
    return np.asarray(~geometry_mask([around], shape, transform))


def hidden(classes: Numbers) -> Mask:
    """Cells that do not show the ground, grown by one cell: edges of clouds are thin and are missed."""
    return grown(~np.isin(classes, SEEN))


def missed(classes: Numbers, blue: NDArray[np.float32]) -> Mask:
    """Cells called vegetation that are too bright in blue for it; `blue` is reflectance, NaN without data."""
    return grown((classes == VEGETATION) & (np.nan_to_num(blue, nan=1.0) > MOST_BLUE))


def share(hiding: Mask, ground: Mask) -> float:
    """Clear share of the ground, 0 to 1; 0 where there is no ground to look at."""
    return float((ground & ~hiding).sum() / ground.sum()) if ground.any() else 0.0


def grown(mask: Mask) -> Mask:
    """A mask with the eight neighbours of its cells."""
    wide = np.pad(mask, 1)
    rows, columns = mask.shape
    shifted = [wide[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.asarray(np.logical_or.reduce(shifted))
