"""XLSX: every cell is read where it stands, as it is shown, and what cannot be known is said row by row."""

import zipfile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import HEADER, cell, header, plot_row, row, xlsx

POINTS = [plot_row(number) for number in range(2, 8)]
IDS = ["P1", "P2", "P3", "P4", "P5", "P6"]


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "A1:C3", "B2:C4", "A1:XFD1048576", ""])
def test_dimension_is_never_believed(tmp_path, dimension):
    """Six rows are six plots, whatever the sheet says of its size."""
    made, findings = loaded(xlsx(tmp_path, header(), *POINTS, dimension=dimension))

    assert made["plot_id"].tolist() == IDS
    assert made["usable"].all()
    assert not set(findings["severity"]) & {"block"}


def test_wrong_dimension_of_the_shared_data(shared_data):
    """Six usable plots come out of the file whose dimension says two."""
    made, _ = loaded(named(shared_data / "faults" / "03-xlsx-wrong-dimension" / "x_dim.xlsx"))

    assert made["plot_id"].tolist() == IDS
    assert made["usable"].all()


@settings(max_examples=settings().max_examples // 2)
@given(order=st.permutations(range(6)))
def test_rows_in_any_order(tmp_path_factory, order):
    """Rows stored in another order are the same rows."""
    folder = tmp_path_factory.mktemp("order")
    made, _ = loaded(xlsx(folder, *(POINTS[number] for number in order), header()))

    assert sorted(made["plot_id"]) == IDS
    assert made["usable"].all()
    assert sorted(made["source_row"]) == [1, 2, 3, 4, 5, 6]


def test_rows_and_cells_without_a_name(tmp_path):
    """A row and a cell that do not say where they are follow the one before."""
    bare = [
        row(0, cell("", f"P{number}"), cell("", -76.1 - number / 100 - 0.001234), cell("", -6.041234), numbered=False)
        for number in (1, 2)
    ]
    made, _ = loaded(xlsx(tmp_path, header(), *bare))

    assert made["plot_id"].tolist() == ["P1", "P2"]
    assert made["usable"].all()


@pytest.mark.parametrize("calculation", ["", '<calcPr fullCalcOnLoad="1"/>'])
def test_formulas_without_results_are_no_empty_lines(tmp_path, calculation):
    """Every row of formulas whose result is not stored blocks by its number."""
    stored = 0 if calculation else None
    formulas = [
        row(number, *(cell(f"{letter}{number}", stored, inner=f"<f>{letter}1&amp;1</f>") for letter in "ABC"))
        for number in (3, 4)
    ]
    made, findings = loaded(xlsx(tmp_path, header(), POINTS[0], *formulas, calculation=calculation))

    assert made.loc[made["usable"], "plot_id"].tolist() == ["P1"]
    assert set(findings.loc[findings["code"] == "formula_unstored", "source_row"]) == {2, 3}


def test_stored_results_of_formulas_are_read(tmp_path):
    """A formula whose result is stored is that result; an empty text is an empty cell."""
    formula = row(
        2,
        '<c r="A2" t="str"><f>"P"&amp;1</f><v>P1</v></c>',
        cell("B2", -76.121234, inner="<f>X2</f>"),
        cell("C2", -6.041234),
        '<c r="D2" t="str"><f>""</f><v></v></c>',
    )
    made, findings = loaded(xlsx(tmp_path, header(), formula))

    assert made["plot_id"].tolist() == ["P1"]
    assert made["usable"].all()
    assert "formula_unstored" not in codes(findings)


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (7, "000", "007"),
        (8, '"P-"000', "P-008"),
        (9, "00-000", "00-009"),
        (12, 'P\\-"0"00', "P-012"),
        (5, '"COOP "0', "COOP 5"),
        (123456, "00-000", "123-456"),
        (7, "0", "7"),
        (7, "General", "7"),
        (1234, "#,##0", "1234"),
    ],
)
def test_ids_come_out_as_shown(tmp_path, number, code, shown):
    """An id is what people read in the cell."""
    made, _ = loaded(xlsx(tmp_path, header(), plot_row(2, number, s=1), formats=(code,)))

    assert made["plot_id"].tolist() == [shown]


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (1, "0.00", True),
        (0.5, "0%", True),
        (1.5, "# ?/?", True),
        (12, '0" ha"', True),
        (1234, "#,##0", True),
        (1234567, "0.00E+00", True),
        (12, "#,##0", False),
        (7, "000", False),
        (7, '"P-"000', False),
        (7, "@", False),
        (7, "General", False),
        (1.5, "General", False),
    ],
)
def test_an_id_that_the_sheet_shows_otherwise_is_told(tmp_path, number, code, told):
    """Decimals, percents, fractions, thousands and units are read as the number; people who see 1.00 hear of it."""
    made, findings = loaded(xlsx(tmp_path, header(), plot_row(2, number, s=1), plot_row(3), formats=(code,)))

    assert made["usable"].all()
    assert findings.loc[findings["code"] == "id_shown_otherwise", "source_row"].tolist() == [1] * told


