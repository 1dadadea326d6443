"""Rows of a worksheet as joined text, in a workbook that XlsxWriter has made with one row to take the look from.

Given to XlsxWriter cell by cell, the rows of a nation's plan take longer than all else of it together.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eudr_check.text.clean import clean
from eudr_check.typing import Floats, Mask

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
_ODD = r"[^ -~]|[&<>]|  |^ | $|_x"
"""What of a text is cleaned or escaped; others, nearly all, are written as they are."""
TEXT = pa.large_string()
_NONE = pa.scalar("", TEXT)
_AT_ONCE = 8_000
_TOO_LONG_FOR_32_BITS = 500_000


@dataclass(frozen=True)
class Rows:
    """What is written below the head of a sheet."""

    heights: Floats
    """In points, by row."""
    columns: Sequence[pa.DictionaryArray]
    """Cells by column, from `cells`."""

    def only(self, chosen: Mask) -> "Rows":
        """Some of the rows."""
        return Rows(self.heights[chosen], [column.filter(pa.array(chosen)) for column in self.columns])


def cells(kind: str, values: pa.DictionaryArray) -> pa.DictionaryArray:
    """The cells of a column, as they stand behind their place and look.

    Args:
        kind: `text`, `date`, `by_hand` (empty, with a frame), or else a number.
        values: of the column; nulls give no cell, but for `by_hand`.
    """
    if kind == "by_hand":
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(values), np.int32)), pa.array(["/>"], TEXT))
    write = {"text": _texts, "date": _dates}.get(kind, _numbers)
    return pa.DictionaryArray.from_arrays(values.indices, write(values.dictionary))


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
                    into.write(text)
    filled.replace(path)


def _sheet(sheet: str, rows: Rows) -> Iterator[bytes | memoryview]:
    sample = _SAMPLE.search(sheet)
    assert sample is not None
    last = FIRST + len(rows.heights) - 1
    yield _EXTENT.sub(rf'\g<1>{last}"', sheet[: sample.start()]).encode()
    begin = [(f'<c r="{letters}', f'" s="{style}"') for letters, style in _STYLE.findall(sample[0])]
    of_height, heights = np.unique(rows.heights, return_inverse=True)
    row_begins = pa.DictionaryArray.from_arrays(
        pa.array(heights.astype(np.int32)), pa.array([f'"{_height(points)}>' for points in of_height], TEXT)
    )
    for start in range(0, len(rows.heights), _AT_ONCE):
        numbers = pa.array(np.arange(start, min(start + _AT_ONCE, len(rows.heights))) + FIRST).cast(TEXT)
        parts: list[str | pa.Array] = ['<row r="', numbers, _slice(row_begins, start)]
        for (place, look), column in zip(begin, rows.columns, strict=True):
            parts += _placed(place, numbers, look, _slice(column, start))
        yield _joined_up(_join(*parts, "</row>"))
    yield sheet[sample.end() :].encode()


def _slice(column: pa.DictionaryArray, start: int) -> pa.Array:
    return column.slice(start, _AT_ONCE).dictionary_decode()


def _placed(place: str, numbers: pa.Array, look: str, cells: pa.Array) -> list[str | pa.Array]:
    """Cells with their places, nothing where there is no cell."""
    if not cells.null_count:
        return [place, numbers, look, cells]
    return [_join(place, numbers, look, cells).fill_null("")]


def _join(*parts: str | pa.Array) -> pa.Array:
    """Rows of texts as one text each; null where any of them is."""
    return pc.binary_join_element_wise(*(pa.scalar(one, TEXT) if isinstance(one, str) else one for one in parts), _NONE)


def _joined_up(texts: pa.Array) -> memoryview:
    """All texts one after another, as they lie in memory."""
    ends = np.frombuffer(texts.buffers()[1], np.int64)
    return memoryview(texts.buffers()[2])[: ends[len(texts)]]


def _height(points: float) -> str:
    """In whole pixels; the usual height is none of a row's own."""
    return "" if points == USUAL_POINTS else f' ht="{0.75 * round(points / 0.75):g}" customHeight="1"'


def _texts(values: pa.Array) -> pa.Array:
    said = values.cast(TEXT)
    odd = pc.or_(pc.match_substring_regex(said, _ODD), pc.greater(pc.utf8_length(said), LONGEST))
    said = pc.replace_with_mask(said, odd, pa.array([_escaped(one) for one in said.filter(odd).to_pylist()], TEXT))
    return _join(' t="inlineStr"><is><t>', said, "</t></is></c>")


def _escaped(text: str) -> str:
    said = clean(text)
    if len(said) > LONGEST:
        said = f"{said[: LONGEST - 1]}…"
    return escape(_LOOKS_CODED.sub(r"_x005F\1", said) if "_x" in said else said)


def _dates(values: pa.Array) -> pa.Array:
    return pa.array([f"><v>{(one - _DAY_ZERO).days}</v></c>" for one in values.to_pylist()], TEXT)


def _numbers(values: pa.Array) -> pa.Array:
    return pa.array([f"><v>{one:.16G}</v></c>" for one in values.to_pylist()], TEXT)
