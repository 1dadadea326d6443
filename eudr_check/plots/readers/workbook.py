"""Spreadsheets: XLSX through openpyxl, ODS straight from its XML."""

import datetime as dt
import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from eudr_check.plots.delivery import UnreadableError
from eudr_check.plots.readers import archive

Sheets = dict[str, list[list[str | None]]]
_ZERO_PADDED = re.compile(r"^0+$")
_MOST_REPEATS = 10_000
# openpyxl has no error of its own for a damaged workbook: it fails wherever the damage shows.
_DAMAGED = (
    *archive.BROKEN,
    SyntaxError,  # of lxml as of the standard library
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    struct.error,
)


def xlsx(path: Path) -> Sheets:
    """Cells of every sheet as text.

    Raises:
        UnreadableError: no workbook, or an unsafe one.
    """
    from openpyxl import load_workbook  # late: few deliveries are workbooks, and it takes 0.1 s of every start

    with archive.opened(path):
        pass
    try:
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
        try:
            return {
                sheet.title: [[_cell(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets
            }
        finally:
            book.close()
    except DefusedXmlException as error:
        raise UnreadableError("file_unsafe", problem=f"XML with {type(error).__name__}") from error
    except _DAMAGED as error:
        raise UnreadableError("file_unreadable", problem=f"workbook: {error}"[:200]) from error


def _cell(cell: Any) -> str | None:
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
        # A number shown as 007 by its format is the id 007 to whoever reads the sheet.
        return text.zfill(len(cell.number_format)) if _ZERO_PADDED.match(cell.number_format or "") else text
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value)


def ods(path: Path) -> Sheets:
    """Cells of every sheet of an OpenDocument spreadsheet as text; numbers with all their digits.

    Raises:
        UnreadableError: no such spreadsheet, or an unsafe one.
    """
    try:
        with archive.opened(path) as book:
            content = book.read("content.xml")
        sheets: Sheets = {}
        for _, element in iterparse(io.BytesIO(content), forbid_entities=True):
            if _local(element) == "table":
                sheets[_attribute(element, "name") or f"sheet {len(sheets) + 1}"] = _ods_rows(element)
                element.clear()
    except DefusedXmlException as error:
        raise UnreadableError("file_unsafe", problem=f"XML with {type(error).__name__}") from error
    except (ParseError, KeyError, ValueError) as error:
        raise UnreadableError("file_unreadable", problem=f"spreadsheet: {error}"[:200]) from error
    return sheets


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _ods_rows(table: Element) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for element in table.iter():
        if _local(element) != "table-row":
            continue
        row: list[str | None] = []
        for cell in element:
            if _local(cell) in ("table-cell", "covered-table-cell"):
                row.extend([_ods_cell(cell)] * _repeats(cell, "number-columns-repeated"))
        while row and row[-1] is None:
            row.pop()
        # Empty rows repeat up to the end of the sheet; they have to keep their number only where more follows.
        rows.extend([list(row) for _ in range(_repeats(element, "number-rows-repeated") if row else 1)])
    return rows


def _repeats(element: Element, name: str) -> int:
    return min(int(_attribute(element, name) or 1), _MOST_REPEATS)


def _ods_cell(cell: Element) -> str | None:
    value = _attribute(cell, "value")
    if _attribute(cell, "value-type") in ("float", "currency", "percentage") and value is not None:
        return value.removesuffix(".0")
    text = "\n".join("".join(part.itertext()) for part in _paragraphs(cell))
    return text or None


def _paragraphs(cell: Element) -> Iterator[Element]:
    return (part for part in cell if _local(part) == "p")
