"""Cubes of a few cells and PLOTS of a few rows."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rioxarray  # noqa: F401
import xarray as xr

from eudr_check.geodesy import plot_area_ha
from eudr_check.tables import PLOTS, typed

CELL = 0.001


@pytest.fixture
def make_cube():
    """Cube of square cells of 0.001 degree, or with given lines; north-west corner at (0, 0.003) as 3 x 3 cells."""

    def make(west=0.0, north=0.003, crs="EPSG:4326", x_edge=None, y_edge=None, **layers):
        rows, columns = np.shape(next(iter(layers.values())))
        x = west + CELL * np.arange(columns + 1) if x_edge is None else np.array(x_edge, float)
        y = north - CELL * np.arange(rows + 1) if y_edge is None else np.array(y_edge, float)
        cube = xr.Dataset(
            {name.replace("__", "."): (("y", "x"), np.array(values, np.int16)) for name, values in layers.items()},
            coords={"y": (y[1:] + y[:-1]) / 2, "x": (x[1:] + x[:-1]) / 2, "y_edge": y, "x_edge": x},
        )
        return cube if crs is None else cube.rio.write_crs(crs)

    return make


@pytest.fixture
def make_plots():
    """PLOTS from geometries by name; every plot is usable and declares no area unless said otherwise."""

    def make(geometries, declared=None, unusable=()):
        rows = pd.DataFrame(
            {
                "plot": list(geometries),
                "plot_id": list(geometries),
                "cooperative": "coop",
                "source_file": "plots.geojson",
                "source_row": 1,
                "commodity": "coffee",
                "area_ha": plot_area_ha(list(geometries.values())),
                "declared_area_ha": [(declared or {}).get(name, np.nan) for name in geometries],
                "usable": [name not in unusable for name in geometries],
            }
        )
        table = typed(PLOTS, rows).drop(columns="geometry")
        return gpd.GeoDataFrame(table, geometry=list(geometries.values()), crs="EPSG:4326")

    return make
