"""A workbook of the action plan comes back filled in: every row counts, or is told why it does not."""

import datetime as dt
import functools
import hashlib
import io
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest

from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.documents import decisions, dossier, review_book
from eudr_check.documents.review import COLUMNS, read_reviews
from eudr_check.errors import ConfigError
from eudr_check.package.action_plan import plan
from eudr_check.package.action_plan.cooperative import Ground, Settings, to_decide
from eudr_check.text import say
from tests.helpers import season_tables

VISIT, FAULTY = "coop-jaen/JAE-00007", "coop-jaen/JAE-00002"


@functools.cache
def sent(language: str) -> tuple[bytes, dict[str, dict[str, object]]]:
    """The workbook of one cooperative as it goes out, and what is to be decided on."""
    season = season_tables.season(60)
    season.assessments.loc[VISIT, ["outcome", "final_outcome", "reasons"]] = [
        "more_info_needed", "more_info_needed", "standing_forest",
    ]  # fmt: skip
    season.reasons.loc[VISIT, "code"] = "standing_forest"
    to_review = dossier.to_review(season.assessments, season.evidence, season.plots.geometry)
    tables = season.tables()
    with TemporaryDirectory() as folder:
        files = plan.write(
            Path(folder),
            settings=Settings.of(season_tables.harvest(package={"languages": [language]})),
            ground=Ground(season.patches, to_decide(to_review)),
            **{name: tables[name] for name in ("plots", "findings", "assessments", "reasons")},
        )
        return next(path for path in files if path.name == "coop-jaen.xlsx").read_bytes(), to_review


class Book:
    """The workbook of one cooperative, before it goes out and after."""

    def __init__(self, folder: Path, language: str = "es") -> None:
        content, self.to_review = sent(language)
        self.path = folder / "action_plan" / "coop-jaen.xlsx"
        self.language = language
        self.path.parent.mkdir()
        self.path.write_bytes(content)
        (self.path.parent / "foto 1.jpg").write_bytes(b"photo")

    def fill(self, plot: str, sheet: str = "actions", **cells: object) -> None:
        """Fill in cells of the first row of a plot, by the key of their column."""
        book = openpyxl.load_workbook(self.path)
        page = book[say("plan", sheet, self.language)]
        at = {cell.value: cell.column for cell in page[1]}
        key = at[say("plan", "plot_key", self.language)]
        row = next(row for row in range(2, page.max_row + 1) if page.cell(row, key).value == plot)
        for name, value in cells.items():
            page.cell(row, at[say("plan", name, self.language)]).value = value
        book.save(self.path)

    def edit(self, sheet: str, change: Callable[[Any, Mapping[str, int]], object]) -> None:
        """Change a sheet as a whole; columns by their key."""
        book = openpyxl.load_workbook(self.path)
        page = book[say("plan", sheet, self.language)]
        at = {cell.value: cell.column for cell in page[1]}
        keys = ("found", "photo", "plot_key", "code", "evidence_digest")
        change(page, {key: at[say("plan", key, self.language)] for key in keys})
        book.save(self.path)

    def visited(self, **cells: object) -> None:
        """A whole answer to the visit, but for some cells."""
        whole = {"done": "x", "found": say("reviews", "decision_clear", self.language), "done_on": dt.date(2026, 10, 5),
                 "photo": "foto 1.jpg", "person": "Elmer Inventado"}  # fmt: skip
        self.fill(VISIT, **{**whole, **cells})

    def add(self, book: Path) -> review_book.Additions:
        """What it adds to a book, and the book with it."""
        found, self.notes = decisions.read(self.path, "any")
        there = read_reviews(book) if book.is_file() else ()
        new = review_book.additions(book, there, found, {})
        review_book.write(book, there, new)
        return new


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_a_visit_becomes_a_review_with_its_photograph(tmp_path: Path, language: str) -> None:
    """Plot, reason, date, person, hash of the photograph, evidence it was made on; the same file adds nothing."""
    made = Book(tmp_path, language)
    made.visited()
    (tmp_path / "harvest").mkdir()
    (review,) = made.add(tmp_path / "harvest" / "reviews.csv").reviews
    again = made.add(tmp_path / "harvest" / "reviews.csv")

    assert (review.plots, review.reasons, review.decision) == ((VISIT,), ("standing_forest",), "clear")
    assert (review.grounds, review.reviewer, review.date) == ("field_visit", "Elmer Inventado", dt.date(2026, 10, 5))
    assert review.digests == (made.to_review[VISIT]["evidence_digest"],)
    assert dict(review.evidence) == {"evidence/foto 1.jpg": hashlib.sha256(b"photo").hexdigest()}
    assert again.reviews == ()
    assert "is in reviews.csv already" in again.notes[0]


