"""Totals rows of tables are told and are no plots; a row with a place of its own always is one."""

import pytest
import xlsxwriter

from tests.helpers.plot_files import codes, loaded, named, written
from tests.helpers.reader_cases import ods, ods_cell, ods_header, ods_row

ROWS = ["A;Ana;-76.101234;-6.041234;1.5", "B;Luz;-76.111234;-6.041234;2.25"]
HEADER = "codigo;nombre;longitud;latitud;area_ha"


def table(folder, *last, header=HEADER):
    return written(folder, "padron.csv", "\n".join([header, *ROWS, *last]) + "\n")


@pytest.mark.parametrize(
    "row",
    [
        "TOTAL;;;;3.75", ";TOTAL;;;3.75", "Total general:;;;;3.75", ";;;;3.75", "Suma;;;;3.80", "SUBTOTAL 1;;;;3.75",
        "Sub-total;;;;", "Sous-total;;;;3.75", "TOTAUX;;;;3.75", "Soma;;;;3.75", "Somme totale;;;;3.75",
        "Total ha;;;;3,75", "Gran total;13 parcelas;;;3.75", ";;;;=SUM(E2:E3)", "TOTAL;;;;1.250",
        "Jumlah;;;;3.75", "Tổng cộng;;;;3.75",
    ],
)  # fmt: skip
def test_a_totals_row_is_named_and_no_plot(tmp_path, row):
    """Whatever word it uses, or none: one info names its line, and nothing is asked for it."""
    made, findings = loaded(table(tmp_path, row))

    told = findings[findings["code"] == "totals_row"]
    assert made["plot_id"].tolist() == ["A", "B"]
    assert "Row 4 " in told["message"].item()
    assert not set(findings["severity"]) & {"block"}


def test_areas_without_end_make_no_row_a_total(tmp_path):
    """Above it stand figures whose sum is infinite: a row without id and place is still one that blocks."""
    rows = [f"{name};{name};-76.1{name}1234;-6.041234;1e308" for name in "123"]
    made, findings = loaded(written(tmp_path, "padron.csv", "\n".join([HEADER, *rows, ";;;;7.5"]) + "\n"))

    assert len(made) == 3
    assert "totals_row" not in codes(findings)
    assert "id_missing" in codes(findings)


@pytest.mark.parametrize("name", ["TOTAL", "Suma", "Subtotal"])
def test_a_row_with_a_place_is_a_plot(tmp_path, name):
    """A plot called TOTAL that has coordinates stays a plot."""
    made, findings = loaded(table(tmp_path, f"{name};;-76.131234;-6.041234;3.75"))

    assert made["plot_id"].tolist() == ["A", "B", name]
    assert "totals_row" not in codes(findings)


@pytest.mark.parametrize(
    "row", ["C;Total;;;3.75", "C;;;;3.75", ";Rosa Totora;;;3.75", ";Sumaq;;;1", ";;;;9.99", "Totora;;;;1"]
)
def test_a_plot_that_lacks_its_place_is_asked_about(tmp_path, row):
    """An id of its own, a name of a person, or an area that is no sum: the row is blocked, never taken for a total."""
    made, findings = loaded(table(tmp_path, row))

    assert "totals_row" not in codes(findings)
    assert len(made) == 3 or "id_missing" in codes(findings, 3)


def test_subtotals_and_the_grand_total(tmp_path):
    """Each block may end in its sum; the rows between keep their lines."""
    rows = [";;;;3.75", "C;Eva;-76.131234;-6.041234;1", "D;Flor;-76.141234;-6.041234;2", ";;;;3", ";;;;6.75"]
    made, findings = loaded(table(tmp_path, *rows))

    assert made["source_place"].tolist() == ["2", "3", "5", "6"]
    assert (findings["code"] == "totals_row").sum() == 3


def test_an_id_guessed_by_content_is_found_above_a_total(tmp_path):
    """The total is no gap in the column of ids."""
    header = "Cód. fam.;nombre;longitud;latitud;area_ha"
    rows = ["F-3;Eva;-76.131234;-6.041234;1", "TOTAL;;;;4.75"]
    lines = [header, *(row.replace("A;", "F-1;", 1).replace("B;", "F-2;", 1) for row in ROWS), *rows]
    made, _ = loaded(written(tmp_path, "p.csv", "\n".join(lines) + "\n"))

    assert made["plot_id"].tolist() == ["F-1", "F-2", "F-3"]


def test_a_workbook_names_the_cell_row_of_its_total(tmp_path):
    """The sheet and its own row stand in the sentence."""
    path = tmp_path / "padron.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Padrón 2026")
        sheet.write_row(2, 0, HEADER.split(";"))
        for number, row in enumerate(ROWS, start=3):
            name, person, x, y, area = row.split(";")
            sheet.write_row(number, 0, [name, person, float(x), float(y), float(area)])
        sheet.write_row(6, 0, ["Total general", "", "", "", 3.75])
    made, findings = loaded(named(path))

    assert len(made) == 2
    assert "Padrón 2026!7" in findings.loc[findings["code"] == "totals_row", "message"].item()


def test_a_total_in_an_ods(tmp_path):
    """An OpenDocument sheet has totals as well."""
    row = ods_row(ods_cell("P1"), ods_cell("", "-76.101234"), ods_cell("", "-6.041234"))
    made, findings = loaded(ods(tmp_path, ods_header() + row + ods_row(ods_cell("TOTAL"))))

    assert made["plot_id"].tolist() == ["P1"]
    assert "totals_row" in codes(findings)


def test_one_finding_says_which_columns_are_read_and_which_not(tmp_path):
    """It ends in the line of the harvest that says so, which reads as YAML."""
    header = HEADER.replace("nombre", 'N° "raro": {x}')
    _, findings = loaded(written(tmp_path, "p.csv", "\n".join([header, *ROWS])))

    told = findings[findings["code"].isin(["columns_taken", "columns_unread"])]
    line = told["message"].item().rpartition("harvest: ")[2]
    assert line.startswith('columns: {declared_area_ha: "area_ha"')
    assert "N° " in told["message"].item()
