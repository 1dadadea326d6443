"""GDAL's own GeoPackage validator, which we did not write, has nothing to say about any GeoPackage we write."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from browser import needed

from tests.helpers import season_tables
from tests.helpers.register_tables import record

SYSTEM_PYTHON = "/usr/bin/python3"


def complaints(path: Path) -> str:
    """What the validator says; empty where the file is as the standard wants it."""
    needed("qgis")
    command = [SYSTEM_PYTHON, "-m", "osgeo_utils.samples.validate_gpkg", "-k", path]
    # Only the system's GIS libraries: those of this process name their own data folders in the environment.
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


@pytest.mark.parametrize("count", [0, 60])
def test_the_geopackage_of_a_package(tmp_path: Path, count: int) -> None:
    """Features, tables, styles, names and words of fields; also where there is no plot. GDAL reports the words."""
    season = season_tables.season(count, hostile=True)
    if count:
        season = replace(season_tables.with_areas(season), splits=season_tables.proposed(season))
    path, _ = season.gis(tmp_path, season_tables.harvest())

    assert complaints(path) == ""
    words = pyogrio.read_dataframe(path, sql="SELECT * FROM gpkg_data_column_constraints")
    named = pyogrio.read_dataframe(path, sql="SELECT * FROM gpkg_data_columns WHERE constraint_name IS NOT NULL")
    low = words.query("constraint_name == 'final_outcome' and value == 'low'")
    assert low["description"].tolist() == ["Riesgo bajo"]
    assert set(named["constraint_name"]) <= set(words["constraint_name"])
    assert {("plots", "final_outcome"), ("findings", "severity")} <= (
        enumerated := set(zip(named["table_name"], named["column_name"], strict=True))
    )
    assert (("splits", "part") in enumerated) == bool(count)


def test_the_register(tmp_path: Path) -> None:
    """With a harvest, its outcomes and a statement in it."""
    path = tmp_path / "register.gpkg"
    record(path, "2026", {"A": "low", "B": "high"})

    assert complaints(path) == ""


def test_the_validator_finds_a_fault(tmp_path: Path) -> None:
    """An announced geometry type that the table does not have is found: silence means something."""
    path = tmp_path / "register.gpkg"
    record(path, "2026", {"A": "low"})
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT' WHERE table_name = 'plots'")

    assert "plots" in complaints(path)
