"""Tiles published outside STAC: their names, boxes and addresses, made into Items.

Names follow the producers: Hansen `10N_080W` and JRC `N10_W80` name the north-west corner, WorldCover `N00E006` the
south-west one, Impact Observatory `20L` the UTM zone and latitude band, GLAD's mosaics `18` the zone alone, its alerts
`080W_10S_070W_00N` the west, south, east and north edge. Latitude 0 is N, longitude 0 is E. A position
on a shared edge belongs to the tile south and east of it.
"""

import datetime as dt
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pystac
from numpy.typing import NDArray

from eudr_check.errors import LayersError
from eudr_check.layers.catalog.items import wanted_assets
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.places import TileScheme
from eudr_check.text import sentence

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_EDGE = 1e-9


class SchemeTile(NamedTuple):
    """One published tile."""

    name: str
    latitude: str
    """North edge as JRC writes it, `N10`."""
    longitude: str
    """West edge as JRC writes it, `W80`."""
    bounds: tuple[float, float, float, float]
    """Nominal west, south, east, north in degrees; the file may differ."""


def tile_at(naming: str, step: int, longitude: float, latitude: float) -> SchemeTile:
    """The tile that holds a position in degrees.

    >>> tile_at("hansen", 10, 108.2, 12.6).name, tile_at("jrc", 10, -76.3, 3.5).name
    ('20N_100E', 'N10_W80')
    """
    if naming == "utm":
        return _utm_tile(longitude, latitude)
    if naming == "utmzone":
        return _zone(longitude)
    top = math.ceil(latitude / step - _EDGE) * step
    left = math.floor(longitude / step + _EDGE) * step
    left = left - 360 if left >= 180 else left
    bottom = top - step
    right = left + step - 360 if left + step > 180 else left + step
    names = {
        "wsen": "_".join(
            (_padded(left, "EW", 3), _padded(bottom, "NS", 2), _padded(right, "EW", 3), _padded(top, "NS", 2))
        ),
        "hansen": f"{abs(top):02d}{'N' if top >= 0 else 'S'}_{abs(left):03d}{'E' if left >= 0 else 'W'}",
        "jrc": f"{_letter(top, 'NS')}_{_letter(left, 'EW')}",
        "southwest": f"{'N' if bottom >= 0 else 'S'}{abs(bottom):02d}{'E' if left >= 0 else 'W'}{abs(left):03d}",
    }
    return SchemeTile(names[naming], _letter(top, "NS"), _letter(left, "EW"), (left, bottom, left + step, top))


def tiles_of(scheme: TileScheme, boxes: NDArray[np.float64]) -> list[SchemeTile]:
    """Tiles that boxes (n, 4) in degrees overlap with more than an edge, by name.

    `overhang_deg` of the scheme widens the boxes, for products whose files lie beside their nominal tiles.
    """
    if scheme.box is not None:
        return [_whole(scheme.box)] if _overlaps(scheme.box, boxes) else []
    margin = scheme.overhang_deg
    grown = boxes + np.array([-margin, -margin, margin, margin])
    found: dict[str, SchemeTile] = {}
    for longitude, latitude in _positions(scheme, grown):
        tile = tile_at(scheme.naming, scheme.step_deg, longitude, latitude)
        found[tile.name] = tile
    return [found[name] for name in sorted(found)]


def items(
    definition: LayerDefinition, scheme: TileScheme, boxes: NDArray[np.float64], until: dt.date | None = None
) -> list[pystac.Item]:
    """An Item per published tile that the boxes need; whether the file exists shows when it is fetched.

    `until` is the last day the files have seen, where they say it themselves.
    """
    first, last = definition.interval
    days = (first, last if until is None else until.isoformat())
    return [_item(definition, scheme, tile, days) for tile in tiles_of(scheme, boxes)]


