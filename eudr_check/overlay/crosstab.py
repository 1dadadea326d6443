"""Hectares of every plot per combination of layer values."""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.overlay.combinations import Classes, classify, layers_of, ranked
from eudr_check.overlay.coverage import NOTHING, UNIT, Windows, coverage_windows
from eudr_check.overlay.footprints import reach
from eudr_check.overlay.grid import TALLEST_ROW, Grid, grid_of
from eudr_check.overlay.rings import refuse_unfit
from eudr_check.typing import Floats, Positions

LEEWAY_M = 1.0
"""Metres around boxes of plots: rounding must not lead to a cell that was not looked at."""
BINS_PER_CELL = 4
"""Where plots times combinations would be many times the cells at hand, rows are sorted instead of counted."""


def cross_tabulate(plots: gpd.GeoDataFrame, cube: xr.Dataset) -> pd.DataFrame:
    """Hectares of every plot per combination of the cube's values.

    Only the part of a plot inside the cube counts, so the rows of neighbouring tiles add up.

    Args:
        plots: polygons and multipolygons in EPSG:4326; any index.
        cube: dimensions (y, x), y descending, cell centres in degrees, CRS EPSG:4326 by rioxarray; any number of
            integer variables of any name. Unequal cells need their lines in the coordinates `x_edge` and `y_edge`.

    Returns:
        One row per plot and combination that occurs in it: the index of `plots`, a column per variable in its dtype
        and `area_ha` (float64, WGS84 ellipsoid). Ordered by plot as given, then by value.

    Raises:
        OverlayError: a plot without measurable polygon (named), a cube without CRS or in another one, with axes that
            run the wrong way or values that are no integers.

    A plot in the middle of 2 x 2 cells, three of them forest and one of these lost in 2021, covers a quarter of each:

    >>> import rioxarray, shapely
    >>> cube = xr.Dataset(
    ...     {"forest": (("y", "x"), [[1, 1], [1, 0]]), "loss_year": (("y", "x"), [[0, 2021], [0, 0]])},
    ...     coords={"y": [0.0015, 0.0005], "x": [0.0005, 0.0015]},
    ... ).rio.write_crs("EPSG:4326")
    >>> square = shapely.box(0.0005, 0.0005, 0.0015, 0.0015)
    >>> plots = gpd.GeoDataFrame(geometry=[square], index=pd.Index(["rosa"], name="plot"), crs="EPSG:4326")
    >>> cross_tabulate(plots, cube).round(4).reset_index()
       plot  forest  loss_year  area_ha
    0  rosa       0          0   0.3077
    1  rosa       1          0   0.6155
    2  rosa       1       2021   0.3077
    """
    require_wgs84(plots)
    geometries = plots.geometry.to_numpy()
    refuse_unfit(geometries, plots.index.to_numpy())
    layers = layers_of(cube)
    grid = grid_of(cube)
    needed = grid.cells_in(reach(geometries, LEEWAY_M))
    classes = classify(layers, grid.x.cells * grid.y.cells, needed)
    found = tally(geometries, grid, classes)
    columns = {name: values[found.code] for name, values in zip(layers, classes.columns, strict=True)}
    return pd.DataFrame({**columns, "area_ha": found.area_ha}, index=plots.index.take(found.geometry))


def require_wgs84(plots: gpd.GeoDataFrame) -> None:
    """Stop where plots are not in EPSG:4326.

    Raises:
        OverlayError: says which CRS they are in.
    """
    if plots.crs is None or (plots.crs.to_epsg() != 4326 and plots.crs.to_string() != "OGC:CRS84"):
        raise OverlayError(f"plots are in {plots.crs or 'no CRS'}; the overlay takes EPSG:4326: use to_crs first")


@dataclass(frozen=True)
class Tally:
    """Hectares of geometries per combination of layer values; ordered by geometry, then by combination."""

    geometry: Positions
    """intp (rows,) position of the geometry."""
    code: NDArray[np.integer]
    """integers (rows,) number of the combination in `Classes`."""
    area_ha: Floats
    """float64 (rows,) hectares, above 0."""


def tally(geometries: NDArray[np.object_], grid: Grid, classes: Classes) -> Tally:
    """Hectares of geometries per combination of layer values.

    Args:
        geometries: object (n,) polygons that passed `refuse_unfit`.
        grid: cells.
        classes: what they hold.
    """
    if np.diff(grid.y.at).max() > TALLEST_ROW:
        columns = grid.x.cells
        grid, row = grid.with_low_rows()
        classes = classes.rows(row, columns)
    pieces = [_tally(windows, grid, classes) for windows in coverage_windows(geometries, grid, grid.row_skew)]
    pieces = [piece for piece in pieces if len(piece.geometry)]
    if not pieces:
        return Tally(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))
    found = Tally(
        np.concatenate([piece.geometry for piece in pieces]),
        np.concatenate([piece.code for piece in pieces]),
        np.concatenate([piece.area_ha for piece in pieces]),
    )
    if any(one.geometry[-1] == other.geometry[0] for one, other in pairwise(pieces)):
        found = summed(found, classes.count)
    kept = found.area_ha > grid.row_area_ha.min() * grid.width.min() * NOTHING / UNIT
    return Tally(found.geometry[kept], found.code[kept], found.area_ha[kept])


def summed(found: Tally, count: int) -> Tally:
    """One row per geometry and combination (of `count`), in order, from rows that repeat them."""
    keys, row = np.unique(found.geometry * count + found.code, return_inverse=True)
    return Tally(*np.divmod(keys, count), binned(row, found.area_ha, len(keys)))


def binned(key: NDArray[np.integer], area: Floats, bins: int) -> Floats:
    """Sum per key, added in the order given; float64 (bins,)."""
    total = np.zeros(bins)
    total += np.bincount(key, weights=area, minlength=bins)
    return total


def _tally(windows: Windows, grid: Grid, classes: Classes) -> Tally:
    """Hectares per geometry and combination in some windows."""
    at, cells = windows.cells()
    column = at + np.repeat(windows.column - windows.begin, cells)
    place = column + np.repeat(windows.row * grid.x.cells, cells)
    area = windows.covered[at] * grid.width[column]
    area *= np.repeat(grid.row_area_ha[windows.row] / UNIT, cells)
    rank, occurring = ranked(classes.of(place), classes.count)
    count = len(occurring)
    first = int(windows.geometry[0])
    bins = (int(windows.geometry[-1]) - first + 1) * count
    if bins <= BINS_PER_CELL * len(at):
        key = np.repeat((windows.geometry - first) * count, cells)
        key += rank
        total = binned(key, area, bins)
        found = np.flatnonzero(total)
        return Tally(found // count + first, occurring[found % count], total[found])
    geometry = np.repeat(windows.geometry, cells)
    return summed(Tally(geometry, occurring.take(rank), area), classes.count)
