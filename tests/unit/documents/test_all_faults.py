"""Every fault of every row of a document is said at once, in the language of the person before the terminal."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.documents.csv_rows import table_of
from eudr_check.documents.deliveries import COLUMNS, read_deliveries
from eudr_check.documents.legality import read_legality
from eudr_check.documents.review import read_reviews
from eudr_check.errors import ConfigError
from eudr_check.text import Sentence

DELIVERIES = """Lista de entregas
date,cooperative,plot_id,kg,form,lot
2026-05-01,norte,,abc,green,L1
01/05/2026,norte,hole,-4,purple,L1
2036-05-01,norte,hole,9,green
2026-05-01,norte,hole,100,green,L2
"""
REVIEWS = """review,plots,decision,reason,grounds,evidence,imagery,reviewer,second_reviewer,date,evidence_digest
R1,norte/hole,maybe,x,feeling,foto.jpg,sin fecha=ayer,-,,2026-05-01,
R2,,clear,,imagery,../a.jpg=1,,Ana,,01/05/2026,
R2,norte/x,clear,x,imagery,a.jpg=12,,Ana,,2026-05-01,d
"""
LEGALITY = """topic,document,sha256,valid_until
land,,12,mañana
environment,permiso.pdf,,2027-01-01
tax,x.pdf,,2027-01-01
"""


def spoken(folder: Path, name: str, content: str, read) -> dict[str, str]:
    """All that is said of a file, in each language."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read(path)
    said = refused.value.args[0]
    assert isinstance(said, Sentence)
    return {language: said.in_language(language) for language in LANGUAGES}


@pytest.mark.parametrize(
    ("name", "content", "read", "parts", "lines"),
    [
        (
            "deliveries.csv",
            DELIVERIES.partition("\n")[2],
            lambda path: read_deliveries(path, "coffee", last=dt.date(2026, 11, 28)),
            ("'plot_id'", "'abc'", "'01/05/2026'", "'-4'", "'purple'", "5 cells"),
            (2, 2, 3, 3, 3, 4),
        ),
        (
            "reviews.csv",
            REVIEWS,
            read_reviews,
            ("'maybe'", "'feeling'", "'foto.jpg'", "'ayer'", "'-'", "0 evidence", "'plots'", "'reason'", "../a.jpg",
             "'01/05/2026'", "a.jpg has no", "review R2"),
            (2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4),
        ),
        ("legality.csv", LEGALITY, read_legality, ("'land'", "'document'", "64", "'mañana'", "'tax'"), (2, 2, 2, 2, 4)),
    ],
)  # fmt: skip
def test_all_faults_of_all_rows_at_once(tmp_path, name, content, read, parts, lines):
    """Nobody mends a file in as many rounds as it has faults; each fault names its physical line."""
    said = spoken(tmp_path, name, content, read)

    assert all(part in said["en"] for part in parts), said["en"]
    assert said["en"].count("\n- ") == len(parts)
    for line in set(lines):
        assert said["en"].count(f"{name}, line {line}") == lines.count(line)


@pytest.mark.parametrize(("language", "line"), [("es", "línea 2"), ("fr", "ligne 2"), ("pt", "linha 2")])
@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("deliveries.csv", DELIVERIES.partition("\n")[2], lambda path: read_deliveries(path, "coffee")),
        ("reviews.csv", REVIEWS, read_reviews),
        ("legality.csv", LEGALITY, read_legality),
    ],
)
def test_no_english_is_left_in_what_is_said(tmp_path, name, content, read, language, line):
    """Sentence, place and list follow the language; only names of columns and codes stay."""
    said = spoken(tmp_path, name, content, read)[language]

    assert f"{name}, {line}" in said
    assert not any(word in said for word in (" is ", "write ", " line ", "things to"))


def test_a_total_under_deliveries_is_told_and_left_out(tmp_path):
    """The sum of the kilograms is no delivery; a real row that lacks its plot still is a fault."""
    path = tmp_path / "deliveries.csv"
    path.write_text(
        ",".join(COLUMNS) + "\n2026-05-01,norte,a,100,green,L1\n2026-05-02,norte,b,50,green,L1\nTOTAL,,,150\n",
        encoding="utf-8",
    )

    assert read_deliveries(path, "coffee")["kg"].tolist() == [100, 50]
    (told,) = table_of(path, "deliveries", COLUMNS).totals
    assert told.endswith(
        "deliveries.csv, line 4: 'TOTAL' adds up the rows above it; it was taken for a total and left out"
    )
    assert "línea 4" in told.in_language("es")


def test_a_workbook_names_its_sheet_and_row(tmp_path):
    """Rows of a workbook are counted as its sheet does, under a title as well."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Entregas"
    for row in (["Cooperativa Norte"], [], COLUMNS, ["2026-05-01", "norte", "a", 100, "green", "L1"],
                ["mayo", "norte", "b", 5, "green", "L1"], ["", "", "Suma", 105]):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "entregas.xlsx")

    with pytest.raises(ConfigError, match=r"Entregas, row 5: date 'mayo' is no date") as refused:
        read_deliveries(tmp_path / "entregas.xlsx", "coffee")
    assert "Entregas, fila 5" in refused.value.args[0].in_language("es")
