"""EVIDENCE: hectares of every footprint per combination of layer values, tile by tile and summed over tiles."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.geodesy import band_area_ha, plot_area_ha
from eudr_check.overlay.combinations import Classes, classify, layers_of, numbered
from eudr_check.overlay.coverage import NOTHING, UNIT
from eudr_check.overlay.crosstab import LEEWAY_M, Tally, binned, require_wgs84, tally
from eudr_check.overlay.footprints import grown, reach, shapes_of
from eudr_check.overlay.grid import TALLEST_ROW, Grid, grid_of
from eudr_check.overlay.zones import ZoneMaps
from eudr_check.tables import FOOTPRINTS
from eudr_check.tiles import PER_DEGREE
from eudr_check.typing import Floats, Positions
from eudr_check.variables import UNKNOWN

POLYGON, CELL = FOOTPRINTS.index("polygon"), FOOTPRINTS.index("cell")
HECTARES = ["area_ha", "area_inner_ha", "area_outer_ha"]
TOLERANCE = 1e-8
"""Relative; the overlay itself is true to about 1e-11."""
ROUNDING_HA = 4 * NOTHING / UNIT * band_area_ha(np.array([TALLEST_ROW, 0.0]))[0] / PER_DEGREE
"""Hectares (29 square centimetres) that may vanish whatever the size of a plot.

