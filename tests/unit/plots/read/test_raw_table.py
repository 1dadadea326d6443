"""Rows are named as people find them again: by the sheet and row, the line of a text, the member of an archive."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from eudr_check import plots
from tests.helpers.plot_files import loaded, named, written
from tests.helpers.reader_cases import corners, ods, ods_cell, ods_header, ods_row

HEADERS = ("codigo", "longitud", "latitud", "area_ha")


def book(path, **sheets):
    """A workbook: name of a sheet, its rows by their number on the screen."""
    with xlsxwriter.Workbook(str(path)) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name.replace("_", " "))
            for number, cells in rows.items():
                sheet.write_row(number - 1, 0, cells)
    return named(path)


def plot(name, step=0.0):
    return (name, -76.101234 - step, -6.041234, 1.5)


def test_a_sheet_names_its_own_rows_under_title_and_gaps(tmp_path):
    """Title, header, and an empty row count as they do on the screen; the sheet's name stands before the number."""
    rows = {1: ("Padrón de socios",), 4: HEADERS, 5: plot("A"), 8: plot("", 0.01)}
    made, findings = loaded(book(tmp_path / "padron.xlsx", Padrón_2026=rows))

    blocked = findings[findings["code"] == "id_missing"]
    assert made["source_place"].tolist() == ["Padrón 2026!5"]
    assert blocked["source_place"].tolist() == ["Padrón 2026!8"]


def test_every_sheet_counts_its_own_rows(tmp_path):
    """The second sheet begins at 2 again, and rows of both stay apart."""
    file = book(tmp_path / "dos.xlsx", Norte={1: HEADERS, 2: plot("A")}, Sur={1: HEADERS, 2: plot("B", 0.01)})
    made, _ = loaded(file)

    assert made["source_place"].tolist() == ["Norte!2", "Sur!2"]
    assert made["source_row"].is_unique


def test_an_ods_sheet_names_its_rows(tmp_path):
    """Rows of an ODS are found by sheet and row as well."""
    row = ods_row(ods_cell("P1"), ods_cell("", "-76.101234"), ods_cell("", "-6.041234"))
    made, _ = loaded(ods(tmp_path, ods_header() + row))

    assert made["source_place"].str.endswith("!2").all()


def test_a_text_names_the_physical_line(tmp_path):
    """Blank lines and a cell over two lines count; the row after them has the line an editor shows."""
    text = 'Lista 2026\n\nid;nota;lon;lat\nA;"dos\nlíneas";-76.101234;-6.041234\n\nB;;-76.111234;-6.041234\n'
    made, _ = loaded(written(tmp_path, "p.csv", text))

    assert made["source_place"].tolist() == ["4", "7"]


def test_members_of_an_archive_are_named(tmp_path):
    """Rows of several files in one archive say in which of them they stand."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(("norte.csv", "sur.csv")):
            archive.writestr(name, f"id,lon,lat\nP{number},-76.1{number}1234,-6.041234\n")
    made, _ = loaded(written(tmp_path, "plots.zip", packed.getvalue()))

    assert made["source_place"].tolist() == ["norte.csv!2", "sur.csv!2"]


def test_features_are_counted(tmp_path):
    """A format without rows of its own has only the number of the feature."""
    line = '{"type":"Feature","properties":{"id":"A"},"geometry":{"type":"Point","coordinates":[-76.101234,-6.041234]}}'
    made, _ = loaded(written(tmp_path, "p.geojson", f'{{"type":"FeatureCollection","features":[{line}]}}'))

    assert made["source_place"].isna().all()
    assert made["source_row"].tolist() == [1]


def test_messages_name_the_line_of_a_repeated_id_and_of_a_lost_corner(tmp_path):
    """Rows that a sentence names are those of the file."""
    repeated = "x\n\nid,lon,lat\nA,-76.101234,-6.041234\nA,-76.191234,-6.041234\n"
    _, findings = loaded(written(tmp_path, "r.csv", repeated))
    said = findings.loc[findings["code"] == "id_repeated", "message"].iloc[0]

    assert "r.csv 4, r.csv 5" in said
    rows = [f"P7;{n};{-76.2 + n / 1000:.6f};{-6.1 + n * n / 1000:.6f}" for n in (1, 2, 3)]
    file = corners(tmp_path, *rows, ";4;-76.098889;-6.098333")
    _, findings = loaded(file)
    stray = file.path.read_text(encoding="utf-8").splitlines().index(";4;-76.098889;-6.098333") + 1
    assert f"Row {stray} " in findings.loc[findings["code"] == "corner_lost", "message"].iloc[0]


@pytest.mark.parametrize("language", ["es", "pt"])
def test_the_fix_list_names_the_row_of_the_sheet(tmp_path, language):
    """What goes back to the cooperative says where to look in its own workbook."""
    file = book(tmp_path / "padron.xlsx", Padrón_2026={3: HEADERS, 8: plot("")})
    made, findings = loaded(file)
    plots.write_fix_lists(tmp_path / "fixes", made, findings, [language])

    rows = list(openpyxl.load_workbook(tmp_path / "fixes" / "coop-01.xlsx")[language].iter_rows(values_only=True))
    assert [row[2] for row in rows[1:] if row[8] == "id_missing"] == ["Padrón 2026!8"]
