"""The cube of a tile: every variable of every layer on the tile's common refinement. Local reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from rasterio.crs import CRS

from eudr_check.errors import LayersError
from eudr_check.layers.definition import LayerDefinition, VariableDefinition
from eudr_check.layers.definition_rules import LONGITUDE_LATITUDE, other_crs
from eudr_check.layers.encode import encode, illegal
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.raster import Cut, Raster, cut, open_raster
from eudr_check.layers.refinement import Refinement, expand, own_lines, refine
from eudr_check.text import sentence
from eudr_check.tiles import Tile
from eudr_check.variables import NO, UNKNOWN, Variable

_Encodings = Mapping[str, VariableDefinition]
"""Variables by their names in the definition."""


def cube(
    tile: Tile,
    window: ArrayLike,
    definitions: Sequence[LayerDefinition],
    sources: pd.DataFrame,
    store: Path,
    columns: Collection[str] | None = None,
) -> xr.Dataset:
    """Every variable of a tile, or some, on the cells of all layers at once (DESIGN 3.3).

    Args:
        tile: the tile.
        window: west, south, east, north in degrees of the ground needed, one box or float64 (n, 4) boxes.
        definitions: the layers of the harvest.
        sources: SOURCES rows of the tile; only rows `read` are opened.
        store: content store that `prefetch` filled.
        columns: variables wanted, as `Variable.column`; None: all. Cells are the same; assets that none is made from
            are not read.

    Returns:
        int16 variables named like `Variable.column` over (y descending, x ascending), cell centres `x`, `y`, cell
        lines `x_edge`, `y_edge`, EPSG:4326; 1 / 0 / -1 or year / 0 / -1. It covers the common box of `window`,
        grown to cell lines or tile edges. `attrs["sampled"]` of a variable tells that cells were sampled, `x_lines` and
        `y_lines` (bool) which cell lines are its own; where they are missing, any may be. Cells in blocks that no box
        of `window` touches are -1. So are all variables of polygon maps: `zones` says what they are.

    Raises:
        LayersError: a raster holds a value outside its legend, cannot be decoded, or is not in the store.
    """
    boxes = _inside(np.atleast_2d(np.asarray(window, dtype=np.float64)), tile)
    box = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
    # As plain rows: pandas takes longer to find a layer's few than it takes to read them.
    rows = list(sources.itertuples(index=False))
    of = {definition.id: [row for row in rows if row.layer == definition.id] for definition in definitions}
    rasters_of = [definition for definition in definitions if definition.polygons is None]
    items_of = {definition.id: _items(definition, of[definition.id], Store(store)) for definition in rasters_of}
    rasters = [raster for items in items_of.values() for item in items for raster in item.rasters.values()]
    cells = refine(tile, box, rasters)
    values: dict[str, Any] = {}
    for definition in definitions:
        wanted = [one for one in definition.variables if columns is None or one.column in columns]
        if not wanted:
            continue
        if definition.polygons is not None:
            values |= _left_to_zones(definition, wanted, cells)
            continue
        items = items_of[definition.id]
        encodings = {name: definition.encodings[name] for name in (_name(one) for one in wanted)}
        laid = _mosaic(definition, encodings, items, _Ground(boxes, box), cells)
        forgotten = _forget_failed(laid, cells, of[definition.id])
        own = [raster for item in items for raster in item.rasters.values()]
        sampled = any(not raster.lines for raster in own)
        for variable in wanted:
            attributes: dict[str, Any] = {"layer": definition.id, "sampled": sampled or variable.sampled}
            if own and not forgotten:
                attributes["x_lines"], attributes["y_lines"] = own_lines(cells, own)
            values[variable.column] = (("y", "x"), laid[_name(variable)], attributes)
    coordinates = {"y": cells.y, "x": cells.x, "x_edge": cells.x_edges, "y_edge": cells.y_edges}
    return xr.Dataset(values, coords=coordinates | {"spatial_ref": wgs84()})


def _name(variable: Variable) -> str:
    """What the definition of its layer calls a variable."""
    return variable.column.partition(".")[2]


def _left_to_zones(definition: LayerDefinition, wanted: Sequence[Variable], cells: Refinement) -> dict[str, Any]:
    """Variables of a polygon map, which has no cells: unknown, until its zones say more."""
    ends = [np.isin(np.arange(cells_along + 1), (0, cells_along)) for cells_along in cells.shape]
    attributes = {"layer": definition.id, "sampled": False, "y_lines": ends[0], "x_lines": ends[1]}
    return {
        variable.column: (("y", "x"), np.full(cells.shape, UNKNOWN, dtype=np.int16), attributes) for variable in wanted
    }


@cache
def wgs84() -> xr.DataArray:
    """The coordinate by which rioxarray and GDAL know EPSG:4326; written out again it costs as much as a layer."""
    wkt = CRS.from_epsg(4326).to_wkt()
    return xr.DataArray(0, attrs={"crs_wkt": wkt, "spatial_ref": wkt})


@dataclass(frozen=True)
class _Item:
    """One Item of a layer with its rasters on disk."""

    id: str
    updated: str
    """ISO 8601 in UTC; empty where the Item does not say when it was made."""
    rasters: Mapping[str, Raster]


@dataclass(frozen=True)
class _Ground:
    """The ground a cube is needed of."""

    boxes: NDArray[np.float64]
    """float64 (n, 4) west, south, east, north in degrees."""
    box: NDArray[np.float64]
    """float64 (4,), their common box."""


@dataclass(frozen=True)
class _Reading:
    """What was read of one asset."""

    raster: Raster
    cut: Cut


def _items(definition: LayerDefinition, rows: Sequence[Any], store: Store) -> list[_Item]:
    """Items that were read whole, the newest first, equals by id; an Item with a failed asset is left out."""
    known = sorted((row for row in rows if isinstance(row.item_id, str)), key=attrgetter("item_id"))
    items = []
    for item_id, group in groupby(known, key=attrgetter("item_id")):
        assets = list(group)
        if any(row.status != "read" for row in assets):
            continue
        rasters = {
            row.asset: open_raster(store.local_path(row.href, row.etag), definition.assets[row.asset].band)
            for row in assets
        }
        for asset, raster in rasters.items():
            if definition.crs in LONGITUDE_LATITUDE and (why := other_crs(definition, raster.crs)) is not None:
                # Its cells would be sampled where everybody, the test of stability too, takes them for native.
                raise LayersError(
                    sentence("layers", "item_problem", layer=definition.id, item=item_id, asset=asset, problem=why)
                )
        updated = assets[0].updated if isinstance(assets[0].updated, str) else ""
        items.append(_Item(item_id, updated, rasters))
    return sorted(items, key=attrgetter("updated"), reverse=True)


def _mosaic(
    definition: LayerDefinition, encodings: _Encodings, items: Sequence[_Item], ground: _Ground, cells: Refinement
) -> dict[str, NDArray[np.int16]]:
    """Some variables on the refinement.

    Where Items overlap the newest that knows the cell counts; equals that contradict each other leave it unknown. Of
    an event, an older copy does not say that there was none where a newer one knows nothing.
    """
    if len(items) == 1:
        used = {asset for one in encodings.values() for asset in one.assets}
        return _values(definition, encodings, _readings(definition, items[0], ground, used), cells)
    result = {name: np.full(cells.shape, UNKNOWN, dtype=np.int16) for name in encodings}
    contradicted = {name: np.zeros(cells.shape, dtype=bool) for name in encodings}
    reached = np.zeros(cells.shape, dtype=bool)
    for _, equals in groupby(items, key=attrgetter("updated")):
        copies = [_copy(definition, encodings, item, ground, cells) for item in equals]
        for name, encoding in encodings.items():
            values, differing = _agreed([copy.values[name] for copy in copies])
            ahead = (result[name] == UNKNOWN) & ~contradicted[name]
            contradicted[name] |= ahead & differing
            take = ahead & (values != UNKNOWN)
            if encoding.kind == "event":
                take &= ~(reached & (values == NO))
            np.copyto(result[name], values, where=take)
        for copy in copies:
            reached |= copy.reached
    return result


@dataclass(frozen=True)
class _Copy:
    """What one Item says of the cells of a refinement."""

    values: Mapping[str, NDArray[np.int16]]
    reached: NDArray[np.bool_]
    """Which cells it has a raster for, whatever that says."""


def _copy(definition: LayerDefinition, encodings: _Encodings, item: _Item, ground: _Ground, cells: Refinement) -> _Copy:
    readings = _readings(definition, item, ground, item.rasters)
    reached = np.zeros(cells.shape, dtype=bool)
    for reading in readings.values():
        inside = np.ones(reading.cut.values.shape, dtype=bool)
        reached |= expand(reading.raster, reading.cut, inside, cells, False)
    return _Copy(_values(definition, encodings, readings, cells), reached)


def _readings(
    definition: LayerDefinition, item: _Item, ground: _Ground, assets: Collection[str]
) -> dict[str, _Reading]:
    """What was read of some assets of an Item, all of it within its legend."""
    readings = {
        asset: _Reading(
            raster, cut(raster, ground.boxes, ground.box, sparse_is_zero=definition.assets[asset].sparse == "zero")
        )
        for asset, raster in item.rasters.items()
        if asset in assets
    }
    for asset, reading in readings.items():
        _refuse_illegal(definition, item, asset, reading)
    return readings


def _values(
    definition: LayerDefinition, encodings: _Encodings, readings: Mapping[str, _Reading], cells: Refinement
) -> dict[str, NDArray[np.int16]]:
    """Some variables on the refinement, as one Item says."""
    return {name: _variable(definition, one, readings, cells) for name, one in encodings.items()}


def _agreed(copies: Sequence[NDArray[np.int16]]) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """What equal copies say together (unknown where they differ), and where they differ."""
    together, differing = copies[0], np.zeros(copies[0].shape, dtype=bool)
    for values in copies[1:]:
        known = (together != UNKNOWN) & (values != UNKNOWN)
        differing |= known & (together != values)
        together = np.where(together == UNKNOWN, values, together)
    return np.where(differing, np.int16(UNKNOWN), together), differing


def _variable(
    definition: LayerDefinition, encoding: VariableDefinition, readings: Mapping[str, _Reading], cells: Refinement
) -> NDArray[np.int16]:
    """One variable of one Item on the refinement."""
    used = {asset: readings[asset] for asset in encoding.assets}
    tags = {asset: reading.raster.nodata for asset, reading in used.items()}
    first = next(iter(used.values()))
    if len({reading.raster.grid for reading in used.values()}) == 1:
        native = encode(encoding, definition.assets, {key: one.cut.values for key, one in used.items()}, tags)
        for reading in used.values():
            if reading.cut.read is not None:
                native[~reading.cut.read] = UNKNOWN
        values: NDArray[np.int16] = expand(first.raster, first.cut, native, cells, UNKNOWN)
        return values
    laid = {key: expand(one.raster, one.cut, one.cut.values, cells, 0) for key, one in used.items()}
    values = encode(encoding, definition.assets, laid, tags)
    for reading in used.values():
        read = np.ones(reading.cut.values.shape, dtype=bool) if reading.cut.read is None else reading.cut.read
        values[~expand(reading.raster, reading.cut, read, cells, False)] = UNKNOWN
    return values


def _refuse_illegal(definition: LayerDefinition, item: _Item, asset: str, reading: _Reading) -> None:
    known = reading.cut.values if reading.cut.read is None else reading.cut.values[reading.cut.read]
    if not np.issubdtype(known.dtype, np.integer) or known.dtype.itemsize > 2:
        raise LayersError(
            sentence(
                "layers",
                "item_type",
                layer=definition.id,
                item=item.id,
                asset=asset,
                found=known.dtype,
                expected=definition.assets[asset].dtype,
            )
        )
    wrong = illegal(definition.assets[asset], known, reading.raster.nodata)
    if len(wrong):
        raise LayersError(
            sentence(
                "layers",
                "item_value",
                layer=definition.id,
                item=item.id,
                asset=asset,
                value=wrong[0],
                legend=str(definition.assets[asset].legend),
            )
        )


def _forget_failed(columns: Mapping[str, NDArray[np.int16]], cells: Refinement, rows: Sequence[Any]) -> bool:
    """Where an Item could not be read, nothing is known, even where a neighbour overlaps it; whether there is one."""
    failed = [row for row in rows if row.status == "failed"]
    for row in failed:
        west, south, east, north = map(float, row.bbox.split()) if isinstance(row.bbox, str) else _EVERYWHERE
        x = (cells.x_edges[1:] > west) & (cells.x_edges[:-1] < east)
        y = (cells.y_edges[:-1] > south) & (cells.y_edges[1:] < north)
        for values in columns.values():
            values[np.ix_(y, x)] = UNKNOWN
    return bool(failed)


_EVERYWHERE = (-np.inf, -np.inf, np.inf, np.inf)


def _inside(boxes: NDArray[np.float64], tile: Tile) -> NDArray[np.float64]:
    west, south, east, north = tile.bounds
    return np.clip(boxes, [west, south, west, south], [east, north, east, north])
