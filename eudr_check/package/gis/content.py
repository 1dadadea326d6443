"""What the GeoPackage holds: its tables, and a dictionary of their fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from eudr_check import tables
from eudr_check.text import say
from eudr_check.tiles import Tile

CRS = "EPSG:4326"
OWN_DESCRIPTIONS = {
    "status": "worst status of the layers in the tile, or of the source: read, missing or failed",
    "layers_read": "layers read in the tile, separated by spaces",
    "layers_missing": "layers for which no Item covers the tile",
    "layers_failed": "layers that exist but could not be read",
    "layer": "layer with version",
    "field": "field of that layer",
    "alias": "name for people, in the first language of the harvest",
    "description": "meaning and unit",
}


@dataclass(frozen=True)
class Table:
    """One table of the GeoPackage."""

    name: str
    frame: Any
    """A frame, an Arrow table with geometries as WKB, or the Parquet file that holds one."""
    geometry_type: str | None = None
    """Geometry type as OGR names it; None for a plain table."""


def tables_of(
    plots: pa.Table,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    patches: pq.ParquetFile,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    language: str,
) -> list[Table]:
    """Every table of the GeoPackage; plots first, the dictionary of all fields last."""
    judged = pa.Table.from_pandas(assessments.reindex(plots["plot"].to_pandas()), preserve_index=False)
    known = pa.table(
        [*plots.columns, *judged.columns],
        names=[*plots.column_names, *judged.column_names],
    )
    is_point = pc.fill_null(pc.equal(known["geometry_kind"], "point"), False)
    where = gpd.GeoSeries(gpd.points_from_xy(findings["longitude"], findings["latitude"]), crs=CRS)
    unplaced = findings[["longitude", "latitude"]].isna().any(axis=1).to_numpy()
    located = gpd.GeoDataFrame(
        findings.drop(columns=["details", "longitude", "latitude"]).reset_index(drop=True),
        geometry=where.where(~unplaced, None),
        crs=CRS,
    )
    content = [
        Table("plots", known.filter(pc.invert(is_point)), "MultiPolygon"),
        Table("plot_points", known.filter(is_point), "Point"),
        Table("patches", patches, "MultiPolygon"),
        Table("findings", located, "Point"),
        Table("tiles", _tiles(sources), "Polygon"),
        Table("sources", sources),
        Table("reasons", reasons.reset_index()),
    ]
    return [*content, Table("data_dictionary", _dictionary(content, language))]


def _tiles(sources: pd.DataFrame) -> gpd.GeoDataFrame:
    """One square per tile with what was read there."""
    distinct = sources[["tile", "status", "layer"]].drop_duplicates().sort_values(["tile", "status", "layer"])
    layers = {key: " ".join(group) for key, group in distinct.groupby(["tile", "status"])["layer"]}
    rows = [
        [tile, next(status for status in ("failed", "missing", "read") if (tile, status) in layers)]
        + [layers.get((tile, status), "") for status in tables.SOURCE_STATUSES]
        for tile in distinct["tile"].unique()
    ]
    shapes = [shapely.box(*Tile.from_name(tile).bounds) for tile, *_ in rows]
    columns = ["tile", "status", *(f"layers_{status}" for status in tables.SOURCE_STATUSES)]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns, dtype="str"), geometry=shapes, crs=CRS)


def fields_of(table: Table) -> list[str]:
    """Names of the fields of a table, in order; its geometry aside."""
    if isinstance(table.frame, pq.ParquetFile):
        names = table.frame.schema_arrow.names
    else:
        names = table.frame.column_names if isinstance(table.frame, pa.Table) else table.frame.columns
    return [str(name) for name in names if name != "geometry"]


def _dictionary(content: Sequence[Table], language: str) -> pd.DataFrame:
    described = {
        str(name): column.description
        for schema in tables.ALL.values()
        for name, column in schema.columns.items()
        if column.description
    }
    rows = [
        {
            "layer": table.name,
            "field": field,
            "alias": say("gis", f"field_{field}", language),
            "description": _meaning(table.name, field, described),
        }
        for table in [
            *content,
            Table("data_dictionary", pd.DataFrame(columns=["layer", "field", "alias", "description"])),
        ]
        for field in fields_of(table)
    ]
    return pd.DataFrame(rows, dtype="str")


def _meaning(table: str, field: str, described: dict[str, str]) -> str:
    if field == "plot":
        return str(tables.PLOT_INDEX.description)
    schema = tables.ALL.get({"plot_points": "PLOTS"}.get(table, table.upper()))
    if schema is not None and field in schema.columns:
        return str(schema.columns[field].description)
    return (
        OWN_DESCRIPTIONS[field]
        if field in OWN_DESCRIPTIONS and table in ("tiles", "data_dictionary")
        else described[field]
    )
