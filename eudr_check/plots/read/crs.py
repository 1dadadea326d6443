"""Coordinates of any reference system as longitude and latitude on WGS 84."""

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError

from eudr_check.typing import Geometries

WGS84 = pyproj.CRS("OGC:CRS84")
_SAME = (pyproj.CRS("EPSG:4326"), pyproj.CRS("OGC:CRS84"), pyproj.CRS("EPSG:4979"))


class UnknownCrsError(Exception):
    """The CRS is not known to PROJ, or nothing leads from it to WGS 84."""


def to_degrees(geometries: Geometries, crs: object) -> Geometries:
    """Geometries in EPSG:4326, longitude first.

    Args:
        geometries: object (n,) in `crs`, x (east) first.
        crs: anything pyproj takes.

    Returns:
        object (n,); coordinates PROJ cannot transform become infinite.

    Raises:
        UnknownCrsError: the CRS is unknown or is not tied to the Earth.
    """
    try:
        source = pyproj.CRS.from_user_input(crs)
        if any(source == same for same in _SAME):
            return geometries
        transformer = pyproj.Transformer.from_crs(source, WGS84, always_xy=True)
    except (CRSError, ProjError) as error:
        raise UnknownCrsError(str(crs)) from error

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(geometries, moved), dtype=object)


def system(crs: object) -> pyproj.CRS:
    """The CRS behind a name, code or definition.

    Raises:
        UnknownCrsError: PROJ does not know it.
    """
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise UnknownCrsError(str(crs)) from error


def is_degrees(crs: object) -> bool:
    """Whether the coordinates of a CRS are written in degrees.

    Raises:
        UnknownCrsError: PROJ does not know the CRS.
    """
    return bool(system(crs).is_geographic)


def is_same(one: object, other: object) -> bool:
    """Whether two names mean one CRS, whatever the order of its axes; unknown ones are only the same by name."""
    if str(one) == str(other):
        return True
    try:
        systems = [system(crs) for crs in (one, other)]
    except UnknownCrsError:
        return False
    if all(any(found == same for same in _SAME) for found in systems):
        return True
    return bool(systems[0].equals(systems[1], ignore_axis_order=True))
