"""OpenDocument spreadsheets straight from their XML."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from eudr_check.numerals import Number
from eudr_check.plots.read import archive, number_formats
from eudr_check.plots.read.raw_table import UnreadableError
from eudr_check.plots.read.sheets import Cell, Sheet, Sheets, fill_merged
from eudr_check.plots.thresholds import threshold

_MOST_ROWS = 1_048_576
_WHOLE = re.compile(r"(\d+)(?:\.0+)?")
_NUMBERS = ("float", "currency", "percentage")


def read(path: Path) -> Sheets:
    """Cells of every sheet as text; numbers with all their digits.

    Raises:
        UnreadableError: no such spreadsheet, or an unsafe or too large one.
    """
    try:
        with archive.opened(path) as book:
            content = book.read("content.xml")
        return _sheets(content)
    except DefusedXmlException as error:
        raise UnreadableError("file_unsafe", problem=f"XML with {type(error).__name__}") from error
    except (ParseError, KeyError, ValueError, LookupError) as error:
        raise UnreadableError("file_unreadable", problem=f"spreadsheet: {error}") from error


def _sheets(content: bytes) -> Sheets:
    sheets: Sheets = {}
    one = Sheet([])
    merges: list[tuple[Cell, int]] = []
    cells = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_entities=True):
        tag = _local(element)
        if tag == "table" and event == "start":
            one, merges = Sheet([]), []
            sheets[_free(_attribute(element, "name") or f"sheet {len(sheets) + 1}", sheets)] = one
        elif tag == "table-row" and event == "end":
            cells += _row(element, one, merges, int(threshold("sheet_max_cells")) - cells)
            element.clear()
        elif tag == "table" and event == "end":
            for (top, left), bottom in merges:
                fill_merged(one, top, left, bottom)
            element.clear()
    return sheets


def _free(name: str, taken: Sheets) -> str:
    """The name of a sheet, numbered where another has it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _row(element: Element, one: Sheet, merges: list[tuple[Cell, int]], room: int) -> int:
    """Take one row over as often as it repeats; returns how many cells that made.

    Raises:
        UnreadableError: more cells than there is room for, or rows than a sheet has.
    """
    top = len(one.rows)
    row: list[str | None] = []
    notable: list[tuple[set[Cell], int]] = []
    for cell in element:
        if _local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        text, kept_in = _cell(cell, one)
        repeats = _repeats(cell, "number-columns-repeated")
        if text is not None:
            if len(row) + repeats > room:
                raise _too_large()
            if kept_in is not None:
                notable.extend((kept_in, column) for column in range(len(row), len(row) + repeats))
        spanned = _repeats(cell, "number-rows-spanned")
        if spanned > 1:
            merges.append(((top, len(row)), top + spanned - 1))
        # Blank cells repeat up to the last column of the sheet; those that end a row are none.
        row.extend([text] * (repeats if text is not None else min(repeats, 16_384)))
    while row and row[-1] is None:
        row.pop()
    repeats = _repeats(element, "number-rows-repeated")
    if not row:
        one.rows.extend([row] * min(repeats, max(_MOST_ROWS - top, 0)))
        return 0
    if repeats * len(row) > room or top + repeats > _MOST_ROWS:
        raise _too_large()
    one.rows.extend(list(row) for _ in range(repeats))
    for kept_in, column in notable:
        kept_in.update((number, column) for number in range(top, top + repeats))
    return repeats * len(row)


def _too_large() -> UnreadableError:
    problem = f"over {threshold('sheet_max_cells')} cells or {_MOST_ROWS} rows in a sheet"
    return UnreadableError("file_too_large", problem=problem)


def _repeats(element: Element, name: str) -> int:
    return max(int(_attribute(element, name) or 1), 1)


def _cell(cell: Element, one: Sheet) -> tuple[str | None, set[Cell] | None]:
    """Text of a cell, and the set of the sheet that has to remember it."""
    kind, value, formula = (_attribute(cell, name) for name in ("value-type", "value", "formula"))
    text = "\n".join("".join(part.itertext()) for part in _paragraphs(cell)) or None
    if formula is not None and kind is None and text is None:
        return f"={formula}", one.unstored
    if kind in _NUMBERS and value is not None:
        whole = _WHOLE.fullmatch(value)
        if whole and text and number_formats.is_shown_id(whole[1], text):
            return text, None
        read = whole[1] if whole else Number(value.removesuffix(".0"))
        shown = (text or read).strip()
        return read, one.restyled if shown not in (str(read), str(read).replace(".", ",")) else None
    if kind == "boolean":
        return text, one.restyled
    return text, one.dates if kind == "date" else None


def _paragraphs(cell: Element) -> Iterator[Element]:
    return (part for part in cell if _local(part) == "p")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)
