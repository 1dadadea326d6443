"""Text tables: every physical line is a plot, part of one, or a finding, and numbers have one reading."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eudr_check import delimited
from eudr_check.plots.read import formats
from eudr_check.plots.read.raw_table import UnreadableError
from tests.helpers.plot_files import codes, loaded, named, ring, written

HEADER = ["plot_id", "lat", "lon", "area_ha", "nota"]
ROWS = [[f"P{row}", f"-6.{row}01234", f"-76.{row}01234", "1.2", "ok"] for row in range(1, 7)]
AREA_M2 = "plot_id,area_m2,lat,lon\n"


def text(rows=ROWS, separator=",", end="\n", header=HEADER):
    return end.join(separator.join(row) for row in [header, *rows]) + end


def all_accounted(made, findings, count):
    """Every row of the file is a plot or has a blocking finding of its own."""
    blocked = findings[(findings["severity"] == "block") & findings["source_row"].notna()]
    return set(made["source_row"]) | set(blocked["source_row"].astype(int)) == set(range(1, count + 1))


def test_shared_file_with_an_open_quote(shared_data):
    """The row with the mark is blocked by name, the four others are plots."""
    made, findings = loaded(named(shared_data / "faults" / "01-csv-stray-quote" / "q2.csv", producer_country="PE"))

    assert made["plot_id"].tolist() == ["P1", "P3", "P4", "P5"]
    assert "quotes_unbalanced" in codes(findings, 2)
    assert "Line 3" in findings.loc[findings["code"] == "quotes_unbalanced", "message"].item()
    assert all_accounted(made, findings, 5)


@pytest.mark.parametrize(
    "lines",
    [
        {2: 'P2,-6.2,-76.2,1.2,"cerca', 5: 'P5,-6.5,-76.5,1.2,rio"'},
        {2: '"P2,-6.2,-76.2,1.2,x', 3: 'P3",-6.3,-76.3,1.2,x'},
        {2: 'P2,"-6.2,-76.2,1.2,x', 4: 'P4,-6.4","-76.4,1.2,x', 6: 'P6,-6.6,-76.6",1.2,x'},
        {1: 'P1,-6.1,-76.1,1.2,"a', 3: 'P3,-6.3,-76.3,1.2,"b', 5: 'P5,-6.5,-76.5,1.2,"c'},
        {6: 'P6,-6.6,-76.6,1.2,"fin'},
        {2: 'P2,-6.2,-76.2,1.2,"a ""b', 4: 'P4,-6.4,-76.4,1.2,b"" a"'},
        {2: 'P2,-6.2,-76.2,1.2,"a', 3: 'P3,-6.3,-76.3,1.2,""b, c"'},
        {2: 'P2,"-6.2,-76.2,1.2,a', 3: 'P3,""-6,3",-76.3,1.2,b'},
        {2: 'P2,"-6.2,-76.2,1.2,a', 3: 'P3,-6,3",-76.3,1.2,b'},
    ],
)
def test_a_mark_that_swallows_rows_is_told(tmp_path, lines):
    """Closed later, closed in another column, never closed: no row is gone, and none has cells of another."""
    content = text().splitlines()
    for number, line in lines.items():
        content[number] = line
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join(content)))

    assert all_accounted(made, findings, 6)
    assert "quotes_unbalanced" in codes(findings)
    for row in made.itertuples():
        assert row.geometry is None or f"{-row.geometry.y:.1f}" == f"6.{row.plot_id[1:]}"


def test_rows_that_leave_out_their_last_cells_are_not_swallowed_either(tmp_path):
    """Where all rows are shorter than the header, a whole row is one as long as they are."""
    header = ["plot_id", "nota", "lat", "lon", "area_ha", "nota 2", "nota 3"]
    lines = [",".join(header), *(f"P{row},x,-6.{row},-76.{row},1.2" for row in range(1, 7))]
    lines[2], lines[3] = 'P2,x,-6.2,-76.2,"1.2', 'P3,x,-6.3",-76.3,1.2'
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join(lines)))

    assert all_accounted(made, findings, 6)
    assert "quotes_unbalanced" in codes(findings)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), min_size=1, max_size=4),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_marks_anywhere_lose_no_line(marks, separator, end):
    """Quotation marks put anywhere: the lines in records are the lines of the file, and no whole line is swallowed."""
    lines = text(separator=separator).splitlines()
    for row, place in marks:
        lines[row + 1] = f'{lines[row + 1][:place]}"{lines[row + 1][place:]}'
    table = delimited.read(end.join(lines) + end, lambda cells: len(set(cells) & set(HEADER)))

    assert table.delimiter == separator
    assert sum(record.lines for record in table.records) == 7
    for record in table.records[1:]:
        assert record.lines == 1 or delimited.swallowed(record, 5, separator)


def test_balanced_marks_stay_without_a_finding(tmp_path):
    """Line ends, separators and doubled marks inside quotation marks; seconds of an arc outside of them."""
    rows = [
        ["P1", "-6.101234", "-76.101234", "1.2", '"uno\ndos, tres\n""cuatro"""'],
        ["P2", "-6.201234", "-76.201234", "1.2", 'dijo "si"'],
        ["P3", "6°18'04.442\"S", "76°18'04.442\"W", "1.2", '5" de ancho'],
    ]
    made, findings = loaded(written(tmp_path, "a.csv", text(rows)))

    assert made["plot_id"].tolist() == ["P1", "P2", "P3"]
    assert made["usable"].all()
    assert not codes(findings) & {"quotes_unbalanced", "cells_missing", "cells_misaligned"}


