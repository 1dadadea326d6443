"""Decisions of people on a whole harvest: added as files come, assessed at once, one line for each review."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd
import pytest

from eudr_check.documents import decisions
from eudr_check.documents.review import read_reviews
from tests.helpers import tiny_harvest
from tests.helpers.command import ended
from tests.helpers.finished_tiny import begun_tiny

BEFORE, AFTER = {"S2A_2020": "2020-12-14"}, {"S2B_2026": "2026-07-18"}


class Desk(NamedTuple):
    """The tiny harvest with a sheet of what is to decide."""

    config: Path
    sheet: list[dict[str, str]]
    """Its rows by column of reviews.csv."""

    @property
    def book(self) -> Path:
        return self.config.parent / "reviews.csv"

    def sheet_digest(self, plot: str) -> str:
        """The evidence that a plot had when the sheet was made."""
        return next(row["huella"] for row in self.sheet if row["parcelas"] == plot)

    def decide(self, reviewer: str, *plots: str, **changes: object) -> Path:
        """A file of decisions on plots as the sheet has them, as the page saves it."""
        rows = {row["parcelas"]: row for row in self.sheet}
        made = [
            {
                "plot": plot, "decision": "clear", "reason": rows[plot]["motivo"].split(), "grounds": "imagery",
                "evidence": {}, "imagery": BEFORE | AFTER, "reviewer": reviewer, "date": "2026-10-20",
                "evidence_digest": rows[plot]["huella"],
            }
            | changes
            for plot in plots
        ]  # fmt: skip
        path = self.config.parent / f"decisions-{reviewer}.json"
        content = {"kind": decisions.KIND, "version": 1, "harvest": "tiny", "decisions": made}
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def add(self, *files: Path) -> list[str]:
        """What `review add` says, line by line."""
        done = ended("review", "add", self.config, *files, "--offline", "--language", "en")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    @property
    def outcomes(self) -> dict[str, str]:
        """Final outcomes of plots."""
        table = pd.read_parquet(self.config.parent / "run" / "tables" / "ASSESSMENTS.parquet")
        return table["final_outcome"].to_dict()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The harvest, run as far as its sheet."""
    tiny = begun_tiny(tmp_path_factory, tmp_path_factory.mktemp("desk") / "tiny")
    words = tiny.config.read_text(encoding="utf-8")
    tiny.config.write_text(f"{words}reviews: reviews.csv\n", encoding="utf-8")
    path = tiny.config.parent / "todo.xlsx"
    done = ended("review", "todo", tiny.config, "--offline", "--language", "es", "--out", path)
    assert done.stdout.startswith("7 parcelas por decidir"), done.stderr
    head, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    return Desk(tiny.config, [dict(zip(map(str, head), map(str, row), strict=True)) for row in rows])


@pytest.fixture
def desk(drawn: Desk) -> Iterator[Desk]:
    """The harvest without decisions."""
    yield drawn
    for made in drawn.config.parent.glob("*reviews.csv"):
        made.unlink()


def test_decisions_settle_what_they_may_and_every_review_has_its_line(desk: Desk) -> None:
    """Cleared, confirmed, waiting for a second person, for a later image: the line says which, and what to add."""
    said = desk.add(
        desk.decide("Ana", "norte/info-wood", "norte/high-one", "norte/hole"),
        desk.decide("Eva", "norte/info-bite", decision="confirm"),
        desk.decide("Rosa", "sur/no-events", imagery=BEFORE),
    )
    lines = [line for line in said if line[:1] == "R"]

    assert lines == [
        "R01 · norte/info-wood · Ana: counts: cleared",
        "R02 · norte/high-one · Ana: does not count: a high plot asks for two people, both names in one "
        "script; let a second person review it and add that file too",
        "R03 · norte/hole · Ana: counts: cleared",
        "R04 · norte/info-bite · Eva: counts: the plot is high",
        "R05 · sur/no-events · Rosa: does not count: an undetermined plot asks for an image dated after"
        " 31 December 2020; add one",
    ]
    assert {plot: outcome for plot, outcome in desk.outcomes.items() if outcome != tiny_harvest.OUTCOMES.get(plot)} == {
        "norte/info-wood": "cleared_by_review",
        "norte/hole": "cleared_by_review",
        "norte/info-bite": "high",
        "sur/bow-tie": "undetermined",
    }

    again = desk.add(desk.decide("Luis", "norte/high-one"))
    assert "R06: Ana decided the same on the same evidence in R02; written as second reviewer" in again
    assert "R06 · norte/high-one · Luis, Ana: counts: cleared" in again
    assert desk.outcomes["norte/high-one"] == "cleared_by_review"


