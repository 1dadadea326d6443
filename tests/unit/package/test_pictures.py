"""Dated pictures in a package: on the pages of its statement, in its folder, and never believed unread."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import pytest

from eudr_check import package
from eudr_check.errors import PackageError
from eudr_check.package import pictures
from eudr_check.package.folder import Folder
from eudr_check.package.statement import document, pages, years
from eudr_check.package.verify import verify
from eudr_check.steps import in_turn
from tests.helpers import package_pictures
from tests.helpers import package_tables as six


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package whose one plot that was reviewed has looks."""
    folder = tmp_path_factory.mktemp("package") / "p"
    folder.mkdir()
    harvest = six.harvest(package={"languages": ["es"], "outputs": ["eu_geojson", "statement", "report"]})
    given = {"looks": package_pictures.looks(), "imagery": package_pictures.folder(folder.with_name("imagery"))}
    package.write(folder, package.PackageInput(**six.package(harvest=harvest, **given)))
    return folder


def test_pages_show_before_and_now(made: Path) -> None:
    """The statement shows the look before the cut-off and the most recent one of the plot, each with its date."""
    told = json.loads((six.statement(made) / "dds.json").read_text(encoding="utf-8"))
    listed = pd.DataFrame({"plot_id": ["A 3"], "final_outcome": ["cleared_by_review"]}, index=["sur/A 3"])
    shots = pictures.shots(package_pictures.looks())

    section = pages.Pages(told, listed, "", "es", shots).dated_pictures()[0]

    (row,) = section["looks"]
    assert row["plot"] == "A 3 · resuelta por revisión"
    assert [shot["date"] for shot in row["shots"]] == list(package_pictures.DATES)
    assert [shot["lines"] for shot in row["shots"]] == [[f"taken on {date}"] for date in package_pictures.DATES]
    assert all("100 m" in shot["svg"] and 'points="2.00,2.00' in shot["svg"] for shot in row["shots"])


def test_sheets_know_their_pictures_whatever_ends_first(tmp_path: Path) -> None:
    """Only what the GIS step waits for is done before it: the dates of the pictures stand in its table all the same."""
    folder, imagery = tmp_path / "p", package_pictures.folder(tmp_path / "imagery")
    folder.mkdir()
    (imagery / "looks.csv").write_text(
        "plot,look,date\n" + "".join(f"{one},latest,2026-08-24\n" for one in six.plots().index)
    )
    given = {"harvest": six.harvest(package={"languages": ["es"], "outputs": ["gis"]}), "imagery": imagery}
    planned = {step.name: step for step in package.steps(folder, package.PackageInput(**six.package(**given)))}
    waited = ["gis"]
    for name in waited:
        waited += [one for one in planned[name].needs if one not in waited]

    in_turn([planned[name] for name in waited])

    asking = pyogrio.read_dataframe(next(folder.glob("*.gpkg")), layer="attention", read_geometry=False)
    assert len(asking) and asking["picture_now"].notna().all()


def test_pages_show_radar_below_a_pair_that_is_not_clear(made: Path) -> None:
    """Radar medians of the last look stand under the pair, with their own words and without a date."""
    told = json.loads((six.statement(made) / "dds.json").read_text(encoding="utf-8"))
    listed = pd.DataFrame({"plot_id": ["A 3"], "final_outcome": ["high"]}, index=["sur/A 3"])
    section = pages.Pages(told, listed, "", "es", pictures.shots(package_pictures.under_radar())).dated_pictures()[0]

    (row,) = section["looks"]
    assert [shot["name"] for shot in row["shots"][2:]] == ["radar before", "radar now"]
    assert [shot["date"] for shot in row["shots"][2:]] == ["–", "–"]
    assert all("data:image/png" in shot["svg"] for shot in row["shots"][2:])


def test_a_redacted_edition_names_no_plot_in_its_tables(tmp_path: Path) -> None:
    """looks.csv, radar.csv and vegetation_series.csv carry codes of plots and no file names."""
    harvest = six.harvest(package={"languages": ["es"], "outputs": ["report"]})
    given = {"looks": package_pictures.looks(), "imagery": package_pictures.folder(tmp_path / "imagery")}
    whole = package.PackageInput(**six.package(harvest=harvest, **given))
    (tmp_path / "p").mkdir()
    pictures.write(Folder(tmp_path / "p"), replace(whole, redacted=True, codes={"sur/A 3": "P-001"}))
    tables_of = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "p" / "pictures").glob("*.csv")}

    assert {"looks.csv", "radar.csv", "vegetation_series.csv"} <= tables_of.keys()
    assert not any("A 3" in text or "A_3" in text for text in tables_of.values())
    assert sum("P-001" in text for text in tables_of.values()) == 3


