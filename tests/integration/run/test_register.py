"""The register through the command: filled by a run, noted by a person, found and exported."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from eudr_check import config
from eudr_check.cli.commands import app
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest
from tests.helpers.registers import Databases
from tests.helpers.same_bytes import contents

NUMBERS = ("--reference", "26PE7XTVCZAQ2S", "--verification", "QW3RT5YU", "--submitted", "2026-11-20")


def registered(harvest: tiny_harvest.Tiny) -> Path:
    """The tiny harvest told to keep a register; returns the register."""
    content = yaml.safe_load(harvest.config.read_text(encoding="utf-8"))
    harvest.config.write_text(yaml.safe_dump({**content, "register": "register.gpkg"}), encoding="utf-8")
    return harvest.config.with_name("register.gpkg")


def asked(*words: object) -> str:
    """Standard output of a command about the register that must succeed."""
    result = CliRunner().invoke(app, ["register", *map(str, words)])
    assert result.exit_code == Exit.DONE, result.output
    return result.stdout


def statement(harvest: tiny_harvest.Tiny) -> str:
    """The folder of the only statement of a finished run."""
    summary = json.loads((harvest.config.parent / "run" / "package" / "summary.json").read_text(encoding="utf-8"))
    (made,) = summary["statements"]
    return str(made["folder"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny harvest with a register, run once."""
    folder = tmp_path_factory.mktemp("registered") / "tiny"
    drawn = tiny_harvest.write(folder)
    registered(drawn)
    run(config.load(drawn.config), offline=True)
    return folder


@pytest.fixture
def register(finished: Path, tiny: tiny_harvest.Tiny) -> Path:
    """The register of a finished run of the tiny harvest; run and register are the test's own."""
    shutil.copytree(finished, tiny.config.parent, dirs_exist_ok=True)
    return tiny.config.with_name("register.gpkg")


def test_a_run_fills_the_register(register: Path, tiny: tiny_harvest.Tiny):
    """Outcomes, package and statement are those of the run, and the statement declares the plots that are low."""
    (harvest,) = json.loads(asked("list", register, "--json"))
    (package,) = harvest["packages"]
    summary = json.loads((tiny.config.parent / "run" / "package" / "summary.json").read_text(encoding="utf-8"))
    found = json.loads(asked("find", register, summary["statements"][0]["reference"], "--json"))

    assert package["outcomes"] == summary["outcomes"]
    assert [one["net_mass_kg"] for one in package["statements"]] == [4000.0]
    assert {row["plot"] for row in found} == {plot for plot, outcome in tiny.outcomes.items() if outcome == "low"}
    assert package["blocked_rows"] == len(tiny.blocked)
    assert {layer["layer"] for layer in package["layers"]} == {choice.id for choice in config.load(tiny.config).layers}


def test_a_noted_number_redoes_the_package_alone(register: Path, tiny: tiny_harvest.Tiny):
    """A rerun after a number was noted makes no other artifact anew, and shows the statement as filed."""
    run(config.load(tiny.config), offline=True)
    asked("note", register, "tiny", statement(tiny), *NUMBERS)
    folder = tiny.config.parent / "run"
    artifacts = {path: path.stat().st_mtime_ns for path in (folder / "artifacts").rglob("*")}
    run(config.load(tiny.config), offline=True)
    (harvest,) = json.loads(asked("list", register, "--json"))

    now = {path: path.stat().st_mtime_ns for path in (folder / "artifacts").rglob("*")}
    kept = {path: time for path, time in artifacts.items() if "package" not in path.relative_to(folder).parts[1]}
    assert kept.items() <= now.items()
    assert [name for name in contents(folder / "package") if name.startswith("package/filed")]
    assert not [name for name in contents(folder / "package") if name.startswith("package/statement")]
    noted = [one["reference_number"] for package in harvest["packages"] for one in package["statements"]]
    assert noted == ["26PE7XTVCZAQ2S"]
    assert harvest["keep_until"] == "2031-11-20"


