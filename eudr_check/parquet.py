"""Tables as GeoParquet, the way people who work with data expect them: lists as lists, fields with meaning and unit.

A column of words (`WORDS`) is one text in a frame, its words separated by spaces, which no word holds, and a list of
texts in the file. Every field carries the description of its table, and a unit where it has one, as `description` and
`unit` in its Arrow metadata.
"""

import json
from collections.abc import Hashable, Iterable, Sequence
from io import BytesIO
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from eudr_check import tables
from eudr_check.law.regulation import CUTOFF_YEAR

WORDS = {"ASSESSMENTS": ("reasons", "flips"), "REASONS": ("layers",)}
"""Columns of words by table: codes, `change=outcome`, EVIDENCE columns; none of them can hold a space."""
AFTER_CUTOFF = ("column", "year", "area_ha")
LIST = pa.list_(pa.string())
_TYPES = {"plots": LIST, "geometry": pa.binary(), "original_wkb": pa.binary()}
"""Of columns whose type no frame without rows could tell."""
_UNITS = {"_ha": "ha", "_deg": "deg", "_days": "d", "_share": "1"}
_UNIT_OF = {"longitude": "deg", "latitude": "deg", "kg_green": "kg"}


def write(path: Path, name: str, table: pd.DataFrame | pa.Table) -> None:
    """Write a table.

    Args:
        path: file to write.
        name: name of the table (a key of `tables.ALL`).
        table: it, with geometries as such in a GeoDataFrame or as WKB in an Arrow table.
    """
    stored = table if isinstance(table, pa.Table) else arrow(name, table)
    pq.write_table(stored, path, **form(stored.column_names))


def form(columns: Iterable[Hashable]) -> dict[str, object]:
    """How a table is written: hectares and outlines hardly repeat, and looking for repetitions takes time."""
    unlike = {"geometry", "original_wkb"}
    repeating = [name for name in columns if name not in unlike and not str(name).endswith("_ha")]
    return {"compression": "zstd", "use_dictionary": repeating}


def arrow(name: str, frame: pd.DataFrame, *, index: bool | None = None) -> pa.Table:
    """A frame as it is stored; geometries as WKB, with the metadata of GeoParquet.

    Args:
        name: name of its table.
        frame: the frame.
        index: whether its index becomes a column; by default where it has a name.
    """
    plain, about = (_plain(frame), geo_metadata(frame)) if isinstance(frame, gpd.GeoDataFrame) else (frame, {})
    table = pa.Table.from_pandas(plain, preserve_index=index)
    words = WORDS.get(name, ())
    fields, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.name in words:
            # A text without a word is a list without one.
            column = pc.if_else(pc.equal(column, ""), pa.scalar([], LIST), pc.split_pattern(column.cast("string"), " "))
        elif pa.types.is_null(field.type) and field.name in _TYPES:
            column = column.cast(_TYPES[field.name])
        fields.append(pa.field(field.name, column.type, metadata=meaning(name, field.name)))
        columns.append(column)
    known = table.schema.pandas_metadata
    # What pandas would make of a list of words is no text.
    known["columns"] = [entry for entry in known["columns"] if entry["name"] not in words]
    metadata = {b"pandas": json.dumps(known).encode(), **about}
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=metadata))


def meaning(table: str, field: str) -> dict[str, str]:
    """Description and unit of a field, as its metadata tells them; no unit where it has none.

    >>> meaning("PLOTS", "area_ha")["unit"]
    'ha'
    """
    unit = _UNIT_OF.get(field) or next((unit for ending, unit in _UNITS.items() if field.endswith(ending)), None)
    found = {"description": description(table, field)}
    return {key: value for key, value in found.items() if value} | ({"unit": unit} if unit else {})


def description(table: str, field: str) -> str:
    """What a field of a table means, in English; nothing where the table has no such field."""
    schema = tables.ALL[table]
    if schema.index is not None and field == schema.index.name:
        return str(schema.index.description)
    column = schema.columns.get(field) or next((one for one in schema.columns.values() if one.regex), None)
    return "" if column is None else str(column.description)


def frame(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table without geometry from its file (`NAME.parquet`), or some columns of it; words in one text."""
    # `read_table` gets ready for folders of files and takes twice as long for a small one.
    table = pq.ParquetFile(path).read(None if columns is None else [*columns, *_index(path)])
    made: pd.DataFrame = joined(path.stem, table).to_pandas()
    return made


def of_plots(path: Path, plots: Sequence[str]) -> pd.DataFrame:
    """The rows of some plots of a table without geometry from its file, never holding those of the others."""
    table = pq.read_table(path, filters=pc.field(tables.PLOT_INDEX.name).isin(list(plots)))
    made: pd.DataFrame = joined(path.stem, table).to_pandas()
    return made


def joined(name: str, table: pa.Table) -> pa.Table:
    """A table as it is stored with each list of words as one text."""
    for field in WORDS.get(name, ()):
        place = table.schema.get_field_index(field)
        if place >= 0 and pa.types.is_list(table.schema.field(place).type):
            table = table.set_column(place, field, pc.binary_join(table.column(place), " "))
    return table


def features(path: Path, columns: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """A table with geometry from its file, or some columns of it."""
    return gpd.read_parquet(path, columns=None if columns is None else list(columns))


def patches_after_cutoff(path: Path) -> gpd.GeoDataFrame:
    """PATCHES after the cut-off date of the Regulation from their file: `geometry` (EPSG:4326) and `AFTER_CUTOFF`.

    A row group at a time: of a nation they are one in twenty, and all of them would be a gigabyte of geometries.
    """
    file, columns = pq.ParquetFile(path), ["geometry", *AFTER_CUTOFF]
    groups = (file.read_row_group(number, columns) for number in range(file.num_row_groups))
    later = [group.filter(pc.field("year") > CUTOFF_YEAR) for group in groups]
    table = pa.concat_tables([file.schema_arrow.empty_table().select(columns), *later])
    frame = table.to_pandas(ignore_metadata=True)
    return gpd.GeoDataFrame(frame.assign(geometry=shapely.from_wkb(frame["geometry"].to_numpy())), crs="EPSG:4326")


def _index(path: Path) -> list[str]:
    """Columns that are the index of a frame."""
    known = pq.read_schema(path).pandas_metadata or {}
    return [name for name in known.get("index_columns", ()) if isinstance(name, str)]


def _plain(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.to_wkb())


def geo_metadata(frame: gpd.GeoDataFrame) -> dict[bytes, bytes]:
    """The metadata of GeoParquet for a frame."""
    buffer = BytesIO()
    frame.iloc[:0].to_parquet(buffer)
    about = json.loads(pq.read_schema(buffer).metadata[b"geo"])
    column = about["columns"][frame.geometry.name]
    column.pop("bbox", None)
    column["geometry_types"] = sorted(frame.geom_type.dropna().unique())
    if not frame.geometry.is_empty.all() and frame.geometry.notna().any():
        column["bbox"] = frame.total_bounds.tolist()
    return {b"geo": json.dumps(about).encode()}
