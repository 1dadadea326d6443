"""Before the overlay: find the Items of every tile, bring what the plots need, and write down what was read.

Catalogues that cannot be right (unknown collection, two versions at once) are errors. Whatever a server or a file
fails to deliver is a SOURCES row that says so, and stays unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from eudr_check import tables
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers import folder
from eudr_check.layers.catalogue import file_sha256, interval
from eudr_check.layers.definition import LayerDefinition, definition
from eudr_check.layers.footprint import frame, grid_of_points
from eudr_check.layers.found import Found, wanted_assets
from eudr_check.layers.raster import Raster, blocks_digest, needed_blocks, open_raster
from eudr_check.layers.store import Store, key
from eudr_check.tiles import Tile

Boxes = NDArray[np.float64]


def prefetch(
    windows: Mapping[Tile, ArrayLike],
    choices: Sequence[LayerChoice],
    catalogues: Mapping[str, Catalogue],
    store: Path,
    *,
    offline: bool = False,
) -> pd.DataFrame:
    """Find and bring every raster block that the plots need.

    Args:
        windows: per tile the ground needed: west, south, east, north in degrees, one box or float64 (n, 4).
        choices: layers of the harvest.
        catalogues: catalogues of the harvest by name.
        store: content store, shared between harvests.
        offline: make no connection; what is not in the store becomes a `failed` row.

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
    rows: list[dict[str, Any]] = []
    for choice, layer in layers:
        place = catalogues[choice.source]
        found = _find(choice, layer, place)
        for tile in sorted(boxes):
            rows.extend(_rows_of_tile(tile, boxes[tile], layer, found, content))
    order = {layer.id: position for position, (_, layer) in enumerate(layers)}
    rows.sort(key=lambda row: (row["tile"], order[row["layer"]], row["item_id"] or "", row["asset"] or ""))
    return tables.check(tables.SOURCES, tables.typed(tables.SOURCES, rows))


def _find(choice: LayerChoice, layer: LayerDefinition, place: Catalogue) -> list[Found]:
    assert place.folder is not None
    return folder.find(place.folder, choice.source, layer, choice.collection)


def _refuse_shared_names(layers: Sequence[LayerDefinition]) -> None:
    seen: dict[str, str] = {}
    for layer in layers:
        other = seen.setdefault(layer.name, layer.id)
        if other != layer.id or sum(one.id == layer.id for one in layers) > 1:
            raise LayersError(f"layers {other} and {layer.id} would both fill columns '{layer.name}.*'; choose one")


def _rows_of_tile(
    tile: Tile, boxes: Boxes, layer: LayerDefinition, found: Sequence[Found], store: Store
) -> Iterator[dict[str, Any]]:
    """SOURCES rows of one tile and layer."""
    x, y = grid_of_points(boxes)
    covered = np.zeros(x.shape, dtype=bool)
    for one in found:
        first = next(iter(one.assets), None)
        if first is None:
            continue
        place = frame(one.item, one.assets[first])
        if not place.touches(boxes).any():
            continue
        covered |= place.holds(x, y)
        yield from _rows_of_item(tile, boxes, layer, one, store)
    if not covered.all():
        part = "part of the ground needed" if covered.any() else "the tile"
        yield _row(tile, layer, status="missing", reason=f"the catalogue has no Item for {part}")


def _rows_of_item(
    tile: Tile, boxes: Boxes, layer: LayerDefinition, found: Found, store: Store
) -> Iterator[dict[str, Any]]:
    for asset in wanted_assets(layer):
        about = {
            "item_id": found.item.id,
            "asset": asset,
            "href": found.hrefs.get(asset),
            "datetime": interval(found.item),
            "version": found.version,
            "bbox": " ".join(f"{number:.9g}" for number in _bbox(found)),
        }
        if asset not in found.assets:
            yield _row(tile, layer, **about, status="failed", reason=f"the Item has no asset '{asset}'")
            continue
        try:
            raster, etag = _local(found, asset, layer, store)
            read = blocks_digest(raster, needed_blocks(raster, boxes))
        except LayersError as error:
            yield _row(tile, layer, **about, status="failed", reason=str(error))
            continue
        yield _row(tile, layer, **about, etag=etag, sha256=read, status="read", sampled=not raster.lines)


def _local(found: Found, asset: str, layer: LayerDefinition, store: Store) -> tuple[Raster, str]:
    """A raster of a STAC folder and the tag of its content (its SHA-256)."""
    path = found.files[asset]
    fields = found.item.assets[found.assets[asset]].extra_fields
    raster = open_raster(path, layer.assets[asset].band)
    size = fields.get("file:size")
    if size is not None and size != path.stat().st_size:
        raise LayersError(f"{path.name} changed since it was registered; run `eudr-check catalogue add` again")
    etag = str(fields.get("file:checksum", "")).removeprefix("1220") or _hashed(path, raster.stamp, store)
    store.remember(found.hrefs[asset], etag, path)
    return raster, etag


def _hashed(path: Path, stamp: int, store: Store) -> str:
    """SHA-256 of a file whose Item records none, worked out once per state of the file."""
    name = key(str(path.resolve()), str(stamp), str(path.stat().st_size))
    known = store.read("hashes", name)
    if known is None:
        known = file_sha256(path)
        store.write("hashes", name, known)
    return str(known)


def _bbox(found: Found) -> Sequence[float]:
    return found.item.bbox or (-180.0, -90.0, 180.0, 90.0)


def _row(tile: Tile, layer: LayerDefinition, **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("item_id", "asset", "href", "datetime", "version", "etag", "sha256", "bbox", "reason"))
    sampled = any(variable.sampled for variable in layer.variables)
    return {**empty, "tile": tile.name, "layer": layer.id, "sampled": sampled, **fields}
