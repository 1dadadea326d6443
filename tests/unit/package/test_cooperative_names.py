"""Cooperatives go by the names that people and the EU know, wherever they are shown."""

from pathlib import Path

import openpyxl
import pytest

from eudr_check import package
from eudr_check.config import load
from eudr_check.errors import ConfigError
from eudr_check.package.verify import verify
from tests.helpers import package_tables as six

NAME = "Cooperativa Agraria Ñandú & Hijos"
OUTPUTS = ["eu_geojson", "statement", "report", "action_plan"]


def made(folder: Path, *, redacted: bool = False) -> Path:
    """A package of a harvest that names one of its two cooperatives."""
    settings = six.harvest(cooperatives={"norte": NAME}, package={"languages": ["es"], "outputs": OUTPUTS})
    folder.mkdir()
    package.write(folder, package.PackageInput(**six.package(harvest=settings, redacted=redacted)))
    return folder


def test_name_is_that_of_the_producer_page_and_plan(tmp_path: Path) -> None:
    """In the EU file, on the sheet to file by hand, the page and the workbook; the other keeps its short name."""
    folder = made(tmp_path / "p")
    (statement,) = folder.glob("statement-*")
    sent = (statement / "plots.geojson").read_text(encoding="utf-8")
    title = openpyxl.load_workbook(folder / "action_plan" / "norte.xlsx").worksheets[0]["A1"].value

    assert f'"ProducerName":"{NAME}"' in sent and '"ProducerName":"sur"' in sent and '"norte"' not in sent
    assert "Ñandú &amp; Hijos" in (statement / "form.es.html").read_text(encoding="utf-8")
    assert NAME in (folder / "report.html").read_text(encoding="utf-8")
    assert NAME in title
    assert verify(folder) == []


def test_edition_without_names_has_short_names_only(tmp_path: Path) -> None:
    """A cooperative may be called after somebody."""
    folder = made(tmp_path / "p", redacted=True)

    assert not [file for file in folder.rglob("*") if file.is_file() and "Ñandú".encode() in file.read_bytes()]
    assert verify(folder) == []


def test_a_name_for_nobody_is_refused(tmp_path: Path) -> None:
    """A misspelt short name would leave the cooperative without its name in the EU file."""
    config = tmp_path / "h.yaml"
    config.write_text(
        "harvest: h\ncommodity: coffee\nplots: [{path: a.csv, cooperative: norte}]\n"
        "catalogues: {local: {folder: c}}\nlayers: [{id: hansen_gfc@v1.13, from: local}]\n"
        "package: {outputs: [report]}\ncooperatives: {nortes: Norte S.A.}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="no plot file is of 'nortes'; those of plots are norte"):
        load(config)
