"""Polygon maps on the cells of a cube, for pictures: hectares never come from here."""

from collections.abc import Collection, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from affine import Affine
from numpy.typing import ArrayLike, NDArray
from rasterio.features import rasterize

from eudr_check.layers.cube import cube
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.polygons.zones import REST, zones
from eudr_check.tiles import Tile
from eudr_check.variables import UNKNOWN


def drawn(
    tile: Tile,
    window: ArrayLike,
    definitions: Sequence[LayerDefinition],
    sources: pd.DataFrame,
    store: Path,
    columns: Collection[str] | None = None,
) -> xr.Dataset:
    """The cube of a tile, with polygon maps as the values at the centres of its cells.

    Args and errors are those of `cube`.
    """
    found = cube(tile, window, definitions, sources, store, columns)
    there = [layer for layer in definitions if any(one.column in found for one in layer.variables)]
    for zone in zones(window, there, sources, store):
        for column in zone.columns.drop([REST, "geometry"]).intersection(list(map(str, found))):
            found[column].values[...] = _cells(zone, column, found)
    return found


def _cells(zone: gpd.GeoDataFrame, column: str, found: xr.Dataset) -> NDArray[np.int16]:
    """int16 (ny, nx) of a cube, the rest of the ground below all polygons."""
    x, y = found["x_edge"].to_numpy(), found["y_edge"].to_numpy()
    ordered = pd.concat([zone[zone[REST]], zone[~zone[REST]]])

    def counted(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        # In cells: their centres are then at halves, however unequal they are.
        across = np.interp(corners[:, 0], x, np.arange(len(x)))
        return np.column_stack([across, np.interp(-corners[:, 1], -y, np.arange(len(y)))])

    shapes = shapely.transform(ordered.geometry.to_numpy(), counted)
    pairs = [(shape, int(value)) for shape, value in zip(shapes, ordered[column], strict=True)]
    shape = (len(y) - 1, len(x) - 1)
    if not pairs:
        return np.full(shape, UNKNOWN, dtype=np.int16)
    cells: NDArray[np.int16] = rasterize(
        pairs, out_shape=shape, fill=UNKNOWN, transform=Affine.identity(), dtype=np.int16
    )
    return cells
