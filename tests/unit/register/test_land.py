"""The register's file: writers take turns, readers of any kind open it, earlier versions still serve."""

import multiprocessing
import sqlite3
from pathlib import Path

import pyogrio
import pytest

from eudr_check import register
from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.register import store
from tests.conftest import REPOSITORY
from tests.helpers.register_tables import NUMBERS, plots_of, record
from tests.helpers.registers import KINDS, counts

EARLIER = ("plots", "losses")
"""What a register of the first version held."""


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A register as the first version made it, with one harvest."""
    path = tmp_path / "earlier.gpkg"
    register.record_land(path, "2024", plots_of(["A", "B"]))
    with sqlite3.connect(path) as database:
        for name in store.TABLES.keys() - set(EARLIER):
            database.execute(f"DROP TABLE {name}")
            database.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (name,))
            database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", (name,))
            database.execute(f"DROP TABLE IF EXISTS {name}_index")
    database.close()
    return path


def write(path: Place, writer: int) -> None:
    """Record ten harvests with land, package and number (run in a process of its own)."""
    for number in range(10):
        name = f"{writer}-{number}"
        record(path, name, {"A": "low", "B": "low", "C": "high"})
        register.note(path, name, "1", **{**NUMBERS, "reference": f"26PE{writer}{number}TVCZAQ2S"})


@pytest.mark.parametrize("kind", KINDS)
def test_two_writers_lose_nothing(request, tmp_path, kind):
    """Two processes write at once into a register that does not exist yet: every entry is there."""
    path = tmp_path / "register.gpkg" if kind == "geopackage" else request.getfixturevalue("databases").empty()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write, args=(path, number)) for number in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    wanted = {"plots": 60, "outcomes": 60, "packages": 20, "statements": 20, "statement_plots": 40, "numbers": 20}
    if kind == "geopackage":
        wanted |= {"plots_index": 60, "outcomes_index": 60}

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert counts(path, *wanted) == wanted
    assert not list(tmp_path.glob("*.tmp"))


def test_two_writers_of_one_harvest_leave_one_of_the_two(place):
    """Runs of the same harvest take each other's place whole: plots, outcomes and statement are of one run."""
    path = place
    record(path, "2026", {"A": "low", "B": "low"}, digest="aa" * 32)
    record(path, "2026", {"C": "low"}, digest="bb" * 32)
    found = register.find(path, "2026")

    assert [(row["plot"], row["package"]) for row in found if row["package_digest"]] == [("coop/C", "last")]
    assert {row["plot"]: row["package"] for row in found if not row["package_digest"]} == {
        "coop/A": "left out later",
        "coop/B": "left out later",
    }


def test_another_harvest_is_never_touched(place):
    """Recording a harvest leaves plots, outcomes and statements of the others as they are."""
    path = place
    record(path, "2025", {"A": "low"})
    before = register.find(path, "2025")
    record(path, "2026", {"A": "high", "Z": "low"})
    record(path, "2026", {"Z": "low"}, digest="d2" * 32)

    assert register.find(path, "2025") == before


def test_register_is_a_geopackage(tmp_path):
    """GDAL, and so QGIS, opens every table: those with land as features, the others as attributes."""
    path = tmp_path / "register.gpkg"
    record(path, "2026", {"A": "low", "B": "high"})
    kinds = dict(pyogrio.list_layers(path))
    outcomes = pyogrio.read_dataframe(path, layer="outcomes")

    assert set(store.TABLES) <= set(kinds)
    assert {name for name in store.TABLES if kinds[name] is not None} == set(store.FEATURES)
    assert outcomes.crs == "EPSG:4326"
    assert list(outcomes["final_outcome"]) == ["low", "high"]
    assert list(pyogrio.read_dataframe(path, layer="statements")["internal_reference"]) == ["2026-001"]


def test_the_page_names_every_table():
    """Whoever opens the register in QGIS finds every table explained."""
    page = (REPOSITORY / "docs" / "how-to" / "register.md").read_text(encoding="utf-8")

    assert [name for name in store.TABLES if f"| `{name}` |" not in page] == []


def test_an_earlier_register_is_read_as_it_is(earlier):
    """Reading a register of the first version finds its land and changes no byte of it."""
    before = earlier.read_bytes()
    found = register.harvests(earlier)

    assert found == [{"harvest": "2024", "usable_plots": 2, "keep_until": None, "packages": []}]
    assert [row["package"] for row in register.find(earlier, "coop/A")] == ["none yet"]
    assert earlier.read_bytes() == before


def test_an_earlier_register_takes_new_content(earlier):
    """Writing adds what a register of the first version lacks, and keeps its land."""
    record(earlier, "2026", {"C": "low"})

    assert [one["harvest"] for one in register.harvests(earlier)] == ["2024", "2026"]
    assert len(register.plots_of(earlier, ["coop"], "2026")) == 2
    assert set(store.TABLES) <= set(dict(pyogrio.list_layers(earlier)))


def test_state_is_that_of_the_land_of_others(place):
    """Noting a number, packages and the harvest's own land redo nothing; other land does."""
    path = place
    record(path, "2025", {"A": "low"})
    before = register.land_state(path, "2026")
    record(path, "2026", {"A": "low"})
    register.note(path, "2025", "statement-01", **NUMBERS)
    register.note(path, "2026", "statement-01", **{**NUMBERS, "reference": "26PE000000AQ2S"})
    after = register.land_state(path, "2026")
    record(path, "2025", {"A": "low", "B": "low"}, digest="d2" * 32)

    assert after == before
    assert register.land_state(path, "2026") != before


@pytest.mark.parametrize("content", [b"no database", b""])
def test_another_file_is_refused_and_stays(tmp_path, content):
    """A file that is no register is named, and nothing is written into it."""
    path = tmp_path / "plots.gpkg"
    path.write_bytes(content)
    with pytest.raises(RegisterError, match=r"plots\.gpkg"):
        register.record_land(path, "2026", plots_of(["A"]))

    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written(tmp_path):
    """A folder that cannot be made is an error that names the register."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(RegisterError, match=r"register\.gpkg"):
        register.record_land(tmp_path / "file" / "register.gpkg", "2026", plots_of(["A"]))


def test_a_geopackage_of_plots_is_refused(tmp_path):
    """The plot file of a cooperative named by mistake gets no tables of ours."""
    path = tmp_path / "plots.gpkg"
    plots_of(["A"]).drop(columns="cooperative").to_file(path, layer="plots", driver="GPKG")
    before = path.read_bytes()
    with pytest.raises(RegisterError, match="no register of eudr-check"):
        register.record_land(path, "2026", plots_of(["A"]))

    assert path.read_bytes() == before


def test_a_register_that_is_not_there(tmp_path):
    """Looking into a file that does not exist says where a register comes from, and makes none."""
    with pytest.raises(RegisterError, match="no such file"):
        register.harvests(tmp_path / "none.gpkg")
    with pytest.raises(RegisterError, match="no such file"):
        register.note(tmp_path / "none.gpkg", "2026", "1", **NUMBERS)

    assert not list(tmp_path.iterdir())