def test_geometry_over_several_lines_is_one_cell(tmp_path):
    """A boundary that a program broke into lines inside quotation marks stays one plot."""
    shape = ",\n".join(f"{x} {y}" for x, y in ring())
    made, _ = loaded(written(tmp_path, "a.csv", f'id,wkt\nA,"POLYGON (({shape}))"\n'))

    assert made["plot_id"].tolist() == ["A"]
    assert made["usable"].all()


def test_first_row_longer_than_any_sample(tmp_path):
    """The separator is that of the header, however long the first row is."""
    shape = ", ".join(f"{x} {y}" for x, y in ring() * 600)
    made, _ = loaded(
        written(tmp_path, "a.csv", f"codigo;socio;wkt\nA;Rosa;POLYGON (({shape}))\nB;Ana;POINT (-76.1 -6.1)\n")
    )

    assert made["plot_id"].tolist() == ["A", "B"]
    assert made["producer_name"].tolist() == ["Rosa", "Ana"]


def test_separator_that_a_spreadsheet_tells(tmp_path):
    """`sep=;` in the first line is no row."""
    made, _ = loaded(written(tmp_path, "a.csv", "sep=;\nid;lon;lat\nA;-76.123456;-6.123456\n"))

    assert made["plot_id"].tolist() == ["A"]


def test_line_ends_are_those_of_lines(tmp_path):
    """U+2028, form feeds and file separators inside a cell end no row."""
    rows = [[row[0], *row[1:4], "a\u2028b\x0bc\x0cd\x1ce\x85f"] for row in ROWS]
    made, _ = loaded(written(tmp_path, "a.csv", text(rows)))

    assert len(made) == 6


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_keep_ids(tmp_path, encoding):
    """The letters of an id survive, with a byte-order mark or without."""
    content = text([["Ñ01", *ROWS[0][1:]]]).encode(encoding)
    made, _ = loaded(written(tmp_path, "a.csv", content))

    assert made["plot_id"].tolist() == ["Ñ01"]


def test_a_zero_byte_in_an_id_is_told(tmp_path):
    """It is taken out of the id, and the row says so."""
    made, findings = loaded(written(tmp_path, "a.csv", text([["P\x001", *ROWS[0][1:]]])))

    assert made["plot_id"].tolist() == ["P1"]
    assert "text_cleaned" in codes(findings, 1)


@pytest.mark.parametrize("line", [b"\n", b"\r\n", b" \n", b";;;\n"])
def test_endless_empty_lines_are_refused_by_name(tmp_path, monkeypatch, forked, line):
    """A few kilobytes of a ZIP do not fill the memory: lines are counted before they are read, blank ones too."""
    monkeypatch.setattr(delimited, "MOST_LINES", 20_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"id;lon;lat\nA;-76.123456;-6.123456\n" + line * 20_000)
    with pytest.raises(UnreadableError) as refused:
        formats.read(written(tmp_path, "a.zip", packed.getvalue()))

    assert refused.value.code == "file_too_large"


def test_bound_of_lines_is_one_a_laptop_holds():
    """Two million lines are more than any list of plots has."""
    assert delimited.MOST_LINES == 2_000_000


