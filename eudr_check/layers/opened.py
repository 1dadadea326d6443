"""The assets of a run on this machine: opened once each, and known by the SHA-256 of what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from eudr_check.errors import LayersError
from eudr_check.layers.catalog import polygon_items
from eudr_check.layers.catalog.items import CatalogItems
from eudr_check.layers.catalog.stac_items import scaled
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.http import Delivered
from eudr_check.layers.fetch.integrity import HashedFile
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.polygons import files
from eudr_check.layers.raster import Raster, open_raster
from eudr_check.text import sentence, worded


@dataclass(frozen=True)
class Opened:
    """An asset on this machine."""

    raster: Raster
    etag: str
    hashed: HashedFile | None = None
    """For a file that lies here as a whole: what is opened of it is hashed."""


@dataclass(frozen=True)
class OpenedPolygons:
    """A vector file on this machine, which is read as a whole."""

    etag: str
    """Its SHA-256."""


class Assets:
    """The assets of one run, each opened once: a nation's tiles ask for each of them two hundred times."""

    def __init__(self, store: Store, brought: Mapping[str, Delivered | FetchFailure]) -> None:
        self._store = store
        self._brought = brought
        self._known: dict[tuple[str, str, str], Opened | OpenedPolygons | FetchFailure] = {}

    def open(self, layer: LayerDefinition, found: CatalogItems, asset: str) -> Opened | OpenedPolygons | FetchFailure:
        """A raster and the tag of its content, or why there is none."""
        name = layer.id, asset, found.hrefs[asset]
        if name not in self._known:
            try:
                self._known[name] = self._opened(layer, found, asset)
            except LayersError as error:
                self._known[name] = FetchFailure(worded(error))
        return self._known[name]

    def _opened(
        self, layer: LayerDefinition, found: CatalogItems, asset: str
    ) -> Opened | OpenedPolygons | FetchFailure:
        band = layer.assets[asset].band
        if scaled(found.item.assets[found.assets[asset]]):
            return FetchFailure(sentence("layers", "item_scaled", href=found.hrefs[asset]))
        if layer.polygons is not None:
            return _polygons(layer, found, asset, self._store)
        if asset in found.files:
            return _local(found, asset, band, self._store)
        delivered = self._brought[unsigned(found.addresses[asset])]
        if isinstance(delivered, FetchFailure):
            return delivered
        raster = open_raster(delivered.path, band)
        if found.hrefs[asset] == delivered.href:
            return Opened(raster, delivered.etag)
        return Opened(raster, _registered(found, asset, delivered, self._store))


def _local(found: CatalogItems, asset: str, band: int | None, store: Store) -> Opened:
    """A raster of a STAC folder and the tag of its content (its SHA-256)."""
    path = found.files[asset]
    recorded = _recorded(found, asset)
    if path.is_file():
        _require_size(found, asset, path)
        if not recorded and (masks := [path.with_name(f"{path.name}.msk")])[0].exists():
            raise LayersError(sentence("layers", "mask_unrecorded", name=masks[0].name))
    raster = open_raster(path, band)
    hashed = HashedFile(path, store, recorded)
    etag = hashed.sha256(raster.layout.header)
    store.remember(found.hrefs[asset], etag, path)
    return Opened(raster, etag, hashed)


def _registered(found: CatalogItems, asset: str, delivered: Delivered, store: Store) -> str:
    """The tag of an asset of a STAC folder in an object store: that of the same folder on a disk, where it has one.

    What the object store itself calls the file is kept in the content store for `supply`.
    """
    _require_size(found, asset, delivered.path)
    etag = _recorded(found, asset).removeprefix("1220") or delivered.etag
    store.remember(found.hrefs[asset], etag, delivered.path)
    store.write("origins", key(found.hrefs[asset], etag), {"address": delivered.href, "etag": delivered.etag})
    return etag


def _recorded(found: CatalogItems, asset: str) -> str:
    """Multihash that the Item records of a file; empty where it records none."""
    return str(found.item.assets[found.assets[asset]].extra_fields.get("file:checksum") or "")


def _require_size(found: CatalogItems, asset: str, path: Path) -> None:
    size = found.item.assets[found.assets[asset]].extra_fields.get("file:size")
    if size is not None and size != path.stat().st_size:
        name = PurePosixPath(found.hrefs[asset]).name
        raise LayersError(sentence("layers", "changed_since_registered", name=name))


def _polygons(layer: LayerDefinition, found: CatalogItems, asset: str, store: Store) -> OpenedPolygons | FetchFailure:
    """The vector file of a polygon map, which is what was registered."""
    assert layer.polygons is not None
    if asset not in found.files:
        return FetchFailure(sentence("layers", "polygons_remote", href=found.hrefs[asset]))
    path = found.files[asset]
    etag, recorded = files.digest(path), polygon_items.recorded(found.item.assets[found.assets[asset]])
    if recorded is not None and recorded != etag:
        raise LayersError(sentence("layers", "changed_since_registered", name=path.name))
    store.remember(found.hrefs[asset], etag, path)
    return OpenedPolygons(etag)
