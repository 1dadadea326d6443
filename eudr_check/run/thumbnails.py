"""Small pictures of the ground of the plots that matter, read again from the layers of their tiles."""

from collections.abc import Mapping, Sequence
from itertools import islice

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check import layers
from eudr_check.geodesy import METRES_PER_DEGREE, discs, point_area_ha
from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.layers import LayerDefinition, Supply
from eudr_check.package.report.thumbnail import UNKNOWN as BLANK
from eudr_check.package.report.thumbnail import Picture
from eudr_check.tiles import Tile, tiles_of
from eudr_check.variables import UNKNOWN

LIMIT = 400
"""Plots that get a picture, the weightiest first; the page of a season stays small enough to send."""
MARGIN_M = 60.0
FINEST_DEG = 1 / 12000
WIDEST_CELLS = 96


def pictures(
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    definitions: Sequence[LayerDefinition],
    baseline: str | None,
    supply: Supply,
) -> dict[str, Picture]:
    """Forest in 2020 and year of loss around every usable plot that is not low (the weightiest `LIMIT` of them).

    Args:
        plots: PLOTS. assessments: ASSESSMENTS. sources: SOURCES.
        definitions: layers of the harvest.
        baseline: EVIDENCE column of forest in 2020; None leaves forest blank.
        supply: content store the layers are read from, and what fills it.
    """
    return around(_that_matter(plots, assessments), sources, definitions, baseline, supply)


def around(
    wanted: gpd.GeoDataFrame,
    sources: pd.DataFrame,
    definitions: Sequence[LayerDefinition],
    baseline: str | None,
    supply: Supply,
) -> dict[str, Picture]:
    """The same for plots of one's choice (rows of PLOTS with a geometry)."""
    windows = {str(plot): _window(bounds) for plot, bounds in zip(wanted.index, extents(wanted), strict=True)}
    canvas = {plot: np.full((2, len(y), len(x)), BLANK, np.uint8) for plot, (x, y) in windows.items()}
    names = list(windows)
    events = [item.column for layer in definitions for item in layer.variables if item.role == "event"]
    shown = [name for name in (baseline, *events) if name is not None]
    drawn = [one for one in definitions if any(item.column in shown for item in one.variables)]
    boxes = np.array([[x[0], y[-1], x[-1], y[0]] for x, y in windows.values()]).reshape(-1, 4)
    for tile, members in tiles_of(boxes).items():
        read = sources[(sources["tile"] == tile.name) & sources["layer"].isin([one.id for one in drawn])]
        ground = inside(tile, boxes[members])
        supply.bring(ground, drawn, read)
        cube = layers.drawn(tile, ground, drawn, read, supply.store, shown)
        for position in members:
            plot = names[position]
            _draw(canvas[plot], cube, *windows[plot], baseline, events)
    return {plot: _picture(canvas[plot], *windows[plot]) for plot in names}


def extents(plots: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Boxes (n, 4) in degrees around plots; around a point, its whole disc: half of one would look like all of it."""
    shapes = plots.geometry.to_numpy().copy()
    points = shapely.get_dimensions(shapes) == 0
    shapes[points] = discs(shapes[points], point_area_ha(plots["declared_area_ha"].to_numpy(np.float64)[points]))
    found: NDArray[np.float64] = shapely.bounds(shapes).reshape(-1, 4)
    return found


def baseline_of(definitions: Sequence[LayerDefinition]) -> str | None:
    """The column that says forest in 2020: of the first layer that does."""
    columns = (item.column for layer in definitions for item in layer.variables if item.role == "forest_2020")
    return next(columns, None)


def _that_matter(plots: gpd.GeoDataFrame, assessments: pd.DataFrame) -> gpd.GeoDataFrame:
    weight = {"high": 0, "more_info_needed": 1, "undetermined": 2}
    open_ones = assessments[assessments["outcome"] != "low"]
    ordered = open_ones.assign(weight=open_ones["outcome"].map(weight)).sort_values(
        ["weight", "deforestation_ha"], ascending=[True, False], kind="stable"
    )
    usable = frozenset(plots.index[plots["usable"]].tolist())
    return plots.loc[list(islice((plot for plot in ordered.index.tolist() if plot in usable), LIMIT))]


def _window(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes (ascending) and latitudes (descending) of the cell centres of a picture."""
    west, south, east, north = bounds
    dy = MARGIN_M / METRES_PER_DEGREE
    dx = dy / np.cos(np.radians(min(abs((south + north) / 2), 89.0)))
    step = max(FINEST_DEG, max(east - west + 2 * dx, north - south + 2 * dy) / WIDEST_CELLS)
    columns, rows = (int(np.ceil(length / step)) for length in (east - west + 2 * dx, north - south + 2 * dy))
    x = (west + east) / 2 + (np.arange(columns) - (columns - 1) / 2) * step
    y = (south + north) / 2 - (np.arange(rows) - (rows - 1) / 2) * step
    return x, y


def inside(tile: Tile, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes (n, 4) in degrees as far as they lie in a tile."""
    west, south, east, north = tile.bounds
    return np.clip(boxes, [west, south, west, south], [east, north, east, north])


def _draw(
    canvas: NDArray[np.uint8],
    cube: xr.Dataset,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    baseline: str | None,
    events: Sequence[str],
) -> None:
    """Fill the part of a picture that lies in the cube."""
    x_edge, y_edge = cube["x_edge"].to_numpy(), -cube["y_edge"].to_numpy()
    columns = np.flatnonzero((x >= x_edge[0]) & (x < x_edge[-1]))
    rows = np.flatnonzero((-y >= y_edge[0]) & (-y < y_edge[-1]))
    if not len(columns) or not len(rows):
        return
    cell = np.ix_(
        np.searchsorted(y_edge, -y[rows], side="right") - 1, np.searchsorted(x_edge, x[columns], side="right") - 1
    )
    values: Mapping[str, NDArray[np.int16]] = {
        name: cube[name].to_numpy()[cell] for name in [baseline, *events] if name is not None and name in cube
    }
    place = np.ix_(rows, columns)
    if baseline is not None and baseline in values:
        canvas[0][place] = np.where(values[baseline] == UNKNOWN, BLANK, values[baseline])
    canvas[1][place] = _loss([values[name] for name in events if name in values], canvas[1][place].shape)


def _loss(years: Sequence[NDArray[np.int16]], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Year less 2000 of the first event after the cut-off, else of the last one before; 255 where none is known."""
    if not years:
        return np.full(shape, BLANK, np.uint8)
    stack = np.stack(years)
    after = np.where(stack > CUTOFF_YEAR, stack, np.int16(9999)).min(axis=0)
    before = np.where(stack <= CUTOFF_YEAR, stack, np.int16(0)).max(axis=0)
    year = np.where(after < 9999, after, np.maximum(before, 0))
    loss = np.where(year > 0, year - 2000, 0)
    return np.where((stack == UNKNOWN).all(axis=0), BLANK, np.clip(loss, 0, 99)).astype(np.uint8)


def _picture(canvas: NDArray[np.uint8], x: NDArray[np.float64], y: NDArray[np.float64]) -> Picture:
    half = (x[1] - x[0]) / 2 if len(x) > 1 else FINEST_DEG / 2
    bounds = (float(x[0] - half), float(y[-1] - half), float(x[-1] + half), float(y[0] + half))
    return Picture(bounds, canvas[0], canvas[1])
