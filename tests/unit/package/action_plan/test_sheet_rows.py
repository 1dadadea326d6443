"""Rows written as text are those that XlsxWriter writes cell by cell."""

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import xlsxwriter

from eudr_check.package.action_plan import sheet_rows
from eudr_check.text.clean import clean

KINDS = ("text", "number", "date", "by_hand", "kg")
ROWS: list[tuple[Any, ...]] = [
    ("plot 1", 0.1 + 0.2, dt.date(2026, 1, 31), None, 12.0),
    ('=SUM(A1) & <b> "q"', None, None, None, 1e21),
    (" two\nlines ", -5e-324, dt.date(2021, 2, 28), None, 0.0),
    (None, float("nan"), dt.date(1999, 12, 31), None, 1 / 3),
    ("_x0041_ stays, and so does _x41_", 123456789.123456789, None, None, pd.NA),
    ("ማሳ · Nguyễn Thị Đào", 7, None, None, 100000000000000000000),
]
HEIGHTS = [15, 30, 45.5, 15, 17, 409]


def look(book: Any) -> dict[str, Any]:
    """Formats in the order in which cells use them."""
    return {kind: book.add_format({"num_format": f"0.{'0' * place}"}) for place, kind in enumerate(KINDS, start=1)}


def begun(path: Path) -> tuple[Any, Any, dict[str, Any]]:
    """A workbook with a head."""
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": dt.datetime(2026, 1, 1)})
    sheet, formats = book.add_worksheet("rows"), look(book)
    for column, kind in enumerate(KINDS):
        sheet.write_string(0, column, kind)
    return book, sheet, formats


def by_cell(path: Path) -> None:
    """Every cell through the library."""
    book, sheet, formats = begun(path)
    for number, (height, row) in enumerate(zip(HEIGHTS, ROWS, strict=True), start=1):
        sheet.set_row(number, height)
        for column, (kind, value) in enumerate(zip(KINDS, row, strict=True)):
            if kind == "by_hand":
                sheet.write_blank(number, column, None, formats[kind])
            elif value is None or value is pd.NA or value != value:
                continue
            elif kind == "text":
                sheet.write_string(number, column, clean(value), formats[kind])
            elif kind == "date":
                sheet.write_datetime(number, column, dt.datetime(value.year, value.month, value.day), formats[kind])
            else:
                sheet.write_number(number, column, value, formats[kind])
    book.close()


def coded(values: Sequence[Any]) -> pa.DictionaryArray:
    """A column as the plan gives it."""
    plain = [float(one) if isinstance(one, int) else one for one in values]
    return pa.array(plain, from_pandas=True).dictionary_encode()


def as_text(path: Path) -> None:
    """A sample through the library, all rows as text."""
    book, sheet, formats = begun(path)
    for column, kind in enumerate(KINDS):
        if kind == "by_hand":
            sheet.write_blank(1, column, None, formats[kind])
        elif kind == "text":
            sheet.write_string(1, column, "sample", formats[kind])
        else:
            sheet.write_number(1, column, 0, formats[kind])
    book.close()
    columns = [sheet_rows.cells(kind, coded(own)) for kind, own in zip(KINDS, zip(*ROWS, strict=True), strict=True)]
    sheet_rows.fill(path, {1: sheet_rows.Rows(np.array(HEIGHTS), columns)})


def test_every_member_is_the_one_xlsxwriter_writes(tmp_path: Path) -> None:
    """Sheet, styles and all else, byte for byte."""
    by_cell(tmp_path / "cells.xlsx")
    as_text(tmp_path / "text.xlsx")

    with zipfile.ZipFile(tmp_path / "cells.xlsx") as cells, zipfile.ZipFile(tmp_path / "text.xlsx") as text:
        assert cells.namelist() == text.namelist()
        for name in cells.namelist():
            assert text.read(name).decode() == cells.read(name).decode(), name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cells.xlsx", "text.xlsx"]


def test_a_text_too_long_for_a_cell_says_that_it_goes_on(tmp_path: Path) -> None:
    """XlsxWriter would leave the cell empty."""
    book, sheet, formats = begun(tmp_path / "long.xlsx")
    sheet.write_string(1, 0, "sample", formats["text"])
    book.close()
    cells = sheet_rows.cells("text", coded(["a" * 40_000]))
    sheet_rows.fill(tmp_path / "long.xlsx", {1: sheet_rows.Rows(np.array([15.0]), [cells])})
    shown = openpyxl.load_workbook(tmp_path / "long.xlsx")["rows"]["A2"].value

    assert (len(shown), shown[-1]) == (sheet_rows.LONGEST, "…")
