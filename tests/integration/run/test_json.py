"""What programs read: every command of docs/reference/json.md gives the document the page says, errors included."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from eudr_check import config, parquet
from eudr_check.errors import ConfigError
from eudr_check.filing import practice, security
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import run
from tests.conftest import REPOSITORY
from tests.helpers import tiny_harvest
from tests.helpers.command import ended
from tests.helpers.filing import serving
from tests.helpers.finished_tiny import begun_tiny

PAGE = (REPOSITORY / "docs/reference/json.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| (object|array) \|(.*)\|$", PAGE, re.MULTILINE)
KEYS = {command: (kind, set(re.findall(r"`([^`]+)`", keys))) for command, kind, keys in ROWS}
NUMBER = "26PE7XTVCZAQ2S"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny harvest, run once, with a register and an answers file."""
    folder = tmp_path_factory.mktemp("json") / "tiny"
    drawn = begun_tiny(tmp_path_factory, folder)
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    more = {"register": "register.gpkg", "answers": "answers.csv"}
    drawn.config.with_name("answers.csv").write_text("letter,answer,evidence,sha256,date,person\n", encoding="utf-8")
    package = {**content["package"], "outputs": ["eu_geojson", "statement", "report"]}
    drawn.config.write_text(yaml.safe_dump({**content, **more, "package": package}), encoding="utf-8")
    run(config.load(drawn.config), offline=True)
    return folder


@pytest.fixture(scope="module", autouse=True)
def system() -> Iterator[None]:
    """A practice server, and an environment that leads to it."""
    with serving(practice.System(polls=1)) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv(security.USER, practice.USER)
        patch.setenv(security.KEY, practice.KEY)
        patch.setenv(security.CLIENT_ID, practice.CLIENT_ID)
        patch.setenv("EUDR_CHECK_EU_ENDPOINT", address)
        yield


def calls(place: Path, new: Path) -> dict[str, Callable[[], tuple[object, ...]]]:
    """How every command of the page is called, in the order of the page."""
    tiny, register = place / "tiny.yaml", place / "register.gpkg"
    package = place / "run/package"
    key = ("--acceptance", "--register", register)
    zipped = next(place.glob("run/*.zip"), package)

    def statement() -> dict[str, Any]:
        line: dict[str, Any] = json.loads((package / "summary.json").read_text(encoding="utf-8"))["statements"][0]
        return line

    def points() -> Path:
        (new / "init").mkdir()
        longitude, latitude = tiny_harvest.place(13, -67)
        text = f"id,country,latitude,longitude,area\nA1,PE,{latitude:.7f},{longitude:.7f},1\n"
        (new / "init/plots.csv").write_text(text, encoding="utf-8")
        return new / "init"

    numbers = ("--reference", NUMBER, "--verification", "QW3RT5YU", "--submitted", "2026-11-20")
    return {
        "run": lambda: ("run", tiny, "--offline"),
        "screen": lambda: ("screen", place / "sur.csv", "--plots-only", "--out", new / "screen"),
        "status": lambda: ("status", tiny),
        "explain": lambda: ("explain", tiny, "norte/high-one"),
        "compare": lambda: ("compare", place / "run", other(place, new)),
        "answers": lambda: ("answers", tiny),
        "review todo": lambda: ("review", "todo", tiny, "--offline"),
        "verify": lambda: ("verify", package),
        "eu-check": lambda: ("eu-check", bad_geojson(new)),
        "catalogue list": lambda: ("catalogue", "list", place / "catalogue"),
        "catalogue check": lambda: ("catalogue", "check", place / "catalogue"),
        "layers --country": lambda: ("layers", "--country", "PE"),
        "doctor": lambda: ("doctor", "--offline"),
        "init": lambda: ("init", points(), "--yes"),
        "new-key": lambda: ("new-key", new / "ana", "--password", "una clave larga"),
        "sign": lambda: (
            "sign", zip_of(zipped, new), "--key", new / "ana.key", "--person", "Ana", "--password", "una clave larga",
        ),
        "register list": lambda: ("register", "list", register),
        "register find": lambda: ("register", "find", register, "norte/low-clear"),
        "register filings": lambda: ("register", "filings", register),
        "register note": lambda: (
            "register", "note", copied(register, new), "tiny", statement()["folder"], *numbers,
        ),
        "register references": lambda: ("register", "references", new / "register.gpkg", "tiny", new / "passed"),
        "register export": lambda: ("register", "export", new / "register.gpkg", new / "export"),
        "submit": lambda: ("submit", package, *key),
        "submission status": lambda: ("submission", "status", *key),
        "withdraw": lambda: ("withdraw", statement()["reference"], *key),
        "law": lambda: ("law", "0901 11", "--country", "PE", "--on", "2027-01-15"),
        "version": lambda: ("version",),
    }  # fmt: skip


