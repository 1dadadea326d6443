"""Hectares of every plot per combination of layer values."""

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.overlay.classes import Classes, classes_of
from eudr_check.overlay.coverage import NOTHING, UNIT, Windows, coverage_windows
from eudr_check.overlay.grid import Grid, grid_of
from eudr_check.overlay.rings import refuse_unfit

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


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
    >>> cross_tabulate(plots, cube).round(4)
          forest  loss_year  area_ha
    plot
    rosa       0          0   0.3077
    rosa       1          0   0.6155
    rosa       1       2021   0.3077
    """
    require_wgs84(plots)
    geometries = plots.geometry.to_numpy()
    refuse_unfit(geometries, plots.index.to_numpy())
    grid, classes = grid_of(cube), classes_of(cube)
    geometry, combination, area = area_by_class(geometries, grid, classes)
    columns = {name: values[combination] for name, values in classes.values.items()}
    return pd.DataFrame({**columns, "area_ha": area}, index=plots.index.take(geometry))


def require_wgs84(plots: gpd.GeoDataFrame) -> None:
    """Stop where plots are not in EPSG:4326.

    Raises:
        OverlayError: says which CRS they are in.
    """
    if plots.crs is None or (plots.crs.to_epsg() != 4326 and plots.crs.to_string() != "OGC:CRS84"):
        raise OverlayError(f"plots are in {plots.crs or 'no CRS'}; the overlay takes EPSG:4326: use to_crs first")


def area_by_class(geometries: NDArray[np.object_], grid: Grid, classes: Classes) -> tuple[Positions, Positions, Floats]:
    """Hectares per geometry and combination.

    Args:
        geometries: object (n,) polygons that passed `refuse_unfit`.
        grid: cells.
        classes: combination of every cell.

    Returns:
        Positions of geometry and combination (intp) and hectares (float64, > 0), ordered by geometry, combination.
    """
    keys, areas = [np.empty(0, dtype=np.intp)], [np.empty(0)]
    for windows in coverage_windows(geometries, grid, grid.row_skew):
        key, area = _tally(windows, grid, classes)
        keys.append(key)
        areas.append(area)
    key, area = _summed(np.concatenate(keys), np.concatenate(areas))
    smallest = grid.row_area_ha.min() * np.diff(grid.x.at).min()
    kept = area > smallest * NOTHING / UNIT
    return key[kept] // classes.count, key[kept] % classes.count, area[kept]


def _tally(windows: Windows, grid: Grid, classes: Classes) -> tuple[Positions, Floats]:
    """Hectares per geometry and combination in some windows; key = geometry * combinations + combination."""
    line = np.repeat(np.arange(len(windows.begin)), windows.length)
    at = np.arange(1, len(line) + 1)
    column = windows.column[line] + at - windows.begin[line]
    place = windows.row[line] * grid.x.cells + column
    width = np.append(np.diff(grid.x.at), 0)[column]
    area = windows.covered[1:-1] * width * (grid.row_area_ha[windows.row] / UNIT)[line]
    combination = classes.code.ravel().take(place, mode="clip")
    base = int(windows.geometry[0]) * classes.count
    key = windows.geometry[line] * classes.count - base + combination
    bins = (int(windows.geometry[-1]) + 1) * classes.count - base
    if bins > 4 * len(key):
        found, key = np.unique(key, return_inverse=True)
        return found + base, _binned(key, area, len(found))
    total = _binned(key, area, bins)
    found = np.flatnonzero(total)
    return found + base, total[found]


def _summed(key: Positions, area: Floats) -> tuple[Positions, Floats]:
    """Sums per key, ascending: windows of one geometry may lie in several chunks."""
    if (np.diff(key) > 0).all():
        return key, area
    order = np.argsort(key, kind="stable")
    key, area = key[order], area[order]
    first = np.flatnonzero(np.append(True, np.diff(key) > 0))
    return key[first], np.add.reduceat(area, first)


def _binned(key: Positions, area: Floats, bins: int) -> Floats:
    """Sum per key, added in the order given."""
    total = np.zeros(bins)
    total += np.bincount(key, weights=area, minlength=bins)
    return total