def _positions(scheme: TileScheme, boxes: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """Positions inside each tile that the boxes overlap, on its north-west edge or within."""
    wide, high = {"utm": (6, 8), "utmzone": (6, 180)}.get(scheme.naming, (scheme.step_deg, scheme.step_deg))
    columns = np.column_stack([np.floor(boxes[:, 0] / wide + _EDGE), np.ceil(boxes[:, 2] / wide - _EDGE)]).astype(int)
    rows = np.column_stack([np.floor(boxes[:, 1] / high + _EDGE), np.ceil(boxes[:, 3] / high - _EDGE)]).astype(int)
    pairs = np.unique(np.hstack([columns, rows]), axis=0).tolist()
    for first_column, last_column, first_row, last_row in pairs:
        for column in range(first_column, max(last_column, first_column + 1)):
            for row in range(first_row, max(last_row, first_row + 1)):
                yield (column + 0.5) * wide, (row + 0.5) * high


def _utm_tile(longitude: float, latitude: float) -> SchemeTile:
    """Zone and band; the exceptions of Norway and Svalbard are left out."""
    if not -80 <= latitude < 84:
        raise LayersError(sentence("layers", "beyond_utm", latitude=latitude))
    zone = math.floor(((longitude + 180) % 360) / 6) + 1
    band = min(math.floor((latitude + 80) / 8), len(_BANDS) - 1)
    west, south = (zone - 1) * 6 - 180, band * 8 - 80
    bounds = (west, south, west + 6, south + 8)
    return SchemeTile(f"{zone:02d}{_BANDS[band]}", _letter(south + 8, "NS"), _letter(west, "EW"), bounds)


def _zone(longitude: float) -> SchemeTile:
    """UTM zone, from pole to pole."""
    zone = math.floor(((longitude + 180) % 360) / 6) + 1
    west = (zone - 1) * 6 - 180
    return SchemeTile(f"{zone:02d}", "N90", _letter(west, "EW"), (west, -90, west + 6, 90))


def _whole(box: tuple[float, float, float, float]) -> SchemeTile:
    """The one tile of a product that is a single file."""
    return SchemeTile("all", "", "", box)


def _overlaps(box: tuple[float, float, float, float], boxes: NDArray[np.float64]) -> bool:
    west, south, east, north = box
    return bool(((boxes[:, 0] < east) & (boxes[:, 2] > west) & (boxes[:, 1] < north) & (boxes[:, 3] > south)).any())


def _item(definition: LayerDefinition, scheme: TileScheme, tile: SchemeTile, days: tuple[str, str]) -> pystac.Item:
    west, south, east, north = tile.bounds
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    first, last = days
    assets = {
        asset: {
            "href": scheme.url.format(
                asset=scheme.assets.get(asset, asset), tile=tile.name, lat=tile.latitude, lon=tile.longitude
            ),
            "type": "image/tiff; application=geotiff",
            "roles": ["data"],
        }
        for asset in wanted_assets(definition)
    }
    margin = scheme.overhang_deg
    return pystac.Item.from_dict(
        {
            "type": "Feature",
            "stac_version": pystac.get_stac_version(),
            "id": tile.name,
            "collection": definition.collection,
            "bbox": [west - margin, south - margin, east + margin, north + margin],
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {
                "datetime": None,
                "start_datetime": f"{first}T00:00:00Z",
                "end_datetime": f"{last}T23:59:59Z",
                "version": definition.version,
            },
            "links": [],
            "assets": assets,
        }
    )


def _padded(degrees: int, letters: str, digits: int) -> str:
    """Edge with its digits before the letter, `080W`; 0 is N or E.

    >>> _padded(-80, "EW", 3), _padded(0, "NS", 2)
    ('080W', '00N')
    """
    return f"{abs(degrees):0{digits}d}{letters[0] if degrees >= 0 else letters[1]}"


def _letter(degrees: int, letters: str) -> str:
    return f"{letters[0] if degrees >= 0 else letters[1]}{abs(degrees)}"
