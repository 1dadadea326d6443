"""Decisions go to the end of the book with all that a machine can fill in; nothing there is changed or lost."""

import hashlib
import json
from pathlib import Path

import openpyxl
import pytest

from eudr_check.documents import decisions, review_book, review_sheet
from eudr_check.documents.decisions import Decision
from eudr_check.documents.review import COLUMNS, DECISIONS, coded, read_reviews
from eudr_check.errors import ConfigError
from eudr_check.text import LANGUAGES, topic

DIGESTS = {"coop/1": "a" * 16, "coop/2": "b" * 16}
PHOTO = hashlib.sha256(b"photo").hexdigest()


def saved(folder: Path, **changes: object) -> Path:
    """A file of one decision, as the report page saves it."""
    one = {
        "plot": "coop/1", "decision": "clear", "reason": ["standing_forest"], "grounds": "field_visit",
        "evidence": {"photo.jpg": PHOTO}, "imagery": {"S2A=1": "2020-12-14"}, "reviewer": "Ana",
        "date": "2026-10-01", "evidence_digest": "a" * 16,
    } | changes  # fmt: skip
    one["imagery"] = {str(name).replace("=", "_"): day for name, day in dict(one["imagery"]).items()}  # type: ignore[call-overload]
    path = folder / f"decisions-{one['reviewer']}.json"
    content = {"kind": decisions.KIND, "version": 1, "harvest": "h", "decisions": [one]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def added(book: Path, *files: Path) -> review_book.Additions:
    """The book after some files."""
    there = read_reviews(book) if book.is_file() else ()
    decided = [one for file in files for one in decisions.read(file, "h")[0]]
    new = review_book.additions(book, there, decided, DIGESTS)
    review_book.write(book, there, new)
    return new


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """The folder of a reviewer, with a photograph."""
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"photo")
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book that is not there yet."""
    (tmp_path / "harvest").mkdir()
    return tmp_path / "harvest" / "reviews.csv"


def test_a_decision_becomes_a_row_with_its_evidence_beside_the_book(book: Path, outside: Path) -> None:
    """Id, SHA-256 and digest are filled in, and the photograph lies where the row says."""
    added(book, saved(outside))
    (review,) = read_reviews(book)

    assert (review.review, review.plots, review.reviewer, review.digests) == ("R01", ("coop/1",), "Ana", ("a" * 16,))
    assert dict(review.evidence) == {"evidence/photo.jpg": PHOTO}
    assert (book.parent / "evidence" / "photo.jpg").read_bytes() == b"photo"


@pytest.mark.parametrize(
    "written",
    [
        "\ufeffrevisión;parcelas;decisión;motivo;fundamento;evidencia;imágenes;revisor;segundo revisor;fecha;huella;"
        "nota\r\n"
        "V1;coop/2;confirm;event_on_forest;field_visit;;;Eva;;2026-09-01;0000000000000000;no tocar\r\n",
        ",".join(reversed(COLUMNS))
        + "\n0000000000000000,2026-09-01,,Eva,,,field_visit,event_on_forest,confirm,coop/2,V1",
    ],
)
def test_what_stands_in_the_book_stays_to_the_letter(book: Path, outside: Path, written: str) -> None:
    """Order and language of columns, separators, line ends and columns of one's own are kept."""
    book.write_bytes(written.encode())
    added(book, saved(outside))

    assert book.read_bytes().startswith(written.encode())
    assert [one.review for one in read_reviews(book)] == ["V1", "R02"]


def test_the_same_file_twice_adds_nothing(book: Path, outside: Path) -> None:
    """A file that was sent twice is said to be there already."""
    added(book, saved(outside))
    before = book.read_bytes()
    again = added(book, saved(outside))

    assert book.read_bytes() == before
    assert not again.reviews
    assert [note.key for note in again.notes] == ["already"]


def test_two_people_who_decide_the_same_are_two_reviewers(book: Path, outside: Path) -> None:
    """The second decision names the first person, with the images of both; the first row stays as it was."""
    new = added(book, saved(outside), saved(outside, reviewer="Luis", imagery={"S2B": "2026-07-18"}, date="2026-10-05"))
    first, second = read_reviews(book)

    assert (first.reviewer, first.second_reviewer) == ("Ana", "")
    assert (second.reviewer, second.second_reviewer, len(second.imagery)) == ("Luis", "Ana", 2)
    assert [note.key for note in new.notes] == ["second"]
    assert added(book, saved(outside, reviewer="Luis", imagery={"S2B": "2026-07-18"}, date="2026-10-05")).reviews == ()


