"""Rows of a worksheet as joined text, in a workbook that XlsxWriter has made with one row to take the look from.

Given to XlsxWriter cell by cell, the rows of a nation's plan take longer than all else of it together.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZipFile

import pandas as pd

from eudr_check.text.clean import clean

FIRST = 2
"""Number of the row that shows how cells look, and of the first that is written."""
LONGEST = 32_767
"""Characters in a cell; programs that open the file know no more."""
USUAL_POINTS = 15
_DAY_ZERO = date(1899, 12, 30)
_SAMPLE = re.compile(rf'<row r="{FIRST}".*?</row>', re.DOTALL)
_STYLE = re.compile(rf'<c r="([A-Z]+){FIRST}" s="(\d+)"')
_EXTENT = re.compile(r'(<dimension ref="A1:[A-Z]+)\d+"')
_LOOKS_CODED = re.compile(r"(_x[0-9A-Fa-f]{4}_)")
_AT_ONCE = 2_000
_TOO_LONG_FOR_32_BITS = 500_000


@dataclass(frozen=True)
class Rows:
    """What is written below the head of a sheet."""

    heights: Sequence[float]
    """In points, by row."""
    columns: Sequence[Sequence[str]]
    """Cells by column, from `cells`."""


def cells(kind: str, values: Iterable[object]) -> list[str]:
    """The cells of a column, as they stand behind their place and look.

    Args:
        kind: `text`, `date`, `by_hand` (empty, with a frame), or else a number.
        values: of the column; None, NA and NaN give no cell.
    """
    if kind == "by_hand":
        return ["/>" for _ in values]
    write = {"text": _text, "date": _date}.get(kind, _number)
    return ["" if value is None or value is pd.NA or value != value else write(value) for value in values]


def fill(path: Path, sheets: Mapping[int, Rows]) -> None:
    """Write rows in place of the sample that stands in row `FIRST` of a sheet.

    Args:
        path: workbook of XlsxWriter, its texts within cells (`constant_memory`).
        sheets: rows by number of the sheet, from 1; none for a sheet leaves it as it is.
    """
    filled = path.with_suffix(".filled")
    by_name = {f"xl/worksheets/sheet{number}.xml": rows for number, rows in sheets.items() if len(rows.heights)}
    with ZipFile(path) as made, ZipFile(filled, "w") as archive:
        for member in made.infolist():
            rows = by_name.get(member.filename)
            if rows is None:
                archive.writestr(member, made.read(member))
                continue
            # Its size is not known before it is written.
            large = len(rows.heights) > _TOO_LONG_FOR_32_BITS
            sheet = made.read(member).decode()
            with archive.open(member, "w", force_zip64=large) as into:
                for text in _sheet(sheet, rows):
                    into.write(text.encode())
    filled.replace(path)


def _sheet(sheet: str, rows: Rows) -> Iterator[str]:
    sample = _SAMPLE.search(sheet)
    assert sample is not None
    last = FIRST + len(rows.heights) - 1
    yield _EXTENT.sub(rf'\g<1>{last}"', sheet[: sample.start()])
    begin = [(f'<c r="{letters}', f'" s="{style}"') for letters, style in _STYLE.findall(sample[0])]
    lines = []
    for number, (height, *row) in enumerate(zip(rows.heights, *rows.columns, strict=True), start=FIRST):
        written = [f"{place}{number}{look}{cell}" for (place, look), cell in zip(begin, row, strict=True) if cell]
        lines.append(f'<row r="{number}"{_height(height)}>{"".join(written)}</row>')
        if len(lines) == _AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)
    yield sheet[sample.end() :]


def _height(points: float) -> str:
    """In whole pixels; the usual height is none of a row's own."""
    return "" if points == USUAL_POINTS else f' ht="{0.75 * round(points / 0.75):g}" customHeight="1"'


def _text(value: object) -> str:
    said = clean(str(value))
    if len(said) > LONGEST:
        said = f"{said[: LONGEST - 1]}…"
    said = escape(_LOOKS_CODED.sub(r"_x005F\1", said) if "_x" in said else said)
    kept = ' xml:space="preserve"' if said[:1].isspace() or said[-1:].isspace() else ""
    return f' t="inlineStr"><is><t{kept}>{said}</t></is></c>'


def _date(value: object) -> str:
    assert isinstance(value, date)
    return f"><v>{(date(value.year, value.month, value.day) - _DAY_ZERO).days}</v></c>"


def _number(value: object) -> str:
    assert isinstance(value, int | float)
    return f"><v>{value:.16G}</v></c>"