def test_true_as_an_id_is_told(tmp_path):
    """A spreadsheet program shows TRUE in its own language."""
    _, findings = loaded(
        xlsx(
            tmp_path,
            header(),
            plot_row(2).replace('<c r="A2" t="inlineStr"><is><t>P1</t></is></c>', '<c r="A2" t="b"><v>1</v></c>'),
        )
    )

    assert "id_shown_otherwise" in set(findings["code"])


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "dd/mm/yy", "mmm-yy"])
def test_id_that_became_a_date_is_reported(tmp_path, code):
    """An id cell that is a date blocks its row; a date in another column does not."""
    made, findings = loaded(xlsx(tmp_path, header(), plot_row(2, 46054, s=1), plot_row(3), formats=(code,)))

    assert set(findings.loc[findings["code"] == "id_is_date", "source_row"]) == {1}
    assert made.loc[made["usable"], "plot_id"].tolist() == ["P2"]


def test_dates_of_the_shared_data(shared_data):
    """Three ids that are dates are three findings."""
    _, findings = loaded(named(shared_data / "faults" / "19-ids-changed-by-spreadsheet-formats" / "x_date.xlsx"))

    assert list(findings["code"]).count("id_is_date") == 3


@pytest.mark.parametrize("digits", ["9007199254740993", "123456789012345678901"])
def test_long_ids_keep_their_digits(tmp_path, digits):
    """A whole number of any length is read as it is stored."""
    made, _ = loaded(xlsx(tmp_path, header(), plot_row(2, int(digits))))

    assert made["plot_id"].tolist() == [digits]


def test_value_of_a_merged_cell_holds_for_its_rows(tmp_path):
    """An id written once over four rows of corners is the id of all four."""
    corners = [(-76.1, -6.04), (-76.098, -6.04), (-76.098, -6.038), (-76.1, -6.038)]
    head = row(1, *(cell(f"{x}1", name) for x, name in zip("ABCD", ("plot_id", "vertice", "lon", "lat"), strict=True)))
    rows = [
        row(
            number + 2,
            *([cell("A2", "P1")] if number == 0 else []),
            cell(f"B{number + 2}", number + 1),
            cell(f"C{number + 2}", x + 0.000123),
            cell(f"D{number + 2}", y + 0.000123),
        )
        for number, (x, y) in enumerate(corners)
    ]
    made, findings = loaded(xlsx(tmp_path, head, *rows, after='<mergeCells><mergeCell ref="A2:A5"/></mergeCells>'))

    assert made["geometry_kind"].tolist() == ["polygon"]
    assert "cells_merged" in codes(findings)


def test_cell_stored_twice_blocks_its_row(tmp_path):
    """Two values for one cell: nobody knows which one holds."""
    twice = plot_row(2).replace("</row>", cell("A2", "Q9") + "</row>")
    made, findings = loaded(xlsx(tmp_path, header(), twice, plot_row(3)))

    assert made.loc[made["usable"], "plot_id"].tolist() == ["P2"]
    assert codes(findings, 1) >= {"cell_stored_twice"}


