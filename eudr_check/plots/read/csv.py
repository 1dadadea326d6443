"""Delimited text as spreadsheets and survey tools write it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from eudr_check import delimited
from eudr_check.delimited import DelimitedError, Record
from eudr_check.names import plain
from eudr_check.numerals import Number
from eudr_check.plots.read import sheet
from eudr_check.plots.read.columns import all_known_headers
from eudr_check.plots.read.coordinates import angle
from eudr_check.plots.read.raw_table import Delivery, Fault, Note, UnreadableError

Cells = Sequence[str | None]
_DECIMALS_OF_A_PLACE = 4


_ENCODINGS = ("utf-8", "cp1252")


def decoded(content: bytes) -> str:
    """Text in the first encoding that fits: UTF-8, cp1252, latin-1 (which always does)."""
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def text_of(content: bytes, encoding: str | None) -> str:
    """Text of a file in the encoding named, or in the first one that fits.

    Raises:
        UnreadableError: the encoding named is unknown or does not fit.
    """
    try:
        return delimited.text_of(content, encoding)
    except (UnicodeError, LookupError) as error:
        raise UnreadableError("encoding_wrong", encoding=encoding or "utf-16", problem=str(error)[:120]) from error


def read(text: str) -> Delivery:
    """One delivery of cells; geometry is made later, from the columns.

    Raises:
        UnreadableError: there is no header, or the text is no table of a size that can be read.
    """
    try:
        found = delimited.read(text, _recognised)
    except DelimitedError as error:
        raise UnreadableError(
            "file_too_large" if "at most" in str(error) or "more than" in str(error) else "file_unreadable",
            problem=str(error),
        ) from error
    records = found.records
    start = sheet.header_row([record.cells for record in records[: sheet.LINES_LOOKED_AT]])
    if start is None:
        start = next((position for position, record in enumerate(records) if not record.is_blank), None)
    if start is None:
        raise UnreadableError("file_empty")
    width = len(records[start].cells)
    if records[start].broken:
        raise UnreadableError("file_unreadable", problem=f"line {records[start].line}: quotation mark not closed")
    rows, lines, faults = _judged(records, start, width, found.delimiter)
    return _delivery(rows, start, faults, lines)


def _recognised(cells: Cells) -> int:
    known = all_known_headers()
    return sum(plain(cell) in known for cell in cells if cell)


def _judged(
    records: Sequence[Record], start: int, width: int, delimiter: str
) -> tuple[list[Cells], list[int], dict[int, Fault]]:
    """Rows, the line each begins on, and what is wrong with some of them.

    A record nobody can delimit becomes one row for each of its lines.
    """
    rows: list[Cells] = []
    lines: list[int] = []
    faults: dict[int, Fault] = {}
    several = any(record.lines > 1 for record in records)
    least = delimited.usual_width(records[start + 1 :]) if several else width
    for position, record in enumerate(records):
        if position <= start or record.is_blank:
            rows.append(record.cells)
            lines.append(record.line)
            continue
        if record.broken or delimited.swallowed(record, width, delimiter, least=least):
            for offset in range(record.lines):
                details = {"line": record.line + offset, "opened": record.line}
                faults[len(rows)] = Fault(0, "quotes_unbalanced", details)
                rows.append([])
                lines.append(record.line + offset)
            continue
        if len(record.cells) < width:
            details = {"cells": len(record.cells), "headers": width}
            faults[len(rows)] = Fault(0, "cells_missing", details)
        rows.append(record.cells)
        lines.append(record.line)
    return rows, lines, faults


def table(rows: Sequence[Cells]) -> Delivery:
    """Cells under a header as a delivery; rows without any cell are no rows, but keep their number.

    Raises:
        UnreadableError: no row has anything in it.
    """
    start = sheet.header_row(rows)
    if start is None:
        raise UnreadableError("file_empty")
    return _delivery(rows, start, {}, range(1, len(rows) + 1))


def _delivery(rows: Sequence[Cells], start: int, known: Mapping[int, Fault], lines: Sequence[int]) -> Delivery:
    headers = sheet.headers(rows[start])
    width = len(headers)
    if width * (len(rows) - start) > delimited.MOST_CELLS:
        raise UnreadableError("file_too_large", problem=f"{len(rows) - start} rows of {width} columns")
    faults: list[Fault] = []
    cells: list[list[str | None]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows[start + 1 :], start=1):
        fault = known.get(start + number)
        if fault is None and not any(cell and cell.strip() for cell in row):
            continue
        if fault is not None:
            faults.append(Fault(len(cells), fault.code, fault.details))
        elif any(cell and cell.strip() for cell in row[width:]):
            faults.append(Fault(len(cells), "cells_misaligned", {"cells": len(row), "headers": width}))
            row = []
        padded = [*row[:width], *[None] * (width - len(row))]
        cells.append([_stripped(cell) for cell in padded])
        numbers.append(number)
    frame = pd.DataFrame(cells, columns=headers, dtype=object)
    count = len(frame)
    return Delivery(
        frame,
        np.full(count, None, dtype=object),
        np.array(numbers, dtype=np.int64),
        np.full((count, 2), -1, dtype=np.int8),
        faults=faults,
        notes=_above(rows[:start], lines),
        places=np.array([str(lines[start + number]) for number in numbers], dtype=object),
    )


def _stripped(cell: str | None) -> str | None:
    """A number of the file stays one; text loses the blanks around it."""
    return cell if type(cell) is Number else (cell.strip() or None) if cell else None


def _above(rows: Sequence[Cells], lines: Sequence[int]) -> list[Note]:
    """Lines above the header are titles; one that holds a place is a row nobody would see otherwise."""
    notes: list[Note] = []
    for number, row in zip(lines, rows, strict=False):
        filled: list[Any] = [cell.strip() for cell in row if cell and cell.strip()]
        places = [found for cell in filled if (found := angle(cell)) and found[1] >= _DECIMALS_OF_A_PLACE]
        if len(filled) > 1 and places:
            text = " | ".join(filled)[:200]
            notes.append(Note("row_unreadable", {"problem": f"row {number}, above the header: {text}"}))
    return notes
