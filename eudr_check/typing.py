"""Types of arrays, said once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Positions = NDArray[np.intp]
"""Indices into another array."""
Mask = NDArray[np.bool_]
