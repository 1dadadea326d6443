"""The work on one tile: cube, evidence and patches, from local files to a finished artifact.

A worker may sit on another machine: it finds the run folder by its address, the plots in the tile index, and brings
the raster blocks of its tile itself where its own content store does not hold them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from eudr_check import layers, object_store, overlay, tables
from eudr_check.errors import LayersError, RunError
from eudr_check.layers import LayerDefinition, Origin, Supply
from eudr_check.layers.cube import wgs84
from eudr_check.run import tile_index
from eudr_check.run.artifacts import Artifact, digest, save_table
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import in_flight
from eudr_check.run.versions import made_by
from eudr_check.text import sentence
from eudr_check.tiles import Tile
from eudr_check.variables import UNKNOWN, Variable

ROWS = 1200
EVENT_ROLES = frozenset({"event", "degradation"})


@dataclass(frozen=True)
class RunContext:
    """What all tiles of a run share; small enough to be sent with every task."""

    folder: str
    """Address of the run folder."""
    ground: str
    """Digest of the ground artifact."""
    definitions: tuple[LayerDefinition, ...]
    offline: bool
    made_by: Mapping[str, str]
    """Code and libraries that name the artifacts."""


@dataclass(frozen=True)
class Shared(RunContext):
    """What evidence of all tiles is made with."""

    gps_error_m: float


@dataclass(frozen=True)
class Task:
    """One tile to do."""

    tile: Tile
    row_group: int
    digest: str
    sources: pd.DataFrame
    """The SOURCES rows of the tile."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Where its assets can be fetched, by href."""

    def without(self, failed: Mapping[str, str]) -> "Task":
        """The task with some layers unread, and a name of its own.

        Args:
            failed: reason by id of the layer.
        """
        return replace(
            self,
            digest=digest({"tile": self.digest, "without": dict(failed)}),
            sources=with_failures(self.sources, {self.tile.name: failed}),
        )


@dataclass(frozen=True)
class Worked:
    """A finished tile."""

    artifact: Artifact
    failed: Mapping[str, str]
    """Reason by id of each layer of which nothing could be read; its columns are unknown in the whole tile."""


