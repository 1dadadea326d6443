"""The register on the disk: a GeoPackage that many may write, one transaction at a time, or PostgreSQL (`postgis`).

Everything it can hold is declared in `TABLES`. A file made by an earlier version lacks tables: they are added when it
is opened to write, and stand empty while it is only read. All else of this room speaks SQL that both understand.
"""

import errno
import os
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import shapely

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Database, Place
from eudr_check.register import postgis, schema
from eudr_check.text import sentence
from eudr_check.typing import Geometries

Transaction = sqlite3.Connection | postgis.Connection
Row = sqlite3.Row | postgis.Row
Rows = sqlite3.Cursor | postgis.Rows
WAIT_S = 60.0
_WGS84_ID = 4326
_HEADER = struct.Struct("<2sBBi")

FEATURES = ("plots", "losses", "former_plots", "boundaries", "outcomes")
"""Tables with a geometry (EPSG:4326) and a spatial index; the others are attributes."""
_PLOT = "harvest TEXT NOT NULL, cooperative TEXT NOT NULL, plot_id TEXT NOT NULL, area_ha DOUBLE"
TABLES = {
    "plots": f"geom GEOMETRY NOT NULL, {_PLOT}, UNIQUE (harvest, cooperative, plot_id)",
    "losses": "geom GEOMETRY NOT NULL, harvest TEXT NOT NULL, event TEXT NOT NULL, year INTEGER NOT NULL, "
    "area_ha DOUBLE, UNIQUE (harvest, event, year, geom)",
    "former_plots": f"geom GEOMETRY NOT NULL, {_PLOT}, UNIQUE (harvest, cooperative, plot_id)",
    "boundaries": f"geom GEOMETRY NOT NULL, {_PLOT}, loss_ha DOUBLE NOT NULL, date TEXT, "
    "UNIQUE (harvest, cooperative, plot_id, geom)",
    "packages": "harvest TEXT NOT NULL, commodity TEXT NOT NULL, date TEXT, package_digest TEXT NOT NULL, "
    "is_last INTEGER NOT NULL, draft INTEGER NOT NULL, zip TEXT, zip_sha256 TEXT, policy TEXT NOT NULL, "
    "software TEXT NOT NULL, plots INTEGER NOT NULL, area_ha DOUBLE NOT NULL, low INTEGER NOT NULL, "
    "more_info_needed INTEGER NOT NULL, high INTEGER NOT NULL, undetermined INTEGER NOT NULL, "
    "cleared_by_review INTEGER NOT NULL, blocked_rows INTEGER NOT NULL, withheld TEXT, "
    "UNIQUE (harvest, package_digest)",
    "layers": "package INTEGER NOT NULL, layer TEXT NOT NULL, version TEXT, items_read INTEGER NOT NULL, "
    "tiles_with_gaps INTEGER NOT NULL, UNIQUE (package, layer)",
    "outcomes": "geom GEOMETRY, package INTEGER NOT NULL, harvest TEXT NOT NULL, plot TEXT NOT NULL, "
    "cooperative TEXT NOT NULL, plot_id TEXT NOT NULL, area_ha DOUBLE, outcome TEXT NOT NULL, "
    "final_outcome TEXT NOT NULL, policy TEXT NOT NULL, review TEXT, UNIQUE (plot, package)",
    "statements": "package INTEGER NOT NULL, harvest TEXT NOT NULL, statement TEXT NOT NULL, "
    "internal_reference TEXT NOT NULL, lot TEXT, plots INTEGER NOT NULL, net_mass_kg DOUBLE NOT NULL, "
    "geojson_sha256 TEXT NOT NULL, UNIQUE (harvest, internal_reference, package)",
    "statement_plots": "statement INTEGER NOT NULL, outcome INTEGER NOT NULL, plot TEXT NOT NULL, "
    "UNIQUE (outcome, statement)",
    "statement_lots": "statement INTEGER NOT NULL, shipment TEXT, lot TEXT NOT NULL, kg DOUBLE NOT NULL, "
    "UNIQUE (statement, lot)",
    "numbers": "statement INTEGER NOT NULL, reference_number TEXT NOT NULL, verification_number TEXT NOT NULL, "
    "submitted TEXT NOT NULL, keep_until TEXT NOT NULL, replaced INTEGER NOT NULL DEFAULT 0",
    "clocks": "number INTEGER NOT NULL, submitted TEXT NOT NULL, available TEXT, UNIQUE (number)",
    "placements": "statement INTEGER NOT NULL, placed TEXT NOT NULL, keep_until TEXT NOT NULL, "
    "replaced INTEGER NOT NULL DEFAULT 0",
    "filings": "created TEXT NOT NULL, system TEXT NOT NULL, kind TEXT NOT NULL, operation TEXT NOT NULL, "
    "internal_reference TEXT NOT NULL, body_sha256 TEXT NOT NULL, harvest TEXT NOT NULL, package_digest TEXT, "
    "shipment TEXT, statement TEXT, uuid TEXT, amends_version INTEGER, state TEXT NOT NULL, ended TEXT",
    "filing_answers": "filing INTEGER NOT NULL, request TEXT NOT NULL, time TEXT NOT NULL, http INTEGER NOT NULL, "
    "answer TEXT NOT NULL",
    "filing_overviews": "uuid TEXT NOT NULL, system TEXT NOT NULL, internal_reference TEXT, status TEXT NOT NULL, "
    "reference_number TEXT, verification_number TEXT, rejection_reason TEXT, communication TEXT, date TEXT, "
    "updated_by TEXT, version INTEGER, seen TEXT NOT NULL, available TEXT, UNIQUE (uuid, system)",
    "received": "system TEXT NOT NULL, reference_number TEXT NOT NULL, verification_number TEXT NOT NULL, "
    "supplier TEXT, lots TEXT, place TEXT NOT NULL, checked TEXT NOT NULL, result TEXT NOT NULL, status TEXT, "
    "answer TEXT",
}
"""Columns of every table beside `fid`; `package`, `statement` and `outcome` as INTEGER are the `fid` there."""

