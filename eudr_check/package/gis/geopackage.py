"""The GIS delivery: one GeoPackage with its styles inside, and a QGIS project beside it.

The GeoPackage is version 1.2, which QGIS 3.22 opens without remark. Tables: `plots` (polygons, and plots without a
usable geometry), `plot_points`, `patches`, `patch_plots` (which plots lie on or near a patch), `findings`, `tiles`,
`sources`, `reasons`, `evidence`, `data_dictionary`, the view `plot_patches`, and `splits` where some are proposed.
Producers have no column unless the harvest asks for the named edition (`package: {producer_as: producer}`); findings
without names are the caller's part.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely

from eudr_check import parquet
from eudr_check.package.gis import forms, metadata
from eudr_check.package.gis import project as gis_project
from eudr_check.package.gis import styles as gis_styles
from eudr_check.package.gis.content import (
    COOPERATIVES,
    CRS,
    DICTIONARY,
    OUTLINES,
    ROWS,
    VIEW,
    Judged,
    Table,
    alias,
    fields_of,
    links,
    tables_of,
    with_dictionary,
)
from eudr_check.package.gis.edition import Areas, Edition
from eudr_check.package.gis.layout_items import Box
from eudr_check.package.gis.reproducible_sqlite import reproducible_sqlite
from eudr_check.package.gis.written_on import moment_of, written_on
from eudr_check.text import say, topic

STYLES_AND_ALIASES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, plot_index TEXT(30), ui TEXT(30), update_time DATETIME);
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
    constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
    max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""
"""`layer_styles` as QGIS 3.22 makes it; the others as the GeoPackage standard 1.2 words them."""


DRAWN = ("patches", "patch_plots", VIEW)
"""Tables that `draw` writes, or makes the view of."""
PLOT_PATCHES = f"""
CREATE VIEW {VIEW} AS SELECT patch_plots.fid AS fid, patch, plot, "column", year, area_ha
FROM patch_plots JOIN patches ON patches.fid = patch;
"""
POLYGON = b"\x01\x03\x00\x00\x00"
MULTIPOLYGON_OF_ONE = b"\x01\x06\x00\x00\x00\x01\x00\x00\x00"
"""First bytes of a polygon in WKB, and what makes it a multipolygon when put before it."""


def draw(geopackage: Path, *, patches: Path, day: date) -> None:
    """Begin a GeoPackage with its patches, by far the longest table, which nothing else needs to be known for.

    Args:
        geopackage: file to write; it is not there yet.
        patches: Parquet file of PATCHES; a nation has two million, which go from file to file without being drawn up.
        day: date the file carries.
    """
    stored = pq.ParquetFile(patches)
    with written_on(day):
        _write_table(geopackage, Table("patches", stored, "MultiPolygon"), first=True)
        _write_table(geopackage, Table("patch_plots", links(stored)), first=False)


def write(
    folder: Path,
    *,
    edition: Edition,
    plots: Path,
    findings: pd.DataFrame,
    sources: pd.DataFrame,
    patches: Path,
    judged: Judged,
    bounds: Box,
) -> list[Path]:
    """Write `HARVEST.gpkg` and `HARVEST.qgz`.

    Args:
        folder: existing folder to write into; `HARVEST.gpkg` is there with its patches, from `draw`.
        edition: what the delivery shows, and how it is called.
        plots, patches: Parquet files of PLOTS and PATCHES.
        findings: FINDINGS. sources: SOURCES.
        judged: outcomes and what they rest on.
        bounds: the first view of the project, from `view`.

    Returns:
        The two paths. Same tables, same bytes.
    """
    language, geopackage = edition.language, edition.geopackage(folder)
    stored, shown = pq.ParquetFile(patches), _shown(plots, edition)
    content = tables_of(shown, findings, sources, stored, judged, dict(edition.cooperatives), language)
    with written_on(edition.day):
        fields, geometry_types, (cooperatives, dictionary) = _write_tables(
            geopackage, with_dictionary(content, language)
        )
    columns, years = _events(stored)
    styles = gis_styles.styles(language, years)
    with reproducible_sqlite(geopackage):
        _describe(geopackage, fields, geometry_types, dictionary, styles, language, moment_of(edition.day))
        _credit(geopackage, fields, edition)
    project = gis_project.Project(
        geopackage.name,
        title=say("gis", "title", language, harvest=edition.harvest),
        fields=fields,
        geometry_types=geometry_types,
        bounds=bounds,
        events=[column for column in edition.events if column in columns],
        styles=styles,
        language=language,
        policy=", ".join(sorted(judged.assessments["policy"].unique())),
        scenes=edition.scenes,
        harvest=edition.harvest,
        credits=edition.credits,
        maps=edition.maps,
        areas=_drawn_areas(judged, edition),
        years=years,
        cooperatives=[*zip(cooperatives["cooperative_name"], map(tuple, cooperatives.bounds.to_numpy()), strict=True)],
    )
    return [geopackage, gis_project.write(geopackage.with_suffix(".qgz"), project)]


def stored_table(folder: Path, name: str) -> Path | None:
    """A table of a package; None where it has none: AREAS without vector layers, SPLITS where none is proposed."""
    path = folder / "tables" / f"{name}.parquet"
    return path if path.is_file() else None


def _drawn_areas(judged: Judged, edition: Edition) -> list[tuple[Areas, int]]:
    """Vector layers of which something is drawn, and for how many plots each was not read."""
    if judged.areas is None or judged.outlines is None:
        return []
    there = set(pq.read_table(judged.outlines, columns=["area"])["area"].to_pylist())
    said = parquet.frame(judged.areas, ["area", "status"])
    unread = said[said["status"] == "unknown"].groupby("area").size()
    return [(one, int(unread.get(one.name, 0))) for one in edition.areas if one.name in there]


def view(plots: gpd.GeoDataFrame) -> Box:
    """Box of the usable plots, of all where none is usable, of the world where none has a geometry.

    Plots that are blocked are often blocked for lying on the wrong side of the Earth; the view must not follow them.
    """
    usable = plots["usable"].to_numpy(dtype=bool)
    boxes = shapely.bounds(plots.geometry.to_numpy()[usable | ~usable.any()])
    if not np.isfinite(boxes).any():
        return (-180.0, -90.0, 180.0, 90.0)
    (west, south), (east, north) = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    return (float(west), float(south), float(east), float(north))


def _shown(plots: Path, edition: Edition) -> pa.Table:
    """PLOTS from its Parquet file, keys first, without what the harvest does not show."""
    hidden = {"original_wkb"} | (set() if edition.names_producers else {"producer_name"})
    names = [name for name in pq.read_schema(plots).names if name not in hidden | {"plot"}]
    return pq.read_table(plots, columns=["plot", *names])


def _events(patches: pq.ParquetFile) -> tuple[set[str], list[int]]:
    """Columns and years of PATCHES, the years in order."""
    columns, years = set[str](), set[int]()
    for batch in patches.iter_batches(columns=["column", "year"]):
        columns.update(batch["column"].unique().to_pylist())
        years.update(batch["year"].unique().to_pylist())
    return columns, sorted(years)


def _write_tables(
    path: Path, content: Iterable[Table]
) -> tuple[dict[str, list[str]], dict[str, str | None], tuple[gpd.GeoDataFrame, pd.DataFrame]]:
    """Write all tables but those that are drawn.

    Returns:
        Fields of each table, its geometry type, and the frames of cooperatives and of the dictionary.
    """
    fields: dict[str, list[str]] = {}
    geometry_types: dict[str, str | None] = {}
    kept: dict[str, Any] = {}
    for table in content:
        fields[table.name], geometry_types[table.name] = fields_of(table), table.geometry_type
        if table.name in (COOPERATIVES, DICTIONARY):
            kept[table.name] = table.frame
        if table.name not in DRAWN:
            _write_table(path, table, first=False)
            # Each table leaves gaps that the next does not fit into.
            pa.default_memory_pool().release_unused()
    return fields, geometry_types, (kept[COOPERATIVES], kept[DICTIONARY])


def _write_table(path: Path, table: Table, *, first: bool) -> None:
    options: dict[str, Any] = {"layer": table.name, "driver": "GPKG", "geometry_type": table.geometry_type}
    if first:
        options["dataset_options"] = {"VERSION": "1.2"}
    if table.geometry_type is not None:
        options["layer_options"] = {"GEOMETRY_NAME": "geom", "SPATIAL_INDEX": "YES"}
    if isinstance(table.frame, pd.DataFrame):
        pyogrio.write_dataframe(table.frame, path, use_arrow=True, promote_to_multi=False, **options)
    elif table.geometry_type is None:
        pyogrio.write_arrow(table.frame, path, **options)
    else:
        rows = _multipolygons(table.frame) if table.geometry_type == "MultiPolygon" else table.frame
        pyogrio.write_arrow(rows, path, geometry_name="geometry", crs=CRS, **options)


def _multipolygons(frame: pa.Table | pq.ParquetFile | pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The rows as GDAL takes them: polygons as multipolygons of one part, lists as lines of one text."""
    if isinstance(frame, pq.ParquetFile):
        schema, batches = frame.schema_arrow, frame.iter_batches()
    else:
        schema, batches = (
            frame.schema,
            iter(frame if isinstance(frame, pa.RecordBatchReader) else frame.to_batches(ROWS)),
        )
    place = schema.names.index("geometry")

    def promoted(batch: pa.RecordBatch) -> pa.RecordBatch:
        shapes = batch.column(place)
        single = pc.equal(pc.binary_slice(shapes, 0, len(POLYGON)), POLYGON)
        many = pc.binary_join_element_wise(MULTIPOLYGON_OF_ONE, shapes, b"")
        columns = [
            pc.binary_join(column, "\n") if pa.types.is_list(field.type) else column
            for field, column in zip(schema, batch.columns, strict=True)
        ]
        columns[place] = pc.if_else(single, many, shapes)
        return pa.record_batch(columns, schema=lines)

    lines = pa.schema(
        [pa.field(field.name, pa.string()) if pa.types.is_list(field.type) else field for field in schema]
    )
    return pa.RecordBatchReader.from_batches(lines, map(promoted, batches))


