"""The layers of a harvest as small pictures for a GIS: one COG with a colour table per variable and tile, and a VRT
that lays the tiles of a variable together.

They are for looking at. Hectares come from EVIDENCE, which keeps every layer on its own grid; here each is shown on one
regular grid of 1/12000 degree by the value at the centre of the cell.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

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
from eudr_check.tiles import Tile
from eudr_check.variables import UNKNOWN, Variable

PER_DEGREE = 12_000
NODATA, NOT_READ = 255, 254
"""Unknown where the map was read, and ground between the tiles, of which nothing was read."""
SHOWN = frozenset({"forest_2020", "event"})
"""Roles of the variables that every package shows: the forest that was there, and what became of it."""
MOST_TILES = 60
"""More than these are written for those who ask for rasters, and for nobody else: about 1 MB for every ten."""


def write(
    folder: Path,
    tiles: Artifact,
    sources: pd.DataFrame,
    definitions: Sequence[LayerDefinition],
    supply: Supply,
    *,
    every: bool,
    of: Collection[str] | None = None,
) -> None:
    """Write `COLUMN/TILE.tif` and `COLUMN.vrt` for variables; the window is the ground the plots needed.

    Values are uint8: a state 1, 0; an event its year less 2000 (years before 2001 as 1), 0 none; 255 unknown.

    Args:
        folder: to write into; made where anything is written.
        tiles: the ground. sources: SOURCES. definitions: layers. supply: where they were read.
        every: all variables of all tiles; else forest and events alone, and nothing above `MOST_TILES`.
        of: the ground of these plots alone.
    """
    ground = dict(_ground(tiles, None if of is None else frozenset(of)))
    wanted = [item for one in definitions for item in one.variables if every or item.role in SHOWN]
    if not wanted or not (every or len(ground) <= MOST_TILES):
        return
    chosen = [one for one in definitions if any(item.layer == one.id for item in wanted)]
    windows: dict[str, Window] = {}
    for tile, boxes in ground.items():
        read = sources[(sources["tile"] == tile.name) & sources["layer"].isin([one.id for one in chosen])]
        supply.bring(boxes, chosen, read)
        cube = layers.drawn(tile, boxes, chosen, read, supply.store, [item.column for item in wanted])
        windows[tile.name] = window = Window.of(cube)
        for variable in wanted:
            path = folder / variable.column / f"{tile.name}.tif"
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, cube, variable, window)
    for variable in wanted if windows else ():
        (folder / f"{variable.column}.vrt").write_text(_mosaic(variable, windows), encoding="utf-8")


def _ground(tiles: Artifact, plots: Collection[str] | None) -> Iterator[tuple[Tile, NDArray[np.float64]]]:
    """Boxes (n, 4) in degrees of every tile that has some, of all plots or of those asked for."""
    path = tiles.folder / "GROUND.parquet"
    for entry in tile_index.tiles(tiles):
        boxes = tile_index.boxes_of(path, entry.row_group, plots)
        if len(boxes):
            yield entry.tile, boxes


@dataclass(frozen=True)
class Window:
    """Cells of the grid of `PER_DEGREE`: first column from Greenwich, first row from the equator (up), and how many."""

    left: int
    top: int
    columns: int
    rows: int

    @classmethod
    def of(cls, cube: xr.Dataset) -> "Window":
        """That of a tile."""
        x_edge, y_edge = cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy()
        left, top = int(np.floor(x_edge[0] * PER_DEGREE + 0.5)), int(np.ceil(y_edge[0] * PER_DEGREE - 0.5))
        columns = int(max(np.floor(x_edge[-1] * PER_DEGREE + 0.5) - left, 1))
        return cls(left, top, columns, int(max(top - np.ceil(y_edge[-1] * PER_DEGREE - 0.5), 1)))


def _mosaic(variable: Variable, windows: Mapping[str, Window]) -> str:
    """The tiles of a variable as one virtual raster, with what its values mean."""
    left = min(window.left for window in windows.values())
    top = max(window.top for window in windows.values())
    right = max(window.left + window.columns for window in windows.values())
    bottom = min(window.top - window.rows for window in windows.values())
    cell = 1 / PER_DEGREE
    root = ET.Element("VRTDataset", rasterXSize=f"{right - left}", rasterYSize=f"{top - bottom}")
    ET.SubElement(root, "SRS", dataAxisToSRSAxisMapping="2,1").text = "EPSG:4326"
    ET.SubElement(root, "GeoTransform").text = f"{left * cell!r}, {cell!r}, 0, {top * cell!r}, 0, {-cell!r}"
    band = ET.SubElement(root, "VRTRasterBand", dataType="Byte", band="1")
    # Without it GDAL fills the ground between the tiles with 0, which says that there was no forest.
    ET.SubElement(band, "NoDataValue").text = f"{NOT_READ}"
    ET.SubElement(band, "ColorInterp").text = "Palette"
    colours, table, names = _colours(variable), ET.SubElement(band, "ColorTable"), ET.SubElement(band, "CategoryNames")
    for value in range(256):
        red, green, blue = colours.get(value, (0, 0, 0))
        ET.SubElement(table, "Entry", c1=f"{red}", c2=f"{green}", c3=f"{blue}", c4="255" if value in colours else "0")
        ET.SubElement(names, "Category").text = _class(variable, value)
    for tile, window in windows.items():
        source = ET.SubElement(band, "SimpleSource")
        ET.SubElement(source, "SourceFilename", relativeToVRT="1").text = f"{variable.column}/{tile}.tif"
        ET.SubElement(source, "SourceBand").text = "1"
        size = {"xSize": f"{window.columns}", "ySize": f"{window.rows}"}
        ET.SubElement(source, "SrcRect", {"xOff": "0", "yOff": "0"} | size)
        ET.SubElement(source, "DstRect", {"xOff": f"{window.left - left}", "yOff": f"{top - window.top}"} | size)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _class(variable: Variable, value: int) -> str:
    """What a value means; nothing where none has it."""
    if value in (NODATA, NOT_READ):
        return "unknown" if value == NODATA else "not read"
    if variable.kind == "state":
        return {0: "no", 1: "yes"}.get(value, "")
    return "no event" if value == 0 else "2001 or before" if value == 1 else f"{2000 + value}" if value < 100 else ""


def _write(path: Path, cube: xr.Dataset, variable: Variable, window: Window) -> None:
    x_edge, y_edge = cube["x_edge"].to_numpy(), cube["y_edge"].to_numpy()
    x = (window.left + np.arange(window.columns) + 0.5) / PER_DEGREE
    y = (window.top - np.arange(window.rows) - 0.5) / PER_DEGREE
    across = np.clip(np.searchsorted(x_edge, x, side="right") - 1, 0, len(x_edge) - 2)
    down = np.clip(np.searchsorted(-y_edge, -y, side="right") - 1, 0, len(y_edge) - 2)
    values = _shown(cube[variable.column].to_numpy()[np.ix_(down, across)], variable)
    profile = {
        "driver": "GTiff",
        "height": window.rows,
        "width": window.columns,
        "count": 1,
        "dtype": "uint8",
        "nodata": NODATA,
        "crs": "EPSG:4326",
        "transform": from_origin(window.left / PER_DEGREE, window.top / PER_DEGREE, 1 / PER_DEGREE, 1 / PER_DEGREE),
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