@pytest.mark.parametrize(
    "other",
    [
        {"reviewer": "ANA"},
        {"reviewer": "Luis", "evidence_digest": "c" * 16},
        {"reviewer": "Luis", "reason": ["event_on_forest"]},
        {"reviewer": "Luis", "decision": "confirm"},
        {"reviewer": "Luis", "plot": "coop/2"},
    ],
)
def test_nobody_becomes_second_reviewer_of_something_else(book: Path, outside: Path, other: dict[str, object]) -> None:
    """The same person in other letters, or another person on other evidence, reasons, plots or with another answer."""
    folder = outside.parent / "other"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"photo")
    added(book, saved(outside, evidence={}), saved(folder, date="2026-10-05", **other))

    assert [one.second_reviewer for one in read_reviews(book)] == ["", ""]


def test_a_self_declaration_makes_no_second_reviewer(book: Path, outside: Path) -> None:
    """A decision that does not count itself does not count for another."""
    added(book, saved(outside, grounds="self_declaration"), saved(outside, reviewer="Luis"))

    assert [one.second_reviewer for one in read_reviews(book)] == ["", ""]


def test_another_file_of_the_same_name_is_kept_too(book: Path, outside: Path) -> None:
    """No photograph replaces another."""
    added(book, saved(outside))
    (outside / "photo.jpg").write_bytes(b"other")
    other = hashlib.sha256(b"other").hexdigest()
    added(book, saved(outside, plot="coop/2", evidence={"photo.jpg": other}, evidence_digest="b" * 16))
    names = [name for one in read_reviews(book) for name in one.evidence]

    assert [(book.parent / name).read_bytes() for name in names] == [b"photo", b"other"]


def test_evidence_that_is_not_what_was_reviewed_is_not_copied(book: Path, outside: Path) -> None:
    """The row keeps the SHA-256 of what was reviewed, so that it does not count until that file comes."""
    file = saved(outside)
    (outside / "photo.jpg").write_bytes(b"retouched")
    added(book, file)

    assert dict(read_reviews(book)[0].evidence) == {"evidence/photo.jpg": PHOTO}
    assert not (book.parent / "evidence").exists()


def sheet(outside: Path, **cells: str) -> Decision:
    """A row somebody filled in by hand."""
    row = dict.fromkeys(COLUMNS, "") | {
        "review": "todo coop/1", "plots": "coop/1", "decision": "sin deforestación", "reason": "standing_forest",
        "grounds": "Visita de campo", "evidence": "photo.jpg", "reviewer": "Ana", "date": "2026-10-01",
        "evidence_digest": "a" * 16,
    } | cells  # fmt: skip
    return Decision(row, "sheet, row 2", outside / "todo.xlsx")


@pytest.mark.parametrize(("review", "digest"), [("todo coop/1", "?"), ("", "a" * 16)])
def test_a_sheet_that_lost_its_digests_fits_no_evidence_of_today(
    book: Path, outside: Path, review: str, digest: str
) -> None:
    """It was written on the evidence of its day; a row that somebody writes anew is about that of today."""
    new = review_book.additions(book, (), [sheet(outside, review=review, evidence_digest="")], DIGESTS)

    assert new.reviews[0].digests == (digest,)


def test_a_sheet_names_its_files_and_the_machine_hashes_them(book: Path, outside: Path) -> None:
    """SHA-256 is no business of people; words of their language are read."""
    new = review_book.additions(book, (), [sheet(outside)], DIGESTS)
    (review,) = new.reviews

    assert (review.decision, review.grounds, review.digests) == ("clear", "field_visit", ("a" * 16,))
    assert dict(review.evidence) == {"evidence/photo.jpg": PHOTO}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"evidence": "no.jpg"}, "evidence no.jpg is not beside todo.xlsx"),
        ({"evidence": "../photo.jpg"}, "lies outside the folder"),
        ({"evidence": "/etc/hostname"}, "lies outside the folder"),
        ({"decision": "maybe"}, "sheet, row 2: decision 'maybe'"),
        ({"reviewer": ""}, "'reviewer' is empty"),
        ({"date": "1/10/2026"}, "is no date"),
    ],
)
def test_a_half_filled_row_is_refused_before_anything_is_written(
    book: Path, outside: Path, cells: dict[str, str], words: str
) -> None:
    """File, row and remedy; the book is not touched."""
    with pytest.raises(ConfigError, match=words):
        review_book.additions(book, (), [sheet(outside, **cells)], DIGESTS)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "is no file of decisions"),
        ("[1", "is no file of decisions"),
        ('{"kind": "eudr-check decisions", "version": 2, "harvest": "h", "decisions": []}', "version"),
        ('{"kind": "eudr-check decisions", "version": 1, "harvest": "x", "decisions": []}', "decisions on harvest x"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str, words: str) -> None:
    """What it is not, and where to get one."""
    path = tmp_path / "d.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(ConfigError, match=words):
        decisions.read(path, "h")


