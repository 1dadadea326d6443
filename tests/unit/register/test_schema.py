"""A register file whose content could act, or cannot be read, is refused by name before anything is written."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from eudr_check import register
from eudr_check.errors import RegisterError
from eudr_check.register import schema, store
from tests.helpers.register_tables import plots_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A register with one harvest."""
    made = tmp_path / "register.gpkg"
    register.record_land(made, "2025", plots_of(["A"]))
    return made


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


HOSTILE = {
    "wipes losses": "CREATE TRIGGER tidy AFTER INSERT ON plots BEGIN DELETE FROM losses; END",
    "makes all low": "CREATE TRIGGER x AFTER INSERT ON outcomes BEGIN UPDATE outcomes SET outcome = 'low'; END",
    "named like GDAL's": 'CREATE TRIGGER "rtree_plots_geom_insert" AFTER INSERT ON plots BEGIN DELETE FROM losses; END',
    "longer than GDAL's": 'CREATE TRIGGER "rtree_plots_geom_delete" AFTER DELETE ON "plots" WHEN old."geom" NOT NULL '
    'BEGIN DELETE FROM "boundaries"; END',
    "a view": "CREATE VIEW extra AS SELECT * FROM plots",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_foreign_code_is_refused(path, how):
    """Trigger or view is named, for writers and readers, and no byte of the file changes."""
    execute(path, HOSTILE[how])
    before = path.read_bytes()
    with pytest.raises(RegisterError, match=r"register\.gpkg: holds the (trigger|view) '"):
        register.record_land(path, "2026", plots_of(["A", "B"]))
    with pytest.raises(RegisterError, match="holds the"):
        register.harvests(path)

    assert path.read_bytes() == before


def test_triggers_of_gdal_are_known_to_the_letter(tmp_path):
    """What the installed GDAL writes for a feature table is among the triggers that may run."""
    other = tmp_path / "gdal.gpkg"
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=4326)
    frame.to_file(other, layer="plots", driver="GPKG", layer_options={"GEOMETRY_NAME": "geom"})
    with closing(sqlite3.connect(other)) as database:
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'plots'"
        made = {schema._bare(sql) for (sql,) in database.execute(query)}
    known = {schema._bare(f'CREATE TRIGGER "{name}" {body}'.format("plots")) for name, body in schema.KNOWN.items()}

    assert len(made) == 9
    assert made <= known


def test_register_indexed_by_gdal_is_written(path):
    """A spatial index that GDAL or QGIS added is kept up to date, and is no reason to refuse the file."""
    body = [f'CREATE TRIGGER "{name}" {body}'.format("plots") for name, body in schema.KNOWN.items() if "rtree" in name]
    execute(path, "CREATE VIRTUAL TABLE rtree_plots_geom USING rtree(id, minx, maxx, miny, maxy)", *body)
    register.record_land(path, "2026", plots_of(["A", "B"]))
    with closing(sqlite3.connect(path)) as database:
        boxes = database.execute("SELECT round(minx, 3) FROM rtree_plots_geom ORDER BY id").fetchall()

    assert boxes == [(-76.1,), (-76.098,)]


@pytest.mark.parametrize("blob", ["x'00'", "x'47500001e6100000'", "x'47500001e61000000103000000ffffff'", "x''"])
def test_broken_geometry_is_named(path, blob):
    """A geometry that cannot be read names its plot, instead of a traceback."""
    execute(path, f"UPDATE plots SET geom = {blob}")
    with pytest.raises(RegisterError, match="the geometry of 2025 / coop / A is broken"):
        register.plots_of(path, ["coop"], "2026")
    with pytest.raises(RegisterError, match="is broken"):
        register.content(path)


def test_every_table_with_a_place_is_covered():
    """GDAL may index each table that has a geometry."""
    assert set(store.FEATURES) <= set(store.TABLES)
