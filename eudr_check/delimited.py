"""Delimited text (CSV, TSV, PSV, semicolons), read so that no line of it can vanish.

Quotation marks follow RFC 4180. One that is opened and never closed, or that swallows whole records, makes its lines
broken records; it never makes them part of another. Every physical line is a record, part of a record whose quotes are
balanced, broken, or blank; a second count of the lines, which knows nothing of quotes, has to agree.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

DELIMITERS = ",;\t|"
MOST_LINES = 2_000_000
MOST_CELLS = 40_000_000
LINES_COMPARED = 1000
"""Lines that tell the separator."""
_WORK_PER_CHARACTER = 20
_BYTE_ORDER_MARK = "\ufeff"
_LINE = re.compile(r"([^\r\n]*+)(\r\n|\r|\n|\Z)")
_DECLARED = re.compile(r"sep=(.)$")
_ENCODINGS = ("utf-8", "cp1252", "latin-1")
_WIDE_SHARE = 0.3
_ENCLOSED = re.compile(r"\s*+(?:[A-Za-z0-9 ;=]*+\(.*\)|\{.*\}|\[.*\]|<.*>)\s*$", re.DOTALL)
"""Geometry that a program has broken into lines: it begins and ends with brackets, which no two records do."""


class DelimitedError(ValueError):
    """A text that cannot be taken for a table; the caller says of which file."""


@dataclass(frozen=True)
class Record:
    """One record of a text table."""

    cells: list[str]
    line: int
    """Physical line on which it begins, from 1."""
    lines: int = 1
    broken: bool = False
    """Whether its quotation marks are not balanced, so that nobody knows where it ends."""
    raw: tuple[str, ...] = ()
    """The physical lines of a record of several."""

    @property
    def is_blank(self) -> bool:
        """Whether no cell has anything in it."""
        return not self.broken and not any(cell.strip(" \t\x00\u00a0") for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """All records of a text, blank lines among them, in order."""

    records: list[Record]
    delimiter: str
    lines: int = field(default=0)
    """Physical lines, counted without regard to quotes."""


def text_of(content: bytes, encoding: str | None = None) -> str:
    """Text of a file in the encoding named, or in the first that fits: UTF-8, UTF-16, cp1252, latin-1.

    Raises:
        UnicodeError, LookupError: the encoding named does not fit, or is unknown; or UTF-16 is cut short.
    """
    if encoding is not None:
        return content.decode(encoding).removeprefix(_BYTE_ORDER_MARK)
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16").removeprefix(_BYTE_ORDER_MARK)
    wide = _wide(content)
    if wide is not None:
        return content.decode(wide)
    for known in _ENCODINGS[:-1]:
        try:
            return content.decode(known).removeprefix(_BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            continue
    return content.decode(_ENCODINGS[-1])


def _wide(content: bytes) -> str | None:
    """UTF-16 without a byte-order mark: every second byte of plain text is 0."""
    head = content[:10_000]
    if len(content) % 2 or not head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > _WIDE_SHARE * len(head) and not even:
        return "utf-16-le"
    return "utf-16-be" if even > _WIDE_SHARE * len(head) and not odd else None


def read(text: str, recognised: Callable[[Sequence[str]], int]) -> Table:
    """All records of a text.

    Args:
        text: the whole file.
        recognised: how many of some cells are headers the caller knows; it tells the separator before anything else.

    Raises:
        DelimitedError: more lines or cells than a list of plots can have, or quotation marks beyond repair.
    """
    count = _lines_of(text)
    if count > MOST_LINES:
        raise DelimitedError(f"{count} lines; at most {MOST_LINES} are read")
    declared = _DECLARED.match(text[: text.find("\n")].rstrip("\r") if "\n" in text else text)
    delimiter = declared[1] if declared else _delimiter(text, recognised)
    records = _records(text, delimiter, None)
    if declared:
        records[0] = Record([], 1)
    if sum(record.lines for record in records) != count:
        raise DelimitedError(f"{count} lines, but {sum(record.lines for record in records)} of them in records")
    return Table(records, delimiter, count)


def usual_width(records: Sequence[Record]) -> int:
    """How many cells most records of one line have; programs leave out the last ones where all are empty."""
    widths = Counter(
        len(record.cells) for record in records if record.lines == 1 and not record.broken and record.cells
    )
    return max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))[0]


def swallowed(record: Record, width: int, delimiter: str, *, least: int | None = None) -> bool:
    """Whether a record of several lines may be several records behind one stray quotation mark.

    It may where its number of cells is not that of the header, or where its first line and a later one can each be a
    whole record, whatever their quotation marks enclose.

    Args:
        record: what a reader of RFC 4180 takes for one record.
        width: cells of the header.
        delimiter: what separates cells.
        least: cells that a whole record has at least, `width` where not given.
    """
    if record.lines == 1:
        return False
    if len(record.cells) != width:
        return True
    if all(_ENCLOSED.match(cell) for cell in record.cells if "\n" in cell or "\r" in cell):
        return False
    whole = width if least is None else min(least, width)
    first, *later = record.raw
    return _may_be_whole(first, whole, width, delimiter) and any(
        _may_be_whole(line, whole, width, delimiter) for line in later
    )


def _may_be_whole(line: str, least: int, width: int, delimiter: str) -> bool:
    """Whether a line can be a record of its own: marks may join cells of it that seem too many, nothing adds any."""
    cells = line.count(delimiter) + 1
    return cells >= least and (cells <= width or '"' in line)


def _lines_of(text: str) -> int:
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends + (not text.endswith(("\n", "\r")) and bool(text))


def _delimiter(text: str, recognised: Callable[[Sequence[str]], int]) -> str:
    """The mark under which most headers are known; then the one that splits most records into the same many cells."""

    def score(delimiter: str) -> tuple[int, float, int]:
        records = [record for record in _records(text, delimiter, LINES_COMPARED) if not record.is_blank]
        widths = Counter(len(record.cells) for record in records)
        width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        known = max((recognised(record.cells) for record in records[:20]), default=0)
        return known, times / len(records) if width > 1 else 0.0, width

    return max(DELIMITERS, key=score)


def _records(text: str, delimiter: str, most: int | None) -> list[Record]:
    """Records of the text, or those of about its first `most` lines.

    Raises:
        DelimitedError: too many cells, or quotation marks that take too long to pair.
    """
    limit = csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        return _all_records(text, delimiter, most)
    finally:
        csv.field_size_limit(limit)


def _all_records(text: str, delimiter: str, most: int | None) -> list[Record]:
    quoted = re.compile(rf'"[^"]*+(?:""[^"]*+)*+" *+(?={re.escape(delimiter)}|[\r\n]|\Z)')
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*+")
    records: list[Record] = []
    position, line, cells, work = 0, 1, 0, 0
    budget = _WORK_PER_CHARACTER * len(text) + 1_000_000
    blank = Record([], 0)
    while position < len(text) and (most is None or line <= most):
        found = _LINE.match(text, position)
        assert found is not None
        content, end = found[1], found.end()
        if not content.strip(" \t\x00"):
            records.append(blank)
            position, line = end, line + 1
            continue
        record = None
        if '"' not in content:
            record = Record(content.split(delimiter), line)
        else:
            stop = _end(text, position, delimiter, quoted, plain)
            work += abs(stop) - position
            if work > budget:
                raise DelimitedError(f"line {line}: quotation marks that do not pair")
            record = _quoted(text, position, found.end(1), stop, line, delimiter)
            end = found.end() if record.lines == 1 else _after_line(text, stop)
        records.append(record)
        cells += len(record.cells)
        if cells > MOST_CELLS:
            raise DelimitedError(f"more than {MOST_CELLS} cells up to line {line}")
        position, line = end, line + record.lines
    return records


def _end(text: str, position: int, delimiter: str, quoted: re.Pattern[str], plain: re.Pattern[str]) -> int:
    """Where the record that begins here ends; negative, how far it was looked at, where a quote is never closed."""
    while True:
        field_end = None
        if text.startswith('"', position):
            found = quoted.match(text, position)
            if found is None:
                return -_looked_at(text, position)
            field_end = found.end()
        if field_end is None:
            found = plain.match(text, position)
            field_end = position if found is None else found.end()
        if not text.startswith(delimiter, field_end):
            return field_end
        position = field_end + len(delimiter)


def _looked_at(text: str, position: int) -> int:
    closing = text.find('"', position + 1)
    return len(text) if closing < 0 else closing + 1


def _after_line(text: str, position: int) -> int:
    found = _LINE.match(text, position)
    return len(text) if found is None else found.end()


def _quoted(text: str, start: int, line_end: int, stop: int, line: int, delimiter: str) -> Record:
    """The record of a line with quotation marks: of this line alone, of several, or broken."""
    whole = text[start : max(stop, line_end)]
    cells = next(csv.reader([whole], delimiter=delimiter), [])
    if stop <= line_end:
        # A mark that is closed on its own line, if not as RFC 4180 wants, takes nothing from the next one.
        return Record(cells, line, broken=stop < 0 and _open_at_end(whole, delimiter))
    raw = tuple(re.split(r"\r\n|\r|\n", whole))
    return Record(cells, line, len(raw), raw=raw)


def _open_at_end(content: str, delimiter: str) -> bool:
    """Whether a reader of this line alone would still wait for a closing mark at its end."""
    probe = next(csv.reader([f"{content}\n", "x"], delimiter=delimiter), [])
    return bool(probe) and probe[-1].endswith("\nx")