def test_rows_as_they_were_are_counted_and_decide_nothing(tmp_path: Path) -> None:
    """A workbook that nobody filled in adds no review."""
    made = Book(tmp_path)

    assert made.add(tmp_path / "reviews.csv").reviews == ()
    assert [note.key for note in made.notes] == ["undecided"]
    assert made.notes[0].values["count"] > 5


def test_both_sheets_are_read(tmp_path: Path) -> None:
    """Visits stand in two sheets; whichever was filled in counts, and both say one thing."""
    made = Book(tmp_path)
    filled = {"found": "deforestación", "done_on": dt.date(2026, 10, 5), "person": "Elmer"}
    made.fill(VISIT, "visits", **filled)
    (review,) = made.add(tmp_path / "reviews.csv").reviews

    assert (review.decision, review.plots) == ("confirm", (VISIT,))


def test_work_without_a_result_and_faults_of_files_are_told(tmp_path: Path) -> None:
    """`Done` says not what was found, and no visit corrects a file: both are named with sheet and row, none decides."""
    made = Book(tmp_path)
    made.fill(VISIT, done="x")
    made.fill(FAULTY, done="x", found="sin deforestación", done_on=dt.date(2026, 10, 5), person="Elmer")

    assert made.add(tmp_path / "reviews.csv").reviews == ()
    assert {(note.key, note.values["plot"]) for note in made.notes[:-1]} == {
        ("no_result", VISIT),
        ("not_by_review", FAULTY),
    }
    assert all("Acciones" in note for note in made.notes[:-1])


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"done_on": "5/10/2026"}, "'5/10/2026' is no date"),
        ({"done_on": None}, "is no date"),
        ({"photo": "otra.jpg"}, "evidence otra.jpg is not beside coop-jaen.xlsx"),
        ({"photo": "../foto 1.jpg"}, "lies outside the folder"),
        ({"person": None}, "'reviewer' is empty"),
        ({"found": "tal vez"}, "decision 'tal vez'"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_written(tmp_path: Path, cells: dict[str, object], words: str) -> None:
    """Sheet, row and remedy."""
    made = Book(tmp_path)
    made.visited(**cells)

    with pytest.raises(ConfigError, match=f"Acciones.*{words}"):
        made.add(tmp_path / "reviews.csv")
    assert not (tmp_path / "reviews.csv").exists()


def test_all_wrong_cells_are_said_at_once(tmp_path: Path) -> None:
    """Two sheets, two faults, one message."""
    made = Book(tmp_path)
    made.visited(done_on="ayer")
    made.fill(VISIT, "visits", found="tal vez", done_on=dt.date(2026, 10, 5), person="Elmer")

    with pytest.raises(ConfigError, match=r"(?s)ayer.*tal vez"):
        made.add(tmp_path / "reviews.csv")


def test_a_visit_without_a_photograph_is_kept_and_clears_nothing(tmp_path: Path) -> None:
    """The review says by itself what it lacks."""
    made = Book(tmp_path)
    made.visited(photo=None)
    (review,) = made.add(tmp_path / "reviews.csv").reviews

    assert review.fault == "no_evidence_named"


def test_a_row_without_its_digest_never_rests_on_the_evidence_of_today(tmp_path: Path) -> None:
    """Nobody knows which boundary was visited: such a review is stale from the start."""
    made = Book(tmp_path)
    made.visited(evidence_digest=None)
    (review,) = made.add(tmp_path / "reviews.csv").reviews

    assert review.digests == ("?",)


def test_a_geopackage_without_decisions_is_refused(tmp_path: Path) -> None:
    """One of plots, and one that is damaged: the file is named, and where to get a right one."""
    season_tables.season(4).plots[["geometry"]].to_file(tmp_path / "plots.gpkg")
    (tmp_path / "half.gpkg").write_bytes((tmp_path / "plots.gpkg").read_bytes()[:5000])

    for name in ("plots.gpkg", "half.gpkg"):
        with pytest.raises(ConfigError, match=f"{name}: is no file of decisions"):
            decisions.read(tmp_path / name, "any")


def test_a_sheet_that_lost_a_column_is_not_passed_over(tmp_path: Path) -> None:
    """A deletion of the photographs' column in one sheet must not take the deforestation that stands in it along."""
    made = Book(tmp_path)
    made.fill(VISIT, found="deforestación", done_on=dt.date(2026, 10, 5), person="Elmer")
    made.edit("actions", lambda page, at: page.delete_cols(at["photo"]))

    assert [one.decision for one in made.add(tmp_path / "reviews.csv").reviews] == ["confirm"]


@pytest.mark.parametrize("column", ["evidence_digest", "plot_key", "code", "found"])
def test_a_sheet_whose_rows_cannot_be_known_again_is_refused(tmp_path: Path, column: str) -> None:
    """It is the sheet somebody worked in; the other one is whole and empty."""
    made = Book(tmp_path)
    made.fill(VISIT, found="deforestación", done_on=dt.date(2026, 10, 5), person="Elmer")
    made.edit("actions", lambda page, at: page.delete_cols(at[column]))

    with pytest.raises(ConfigError, match=f"Acciones.*{column}"):
        made.add(tmp_path / "reviews.csv")


def test_a_column_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    """Of two answers side by side the second would hide the first."""
    made = Book(tmp_path)
    made.visited(found="deforestación")
    made.edit("actions", lambda page, at: page.cell(1, page.max_column + 1, say("plan", "found", "es")))

    with pytest.raises(ConfigError, match=r"found.*twice"):
        made.add(tmp_path / "reviews.csv")


def test_cells_merged_over_rows_are_refused(tmp_path: Path) -> None:
    """A program shows one answer for all of them and stores it with the first: the others would stand undecided."""
    made = Book(tmp_path)
    made.visited(found="deforestación")
    made.edit("actions", lambda page, at: page.merge_cells(None, 2, at["found"], page.max_row, at["found"]))

    with pytest.raises(ConfigError, match=r"Acciones!.*merged"):
        made.add(tmp_path / "reviews.csv")


@pytest.mark.parametrize(
    "said", ["no", "No.", "não", "pendiente", False, 0, "belum", "Chưa làm", "Hapana", "አልተከናወነም።"]
)
def test_what_is_not_done_yet_clears_nothing(tmp_path: Path, said: object) -> None:
    """Whoever says that nobody was there cannot say what was seen; bad news counts all the same."""
    made = Book(tmp_path)
    made.visited(done=said)
    assert made.add(tmp_path / "reviews.csv").reviews == ()
    assert ("not_done", VISIT) in {(note.key, note.values.get("plot")) for note in made.notes}

    made.visited(done=said, found="deforestación")
    assert [one.decision for one in made.add(tmp_path / "reviews.csv").reviews] == ["confirm"]


def test_deforestation_counts_whatever_row_it_stands_in(tmp_path: Path) -> None:
    """Somebody who went for a boundary saw a clearing: the corrected file settles the boundary, not the clearing."""
    made = Book(tmp_path)
    made.fill(FAULTY, done="x", found="deforestación", done_on=dt.date(2026, 10, 5), person="Elmer")
    (review,) = made.add(tmp_path / "reviews.csv").reviews

    assert (review.decision, review.plots) == ("confirm", (FAULTY,))


def test_damaged_workbooks_are_told_as_such(tmp_path: Path) -> None:
    """Cut off, bits turned over, XML that ends early, behind a password: always the sentence, never a traceback."""
    made = Book(tmp_path)
    whole = made.path.read_bytes()
    damaged = {"half": whole[: len(whole) // 2], "locked": _locked(whole)}
    damaged |= {f"bit {at}": _turned(whole, at) for at in range(40, len(whole), len(whole) // 40)}
    damaged |= {f"cut {name}": _cut(made.path, name) for name in zipfile.ZipFile(made.path).namelist()}
    refused = []
    for name, content in damaged.items():
        (tmp_path / "damaged.xlsx").write_bytes(content)
        try:
            decisions.read(tmp_path / "damaged.xlsx", "any")
        except ConfigError as error:
            refused.append(name)
            assert "damaged" in str(error)
    assert {"half", "locked", "cut xl/worksheets/sheet2.xml", "cut xl/styles.xml"} <= set(refused)


def _locked(content: bytes) -> bytes:
    """With the sign that every member is encrypted."""
    found = bytearray(content)
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + flag] |= 1
            at = found.find(mark, at + 1)
    return bytes(found)


def _turned(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]


def _cut(path: Path, name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(made, "w") as half:
        for one in whole.namelist():
            half.writestr(one, whole.read(one)[:-20] if one == name else whole.read(one))
    return made.getvalue()


def test_a_map_copied_out_of_an_open_telephone_says_what_may_lack(tmp_path: Path) -> None:
    """What was decided last lies in a second file until the map is closed: without it that is said."""
    path, alone = tmp_path / "coop.gpkg", tmp_path / "alone" / "coop.gpkg"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute(f"CREATE TABLE reviews (fid INTEGER PRIMARY KEY, {', '.join(COLUMNS)})")
        file.execute("INSERT INTO reviews (plots, reason, evidence_digest) VALUES ('c/1', 'standing_forest', 'd')")
        file.commit()
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.execute("UPDATE reviews SET decision = 'confirm'")
        file.commit()
        alone.parent.mkdir()
        alone.write_bytes(path.read_bytes())
        both, _ = decisions.read(path, "any")
        one, notes = decisions.read(alone, "any")

    assert [row.row["decision"] for row in both] == ["confirm"]
    assert (one, [note.key for note in notes]) == ([], ["map_open", "undecided"])
    assert [found.name for found in alone.parent.iterdir()] == ["coop.gpkg"], "reading leaves nothing behind"
