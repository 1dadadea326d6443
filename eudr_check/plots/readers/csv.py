"""Delimited text as spreadsheets and survey tools write it."""

import csv
import io
import sys
from collections.abc import Sequence

import numpy as np
import pandas as pd

from eudr_check.plots.delivery import Delivery, Fault, UnreadableError
from eudr_check.plots.readers import sheet

_DELIMITERS = ",;\t|"
_BYTE_ORDER_MARK = "\ufeff"


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
    if encoding is not None:
        try:
            return content.decode(encoding).removeprefix(_BYTE_ORDER_MARK)
        except (UnicodeDecodeError, LookupError) as error:
            raise UnreadableError("encoding_wrong", encoding=encoding, problem=str(error)[:120]) from error
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return decoded(content).removeprefix(_BYTE_ORDER_MARK)


def read(text: str) -> Delivery:
    """One delivery of cells; geometry is made later, from the columns.

    Raises:
        UnreadableError: there is no header.
    """
    csv.field_size_limit(sys.maxsize)
    lines = text.replace("\x00", "")
    rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=_delimiter(lines)))
    return table(rows)


def _delimiter(text: str) -> str:
    """The mark that splits the first lines into most cells, the same number in each."""
    sample = [line for line in text[:20_000].splitlines()[:20] if line.strip()]

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        widest = max(widths, default=1)
        # The share and not the number: quotes that only the right mark understands join lines into one row.
        return (sum(width == widest for width in widths) / len(widths) if widest > 1 else 0.0, widest)

    return max(_DELIMITERS, key=score)


def table(rows: Sequence[Sequence[str | None]]) -> Delivery:
    """Cells under a header as a delivery; rows without any cell are no rows, but keep their number.

    Raises:
        UnreadableError: no row has anything in it.
    """
    start = sheet.header_row(rows)
    if start is None:
        raise UnreadableError("file_empty")
    headers = sheet.headers(rows[start])
    width = len(headers)
    faults: list[Fault] = []
    cells: list[list[str | None]] = []
    numbers: list[int] = []
    for number, row in enumerate(rows[start + 1 :], start=1):
        if not any(cell and cell.strip() for cell in row):
            continue
        if any(cell and cell.strip() for cell in row[width:]):
            faults.append(Fault(len(cells), "cells_misaligned", {"cells": len(row), "headers": width}))
            row = []
        padded = [*row[:width], *[None] * (width - len(row))]
        cells.append([cell.strip() or None if cell else None for cell in padded])
        numbers.append(number)
    frame = pd.DataFrame(cells, columns=headers, dtype=object)
    count = len(frame)
    return Delivery(
        frame,
        np.full(count, None, dtype=object),
        np.array(numbers, dtype=np.int64),
        np.full((count, 2), -1, dtype=np.int8),
        faults=faults,
    )