Shares below `NOTHING` of a cell are dropped. Where no layer reaches, a cell is as wide as its tile and as tall as
`TALLEST_ROW`, 620 ha at the equator, and a small plot touches at most four of them.
"""


def tabulate(
    plots: gpd.GeoDataFrame, cube: xr.Dataset, gps_error_m: float, zones: Sequence[gpd.GeoDataFrame] = ()
) -> pd.DataFrame:
    """EVIDENCE of one tile.

    Where there are polygon maps, footprints are cut along their edges, and each piece is measured on its own.

    Every footprint is tabulated as far as it lies inside the cube. Where the box around a footprint, grown by the GPS
    error, holds one combination of values only (and lies inside the cube), moving the boundary cannot change what
    the plot stands on: nothing is computed and `area_inner_ha` and `area_outer_ha` equal `area_ha`. Everywhere else
    they are the hectares of the footprint shrunk and grown by the GPS error; a combination that only the grown plot
    reaches has a row with `area_ha` 0. A point on a cell line belongs to the cell, and the tile, east or north of it.

    Args:
        plots: PLOTS (all that reach the tile); rows that are not `usable` are left out.
        cube: the tile, int16 variables named like EVIDENCE columns.
        gps_error_m: horizontal error of the boundary in metres; 0 for none.
        zones: polygon maps, see `ZoneMaps.of`; the cube has a variable of the name of each of their columns, which
            says where the column stands and nothing else.

    Returns:
        EVIDENCE, ordered by plot as given, footprint, values.

    Raises:
        OverlayError: plots and cube do not fit, see `cross_tabulate` and `footprints`.
    """
    require_wgs84(plots)
    grid, layers = grid_of(cube), layers_of(cube)
    usable = plots[plots["usable"].to_numpy(dtype=bool)]
    position, kind, shapes = shapes_of(usable)
    needed = grid.cells_in(reach(shapes, gps_error_m + LEEWAY_M))
    maps = ZoneMaps.of(zones, grid) if zones else None
    in_cells = {name: one for name, one in layers.items() if maps is None or name not in maps.columns}
    classes = classify(in_cells, grid.x.cells * grid.y.cells, needed)
    measure = tally if maps is None else maps.tally
    ground, cells = np.flatnonzero(kind != CELL), np.flatnonzero(kind == CELL)
    unsure = ground[:0]
    as_is = measure(shapes[ground], grid, classes)
    pieces = [_owned(as_is, ground), _owned(_own_cell(shapes[cells], grid, classes, maps), cells)]
    if gps_error_m > 0:
        mixed = np.bincount(as_is.geometry, minlength=len(ground)) > 1
        mixed[~mixed] = _unsure(reach(shapes[ground[~mixed]], gps_error_m), grid, classes, maps)
        unsure = ground[mixed]
        for metres in (-gps_error_m, gps_error_m):
            moved = grown(shapes[unsure], metres)
            left = ~shapely.is_empty(moved)
            pieces.append(_owned(measure(moved[left], grid, classes), unsure[left]))
    if maps is not None:
        pieces, classes = _with_maps(pieces, maps, classes, list(in_cells), list(layers))
    footprint, code, hectares = _table(pieces, classes.count)
    sure = ~np.isin(footprint, unsure)
    hectares[sure, 1:] = hectares[sure, :1]
    return pd.DataFrame(
        {
            "footprint": pd.array([FOOTPRINTS[number] for number in kind[footprint]], dtype="str"),
            **{name: values[code] for name, values in zip(layers, classes.columns, strict=True)},
            **dict(zip(HECTARES, hectares.T, strict=True)),
        },
        index=usable.index.take(position[footprint]),
    )


def combine(pieces: Sequence[pa.Table]) -> pd.DataFrame:
    """EVIDENCE of a harvest from that of its tiles.

    Args:
        pieces: EVIDENCE of tiles in tile order, as Parquet gives it, all with the same columns; sums are made in this
            order, so that no worker changes a digit.

    Returns:
        EVIDENCE, ordered by plot (as text), footprint, values.

    Raises:
        OverlayError: the tiles do not carry the same variables.
    """
    if not pieces:
        raise OverlayError("no tile has any evidence; nothing was tabulated")
    if len({tuple(table.column_names) for table in pieces}) > 1:
        raise OverlayError(
            "tiles carry different variables: " + " / ".join(sorted({", ".join(one.column_names) for one in pieces}))
        )
    # In Arrow until the rows are chosen: a nation has two million, and pandas copies them at every step.
    table = pa.concat_tables(pieces).combine_chunks()
    position, plots = _ranks(table["plot"])
    tile = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    divided = _in_several(position, tile, plots)[position]
    whole, parts = np.flatnonzero(~divided), np.flatnonzero(divided)
    first, sums = _summed(table.take(parts).to_pandas(), position[parts])
    rows = np.concatenate([whole, parts[first]])
    order = np.argsort(position[rows], kind="stable")
    found: pd.DataFrame = table.take(rows[order]).to_pandas()
    for name in HECTARES:
        found[name] = np.concatenate([table[name].to_numpy()[whole], sums[name]])[order]
    return found


def _ranks(texts: pa.ChunkedArray) -> tuple[Positions, int]:
    """Place of every text (n,) among the different ones in their order, and how many these are."""
    coded = texts.combine_chunks().dictionary_encode()
    rank = np.empty(len(coded.dictionary), dtype=np.intp)
    rank[pc.array_sort_indices(coded.dictionary)] = np.arange(len(rank))
    return rank[coded.indices], len(rank)


def _in_several(plot: Positions, tile: Positions, plots: int) -> NDArray[np.bool_]:
    """Which plots, bool (plots,), have rows in more than one tile; each tile holds the rows of a plot together."""
    starts = np.append(True, (plot[1:] != plot[:-1]) | (tile[1:] != tile[:-1]))
    return np.bincount(plot[starts], minlength=plots) > 1


def _summed(table: pd.DataFrame, plot: Positions) -> tuple[Positions, dict[str, Floats]]:
    """Rows of equal plot, footprint and values as one, ordered by these: the first of each, and the sums of hectares.

    Hectares are added in row order.
    """
    footprint = pd.Categorical(table["footprint"], FOOTPRINTS).codes
    values = [table[name].to_numpy() for name in table.columns if name not in {"footprint", *HECTARES}]
    classes = numbered([plot, footprint, *values], len(table))
    first = np.full(classes.count, len(table), dtype=np.intp)
    np.minimum.at(first, classes.code, np.arange(len(table)))
    return first, {name: binned(classes.code, table[name].to_numpy(), classes.count) for name in HECTARES}


class Shortfall(NamedTuple):
    """A footprint whose evidence does not add up to its area."""

    plot: str
    footprint: str
    found_ha: float
    expected_ha: float


def conserve(plots: gpd.GeoDataFrame, evidence: pd.DataFrame) -> tuple[pd.DataFrame, list[Shortfall]]:
    """Set aside every plot of which area was lost or invented: nothing of it counts as read.

    One plot that cannot be measured, or whose tile is missing or was counted twice, must not keep the others from
    what they are owed; and what is not known to be its ground must not help it.

    Args:
        plots: PLOTS.
        evidence: EVIDENCE of all their tiles, combined.

    Returns:
        EVIDENCE, in which each footprint of a plot that was set aside is one row of unknown, and the shortfalls in
        the order of PLOTS. Rows add up where they differ from the area by less than 1e-8 of it and `ROUNDING_HA`.

    Raises:
        OverlayError: evidence for a plot, or a footprint of one, that is none of these plots': the tables belong to
            different runs.
    """
    usable = plots[plots["usable"].to_numpy(dtype=bool)]
    due, expected = _footprint_areas(usable)
    position = usable.index.get_indexer(evidence.index)
    kind = pd.Categorical(evidence["footprint"], FOOTPRINTS).codes
    stranger = (position < 0) | ~due[position, kind]
    if stranger.any():
        row = int(np.flatnonzero(stranger)[0])
        plot, footprint = evidence.index[row], evidence["footprint"].iat[row]
        raise OverlayError(f"plot {plot}: evidence for a {footprint} that is no footprint of a usable plot")
    key = position * len(FOOTPRINTS) + kind
    found = np.bincount(key, minlength=due.size).reshape(due.shape) > 0
    summed = binned(key, evidence["area_ha"].to_numpy(), due.size).reshape(due.shape)
    measured = due & (np.arange(len(FOOTPRINTS)) != CELL)
    amiss = measured & ~(np.abs(summed - expected) <= TOLERANCE * expected + ROUNDING_HA)
    wrong = np.argwhere((due & ~found) | amiss)
    if not len(wrong):
        return evidence, []
    shortfalls = [
        Shortfall(str(usable.index[plot]), FOOTPRINTS[foot], float(summed[plot, foot]), float(expected[plot, foot]))
        for plot, foot in wrong
    ]
    aside = np.zeros(len(usable), dtype=bool)
    aside[wrong[:, 0]] = True
    expected[:, CELL] = summed[:, CELL]
    unread = _all_unknown(usable.index, due & aside[:, None], expected, evidence)
    joined = pd.concat([evidence[~aside[position]], unread])
    return joined.iloc[np.argsort(joined.index.to_numpy(dtype=object), kind="stable")], shortfalls


def _all_unknown(index: pd.Index, footprints: NDArray[np.bool_], area_ha: Floats, like: pd.DataFrame) -> pd.DataFrame:
    """EVIDENCE with one row per footprint (n, 4) in which every layer is unknown."""
    plot, kind = np.nonzero(footprints)
    layers = [name for name in like.columns if name not in {"footprint", *HECTARES}]
    columns = {
        "footprint": pd.array([FOOTPRINTS[number] for number in kind], dtype="str"),
        **{name: np.full(len(plot), UNKNOWN, dtype=np.int16) for name in layers},
        **dict.fromkeys(HECTARES, area_ha[plot, kind]),
    }
    return pd.DataFrame(columns, index=index.take(plot))[list(like.columns)]


def _footprint_areas(plots: gpd.GeoDataFrame) -> tuple[NDArray[np.bool_], Floats]:
    """Which footprints usable plots have, bool (n, 4) as in `FOOTPRINTS`, and their hectares; 0 for cells."""
    point = shapely.get_type_id(plots.geometry.to_numpy()) == shapely.GeometryType.POINT
    due = np.repeat(point[:, None], len(FOOTPRINTS), axis=1)
    due[:, POLYGON] = ~point
    area = np.zeros(due.shape)
    area[~point, POLYGON] = plots["area_ha"].to_numpy()[~point]
    position, kind, shapes = shapes_of(plots[point])
    disc = kind != CELL
    area[np.flatnonzero(point)[position[disc]], kind[disc]] = plot_area_ha(shapes[disc])
    return due, area


def _with_maps(
    pieces: list[Tally], maps: ZoneMaps, cells: Classes, in_cells: list[str], columns: list[str]
) -> tuple[list[Tally], Classes]:
    """The same rows, numbered by the combinations of maps and cells (`in_cells`) in the order of all columns."""
    values = dict(zip(in_cells, cells.columns, strict=True))
    codes, classes = maps.classes(np.concatenate([piece.code for piece in pieces]), cells.count, values, columns)
    ends = np.cumsum([len(piece.code) for piece in pieces])[:-1]
    return [replace(piece, code=code) for piece, code in zip(pieces, np.split(codes, ends), strict=True)], classes


def _owned(found: Tally, footprint: Positions) -> Tally:
    """The same rows, numbered by footprint."""
    return Tally(footprint[found.geometry], found.code, found.area_ha)


def _table(pieces: list[Tally], count: int) -> tuple[Positions, Positions, Floats]:
    """One row per footprint and combination (of `count`); hectares (rows, 3) as in `HECTARES`.

    Args:
        pieces: ground as it is, own cells, and where there are unsure footprints: shrunk, grown.
    """
    every = np.concatenate([piece.geometry * count + piece.code for piece in pieces])
    keys, row = np.unique(every, return_inverse=True)
    hectares = np.zeros((len(keys), len(HECTARES)))
    target = np.repeat([0, 0, 1, 2][: len(pieces)], [len(piece.geometry) for piece in pieces])
    hectares[row, target] = np.concatenate([piece.area_ha for piece in pieces])
    return *np.divmod(keys, count), hectares


def _unsure(box: Floats, grid: Grid, classes: Classes, maps: ZoneMaps | None) -> NDArray[np.bool_]:
    """Boxes (n, 4) in degrees that hold more than one combination, or reach out of the cube."""
    if maps is not None:
        alike = ~maps.differ(box)
        unsure = ~alike
        unsure[alike] = _unsure(box[alike], grid, classes, None)
        return unsure
    west, east = (grid.x.cell_of(box[:, side] - grid.x.at[0]) for side in (0, 2))
    north, south = (grid.y.cell_of(-box[:, side] - grid.y.at[0]) for side in (3, 1))
    rows, columns = grid.shape
    out = (west < 0) | (east >= columns) | (north < 0) | (south >= rows)
    west, east = np.clip(west, 0, columns - 1), np.clip(east, 0, columns - 1)
    north, south = np.clip(north, 0, rows - 1), np.clip(south, 0, rows - 1)
    if not len(box):
        return out
    code = classes.code.reshape(grid.shape)
    changes = _inside(_count_before(code[:, 1:] != code[:, :-1]), north, south + 1, west, east)
    changes += _inside(_count_before(code[1:] != code[:-1]), north, south, west, east + 1)
    return np.asarray(out | (changes > 0))


def _count_before(flags: NDArray[np.bool_]) -> NDArray[np.int32]:
    """int32 (rows + 1, columns + 1), number of true cells north and west of each corner."""
    count = np.zeros((flags.shape[0] + 1, flags.shape[1] + 1), dtype=np.int32)
    count[1:, 1:] = flags
    np.cumsum(count, axis=1, out=count)
    # Row by row is twice as fast here as a running sum down the columns.
    for row in range(1, len(count)):
        count[row] += count[row - 1]
    return count


def _inside(
    count: NDArray[np.int32], top: Positions, bottom: Positions, left: Positions, right: Positions
) -> NDArray[np.int32]:
    inside: NDArray[np.int32] = count[bottom, right] - count[top, right] - count[bottom, left] + count[top, left]
    return inside


def _own_cell(points: NDArray[np.object_], grid: Grid, classes: Classes, maps: ZoneMaps | None) -> Tally:
    """The cell each point lies in, for the points inside the cube; cut along the edges of polygon maps."""
    # A point on a line belongs east and north of it, as a tile's own edge does; rows run southwards, hence the mirror.
    column = grid.x.cell_of(shapely.get_x(points) - grid.x.at[0])
    row = grid.y.cells - np.searchsorted(-grid.y.at[::-1], shapely.get_y(points), side="right")
    inside = (column >= 0) & (column < grid.x.cells) & (row >= 0) & (row < grid.y.cells)
    column, row = column[inside], row[inside]
    if maps is not None:
        west, south, east, north = grid.x.at[column], -grid.y.at[row + 1], grid.x.at[column + 1], -grid.y.at[row]
        boxes = np.atleast_1d(np.asarray(shapely.box(west, south, east, north), dtype=object))
        return _owned(maps.tally(boxes, grid, classes), np.flatnonzero(inside))
    area = grid.row_area_ha[row] * grid.width[column]
    return Tally(np.flatnonzero(inside), classes.of(row * grid.x.cells + column).astype(np.intp), area)
