"""The list that goes back to a cooperative: plain words, right languages, nothing that can be executed."""

import csv

import openpyxl

from eudr_check import plots
from tests.helpers.plot_files import geojson, loaded, named, polygon, ring, written


def lists(folder, *files, languages=("es", "en", "fr", "pt")):
    made, findings = loaded(*files)
    return plots.write_fix_lists(folder / "fixes", made, findings, languages), findings


def test_one_line_per_problem_in_each_language(tmp_path):
    """Blocking problems come first, records of what was done do not come at all."""
    files, findings = lists(tmp_path, geojson(tmp_path, polygon("A", area_ha=9), polygon(None, ring(dx=0.01))))
    book = openpyxl.load_workbook(tmp_path / "fixes" / "coop-01.xlsx")
    rows = list(book["es"].iter_rows(values_only=True))

    assert [path.name for path in files] == [
        "coop-01-en.csv",
        "coop-01-es.csv",
        "coop-01-fr.csv",
        "coop-01-pt.csv",
        "coop-01.xlsx",
    ]
    assert book.sheetnames == ["es", "en", "fr", "pt"]
    assert len(rows) - 1 == (findings["severity"] != "info").sum()
    assert rows[1][-1] == "id_missing"
    assert rows[1][0] == "debe corregirse"
    assert "La parcela no tiene código" in rows[1][5]
    assert isinstance(rows[1][6], float)


def test_formulas_are_neutralised(tmp_path):
    """A plot called =cmd|... is text in both files, and coordinates stay numbers."""
    attack = "=cmd|' /C calc'!A0"
    lines = f'id;lon;lat\n"{attack}";-76.12;-6.12\n@SUM(1);-76.12;-6.12\n'
    lists(tmp_path, written(tmp_path, "a.csv", lines))
    sheet = openpyxl.load_workbook(tmp_path / "fixes" / "coop-01.xlsx")["es"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    with (tmp_path / "fixes" / "coop-01-es.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file))

    assert "f" not in kinds
    assert any(row[3].value == attack for row in sheet.iter_rows())
    assert {row[3] for row in cells[1:]} == {"'" + attack, "'@SUM(1)"}
    assert cells[1][6] == "-76.12"


def test_markup_is_text(tmp_path):
    """A plot called <r>...</r>, or like the code of a character, is that text in the workbook."""
    ids = ["<r><t>A</t></r>", "A & B", "_x0041_", " "]
    lists(
        tmp_path, geojson(tmp_path, *(polygon(name, ring(dx=0.01 * step), area_ha=9) for step, name in enumerate(ids)))
    )
    sheet = openpyxl.load_workbook(tmp_path / "fixes" / "coop-01.xlsx")["es"]
    written_as = {row[3].value for row in sheet.iter_rows(min_row=2)}

    assert written_as == {"<r><t>A</t></r>", "A & B", "_x005F_x0041_", None}  # "_x005F_" is how XLSX writes "_"


def test_same_bytes_twice(tmp_path):
    """No clock stands in the files."""
    first, _ = lists(tmp_path, geojson(tmp_path, polygon("A", area_ha=9)))
    before = [path.read_bytes() for path in first]
    second, _ = lists(tmp_path, geojson(tmp_path, polygon("A", area_ha=9)))

    assert [path.read_bytes() for path in second] == before


def test_cooperative_whose_file_is_missing_gets_a_list(tmp_path):
    """A whole file that is gone is a line too."""
    files, _ = lists(tmp_path, named(tmp_path / "gone.csv", cooperative="coop-07"), languages=("es",))

    assert [path.name for path in files] == ["coop-07-es.csv", "coop-07.xlsx"]
    assert "no existe" in files[0].read_text(encoding="utf-8-sig")