def test_marks_that_chain_to_the_end_take_no_square_of_time(tmp_path):
    """Marks that open and close over all lines end with a refusal or with findings, not after hours."""
    lines = ["id,lon,lat", *[f'P{n}","{n}' for n in range(20_000)]]
    lines[1] = 'P,"0'
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join(lines)))

    assert not made["usable"].any()
    assert (findings["severity"] == "block").any()


def test_short_row_is_read_and_told(tmp_path):
    """Cells that a row lacks are empty, and the row says so."""
    made, findings = loaded(written(tmp_path, "a.csv", text([ROWS[0], ROWS[1][:3]])))

    assert made["usable"].all()
    assert "cells_missing" in codes(findings, 2)


def test_row_above_the_header_is_told(tmp_path):
    """A row with a place in it is no title."""
    lines = ["P0,-6.101234,-76.901234,1.2,ok", *text().splitlines()]
    _, findings = loaded(written(tmp_path, "a.csv", "\n".join(lines)))

    assert "P0" in findings.loc[findings["code"] == "row_unreadable", "message"].item()


@pytest.mark.parametrize(
    ("name", "hectares"), [("a1.csv", [1.25, 0.98, 1.5]), ("m2.csv", [1.25]), ("m2ok.csv", [1.25])]
)
def test_shared_areas_with_thousands(shared_data, name, hectares):
    """`12,500` square metres beside coordinates with points are 1.25 ha."""
    made, _ = loaded(named(shared_data / "faults" / "18-thousands-separator" / name, producer_country="PE"))

    assert made["declared_area_ha"].tolist() == pytest.approx(hectares)


@pytest.mark.parametrize(
    ("area", "lat", "lon", "hectares"),
    [
        ("12.500", "-6,101234", "-76,101234", 1.25),
        ("12.500,5", "-6,101234", "-76,101234", 1.25005),
        ("12 500", "-6.101234", "-76.101234", 1.25),
        ("12\u00a0500", "-6.101234", "-76.101234", 1.25),
        ("12'500.5", "-6.101234", "-76.101234", 1.25005),
        ("1,25,000", "-6.101234", "-76.101234", 12.5),
        ("12,500 m2", "-6.101234", "-76.101234", 1.25),
    ],
)
def test_areas_go_by_the_mark_of_the_file(tmp_path, area, lat, lon, hectares):
    """Coordinates say which mark stands before decimals; the area is read the same way."""
    made, _ = loaded(written(tmp_path, "a.csv", f"plot_id;area_m2;lat;lon\nP1;{area};{lat};{lon}\n"))

    assert made["declared_area_ha"].iloc[0] == pytest.approx(hectares)


def test_area_of_two_readings_blocks_with_both(tmp_path):
    """Nothing in the file says which, so neither is taken."""
    content = "id;area_ha;wkt\nA;1,250;POINT (-76.101234 -6.101234)\n"
    made, findings = loaded(written(tmp_path, "a.csv", content))

    assert not made["usable"].any()
    assert "1250 or 1.250" in findings.loc[findings["code"] == "number_ambiguous", "message"].item()


def test_one_row_tells_for_all(tmp_path):
    """The mark is decided from all rows, the last one too."""
    rows = [*[f"A{n};1,250;POINT (-76.{n}01234 -6.101234)" for n in range(1, 9)], "B;0,5;POINT (-76.901234 -6.101234)"]
    made, _ = loaded(written(tmp_path, "a.csv", "\n".join(["id;area_ha;wkt", *rows])))

    assert made["declared_area_ha"].tolist() == [1.25] * 8 + [0.5]


@pytest.mark.parametrize(
    ("x", "y"), [("412,500", "9,331,874"), ("412.500", "9.331.874"), ("412 500", "9 331 874"), ("412500", "9331874")]
)
def test_metres_with_thousands(tmp_path, x, y):
    """An easting of 412,500 m is not 412.5 m."""
    file = written(tmp_path, "a.csv", f"id;este;norte\nA;{x};{y}\n", crs="EPSG:32718", producer_country="PE")
    made, _ = loaded(file)

    assert made.geometry.iloc[0].x == pytest.approx(-75.79, abs=0.01)
    assert made.geometry.iloc[0].y == pytest.approx(-6.05, abs=0.02)