def test_far_cell_takes_no_memory(tmp_path):
    """A cell at the last row and column of a sheet neither ends nor stops the reading of the plots."""
    far = row(1048576, cell("XFD1048576", "x"))
    made, findings = loaded(xlsx(tmp_path, header(), *POINTS, far))

    assert made.loc[made["usable"], "plot_id"].tolist() == IDS
    assert len(findings[(findings["severity"] == "block") & (findings["source_row"] == 1048575)])


def test_more_cells_than_the_bound_are_refused_by_name(tmp_path):
    """A sheet that repeats its width over too many rows says the bound."""
    wide = [row(number, cell(f"XFD{number}", "x")) for number in range(2, threshold("sheet_max_cells") // 16_384 + 3)]
    made, findings = loaded(xlsx(tmp_path, header(), *wide))

    assert not len(made)
    assert codes(findings) == {"file_too_large"}
    assert str(threshold("sheet_max_cells")) in findings["message"].item()


def test_sheets_of_different_kinds_are_not_joined(tmp_path):
    """Corners in one sheet and points in another: the harvest has to name the plots."""
    corners = row(1, *(cell(f"{x}1", n) for x, n in zip("ABCD", ("plot_id", "vertice", "lon", "lat"), strict=True)))
    corners += "".join(
        row(n, cell(f"A{n}", "P1"), cell(f"B{n}", n), cell(f"C{n}", -76.1 + n / 1e3), cell(f"D{n}", -6.1 + n * n / 1e4))
        for n in (2, 3, 4, 5)
    )
    file = xlsx(tmp_path, header(), *POINTS, more_sheets={"vertices": corners})
    made, findings = loaded(file)
    chosen, _ = loaded(file.model_copy(update={"table": "plots"}))

    assert not len(made)
    assert codes(findings) == {"tables_differ"}
    assert chosen["plot_id"].tolist() == IDS


def test_sheet_of_members_is_named(tmp_path):
    """A sheet without places beside the plots is left out by name."""
    members = row(1, cell("A1", "socio"), cell("B1", "dni")) + row(2, cell("A2", "Rosa"), cell("B2", 1))
    made, findings = loaded(xlsx(tmp_path, header(), *POINTS, more_sheets={"socios": members}))

    assert made["plot_id"].tolist() == IDS
    assert "'socios'" in findings.loc[findings["code"] == "table_ignored", "message"].item()


def test_numbers_of_typed_cells_are_exact(tmp_path):
    """A cell that is a number has one reading, whatever text of the same file looks like or its format shows."""
    head = row(1, *(cell(f"{x}1", name) for x, name in zip("ABCD", (*HEADER, "area_m2"), strict=True)))
    rows = [
        row(2, cell("A2", "P1"), cell("B2", -76.101), cell("C2", -6.041), cell("D2", 12500, s=1)),
        row(3, cell("A3", "P2"), cell("B3", "-76,201234"), cell("C3", "-6,041234"), cell("D3", 12.345)),
        row(4, cell("A4", "P3"), cell("B4", -76.301234), cell("C4", -6.041234), cell("D4", "9.375")),
    ]
    made, findings = loaded(xlsx(tmp_path, head, *rows, formats=("#,##0",)))

    assert made.geometry.x.tolist() == [-76.101, -76.201234, -76.301234]
    assert made["declared_area_ha"].tolist() == pytest.approx([1.25, 0.0012345, 0.9375])
    assert "number_ambiguous" not in set(findings["code"])


@pytest.mark.parametrize("place", ["-1", "999"])
def test_a_text_that_is_not_among_the_shared_ones_is_no_other(tmp_path, place):
    """A cell that points before the first or behind the last text has none; the last one is not taken for it."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, line in enumerate(
        [("plot_id", "lon", "lat"), *((f"P{n}", -76.1 - n / 1000, -6.041234) for n in (1, 2))]
    ):
        sheet.write_row(number, 0, line)
    book.close()
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"].replace(
        b"<v>3</v>", f"<v>{place}</v>".encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    made, findings = loaded(named(path))

    assert made.empty
    assert "file_unreadable" in codes(findings)
