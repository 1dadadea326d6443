"""Items of Sentinel-2 catalogues as scenes of one form, and scenes of one overflight of one tile joined.

Each catalogue alone misses looks, and each names things in its own way; MGRS tile and sensing time say what is the same
picture.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pystac
from pydantic import BaseModel, ConfigDict

from eudr_check.imagery import offset
from eudr_check.text import sentence

ASSETS: Mapping[str, tuple[str, ...]] = {
    "scl": ("scl", "SCL", "SCL_20m"),
    "blue": ("blue", "B02", "B02_10m"),
    "green": ("green", "B03", "B03_10m"),
    "red": ("red", "B04", "B04_10m"),
    "nir": ("nir", "B08", "B08_10m"),
    "swir": ("swir22", "B12", "B12_20m"),
}
"""Our band: keys catalogues use for it."""
PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_TILE = re.compile(r"(?:MGRS-|_T|^T?)(\d{1,2}[C-X][A-Z]{2})(?=_|$)")
_STRIP = re.compile(r"_S(\d{8}T\d{6})_N\d\d\.\d\d$")
_TAKE = re.compile(r"(?:MSIL2A_|GS2[A-D]_)(\d{8}T\d{6})")


class Scene(BaseModel):
    """One Item, with what pictures need of it; kept in the run as JSON."""

    model_config = ConfigDict(frozen=True)

    item_id: str
    catalogue: str
    """As the harvest names it."""
    collection: str
    tile: str
    """MGRS tile, e.g. `18MTS`."""
    sensed: dt.datetime
    """When the picture was taken (UTC)."""
    strip: str
    """What is the same for all copies of one overflight: start of its data strip, else of its data take."""
    platform: str
    baseline: str | None
    cloud_percent: float | None
    """Of the whole scene, 110 km wide: an order of trying, nothing more."""
    sun_elevation_deg: float | None
    claim: offset.Claim
    bbox: tuple[float, float, float, float]
    assets: Mapping[str, str]
    """Our band: address or path."""

    @property
    def day(self) -> dt.date:
        """Calendar day, UTC."""
        return self.sensed.date()

    def may_show(self, longitude: float, latitude: float) -> bool:
        """Whether a position can lie in the scene, also across the antimeridian, where boxes span the globe.

        >>> from eudr_check.imagery.scenes import near_zone
        >>> near_zone("60KXF", 179.9), near_zone("01KAB", 179.9), near_zone("18MTS", 179.9)
        (True, True, False)
        """
        west, south, east, north = self.bbox
        if not south <= latitude <= north or not near_zone(self.tile, longitude):
            return False
        return west > east or east - west > 180 or west <= longitude <= east


def near_zone(tile: str, longitude: float) -> bool:
    """Whether a longitude lies in or next to the UTM zone of a tile."""
    middle = int(tile[:-3]) * 6 - 183
    return abs((longitude - middle + 180) % 360 - 180) < 9


class UnusableItemError(ValueError):
    """An Item from which no dated picture can be made; the message says why."""


def scene(item: pystac.Item, catalogue: str, collection: str, address: Callable[[str], str] = str) -> Scene:
    """A scene from an Item of Earth Search, the Planetary Computer, the Copernicus Data Space or a folder of one's own.

    Args:
        item: the Item.
        catalogue: as the harvest names it.
        collection: that holds it.
        address: what is kept of an asset's address.

    Raises:
        UnusableItemError: it has no date, no MGRS tile, or lacks a band that can be read by blocks.
    """
    properties = item.properties
    if not PLAIN_ID.fullmatch(item.id):
        # It goes into file names and into lists that ; and = divide.
        raise UnusableItemError(sentence("layers", "scene_id", id=f"{item.id[:40]!r}"))
    if item.datetime is None:
        raise UnusableItemError(sentence("layers", "scene_no_date", item=item.id))
    tile = _tile(item)
    if tile is None:
        raise UnusableItemError(sentence("layers", "scene_no_tile", item=item.id))
    found = {band: key for band, keys in ASSETS.items() if (key := _key(item, keys)) is not None}
    lacking = [ASSETS[band][1] for band in ("scl", "blue", "green", "red", "nir") if band not in found]
    if lacking:
        raise UnusableItemError(sentence("layers", "scene_lacks", item=item.id, bands=", ".join(lacking)))
    red = item.assets[found["red"]]
    sensed = item.datetime if item.datetime.tzinfo else item.datetime.replace(tzinfo=dt.UTC)
    baseline = properties.get("s2:processing_baseline") or properties.get("processing:version")
    return Scene(
        item_id=item.id,
        catalogue=catalogue,
        collection=collection,
        tile=tile,
        sensed=sensed.astimezone(dt.UTC),
        strip=_strip(properties) or sensed.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%S"),
        platform=str(properties.get("platform") or "sentinel-2").lower(),
        baseline=None if baseline is None else str(baseline),
        cloud_percent=_number(properties.get("eo:cloud_cover")),
        sun_elevation_deg=_sun(properties),
        claim=offset.stated(properties, red.extra_fields),
        bbox=box(item),
        assets={band: address(item.assets[key].href) for band, key in found.items()},
    )


def _key(item: pystac.Item, keys: Iterable[str]) -> str | None:
    """The first asset of some names that is a GeoTIFF (JPEG 2000 cannot be read by blocks)."""
    for key in keys:
        asset = item.assets.get(key)
        if asset is not None and "jp2" not in str(asset.media_type) and not asset.href.lower().endswith(".jp2"):
            return key
    return None


def _tile(item: pystac.Item) -> str | None:
    properties = item.properties
    for text in (
        properties.get("s2:mgrs_tile"),
        properties.get("grid:code"),
        properties.get("s2:product_uri"),
        item.id,
    ):
        match = _TILE.search(str(text or ""))
        if match:
            return match[1].zfill(5)
    return None


def _strip(properties: Mapping[str, Any]) -> str | None:
    for name in ("s2:datastrip_id", "eopf:datastrip_id"):
        match = _STRIP.search(str(properties.get(name) or ""))
        if match:
            return match[1]
    for name in ("s2:datatake_id", "eopf:datatake_id", "s2:product_uri", "sentinel:product_id"):
        match = _TAKE.search(str(properties.get(name) or ""))
        if match:
            return match[1]
    return None


def _sun(properties: Mapping[str, Any]) -> float | None:
    height, zenith = _number(properties.get("view:sun_elevation")), _number(properties.get("s2:mean_solar_zenith"))
    return height if height is not None else None if zenith is None else 90.0 - zenith


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def box(item: pystac.Item) -> tuple[float, float, float, float]:
    """West, south, east, north of an Item in degrees; the globe where it states none."""
    stated = item.bbox or [-180.0, -90.0, 180.0, 90.0]
    west, south, east, north = stated if len(stated) == 4 else (stated[0], stated[1], stated[3], stated[4])
    return float(west), float(south), float(east), float(north)


@dataclass(frozen=True)
class Overflight:
    """One moment over one tile, with every copy the catalogues have of it."""

    tile: str
    strip: str
    copies: tuple[Scene, ...]
    """Best first; the next is asked for where one fails."""

    @property
    def day(self) -> dt.date:
        """Calendar day, UTC."""
        return self.copies[0].day

    @property
    def name(self) -> str:
        """Tile and time, unique."""
        return f"{self.tile}_{self.strip}"

    @property
    def cloud_percent(self) -> float:
        """Cloud of the whole scene; 100 where no copy says it."""
        return min((one.cloud_percent for one in self.copies if one.cloud_percent is not None), default=100.0)


def join(scenes: Iterable[Scene], preferred: Iterable[tuple[str, str]]) -> tuple[Overflight, ...]:
    """Overflights by day, tile and time, each once.

    Args:
        scenes: of all catalogues.
        preferred: (catalogue, collection), the best first; within one the later processing baseline comes first.
    """
    rank = {pair: position for position, pair in enumerate(preferred)}
    together: dict[tuple[str, str], dict[tuple[str, str, str], Scene]] = {}
    for one in scenes:
        together.setdefault((one.tile, one.strip), {}).setdefault((one.catalogue, one.collection, one.item_id), one)
    found = []
    for (tile, strip), copies in together.items():
        ordered = sorted(copies.values(), key=lambda one: one.item_id)
        ordered.sort(key=lambda one: one.baseline or "", reverse=True)
        ordered.sort(key=lambda one: rank.get((one.catalogue, one.collection), len(rank)))
        found.append(Overflight(tile, strip, tuple(ordered)))
    return tuple(sorted(found, key=lambda one: (one.day, one.tile, one.strip)))