def other(place: Path, new: Path) -> Path:
    """The same run with one outcome changed."""
    shutil.copytree(place / "run", new / "other")
    file = new / "other/tables/ASSESSMENTS.parquet"
    table = parquet.frame(file)
    table.loc["norte/low-clear", ["outcome", "final_outcome"]] = "high"
    parquet.write(file, "ASSESSMENTS", table)
    return new / "other"


def bad_geojson(new: Path) -> Path:
    """A file the EU system would refuse."""
    file = new / "bad.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    return file


def copied(register: Path, new: Path) -> Path:
    return Path(shutil.copy(register, new / "register.gpkg"))


def zip_of(package: Path, new: Path) -> Path:
    """Any ZIP: what is signed are its bytes."""
    return Path(shutil.make_archive(str(new / "package"), "zip", package, "."))


def test_every_command_gives_what_the_page_says(place: Path, tmp_path: Path) -> None:
    """One document on stdout, of the kind and with the keys that the page names; the numbers kept back stay so."""
    made = calls(place, tmp_path)
    assert set(made) == set(KEYS)

    for name, call in made.items():
        said = ended(*call(), "--json")
        assert said.returncode != Exit.USAGE, (name, said.stderr)
        document = json.loads(said.stdout)
        kind, keys = KEYS[name]
        assert isinstance(document, dict if kind == "object" else list), name
        items = [document] if kind == "object" else document
        assert items or not keys or name == "compare", name
        for item in items:
            if keys:
                assert keys <= set(item), (name, keys - set(item))
            if kind == "object":
                assert set(item) == keys, (name, set(item) - keys)
        assert "verification_number" not in said.stdout, name
        assert "QW3RT5YU" not in said.stdout, name


def test_every_command_takes_json() -> None:
    """Only servers, which run until they are stopped, have no document."""
    from typer.main import get_command

    from eudr_check.cli.commands import app

    def below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        for child, one in getattr(command, "commands", {}).items():
            yield from below(one, f"{name} {child}".strip()) if hasattr(one, "commands") else [(f"{name} {child}", one)]

    without = [name for name, one in below(get_command(app), "") if not any("--json" in p.opts for p in one.params)]
    assert [name.strip() for name in without] == ["practice-server", "serve"]


def test_errors_are_documents(tmp_path: Path) -> None:
    """A wrong file, a wrong key in a file, a wrong call: code, sentence and file; the sentence stands on stderr too."""
    wrong = tmp_path / "a.yaml"
    wrong.write_text("harvest: a\n", encoding="utf-8")
    none, keys, call = (
        ended("run", tmp_path / "no.yaml", "--json"),
        ended("run", wrong, "--json"),
        ended("run", "--ofline", "--json"),
    )
    documents = [json.loads(one.stdout) for one in (none, keys, call)]

    assert [one["error"] for one in documents] == ["config", "config", "usage"]
    assert [one["where"] for one in documents] == [None, str(wrong), None]
    assert [one.returncode for one in (none, keys, call)] == [Exit.ERROR, Exit.ERROR, Exit.USAGE]
    assert documents[0]["message"] in " ".join(none.stderr.split())
    assert ended("run", wrong).stdout == ""


def test_the_log_says_how_a_run_ended(tmp_path: Path) -> None:
    """Start and end bear one id; an error is written down before it is raised."""
    folder = RunFolder(tmp_path / "run")
    with folder.locked(), folder.logged(harvest="a", until="package") as ending:
        ending["exit"] = 3
    with folder.locked(), pytest.raises(ConfigError), folder.logged(harvest="a", until="package"):
        raise ConfigError("a.yaml: wrong")
    first, last, second, error = folder.history()

    assert (first["event"], last["event"], last["exit"]) == ("start", "end", 3)
    assert first["run"] == last["run"] != second["run"] == error["run"]
    assert (error["error"], error["message"]) == ("config", "a.yaml: wrong")
    assert str(first["time"]).endswith("+00:00")
