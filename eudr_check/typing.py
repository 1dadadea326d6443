"""Types of arrays, said once."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Json = Mapping[str, Any]
"""An object of a JSON document that is written to a file, read from one or sent: its form is held there."""
Row = Mapping[str, Any]
"""A row of a table, by column; `tables.py` holds what the columns are."""
Element = Any
"""An element of XML; lxml declares no types."""
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
