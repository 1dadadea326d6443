"""What a cooperative has to correct, one line per problem, in the languages of the harvest: XLSX and CSV."""

import csv
import datetime as dt
import json
import re
from collections.abc import Sequence
from io import BufferedWriter, BytesIO
from pathlib import Path
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import pandas as pd
import xlsxwriter

from eudr_check import tables, text
from eudr_check.plots.findings import sentence
from eudr_check.text.clean import cell as safe
from eudr_check.text.clean import file_stem, without_controls

COLUMNS = ("weight", "file", "row", "plot", "place", "problem", "longitude", "latitude", "code")
_WIDTHS = (18, 28, 7, 18, 22, 90, 13, 13, 24)
_CREATED = dt.datetime(2000, 1, 1)
_CELL_LIMIT = 32_000
_LINES_LIMIT = 1_048_575
"""Rows of a sheet under its header; the CSV holds them all."""
_FORMATS: tuple[dict[str, Any], ...] = ({}, {}, {}, {}, {}, {"text_wrap": True}, *[{"num_format": "0.000000"}] * 2, {})
_TAKEN_FOR_CODE = re.compile("(_x[0-9a-fA-F]{4}_)")
"""What spreadsheets read as the code of a character."""
_TO_ESCAPE = re.compile(f"[&<>\r]|{_TAKEN_FOR_CODE.pattern}")
_PLACES = 6

Cell = str | float | int | None
Line = tuple[Cell, ...]


def write_fix_lists(
    folder: Path, plots: gpd.GeoDataFrame, findings: pd.DataFrame, languages: Sequence[str]
) -> list[Path]:
    """Write `COOPERATIVE.xlsx` (one sheet per language) and `COOPERATIVE-LANGUAGE.csv` for every cooperative.

    Only what the cooperative has to do something about is listed: blocking findings first, then warnings. A
    cooperative without any gets lists with headers alone, so that a list left over from an earlier run is replaced.

    Args:
        folder: made where it does not exist.
        plots: PLOTS.
        findings: FINDINGS.
        languages: those people work with; the first is the first sheet.

    Returns:
        Files written, sorted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = findings[findings["severity"] != "info"]
    # Few plots of a nation are listed.
    places = plots.loc[plots.index.isin(listed["plot"]), "production_place"]
    cooperatives = sorted({*plots["cooperative"].dropna().unique(), *findings["cooperative"].dropna().unique()})
    written: list[Path] = []
    for cooperative in cooperatives:
        mine = listed[listed["cooperative"] == cooperative]
        mine = mine.sort_values("severity", kind="stable")  # "block" comes before "warn"
        sheets = _lines(mine, places, languages)
        path = folder / f"{file_stem(cooperative)}.xlsx"
        _write_workbook(path, sheets)
        written.append(path)
        for language, lines in sheets.items():
            path = folder / f"{cooperative}-{language}.csv"
            _write_csv(path, _headers(language), lines)
            written.append(path)
    return sorted(written)


def _headers(language: str) -> list[str]:
    return [text.say("fix_list", column, language) for column in COLUMNS]


def _lines(findings: pd.DataFrame, places: pd.Series, languages: Sequence[str]) -> dict[str, list[Line]]:
    """One line per finding, column by column: what does not depend on the language is made once."""
    plots = _cells(findings["plot"])
    place = dict(zip(places.index, _cells(places), strict=True))
    details = [json.loads(values) for values in findings["details"]]
    source_file, row = _cells(findings["source_file"]), tables.row_names(findings)
    plot_id = [None if plot is None else plot.partition("/")[2] for plot in plots]
    production_place = [place.get(plot) for plot in plots]
    longitude, latitude = (
        [None if value is None else round(value, _PLACES) for value in _cells(findings[axis])]
        for axis in ("longitude", "latitude")
    )
    code, severities = _cells(findings["code"]), _cells(findings["severity"])
    lines: dict[str, list[Line]] = {}
    for language in languages:
        weight = [text.say("fix_list", severity, language) for severity in severities]
        problem = [sentence(*said, language) for said in zip(code, details, strict=True)]
        columns = (weight, source_file, row, plot_id, production_place, problem, longitude, latitude, code)
        lines[language] = [*_marks(language), *zip(*map(_cleaned, columns), strict=True)]
    return lines


def _marks(language: str) -> list[Line]:
    """Lines above all others: that a machine made the words, where that is so."""
    at = COLUMNS.index("problem")
    return [(*(None,) * at, said, *(None,) * (len(COLUMNS) - at - 1)) for said in text.machine_made(language)]


def _cells(column: pd.Series) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()


def _cleaned(column: list[Cell]) -> list[Cell]:
    return [clean(cell) if isinstance(cell, str) else cell for cell in column]


def _write_workbook(path: Path, sheets: dict[str, list[Line]]) -> None:
    """The workbook: XlsxWriter makes it with headers and formats, the lines are put into its sheets as XML.

    Cell by cell through XlsxWriter, 723,000 overlaps in two languages took a minute and a half and 2 GB.
    """
    with ZipFile(_without_lines(sheets)) as empty, ZipFile(path, "w") as book:
        names = {f"xl/worksheets/sheet{number}.xml": language for number, language in enumerate(sheets, start=1)}
        for member in empty.infolist():
            content = empty.read(member)
            dated = ZipInfo(member.filename, member.date_time)
            dated.compress_type = ZIP_DEFLATED
            with BufferedWriter(book.open(dated, "w")) as file:
                if member.filename not in names:
                    file.write(content)
                    continue
                head, end, tail = content.partition(b"</sheetData>")
                file.write(head)
                styles = _column_styles(head.decode())
                for number, line in enumerate(sheets[names[member.filename]][:_LINES_LIMIT], start=2):
                    file.write(_row_xml(number, line, styles).encode())
                file.write(end + tail)


def _without_lines(sheets: dict[str, list[Line]]) -> BytesIO:
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # A fixed date keeps the bytes the same.
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        formats = [book.add_format({"valign": "top", **more}) for more in _FORMATS]
        for language, lines in sheets.items():
            sheet = book.add_worksheet(language)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
            for column, (header, width) in enumerate(zip(_headers(language), _WIDTHS, strict=True)):
                sheet.set_column(column, column, width, formats[column])
                sheet.write_string(0, column, header, head)
    return content


def _column_styles(head: str) -> list[str]:
    """The number of each column's format in the workbook; XlsxWriter writes columns that are alike as one."""
    return [
        style
        for first, last, style in re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', head)
        for _ in range(int(first), int(last) + 1)
    ]


def _row_xml(number: int, line: Line, styles: list[str]) -> str:
    """A row as XML; texts stand in their cells, so that none is ever taken for a formula."""
    cells = []
    for letter, style, cell in zip(ascii_uppercase, styles, line, strict=False):
        if isinstance(cell, str):
            said = _escaped(cell) if _TO_ESCAPE.search(cell) else cell
            cells.append(
                f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
            )
        elif cell is not None:
            cells.append(f'<c r="{letter}{number}" s="{style}"><v>{cell!r}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _escaped(cell: str) -> str:
    return _TAKEN_FOR_CODE.sub(r"_x005F\1", escape(cell)).replace("\r", "_x000D_")


def _write_csv(path: Path, headers: list[str], lines: list[Line]) -> None:
    # A byte-order mark tells Excel that this is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows([safe(value) if isinstance(value, str) else value for value in line] for line in lines)


def clean(cell: str) -> str:
    """Text without what XML cannot hold, as long as a cell may be."""
    return without_controls(cell)[:_CELL_LIMIT]