def with_failures(sources: pd.DataFrame, failures: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """SOURCES in which some layers of some tiles were not read.

    Args:
        sources: SOURCES.
        failures: for each tile the reason by id of the layer.
    """
    failed = [(tile, layer, reason) for tile, reasons in sorted(failures.items()) for layer, reason in reasons.items()]
    if not failed:
        return sources
    rows = [
        {"tile": tile, "layer": layer, "status": "failed", "reason": reason, "sampled": False}
        for tile, layer, reason in failed
    ]
    unread = pd.MultiIndex.from_tuples([(tile, layer) for tile, layer, _ in failed])
    kept = sources[~pd.MultiIndex.from_frame(sources[["tile", "layer"]]).isin(unread)]
    merged = pd.concat([kept, tables.typed(tables.SOURCES, rows)], ignore_index=True)
    return merged.sort_values(["tile", "layer"], kind="stable", ignore_index=True)


def tile_versions() -> dict[str, str]:
    """The code of this process and the libraries it works with."""
    return made_by("tile")


def work(shared: Shared, task: Task) -> Worked:
    """Evidence and patches of one tile as a finished artifact; a layer that fails leaves the others as they are.

    Raises:
        EudrCheckError: area would be lost, or what failed is none of the layers.
        RunError: this worker is of another version, or does not see the run folder.
    """
    require_same_versions("tile", shared.made_by)
    try:
        return Worked(_made(shared, task), {})
    except LayersError:
        failed = dict(_failing(shared, task))
        if not failed:
            raise
        return Worked(_made(shared, task.without(failed)), failed)


def _made(shared: Shared, task: Task) -> Artifact:
    run = RunFolder(object_store.local(shared.folder))

    def make(folder: Path) -> None:
        plots, boxes = ground_of(shared.folder, shared.ground, task.row_group)
        cube, zones = _maps(shared, task, boxes, shared.definitions)
        columns = variables(shared.definitions)
        save_table(folder, "EVIDENCE", overlay.tabulate(plots, cube, shared.gps_error_m, zones))
        events = [variable.column for variable in columns if variable.role in EVENT_ROLES]
        whole, seams = overlay.patches(plots, cube, events, zones)
        save_table(folder, "PATCHES", whole)
        save_table(folder, "SEAMS", seams)

    return run.artifacts.obtain("tile", task.digest, make)


def _failing(shared: Shared, task: Task) -> Iterator[tuple[str, str]]:
    """Each layer that cannot be laid on the tile even alone, with the reason."""
    _, boxes = ground_of(shared.folder, shared.ground, task.row_group)
    for definition in shared.definitions:
        mine = replace(task, sources=task.sources[task.sources["layer"] == definition.id])
        try:
            _maps(shared, mine, boxes, [definition])
        except LayersError as error:
            yield definition.id, str(error)


def _maps(
    shared: Shared, task: Task, boxes: NDArray[np.float64], definitions: Sequence[LayerDefinition]
) -> tuple[xr.Dataset, tuple[gpd.GeoDataFrame, ...]]:
    """The rasters of a tile as a cube, and its polygon maps as zones."""
    store = RunFolder(object_store.local(shared.folder)).store
    Supply(store, task.origins, shared.offline, in_flight).require(boxes, definitions, task.sources)
    zones = layers.zones(boxes, definitions, task.sources, store)
    return layers.cube(task.tile, boxes, definitions, task.sources, store), zones


def unread(shared: Shared, task: Task) -> pd.DataFrame:
    """EVIDENCE of a tile that could not be done: every hectare unknown in every layer."""
    plots, _ = ground_of(shared.folder, shared.ground, task.row_group)
    cube = unknown_cube(task.tile, variables(shared.definitions))
    return overlay.tabulate(plots, cube, shared.gps_error_m)


def require_same_versions(stage: str, asked: Mapping[str, str]) -> None:
    """Refuse work whose artifact would carry the name of other code: it would be taken for something it is not.

    Raises:
        RunError: code or a library of this process is not the one that names the artifact.
    """
    here = made_by(stage)
    other = [name for name, value in asked.items() if here.get(name) != value]
    if other:
        raise RunError(sentence("run", "other_versions", names=", ".join(other).replace("code", "eudr-check")))


def ground_of(folder: str, digest: str, row_group: int) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Plots of one tile and the boxes that must be covered, as `tile_index.plots_of`.

    Args:
        folder: address of the run folder.
        digest: that of the ground artifact.
        row_group: place of the tile in it.

    Raises:
        RunError: this machine does not find the ground.
    """
    return tile_index.plots_of(_ground_table(folder, digest), row_group)


@lru_cache(maxsize=2)
def _ground_table(folder: str, digest: str) -> Path:
    """The ground table on this machine, brought and hashed once per process."""
    artifacts = RunFolder(object_store.local(folder)).artifacts
    found = artifacts.find("ground", digest)
    if found is None:
        raise RunError(sentence("run", "no_ground", folder=folder))
    return found.folder / "GROUND.parquet"


def unknown_cube(tile: Tile, columns: Sequence[Variable]) -> xr.Dataset:
    """A cube of one column and `ROWS` rows over the whole tile, in which nothing is known.

    The rows are as thin as those of a 10 m layer: the area of a cell part is the cell's area times its share, which
    is true to 1e-8 only where the length of a degree hardly changes within the cell.
    """
    west, south, east, north = tile.bounds
    edges = np.linspace(north, south, ROWS + 1)
    values = {item.column: (("y", "x"), np.full((ROWS, 1), UNKNOWN, np.int16)) for item in columns}
    coordinates = {
        "x": [(west + east) / 2],
        "y": (edges[:-1] + edges[1:]) / 2,
        "x_edge": [west, east],
        "y_edge": edges,
        "spatial_ref": wgs84(),
    }
    return xr.Dataset(values, coords=coordinates)


def variables(definitions: Sequence[LayerDefinition]) -> tuple[Variable, ...]:
    """All variables of some layers, in the order of the harvest."""
    return tuple(variable for definition in definitions for variable in definition.variables)
