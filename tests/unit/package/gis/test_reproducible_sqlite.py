"""What hides in the free parts of a SQLite file, and which version wrote it, must change no hash."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from eudr_check.package.gis.reproducible_sqlite import reproducible_sqlite

ROWS = [(f"table {number % 7}", f"field {number * 7919 % 1000}") for number in range(1000)]


@pytest.fixture
def geopackage(tmp_path: Path) -> Path:
    """A map that GDAL wrote."""
    path = tmp_path / "map.gpkg"
    gpd.GeoDataFrame({"plot": ["a"]}, geometry=[shapely.Point(-76, -6)], crs="EPSG:4326").to_file(path, layer="plots")
    return path


def described(path: Path) -> bytes:
    """The file with a table of some hundred rows that Python wrote, in an order that divides pages of its index."""
    with reproducible_sqlite(path), closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE gpkg_words (layer TEXT, field TEXT, UNIQUE (layer, field))")
        file.executemany("INSERT INTO gpkg_words VALUES (?, ?)", ROWS)
    return path.read_bytes()


def test_the_version_stays_that_of_gdal(geopackage: Path) -> None:
    """Python's own is another on each machine."""
    by_gdal = geopackage.read_bytes()[96:100]

    assert described(geopackage)[96:100] == by_gdal


def test_rows_and_indexes_stay(geopackage: Path) -> None:
    """Only what no cell uses is cleared."""
    described(geopackage)
    with closing(sqlite3.connect(geopackage)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT * FROM gpkg_words").fetchall() == ROWS
        indexed = "SELECT count(*) FROM gpkg_words INDEXED BY sqlite_autoindex_gpkg_words_1 WHERE layer = 'table 3'"
        assert file.execute(indexed).fetchone() == (143,)
    assert len(gpd.read_file(geopackage, layer="plots")) == 1


def test_what_hides_in_free_parts_is_cleared(geopackage: Path) -> None:
    """Marks in the free part of every page of the table and its index, and in that of the first page."""
    clean = bytearray(described(geopackage))
    with closing(sqlite3.connect(geopackage)) as file:
        (size,) = file.execute("PRAGMA page_size").fetchone()
    dirty, marked = bytearray(clean), 0
    for place in range(0, len(clean), size):
        head = place + (100 if place == 0 else 0)
        kind, cells = clean[head], int.from_bytes(clean[head + 3 : head + 5], "big")
        content = place + int.from_bytes(clean[head + 5 : head + 7], "big")
        free = head + {13: 8, 10: 8, 5: 12, 2: 12}.get(kind, size) + 2 * cells
        if free + 4 <= content and (place == 0 or b"field " in clean[place : place + size]):
            dirty[free : free + 4] = b"\xaa" * 4
            marked += 1
    geopackage.write_bytes(dirty)
    with reproducible_sqlite(geopackage):
        pass

    assert marked > 5
    assert geopackage.read_bytes() == clean
