"""Items of a layer for every tile, whatever kind of catalogue they come from."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np
import pystac
from numpy.typing import NDArray

from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog import stac_folder, tile_grids
from eudr_check.layers.catalog.items import CatalogItems, choose, match_assets
from eudr_check.layers.catalog.stac_items import read_item
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import Access, unsigned
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.fetch.update_day import updated
from eudr_check.layers.places import Place
from eudr_check.text import sentence, worded
from eudr_check.tiles import PER_DEGREE, Tile

Boxes = NDArray[np.float64]
Finds = Mapping[Tile, list[CatalogItems] | FetchFailure]
Cell = tuple[int, int]


def find(
    choice: LayerChoice,
    layer: LayerDefinition,
    catalogue: Catalogue,
    boxes: Mapping[Tile, Boxes],
    store: Store,
    *,
    offline: bool,
) -> Finds:
    """Candidate Items per tile (more than touch it, perhaps), or why they could not be found.

    Raises:
        LayersError: the catalogue cannot hold this layer: no such collection, mixed versions, no known tiles.
    """
    if catalogue.folder is not None:
        opened = access(layer, catalogue)
        return dict.fromkeys(boxes, stac_folder.find(catalogue.folder, choice.source, layer, choice.collection, opened))
    if catalogue.tiles is not None:
        return _published(layer, boxes, catalogue, store, offline=offline)
    assert catalogue.url is not None
    return _searched(choice, layer, catalogue, catalogue.url, boxes, store, offline)


def access(layer: LayerDefinition, catalogue: Catalogue) -> Access:
    """How the assets of a layer are opened that a catalogue gives an address for."""
    home = frozenset(catalogue.inside)
    if catalogue.folder is not None:
        return replace(stac_folder.access(catalogue.folder, catalogue.signing), home=home)
    if catalogue.tiles is not None:
        return _opened(next(iter(_places_of_tiles(layer)), None), catalogue)
    url = str(catalogue.url)
    return replace(Access.of(_place_at(layer, url), catalogue.signing), home=home | {place(url)})


def _opened(there: Place | None, catalogue: Catalogue) -> Access:
    """How published tiles of a place are opened: its own host may be asked, wherever it is."""
    own = {place(there.tiles.url)} if there is not None and there.tiles is not None else set()
    return replace(Access.of(there), home=frozenset(catalogue.inside) | own)


def _places_of_tiles(layer: LayerDefinition) -> list[Place]:
    return [place for place in layer.found if place.tiles is not None]


def _published(
    layer: LayerDefinition, boxes: Mapping[Tile, Boxes], catalogue: Catalogue, store: Store, *, offline: bool
) -> Finds:
    """Tiles of the first place that has some, each with the same tile of the places behind it."""
    places = _places_of_tiles(layer)
    if not places:
        raise LayersError(sentence("layers", "no_tiles", layer=layer.id))
    by_place = [_at(layer, there, boxes, _opened(there, catalogue), store, offline=offline) for there in places]
    found: dict[Tile, list[CatalogItems] | FetchFailure] = {}
    for tile in boxes:
        first, *others = (items[tile] for items in by_place)
        for behind in others:
            same = {one.item.id: one for one in behind}
            first = [replace(one, second=same.get(one.item.id)) for one in first]
        found[tile] = first
    return found


def _at(
    layer: LayerDefinition, there: Place, boxes: Mapping[Tile, Boxes], opened: Access, store: Store, *, offline: bool
) -> dict[Tile, list[CatalogItems]]:
    """Tiles of one place."""
    assert there.tiles is not None
    scheme, until = there.tiles, None
    if scheme.updated_file is not None:
        until = updated(scheme.updated_file, store, opened.home | {place(scheme.updated_file)}, offline=offline)
    return {
        tile: [
            replace(_web_item(layer, None, item, opened), listed=False)
            for item in tile_grids.items(layer, scheme, ground, until)
        ]
        for tile, ground in boxes.items()
    }


def _searched(
    choice: LayerChoice,
    layer: LayerDefinition,
    catalogue: Catalogue,
    url: str,
    boxes: Mapping[Tile, Boxes],
    store: Store,
    offline: bool,
) -> Finds:
    """Search by whole degrees, so that harvests side by side ask the same questions; choose and intersect here."""
    there = _place_at(layer, url)
    collection = choice.collection or (there.collection if there else None) or layer.collection
    opened = access(layer, catalogue)
    cells = sorted({_cell(tile) for tile in boxes})
    answers = dict(zip(cells, _answers(url, collection, cells, store, None if offline else opened.home), strict=True))
    found: dict[Cell, list[CatalogItems] | FetchFailure] = {}
    for cell, answer in answers.items():
        if isinstance(answer, FetchFailure):
            found[cell] = answer
        else:
            try:
                read = [_item(content, url) for content in answer]
            except LayersError as error:
                found[cell] = FetchFailure(worded(error))
                continue
            items = choose(layer, there, read)
            found[cell] = [_web_item(layer, there, item, opened) for item in items]
    _refuse_two_versions(layer, found)
    return {tile: found[_cell(tile)] for tile in boxes}


def _answers(
    url: str, collection: str, cells: list[Cell], store: Store, home: frozenset[str] | None
) -> list[list[dict[str, object]] | FetchFailure]:
    """Answers of the server, kept for offline runs; an earlier answer also stands in for a server that is down.

    `home` are the places inside this network that may be asked; None: the run is offline.
    """
    names = [key(url, collection, f"{column} {row}") for column, row in cells]
    if home is None:
        fresh: list[list[dict[str, object]] | FetchFailure] = [
            FetchFailure(sentence("layers", "never_searched", url=unsigned(url), collection=collection)) for _ in cells
        ]
    else:
        fresh = http.search(url, collection, [(column, row, column + 1, row + 1) for column, row in cells], home)
    answers = []
    for name, answer in zip(names, fresh, strict=True):
        if isinstance(answer, FetchFailure):
            kept = store.read("searches", name)
            answers.append(answer if kept is None else kept)
        else:
            store.write("searches", name, answer)
            answers.append(answer)
    return answers


def _place_at(layer: LayerDefinition, url: str) -> Place | None:
    """The place in the definition that this endpoint is; None for a server of one's own."""
    wanted = url.rstrip("/")
    return next((place for place in layer.found if (place.endpoint or "").rstrip("/") == wanted), None)


def _cell(tile: Tile) -> Cell:
    return tile.column // PER_DEGREE, tile.row // PER_DEGREE


def _item(content: object, url: str) -> pystac.Item:
    item = read_item(content, unsigned(url))
    if item.get_self_href():
        item.make_asset_hrefs_absolute()
    return item


def _web_item(layer: LayerDefinition, place: Place | None, item: pystac.Item, access: Access) -> CatalogItems:
    assets = match_assets(layer, place, item)
    on_web = {
        asset: key
        for asset, key in assets.items()
        if urlsplit(item.assets[key].href).scheme in ("http", "https", "gs", "s3")
    }
    addresses = {asset: item.assets[key].href for asset, key in on_web.items()}
    hrefs = {asset: unsigned(address) for asset, address in addresses.items()}
    return CatalogItems(item, on_web, hrefs, addresses=addresses, access=access)


def _refuse_two_versions(layer: LayerDefinition, found: Mapping[Cell, list[CatalogItems] | FetchFailure]) -> None:
    versions = {one.version for answer in found.values() if not isinstance(answer, FetchFailure) for one in answer}
    if len(versions) > 1:
        listed = ", ".join(sorted(map(str, versions)))
        raise LayersError(sentence("layers", "versions_side_by_side", layer=layer.id, versions=listed))
