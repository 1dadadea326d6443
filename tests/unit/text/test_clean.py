"""Text that leaves the product: readable as it was, and dead for every reader that would run it."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eudr_check.cli import show
from eudr_check.package import csv_files
from eudr_check.text import clean

HOSTILE = st.text(st.sampled_from("=+-@|%\uff1d\uff0b\uff0d\uff20;,\t\"' \r\n\u200b\ufeffab1."), max_size=12)
LIVE = re.compile('[\\s"\u200b\ufeff]*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]')
NUMBER = re.compile(r"[-+]?[0-9]+([.][0-9]+)?")
DEVICE = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])[ ]*([.].*)?$", re.I)
"""Names that Windows keeps for devices, whatever stands behind the point."""


def test_names_are_cleaned() -> None:
    """Controls, overrides and surrogates go; letters, quotes and joiners stay."""
    assert clean.clean("a\u0000b\u202ec\ud800 d\r\n\te\u200f") == "abc d e\u200f"
    assert clean.clean("Jose\u0301") == "Jos\u00e9"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+51 999", "'+51 999"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("|calc", "'|calc"),
        ("%1", "'%1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0dx", "'\uff0dx"),
        ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
        ('x; "=1"', 'x; "\'=1"'),
        ("\t=1", "'\t'=1"),
        ("-5", "-5"),
        ("-76.123", "-76.123"),
        ("x=1", "x=1"),
        ("a-b, c+d", "a-b, c+d"),
        ("", ""),
    ],
)
def test_cells_are_disarmed(text: str, written: str) -> None:
    """What a spreadsheet would run is marked, also behind a semicolon; numbers and ordinary text stay."""
    assert clean.cell(text) == written


@given(st.lists(st.lists(HOSTILE, min_size=2, max_size=2), min_size=1, max_size=3))
def test_no_live_cell_under_any_separator(rows: list[list[str]]) -> None:
    """A table of ours holds no formula whether it is read with comma, semicolon or tab, with quotes or without."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([["row", *(clean.cell(text) for text in row)] for row in rows])
    found = []
    for separator in ",;\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            if separator == "," and quoting == csv.QUOTE_NONE:
                continue
            lines = buffer.getvalue().splitlines(keepends=True)
            reader = csv.reader(lines, delimiter=separator, quoting=quoting)
            found += [cell for row in reader for cell in row if LIVE.match(cell) and not NUMBER.match(cell)]

    assert found == []


@given(st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=4))
def test_tables_of_the_package_hold_no_live_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    """The fast writer of the package's CSV files marks the same cells."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    frame = pd.DataFrame(rows, columns=["a", "b"], dtype="str")
    csv_files.write_csv(path, frame)
    lines = path.read_text(encoding="utf-8").split("\n")[1:]
    cells = [cell for line in lines for row in csv.reader([line], delimiter=";") for cell in row]

    assert [cell for cell in cells if LIVE.match(cell) and not NUMBER.match(cell)] == []


@pytest.mark.parametrize("name", ["con", "nul", "aux", "prn", "com1", "lpt9", "con.es", "CON"])
def test_files_named_like_devices_can_be_unpacked_on_windows(name: str) -> None:
    """`con`, `nul` and their kin get a sign more; every other name stays."""
    assert not DEVICE.match(f"{clean.file_stem(name)}.xlsx")
    assert clean.file_stem("con-es") == "con-es" and clean.file_stem("consorcio") == "consorcio"


def test_qgis_finds_no_expression() -> None:
    """A policy called like an expression is shown, not evaluated."""
    said = clean.without_expressions("[% env('HOME') %] [[%%]]")

    assert "[%" not in said and "%]" not in said


def test_brackets_in_ids_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """An id such as `a[/]b` is text for the terminal too, never markup."""
    show.frame(pd.DataFrame({"plot": ["a[/]b", "[red]x", ":smile:"]}), nothing="nothing")
    printed = capsys.readouterr().out

    assert all(text in printed for text in ("a[/]b", "[red]x", ":smile:"))
