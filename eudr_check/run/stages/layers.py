"""SOURCES of a harvest: the raster blocks its plots need, brought to this machine."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eudr_check import layers as layers_room
from eudr_check import object_store
from eudr_check.config import Catalogue
from eudr_check.layers import restore
from eudr_check.run import inputs, tile_index
from eudr_check.run.artifacts import Artifact, write_json, write_table
from eudr_check.run.graph import Result, in_flight
from eudr_check.run.results import ADDRESSES
from eudr_check.run.stages.job import Run, definitions
from eudr_check.tiles import Tile


def layers(run: Run) -> Result:
    """SOURCES: every raster block the plots need, and every gap; what failed is tried again."""
    return Result(
        "layers",
        "sources",
        lambda made: _key(run, made["ground"]),
        lambda made, folder: _bring(run, made["ground"], folder),
        needs=("ground",),
        is_complete=lambda found: _is_complete(found) and (run.offline or not _replaced(run)),
    )


def _key(run: Run, tiles: Artifact) -> str:
    harvest = run.harvest
    made_of = {
        "ground": tiles.digest,
        "layers": [item.model_dump(mode="json") for item in definitions(run)],
        "from": [choice.source for choice in harvest.layers],
        "collections": [choice.collection for choice in harvest.layers],
        "catalogues": {
            name: _state(catalogue, offline=run.offline) for name, catalogue in sorted(harvest.catalogues.items())
        },
    }
    return run.name_of("sources", made_of)


def _is_complete(found: Artifact) -> bool:
    return not (found.table("SOURCES")["status"] == "failed").any()


def _replaced(run: Run) -> bool:
    """Whether files are read that are replaced in place, of which what a run before saw says nothing of today."""
    published = {name for name, one in run.harvest.catalogues.items() if one.tiles is not None}
    return any(
        place.tiles is not None and place.tiles.replaced
        for layer, choice in zip(definitions(run), run.harvest.layers, strict=True)
        if choice.source in published
        for place in layer.found
    )


def _bring(run: Run, tiles: Artifact, folder: Path) -> None:
    harvest = run.harvest
    read = layers_room.prefetch(
        _windows(tiles), harvest.layers, harvest.catalogues, run.folder.store, offline=run.offline, each=in_flight
    )
    write_table(folder, "SOURCES", read)
    addresses = restore.addresses(read, harvest.layers, harvest.catalogues, run.folder.store)
    if addresses:
        write_json(folder, ADDRESSES, addresses)


def _windows(tiles: Artifact) -> dict[Tile, NDArray[np.float64]]:
    path = tiles.folder / "GROUND.parquet"
    return {entry.tile: tile_index.boxes_of(path, entry.row_group) for entry in tile_index.tiles(tiles)}


def _state(catalogue: Catalogue, *, offline: bool) -> dict[str, Any]:
    """What a catalogue is, and for a folder what it holds now: names, sizes and change times (or tags) of its files."""
    if catalogue.folder is None:
        return catalogue.model_dump(mode="json")
    if object_store.origin(catalogue.folder) is not None:
        return {"objects": inputs.catalogue(catalogue.folder, offline=offline)}
    files = [
        (path.relative_to(catalogue.folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(catalogue.folder.rglob("*"))
        if path.is_file()
    ]
    # Rasters may lie anywhere. The change time is the system's own: copying the dates of a file does not set it back.
    rasters = [
        (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
        for path in layers_room.catalogue.rasters(catalogue.folder)
        if path.is_file() and (about := path.stat())
    ]
    return {"files": files, "rasters": rasters}
