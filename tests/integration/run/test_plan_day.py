"""When an action plan is due: after the day it was made, and on the same days as long as nothing changes."""

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml

from eudr_check import config
from eudr_check.files import sha256
from eudr_check.run import dating
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest

FIRST, LATER = dt.date(2026, 10, 5), dt.date(2026, 12, 20)


def due(package: Path) -> list[dt.date]:
    """Every date in the sheets of the plans."""
    cells = [
        cell
        for path in sorted((package / "action_plan").glob("*.xlsx"))
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    return [cell.date() for cell in cells if isinstance(cell, dt.datetime)]


def test_plan_made_anew_is_due_later_and_the_same_plan_on_the_same_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing changed: the same bytes weeks later. A plot corrected weeks later: due after that day, not before."""
    tiny = tiny_harvest.write(tmp_path / "tiny")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    del content["package"]["date"]
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def packaged(today: dt.date) -> Path:
        monkeypatch.setattr(dating, "_today", lambda: today)
        made = run(config.load(tiny.config), offline=True).package
        assert made is not None
        return made

    package = packaged(FIRST)
    bytes_of = {path: sha256(path) for path in package.rglob("*") if path.is_file()}
    first = due(package)

    assert first and min(first) > FIRST and max(first) < LATER
    assert {path: sha256(path) for path in packaged(LATER).rglob("*") if path.is_file()} == bytes_of

    corrected = tiny.config.with_name("sur.csv")
    corrected.write_text(corrected.read_text(encoding="utf-8").replace(",2.8,", ",2.75,", 1), encoding="utf-8")
    anew = packaged(LATER)

    assert len(due(anew)) == len(first)
    assert min(due(anew)) > LATER
    with zipfile.ZipFile(anew / "tiny.zip") as bag:
        assert f"Bagging-Date: {LATER}\n" in bag.read("tiny/bag-info.txt").decode()
    assert '"date":"2026-10-05"' in (anew / "report.html").read_text(encoding="utf-8")
