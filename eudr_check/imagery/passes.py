"""Items of Sentinel-1 catalogues as radar passes of one form: terrain-corrected backscatter, gamma0, linear power."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pystac
from pydantic import BaseModel, ConfigDict

from eudr_check.imagery.scenes import PLAIN_ID, box

POLARISATIONS = ("vv", "vh")
_LAST_ORBIT = 175
"""Sentinel-1 repeats its ground track after 175 orbits."""


class Orbit(NamedTuple):
    """What two radar pictures must share: hills look different from another side or angle."""

    direction: str
    """ascending or descending."""
    number: int
    """Relative orbit, 1 to 175."""


class Pass(BaseModel):
    """One Item, with what a median needs of it; kept in the run as JSON."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    catalogue: str
    """As the harvest names it."""
    collection: str
    sensed: dt.datetime
    """UTC."""
    orbit: Orbit
    platform: str
    bbox: tuple[float, float, float, float]
    assets: Mapping[str, str]
    """Polarisation: address or path."""

    @property
    def tile(self) -> str:
        """What SOURCES writes for a tile: Sentinel-1 has none, its orbit stands there."""
        return f"{self.orbit.direction}_{self.orbit.number}"

    @property
    def baseline(self) -> None:
        """Sentinel-1 states no processing baseline."""

    @property
    def day(self) -> dt.date:
        """Calendar day, UTC."""
        return self.sensed.date()

    def may_show(self, longitude: float, latitude: float) -> bool:
        """Whether a position lies in the box of the Item, also across the antimeridian."""
        west, south, east, north = self.bbox
        inside = west <= longitude <= east if west <= east else longitude >= west or longitude <= east
        return inside and south <= latitude <= north


def read(item: pystac.Item, catalogue: str, collection: str, address: Callable[[str], str] = str) -> Pass | str:
    """A pass from an Item of the Planetary Computer (`sentinel-1-rtc`) or of a folder of one's own, or what it lacks.

    Args:
        item: the Item.
        catalogue: as the harvest names it.
        collection: that holds it.
        address: what is kept of an asset's address.
    """
    properties = item.properties
    direction, number = str(properties.get("sat:orbit_state", "")).lower(), properties.get("sat:relative_orbit")
    if not PLAIN_ID.fullmatch(item.id):
        return f"an Item whose id is no plain name ({item.id[:40]!r})"
    if item.datetime is None:
        return f"{item.id}: no date"
    if direction not in ("ascending", "descending") or type(number) is not int or not 1 <= number <= _LAST_ORBIT:
        return f"{item.id}: no orbit"
    lacking = [name.upper() for name in POLARISATIONS if name not in item.assets]
    if lacking:
        return f"{item.id}: no {', '.join(lacking)}"
    sensed = item.datetime if item.datetime.tzinfo else item.datetime.replace(tzinfo=dt.UTC)
    return Pass(
        item_id=item.id,
        catalogue=catalogue,
        collection=collection,
        sensed=sensed.astimezone(dt.UTC),
        orbit=Orbit(direction, number),
        platform=str(properties.get("platform") or "sentinel-1").lower(),
        bbox=box(item),
        assets={name: address(item.assets[name].href) for name in POLARISATIONS},
    )
