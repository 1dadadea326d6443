"""XLSX straight from its XML: rows and cells are counted where they stand, whatever the file says of them."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from eudr_check.numerals import Number
from eudr_check.plots.read import archive, number_formats
from eudr_check.plots.read.raw_table import UnreadableError
from eudr_check.plots.read.sheets import Sheet, Sheets, dense, fill_merged, positions
from eudr_check.plots.thresholds import threshold

_WHOLE = re.compile(r"\d+")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384


@dataclass
class _Book:
    """What the sheets of a workbook share."""

    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    """Number format of each style of a cell."""
    from_1904: bool = False
    recalculated: bool = False
    """Whether whoever opens it has to compute every formula: a stored 0 is then a place-holder."""


@dataclass
class _Cells:
    """The cells of one sheet, by row and column from 0."""

    sheet: Sheet = field(default_factory=lambda: Sheet([]))
    stored: dict[int, dict[int, str]] = field(default_factory=dict)
    count: int = 0


def read(path: Path) -> Sheets:
    """Cells of every sheet as text.

    Raises:
        UnreadableError: no workbook, or an unsafe or too large one.
    """
    try:
        with archive.opened(path) as opened:
            members = {info.filename.replace("\\", "/").lstrip("/"): info for info in opened.infolist()}
            return _sheets(opened, members)
    except DefusedXmlException as error:
        raise UnreadableError("file_unsafe", problem=f"XML with {type(error).__name__}") from error
    except (ParseError, KeyError, ValueError, IndexError, OverflowError, LookupError) as error:
        raise UnreadableError("file_unreadable", problem=f"workbook: {error}") from error


def _sheets(opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Sheets:
    def content(name: str) -> bytes:
        return opened.read(members[name])

    workbook = "xl/workbook.xml"
    targets = _targets(content("xl/_rels/workbook.xml.rels"), workbook)
    book = _Book()
    for kind, name in targets.values():
        if kind == "sharedStrings" and name in members:
            book.strings = list(_strings(content(name)))
        elif kind == "styles" and name in members:
            book.formats = _formats(content(name))
    found: list[tuple[str, str]] = []
    for element in _ended(content(workbook)):
        tag = _local(element)
        if tag == "sheet":
            kind, name = targets[str(_attribute(element, "id"))]
            if kind == "worksheet":
                found.append((str(element.get("name")), name))
        elif tag == "workbookPr":
            book.from_1904 = element.get("date1904") in ("1", "true")
        elif tag == "calcPr":
            book.recalculated = element.get("fullCalcOnLoad") in ("1", "true")
    return {title: _sheet(content(name), book) for title, name in found}


def _targets(content: bytes, source: str) -> dict[str, tuple[str, str]]:
    """Kind and member name of each relation of a part."""
    result = {}
    for element in _ended(content):
        if _local(element) == "Relationship":
            target = posixpath.join(posixpath.dirname(source), str(element.get("Target")).replace("\\", "/"))
            kind = str(element.get("Type")).rpartition("/")[2]
            result[str(element.get("Id"))] = (kind, posixpath.normpath(target).lstrip("/"))
    return result


def _strings(content: bytes) -> Iterator[str]:
    for element in _ended(content):
        if _local(element) == "si":
            yield _text(element)
            element.clear()


def _text(element: Element) -> str:
    """Text of a string with its runs, without the reading aids of Japanese."""
    parts = []
    for child in element:
        tag = _local(child)
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts.append(_text(child))
    return "".join(parts)


def _formats(content: bytes) -> list[str]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # late: few deliveries are workbooks

    own: dict[int, str] = {}
    result: list[str] = []
    for element in _ended(content):
        if _local(element) == "numFmt":
            own[int(element.get("numFmtId") or 0)] = element.get("formatCode") or "General"
        elif _local(element) == "cellXfs":
            numbers = [int(style.get("numFmtId") or 0) for style in element]
            result = [own.get(number) or BUILTIN_FORMATS.get(number, "General") for number in numbers]
    return result


def _sheet(content: bytes, book: _Book) -> Sheet:
    cells = _Cells()
    merges: list[tuple[int, int, int]] = []
    row = -1
    above: Element | None = None
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_entities=True):
        tag = _local(element)
        if event == "start":
            above = element if tag == "sheetData" else above
        elif tag == "row":
            row = _row(element, row + 1, cells, book)
            if above is not None:
                above.clear()
        elif tag == "mergeCell":
            first, _, last = str(element.get("ref")).partition(":")
            (top, left), (bottom, _) = positions(first), positions(last or first)
            merges.append((top, left, bottom))
    cells.sheet.rows = dense(cells.stored)
    for top, left, bottom in merges:
        fill_merged(cells.sheet, top, left, bottom)
    return cells.sheet


def _row(element: Element, number: int, cells: _Cells, book: _Book) -> int:
    """Take the cells of one row over; returns its number, which the file may leave out."""
    said = element.get("r")
    number = number if said is None else int(said) - 1
    column = -1
    for cell in element:
        if _local(cell) != "c":
            continue
        name = cell.get("r")
        row, column = (number, column + 1) if name is None else positions(name)
        if not (0 <= row < _MOST_ROWS and 0 <= column < _MOST_COLUMNS):
            raise ValueError(f"a cell outside the sheet: {name}")
        value = _value(cell, (row, column), cells.sheet, book)
        if value is None:
            continue
        stored = cells.stored.setdefault(row, {})
        if stored.get(column, value) != value:
            cells.sheet.contradicted.add((row, column))
        stored[column] = value
        cells.count += 1
        if cells.count > threshold("sheet_max_cells"):
            raise UnreadableError("file_too_large", problem=f"over {threshold('sheet_max_cells')} cells in a sheet")
    return number


def _value(cell: Element, at: tuple[int, int], sheet: Sheet, book: _Book) -> str | None:
    kind = cell.get("t", "n")
    parts = {_local(child): child for child in cell}
    value = parts["v"].text if "v" in parts else None
    if "f" in parts and kind != "str" and (not value or (value == "0" and kind == "n" and book.recalculated)):
        sheet.unstored.add(at)
        return f"={parts['f'].text or ''}"
    if "f" in parts and "v" not in parts:
        sheet.unstored.add(at)
        return f"={parts['f'].text or ''}"
    if kind == "inlineStr":
        return _text(parts["is"]) or None if "is" in parts else None
    if value is None:
        return None
    if kind == "s":
        place = int(value)
        if place < 0:
            raise IndexError("a text before the first")
        return book.strings[place] or None
    if kind == "b":
        sheet.restyled.add(at)
        return str(value.strip() in ("1", "true"))
    if kind == "d":
        sheet.dates.add(at)
        return value
    return value or None if kind in ("str", "e") else _number(value.strip(), cell, at, sheet, book)


def _number(value: str, cell: Element, at: tuple[int, int], sheet: Sheet, book: _Book) -> str:
    code = book.formats[int(cell.get("s") or 0)] if book.formats else "General"
    if _is_date(code):
        sheet.dates.add(at)
        return _date(value, book)
    if code != "General" and not number_formats.followed(value, code):
        sheet.restyled.add(at)
    if _WHOLE.fullmatch(value):
        return value if code == "General" else number_formats.shown(value, code)
    number = float(value)
    if not number.is_integer() or abs(number) >= 1e15:
        return Number(repr(number))
    whole = str(int(number))
    return whole if number < 0 else number_formats.shown(whole, code)


def _is_date(code: str) -> bool:
    if code == "General":
        return False
    from openpyxl.styles.numbers import is_date_format

    return bool(is_date_format(code))


def _date(value: str, book: _Book) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    epoch = CALENDAR_MAC_1904 if book.from_1904 else CALENDAR_WINDOWS_1900
    try:
        moment: Any = from_excel(float(value), epoch)
    except (OverflowError, ValueError):
        return value
    return moment.isoformat(sep=" ") if hasattr(moment, "hour") and hasattr(moment, "year") else str(moment)


def _ended(content: bytes) -> Iterator[Element]:
    for _, element in iterparse(io.BytesIO(content), forbid_entities=True):
        yield element


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
