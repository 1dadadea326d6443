"""Code inside the file of a register: only the triggers that GDAL and QGIS make for their index and counts may run."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely

from eudr_check.errors import RegisterError
from eudr_check.text import sentence

_BOX = 'ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")'
_SOME, _NONE = '(NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))', '(NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))'
_SAME, _OTHER = 'OLD."fid" = NEW."fid"', 'OLD."fid" != NEW."fid"'
_PUT = f'INSERT OR REPLACE INTO "rtree_{{0}}_geom" VALUES (NEW."fid", {_BOX});'
_DROP = 'DELETE FROM "rtree_{0}_geom" WHERE id = OLD."fid";'
_COUNT = "UPDATE gpkg_ogr_contents SET feature_count = feature_count {} 1 WHERE lower(table_name) = lower('{{0}}');"
_MOVED = (
    'UPDATE "rtree_{0}_geom" SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"), '
    'miny = ST_MinY(NEW."geom"), maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid";'
)
KNOWN = {
    "rtree_{0}_geom_insert": 'AFTER INSERT ON "{0}" WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom")) '
    f"BEGIN {_PUT} END",
    "rtree_{0}_geom_update1": f'AFTER UPDATE OF "geom" ON "{{0}}" WHEN {_SAME} AND {_SOME} BEGIN {_PUT} END',
    "rtree_{0}_geom_update2": f'AFTER UPDATE OF "geom" ON "{{0}}" WHEN {_SAME} AND {_NONE} BEGIN {_DROP} END',
    "rtree_{0}_geom_update3": f'AFTER UPDATE ON "{{0}}" WHEN {_OTHER} AND {_SOME} BEGIN {_DROP} {_PUT} END',
    "rtree_{0}_geom_update4": f'AFTER UPDATE ON "{{0}}" WHEN {_OTHER} AND {_NONE} '
    'BEGIN DELETE FROM "rtree_{0}_geom" WHERE id IN (OLD."fid", NEW."fid"); END',
    "rtree_{0}_geom_update5": f'AFTER UPDATE ON "{{0}}" WHEN {_OTHER} AND {_SOME} BEGIN {_DROP} {_PUT} END',
    "rtree_{0}_geom_update6": f'AFTER UPDATE OF "geom" ON "{{0}}" WHEN {_SAME} AND {_SOME} '
    f'AND (OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom")) BEGIN {_MOVED} END',
    "rtree_{0}_geom_update7": f'AFTER UPDATE OF "geom" ON "{{0}}" WHEN {_SAME} AND {_SOME} '
    f'AND (OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom")) BEGIN {_PUT.replace("OR REPLACE ", "")} END',
    "rtree_{0}_geom_delete": f'AFTER DELETE ON "{{0}}" WHEN old."geom" NOT NULL BEGIN {_DROP} END',
    "trigger_insert_feature_count_{0}": f'AFTER INSERT ON "{{0}}" BEGIN {_COUNT.format("+")} END',
    "trigger_delete_feature_count_{0}": f'AFTER DELETE ON "{{0}}" BEGIN {_COUNT.format("-")} END',
}
"""Triggers of a GeoPackage as GDAL 3 writes them (OGC 12-128r18, annex F.3), for table {0}."""


def refuse_foreign_code(database: sqlite3.Connection, path: Path, tables: Iterable[str]) -> None:
    """Stop before a trigger or view that is not GDAL's own runs, and let GDAL's own ones work.

    Args:
        database: opened with `trusted_schema` off.
        path: the register, for the message.
        tables: the tables of a register.

    Raises:
        RegisterError: names what the file holds.
    """
    known = {_bare(f'CREATE TRIGGER "{name}" {body}'.format(table)) for table in tables for name, body in KNOWN.items()}
    code = database.execute(
        "SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('trigger', 'view')"
    ).fetchall()
    for kind, name, sql in code:
        if kind == "view" or _bare(str(sql)) not in known:
            raise RegisterError(sentence("register", "foreign_code", register=path.name, kind=kind, name=name))
    if code:
        # Only triggers looked at above are left, and they need these functions.
        database.execute("PRAGMA trusted_schema = ON")
        database.create_function("ST_IsEmpty", 1, lambda blob: int(shapely.is_empty(_shape(blob))), deterministic=True)
        for at, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
            side = lambda blob, at=at: float(shapely.bounds(_shape(blob))[at])  # noqa: E731
            database.create_function(name, 1, side, deterministic=True)


def _shape(blob: bytes) -> Any:
    return shapely.from_wkb(blob[8:])


def _bare(sql: str) -> str:
    return "".join(sql.replace('"', "").split()).casefold()
