"""PATCHES: polygons of event cells on and near plots, per variable and year, free of any policy."""

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check.areas import plot_area_ha
from eudr_check.errors import OverlayError
from eudr_check.overlay.coverage import NOTHING, coverage_windows
from eudr_check.overlay.crosstab import require_wgs84
from eudr_check.overlay.footprints import NEAR_M, grown, shapes_of
from eudr_check.overlay.grid import Grid, grid_of
from eudr_check.tables import FOOTPRINTS, PATCHES, check, typed

Shapes = NDArray[np.object_]
DISC = (FOOTPRINTS.index("polygon"), FOOTPRINTS.index("disc"))


def patches(plots: gpd.GeoDataFrame, cube: xr.Dataset, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Event cells of one tile on and within 100 m of plots, as polygons.

    Cells of one year that share an edge make one patch; cells that only touch at a corner stay two, so that every patch
    is a valid polygon bounded by cell lines. A cell counts when the plot (for a point: its disc) grown by
    100 m covers any of it.

    Args:
        plots: PLOTS (all that come within 100 m of the tile); rows that are not `usable` are left out.
        cube: the tile.
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
    drawn = np.isin(kind, DISC)
    names, near = usable.index.to_numpy()[position[drawn]], grown(shapes[drawn], NEAR_M)
    covered = _covered(near, grid)
    found = []
    for column in columns:
        if column not in cube.data_vars:
            raise OverlayError(f"cube has no variable {column}; it carries {', '.join(map(str, cube.data_vars))}")
        years = np.where(covered, np.asarray(cube[column].values), 0)
        found += [(column, int(year), _outline(years == year, grid)) for year in np.unique(years[years > 0])]
    return _frame(found, near, names)


def dissolve(pieces: Iterable[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """PATCHES of a harvest: those of its tiles, joined across tile seams.

    Args:
        pieces: PATCHES of tiles.

    Returns:
        PATCHES, ordered by column, year and place; a joined patch names the plots of all its pieces.
    """
    tables = [table for table in pieces if len(table)]
    if not tables:
        return _frame([], np.empty(0, dtype=object), np.empty(0, dtype=object))
    table = pd.concat(tables, ignore_index=True)
    rows: list[dict[str, Any]] = []
    for (column, year), group in table.groupby(["column", "year"], sort=True):
        merged = _merged(group.geometry.to_numpy())
        tree = shapely.STRtree(merged)
        owner, _ = tree.query(shapely.point_on_surface(group.geometry.to_numpy()), predicate="intersects")
        _, at = tree.query(shapely.point_on_surface(group.geometry.to_numpy()), predicate="intersects")
        names: list[set[str]] = [set() for _ in merged]
        for piece, patch in zip(owner, at, strict=True):
            names[patch] |= set(group["plots"].iloc[piece].split())
        rows += [
            {"geometry": shape, "column": column, "year": year, "plots": " ".join(sorted(near))}
            for shape, near in zip(merged, names, strict=True)
        ]
    return _typed(rows)


def _covered(shapes: Shapes, grid: Grid) -> NDArray[np.bool_]:
    """Cells (ny, nx) that any of the shapes covers a part of."""
    covered = np.zeros(grid.shape, dtype=bool)
    for windows in coverage_windows(shapes, grid, np.zeros(grid.shape[0])):
        at = np.flatnonzero(windows.covered >= NOTHING)
        line = np.searchsorted(windows.begin, at, side="right") - 1
        covered[windows.row[line], windows.column[line] + at - windows.begin[line]] = True
    return covered


def _outline(cells: NDArray[np.bool_], grid: Grid) -> Shapes:
    """Polygons of the cells that hang together by an edge, with corners on cell lines."""
    flags = np.zeros((cells.shape[0], cells.shape[1] + 2), dtype=np.int8)
    flags[:, 1:-1] = cells
    turn = np.diff(flags, axis=1)
    row, begin = np.nonzero(turn == 1)
    _, end = np.nonzero(turn == -1)
    runs = shapely.box(grid.x.at[begin], -grid.y.at[row + 1], grid.x.at[end], -grid.y.at[row])
    return _merged(runs)


def _merged(shapes: Shapes) -> Shapes:
    """Union of polygons along cell lines, one polygon each, ordered by place."""
    parts = shapely.get_parts(shapely.simplify(shapely.union_all(shapes), 0))
    parts = shapely.normalize(parts)
    box = shapely.bounds(parts).reshape(-1, 4)
    ordered: Shapes = parts[np.lexsort((box[:, 2], box[:, 1], box[:, 0], -box[:, 3]))]
    return ordered


def _frame(found: list[tuple[str, int, Shapes]], near: Shapes, names: NDArray[np.object_]) -> gpd.GeoDataFrame:
    tree = shapely.STRtree(near)
    rows: list[dict[str, Any]] = []
    for column, year, shapes in found:
        patch, plot = tree.query(shapes, predicate="intersects")
        rows += [
            {
                "geometry": shape,
                "column": column,
                "year": year,
                "plots": " ".join(sorted(set(names[plot[patch == number]]))),
            }
            for number, shape in enumerate(shapes)
        ]
    return _typed(rows)


def _typed(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    shapes = np.array([row["geometry"] for row in rows], dtype=object)
    areas = plot_area_ha(shapes)
    table = typed(PATCHES, [{**row, "area_ha": area} for row, area in zip(rows, areas, strict=True)])
    return check(PATCHES, gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs="EPSG:4326")))
