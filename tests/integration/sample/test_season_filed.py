"""The sample season on its whole way: run, filed with the practice server, numbers on its statements, verified."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from eudr_check import register
from eudr_check.cli.commands import app
from eudr_check.filing import practice, security
from eudr_check.run.exit import Exit
from tests.conftest import REPOSITORY
from tests.helpers.filing import serving


def said(*words: object) -> Result:
    """What a command says and how it ends."""
    return CliRunner().invoke(app, [str(word) for word in words])


def settings(folder: Path) -> Path:
    """The harvest of 2026 with run folder and register of its own; pictures and GIS files file nothing."""
    configs = REPOSITORY / "configs"
    text = (configs / "pe-coffee-2026.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text.replace("../sample_plots", str(REPOSITORY / "sample_plots")))
    del content["imagery"]
    content["register"] = str(folder / "register.gpkg")
    content["package"]["outputs"] = ["eu_geojson", "statement", "report"]
    content["run"]["folder"] = str(folder / "run")
    path = folder / "pe-coffee-2026.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.faults
def test_the_season_is_filed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement of the season is filed once and shown with its number, and both packages verify."""
    config, package, file = settings(tmp_path), tmp_path / "run/package", tmp_path / "register.gpkg"
    system = practice.System(polls=2)
    with serving(system) as address:
        for name, value in {
            security.USER: practice.USER,
            security.KEY: practice.KEY,
            security.CLIENT_ID: practice.CLIENT_ID,
            "EUDR_CHECK_EU_ENDPOINT": address,
            "EUDR_CHECK_REGISTER": str(file),
        }.items():
            monkeypatch.setenv(name, value)
        assert said("run", config, "--offline").exit_code in (Exit.DONE, Exit.OPEN_QUESTIONS)
        statements = json.loads((package / "summary.json").read_text(encoding="utf-8"))["statements"]
        sent = said("submit", package, "--acceptance")
        assert sent.exit_code == Exit.DONE, sent.output
        waited = said("submission", "status", "--acceptance", "--wait", "--every", "0.01")
        assert waited.exit_code == Exit.DONE, waited.output
        again = said("run", config, "--offline")
        assert again.exit_code in (Exit.DONE, Exit.OPEN_QUESTIONS), again.output
        verified = said("verify", package)
    numbers = {one.reference: one.reference_number for one in system.records}
    shown = [json.loads(path.read_text(encoding="utf-8")) for path in package.glob("filed-*/dds.json")]

    assert len(statements) > 1
    assert set(numbers) == {one["reference"] for one in statements}
    assert len(system.records) == len(statements)
    assert {one["statement"]["reference"]: one["statement"]["filed"]["number"] for one in shown} == numbers
    assert not list(package.glob("statement-*"))
    assert {one.number for one in register.filed(file, "pe-coffee-2026")} == set(numbers.values())
    assert verified.exit_code == Exit.DONE, verified.output
