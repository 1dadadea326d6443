"""Tables of people in XLSX: the first sheet whose header is known, its cells as text."""

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    SyntaxError,
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
)
"""What openpyxl ends with on files that were cut off or damaged on their way, or lie behind a password; both of its
XML readers call what is no XML a syntax error."""
_HEADER_WITHIN = 20
_MOST_NAMED = 20
"""Cells that one sentence names."""


Row = tuple[list[str], str, int]
"""Cells, the title of the sheet, and the row number in it."""


def read(path: Path, recognised: Callable[[Sequence[str]], int]) -> tuple[list[str], list[Row]]:
    """Header and rows of the sheet of which most headers are known.

    Args:
        path: the workbook.
        recognised: how many of some cells are headers the caller knows.

    Returns:
        The header as written, and each row that is not blank with its sheet and row number.

    Raises:
        ConfigError: it is no workbook, is too large, or holds a formula without a stored result, or cells of one column
            merged over several rows: what is shown for all of them is stored with the first.
    """
    found = _sheets(path, recognised)
    if not found:
        return [], []
    best = max(found, key=lambda one: (one.known, -one.row))
    return best.header, list(_rows(path, best))


def read_all(path: Path, recognised: Callable[[Sequence[str]], int]) -> list[tuple[str, list[str], list[Row]]]:
    """As `read`, of every sheet with headers known and each with its title, in the order of the workbook."""
    return [(one.values.title, one.header, list(_rows(path, one))) for one in _sheets(path, recognised)]


@dataclass(frozen=True)
class _Sheet:
    """A sheet with a row of headers."""

    values: Any
    formulas: Any
    row: int
    header: list[str]
    known: int


def _sheets(path: Path, recognised: Callable[[Sequence[str]], int]) -> list[_Sheet]:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise ConfigError(sentence("documents", "too_large", file=str(path), megabytes=MOST_BYTES // 10**6))
        # Lazily read, a sheet ends where the file claims it does.
        with path.open("rb") as stream, warnings.catch_warnings():
            # A sheet that the workbook names and does not hold has taken its rows along.
            warnings.filterwarnings("error", "Defined names for sheet index", UserWarning)
            book = openpyxl.load_workbook(stream, data_only=True)
            formulas = openpyxl.load_workbook(stream)
    except (*BROKEN, UserWarning) as error:
        raise ConfigError(sentence("documents", "no_workbook", file=str(path))) from error
    found = []
    for sheet in book.worksheets:
        rows = [[_text(cell.value) for cell in row] for row in sheet.iter_rows(max_row=_HEADER_WITHIN)]
        known, above = max(((recognised(cells), -number) for number, cells in enumerate(rows, 1)), default=(0, 0))
        if known:
            found.append(_Sheet(sheet, formulas[sheet.title], -above, rows[-above - 1], known))
    return found


def _rows(path: Path, one: _Sheet) -> Iterator[Row]:
    title = one.values.title
    unstored = [
        f"{title}!{cell.coordinate}"
        for row in one.formulas.iter_rows(min_row=one.row)
        for cell in row
        if cell.data_type == "f" and one.values[cell.coordinate].value is None
    ]
    if unstored:
        raise ConfigError(sentence("documents", "formula", place=f"{path}, {', '.join(unstored[:_MOST_NAMED])}"))
    merged = [
        f"{title}!{cells.coord}"
        for cells in one.values.merged_cells.ranges
        if cells.max_row > max(cells.min_row, one.row) and any(one.header[cells.min_col - 1 : cells.max_col])
    ]
    if merged:
        raise ConfigError(sentence("documents", "merged", place=f"{path}, {', '.join(sorted(merged)[:_MOST_NAMED])}"))
    rows = one.values.iter_rows(min_row=one.row + 1, max_col=len(one.header))
    for number, row in enumerate(rows, start=one.row + 1):
        cells = [_text(cell.value) for cell in row]
        if any(cells):
            yield cells, title, number


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
