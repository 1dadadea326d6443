"""Types of arrays, said once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]
"""Indices into another array."""
Mask = NDArray[np.bool_]
Objects = NDArray[np.object_]
"""Texts or values of several kinds, None where there is none."""
Geometries = NDArray[np.object_]
"""Shapely geometries, None where there is none."""