_GEOPACKAGE = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10200;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326,
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],
    PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]', NULL);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    PRIMARY KEY (table_name, column_name));
"""
_MADE = "2000-01-01T00:00:00.000Z"
"""Date of every table: equal registers are equal bytes."""


def there(place: Place) -> bool:
    """Whether there is a register yet.

    Raises:
        RegisterError: a database that cannot be asked.
    """
    return postgis.there(place) if isinstance(place, Database) else place.is_file()


@contextmanager
def writing(place: Place) -> Iterator[Transaction]:
    """One transaction that holds the lock of the register from its start; the register is made where there is none.

    Raises:
        RegisterError: it cannot be written, or is no register. Nothing of the transaction stays.
    """
    with postgis.writing(place) if isinstance(place, Database) else _writing(place) as database:
        yield database


@contextmanager
def reading(place: Place) -> Iterator[Transaction]:
    """One consistent view of the register.

    Raises:
        RegisterError: it is not there, cannot be read, or is no register.
    """
    with postgis.reading(place) if isinstance(place, Database) else _reading(place) as database:
        yield database


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with _errors(path):
        if not path.exists():
            _make(path)
        database = _connect(path)
        try:
            database.execute("BEGIN IMMEDIATE")
            _be_a_register(database, path)
            schema.refuse_foreign_code(database, path, TABLES)
            _add_tables(database)
            yield database
            database.execute("COMMIT")
        finally:
            database.close()


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    if not path.is_file():
        raise RegisterError(sentence("register", "absent", register=str(path)))
    with _errors(path):
        database = _connect(path)
        try:
            # What an earlier version did not have is empty, not an error; TEMP tables never touch the file.
            database.execute("PRAGMA temp_store = MEMORY")
            database.execute("BEGIN")
            _be_a_register(database, path)
            schema.refuse_foreign_code(database, path, TABLES)
            for name in TABLES.keys() - _names(database):
                database.execute(f"CREATE TEMP TABLE {name} (fid INTEGER PRIMARY KEY, {TABLES[name]})")
                if name in FEATURES:
                    database.execute(f"CREATE TEMP TABLE {name}_index (fid, min_x, max_x, min_y, max_y)")
            yield database
        finally:
            database.close()


def insert(database: Transaction, table: str, **values: object) -> int:
    """Add a row of named values; returns its `fid`."""
    marks = ", ".join("?" * len(values))
    (fid,) = database.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) RETURNING fid", tuple(values.values())
    ).fetchone()
    return int(fid)


def index(database: Transaction, table: str, fid: int, bounds: Sequence[float]) -> None:
    """Put the box of a feature (west, south, east, north in degrees) into the spatial index; PostGIS keeps its own."""
    if isinstance(database, postgis.Connection):
        return
    west, south, east, north = bounds
    database.execute(f"INSERT OR REPLACE INTO {table}_index VALUES (?, ?, ?, ?, ?)", (fid, west, east, south, north))


def remove(database: Transaction, table: str, column: str, value: object) -> None:
    """Take the features with a value in some column out of their table and of the spatial index."""
    if not isinstance(database, postgis.Connection):
        chosen = f"SELECT fid FROM {table} WHERE {column} = ?"
        database.execute(f"DELETE FROM {table}_index WHERE fid IN ({chosen})", (value,))
    database.execute(f"DELETE FROM {table} WHERE {column} = ?", (value,))


def touching(database: Transaction, table: str, columns: Sequence[str], bounds: Sequence[float]) -> list[Row]:
    """Columns of the features whose boxes touch a box (west, south, east, north in degrees), by `fid`."""
    if isinstance(database, postgis.Connection):
        where = f"{table} WHERE geom && ST_MakeEnvelope(?, ?, ?, ?, {_WGS84_ID})"
    else:
        where = f"{table} JOIN {table}_index USING (fid) WHERE max_x >= ? AND max_y >= ? AND min_x <= ? AND min_y <= ?"
    query = f"SELECT {', '.join(columns)} FROM {where} ORDER BY fid"
    return database.execute(query, tuple(bounds)).fetchall()


def blobs(shapes: Geometries) -> list[bytes | None]:
    """GeoPackage binary of geometries in EPSG:4326: header without envelope, then WKB."""
    header = _HEADER.pack(b"GP", 0, 1, _WGS84_ID)
    return [None if wkb is None else header + wkb for wkb in shapely.to_wkb(shapes, byte_order=1)]


def shapes(stored: Sequence[bytes | None], names: Sequence[object] | None = None) -> Geometries:
    """object (n,) geometries in EPSG:4326 of GeoPackage binaries as `blobs` makes them; None where there is none.

    Args:
        stored: the binaries.
        names: what each belongs to, for messages.

    Raises:
        RegisterError: a geometry is broken; says whose it is.
    """
    wkb = np.array([blob if blob is None else bytes(blob[_HEADER.size :]) for blob in stored], dtype=object)
    try:
        return np.asarray(shapely.from_wkb(wkb), dtype=object) if len(wkb) else wkb
    except (shapely.errors.GEOSException, TypeError):
        bad = [
            at for at, one in enumerate(wkb) if one is not None and shapely.from_wkb(one, on_invalid="ignore") is None
        ]
        whose = sentence("register", "row", row=bad[0] + 1) if names is None else str(names[bad[0]])
        raise RegisterError(
            sentence("register", "geometry_broken", whose=whose, count=len(bad), total=len(wkb))
        ) from None


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or (
            isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        )
        if full:
            raise RegisterError(sentence("register", "disk_full", register=str(path))) from error
        raise RegisterError(sentence("register", "not_opened", register=path.name, problem=str(error))) from error


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
    database.row_factory = sqlite3.Row
    # What the file itself brings along must not act before it was looked at.
    database.execute("PRAGMA trusted_schema = OFF")
    return database


def _names(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}


def _be_a_register(database: sqlite3.Connection, path: Path) -> None:
    """Refuse another GeoPackage before a table is added to it."""
    known = {name for (name,) in database.execute("SELECT name FROM pragma_table_info('plots')")}
    if not {"harvest", "cooperative", "plot_id"} <= known or "losses" not in _names(database):
        raise RegisterError(sentence("register", "no_register", register=path.name))


def _make(path: Path) -> None:
    """An empty register, put in its place whole; when another writer was first, theirs stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        temporary = Path(file.name)
    try:
        database = _connect(temporary)
        database.executescript(_GEOPACKAGE)
        _add_tables(database)
        database.close()
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _add_tables(database: sqlite3.Connection) -> None:
    """Every table the register lacks, announced to GeoPackage readers."""
    for name in [name for name in TABLES if name not in _names(database)]:
        database.execute(f"CREATE TABLE {name} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {TABLES[name]})")
        kind, reference = ("features", _WGS84_ID) if name in FEATURES else ("attributes", None)
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, srs_id) VALUES (?, ?, ?, ?, ?)",
            (name, kind, name, _MADE, reference),
        )
        if name in FEATURES:
            database.execute(
                "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)", (name, _WGS84_ID)
            )
            database.execute(f"CREATE VIRTUAL TABLE {name}_index USING rtree(fid, min_x, max_x, min_y, max_y)")
