"""Before the overlay: find the Items of every tile, bring what the plots need, and write down what was read.

Catalogues that cannot be right (unknown collection, two versions at once) are errors. Whatever a server or a file
fails to deliver is a SOURCES row that says so, and stays unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from eudr_check import tables
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.footprint import grid_of_points
from eudr_check.layers.catalog.items import CatalogItems, wanted_assets
from eudr_check.layers.catalog.local import interval
from eudr_check.layers.catalog.search import Boxes, Finds, find
from eudr_check.layers.catalog.stac_items import changed, comparable, to_come
from eudr_check.layers.definition import LayerDefinition, definition
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.fetch.credentials import kept_back, unsigned
from eudr_check.layers.fetch.http import Delivered, Wanted
from eudr_check.layers.fetch.integrity import spans_of
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.opened import Assets, OpenedPolygons
from eudr_check.layers.raster import Raster, blocks_digest, needed_blocks
from eudr_check.steps import Map, one_by_one
from eudr_check.text import sentence
from eudr_check.tiles import Tile


def prefetch(
    windows: Mapping[Tile, ArrayLike],
    choices: Sequence[LayerChoice],
    catalogues: Mapping[str, Catalogue],
    store: Path,
    *,
    offline: bool = False,
    each: Map = one_by_one,
) -> pd.DataFrame:
    """Find and bring every raster block that the plots need.

    Args:
        windows: per tile the ground needed: west, south, east, north in degrees, one box or float64 (n, 4).
        choices: layers of the harvest.
        catalogues: catalogues of the harvest by name.
        store: content store, shared between harvests.
        offline: make no connection; what is not in the store becomes a `failed` row.
        each: `map` for what waits for a network.

    Returns:
        SOURCES: one row per tile, layer, Item and asset read; rows `missing` where no Item covers ground that is
        needed; rows `failed` with the reason where reading did not work. Ordered by tile, layer, Item, asset.

    Raises:
        LayersError: a definition or a catalogue is wrong, or two layers share a name.
    """
    content = Store(Path(store))
    layers = [(choice, definition(choice)) for choice in choices]
    _refuse_shared_names([one for _, one in layers])
    boxes = {tile: np.atleast_2d(np.asarray(window, dtype=np.float64)) for tile, window in windows.items()}
    work = [
        (layer, find(choice, layer, catalogues[choice.source], boxes, content, offline=offline))
        for choice, layer in layers
    ]
    brought = http.bring(_wanted(work, boxes), content, offline=offline, each=each)
    while (elsewhere := _second_places(work, brought)) != work:
        work = elsewhere
        asked = [one for one in _wanted(work, boxes) if one.href not in brought]
        brought |= http.bring(asked, content, offline=offline, each=each)
    assets = Assets(content, {**brought, **_ambiguous(work)})
    rows = [row for tile, ground in boxes.items() for row in _rows_of_tile(tile, ground, work, assets)]
    order = {layer.id: position for position, (_, layer) in enumerate(layers)}
    rows.sort(key=lambda row: (row["tile"], order[row["layer"]], row["item_id"] or "", row["asset"] or ""))
    return tables.check(tables.SOURCES, tables.typed(tables.SOURCES, rows))


def _wanted(work: Sequence[tuple[LayerDefinition, Finds]], boxes: Mapping[Tile, Boxes]) -> list[Wanted]:
    """Remote assets of all layers, each once, with the ground all tiles need of it."""
    ground: dict[str, list[Boxes]] = {}
    about: dict[str, Wanted] = {}
    for layer, finds in work:
        for tile in sorted(boxes):
            answer = finds[tile]
            for one in [] if isinstance(answer, FetchFailure) else answer:
                if layer.polygons or not one.addresses or not _touches(one, boxes[tile]):
                    continue
                for asset, address in one.addresses.items():
                    # Not the href of SOURCES: two catalogues called 'local' must not share what they hold.
                    href, band = unsigned(address), layer.assets[asset].band
                    ground.setdefault(href, []).append(boxes[tile])
                    about[href] = Wanted(href, address, boxes[tile], one.access, band)
    return [replace(about[href], boxes=np.concatenate(parts)) for href, parts in sorted(ground.items())]


def _second_places(
    work: Sequence[tuple[LayerDefinition, Finds]], brought: Mapping[str, Delivered | FetchFailure]
) -> list[tuple[LayerDefinition, Finds]]:
    """The same Items, taken from the next place there is where an asset of one did not come."""

    def taken(one: CatalogItems) -> CatalogItems:
        came = [brought.get(unsigned(address)) for address in one.addresses.values()]
        return one.second if one.second and any(isinstance(part, FetchFailure) for part in came) else one

    return [
        (layer, {t: f if isinstance(f, FetchFailure) else [taken(one) for one in f] for t, f in finds.items()})
        for layer, finds in work
    ]


def _ambiguous(work: Sequence[tuple[LayerDefinition, Finds]]) -> dict[str, FetchFailure]:
    """Assets whose addresses differ in nothing that may be written down: nobody could tell which of them was read."""
    seen: dict[str, str] = {}
    refused = {}
    for _, finds in work:
        for one in (found for answer in finds.values() if not isinstance(answer, FetchFailure) for found in answer):
            for address in one.addresses.values():
                href = unsigned(address)
                if seen.setdefault(href, kept_back(address)) != kept_back(address):
                    refused[href] = FetchFailure(sentence("layers", "same_address", href=href))
    return refused


def _refuse_shared_names(layers: Sequence[LayerDefinition]) -> None:
    seen: dict[str, str] = {}
    for layer in layers:
        other = seen.setdefault(layer.name, layer.id)
        if other != layer.id or sum(one.id == layer.id for one in layers) > 1:
            raise LayersError(sentence("layers", "same_columns", other=other, layer=layer.id, name=layer.name))


def _touches(found: CatalogItems, boxes: Boxes) -> bool:
    return found.frame is not None and bool(found.frame.touches(boxes).any())


def _rows_of_tile(
    tile: Tile, boxes: Boxes, work: Sequence[tuple[LayerDefinition, Finds]], assets: Assets
) -> Iterator[dict[str, Any]]:
    """SOURCES rows of one tile."""
    points = grid_of_points(boxes)
    for layer, finds in work:
        answer = finds[tile]
        if isinstance(answer, FetchFailure):
            yield _row(tile, layer, status="failed", reason=answer.reason)
        else:
            yield from _rows_of_layer(tile, boxes, points, layer, answer, assets)


def _rows_of_layer(
    tile: Tile,
    boxes: Boxes,
    points: tuple[Boxes, Boxes],
    layer: LayerDefinition,
    answer: Sequence[CatalogItems],
    assets: Assets,
) -> Iterator[dict[str, Any]]:
    """SOURCES rows of one tile and layer; `points` (longitudes, latitudes) stand for the ground needed."""
    covered = np.zeros(points[0].shape, dtype=bool)
    touching = [found for found in answer if _touches(found, boxes)]
    dated_by = comparable(found.item for found in touching)
    for found in answer:
        if found.frame is None:
            reason = "the Item has none of the layer's assets"
            yield _row(tile, layer, **_about(found, dated_by), status="failed", reason=reason)
    for found in touching:
        assert found.frame is not None
        covered |= found.frame.holds(*points)
        about, notes = _about(found, dated_by), []
        if equals := _equals(found, touching, points, dated_by):
            notes.append(f"overlaps {', '.join(equals)}, neither is newer: where they differ, nothing is known")
            early = {one.item.id: to_come(one.item) for one in touching}
            notes += [f"{name} gives a date to come ({date})" for name, date in early.items() if date is not None]
        if layer.grows and (date := to_come(found.item, "end_datetime")) is not None:
            about["datetime"] = None
            notes.append(f"{found.item.id} gives a date to come ({date}), so nobody says how far its files have seen")
        for asset in wanted_assets(layer):
            row = _row_of_asset(tile, boxes, layer, found, asset, assets, about)
            if row["status"] == "read":
                row["reason"] = "; ".join(filter(None, (row["reason"], *notes))) or None
            yield row
    if not covered.all():
        part = "part of the ground needed" if covered.any() else "the tile"
        yield _row(tile, layer, status="missing", reason=f"the catalogue has no Item for {part}")


def _equals(
    found: CatalogItems, answer: Sequence[CatalogItems], points: tuple[Boxes, Boxes], dated_by: str
) -> list[str]:
    """Ids of Items that overlap one on the ground needed and are no older and no newer."""
    return [
        other.item.id
        for other in answer
        if other is not found
        and other.frame is not None
        and found.frame is not None
        and changed(other.item, dated_by) == changed(found.item, dated_by)
        and found.frame.overlaps(other.frame, *points)
    ]


def _about(found: CatalogItems, dated_by: str) -> dict[str, Any]:
    """Columns of an Item; how new it is by a property that all Items of the tile have, so that they compare."""
    return {
        "item_id": found.item.id,
        "datetime": interval(found.item),
        "version": found.version,
        "updated": changed(found.item, dated_by),
        "bbox": " ".join(f"{number:.9g}" for number in _bbox(found)),
    }


def _row_of_asset(
    tile: Tile,
    boxes: Boxes,
    layer: LayerDefinition,
    found: CatalogItems,
    asset: str,
    assets: Assets,
    about: Mapping[str, Any],
) -> dict[str, Any]:
    """The SOURCES row of one asset: read, or why not."""
    href = found.hrefs.get(asset)
    about = {**about, "asset": asset, "href": href}
    if href is None:
        return _row(tile, layer, **about, status="failed", reason=f"the Item has no asset '{asset}' that can be opened")
    opened = assets.open(layer, found, asset)
    if isinstance(opened, FetchFailure):
        status = "missing" if opened.absent and not found.listed else "failed"
        return _row(tile, layer, **about, status=status, reason=opened.reason)
    if isinstance(opened, OpenedPolygons):
        same = {"etag": opened.etag, "sha256": opened.etag}
        return _row(tile, layer, **about, **same, status="read", sampled=False)
    try:
        needed = needed_blocks(opened.raster, boxes)
        read = blocks_digest(opened.raster, needed)
        if opened.hashed is not None and opened.hashed.sha256(spans_of(opened.raster, needed)) != opened.etag:
            raise LayersError(sentence("layers", "changed_while_read", name=PurePosixPath(href).name))
    except LayersError as error:
        return _row(tile, layer, **about, status="failed", reason=str(error))
    fields = {"etag": opened.etag, "sha256": read, "reason": _holes(layer, asset, opened.raster, needed)}
    return _row(tile, layer, **about, **fields, status="read", sampled=not opened.raster.lines)


def _holes(layer: LayerDefinition, asset: str, raster: Raster, needed: NDArray[np.bool_]) -> str | None:
    """A word on blocks that are needed but were never stored."""
    empty, of = int((needed & ~raster.layout.stored).sum()), int(needed.sum())
    if not empty or layer.assets[asset].sparse == "zero":
        return None
    return f"{empty} of {of} blocks needed are not stored in the file: unknown"


def _bbox(found: CatalogItems) -> Sequence[float]:
    return found.item.bbox or (-180.0, -90.0, 180.0, 90.0)


def _row(tile: Tile, layer: LayerDefinition, **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("item_id", "asset", "href", "datetime", "version", "updated"))
    empty |= dict.fromkeys(("etag", "sha256", "bbox", "reason"))
    sampled = any(variable.sampled for variable in layer.variables)
    return {**empty, "tile": tile.name, "layer": layer.id, "sampled": sampled, **fields}
