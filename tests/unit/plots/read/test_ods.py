"""OpenDocument spreadsheets: repeats are bounded and exact, ids come out as shown."""

import pytest

from tests.helpers.plot_files import codes, loaded
from tests.helpers.reader_cases import ods, ods_cell, ods_header, ods_row


def plot(number, **cell):
    plot_id = cell.pop("plot_id", None) or ods_cell(f"P{number}")
    return ods_row(
        plot_id,
        ods_cell("", str(-76.101234 - number / 100)),
        ods_cell("", "-6.041234"),
    )


def test_blank_rows_keep_the_number_of_those_after_them(tmp_path):
    """Repeated blank rows and cells are no rows, but the one after them has its own number."""
    blank = ods_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=20_000)
    made, _ = loaded(ods(tmp_path, ods_header() + plot(1) + blank + plot(2)))

    assert made["plot_id"].tolist() == ["P1", "P2"]
    assert made["source_row"].tolist() == [1, 20_002]


def test_repeated_row_is_as_many_rows(tmp_path):
    """A row written once and repeated 12,000 times is 12,000 rows, each a plot or a finding."""
    row = ods_row(ods_cell("P1"), ods_cell("", "-76.101234"), ods_cell("", "-6.041234"), repeated=12_000)
    made, findings = loaded(ods(tmp_path, ods_header() + row))

    blocked = findings[(findings["severity"] == "block") & findings["source_row"].notna()]
    assert set(made["source_row"]) | set(blocked["source_row"]) == set(range(1, 12_001))


@pytest.mark.parametrize(
    "cells",
    [
        '<table:table-cell table:number-columns-repeated="100000000"><text:p>x</text:p></table:table-cell>',
        ods_cell("x", number_columns_repeated="16384") * 1,
    ],
)
def test_repeats_without_end_are_refused_by_name(tmp_path, cells):
    """544 bytes that ask for gigabytes are a finding."""
    _, findings = loaded(ods(tmp_path, ods_header() + ods_row(cells, repeated=1_000_000)))

    assert codes(findings) == {"file_too_large"}


@pytest.mark.parametrize(
    ("value", "shown", "plot_id"),
    [("7", "007", "007"), ("8", "P-008", "P-008"), ("9.0", "00-009", "00-009"), ("7", "7", "7"), ("7", "7,00", "7")],
)
def test_ids_come_out_as_shown(tmp_path, value, shown, plot_id):
    """The number 7 shown as 007 is the id 007."""
    made, _ = loaded(ods(tmp_path, ods_header() + plot(1, plot_id=ods_cell(shown, value))))

    assert made["plot_id"].tolist() == [plot_id]


@pytest.mark.parametrize(
    ("shown", "value", "told"),
    [("1.00", "1", True), ("50%", "0.5", True), ("1,234", "1234", True), ("7", "7", False), ("1,5", "1.5", False)],
)
def test_an_id_that_the_sheet_shows_otherwise_is_told(tmp_path, shown, value, told):
    """What is read is the number; people who see 1.00 hear of it; a decimal comma is no other number."""
    _, findings = loaded(ods(tmp_path, ods_header() + plot(1, plot_id=ods_cell(shown, value)) + plot(2)))

    assert ("id_shown_otherwise" in set(findings["code"])) == told


def test_date_as_id_is_reported(tmp_path):
    """An id cell that is a date blocks its row."""
    date = (
        '<table:table-cell office:value-type="date" office:date-value="2026-02-01">'
        "<text:p>01/02/26</text:p></table:table-cell>"
    )
    made, findings = loaded(ods(tmp_path, ods_header() + plot(1, plot_id=date) + plot(2)))

    assert made.loc[made["usable"], "plot_id"].tolist() == ["P2"]
    assert codes(findings, 1) >= {"id_is_date"}


def test_formulas_without_results_are_no_empty_lines(tmp_path):
    """A row of formulas whose results are not stored blocks by its number."""
    formula = '<table:table-cell table:formula="of:=[.A1]"/>'
    made, findings = loaded(ods(tmp_path, ods_header() + plot(1) + ods_row(formula * 3, repeated=2)))

    assert made.loc[made["usable"], "plot_id"].tolist() == ["P1"]
    assert set(findings.loc[findings["code"] == "formula_unstored", "source_row"]) == {2, 3}


def test_merged_id_holds_for_its_rows(tmp_path):
    """An id over two rows is the id of both; the second is a repeated id and not a row without one."""
    first = ods_row(ods_cell("P1", number_rows_spanned="2"), ods_cell("", "-76.101234"), ods_cell("", "-6.041234"))
    second = ods_row("<table:covered-table-cell/>", ods_cell("", "-76.111234"), ods_cell("", "-6.041234"))
    _, findings = loaded(ods(tmp_path, ods_header() + first + second))

    assert "id_missing" not in codes(findings)
    assert codes(findings, 2) >= {"id_repeated"}


def test_numbers_of_typed_cells_are_exact(tmp_path):
    """A cell that is a number has one reading, whatever its sheet shows and text beside it looks like."""
    typed = ods_row(ods_cell("P1"), ods_cell("-76,101", "-76.101"), ods_cell("-6.041", "-6.041"))
    written = ods_row(ods_cell("P2"), ods_cell("-76,201234"), ods_cell("-6,041234"))
    made, findings = loaded(ods(tmp_path, ods_header() + typed + written))

    assert made.geometry.x.tolist() == [-76.101, -76.201234]
    assert made.geometry.y.tolist() == [-6.041, -6.041234]
    assert "number_ambiguous" not in set(findings["code"])
