"""PATCHES: polygons of event cells on and near plots, per variable and year, free of any policy."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check.areas import plot_area_ha
from eudr_check.errors import OverlayError
from eudr_check.overlay.crosstab import require_wgs84
from eudr_check.overlay.footprints import NEAR_M, shapes_of
from eudr_check.overlay.grid import Grid, Lines, grid_of
from eudr_check.overlay.outlines import outlines
from eudr_check.overlay.vicinity import within
from eudr_check.tables import FOOTPRINTS, PATCHES, typed
from eudr_check.tiles import PER_DEGREE

Positions = NDArray[np.intp]
Shapes = NDArray[np.object_]
Years = NDArray[np.int16]
SEAM_DEG = 1e-9
_NONE = typed(PATCHES, {name: [] for name in PATCHES.columns})
"""PATCHES where there are none."""
DRAWN = (FOOTPRINTS.index("polygon"), FOOTPRINTS.index("disc"))


def patches(plots: gpd.GeoDataFrame, cube: xr.Dataset, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Event cells of one tile on and within 100 m of plots, as polygons.

    Cells of one year that share an edge make one patch; cells that only touch at a corner stay two, so that every patch
    is a valid polygon bounded by cell lines. A cell of the layer's own grid counts when the plot (for a point: its
    disc) covers any of it or lies less than 100 m away, so that no patch depends on which other layers are looked at.

    Args:
        plots: PLOTS (all that come within 100 m of the tile); rows that are not `usable` are left out.
        cube: the tile; the attributes `x_lines` and `y_lines` of a variable (bool per cell line) tell its own grid,
            where they are missing every cell line is taken for one of its own.
        columns: its event variables.

    Returns:
        PATCHES, ordered by column, year and place.

    Raises:
        OverlayError: a column is not in the cube, or plots and cube do not fit.
    """
    require_wgs84(plots)
    grid = grid_of(cube)
    usable = plots[plots["usable"].to_numpy(dtype=bool)]
    position, kind, shapes = shapes_of(usable)
    drawn = np.isin(kind, DRAWN)
    names, shapes = usable.index.to_numpy()[position[drawn]], shapes[drawn]
    by_name = np.argsort(names)
    names, shapes = names[by_name], shapes[by_name]
    found = [_NONE]
    for own, layers in _by_grid(cube, columns, grid):
        events = np.flatnonzero(np.logical_or.reduce([years > 0 for years in layers.values()]))
        plot, event = within(shapes, NEAR_M, own, events)
        near = np.zeros(own.shape, dtype=bool)
        near.ravel()[events[event]] = True
        cell_ha = np.outer(own.row_area_ha, own.width)
        for column, years in layers.items():
            outline, year, region = outlines(np.where(near, years, 0), own.x.at, -own.y.at)
            patch = region.ravel()[events[event]]
            told = _names(patch[patch >= 0], plot[patch >= 0], names, len(outline))
            area = np.bincount(region[region >= 0], weights=cell_ha[region >= 0], minlength=len(outline))
            rows = {"column": column, "year": year, "geometry": outline, "area_ha": area, "plots": told}
            found.append(pd.DataFrame(rows))
    return _ordered(typed(PATCHES, pd.concat(found, ignore_index=True)))


def _by_grid(cube: xr.Dataset, columns: Sequence[str], grid: Grid) -> Iterator[tuple[Grid, dict[str, Years]]]:
    """The event variables on their own cells, those of one grid together."""
    layers: dict[tuple[bytes, bytes], dict[str, Years]] = {}
    grids = {}
    for column in columns:
        if column not in cube.data_vars:
            raise OverlayError(f"cube has no variable {column}; it carries {', '.join(map(str, cube.data_vars))}")
        x, y = (_own(cube[column], f"{axis}_lines", lines) for axis, lines in (("x", grid.x), ("y", grid.y)))
        key = x.tobytes(), y.tobytes()
        grids[key] = Grid(Lines(grid.x.at[x]), Lines(grid.y.at[y]))
        years = np.asarray(cube[column].values)[np.ix_(y[:-1], x[:-1])]
        layers.setdefault(key, {})[column] = years.astype(np.int16, copy=False)
    for key, found in layers.items():
        yield grids[key], found


