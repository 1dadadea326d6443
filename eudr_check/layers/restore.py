"""Where the blocks that SOURCES lists come from, for a machine that did not fetch them itself.

SOURCES says what was read; a worker on another host, or a run that goes on elsewhere, brings the same blocks into its
own content store, and takes them only when they are the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import object_store
from eudr_check.config import Catalogue, LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers.catalog.search import Boxes, access
from eudr_check.layers.definition import LayerDefinition, definition
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.credentials import Access
from eudr_check.layers.fetch.http import Wanted
from eudr_check.layers.fetch.integrity import HashedFile, spans_of, unharmed
from eudr_check.layers.fetch.retries import FetchFailure
from eudr_check.layers.polygons import files
from eudr_check.layers.raster import Raster, blocks_digest, needed_blocks, open_raster
from eudr_check.steps import Map, one_by_one
from eudr_check.text import sentence

Addresses = Mapping[str, Mapping[str, str]]
"""href of SOURCES: `address` (unsigned) and `etag` there, for assets whose href is no address."""


@dataclass(frozen=True)
class Origin:
    """One asset where it can be fetched."""

    address: str
    """Without signature."""
    etag: str
    """Content tag it has there."""
    access: Access


@dataclass(frozen=True)
class Supply:
    """The content store of this machine, and the origins of what it may lack."""

    store: Path
    origins: Mapping[str, Origin]
    """By href of SOURCES; files on a disk have none."""
    offline: bool = False
    each: Map = one_by_one
    """`map` for what waits for a network."""

    def require(self, boxes: Boxes, definitions: Sequence[LayerDefinition], sources: pd.DataFrame) -> None:
        """Have every block of a tile here, byte for byte what SOURCES says was read.

        Args:
            boxes: float64 (n, 4) degrees, the ground of the tile as it was prefetched.
            definitions: layers of the harvest.
            sources: SOURCES rows of the tile.

        Raises:
            LayersError: a block cannot be had, or is not the one that was read; names the file.
        """
        differing = self._differing(boxes, definitions, sources)
        if differing.empty:
            return
        self.bring(boxes, definitions, differing)
        changed = self._differing(boxes, definitions, differing)
        if not changed.empty:
            raise LayersError(sentence("layers", "not_the_bytes", href=changed["href"].iloc[0]))

    def bring(self, boxes: Boxes, definitions: Sequence[LayerDefinition], sources: pd.DataFrame) -> None:
        """Bring the blocks some ground needs of the assets that have an origin; those here are not asked for again.

        Raises:
            LayersError: a block cannot be had; names the file.
        """
        store = Store(self.store)
        rows = [(href, etag, raster_band) for href, etag, _, raster_band in _read(definitions, sources)]
        wanted = {
            href: Wanted(there.address, there.address, boxes, there.access, band, there.etag)
            for href, _, band in rows
            if (there := self.origins.get(href)) is not None
        }
        if not wanted:
            return
        brought = http.bring(list(wanted.values()), store, offline=self.offline, each=self.each)
        for href, etag, _ in rows:
            if href not in wanted:
                continue
            answer = brought[wanted[href].href]
            if isinstance(answer, FetchFailure):
                raise LayersError(answer.reason)
            store.remember(href, etag, answer.path)

    def replaced(self, sources: pd.DataFrame) -> tuple[str, ...]:
        """Files on disks of this machine that are gone, or no longer what SOURCES says was read: hrefs, sorted."""
        store = Store(self.store)
        read = sources[sources["status"] == "read"].drop_duplicates(["href", "etag"])
        found = set()
        for href, etag in zip(read["href"], read["etag"], strict=True):
            if href in self.origins:
                continue
            try:
                path = store.local_path(href, etag)
            except LayersError:
                # Read by another machine: nothing of it lies here.
                continue
            if not (_is_still(path, etag) if files.is_polygons(path) else HashedFile(path, store).is_still(etag)):
                found.add(href)
        return tuple(sorted(found))

    def _differing(self, boxes: Boxes, definitions: Sequence[LayerDefinition], sources: pd.DataFrame) -> pd.DataFrame:
        """Rows whose blocks this machine does not hold as they were read."""
        store = Store(self.store)
        held = [
            self._digest(store, href, etag, band, boxes) == sha256
            for href, etag, sha256, band in _read(definitions, sources)
        ]
        read = sources[sources["status"] == "read"]
        return read[[not same for same in held]]

    def _digest(self, store: Store, href: str, etag: str, band: int | None, boxes: Boxes) -> str | None:
        """SHA-256 over the blocks here; None where an origin can still give them."""
        try:
            if files.is_polygons(path := store.local_path(href, etag)):
                return files.digest(path)
            raster: Raster = open_raster(path, band)
            needed = needed_blocks(raster, boxes)
            if not self._as_read(store, raster, etag, needed):
                return None
            return blocks_digest(raster, needed)
        except LayersError as error:
            if href in self.origins:
                return None
            raise LayersError(sentence("layers", "no_shared_disk", problem=error)) from error

    def _as_read(self, store: Store, raster: Raster, etag: str, needed: NDArray[np.bool_]) -> bool:
        """Whether what is opened here, header and all, belongs to what was read."""
        if raster.path.is_relative_to(store.folder):
            return unharmed(raster, needed, store)
        return HashedFile(raster.path, store).sha256(spans_of(raster, needed)) == etag


def addresses(
    sources: pd.DataFrame, choices: Sequence[LayerChoice], catalogues: Mapping[str, Catalogue], store: Path
) -> dict[str, dict[str, str]]:
    """Addresses of the assets whose href in SOURCES is none: those of STAC folders in an object store.

    Args:
        sources: SOURCES, just written by `prefetch`.
        choices: layers of the harvest.
        catalogues: catalogues of the harvest by name.
        store: the content store it filled.
    """
    content = Store(store)
    folders = {name: catalogue.folder for name, catalogue in catalogues.items()}
    remote = {
        name for name, folder in folders.items() if folder is not None and object_store.origin(folder) is not None
    }
    layers = {definition(choice).id for choice in choices if choice.source in remote}
    read = sources[(sources["status"] == "read") & sources["layer"].isin(layers)].drop_duplicates("href")
    found = {
        href: content.read("origins", key(href, etag)) for href, etag in zip(read["href"], read["etag"], strict=True)
    }
    return {href: entry for href, entry in sorted(found.items()) if entry is not None and "://" not in href}


def origins(
    sources: pd.DataFrame,
    choices: Sequence[LayerChoice],
    catalogues: Mapping[str, Catalogue],
    known: Addresses,
) -> dict[str, Origin]:
    """Where the assets of SOURCES can be fetched, by href; files on a disk are left out.

    Args:
        sources: SOURCES.
        choices: layers of the harvest.
        catalogues: catalogues of the harvest by name.
        known: from `addresses`.
    """
    opened = {
        layer.id: access(layer, catalogues[choice.source]) for choice in choices for layer in [definition(choice)]
    }
    read = sources[sources["status"] == "read"].drop_duplicates("href")
    found = {}
    for href, etag, layer in zip(read["href"], read["etag"], read["layer"], strict=True):
        there = known.get(href) or ({"address": href, "etag": etag} if "://" in href else None)
        if there is not None:
            found[href] = Origin(there["address"], there["etag"], opened[layer])
    return found


def _is_still(path: Path, etag: str) -> bool:
    """Whether a vector file is what was read."""
    try:
        return files.digest(path) == etag
    except LayersError:
        return False


def _read(definitions: Sequence[LayerDefinition], sources: pd.DataFrame) -> Iterator[tuple[str, str, str, int | None]]:
    """href, etag, SHA-256 and band of every row that was read."""
    assets: dict[str, Mapping[str, Any]] = {layer.id: layer.assets for layer in definitions}
    read = sources[sources["status"] == "read"]
    columns = (read[name] for name in ("href", "etag", "sha256", "layer", "asset"))
    for href, etag, sha256, layer, asset in zip(*columns, strict=True):
        yield href, etag, sha256, assets[layer][asset].band
