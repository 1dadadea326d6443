"""Files of people in their own language, as text or workbook."""

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.documents import headers
from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.deliveries import COLUMNS, read_deliveries
from eudr_check.errors import ConfigError

SPANISH = ["Fecha", "Cooperativa", "Código de parcela", "Peso (kg)", "Forma", "Lote"]
ROW = [dt.date(2026, 5, 4), "coop-01", "P-007", 1250.5, "pergamino", "L1"]


def workbook(folder: Path, rows: list[list[object]], sheet: str = "Entregas 2026") -> Path:
    """An XLSX with one sheet."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    path = folder / "entregas.xlsx"
    book.save(path)
    return path


def test_a_workbook_with_a_title_and_spanish_headers_is_read(tmp_path: Path) -> None:
    """Dates and weights of cells need no reading; the title above the header is no row."""
    path = workbook(tmp_path, [["Cooperativa El Mirador: entregas"], [], SPANISH, ROW, [], [*ROW[:3], 300, *ROW[4:]]])
    found = read_deliveries(path, "coffee")

    assert found["plot"].tolist() == ["coop-01/P-007"] * 2
    assert found["kg"].tolist() == [1250.5, 300]
    assert found["form"].tolist() == ["parchment"] * 2
    assert found["date"].dt.date.tolist() == [dt.date(2026, 5, 4)] * 2


def test_faults_of_a_workbook_name_sheet_and_row_all_at_once(tmp_path: Path) -> None:
    """The row is the sheet's own, so that the right farmer is corrected."""
    wrong = [*ROW[:3], "mil", *ROW[4:]]
    path = workbook(tmp_path, [["Título"], SPANISH, wrong, ROW, [*ROW[:4], "tostado", "L1"]])
    with pytest.raises(ConfigError) as caught:
        read_deliveries(path, "coffee")
    answer = str(caught.value)

    assert "2 things to correct" in answer
    assert "Entregas 2026, row 3: kg 'mil'" in answer
    assert "Entregas 2026, row 5: form 'tostado' is not known for coffee" in answer


def test_a_formula_without_its_result_is_no_weight(tmp_path: Path) -> None:
    """A workbook that no program has calculated holds no kilograms."""
    path = workbook(tmp_path, [SPANISH, [*ROW[:3], "=1+1", *ROW[4:]]])

    with pytest.raises(ConfigError, match=r"Entregas 2026!D2: a formula without a stored result"):
        read_deliveries(path, "coffee")


@pytest.mark.parametrize("content", [b"PK\x03\x04not a workbook", b"PK\x03\x04" + bytes(100)])
def test_a_damaged_workbook_is_named(tmp_path: Path, content: bytes) -> None:
    """No traceback, no words of a library."""
    path = tmp_path / "entregas.xlsx"
    path.write_bytes(content)

    with pytest.raises(ConfigError, match=r"entregas\.xlsx: is a damaged workbook"):
        read_deliveries(path, "coffee")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", headers.documents())
def test_templates_are_read_as_what_they_are(tmp_path: Path, document: str, language: str) -> None:
    """Each column of a template stands for another column of ours, in every language."""
    columns = headers.ours(document, headers.template(document, language).strip().split(";"))

    assert columns == headers.ours(document, columns)
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_template_is_read(tmp_path: Path, language: str) -> None:
    """Semicolons and a byte-order mark, as Excel writes them."""
    path = tmp_path / "deliveries.csv"
    path.write_text(
        headers.template("deliveries", language) + "2026-05-04;coop-01;P-007;412,5;green;L1;;\n", encoding="utf-8-sig"
    )

    assert read_deliveries(path, "coffee")["kg"].tolist() == [412.5]


def test_a_column_that_lacks_is_named_beside_those_there(tmp_path: Path) -> None:
    """Whoever reads the answer sees both lists."""
    path = workbook(tmp_path, [SPANISH[:-1], ROW[:-1]])

    with pytest.raises(ConfigError, match=r"no column lot; deliveries need .*its columns are: date, cooperative"):
        rows_of(path, "deliveries", COLUMNS)