def test_pages_show_the_line_through_the_years() -> None:
    """Dots stand at their dates and values, the years of a loss are marked, and an unknown NBR has no dot."""
    svg = years.draw(pictures.shots(package_pictures.looks())["sur/A 3"][-1].line)  # type: ignore[arg-type]

    assert (svg.count("<circle"), svg.count("<rect")) == (2, 2)
    left, right = years.LEFT, years.WIDTH - years.RIGHT
    x = left + (right - left) * (dt.date(2020, 8, 14) - dt.date(2020, 1, 1)).days / 2557
    y = years.TOP + (years.HEIGHT - years.TOP - years.BOTTOM) * (1 - 0.84) / 1.2
    assert f'<circle cx="{x:.1f}" cy="{y:.1f}"' in svg
    assert svg.count(years.LOSS) == 1 and "stroke-dasharray" in svg


def test_a_statement_without_looks_has_no_such_section(made: Path) -> None:
    """Nothing is said of pictures where there are none."""
    told = json.loads((six.statement(made) / "dds.json").read_text(encoding="utf-8"))

    assert "satelitales" not in str(document.document(told, pd.DataFrame(), "", "es"))


def test_only_so_many_stand_on_paper(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more plots than pages can take, the pages say how many are shown."""
    monkeypatch.setattr(pages, "MOST_PICTURED", 1)
    told = json.loads((six.statement(made) / "dds.json").read_text(encoding="utf-8"))
    listed = pd.DataFrame({"plot_id": ["1", "2"], "final_outcome": ["high", "high"]}, index=["c/1", "c/2"])
    shots = pictures.shots(package_pictures.looks("c/1") | package_pictures.looks("c/2"))

    section = pages.Pages(told, listed, "", "en", shots).dated_pictures()[0]

    assert len(section["looks"]) == 1
    assert "Shown are 1 of 2 plots" in section["paragraphs"][1]


def test_folder_holds_scenes_and_their_sources(made: Path) -> None:
    """Rasters by date, the table of looks and the hashes of what was read go with the package."""
    names = {path.name for path in (made / "pictures").iterdir()}

    assert {
        "looks.json",
        "looks.csv",
        "radar.csv",
        "vegetation_series.csv",
        "sources.csv",
        "2020-08-14_18MUU_true_colour.tif",
    } <= names
    assert verify(made) == []


def _no_picture(look: dict[str, Any]) -> None:
    look["chips"]["true"] = "bm8="


def _another_size(look: dict[str, Any]) -> None:
    look["width"] = 9


def _a_bomb(look: dict[str, Any]) -> None:
    look["width"] = 10**6


def _speechless(look: dict[str, Any]) -> None:
    look["said"] = {"en": look["said"]["en"]}


@pytest.mark.parametrize("spoil", [_no_picture, _another_size, _a_bomb, _speechless])
def test_spoilt_looks_are_named(made: Path, spoil: Callable[[dict[str, Any]], None]) -> None:
    """Looks somebody wrote by hand are refused by name, whatever is wrong with them, and are no way to crash."""
    path = made / "pictures" / "looks.json"
    whole = path.read_text(encoding="utf-8")
    content = json.loads(whole)
    spoil(content["sur/A 3"][0])
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        found = {(difference.file, difference.code) for difference in verify(made)}
    finally:
        path.write_text(whole, encoding="utf-8")

    assert {("pictures/looks.json", "changed"), ("pictures/looks.json", "unreadable")} <= found


def test_a_chip_of_another_size_is_refused() -> None:
    """A picture is drawn at the size it states or not at all."""
    (before, *_) = pictures.shots(package_pictures.looks())["sur/A 3"]

    assert before.png("true").startswith(b"\x89PNG")
    with pytest.raises(PackageError, match="not of the size"):
        before.model_copy(update={"height": 7}).png("true")
