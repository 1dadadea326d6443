"""The work on one tile: cube, evidence and patches, from local files to a finished piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray  # noqa: F401  (the .rio accessor)
import xarray as xr

from eudr_check import layers, overlay, tables
from eudr_check.layers import LayerDefinition
from eudr_check.run import ground
from eudr_check.run.pieces import Piece, Pieces, save_table
from eudr_check.tiles import Tile
from eudr_check.variables import UNKNOWN, Variable

ROWS = 1200
EVENT_ROLES = frozenset({"event", "degradation"})


@dataclass(frozen=True)
class Shared:
    """What all tiles of a run share; small enough to be sent with every task."""

    pieces: Path
    ground: Path
    store: Path
    definitions: tuple[LayerDefinition, ...]
    gps_error_m: float


@dataclass(frozen=True)
class Task:
    """One tile to do."""

    tile: Tile
    row_group: int
    digest: str
    sources: pd.DataFrame
    """The SOURCES rows of the tile."""


def work(shared: Shared, task: Task) -> Piece:
    """Evidence and patches of one tile as a finished piece.

    Raises:
        EudrCheckError: a raster of the tile contradicts its definition, or area would be lost.
    """

    def make(folder: Path) -> None:
        plots, boxes = ground.plots_of(shared.ground, task.row_group)
        cube = layers.cube(task.tile, boxes, shared.definitions, task.sources, shared.store)
        evidence, patches = evidence_of(plots, cube, variables(shared.definitions), shared.gps_error_m)
        save_table(folder, "EVIDENCE", evidence)
        whole, seams = overlay.parted(tables.check(tables.PATCHES, patches))
        save_table(folder, "PATCHES", whole)
        save_table(folder, "SEAMS", seams)

    return Pieces(shared.pieces).obtain("tile", task.digest, make)


def evidence_of(
    plots: gpd.GeoDataFrame, cube: xr.Dataset, columns: Sequence[Variable], gps_error_m: float
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """EVIDENCE and PATCHES of the part of the plots inside one cube."""
    events = [variable.column for variable in columns if variable.role in EVENT_ROLES]
    return overlay.tabulate(plots, cube, gps_error_m), overlay.patches(plots, cube, events)


def unread(shared: Shared, task: Task) -> pd.DataFrame:
    """EVIDENCE of a tile that could not be done: every hectare unknown in every layer."""
    plots, _ = ground.plots_of(shared.ground, task.row_group)
    cube = unknown_cube(task.tile, variables(shared.definitions))
    return overlay.tabulate(plots, cube, shared.gps_error_m)


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
    }
    cube: xr.Dataset = xr.Dataset(values, coords=coordinates).rio.write_crs("EPSG:4326")
    return cube


def variables(definitions: Sequence[LayerDefinition]) -> tuple[Variable, ...]:
    """All variables of some layers, in the order of the harvest."""
    return tuple(variable for definition in definitions for variable in definition.variables)
