"""What the GeoPackage holds: its tables, and a dictionary of their fields."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from eudr_check import parquet, tables
from eudr_check.package import backdrop
from eudr_check.package.gis import chains, sheets
from eudr_check.package.gis.edition import Counted
from eudr_check.package.gis.loss import loss_on_forest
from eudr_check.text import say
from eudr_check.tiles import Tile

CRS = "EPSG:4326"
VIEW = "plot_patches"
"""What lies on or near a plot, as a view of `patch_plots` and `patches`: it takes no room of its own."""
OWN_DESCRIPTIONS = {
    "status": "worst status of the layers the policy requires in the tile, or of the source: read, missing or failed",
    "layers_read": "layers read in the tile, separated by spaces",
    "layers_missing": "layers for which no Item covers the tile",
    "layers_failed": "layers that exist but could not be read",
    "layer": "layer with version",
    "field": "field of that layer",
    "alias": "name for people, in the first language of the harvest",
    "description": "meaning and unit",
    "patch": "number (`fid`) of the patch in the table `patches`",
    "cooperative_name": "name of the cooperative as people know it",
    "why": "reasons of the outcome in words, a line each",
    "picture_before": "date of the clear picture of the plot before the cut-off; null where there is none",
    "picture_now": "date of the most recent clear picture of the plot; null where there is none",
    "scale": "denominator of the scale of the map on its sheet",
    "projection": "UTM zone of the map on its sheet",
    "country": "country",
    "chain_outcome": "outcome of the whole chain of the group: that of its weakest link",
    **{name: f"usable plots with the outcome {name}" for name in sheets.COUNTED},
    "plots": "plots on or within 100 m of the patch, one a line; the table `patch_plots` has a row for each",
}
COOPERATIVES, DICTIONARY = "cooperatives", "data_dictionary"
ROWS = 20_000
"""Plots handed on at once."""
OWN = (
    "tiles",
    DICTIONARY,
    "patches",
    "patch_plots",
    VIEW,
    "attention",
    COOPERATIVES,
    "countries",
    "stays",
)
"""Tables with fields that no other table of the pipeline has."""
AREAS, OUTLINES = "areas", "area_outlines"
SPLITS = "splits"
LOSS = "loss_on_forest"
LOSS_DESCRIPTIONS = {
    "method": "method of the map; maps of one method count once",
    "area_ha": "hectares of EVIDENCE on the plot: forest of the policy's map with an event of this map and year",
}


@dataclass(frozen=True)
class Table:
    """One table of the GeoPackage."""

    name: str
    frame: pd.DataFrame | pa.Table | pq.ParquetFile | pa.RecordBatchReader
    """A frame, an Arrow table with geometries as WKB, the Parquet file that holds one, or what gives one by parts."""
    geometry_type: str | None = None
    """Geometry type as OGR names it; None for a plain table."""


@dataclass(frozen=True)
class Judged:
    """What outcomes of plots rest on."""

    assessments: pd.DataFrame
    """ASSESSMENTS."""
    reasons: pd.DataFrame
    """REASONS."""
    evidence: pq.ParquetFile
    """The Parquet file of EVIDENCE; a nation has a million rows."""
    counted: Counted
    """What the policy counts."""
    forest: Path | None = None
    """Raster of its forest map, where the package has it."""
    looks: Path | None = None
    """Table of the looks at dated pictures, where the package has them."""
    areas: Path | None = None
    """Parquet file of AREAS, where the harvest names vector layers."""
    outlines: Path | None = None
    """Parquet file of AREA_OUTLINES, where it does."""
    animals: tuple[Path, Path] | None = None
    """Parquet files of STAYS and ANIMALS, where the harvest names animals."""
    splits: Path | None = None
    """Parquet file of SPLITS, where plots hold several uses. Nothing rests on it."""


def tables_of(
    plots: pa.Table,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    patches: pq.ParquetFile,
    judged: Judged,
    names: Mapping[str, str],
    language: str,
) -> Iterator[Table]:
    """Every table of the GeoPackage but the dictionary, each made when its turn comes; plots first.

    Args:
        plots: PLOTS with geometries as WKB. findings: FINDINGS. sources: SOURCES. patches: PATCHES.
        judged: outcomes and what they rest on.
        names: of cooperatives as people know them, by their short names.
        language: of names and sentences.
    """
    found = judged.assessments.reindex(plots["plot"].to_pandas())
    outcomes = pa.Table.from_pandas(found, preserve_index=False)
    known = pa.table(
        [*plots.columns, *outcomes.columns],
        names=[*plots.column_names, *outcomes.column_names],
    )
    is_point = pc.equal(pc.field("geometry_kind"), "point")
    yield Table("plots", _filtered(known, ~is_point | is_point.is_null()), "MultiPolygon")
    yield Table("plot_points", _filtered(known, is_point), "Point")
    yield Table("patches", patches, "MultiPolygon")
    yield Table("patch_plots", links(patches))
    if judged.forest is not None:
        lost = loss_on_forest(plots, patches, judged.evidence, judged.counted, judged.forest)
        yield Table(LOSS, lost, "MultiPolygon")
    yield Table("findings", _located(findings), "Point")
    yield Table("tiles", _tiles(sources, judged.counted.required), "Polygon")
    yield Table("sources", sources)
    yield Table("reasons", judged.reasons.reset_index())
    yield Table("evidence", by_parts(judged.evidence))
    yield Table(VIEW, pd.DataFrame(columns=["patch", "plot", "column", "year", "area_ha"]))
    to_see = sheets.attention(plots, found, judged.reasons, names, judged.looks, language)
    yield Table("attention", _as_arrow(to_see), "MultiPolygon")
    yield Table(COOPERATIVES, gathered := sheets.cooperatives(plots, found, names), "Polygon")
    yield Table("countries", backdrop.countries(gathered.total_bounds.tolist(), language), "MultiPolygon")
    yield from _given(judged, language)


def with_dictionary(content: Iterable[Table], language: str) -> Iterator[Table]:
    """The same tables, and after them the dictionary of all their fields."""
    fields: dict[str, list[str]] = {}
    for table in content:
        fields[table.name] = fields_of(table)
        yield table
    yield Table(DICTIONARY, _dictionary(fields, language))


def _filtered(table: pa.Table, rows: pc.Expression) -> pa.RecordBatchReader:
    """Some rows of a table, of which no other copy is made."""
    parts = filter(len, (part.filter(rows) for part in table.to_batches(ROWS)))
    return pa.RecordBatchReader.from_batches(table.schema, parts)


def _as_arrow(parts: Iterator[gpd.GeoDataFrame]) -> pa.RecordBatchReader:
    """The rows of frames of one form, of which there is at least one, with geometries as WKB.

    In one piece: GDAL counts pieces in the file.
    """
    made = (pa.Table.from_pandas(pd.DataFrame(part.to_wkb()), preserve_index=False) for part in parts)
    whole = pa.concat_tables(made).combine_chunks()
    return pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches())


def _located(findings: pd.DataFrame) -> gpd.GeoDataFrame:
    """FINDINGS where they are."""
    where = gpd.GeoSeries(gpd.points_from_xy(findings["longitude"], findings["latitude"]), crs=CRS)
    unplaced = findings[["longitude", "latitude"]].isna().any(axis=1).to_numpy()
    return gpd.GeoDataFrame(
        findings.drop(columns=["details", "longitude", "latitude"]).reset_index(drop=True),
        geometry=where.where(~unplaced, None),
        crs=CRS,
    )


def _given(judged: Judged, language: str) -> Iterator[Table]:
    """Tables that a package has only where its harvest or its plots give cause."""
    if judged.areas is not None:
        yield Table(AREAS, parquet.frame(judged.areas).reset_index())
    if judged.outlines is not None:
        yield Table(OUTLINES, parquet.features(judged.outlines), "MultiPolygon")
    if judged.splits is not None:
        parts = pq.read_table(judged.splits, columns=["plot", *tables.SPLITS.columns])
        yield Table(SPLITS, parts, "MultiPolygon")
    if judged.animals is not None:
        yield Table(chains.STAYS, chains.table(judged.animals, language))


def links(patches: pq.ParquetFile) -> pa.RecordBatchReader:
    """Which plot lies on or near which patch: a row for each pair; patches by their number in the GeoPackage."""
    schema = pa.schema({"patch": pa.int64(), "plot": pa.string()})

    def pairs() -> Iterator[pa.RecordBatch]:
        before = 0
        for batch in patches.iter_batches(columns=["plots"]):
            plots = batch.column(0)
            # GDAL numbers rows from 1 on.
            patch = pc.add(pc.list_parent_indices(plots).cast(pa.int64()), before + 1)
            yield pa.record_batch([patch, pc.list_flatten(plots)], schema=schema)
            before += len(batch)

    return pa.RecordBatchReader.from_batches(schema, pairs())


def by_parts(stored: pq.ParquetFile) -> pa.RecordBatchReader:
    """A table from its Parquet file without ever holding all of it, its plots in front."""
    names = ["plot", *(name for name in stored.schema_arrow.names if name != "plot")]
    schema = pa.schema([stored.schema_arrow.field(name) for name in names])
    return pa.RecordBatchReader.from_batches(schema, (part.select(names) for part in stored.iter_batches()))


def _tiles(sources: pd.DataFrame, required: Sequence[str]) -> gpd.GeoDataFrame:
    """One square per tile with what was read there; its status is that of the required layers, of all where none is."""
    distinct = sources[["tile", "status", "layer"]].drop_duplicates().sort_values(["tile", "status", "layer"])
    layers = {key: " ".join(group) for key, group in distinct.groupby(["tile", "status"])["layer"]}
    needed = distinct[distinct["layer"].isin(required)] if required else distinct
    worst = {(tile, status) for tile, status in zip(needed["tile"], needed["status"], strict=True)}
    rows = [
        [tile, next((status for status in ("failed", "missing", "read") if (tile, status) in worst), "missing")]
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
    elif isinstance(table.frame, pa.RecordBatchReader):
        names = table.frame.schema.names
    else:
        names = table.frame.column_names if isinstance(table.frame, pa.Table) else table.frame.columns
    return [str(name) for name in names if name != "geometry"]


def _dictionary(fields: Mapping[str, Sequence[str]], language: str) -> pd.DataFrame:
    """The dictionary of the fields of all tables, its own at the end."""
    described = {
        str(name): column.description
        for schema in tables.ALL.values()
        for name, column in schema.columns.items()
        if column.description
    }
    own = {DICTIONARY: ["layer", "field", "alias", "description"]}
    rows = [
        {
            "layer": table,
            "field": field,
            "alias": alias(field, language),
            "description": _meaning(table, field, described),
        }
        for table, names in {**fields, **own}.items()
        for field in names
    ]
    return pd.DataFrame(rows, dtype="str")


def alias(field: str, language: str) -> str:
    """Name of a field for people; variables of layers have no other."""
    return field if "." in field else say("gis", f"field_{field}", language)


def _meaning(table: str, field: str, described: dict[str, str]) -> str:
    if field == "plot":
        return str(tables.PLOT_INDEX.description)
    if table == LOSS and field in LOSS_DESCRIPTIONS:
        return LOSS_DESCRIPTIONS[field]
    if field in OWN_DESCRIPTIONS and table in OWN:
        return OWN_DESCRIPTIONS[field]
    name = {"plot_points": "PLOTS", VIEW: "PATCHES"}.get(table, table.upper())
    return (parquet.description(name, field) if name in tables.ALL else "") or described[field]
