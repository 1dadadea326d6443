"""Country of a position, offline, from two sources that are wrong in different places.

Time zones (timezonefinder; each belongs to the countries that `zone.tab` of the IANA database lists) know borders well.
They have no boundary of law: near a border a position is ambiguous, and that is said, not guessed.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pycountry
from babel import Locale
from numpy.typing import NDArray
from timezonefinder import TimezoneFinder

from eudr_check.plots.columns import plain
from eudr_check.plots.thresholds import threshold

SEA = ""
# Overseas departments have their own ISO codes but are French soil under the Regulation.
PART_OF = {"GF": "FR", "GP": "FR", "MQ": "FR", "RE": "FR", "YT": "FR"}
_RING = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0)]


@dataclass(frozen=True)
class Countries:
    """Where each position lies."""

    here: NDArray[Any]
    """object (n,) ISO 3166-1 alpha-2 code, '' at sea, None where the position is unknown or its zone has no country."""
    nearby: list[frozenset[str]]
    """Codes found within the border distance, the own one among them ('' for sea is left out)."""


@cache
def _finder() -> TimezoneFinder:
    return TimezoneFinder(in_memory=True)


@cache
def _country_of_zone() -> tuple[str, ...]:
    """Country of each zone id of timezonefinder; '' for zones of the open sea."""
    content = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    table = {
        line.split("\t")[2].strip(): line.split("\t")[0]
        for line in content.splitlines()
        if line and not line.startswith("#")
    }
    return tuple(PART_OF.get(table.get(name, SEA), table.get(name, SEA)) for name in _finder().timezone_names)


def countries(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> Countries:
    """Country of each position and of its surroundings.

    Args:
        longitude: float64 (n,) degrees, NaN where unknown.
        latitude: float64 (n,) degrees.
    """
    reach = threshold("near_border_deg")
    here = _codes(longitude, latitude)
    around = np.array([_codes(longitude + dx * reach, latitude + dy * reach) for dx, dy in _RING])
    same = (around == here).all(axis=0)
    nearby: list[frozenset[str]] = [frozenset()] * len(here)
    singles = {code: frozenset({code}) for code in set(here[same]) if code}
    for row in range(len(here)):
        if same[row]:
            nearby[row] = singles.get(here[row], frozenset())
        else:
            nearby[row] = frozenset(code for code in (here[row], *around[:, row]) if code)
    return Countries(here, nearby)


def _codes(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[Any]:
    table = np.array([*_country_of_zone(), None], dtype=object)
    zones = _finder().timezone_ids_at(lngs=longitude, lats=latitude, on_invalid="skip")
    codes: NDArray[Any] = table[zones]
    return codes


@cache
def _known_names() -> dict[str, str]:
    """Names and codes of countries in the languages cooperatives write, without case and accents."""
    names: dict[str, str] = {}
    for language in ("vi", "id", "pt", "fr", "es", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[plain(name)] = code
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", None), country.alpha_3, country.alpha_2):
            if name:
                names[plain(name)] = country.alpha_2
    return names


def code_of(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country as people write it; None when it is none.

    >>> code_of("Perú"), code_of("CIV"), code_of("Việt Nam"), code_of("Atlantis")
    ('PE', 'CI', 'VN', None)
    """
    found = _known_names().get(plain(text))
    return found if found is not None and pycountry.countries.get(alpha_2=found) else None