def test_what_decisions_changed_is_told_once(desk: Desk) -> None:
    """By `review add` against the last run, on the terminal and on the page, which the run after it names."""
    assert ended("review", "todo", desk.config, "--offline").returncode == 0
    page = desk.config.parent / "run" / "changes.html"
    page.unlink(missing_ok=True)
    said = desk.add(desk.decide("Ana", "norte/info-wood"))
    after = ended("assess", desk.config, "--offline", "--language", "en")

    assert "  norte/info-wood: more info needed -> cleared by review" in said
    assert "norte/info-wood" in page.read_text(encoding="utf-8")
    (nothing,) = (line for line in after.stdout.splitlines() if line.startswith("Nothing changed"))
    assert "changes.html" in nothing


def test_decisions_that_are_there_already_ask_for_no_run(desk: Desk) -> None:
    """Nothing added, nothing to write."""
    file = desk.decide("Ana", "norte/info-wood")
    first, second = desk.add(file), desk.add(file)

    assert any("to write the package with them" in line for line in first)
    assert any(line.startswith("0 decisions added") for line in second)
    assert not any("with them" in line for line in second)


def test_conflicts_stale_and_unknown_ones_are_said(desk: Desk) -> None:
    """Bad news stands against a clearance; a boundary that changed and a plot of another harvest are named."""
    said = desk.add(
        desk.decide("Ana", "norte/info-wood"),
        desk.decide("Eva", "norte/info-wood", decision="confirm"),
        desk.decide("Rosa", "norte/hole", evidence_digest="0" * 16),
        desk.decide("Luis", "norte/hole", plot="norte/no-such"),
    )
    lines = {line[:3]: line for line in said if line[:1] == "R"}

    assert "another review puts this plot at high risk, and that stands" in lines["R01"]
    assert lines["R02"].endswith("counts: the plot is high")
    assert "made on other evidence than that of today" in lines["R03"]
    assert "this harvest has no such plot" in lines["R04"]
    assert desk.outcomes["norte/info-wood"] == "high"


def test_a_confirmed_clearing_on_an_unknown_plot_is_refused_before_it_is_written(desk: Desk) -> None:
    """Written, it would stop every later run."""
    done = ended(
        "review",
        "add",
        desk.config,
        desk.decide("Eva", "norte/hole", plot="norte/hol", decision="confirm"),
        "--offline",
    )

    assert done.returncode == 1
    assert "norte/hole" in done.stderr
    assert not desk.book.exists()


def test_a_sheet_is_read_back_and_rows_without_decision_wait(desk: Desk) -> None:
    """The sheet of `review todo`, one row of seven filled in."""
    path = desk.config.parent / "todo.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    columns = {cell.value: cell.column for cell in sheet[1]}
    row = next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[1].value == "norte/info-wood")
    (path.parent / "acta.txt").write_text("acta", encoding="utf-8")
    for name, text in {
        "decisión": "sin deforestación", "fundamento": "visita de campo", "evidencia": "acta.txt",
        "revisor": "Ana", "fecha": "2026-10-20",
    }.items():  # fmt: skip
        sheet.cell(row, columns[name], text)
    filled = path.with_name("filled.xlsx")
    book.save(filled)
    said = desk.add(filled)

    assert any(line.endswith("6 rows without a decision left out") for line in said)
    assert "R01 · norte/info-wood · Ana: counts: cleared" in said
    assert [dict(one.evidence).keys() for one in read_reviews(desk.book)] == [{"acta.txt"}]


