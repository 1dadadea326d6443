"""GeoPackage: read from a copy where reading would change it, its rows counted by SQLite itself."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from pyogrio.errors import CRSError

from eudr_check.plots.read import vector
from eudr_check.plots.read.raw_table import Delivery, Note, UnreadableError

_BESIDE = ("-wal", "-journal")
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_NAME = r"""(?:"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|'(?:[^']|'')*'|\w+)"""
_INDEX = re.compile(
    rf"\s*CREATE\s+VIRTUAL\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:{_NAME}\s*\.\s*)?{_NAME}\s+USING\s+"
    r"(?:rtree|rtree_i32|fts3|fts4|fts5)\s*\(.*\)\s*",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN_VIEW = re.compile(
    rf"\s*CREATE\s+VIEW\s+{_NAME}\s*(?:\([^()]*\)\s*)?AS\s+SELECT\s+[^()]*?\s+FROM\s+{_NAME}"
    r"(?:\s+(?:AS\s+)?\w+)?(?:\s+WHERE\s+[^()]*)?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_HEAD = 8
"""Bytes of a geometry in which it names its CRS: magic, version, flags, srs_id."""
_DRIVERS = ("GPKG", "SQLite")


def read(path: Path, table: str | None, encoding: str | None) -> Delivery:
    """One delivery from the feature tables of a GeoPackage; neither it nor a file beside it is touched.

    Raises:
        UnreadableError: no GeoPackage, damaged, or with content that acts.
    """
    with path.open("rb") as stream:
        head = stream.read(20)
    ahead = head[18:20] == b"\x02\x02"
    beside = [end for end in _BESIDE if Path(f"{path}{end}").exists()]
    if not ahead and not beside:
        return _read(path, path, table, encoding)
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        for end in beside:
            shutil.copyfile(f"{path}{end}", f"{copy}{end}")
        _fold(copy)
        delivery = _read(copy, path, table, encoding)
    if ahead and "-wal" not in beside:
        delivery.notes.append(Note("wal_missing", {"file": f"{path.name}-wal"}))
    return delivery


def _fold(copy: Path) -> None:
    """Bring what the write-ahead log or a journal holds into the copy itself."""
    try:
        with closing(sqlite3.connect(copy)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            database.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlite3.Error as error:
        raise UnreadableError("file_unreadable", problem=f"SQLite: {error}") from error


def _read(path: Path, delivered: Path, table: str | None, encoding: str | None) -> Delivery:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.text_factory = lambda raw: raw.decode("utf-8", "replace")
            _refuse_what_acts(database)
            skipped = _views_that_are_not_plain(database)
            counts, said = _counts(database, skipped)
            declared = _with_crs(database)
            foreign = {name: rows for name in counts if (rows := _of_another_crs(database, name))}
    except sqlite3.Error as error:
        raise UnreadableError("file_unreadable", problem=f"SQLite: {error}") from error
    source = vector.Source(path, _DRIVERS, encoding, counts, skipped, declared=declared, foreign=foreign)
    try:
        delivery = vector.read(source, table)
    except CRSError:
        delivery = _without_crs(source, table)
    notes = [Note("table_unread", {"table": name, "problem": "a view that computes"}) for name in skipped]
    for name, count in sorted(said.items()):
        if count != counts.get(name, count) and table in (None, name):
            counted = f"{name}: gpkg_ogr_contents {count}, {delivered.name} {counts[name]}"
            notes.append(Note("count_differs", {"counts": counted}))
    delivery.notes.extend(notes)
    return delivery


def _refuse_what_acts(database: sqlite3.Connection) -> None:
    """A SQLite file may hold tables that open other files; no GeoPackage needs any but its indexes."""
    for name, root, sql in database.execute("SELECT name, rootpage, sql FROM sqlite_master WHERE type = 'table'"):
        if not root and not _INDEX.fullmatch(_COMMENT.sub(" ", str(sql))):
            raise UnreadableError("file_unsafe", problem=f"virtual table {str(name)[:40]}")


def _views_that_are_not_plain(database: sqlite3.Connection) -> tuple[str, ...]:
    views = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY name").fetchall()
    return tuple(str(name) for name, sql in views if not _PLAIN_VIEW.fullmatch(_COMMENT.sub(" ", str(sql))))


def _counts(database: sqlite3.Connection, skipped: tuple[str, ...]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows of each registered table as SQLite counts them, and as the file says."""
    present = {str(name) for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "gpkg_contents" not in present:
        return {}, {}
    named = [str(name) for (name,) in database.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")]
    counts = {}
    for name in named:
        if name in present and name not in skipped:
            quoted = name.replace('"', '""')
            # Not an index: it may not agree with the rows.
            counts[name] = int(database.execute(f'SELECT count(*) FROM "{quoted}" NOT INDEXED').fetchone()[0])
    said: dict[str, int] = {}
    if "gpkg_ogr_contents" in present:
        rows = database.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents WHERE feature_count >= 0")
        said = {str(name): int(count) for name, count in rows if str(name) in counts}
    return counts, said


def _with_crs(database: sqlite3.Connection) -> tuple[str, ...]:
    """Tables that declare a CRS: 0 and -1 stand for none."""
    found = database.execute("SELECT name FROM sqlite_master WHERE name = 'gpkg_geometry_columns'").fetchall()
    if not found:
        return ()
    rows = database.execute("SELECT table_name FROM gpkg_geometry_columns WHERE srs_id NOT IN (0, -1)")
    return tuple(str(name) for (name,) in rows)


def _of_another_crs(database: sqlite3.Connection, table: str) -> dict[int, str]:
    """Rows, in the order they are read, whose geometry names another CRS than their table: 0 and -1 name none."""
    if not _has_geometry_columns(database):
        return {}
    found = database.execute(
        "SELECT column_name, g.srs_id, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns AS g "
        "LEFT JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = g.srs_id WHERE lower(table_name) = lower(?)",
        (table,),
    ).fetchone()
    if found is None or found[1] in (0, -1):
        return {}
    column, own, code, definition = found
    alike = database.execute("SELECT srs_id FROM gpkg_spatial_ref_sys WHERE definition = ?", (definition,))
    same = {0, -1, own, code, *(srs for (srs,) in alike)}
    quoted, name = (str(part).replace('"', '""') for part in (table, column))
    heads = database.execute(
        f'SELECT CAST(substr("{name}", 1, {_HEAD}) AS BLOB) FROM "{quoted}" NOT INDEXED ORDER BY rowid'
    )
    named = [
        int.from_bytes(head[4:], "little" if head[3] & 1 else "big", signed=True)
        if head is not None and head[:2] == b"GP" and len(head) == _HEAD
        else 0
        for (head,) in heads
    ]
    return {row: f"EPSG:{srs}" for row, srs in enumerate(named) if srs not in same}


def _has_geometry_columns(database: sqlite3.Connection) -> bool:
    names = ("gpkg_geometry_columns", "gpkg_spatial_ref_sys")
    found = database.execute(f"SELECT count(*) FROM sqlite_master WHERE name IN {names}").fetchone()
    return bool(found[0] == len(names))


def _without_crs(source: vector.Source, table: str | None) -> Delivery:
    """The rows all the same, under a CRS nobody can read."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / source.path.name
        shutil.copyfile(source.path, copy)
        try:
            with closing(sqlite3.connect(copy)) as database:
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    quoted = str(name).replace('"', '""')
                    database.execute(f'DROP TRIGGER "{quoted}"')
                database.execute("UPDATE gpkg_geometry_columns SET srs_id = 0")
                database.execute("UPDATE gpkg_contents SET srs_id = 0")
                database.commit()
            bare = vector.Source(copy, source.drivers, source.encoding, source.counts, source.skipped)
            bare.crs = vector.UNREADABLE_CRS
            return vector.read(bare, table)
        except (sqlite3.Error, CRSError) as error:
            raise UnreadableError("file_unreadable", problem=f"its coordinate reference system: {error}") from error