def _describe(
    path: Path,
    fields: Mapping[str, Sequence[str]],
    geometry_types: Mapping[str, str | None],
    dictionary: pd.DataFrame,
    styles: dict[str, str],
    language: str,
    moment: str,
) -> None:
    """Put into the file styles (`layer_styles`, as QGIS stores them), names of fields and words for their codes."""
    meanings = dict(
        zip(zip(dictionary["layer"], dictionary["field"], strict=True), dictionary["description"], strict=True)
    )
    words = forms.words(language)
    aliases = [
        (
            table,
            field,
            alias(field, language),
            meanings[table, field],
            field if field in words else None,
        )
        for table, names in fields.items()
        for field in names
    ]
    rows = [
        (number, table, _layer_title(table, language), styles[table], moment)
        for number, table in enumerate(fields, start=1)
        if geometry_types[table] is not None
    ]
    with closing(_opened(path)) as file, file:
        file.executescript(STYLES_AND_ALIASES + PLOT_PATCHES)
        file.executemany("INSERT INTO layer_styles VALUES (?, '', '', ?, 'geom', ?, ?, '', 1, '', '', '', ?)", rows)
        file.executemany(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES (?, 'attributes', ?, '', ?)",
            [(name, name, moment) for name in ("layer_styles", VIEW)],
        )
        file.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, NULL, ?, NULL, ?)", aliases)
        file.executemany(
            "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(field, code, word) for field, known in words.items() for code, word in known.items()],
        )
        file.executemany(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', "
            "'http://www.geopackage.org/spec121/#extension_schema', 'read-write')",
            [("gpkg_data_columns",), ("gpkg_data_column_constraints",)],
        )


def _credit(path: Path, names: Iterable[str], edition: Edition) -> None:
    """Put into the file whose data each table shows."""
    harvest, language = edition.harvest, edition.language
    said = {
        name: metadata.about(name, _layer_title(name, language), of, harvest, language)
        for name in names
        for of in [edition.areas if name == OUTLINES else edition.credits]
    }
    with closing(_opened(path)) as file, file:
        metadata.write(file, said, language, moment_of(edition.day))


def _opened(path: Path) -> sqlite3.Connection:
    """The file, whose writer waits for no disk (see `written_on`) and clears what it deletes on every machine."""
    file = sqlite3.connect(path)
    file.execute("PRAGMA synchronous = OFF")
    file.execute("PRAGMA secure_delete = ON")
    return file


def _layer_title(name: str, language: str) -> str:
    key = f"layer_{name}"
    title = topic("gis")[key][language]
    return title.split(":")[0].strip() if "{" in title else title
