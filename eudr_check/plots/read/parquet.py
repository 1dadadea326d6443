"""GeoParquet, and plain Parquet with coordinates in its columns."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from eudr_check.plots.read.raw_table import Delivery, Fault, UnreadableError
from eudr_check.plots.read.wkb import geometries
from eudr_check.plots.thresholds import threshold


def read(path: Path) -> Delivery:
    """One delivery from the bytes on disk.

    Raises:
        UnreadableError: no Parquet, or with metadata that say nothing about its geometry.
    """
    try:
        size = pq.read_metadata(path)
        if size.num_rows * size.num_columns > threshold("sheet_max_cells"):
            raise UnreadableError("file_too_large", problem=f"over {threshold('sheet_max_cells')} cells")
        table = pq.read_table(path)
        meta = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
        primary = meta.get("primary_column", "geometry")
        described = meta.get("columns", {}).get(primary, {})
        if described.get("encoding", "WKB") != "WKB":
            return _native(path)
        frame = _readable(table).to_pandas(integer_object_nulls=True)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError("file_unreadable", problem=f"Parquet: {error}") from error
    count = len(frame)
    shapes = np.full(count, None, dtype=object)
    faults: list[Fault] = []
    if primary in frame and table.schema.field(primary).type in (pa.binary(), pa.large_binary()):
        shapes, faults = geometries(frame[primary].to_numpy(dtype=object))
        frame = frame.drop(columns=primary)
    crs: Any = described.get("crs", "OGC:CRS84") if described else None
    delivery = _delivery(frame, shapes, crs, faults)
    delivery.dates = {
        field.name: np.flatnonzero(frame[field.name].notna()).tolist()
        for field in table.schema
        if pa.types.is_temporal(field.type) and field.name in frame
    }
    return delivery


def _readable(table: pa.Table) -> pa.Table:
    """The table with broken UTF-8 in its texts shown as such, so that one damaged byte does not cost a file."""
    for number, field in enumerate(table.schema):
        column = table.column(number)
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                raw = column.cast(pa.large_binary()).to_pylist()
                texts = [None if value is None else value.decode("utf-8", errors="replace") for value in raw]
                table = table.set_column(number, field.name, pa.array(texts, pa.string()))
        else:
            column.validate(full=True)
    return table


def _native(path: Path) -> Delivery:
    """Coordinates stored as Arrow lists (GeoArrow encodings)."""
    frame = gpd.read_parquet(path)
    shapes = frame.geometry.to_numpy()
    return _delivery(pd.DataFrame(frame.drop(columns=frame.geometry.name)), shapes, frame.crs, [])


def _delivery(frame: pd.DataFrame, shapes: Any, crs: Any, faults: list[Fault]) -> Delivery:
    count = len(frame)
    return Delivery(
        frame.reset_index(drop=True),
        shapes,
        np.arange(1, count + 1),
        np.full((count, 2), -1, dtype=np.int8),
        crs=json.dumps(crs) if isinstance(crs, dict) else crs,
        faults=faults,
    )
