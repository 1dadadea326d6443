"""Which ground each tile needs: its plots and the boxes that must be covered, one Parquet row group a tile."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from eudr_check import overlay
from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.run.artifacts import Artifact, write_json
from eudr_check.tiles import Tile, tiles_of

PATCH_DISTANCE_M = 100.0
"""Shortest degree of latitude on WGS84 (at the equator), so that a margin in degrees is never too small."""

SIDES = ("west", "south", "east", "north")
COLUMNS = ("plot", "geometry_kind", "declared_area_ha", "geometry", *SIDES)
_CHUNK = 20_000
_READING = Lock()

_FORM: dict[str, Any] = {"compression": "zstd", "use_dictionary": ["geometry_kind"], "write_statistics": False}
"""How Parquet is written: no two plots share a boundary or a key, and nobody looks for one by its bytes."""


@dataclass(frozen=True)
class TileGround:
    """One tile of the ground table."""

    tile: Tile
    row_group: int
    digest: str
    """SHA-256 over the plots (keys, WKB, declared area) and boxes of the tile."""


def write(folder: Path, plots: Path, gps_error_m: float) -> None:
    """Write `GROUND.parquet` (a row group per tile, plots in the order of PLOTS) and `tiles.json`.

    The WKB of PLOTS goes through as it is: 223,000 plots need their boxes here, not geometries.

    Args:
        folder: where to write.
        plots: Parquet file of PLOTS; unusable plots are left out.
        gps_error_m: horizontal error of plot boundaries in metres.
    """
    table = _usable(plots)
    boxes = _boxes(table, gps_error_m)
    entries = []
    with pq.ParquetWriter(folder / "GROUND.parquet", _schema(), **_FORM) as writer:
        for group, (tile, at) in enumerate(tiles_of(boxes).items()):
            west, south, east, north = _clipped(boxes[at], tile).T
            mine = [*table.take(at).columns, west, south, east, north]
            part = pa.table(mine, schema=_schema()).combine_chunks()
            writer.write_table(part, row_group_size=max(len(at), 1))
            entries.append({"tile": tile.name, "row_group": group, "digest": _digest(part)})
    write_json(folder, "tiles", entries)


def tiles(ground: Artifact) -> list[TileGround]:
    """The tiles of a ground artifact, in the order in which areas are summed."""
    return [
        TileGround(Tile.from_name(entry["tile"]), entry["row_group"], entry["digest"]) for entry in ground.json("tiles")
    ]


def plots_of(path: Path, row_group: int) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Plots of one tile and the boxes that must be covered.

    Returns:
        GeoDataFrame (EPSG:4326, index `plot`, columns `geometry_kind`, `declared_area_ha`, `usable`, `geometry`), and
        float64 (n, 4) west, south, east, north in degrees, clipped to the tile.
    """
    table = _read(path, row_group)
    plots = gpd.GeoDataFrame(
        {name: table[name].to_pandas() for name in ("geometry_kind", "declared_area_ha")} | {"usable": True},
        geometry=shapely.from_wkb(table["geometry"].to_numpy()),
        crs="EPSG:4326",
    ).set_axis(pd.Index(table["plot"].to_pandas(), name="plot"))
    return plots, _sides(table)


def boxes_of(path: Path, row_group: int, plots: Collection[str] | None = None) -> NDArray[np.float64]:
    """The boxes of one tile alone, as `plots_of` gives them (223,000 geometries take 3 s that nobody needs), of all its
    plots or of those asked for."""
    if plots is None:
        return _sides(_read(path, row_group, SIDES))
    table = _read(path, row_group, ("plot", *SIDES))
    return _sides(table.filter(pc.is_in(table["plot"], pa.array(list(plots), table.schema.field("plot").type))))


def _sides(table: pa.Table) -> NDArray[np.float64]:
    return np.column_stack([table[side].to_numpy() for side in SIDES])


def _read(path: Path, row_group: int, columns: Sequence[str] = COLUMNS) -> pa.Table:
    """One thread at a time: two that read the same open file wait for each other for ever, or one finds no bytes."""
    with _READING:
        return _open(path).read_row_group(row_group, columns=list(columns))


@lru_cache(maxsize=2)
def _open(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path)


def _usable(plots: Path) -> pa.Table:
    """The usable rows of PLOTS with the columns that go to the tiles, in one chunk, or `take` joins them each time."""
    columns = list(COLUMNS[:4])
    table = pq.read_table(plots, columns=columns, filters=pc.field("usable"))
    return table.cast(pa.schema([_schema().field(name) for name in columns])).combine_chunks()


def _boxes(plots: pa.Table, gps_error_m: float) -> NDArray[np.float64]:
    """Boxes (n, 4) in degrees around all footprints of each plot, grown so that patches near it are seen too."""
    bounds = np.concatenate([_bounds(part) for part in plots.to_batches(max_chunksize=_CHUNK)] or [np.empty((0, 4))])
    west, south, east, north = bounds.T
    dy = (PATCH_DISTANCE_M + gps_error_m) / METRES_PER_DEGREE
    dx = dy / np.cos(np.radians(np.minimum(np.maximum(np.abs(south), np.abs(north)) + dy, 89.0)))
    return np.column_stack([west - dx, south - dy, east + dx, north + dy])


def _bounds(plots: pa.RecordBatch) -> NDArray[np.float64]:
    """Boxes (n, 4) of the polygons, and of the discs that stand for points."""
    geometry = shapely.from_wkb(plots["geometry"].to_numpy(zero_copy_only=False))
    point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    bounds = shapely.bounds(geometry)
    if point.any():
        frame = gpd.GeoDataFrame(
            {"declared_area_ha": plots["declared_area_ha"].to_numpy(zero_copy_only=False)[point], "usable": True},
            index=plots["plot"].to_pandas()[point],
            geometry=geometry[point],
            crs="EPSG:4326",
        )
        # The larger disc holds the smaller one and the point.
        discs = overlay.footprints(frame, 0.0).query("footprint == 'double_disc'")
        bounds[point] = shapely.bounds(discs.geometry.to_numpy())
    return bounds


def _clipped(boxes: NDArray[np.float64], tile: Tile) -> NDArray[np.float64]:
    west, south, east, north = tile.bounds
    return np.clip(boxes, [west, south, west, south], [east, north, east, north])


def _schema() -> pa.Schema:
    text, number = pa.string(), pa.float64()
    return pa.schema(list(zip(COLUMNS, [text, text, number, pa.binary(), *[number] * 4], strict=True)))


def _digest(table: pa.Table) -> str:
    with pa.BufferOutputStream() as stream:
        with pa.ipc.new_stream(stream, table.schema) as writer:
            writer.write_table(table)
        return hashlib.sha256(stream.getvalue()).hexdigest()