def test_an_action_plan_comes_back(desk: Desk) -> None:
    """Workbook and map of one cooperative: what was found counts, a day to come and another harvest's plot are said."""
    words = desk.config.read_text(encoding="utf-8")
    asked = words.replace("package:\n", "package:\n  outputs: [action_plan]\n")
    assert asked != words
    config = desk.config.with_name("planned.yaml")
    config.write_text(asked.replace("reviews: reviews.csv\n", ""), encoding="utf-8")
    done = ended("run", config, "--offline")
    assert done.returncode in (0, 3), done.stderr
    plans = desk.config.parent / "run" / "package" / "action_plan"
    book = openpyxl.load_workbook(plans / "norte.xlsx")
    sheet = book["Acciones"]
    at = {cell.value: cell.column for cell in sheet[1]}
    (desk.config.parent / "foto.jpg").write_bytes(b"photo")

    def fill(plot: str, on: str, key: str | None = None) -> None:
        row = next(cells for cells in sheet.iter_rows(min_row=2) if cells[at["Clave de la parcela"] - 1].value == plot)
        for name, text in {"¿Qué fue?": "sin deforestación", "Hecho el": on, "Foto": "foto.jpg", "Quién fue": "Ana",
                           "Clave de la parcela": key or plot}.items():  # fmt: skip
            row[at[name] - 1].value = text

    fill("norte/info-wood", "2026-10-20")
    fill("norte/info-bite", "2099-01-01")
    fill("norte/high-one", "2026-10-20", "norte/no-such")
    book.save(desk.config.parent / "norte.xlsx")
    shutil.copy(plans / "sur.gpkg", desk.config.parent / "sur.gpkg")
    with sqlite3.connect(desk.config.parent / "sur.gpkg") as file:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            # Triggers of the spatial index call what only GIS programs have.
            file.create_function(name, 1, lambda shape: 0)
        file.execute("UPDATE reviews SET decision = 'confirm', grounds = 'field_visit', date = '2026-10-20',"
                     " reviewer = 'Eva' WHERE plots = 'sur/no-events'")  # fmt: skip
    file.close()
    said = desk.add(desk.config.parent / "norte.xlsx", desk.config.parent / "sur.gpkg")
    lines = {line.split(" · ")[1]: line for line in said if line[:1] == "R" and " · " in line}

    assert lines["norte/info-wood"].endswith("counts: cleared")
    assert "does not count: dated 2099-01-01, after the day" in lines["norte/info-bite"]
    assert "does not count: this harvest has no such plot" in lines["norte/no-such"]
    assert "counts: the plot is high" in lines["sur/no-events"]
    assert desk.outcomes["sur/no-events"] == "high"


def moved(desk: Desk, plot: str, cells: float) -> None:
    """Deliver a plot again, as large, so many cells further east."""
    path = desk.config.parent / "norte.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    (feature,) = [one for one in content["features"] if f"norte/{one['properties']['codigo']}" == plot]
    (ring,) = feature["geometry"]["coordinates"]
    feature["geometry"]["coordinates"] = [[[round(x + cells * tiny_harvest.CELL, 9), y] for x, y in ring]]
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_clearance_stays_on_the_ground_it_was_given_for(desk: Desk) -> None:
    """A plot drawn elsewhere is open again, though every layer says the same there on as many hectares."""
    delivered = desk.config.parent / "norte.geojson"
    before = delivered.read_bytes()
    cleared = desk.add(desk.decide("Ana", "norte/hole"))
    evidence = pd.read_parquet(desk.config.parent / "run" / "tables" / "EVIDENCE.parquet").loc[["norte/hole"]]
    try:
        moved(desk, "norte/hole", 1)
        assert ended("assess", desk.config, "--offline").returncode == 3
        elsewhere = pd.read_parquet(desk.config.parent / "run" / "tables" / "EVIDENCE.parquet").loc[["norte/hole"]]
        table = pd.read_parquet(desk.config.parent / "run" / "tables" / "ASSESSMENTS.parquet")
        explained = ended("explain", desk.config, "norte/hole", "--language", "en").stdout
        again = desk.add(desk.decide("Luis", "norte/hole"))
    finally:
        delivered.write_bytes(before)

    assert "R01 · norte/hole · Ana: counts: cleared" in cleared
    assert elsewhere.round(4).equals(evidence.round(4))
    assert table.loc["norte/hole", ["final_outcome", "review"]].tolist() == [
        "undetermined",
        "R01 stale:evidence_changed",
    ]
    assert desk.sheet_digest("norte/hole") not in explained
    stale = [line for line in again if "made on other evidence than that of today (boundary" in line]
    assert [line[:16] for line in stale] == ["R01 · norte/hole", "R02 · norte/hole"]


def test_pictures_of_the_ground_before_are_not_offered_for_another(desk: Desk) -> None:
    """The sheet names the images of the last pictures only of plots that lie where these were taken."""
    folder = desk.config.parent / "run" / "imagery"
    folder.mkdir(exist_ok=True)
    rows = [
        {"plots": plot, "imagery": "S2B_2026=2026-07-18", "evidence_digest": digest}
        for plot, digest in (("norte/hole", desk.sheet_digest("norte/hole")), ("norte/info-wood", "0" * 16))
    ]
    pd.DataFrame(rows).to_csv(folder / "reviews-todo.csv", index=False)
    path = desk.config.parent / "pictured.xlsx"
    try:
        done = ended("review", "todo", desk.config, "--offline", "--language", "es", "--out", path)
    finally:
        shutil.rmtree(folder)
    head, *sheet = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    at = head.index("imágenes")
    imagery = {row[1]: row[at] or "" for row in sheet}

    assert done.returncode == 0, done.stderr
    assert imagery["norte/hole"] == "S2B_2026=2026-07-18"
    assert imagery["norte/info-wood"] == ""
