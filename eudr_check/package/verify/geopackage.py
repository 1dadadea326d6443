"""The GIS delivery made once more and compared, table by table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from eudr_check import __version__
from eudr_check.package import pictures
from eudr_check.package.gis import chains, maps, rasters
from eudr_check.package.gis import geopackage as gis
from eudr_check.package.gis.content import Judged
from eudr_check.package.gis.edition import Edition
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference, some
from eudr_check.text import sentence, worded

VOLATILE = frozenset({"sqlite_sequence", "gpkg_ogr_contents"})
"""Counters of the library that wrote the file."""


def check(contents: Contents) -> Iterator[Difference]:
    """Attributes, geometries, styles and structure of the GeoPackage, and the QGIS project."""
    if not contents.wants("gis"):
        return
    inside = _edition(contents).geopackage(contents.root)
    if not inside.is_file():
        yield Difference(inside.name, "missing", sentence("differences", "gis_asked"))
        return
    with TemporaryDirectory() as scratch:
        fresh, project = _made(contents, Path(scratch))
        if fresh.read_bytes() != inside.read_bytes():
            try:
                yield from some(_tables(inside, fresh))
            except sqlite3.Error as error:
                yield Difference(inside.name, "unreadable", worded(error))
        there = contents.root / project.name
        if not there.is_file():
            yield Difference(project.name, "missing", sentence("differences", "qgis_asked"))
        elif there.read_bytes() != project.read_bytes() and contents.summary["software"] == __version__:
            yield Difference(project.name, "derived", sentence("differences", "other_project"))


def _edition(contents: Contents) -> Edition:
    scenes = pictures.files(contents.root / pictures.FOLDER)
    shown = maps.columns(contents.root)
    return Edition.of(
        contents.harvest, contents.variables, scenes, contents.layers, shown, contents.policy, contents.areas
    )


def _made(contents: Contents, folder: Path) -> tuple[Path, Path]:
    """GeoPackage and project from the tables inside, as the writer makes them."""
    tables = contents.root / "tables"
    edition = _edition(contents)
    gis.draw(edition.geopackage(folder), patches=tables / "PATCHES.parquet", day=edition.day)
    made, project = gis.write(
        folder,
        edition=edition,
        plots=tables / "PLOTS.parquet",
        findings=contents.findings,
        sources=contents.sources,
        patches=tables / "PATCHES.parquet",
        judged=Judged(
            contents.assessments,
            contents.reasons,
            pq.ParquetFile(tables / "EVIDENCE.parquet"),
            edition.counted,
            maps.raster(contents.root, edition.counted.baseline),
            rasters.looks(contents.root),
            gis.stored_table(contents.root, "AREAS"),
            gis.stored_table(contents.root, "AREA_OUTLINES"),
            chains.files(contents.root),
            gis.stored_table(contents.root, "SPLITS"),
        ),
        bounds=gis.view(contents.plots),
    )
    return made, project


def _tables(inside: Path, fresh: Path) -> Iterator[Difference]:
    """What differs between two databases; opened without writing, triggers and views are only read about."""
    with closing(sqlite3.connect(f"file:{inside}?mode=ro&immutable=1", uri=True)) as there:
        there.execute("ATTACH DATABASE ? AS made", (f"file:{fresh}?mode=ro&immutable=1",))
        was, now = (
            dict(there.execute(f"SELECT type || ' ' || name, sql FROM {base}.sqlite_master").fetchall())
            for base in ("main", "made")
        )
        for name in sorted(was.keys() | now.keys()):
            if was.get(name) != now.get(name):
                yield Difference(inside.name, "structure", sentence("differences", "other_structure", name=name))
        for kind, name in (entry.split(" ", 1) for entry in sorted(was.keys() & now.keys())):
            if kind == "table" and was[f"table {name}"] and name not in VOLATILE and not name.startswith("rtree_"):
                yield from _rows(there, inside.name, name)


def _rows(there: sqlite3.Connection, file: str, table: str) -> Iterator[Difference]:
    quoted = '"' + table.replace('"', '""') + '"'
    columns = [row[1] for row in there.execute(f"PRAGMA made.table_info({quoted})")]
    for one, other, says in (
        ("main", "made", "row_foreign"),
        ("made", "main", "row_lacking"),
    ):
        query = f"SELECT * FROM {one}.{quoted} EXCEPT SELECT * FROM {other}.{quoted}"
        for row in there.execute(query).fetchmany(3):
            stated = ", ".join(
                f"{name} {str(value)[:40]}"
                for name, value in zip(columns, row, strict=True)
                if not isinstance(value, bytes)
            )
            yield Difference(file, "table", sentence("differences", says, table=table, row=stated[:200]))
    counts = [there.execute(f"SELECT count(*) FROM {base}.{quoted}").fetchone()[0] for base in ("main", "made")]
    if counts[0] != counts[1]:
        yield Difference(
            file, "table", sentence("differences", "row_count", table=table, count=counts[0], given=counts[1])
        )
