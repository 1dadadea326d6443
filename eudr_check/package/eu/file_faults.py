"""Why the EU Information System refuses, ignores or misreads a file, and what it calls that.

The link of an error to an EU code is our best reading: no EU document lists it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.text import Sentence, sentence

_GEO = "EUDR_COMMODITIES_PRODUCER_GEO_"
LATITUDE_INVALID = _GEO + "LATITUDE_INVALID"
EU_CODES = {
    "crossing-lines": _GEO + "INVALID_GEOMETRY",
    "overlapping-sides": _GEO + "INVALID_GEOMETRY",
    "doughnut": _GEO + "INVALID_GEOMETRY",
    "hole-ignored": "",
    "open-ring": _GEO + "INVALID_GEOMETRY",
    "line-geometry": _GEO + "INVALID",
    "straight-line": _GEO + "INVALID_GEOMETRY",
    "duplicate-6dp": _GEO + "INVALID_GEOMETRY",
    "overlapping-parts": _GEO + "INVALID_GEOMETRY",
    "too-few-positions": _GEO + "INVALID_GEOMETRY",
    "json-syntax": _GEO + "INVALID",
    "property-name": _GEO + "INVALID",
    "file-format": _GEO + "INVALID",
    "geometry-type": _GEO + "INVALID",
    "too-few-parts": _GEO + "INVALID",
    "coordinates": _GEO + "INVALID",
    "no-geometry": _GEO + "EMPTY",
    "coordinate-range": _GEO + "LONGITUDE_INVALID",
    "country-code": "EUDR_COMMODITITY_PRODUCER_COUNTRY_CODE_INVALID",
    "producer-country-missing": "EUDR_COMMODITITY_PRODUCER_COUNTRY_CODE_INVALID",
    "too-many-producers": "",
    "password-protected": _GEO + "INVALID",
    "area-not-number": _GEO + "AREA_INVALID",
    "point-area": _GEO + "AREA_INVALID",
    "point-nested": _GEO + "INVALID",
    "not-wgs84": _GEO + "INVALID",
    "antimeridian": "",
    "file-too-large": "EUDR_MAXIMUM_GEO_SIZE_REACHED",
}
"""Our name of each fault, and the nearest error code of the EU system ("" where it raises none)."""


@dataclass(frozen=True, order=True)
class Fault:
    """One reason why the EU system refuses, ignores or misreads something."""

    feature: int | None
    """Feature in the file, from 1; None: the file itself."""
    code: str
    eu_code: str
    message: Sentence
    longitude: float | None = None
    latitude: float | None = None

    @property
    def eu_id(self) -> str:
        """The code as interface V3 sends it in production: with hyphens."""
        return self.eu_code.replace("_", "-")


def fault(
    code: str, message: Sentence, feature: int | None = None, at: Sequence[float] | NDArray[np.float64] | None = None
) -> Fault:
    """A fault of the file or of a feature, with the EU code of its kind; `at` is longitude and latitude."""
    longitude, latitude = (float(at[0]), float(at[1])) if at is not None else (None, None)
    return Fault(feature, code, EU_CODES[code], message, longitude, latitude)


def words(key: str, /, **values: object) -> Sentence:
    """What is wrong with a file, as its sentence in four languages."""
    return sentence("eu_file", key, **values)
