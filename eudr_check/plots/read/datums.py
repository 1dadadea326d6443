"""Geodetic datums that people name in a column: coordinates on another one lie hundreds of metres away."""

from functools import cache
from typing import NamedTuple

import pyproj
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from eudr_check.names import plain

_MODERN_ELLIPSOIDS = ("WGS 84", "GRS 1980")
_SHIFTED = ("VN-2000",)
"""Ellipsoid of WGS 84, yet some 200 m away from it."""
_ALIASES = {
    "wgs": "4326",
    "wgs1984": "4326",
    "worldgeodeticsystem1984": "4326",
    "psad": "4248",
    "lacanoa": "4248",
    "southamerican1956": "4248",
    "southamericandatum1956": "4248",
    "southamerican1969": "4618",
    "southamericandatum1969": "4618",
    "northamerican1927": "4267",
    "northamericandatum1927": "4267",
    "sirgas": "4674",
}


class Datum(NamedTuple):
    """A datum a row names in a column."""

    said: str
    """As written."""
    code: str
    """Longitude and latitude on it, or a system that counts from it."""
    follows: bool
    """Whether the coordinates stand in columns too, and are on it where nothing else says what they are on."""


@cache
def _datums() -> dict[str, str]:
    """Code of longitude and latitude on each datum by its name, letters and digits only; the longest names first."""
    known = query_crs_info(auth_name="EPSG", pj_types=[PJType.GEOGRAPHIC_2D_CRS])
    named = {_squeezed(one.name): one.code for one in reversed(known)} | _ALIASES
    return dict(sorted(named.items(), key=lambda one: (-len(one[0]), one[0])))


def _squeezed(text: str) -> str:
    return plain(text).replace("_", "")


@cache
def datum_of(text: str) -> str | None:
    """Longitude and latitude on the datum a text names; None where it names none that PROJ knows.

    >>> datum_of("PSAD-56"), datum_of("UTM WGS84, zona 18"), datum_of("finca")
    ('EPSG:4248', 'EPSG:4326', None)
    """
    squeezed = _squeezed(text)
    code = squeezed if squeezed in _datums().values() else _datums().get(squeezed)
    code = code or next(
        # A name within others has to be one that means nothing else: `Lake` is a datum too.
        (code for name, code in _datums().items() if any(c.isdigit() for c in name) and name in squeezed),
        None,
    )
    return None if code is None else f"EPSG:{code}"


def is_same_datum(one: object, other: object) -> bool:
    """Whether two systems count from one datum, or from two that agree within a metre or two, as WGS 84 and SIRGAS do.

    Raises:
        CRSError: PROJ does not know one of them.
    """
    systems = [pyproj.CRS.from_user_input(crs) for crs in (one, other)]
    names = [str(system.geodetic_crs.name) for system in systems if system.geodetic_crs is not None]
    return len(set(names)) == 1 or all(_is_modern(system) for system in systems)


def holds_at(code: str, longitude: float, latitude: float) -> bool:
    """Whether a datum is used where a position lies; PROJ moves nothing where it is not, and does not say so."""
    area = pyproj.CRS.from_user_input(code).area_of_use
    return area is None or (area.south <= latitude <= area.north and _between(longitude, area.west, area.east))


def _between(longitude: float, west: float, east: float) -> bool:
    return west <= longitude <= east if west <= east else not east < longitude < west


def _is_modern(system: pyproj.CRS) -> bool:
    base = system.geodetic_crs
    return (
        base is not None
        and base.ellipsoid is not None
        and base.ellipsoid.name in _MODERN_ELLIPSOIDS
        and not str(base.name).startswith(_SHIFTED)
    )