@pytest.mark.parametrize("plot", ["coop/1;coop/2", "coop/1\n"])
def test_signs_that_separate_cells_are_refused(tmp_path: Path, plot: str) -> None:
    """One decision never becomes one on other plots."""
    with pytest.raises(ConfigError, match="is no file of decisions"):
        decisions.read(saved(tmp_path, plot=plot), "h")


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_of_the_sheet_are_as_high_as_their_text(tmp_path: Path, language: str) -> None:
    """No row hides a line of what it takes; columns for machines are hidden, and read all the same."""
    codes = ("standing_forest", "event_on_forest")
    review_sheet.write(tmp_path / "s.xlsx", {"coop/1": codes}, {"coop/1": "high"}, {}, DIGESTS, "coffee", language)
    page = openpyxl.load_workbook(tmp_path / "s.xlsx").active
    longest = max(len(str(cell.value or "")) / page.column_dimensions[cell.column_letter].width for cell in page[2]
                  if not page.column_dimensions[cell.column_letter].hidden)  # fmt: skip

    assert page.row_dimensions[2].height >= 15 * longest
    assert [COLUMNS[at] for at, cell in enumerate(page[1]) if page.column_dimensions[cell.column_letter].hidden] == [
        "review", "evidence_digest",
    ]  # fmt: skip
    assert decisions.read(tmp_path / "s.xlsx", "h")[1][0].values["count"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_are_read_back(language: str) -> None:
    """What a sheet or a form offers is what reviews.csv knows."""
    words = topic("reviews")
    offered = ("decision_", "degradation_", "grounds_")
    pairs = [(key.partition("_"), words[key][language]) for key in words if key.startswith(offered)]

    assert len(pairs) == 9
    for (column, _, code), word in pairs:
        assert coded("grounds" if column == "grounds" else "decision", word) == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_wood_the_sheet_asks_about_degradation_too(tmp_path: Path, language: str) -> None:
    """Who clears wood says that there was no degradation either (Article 2(13)(b)); of coffee nobody is asked that."""
    asked = {}
    for commodity in ("coffee", "wood"):
        path = tmp_path / f"{commodity}.xlsx"
        review_sheet.write(path, {"coop/1": ("x",)}, {"coop/1": "high"}, {}, DIGESTS, commodity, language)
        rules = openpyxl.load_workbook(path).active.data_validations.dataValidation
        asked[commodity] = rules[0].formula1.strip('"').split(",")
    words = topic("reviews")

    assert asked["coffee"] == [words[f"decision_{code}"][language] for code in DECISIONS]
    assert asked["wood"] == [words[f"degradation_{code}"][language] for code in DECISIONS]
    assert all("degrada" in word or "dégrada" in word for word in asked["wood"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_wood_is_not_cleared_in_words_for_coffee(book: Path, outside: Path, language: str) -> None:
    """ "No deforestation" on a sheet of wood says nothing of degradation: refused, when it is added and in the book."""
    words = topic("reviews")
    half, whole = words["decision_clear"][language], words["degradation_clear"][language]
    (said,), _ = decisions.read(saved(outside, decision=half), "h")
    with pytest.raises(ConfigError, match="speaks of deforestation alone"):
        review_book.additions(book, (), [said], DIGESTS, "wood")
    assert review_book.additions(book, (), [said], DIGESTS, "coffee").reviews
    for written in (whole, "clear"):
        (said,), _ = decisions.read(saved(outside, decision=written), "h")
        new = review_book.additions(book, (), [said], DIGESTS, "wood")
        assert new.reviews[0].decision == "clear"

    review_book.write(book, (), new)
    book.write_text(book.read_text(encoding="utf-8").replace(",clear,", f",{half},"), encoding="utf-8")
    assert read_reviews(book, "coffee")
    with pytest.raises(ConfigError, match="speaks of deforestation alone"):
        read_reviews(book, "wood")
