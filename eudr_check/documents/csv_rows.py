"""The small files people keep beside a harvest, as text tables or workbooks: deliveries, reviews, legality."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eudr_check import delimited, numerals
from eudr_check.delimited import DelimitedError, Record
from eudr_check.documents import headers, workbook
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.names import is_total
from eudr_check.text import Sentence, sentence

WORKBOOKS = ("animals", "deliveries", "reviews", "shipments", "received")
"""Documents that may be workbooks; into the others we write, or a package is read by them as text."""
Row = tuple[Mapping[str, str | None], Sentence]
"""Cells by our column, and the words that say where the row stands."""


@dataclass(frozen=True)
class Table:
    """What such a file holds."""

    rows: list[Row]
    broken: list[ConfigError]
    """Lines that are no whole rows."""
    totals: list[Sentence]
    """Rows that add up those above them, which were left out."""


def rows_of(path: Path, key: str, columns: Sequence[str]) -> list[Row]:
    """The rows of a table, as `table_of` reads it.

    Raises:
        ConfigError: as `table_of`, or a line is no whole row.
    """
    table = table_of(path, key, columns)
    raise_all(table.broken)
    return table.rows


def table_of(path: Path, key: str, columns: Sequence[str]) -> Table:
    """The rows of such a file, each with the words that say where it stands: file and line, or sheet and row.

    A row that cannot be separated from its neighbours is refused, never left out: a confirmed clearing or a delivery
    may stand in it.

    Args:
        path: the file: a workbook (XLSX), or text in UTF-8, UTF-16 or cp1252 with cells separated by commas,
            semicolons, tabs or bars; headers in English, Spanish, French or Portuguese.
        key: key of the harvest that names it.
        columns: columns it must have.

    Raises:
        ConfigError: the file is missing, is no table, or lacks a column.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(sentence("documents", "no_file", file=str(path), key=key)) from error
    except OSError as error:
        raise ConfigError(sentence("documents", "no_access", file=str(path), problem=str(error.strerror))) from error
    if content.startswith(workbook.MAGIC):
        if key not in WORKBOOKS:
            raise ConfigError(sentence("documents", "only_text", file=str(path)))
        header, rows = workbook.read(path, lambda cells: _known(key, cells, columns))
        header = headers.ours(key, header)
        _guard_header(path, key, header, columns)
        found = [
            (cells, sentence("documents", "sheet_row", file=str(path), sheet=sheet, row=row))
            for cells, sheet, row in rows
        ]
        broken: list[ConfigError] = []
    else:
        header, found, broken = _text_rows(path, key, content, columns)
    sums = {place: said for cells, place in found if (said := _total(cells)) is not None}
    return Table(
        [(dict(zip(header, cells, strict=False)), place) for cells, place in found if place not in sums],
        broken,
        [sentence("documents", "note_total", place=place, value=said) for place, said in sums.items()],
    )


def _total(cells: Sequence[str]) -> str | None:
    """The word by which a row calls itself a sum, where it holds figures beside it and nothing else."""
    if not any(map(is_total, cells)):
        return None
    texts = [cell for cell in cells if cell.strip() and numerals.readings(cell) == (None, None)]
    return texts[0] if len(texts) == 1 and is_total(texts[0]) else None


def _known(key: str, cells: Sequence[str], columns: Sequence[str]) -> int:
    return len(set(headers.ours(key, cells)) & set(columns))


def _text_rows(
    path: Path, key: str, content: bytes, columns: Sequence[str]
) -> tuple[list[str], list[tuple[list[str], Sentence]], list[ConfigError]]:
    try:
        table = delimited.read(delimited.text_of(content), lambda cells: _known(key, cells, columns))
    except UnicodeError as error:
        raise ConfigError(sentence("documents", "no_text", file=str(path))) from error
    except DelimitedError as error:
        raise ConfigError(sentence("documents", "no_table", file=str(path), problem=str(error))) from error
    records = [record for record in table.records if not record.is_blank]
    header = headers.ours(key, records[0].cells) if records else []
    _guard_header(path, key, header, columns)
    found, broken = [], []
    for record in records[1:]:
        place = sentence("documents", "line", file=str(path), line=record.line)
        try:
            _guard(record, header, table.delimiter, place)
        except ConfigError as error:
            broken.append(error)
        else:
            found.append((record.cells, place))
    return header, found, broken


def _guard_header(path: Path, key: str, header: Sequence[str], columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in header]
    if missing:
        raise ConfigError(
            sentence(
                "documents",
                "no_column",
                file=str(path),
                missing=", ".join(missing),
                key=key,
                columns=", ".join(columns),
                found=", ".join(filter(None, header)) or "-",
            )
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ConfigError(sentence("documents", "column_twice", file=str(path), columns=", ".join(twice)))


def _guard(record: Record, header: Sequence[str], delimiter: str, place: str) -> None:
    if record.broken or delimited.swallowed(record, len(header), delimiter):
        raise ConfigError(sentence("documents", "quotation_mark", place=place))
    if len(record.cells) != len(header) and _total(record.cells) is None:
        raise ConfigError(sentence("documents", "cells", place=place, cells=len(record.cells), columns=len(header)))


def within(place: Sentence, file: str) -> Sentence:
    """The same place in a file called otherwise."""
    return sentence(place.topic, place.key, **{**place.values, "file": file})


def short(place: Sentence) -> str:
    """The place without the file, whose folders are nobody's business."""
    sheet = place.values.get("sheet")
    return str(place.values["line"]) if sheet is None else f"{sheet}!{place.values['row']}"


def refuse(faults: Iterable[Sentence]) -> None:
    """Raise all faults there are as one.

    Raises:
        ConfigError: there is one, or several.
    """
    raise_all([ConfigError(one) for one in faults])


def raise_all(problems: Sequence[EudrCheckError]) -> None:
    """Raise all problems of some files as one.

    Raises:
        EudrCheckError: the one problem there is.
        ConfigError: there are several.
    """
    if len(problems) == 1:
        raise problems[0]
    if problems:
        words = [word for one in problems for word in _words(one.args[0])]
        raise ConfigError(sentence("documents", "several", count=len(words), problems=words))


def _words(said: str) -> list[str]:
    """A problem, or those a sentence lists."""
    if isinstance(said, Sentence) and (said.topic, said.key) == ("documents", "several"):
        problems: Any = said.values["problems"]
        return list(problems)
    return [said]
