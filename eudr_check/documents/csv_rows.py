"""The small files people keep beside a harvest, as text tables or workbooks: deliveries, reviews, legality."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from eudr_check import delimited
from eudr_check.delimited import DelimitedError, Record
from eudr_check.documents import headers, workbook
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.text import Sentence, sentence

WORKBOOKS = ("deliveries", "reviews", "shipments", "received")
"""Documents that may be workbooks; into the others we write, or a package is read by them as text."""
Row = tuple[Mapping[str, str | None], str]
"""Cells by our column, and the words that say where the row stands."""


def rows_of(path: Path, key: str, columns: Sequence[str]) -> list[Row]:
    """The rows of such a file, each with the words that say where it stands: file and line, or sheet and row.

    A row that cannot be separated from its neighbours is refused, never left out: a confirmed clearing or a delivery
    may stand in it.

    Args:
        path: the file: a workbook (XLSX), or text in UTF-8, UTF-16 or cp1252 with cells separated by commas,
            semicolons, tabs or bars; headers in English, Spanish, French or Portuguese.
        key: key of the harvest that names it.
        columns: columns it must have.

    Raises:
        ConfigError: the file is missing, is no table, lacks a column, or has a line that is no whole row.
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
        found = [(cells, f"{path}, {place}") for cells, place in rows]
    else:
        header, found = _text_rows(path, key, content, columns)
    return [(dict(zip(header, cells, strict=False)), place) for cells, place in found]


def _known(key: str, cells: Sequence[str], columns: Sequence[str]) -> int:
    return len(set(headers.ours(key, cells)) & set(columns))


def _text_rows(
    path: Path, key: str, content: bytes, columns: Sequence[str]
) -> tuple[list[str], list[tuple[list[str], str]]]:
    try:
        table = delimited.read(delimited.text_of(content), lambda cells: _known(key, cells, columns))
    except UnicodeError as error:
        raise ConfigError(sentence("documents", "no_text", file=str(path))) from error
    except DelimitedError as error:
        raise ConfigError(sentence("documents", "no_table", file=str(path), problem=str(error))) from error
    records = [record for record in table.records if not record.is_blank]
    header = headers.ours(key, records[0].cells) if records else []
    _guard_header(path, key, header, columns)
    found = []
    for record in records[1:]:
        _guard(record, header, table.delimiter, f"{path}, line {record.line}")
        found.append((record.cells, f"{path}, line {record.line}"))
    return header, found


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
    if len(record.cells) != len(header):
        raise ConfigError(sentence("documents", "cells", place=place, cells=len(record.cells), columns=len(header)))


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
        return list(said.values["problems"])
    return [said]
