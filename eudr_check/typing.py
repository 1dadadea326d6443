"""Types of arrays, said once."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value", bound=np.generic)
"""Whatever type the values of an array have."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]
"""Indices into another array."""
Mask = NDArray[np.bool_]
Numbers = NDArray[np.number]
"""Values of a raster, of the type its file has."""
Objects = NDArray[np.object_]
"""Texts or values of several kinds, None where there is none."""
Geometries = NDArray[np.object_]
"""Shapely geometries, None where there is none."""
