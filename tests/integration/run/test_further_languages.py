"""A harvest in a language that statements do not have: what people work with is in it, and says who translated it."""

import csv
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import yaml

from eudr_check import config
from eudr_check.package import fonts
from eudr_check.package.action_plan import pages
from eudr_check.package.action_plan.cooperative import Plan
from eudr_check.package.action_plan.phone import KML
from eudr_check.run.harvest import run
from eudr_check.text import machine_made, say
from tests.helpers.command import ended
from tests.helpers.finished_tiny import begun_tiny

OWN, ENGLISH = machine_made("am")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny harvest in Amharic, its documents in Spanish, on a machine without Ethiopic fonts."""
    tiny = begun_tiny(tmp_path_factory, tmp_path_factory.mktemp("am") / "tiny")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    content["package"]["languages"] = ["አማርኛ", "es"]
    tiny.config.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    papers: list[str] = []

    def noted(plan: Plan, most: int) -> dict[str, object]:
        paper = paper_of(plan, most)
        papers.append(json.dumps(paper, ensure_ascii=False))
        return paper

    paper_of = pages._paper
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fonts, "families", lambda language: () if language == "am" else (fonts.FAMILY,))
        patch.setattr(pages, "_paper", noted)
        folder = run(config.load(tiny.config), offline=True).package
    assert folder is not None
    (tiny.config.parent / "papers.json").write_text(json.dumps(papers), encoding="utf-8")
    return tiny.config.parent


def page_data(path: Path) -> dict[str, dict[str, dict[str, str]]]:
    """What the report page knows."""
    found = re.search(r'<script[^>]*id="data"[^>]*>(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    data: dict[str, dict[str, dict[str, str]]] = json.loads(found[1])
    return data


def test_documents_are_in_a_language_of_documents(made: Path) -> None:
    """Statement and map speak the language that has the Regulation's words; what helps to file speaks both."""
    package = made / "run" / "package"
    names = {path.name for path in package.rglob("*") if path.is_file()}

    assert {name for name in names if name.startswith("statement.")} == {"statement.es.pdf"}
    assert {"README.am.txt", "README.es.txt", "form.am.html", "form.es.html"} <= names
    with zipfile.ZipFile(package / "tiny.qgz") as project:
        assert say("gis", "layer_plots", "es") in project.read(project.namelist()[0]).decode()


def test_the_package_verifies(made: Path) -> None:
    """A package of two kinds of languages is what its tables give, and nothing else lies in it."""
    answer = ended("verify", made / "run" / "package" / "tiny.zip", "--language", "am")

    assert answer.returncode == 0, answer.stdout
    assert answer.stderr.splitlines()[:2] == [OWN, ENGLISH]


def test_fix_lists_say_who_translated_them(made: Path) -> None:
    """Above everything else, in the language and in English; the list in Spanish does not."""
    lists = made / "run" / "tables" / "fix_lists"
    at = [say("fix_list", "problem", language) for language in ("am", "es")]
    rows = {}
    for language in ("am", "es"):
        with (lists / f"sur-{language}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows[language] = list(csv.DictReader(file))
    sheets = openpyxl.load_workbook(lists / "sur.xlsx")

    assert [row[at[0]] for row in rows["am"][:2]] == [OWN, ENGLISH]
    assert len(rows["am"]) == len(rows["es"]) + 2
    assert [sheets["am"].cell(row, 6).value for row in (2, 3)] == [OWN, ENGLISH]
    assert ENGLISH not in json.dumps(rows["es"])


def test_plans_say_who_translated_them(made: Path) -> None:
    """The workbook on its first sheet, the phone file in its description; codes and columns are as ever."""
    plan = made / "run" / "package" / "action_plan"
    sheet = openpyxl.load_workbook(plan / "norte.xlsx").worksheets[0]
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    described = ET.parse(plan / "norte.kml").find(f"{{{KML}}}Document/{{{KML}}}description")

    assert f"{OWN}\n{ENGLISH}" in cells
    assert described is not None and described.text == f"{OWN}\n{ENGLISH}"


def test_a_plan_on_paper_has_no_boxes_for_letters(made: Path) -> None:
    """Without a font for its letters the PDF is in the next language, says so, and its actions are in it too."""
    papers = json.loads((made / "papers.json").read_text(encoding="utf-8"))

    assert papers
    for paper in map(json.loads, papers):
        said = json.dumps(paper, ensure_ascii=False)
        assert paper["mark"] == say("plan", "no_font", "es", language="amárico")
        assert not [letter for letter in said if ord(letter) not in fonts.letters()]


def test_the_desk_page_speaks_it_and_says_who_translated_it(made: Path) -> None:
    """The page opens in it; every sentence that can be shown is there in every language it offers."""
    data = page_data(made / "run" / "package" / "report.html")
    offered = set(data["languages"])

    assert [*data["languages"]][:1] == ["am"]
    assert offered == {"am", "en", "es", "fr", "pt"}
    assert [*data["machine_made"]] == ["am"] and [*data["machine_made"]["am"]] == [OWN, ENGLISH]
    assert all(set(entry) == offered for entry in data["text"].values())
    assert all(set(entry) == offered for topic in data["sentences"].values() for entry in topic.values())
