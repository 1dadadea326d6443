"""The small CSV files people keep beside a harvest: deliveries, reviews, legality."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from eudr_check import delimited
from eudr_check.delimited import DelimitedError, Record
from eudr_check.errors import ConfigError


def rows_of(path: Path, key: str, columns: Sequence[str]) -> list[tuple[Mapping[str, str | None], str]]:
    """The rows of such a file, each with the words that say where it stands.

    A row that cannot be separated from its neighbours is refused, never left out: a confirmed clearing or a delivery
    may stand in it.

    Args:
        path: the file, text in UTF-8, UTF-16 or cp1252; cells separated by commas, semicolons, tabs or bars.
        key: key of the harvest that names it.
        columns: columns it must have.

    Raises:
        ConfigError: the file is missing, is no text, lacks a column, or has a line that is no whole row.
    """
    try:
        text = delimited.text_of(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; take '{key}' out of the harvest or write the file") from error
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path}: cannot be read as text ({error})") from error
    try:
        table = delimited.read(text, lambda cells: len({cell.strip() for cell in cells} & set(columns)))
    except DelimitedError as error:
        raise ConfigError(f"{path}: cannot be read as a table ({error})") from error
    records = [record for record in table.records if not record.is_blank]
    header = [cell.strip() for cell in records[0].cells] if records else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise ConfigError(f"{path}: no column {', '.join(missing)}; {key} need {', '.join(columns)}")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: column {', '.join(twice)} stands there twice; keep one of each")
    found: list[tuple[Mapping[str, str | None], str]] = []
    for number, record in enumerate(records[1:], start=1):
        place = f"{path}, row {number}"
        _guard(record, header, table.delimiter, place)
        found.append((dict(zip(header, record.cells, strict=False)), place))
    return found


def _guard(record: Record, header: Sequence[str], delimiter: str, place: str) -> None:
    if record.broken or delimited.swallowed(record, len(header), delimiter):
        raise ConfigError(
            f"{place}, line {record.line}: a quotation mark opens there that may hide the lines after it; take it out "
            "or close it before the end of its cell"
        )
    if len(record.cells) != len(header):
        raise ConfigError(
            f"{place}, line {record.line}: {len(record.cells)} cells under {len(header)} columns; a separator is "
            "missing or too many, or a cell that holds one stands without quotation marks"
        )
