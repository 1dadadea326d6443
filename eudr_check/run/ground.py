"""Which ground each tile needs: its plots and the boxes that must be covered, one Parquet row group a tile."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from eudr_check import overlay
from eudr_check.run.pieces import Piece, write_json
from eudr_check.tiles import Tile, tiles_of

PATCH_DISTANCE_M = 100.0
METRES_PER_DEGREE = 110_574.0
"""Shortest degree of latitude on WGS84 (at the equator), so that a margin in degrees is never too small."""

COLUMNS = ("plot", "geometry_kind", "declared_area_ha", "geometry", "west", "south", "east", "north")


@dataclass(frozen=True)
class TileGround:
    """One tile of the ground table."""

    tile: Tile
    row_group: int
    digest: str
    """SHA-256 over the plots (keys, WKB, declared area) and boxes of the tile."""


def write(folder: Path, plots: gpd.GeoDataFrame, gps_error_m: float) -> None:
    """Write `GROUND.parquet` (a row group per tile, plots in the order of PLOTS) and `tiles.json`.

    Args:
        folder: where to write.
        plots: PLOTS; unusable plots are left out.
        gps_error_m: horizontal error of plot boundaries in metres.
    """
    plots = plots[plots["usable"]]
    boxes = _boxes(plots, gps_error_m)
    keys = plots.index.to_numpy(dtype=object)
    wkb = shapely.to_wkb(plots.geometry.to_numpy())
    kind = plots["geometry_kind"].to_numpy(dtype=object)
    declared = plots["declared_area_ha"].to_numpy()
    entries = []
    with pq.ParquetWriter(folder / "GROUND.parquet", _schema(), compression="zstd") as writer:
        for group, (tile, at) in enumerate(tiles_of(boxes).items()):
            west, south, east, north = _clipped(boxes[at], tile).T
            table = pa.table([keys[at], kind[at], declared[at], wkb[at], west, south, east, north], schema=_schema())
            writer.write_table(table, row_group_size=max(len(at), 1))
            entries.append({"tile": tile.name, "row_group": group, "digest": _digest(table)})
    write_json(folder, "tiles", entries)


def tiles(ground: Piece) -> list[TileGround]:
    """The tiles of a ground piece, in the order in which areas are summed."""
    return [
        TileGround(Tile.from_name(entry["tile"]), entry["row_group"], entry["digest"]) for entry in ground.json("tiles")
    ]


def plots_of(path: Path, row_group: int) -> tuple[gpd.GeoDataFrame, NDArray[np.float64]]:
    """Plots of one tile and the boxes that must be covered.

    Returns:
        GeoDataFrame (EPSG:4326, index `plot`, columns `geometry_kind`, `declared_area_ha`, `usable`, `geometry`), and
        float64 (n, 4) west, south, east, north in degrees, clipped to the tile.
    """
    frame = _open(path).read_row_group(row_group).to_pandas()
    plots = gpd.GeoDataFrame(
        frame[["geometry_kind", "declared_area_ha"]].assign(usable=True),
        geometry=shapely.from_wkb(frame["geometry"].to_numpy()),
        crs="EPSG:4326",
    ).set_index(pd.Index(frame["plot"].astype("str"), name="plot"))
    return plots, frame[["west", "south", "east", "north"]].to_numpy()


@lru_cache(maxsize=2)
def _open(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path)


def _boxes(plots: gpd.GeoDataFrame, gps_error_m: float) -> NDArray[np.float64]:
    """Boxes (n, 4) in degrees around all footprints of each plot, grown so that patches near it are seen too."""
    footprints = overlay.footprints(plots, gps_error_m)
    bounds = footprints.geometry.bounds.groupby(level=0).agg(
        {"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"}
    )
    west, south, east, north = bounds.reindex(plots.index).to_numpy().T
    dy = (PATCH_DISTANCE_M + gps_error_m) / METRES_PER_DEGREE
    dx = dy / np.cos(np.radians(np.minimum(np.maximum(np.abs(south), np.abs(north)) + dy, 89.0)))
    return np.column_stack([west - dx, south - dy, east + dx, north + dy])


def _clipped(boxes: NDArray[np.float64], tile: Tile) -> NDArray[np.float64]:
    west, south, east, north = tile.bounds
    return np.clip(boxes, [west, south, west, south], [east, north, east, north])


def _schema() -> pa.Schema:
    text, number = pa.string(), pa.float64()
    return pa.schema(list(zip(COLUMNS, [text, text, number, pa.binary(), *[number] * 4], strict=True)))


def _digest(table: pa.Table) -> str:
    total = hashlib.sha256()
    for name in COLUMNS:
        column = table[name]
        values = column.to_pylist() if pa.types.is_string(column.type) or pa.types.is_binary(column.type) else None
        content = column.to_numpy().tobytes() if values is None else repr(values).encode()
        total.update(content)
    return total.hexdigest()
