"""`plots.fiboa.parquet`: outlines as field boundaries after fiboa 0.3 on Vecorel 0.1, for tools of that world.

Source: github.com/fiboa/specification v0.3.0/schema.yaml and github.com/vecorel/specification v0.1.0: `id`,
`collection` and `geometry` may not be null, areas are square metres and perimeters metres as 32-bit numbers, and the
collection stands as JSON in the metadata of the file. How and when outlines were drawn is not in PLOTS, so nothing is
said of it.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import Geod

from eudr_check import parquet
from eudr_check.package.formats.given import Given

SCHEMAS = (
    "https://vecorel.org/specification/v0.1.0/schema.yaml",
    "https://fiboa.org/specification/v0.3.0/schema.yaml",
)
SQUARE_METRES, LARGEST = 10_000, 1e9
"""In a hectare, and of the largest field that fiboa takes."""
WGS84 = Geod(ellps="WGS84")
OURS = {"cooperative": "string", "commodity": "string", "final_outcome": "string", "policy": "string"}
"""Columns of our own, with their types in the language of Vecorel's schemas."""


def files(given: Given, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Plots with an outline that is one; points are no fields."""
    plots = given.plots
    frame = plots[plots.geometry.notna() & plots.geometry.is_valid & (plots["geometry_kind"] == "polygon")]
    judged = given.assessments.reindex(frame.index)
    collection = given.harvest.harvest
    geo = parquet.geo_metadata(frame[["geometry"]])
    area = frame["area_ha"] * SQUARE_METRES
    columns = {
        "id": pa.array(frame.index.to_numpy(dtype=object), pa.string()),
        "collection": pa.array([collection] * len(frame), pa.string()),
        "geometry": pa.array(frame.geometry.to_wkb(), pa.binary()),
        "metrics:area": pa.array(area.where((area > 0) & (area <= LARGEST)), pa.float32(), from_pandas=True),
        "metrics:perimeter": pa.array(
            [WGS84.geometry_length(shape.boundary) for shape in frame.geometry], pa.float32()
        ),
        **{name: _texts((frame if name in frame else judged)[name]) for name in OURS},
    }
    required = {"id", "collection", "geometry"}
    schema = pa.schema([pa.field(name, one.type, nullable=name not in required) for name, one in columns.items()])
    own = {"collection": {}, "properties": {name: {"type": kind} for name, kind in OURS.items()}, "required": []}
    about = {"schemas": {collection: list(SCHEMAS)}, "schemas:custom": own}
    table = pa.Table.from_arrays(
        list(columns.values()), schema=schema.with_metadata({**geo, b"collection": json.dumps(about).encode()})
    )
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    yield "plots.fiboa.parquet", stream.getvalue()


def _texts(values: object) -> pa.Array:
    return pa.array(values, pa.string(), from_pandas=True)
