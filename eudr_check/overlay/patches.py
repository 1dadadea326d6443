"""PATCHES: polygons of event cells on and near plots, per variable and year, free of any policy."""

from collections.abc import Iterator, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.combinations import by_grid, layers_of
from eudr_check.overlay.crosstab import binned, require_wgs84
from eudr_check.overlay.distance import distinct, within
from eudr_check.overlay.footprints import NEAR_M, shapes_of
from eudr_check.overlay.grid import Grid, Lines, grid_of
from eudr_check.overlay.polygonize import Outlines, outlines
from eudr_check.overlay.zone_patches import zone_patches
from eudr_check.tables import FOOTPRINTS, PATCHES, typed
from eudr_check.tiles import PER_DEGREE
from eudr_check.typing import Floats, Geometries, Positions

Years = NDArray[np.int16]
SEAM_DEG = 1e-9
STORED = pa.schema(
    {
        "geometry": pa.binary(),
        "column": pa.string(),
        "year": pa.int16(),
        "area_ha": pa.float64(),
        "plots": pa.list_(pa.string()),
    }
)
"""PATCHES in Arrow, polygons as WKB."""
DRAWN = (FOOTPRINTS.index("polygon"), FOOTPRINTS.index("disc"))


def patches(
    plots: gpd.GeoDataFrame, cube: xr.Dataset, columns: Sequence[str], zones: Sequence[gpd.GeoDataFrame] = ()
) -> tuple[pa.Table, pa.Table]:
    """Event cells of one tile on and within 100 m of plots, as polygons.

    Cells of one year that share an edge make one patch; cells that only touch at a corner stay two, so that every patch
    is a valid polygon bounded by cell lines. A cell of the layer's own grid counts when the plot (for a point: its
    disc) covers any of it or lies less than 100 m away, so that no patch depends on which other layers are looked at.

    Args:
        plots: PLOTS (all that come within 100 m of the tile); rows that are not `usable` are left out.
        cube: the tile; the attributes `x_lines` and `y_lines` of a variable (bool per cell line) tell its own grid,
            where they are missing every cell line is taken for one of its own.
        columns: its event variables.
        zones: polygon maps, see `ZoneMaps.of`; of a column they have, the patches are their polygons as drawn.

    Returns:
        PATCHES that are whole, and those that end on the edge of the tile and may go on in the next one, each as
        `STORED` and ordered by column, year and place (north to south, west to east).

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
    names, shapes = pa.array(names[by_name], pa.string()), shapes[by_name]
    patches = dict[str, tuple[pa.Table, pa.Table]]()
    of_zone = {name: zone for zone in zones for name in columns if name in zone.columns}
    for column, zone in of_zone.items():
        patches[column] = _of_zone(zone, column, names, shapes, grid)
    for own, layers in _by_grid(cube, [name for name in columns if name not in of_zone], grid):
        events = np.flatnonzero(np.logical_or.reduce([years > 0 for years in layers.values()]))
        plot, event = within(shapes, NEAR_M, own, events)
        near = np.zeros(own.shape, dtype=bool)
        near.ravel()[events[event]] = True
        for column, years in layers.items():
            found = outlines(np.where(near, years, 0), own.x.at, -own.y.at)
            patch = found.region.ravel()[events[event]]
            plot_names = _names(patch[patch >= 0], plot[patch >= 0], names, len(found))
            rows = [found.wkb(), pa.repeat(column, len(found)), found.value, _hectares(found, own), plot_names]
            patches[column] = _whole_and_seams(rows, found.value, found.bounds())
    none = STORED.empty_table()
    whole, seams = zip((none, none), *(patches[column] for column in sorted(patches)), strict=True)
    return pa.concat_tables(whole), pa.concat_tables(seams)


def _of_zone(
    zone: gpd.GeoDataFrame, column: str, names: pa.StringArray, shapes: Geometries, grid: Grid
) -> tuple[pa.Table, pa.Table]:
    """Patches of a column of a polygon map."""
    box = np.array([grid.x.at[0], -grid.y.at[-1], grid.x.at[-1], -grid.y.at[0]])
    found = zone_patches(zone, column, shapes, box, NEAR_M)
    count = len(found.shape)
    hectares, wkb = plot_area_ha(found.shape), pa.array(shapely.to_wkb(found.shape), pa.binary())
    rows = [wkb, pa.repeat(column, count), found.year, hectares, _names(found.patch, found.plot, names, count)]
    return _whole_and_seams(rows, found.year, shapely.bounds(found.shape).reshape(-1, 4))


def _whole_and_seams(rows: list[object], year: Years, bounds: Floats) -> tuple[pa.Table, pa.Table]:
    """The columns of patches as tables in their order: those that are whole, and those that end on a seam."""
    order = _order(year, bounds)
    table, ends = pa.table(rows, schema=STORED).take(order), _ends_on_seam(bounds)[order]
    return table.filter(~ends), table.filter(ends)


def _by_grid(cube: xr.Dataset, columns: Sequence[str], grid: Grid) -> Iterator[tuple[Grid, dict[str, Years]]]:
    """The event variables on their own cells, those of one grid together."""
    for column in columns:
        if column not in cube.data_vars:
            raise OverlayError(f"cube has no variable {column}; it carries {', '.join(map(str, cube.data_vars))}")
    for layers in by_grid(layers_of(cube[list(columns)])):
        first = next(iter(layers.values()))
        x, y = np.append(first.column, grid.x.cells), np.append(first.row, grid.y.cells)
        years = {name: layer.own().astype(np.int16, copy=False) for name, layer in layers.items()}
        yield Grid(Lines(grid.x.at[x]), Lines(grid.y.at[y])), years


def _names(patch: Positions, plot: Positions, names: pa.StringArray, count: int) -> pa.ListArray:
    """Names of the plots that each of some patches lies on or near, from pairs of patch and plot."""
    patch, plot = np.divmod(distinct(patch * len(names) + plot), max(len(names), 1))
    begin = np.searchsorted(patch, np.arange(count + 1))
    return pa.ListArray.from_arrays(pa.array(begin, pa.int32()), names.take(pa.array(plot)))


def _hectares(found: Outlines, grid: Grid) -> Floats:
    """Hectares of outlines: those of their cells."""
    row, column = np.nonzero(found.region >= 0)
    return binned(found.region[row, column], grid.row_area_ha[row] * grid.width[column], len(found))


def _order(year: Years, bounds: Floats) -> Positions:
    """Order of patches by year and place (north to south, west to east)."""
    west, south, east, north = bounds.T
    return np.lexsort((east, south, west, -north, year))


def _ends_on_seam(bounds: Floats) -> NDArray[np.bool_]:
    """Whether the box of a patch (n,) ends on a line between tiles; only such patches can go on in the next tile."""
    tenths = bounds * PER_DEGREE
    return np.asarray((np.abs(tenths - np.round(tenths)) < SEAM_DEG * PER_DEGREE).any(axis=1))


def dissolve(seams: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """PATCHES that end on seams between tiles, joined across them.

    Args:
        seams: such PATCHES of all tiles.

    Returns:
        PATCHES, ordered by column, year and place; a joined patch names the plots of all its pieces.
    """
    joined = [_joined(group) for _, group in pd.DataFrame(seams).groupby(["column", "year"], sort=True)]
    table = typed(PATCHES, pd.concat(joined, ignore_index=True) if joined else {name: [] for name in PATCHES.columns})
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


def _joined(group: pd.DataFrame) -> pd.DataFrame:
    """Patches of one column and year, those that share an edge made one, ordered by place."""
    pieces = group["geometry"].to_numpy()
    met, _ = shapely.STRtree(pieces).query(pieces, predicate="intersects")
    # Most meet nothing but the seam; the union of those that meet others takes four times as long with them.
    alone = np.bincount(met, minlength=len(pieces)) == 1
    pieces = pieces[~alone]
    merged = shapely.normalize(shapely.get_parts(shapely.simplify(shapely.union_all(pieces), 0)))
    piece, patch = shapely.STRtree(merged).query(shapely.point_on_surface(pieces), predicate="intersects")
    near: list[set[str]] = [set() for _ in merged]
    named = group["plots"].to_numpy(dtype=object)[~alone]
    for one, into in zip(piece.tolist(), patch.tolist(), strict=True):
        near[into].update(named[one])
    made = {"geometry": merged, "plots": list(map(sorted, near)), "area_ha": plot_area_ha(merged)}
    whole = pd.DataFrame({"column": group["column"].iloc[0], "year": group["year"].iloc[0], **made})
    joined: pd.DataFrame = pd.concat([group[alone], whole])
    bounds = shapely.bounds(joined["geometry"].to_numpy()).reshape(-1, 4)
    return joined.take(_order(joined["year"].to_numpy(), bounds))