def test_a_register_changes_no_byte_of_a_package(register: Path, tiny: tiny_harvest.Tiny):
    """The package of a harvest with a register is that of the same harvest without one."""
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    del content["register"]
    tiny.config.write_text(yaml.safe_dump({**content, "run": {"folder": "run-without"}}), encoding="utf-8")
    run(config.load(tiny.config), offline=True)

    assert contents(tiny.config.parent / "run-without" / "package") == contents(tiny.config.parent / "run" / "package")


def test_a_database_does_what_the_file_does(
    register: Path, tiny: tiny_harvest.Tiny, databases: Databases, monkeypatch: pytest.MonkeyPatch
):
    """The same run with a register in PostgreSQL: the same package and list; no file of the run has the password."""
    monkeypatch.setenv("PGPASSWORD", "s3cret-of-rosa")
    database = databases.new()
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    changed = {**content, "register": database.url, "run": {"folder": "run-database"}}
    tiny.config.write_text(yaml.safe_dump(changed), encoding="utf-8")
    run(config.load(tiny.config), offline=True)
    here, there = tiny.config.parent / "run-database", tiny.config.parent / "run"

    assert contents(here / "package") == contents(there / "package")
    assert asked("list", database, "--json") == asked("list", register, "--json")
    for place in (database, register):
        asked("note", place, "tiny", statement(tiny), *NUMBERS)
    assert asked("find", database, NUMBERS[1], "--json") == asked("find", register, NUMBERS[1], "--json")
    run(config.load(tiny.config), offline=True)
    assert [name for name in contents(here / "package") if name.startswith("package/filed")]
    assert not [one for one in here.rglob("*") if one.is_file() and b"s3cret-of-rosa" in one.read_bytes()]


def test_a_person_finds_land_by_place_and_number(register: Path, tiny: tiny_harvest.Tiny):
    """A place west of Greenwich and south of the equator is a place, not an option; the numbers stand whole."""
    asked("note", register, "tiny", statement(tiny), *NUMBERS)
    longitude, latitude = tiny_harvest.place(-67, 13)
    by_place = asked("find", register, f"{longitude},{latitude}")

    assert "norte/low-clear" in by_place
    assert "26PE7XTVCZAQ2S, submitted 2026-11-20, keep until 2031-11-20" in by_place
    assert "sur/low-point" in asked("find", register, "26PE7XTVCZAQ2S")
    assert "26PE7XTVCZAQ2S" in asked("list", register)


def test_a_draft_is_registered_as_one(tiny: tiny_harvest.Tiny):
    """A draft declares unsettled plots, the register says so, and takes no number for it."""
    register = registered(tiny)
    run(config.load(tiny.config), offline=True, draft=True)
    result = CliRunner().invoke(app, ["register", "note", str(register), "tiny", statement(tiny), *NUMBERS])

    assert "DRAFT package" in asked("list", register)
    assert "DRAFT package" in asked("find", register, "norte/high-one")
    assert "is a draft" in str(result.exception)


@pytest.mark.parametrize(
    ("day", "code"), [("20-11-2026", Exit.USAGE), ("2026-13-01", Exit.USAGE), ("2126-11-20", Exit.ERROR)]
)
def test_a_wrong_day_is_refused(register: Path, tiny: tiny_harvest.Tiny, day: str, code: Exit):
    """A day in another format is wrong usage, a day to come is an error; neither notes anything."""
    result = CliRunner().invoke(app, ["register", "note", str(register), "tiny", statement(tiny), *NUMBERS[:-1], day])

    assert result.exit_code == code
    assert "not noted yet" in asked("list", register)


def test_export_for_an_auditor(register: Path, tiny: tiny_harvest.Tiny, tmp_path: Path):
    """The command names every file it wrote, and leaves confidential numbers out."""
    asked("note", register, "tiny", statement(tiny), *NUMBERS)
    files = [Path(line) for line in asked("export", register, tmp_path / "out").splitlines()]

    assert {file.name for file in files} >= {"README.txt", "harvests.csv", "statements.csv", "outcomes.geojson"}
    assert all("QW3RT5YU" not in file.read_text(encoding="utf-8") for file in files)
