"""A filed statement is shown with its number as long as the tables give the very same, and is not there to be filed."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import shapely

from eudr_check import package
from eudr_check.files import sha256
from eudr_check.package.eu import cutting
from eudr_check.package.statement import document
from eudr_check.package.verify import verify
from eudr_check.shipments import Filed
from tests.helpers import package_tables as six

ACCEPTED = ["norte/001", "norte/002"]
NUMBER = "26NL000000AQ2S"


def written(folder: Path, filed: Filed | None = None, kg: int = 6000, **changes: Any) -> Path:
    """A package of one lot, of which something may have been filed."""
    folder.mkdir()
    lots = six.lots(("L1", kg, "accepted", ACCEPTED))
    delivered = six.deliveries(("L1", ACCEPTED[0], kg - 1000), ("L1", ACCEPTED[1], 1000))
    given = six.package(lots=lots, deliveries=delivered, filed=() if filed is None else (filed,), **changes)
    package.write(folder, package.PackageInput(**given))
    return folder


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Filed:
    """The statement of the first package, filed."""
    folder = written(tmp_path_factory.mktemp("first") / "p")
    (line,) = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["statements"]
    digest = sha256(folder / line["folder"] / "plots.geojson")
    day = dt.date(2026, 11, 20)
    return Filed(line["reference"], NUMBER, day, line["net_mass_kg"], None, line["lots"], digest)


def shown(folder: Path) -> list[str]:
    """Folders of filed statements."""
    return [path.name for path in folder.glob("filed-*")]


def test_a_filed_statement_stands_with_its_number(filed: Filed, tmp_path: Path) -> None:
    """The same plots, kilograms and pages, the number on them, no payload, and nothing to file again."""
    folder = written(tmp_path / "p", filed)
    (name,) = shown(folder)
    facts = json.loads((folder / name / "dds.json").read_text(encoding="utf-8"))
    pages = document.document(facts, pd.DataFrame(), "", "es")

    assert sorted(path.name for path in (folder / name).iterdir()) == [
        "dds.json",
        "plots.geojson",
        "plots_index.csv",
        "statement.es.pdf",
    ]
    assert not list(folder.glob("statement-*"))
    assert facts["statement"]["filed"] == {"number": NUMBER, "submitted": "2026-11-20", "rehearsed": False}
    assert pages["mark"] is None
    assert pages["sections"][0]["pairs"][:2] == [
        ("Número de referencia", NUMBER),
        ("Presentada", "20 de noviembre de 2026"),
    ]
    assert not [section for section in pages["sections"] if "signature" in section]
    assert verify(folder) == []


def test_without_lots_a_filed_statement_stands_with_its_number(tmp_path: Path) -> None:
    """The whole harvest was filed: it is shown as filed as long as it is the same, and never lies there to be filed."""
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    for folder in (first, again, other):
        folder.mkdir()
    package.write(first, package.PackageInput(**six.package()))
    (line,) = json.loads((first / "summary.json").read_text(encoding="utf-8"))["statements"]
    digest = sha256(first / line["folder"] / "plots.geojson")
    filed = Filed(line["reference"], NUMBER, dt.date(2026, 11, 20), line["net_mass_kg"], None, {}, digest)
    package.write(again, package.PackageInput(**six.package(filed=(filed,))))
    moved = six.plots(geometries={"norte/001": shapely.box(-75.0, -10.0, -74.99, -9.99)})
    package.write(other, package.PackageInput(**six.package(filed=(filed,), plots=moved)))
    (name,) = shown(again)
    facts = json.loads((again / name / "dds.json").read_text(encoding="utf-8"))
    changed = json.loads((other / "summary.json").read_text(encoding="utf-8"))

    assert facts["statement"]["filed"]["number"] == NUMBER
    assert not list(again.glob("statement-*"))
    assert verify(again) == []
    assert shown(other) == [] == list(other.glob("statement-*"))
    assert NUMBER in json.dumps(changed["withheld"])
    assert verify(other) == []


def test_without_lots_the_rest_of_a_cut_statement_is_still_to_be_filed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filing stopped after the first of two statements: that one is shown as filed, the other is still to be filed."""
    monkeypatch.setattr(cutting, "LIMIT_BYTES", 400)
    first, again = tmp_path / "first", tmp_path / "again"
    for folder in (first, again):
        folder.mkdir()
    package.write(first, package.PackageInput(**six.package()))
    one, *others = json.loads((first / "summary.json").read_text(encoding="utf-8"))["statements"]
    digest = sha256(first / one["folder"] / "plots.geojson")
    filed = Filed(one["reference"], NUMBER, dt.date(2026, 11, 20), one["net_mass_kg"], None, {}, digest)
    package.write(again, package.PackageInput(**six.package(filed=(filed,))))
    rest = json.loads((again / "summary.json").read_text(encoding="utf-8"))["statements"]

    assert others
    assert len(shown(again)) == 1
    assert [line["reference"] for line in rest] == [line["reference"] for line in others]
    assert verify(again) == []


def test_a_number_of_a_rehearsal_is_never_shown_as_filed(filed: Filed, tmp_path: Path) -> None:
    """The pages say that nothing was declared, in their status, their heading and across the page."""
    folder = written(tmp_path / "p", dataclasses.replace(filed, rehearsed=True))
    (name,) = shown(folder)
    facts = json.loads((folder / name / "dds.json").read_text(encoding="utf-8"))
    pages = document.document(facts, pd.DataFrame(), "", "es")

    assert pages["mark"] == "ENSAYO"
    assert pages["status"]["heading"] == pages["sections"][0]["heading"] == "Ensayada, no presentada"
    assert "nada se ha declarado a la UE" in pages["status"]["text"]
    assert verify(folder) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"kg": 5999},
        {"plots": six.plots(geometries={"norte/001": shapely.box(-75.0, -10.0, -74.99, -9.99)})},
        {"draft": True},
    ],
    ids=["kilograms", "boundary", "draft"],
)
def test_what_changed_since_is_not_shown_as_filed(filed: Filed, tmp_path: Path, changes: dict[str, Any]) -> None:
    """Other kilograms, another boundary or a draft never stand under the number of what was filed."""
    assert shown(written(tmp_path / "p", filed, **changes)) == []


def test_a_register_that_does_not_know_the_plots_shows_nothing(filed: Filed, tmp_path: Path) -> None:
    """Without the digest of what was declared nobody can say that these are the plots."""
    assert shown(written(tmp_path / "p", dataclasses.replace(filed, geojson_sha256=None))) == []


def test_an_edit_of_a_filed_statement_is_found(filed: Filed, tmp_path: Path) -> None:
    """Another number on the facts, a payload beside them, or a folder too few are differences."""
    folder = written(tmp_path / "p", filed)
    (name,) = shown(folder)
    facts = folder / name / "dds.json"
    facts.write_text(facts.read_text(encoding="utf-8").replace(NUMBER, "26NL000000AQ9S"), encoding="utf-8")
    (folder / name / "dds.xml").write_bytes(b"<x/>")
    found = {one.file for one in verify(folder)}

    assert {f"{name}/dds.json", f"{name}/dds.xml"} <= found
