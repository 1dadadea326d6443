"""The layers of a harvest as small pictures for a GIS: one COG with a colour table per variable and tile.

They are for looking at. Hectares come from EVIDENCE, which keeps every layer on its own grid; here each is shown on one
regular grid of 1/12000 degree by the value at the centre of the cell.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import rasterio.shutil
import xarray as xr
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from eudr_check import layers
from eudr_check.layers import LayerDefinition, Supply
from eudr_check.package import palette
from eudr_check.run import tile_index
from eudr_check.run.artifacts import Artifact
from eudr_check.variables import UNKNOWN, Variable

PER_DEGREE = 12_000
NODATA = 255


def write(
    folder: Path, tiles: Artifact, sources: pd.DataFrame, definitions: Sequence[LayerDefinition], supply: Supply
) -> list[Path]:
    """Write `COLUMN/TILE.tif` for every variable and tile; the window is the ground the plots needed.

    Values are uint8: a state 1, 0; an event its year less 2000 (years before 2001 as 1), 0 none; 255 unknown.
    """
    written = []
    for entry in tile_index.tiles(tiles):
        _, boxes = tile_index.plots_of(tiles.folder / "GROUND.parquet", entry.row_group)
        read = sources[sources["tile"] == entry.tile.name]
        supply.bring(boxes, definitions, read)
        cube = layers.cube(entry.tile, boxes, definitions, read, supply.store)
        for variable in (item for definition in definitions for item in definition.variables):
            path = folder / variable.column / f"{entry.tile.name}.tif"
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, cube, variable)
            written.append(path)
    return written


def _write(path: Path, cube: xr.Dataset, variable: Variable) -> None:
    x_edge, y_edge = cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy()
    left, top = np.floor(x_edge[0] * PER_DEGREE + 0.5), np.ceil(y_edge[0] * PER_DEGREE - 0.5)
    columns = int(max(np.floor(x_edge[-1] * PER_DEGREE + 0.5) - left, 1))
    rows = int(max(top - np.ceil(y_edge[-1] * PER_DEGREE - 0.5), 1))
    x = (left + np.arange(columns) + 0.5) / PER_DEGREE
    y = (top - np.arange(rows) - 0.5) / PER_DEGREE
    across = np.clip(np.searchsorted(x_edge, x, side="right") - 1, 0, len(x_edge) - 2)
    down = np.clip(np.searchsorted(-y_edge, -y, side="right") - 1, 0, len(y_edge) - 2)
    values = _shown(cube[variable.column].to_numpy()[np.ix_(down, across)], variable)
    profile = {
        "driver": "GTiff",
        "height": rows,
        "width": columns,
        "count": 1,
        "dtype": "uint8",
        "nodata": NODATA,
        "crs": "EPSG:4326",
        "transform": from_origin(left / PER_DEGREE, top / PER_DEGREE, 1 / PER_DEGREE, 1 / PER_DEGREE),
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(values, 1)
            file.write_colormap(1, _colours(variable))
        with memory.open() as file:
            rasterio.shutil.copy(file, path, driver="COG", compress="deflate", overview_resampling="nearest")


def _shown(values: NDArray[np.int16], variable: Variable) -> NDArray[np.uint8]:
    known = (
        np.clip(values, 0, 1) if variable.kind == "state" else np.where(values > 0, np.clip(values - 2000, 1, 99), 0)
    )
    return np.where(values == UNKNOWN, NODATA, known).astype(np.uint8)


def _colours(variable: Variable) -> dict[int, tuple[int, int, int]]:
    if variable.kind == "state":
        return {0: palette.rgb(palette.NO_FOREST), 1: palette.rgb(palette.FOREST)}
    years = {year: palette.rgb(palette.year_colour(2000 + year)) for year in range(1, 100)}
    return {0: palette.rgb(palette.NO_FOREST), **years}