def _own(variable: xr.DataArray, lines: str, every: Lines) -> NDArray[np.intp]:
    """Which cell lines along an axis are a variable's own."""
    mask = variable.attrs.get(lines)
    return np.arange(every.cells + 1) if mask is None else np.flatnonzero(mask)


def parted(found: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """PATCHES of a tile that are whole, and those that end on its edge and may go on in the next tile."""
    seam = _reach_a_seam(found.geometry.to_numpy())
    return found[~seam].reset_index(drop=True), found[seam].reset_index(drop=True)


def dissolve(pieces: Iterable[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """PATCHES of several tiles, joined across the seams between them.

    Args:
        pieces: PATCHES of tiles.

    Returns:
        PATCHES, ordered by column, year and place; a joined patch names the plots of all its pieces.
    """
    tables = [pd.DataFrame(table) for table in pieces if len(table)]
    if not tables:
        return _ordered(typed(PATCHES, _NONE))
    table = pd.concat(tables, ignore_index=True)
    seam = _reach_a_seam(table["geometry"].to_numpy())
    joined = [_joined(group) for _, group in table[seam].groupby(["column", "year"], sort=True)]
    if joined:
        # Most patches touch no seam; they are as their tile left them.
        table = pd.concat([table[~seam], _measured(pd.concat(joined, ignore_index=True))], ignore_index=True)
    return _ordered(table)


def _reach_a_seam(shapes: Shapes) -> NDArray[np.bool_]:
    """Whether the box of a patch (n,) ends on a line between tiles; only such patches can go on in the next tile."""
    tenths = shapely.bounds(shapes) * PER_DEGREE
    return np.asarray((np.abs(tenths - np.round(tenths)) < SEAM_DEG * PER_DEGREE).any(axis=1))


def _joined(group: pd.DataFrame) -> pd.DataFrame:
    """Patches of one column and year, those that share an edge made one."""
    pieces = group["geometry"].to_numpy()
    met, _ = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    # Most meet nothing but the seam; the union of those that meet others takes four times as long with them.
    alone = np.bincount(met, minlength=len(pieces)) == 1
    pieces = pieces[~alone]
    merged = shapely.normalize(shapely.get_parts(shapely.simplify(shapely.union_all(pieces), 0)))
    piece, patch = shapely.STRtree(merged).query(shapely.point_on_surface(pieces), predicate="intersects")
    near: list[set[str]] = [set() for _ in merged]
    texts = group["plots"].to_numpy(dtype=object)[~alone]
    for one, into in zip(piece.tolist(), patch.tolist(), strict=True):
        near[into].update(texts[one].split())
    plots = [" ".join(sorted(names)) for names in near]
    whole = {"column": group["column"].iloc[0], "year": group["year"].iloc[0], "geometry": merged, "plots": plots}
    joined: pd.DataFrame = pd.concat([group[alone], pd.DataFrame(whole)])
    return joined


def _names(patch: Positions, plot: Positions, names: NDArray[np.object_], count: int) -> list[str]:
    """Names of the plots that each of some patches lies on or near, from pairs of patch and plot."""
    patch, plot = np.divmod(np.unique(patch * len(names) + plot), max(len(names), 1))
    texts = names[plot].tolist()
    begin = np.searchsorted(patch, np.arange(count + 1)).tolist()
    return [" ".join(texts[i:j]) for i, j in pairwise(begin)]


def _measured(found: pd.DataFrame) -> pd.DataFrame:
    """PATCHES with their areas."""
    return typed(PATCHES, found.assign(area_ha=plot_area_ha(found["geometry"].to_numpy(dtype=object))))


def _ordered(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """PATCHES ordered by column, year and place (north to south, west to east)."""
    shapes = table["geometry"].to_numpy(dtype=object)
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    order = np.lexsort(
        (east, south, west, -north, table["year"].to_numpy(), pd.factorize(table["column"], sort=True)[0])
    )
    table = table.take(order).reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes[order], index=table.index, crs="EPSG:4326"))
