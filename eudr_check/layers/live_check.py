"""Live check: does every place a definition names still hold what the definition says?

One small window per place, over the internet. Not part of the tests of this project, which need no network; the tests
run it against servers of their own. Nothing is written into definitions: a record `live` of `verified` is set by people
who saw it pass.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.items import CatalogItems
from eudr_check.layers.catalog.search import find
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.encode import illegal
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.http import Delivered, Wanted
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.places import Place
from eudr_check.layers.raster import Raster, cut, open_raster
from eudr_check.tiles import Tile

WINDOW = (-76.0990, -6.0390, -76.0970, -6.0370)
"""West, south, east, north in degrees: coffee hills of San Martín, Peru, where every layer has land."""
SAME_RESOLUTION = 0.005
COLUMNS = ("layer", "place", "item", "asset", "agrees", "found", "verified")


def live_check(definitions: Iterable[LayerDefinition]) -> pd.DataFrame:
    """Ask every place of some layers for one small window and compare.

    Args:
        definitions: layers to check.

    Returns:
        One row per layer, place and asset: `agrees` (bool) and `found`, what differs (or `as defined`). Compared are
        collection, asset, version and year of the Item, CRS, cell size, dtype and legend of the pixels, and whether the
        server sends ranges and says when a file changes; `verified` is what the definition was compared with before.
    """
    rows: list[tuple[str, str, str, str, bool, str, str]] = []
    with TemporaryDirectory() as folder:
        for layer in definitions:
            for number, place in enumerate(layer.found):
                found = _place_rows(layer, place, Store(Path(folder) / f"{layer.id}-{number}"))
                rows.extend((*row, layer.checked) for row in found)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _place_rows(layer: LayerDefinition, place: Place, store: Store) -> Iterator[tuple[str, str, str, str, bool, str]]:
    name = place.endpoint or f"tiles of {str(place.tiles and place.tiles.url).partition('?')[0]}"
    boxes = np.array([WINDOW])
    tile = Tile.at(WINDOW[0], WINDOW[1])
    here = layer.model_copy(update={"found": (place,)})
    choice = LayerChoice.model_validate({"id": layer.id, "from": "live", "collection": place.collection})
    catalogue = Catalogue(url=place.endpoint) if place.endpoint else Catalogue(tiles="published")
    try:
        answer = find(choice, here, catalogue, {tile: boxes}, store, offline=False)[tile]
    except LayersError as error:
        yield layer.id, name, "", "", False, str(error)
        return
    if isinstance(answer, FetchFailure):
        yield layer.id, name, "", "", False, answer.reason
        return
    touching = [one for one in answer if one.frame is not None and one.frame.touches(boxes).any()]
    if not touching:
        yield layer.id, name, "", "", False, "no Item of this version and year at the test window"
        return
    found = touching[0]
    # A server that sends whole files is asked for one of them only: each is about 100 MB.
    assets = sorted(found.addresses) if place.tiles is None or place.tiles.ranges else sorted(found.addresses)[:1]
    for asset in assets:
        problems = _problems(layer, found, asset, store)
        yield layer.id, name, found.item.id, asset, not problems, "; ".join(problems) or "as defined"


def _problems(layer: LayerDefinition, found: CatalogItems, asset: str, store: Store) -> list[str]:
    """What differs from the definition, in words."""
    href, boxes = found.hrefs[asset], np.array([WINDOW])
    wanted = Wanted(href, found.addresses[asset], boxes, found.access, layer.assets[asset].band)
    delivered = http.bring([wanted], store)[href]
    if isinstance(delivered, FetchFailure):
        return [delivered.reason]
    try:
        raster = open_raster(delivered.path, layer.assets[asset].band)
        values = cut(raster, boxes, boxes[0]).values
    except LayersError as error:
        return [str(error)]
    served = _server_problems(found, delivered, store)
    return [*served, *_grid_problems(layer, raster), *_value_problems(layer, asset, raster, values)]


def _server_problems(found: CatalogItems, delivered: Delivered, store: Store) -> Iterator[str]:
    """What the server does otherwise than the definition lets expect: ranges, and a sign of change."""
    if not found.access.ranges:
        return
    if delivered.etag.startswith("sha256:"):
        yield "the server gives neither ETag nor Last-Modified, so the file came whole and is known by its SHA-256"
    elif (store.read("addresses", key(delivered.href)) or {}).get("whole"):
        yield "the server sends whole files only, and the definition says that it sends ranges"


def _grid_problems(layer: LayerDefinition, raster: Raster) -> list[str]:
    problems = []
    utm = re.fullmatch(r"EPSG:32[67]\d\d", raster.crs) is not None
    if raster.crs != layer.crs and not (layer.crs == "UTM" and utm):
        problems.append(f"CRS is {raster.crs}, not {layer.crs}")
    expected = cell_size(layer.resolution)
    if expected is not None and abs(raster.transform.a / expected - 1) > SAME_RESOLUTION:
        problems.append(f"cells are {raster.transform.a:.8g} wide, not {layer.resolution}")
    return problems


def _value_problems(layer: LayerDefinition, asset: str, raster: Raster, values: np.ndarray) -> list[str]:
    problems = []
    if raster.dtype != layer.assets[asset].dtype:
        problems.append(f"dtype is {raster.dtype}, not {layer.assets[asset].dtype}")
    if values.size == 0:
        problems.append("the raster does not reach the test window")
    elif np.issubdtype(values.dtype, np.integer):
        wrong = illegal(layer.assets[asset], values, raster.nodata)
        if len(wrong):
            problems.append(f"values outside the legend: {', '.join(str(value) for value in wrong[:5])}")
    return problems


def cell_size(text: str) -> float | None:
    """Cell size from the words of a definition, in the unit of its CRS; None where they name none.

    >>> cell_size("1/4000 degree"), cell_size("30 m"), cell_size("about 0.0002695 degree, its own grid")
    (0.00025, 30.0, 0.0002695)
    """
    match = re.search(r"(\d+(?:\.\d+)?)(?:/(\d+))? (?:degree|m\b)", text)
    if match is None:
        return None
    return float(match[1]) / float(match[2] or 1)
