"""Tables of people in XLSX: the first sheet whose header is known, its cells as text."""

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from eudr_check.errors import ConfigError
from eudr_check.numerals import Number
from eudr_check.text import sentence

MAGIC = b"PK\x03\x04"
MOST_BYTES = 64_000_000
"""Ours: unpacked; a list of deliveries has a few."""
_HEADER_WITHIN = 20
_MOST_NAMED = 20
"""Cells that one sentence names."""


def read(path: Path, recognised: Callable[[Sequence[str]], int]) -> tuple[list[str], list[tuple[list[str], str, int]]]:
    """Header and rows of the sheet of which most headers are known.

    Args:
        path: the workbook.
        recognised: how many of some cells are headers the caller knows.

    Returns:
        The header as written, and each row that is not blank with its sheet and row number.

    Raises:
        ConfigError: it is no workbook, is too large, or holds a formula without a stored result.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise ConfigError(sentence("documents", "too_large", file=str(path), megabytes=MOST_BYTES // 10**6))
        # Lazily read, a sheet ends where the file claims it does.
        book = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError) as error:
        raise ConfigError(sentence("documents", "no_workbook", file=str(path))) from error
    found = max(
        ((recognised([_text(cell.value) for cell in row]), -number, sheet.title)
         for sheet in book.worksheets
         for number, row in enumerate(sheet.iter_rows(max_row=_HEADER_WITHIN), start=1)),
        default=(0, -1, ""),
    )  # fmt: skip
    if not found[0]:
        return [], []
    sheet, first = book[found[2]], -found[1]
    unstored = [
        f"{found[2]}!{cell.coordinate}"
        for row in formulas[found[2]].iter_rows(min_row=first)
        for cell in row
        if cell.data_type == "f" and sheet[cell.coordinate].value is None
    ]
    if unstored:
        raise ConfigError(sentence("documents", "formula", place=f"{path}, {', '.join(unstored[:_MOST_NAMED])}"))
    header = [_text(cell.value) for cell in sheet[first]]
    return header, list(_rows(sheet, first, len(header)))


def _rows(sheet: Any, first: int, width: int) -> Iterator[tuple[list[str], str, int]]:
    for number, row in enumerate(sheet.iter_rows(min_row=first + 1, max_col=width), start=first + 1):
        cells = [_text(cell.value) for cell in row]
        if any(cells):
            yield cells, str(sheet.title), number


def _text(value: object) -> str:
    """A cell as text: dates as ISO writes them, numbers without the doubt that text has."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return Number(int(value) if float(value).is_integer() else repr(value))
    return str(value).strip()
