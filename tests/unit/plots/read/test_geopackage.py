"""GeoPackage: its rows are counted by SQLite, it is never changed, and nothing in it acts."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import change, geopackage, write_ahead

IDS = ["P1", "P2", "P3", "P4", "P5"]


@pytest.mark.parametrize("said", [0, 3, 9, None])
def test_feature_count_is_never_believed(tmp_path, said):
    """Five rows are read whatever gpkg_ogr_contents says; a number that differs blocks."""
    path = geopackage(tmp_path)
    value = "NULL" if said is None else said
    change(path, f"UPDATE gpkg_ogr_contents SET feature_count = {value}")
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == IDS
    assert ("count_differs" in codes(findings)) == (said is not None)


def test_feature_count_of_the_shared_data(shared_data):
    """Seven rows come out of the file whose own count is five."""
    made, findings = loaded(named(shared_data / "faults" / "06-gpkg-stale-feature-count" / "stale.gpkg"))

    assert made["plot_id"].tolist() == ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
    assert "count_differs" in codes(findings)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_write_ahead_log_is_read_and_not_changed(tmp_path):
    """A row that lies in the -wal is a plot; no byte of the folder changes."""
    path = write_ahead(tmp_path)
    before = contents(tmp_path)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == [*IDS, "P6"]
    assert contents(tmp_path) == before
    assert "wal_missing" not in codes(findings)


def test_missing_write_ahead_log_is_said(tmp_path):
    """A file in WAL mode without its -wal is read with a warning, and no -wal appears."""
    path = write_ahead(tmp_path)
    Path(f"{path}-wal").unlink()
    before = contents(tmp_path)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == IDS
    assert "wal_missing" in codes(findings)
    assert contents(tmp_path) == before


def test_write_ahead_log_of_the_shared_data(shared_data, tmp_path):
    """Six plots, and the delivered files keep their bytes."""
    for one in (shared_data / "faults" / "33-wal-geopackage").iterdir():
        (tmp_path / one.name).write_bytes(one.read_bytes())
    before = contents(tmp_path)
    made, _ = loaded(named(tmp_path / "w.gpkg"))

    assert made["plot_id"].tolist() == [*IDS, "P6"]
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')",
        "CREATE/**/VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')",
        "CREATE VIRTUAL/* x */TABLE v USING VirtualOGR('a USING RTREE (')",
        "create virtual table v -- USING RTREE\n using VirtualText('/etc/passwd')",
        'CREATE VIRTUAL TABLE "x USING RTREE(" USING VirtualShape("/etc/passwd")',
    ],
)
def test_tables_that_open_other_files_are_refused(tmp_path, sql):
    """However the statement is written, a virtual table that is no index makes the file unsafe."""
    path = geopackage(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = 1")
        database.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))
        database.commit()
    made, findings = loaded(named(path))

    assert not len(made)
    assert codes(findings) <= {"file_unsafe", "file_unreadable"}


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n"
REGISTERED = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('v', 'features', 'v', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4326, 0, 0)",
)


@pytest.mark.parametrize("select", [ENDLESS, "SELECT fid, geom, zeroblob(400000000) AS codigo FROM plots"])
def test_view_that_computes_is_not_read(tmp_path, select):
    """An endless or swelling view is named; the tables beside it are plots."""
    path = geopackage(tmp_path)
    change(path, f"CREATE VIEW v AS {select}", *REGISTERED)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == IDS
    assert "'v'" in findings.loc[findings["code"] == "table_unread", "message"].item()


def test_damaged_crs_blocks_the_rows_until_the_harvest_names_it(tmp_path):
    """A definition nobody understands is no traceback; named in the harvest, the rows are plots."""
    path = geopackage(tmp_path)
    change(
        path,
        "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 77, 'X', 77, 'GEOGCS[oops', '')",
        "UPDATE gpkg_geometry_columns SET srs_id = 77",
        "UPDATE gpkg_contents SET srs_id = 77",
    )
    made, findings = loaded(named(path))
    mended, _ = loaded(named(path, crs="EPSG:4326"))

    assert not made["usable"].any()
    assert codes(findings) & {"crs_unknown", "file_unreadable"}
    assert mended["plot_id"].tolist() == IDS


def test_whole_numbers_beside_empty_cells_keep_their_digits(tmp_path):
    """An id column of integers with one empty cell is not turned into doubles."""
    path = geopackage(tmp_path, 3)
    change(
        path,
        "ALTER TABLE plots ADD COLUMN plot_id INTEGER",
        "UPDATE plots SET plot_id = 9007199254740993 WHERE fid = 1",
        "UPDATE plots SET plot_id = 12 WHERE fid = 2",
    )
    made, findings = loaded(named(path, columns={"plot_id": "plot_id"}))

    assert made["plot_id"].tolist() == ["9007199254740993", "12"]
    assert codes(findings, 3) >= {"id_missing"}


def test_a_geometry_that_names_another_crs_than_its_table_is_a_contradiction(tmp_path):
    """The CRS stands in the table and in each geometry; where they differ nobody knows where the plot lies."""
    path = geopackage(tmp_path)
    psad56 = "x'98100000'"
    change(
        path,
        f"UPDATE plots SET geom = CAST(substr(geom, 1, 4) || {psad56} || substr(geom, 9) AS BLOB) WHERE fid = 2",
    )
    made, findings = loaded(named(path))

    assert made.loc[~made["usable"], "plot_id"].tolist() == ["P2"]
    assert "crs_contradicts" in codes(findings, 2)


@pytest.mark.parametrize(
    "made_of",
    [
        "CREATE TABLE more(id INTEGER PRIMARY KEY, codigo TEXT, longitud REAL, latitud REAL)",
        "CREATE TABLE more AS SELECT geom, codigo, 0 AS longitud, 0 AS latitud FROM plots",
    ],
)
def test_a_list_without_geometry_beside_boundaries_blocks_by_name(tmp_path, made_of):
    """A table with coordinates in columns may hold plots; it is not left out as if it had none."""
    path = geopackage(tmp_path)
    change(
        path,
        made_of,
        "INSERT INTO more(codigo, longitud, latitud) VALUES('Q1', -76.812345, -6.112345)",
        "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES('more', 'attributes', 'more')",
    )
    made, findings = loaded(named(path))

    block = findings[findings["code"] == "table_unread"]
    assert made.loc[made["usable"], "plot_id"].tolist() == IDS
    assert block["severity"].tolist() == ["block"]
    assert "'more'" in block["message"].item()
