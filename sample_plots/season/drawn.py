"""Small harvests drawn by hand: plots are boxes of Landsat cells, and every map holds what its box says.

A drawing counts cells of 1/4000 degree (Hansen's) east and south of its corner, so that hectares can be worked out on
paper. JRC's maps have nine cells in each; TMF has a grid of its own, and shows a box by the centres of its cells.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine

from eudr_check.config import LayerChoice
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import definition
from season import rasters

Box = tuple[float, float, float, float]
"""West, north, east, south in Landsat cells from the corner of the drawing."""
LANDSAT, FINE = 1 / 4000, 1 / 12000


class Grid(NamedTuple):
    """Cells of one file, as longitudes and latitudes of their edges."""

    left: float
    top: float
    cell: float
    shape: tuple[int, int]

    @property
    def transform(self) -> Affine:
        """As rasterio takes it."""
        return Affine(self.cell, 0.0, self.left, 0.0, -self.cell, self.top)


class Drawing(NamedTuple):
    """A stretch of land: a corner (degrees, whole Landsat cells) and its width and height in Landsat cells."""

    west: int
    """Landsat cells east of Greenwich."""
    north: int
    """Landsat cells north of the equator."""
    width: int
    height: int

    def landsat(self) -> Grid:
        """Hansen's cells."""
        return Grid(self.west / 4000, self.north / 4000, LANDSAT, (self.height, self.width))

    def fine(self) -> Grid:
        """Cells of JRC GFC2020 and GFT2020."""
        return Grid(self.west / 4000, self.north / 4000, FINE, (3 * self.height, 3 * self.width))

    def tropical(self) -> Grid:
        """Cells of TMF that cover the drawing."""
        left = math.floor((self.west / 4000 - rasters.TMF_LEFT) / rasters.TMF_CELL)
        top = math.floor((rasters.TMF_TOP - self.north / 4000) / rasters.TMF_CELL)
        shape = tuple(math.ceil(cells * LANDSAT / rasters.TMF_CELL) + 2 for cells in (self.height, self.width))
        corner = (rasters.TMF_LEFT + left * rasters.TMF_CELL, rasters.TMF_TOP - top * rasters.TMF_CELL)
        return Grid(*corner, rasters.TMF_CELL, (shape[0], shape[1]))

    def painted(self, grid: Grid, background: int, boxes: Mapping[Box, int], dtype: str = "uint8") -> NDArray[Any]:
        """Values of a grid: the background, and on the boxes (later ones over earlier ones) theirs."""
        values = np.full(grid.shape, background, dtype=dtype)
        u = ((grid.left + (np.arange(grid.shape[1]) + 0.5) * grid.cell) * 4000) - self.west
        v = self.north - (grid.top - (np.arange(grid.shape[0]) + 0.5) * grid.cell) * 4000
        for (west, north, east, south), value in boxes.items():
            values[np.ix_((v > north) & (v < south), (u > west) & (u < east))] = value
        return values

    def outline(self, box: Box) -> shapely.Polygon:
        """A plot just within a box, two of its corners cut: degrees (EPSG:4326), seven decimals, counter-clockwise.

        Vertices lie off the lattice by a tenth to a third of a cell, as walked ones do; a box of `n` cells loses four
        cells with the corners, and a seventh of a cell along its edges.
        """
        west, north, east, south = box
        inwards = np.array([(1, 1), (1, -3), (3, -1), (-1, -1), (-1, 3), (-3, 1)]) * (0.1237, 0.1671)
        corners = [(west, north), (west, south), (west, south), (east, south), (east, north), (east, north)]
        cut = np.array([(0, 0), (0, -2), (2, 0), (0, 0), (0, 2), (-2, 0)])
        cells = np.array(corners) + cut + inwards
        degrees = (np.array([self.west, self.north]) + cells * (1, -1)) / 4000
        return shapely.Polygon(degrees.round(7))

    def place(self, u: float, v: float) -> shapely.Point:
        """A point of the drawing in degrees (EPSG:4326, seven decimals)."""
        return shapely.Point(round((self.west + u) / 4000, 7), round((self.north - v) / 4000, 7))


class Map(NamedTuple):
    """One file of a layer."""

    layer: str
    """Id, or path of a definition."""
    name: str
    grid: Grid
    values: NDArray[Any]
    nodata: int | None = None


def write_maps(folder: Path, maps: list[Map]) -> None:
    """Write the files below `folder/rasters` and register them in the STAC folder `folder/catalogue`."""
    files: dict[str, list[Path]] = {}
    for one in maps:
        path = folder / "rasters" / Path(one.layer).stem.partition("@")[0] / f"{one.name}.tif"
        rasters.write_file(path, rasters.Raster(one.layer, one.name, one.values, one.grid.transform, one.nodata))
        files.setdefault(one.layer, []).append(path)
    for layer, paths in sorted(files.items()):
        key = "definition" if layer.endswith(".yaml") else "id"
        chosen = definition(LayerChoice.model_validate({key: layer, "from": "local"}))
        local.add(folder / "catalogue", paths, chosen)
