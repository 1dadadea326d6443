"""The small CSV files people keep beside a harvest: deliveries, reviews, legality."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from eudr_check.errors import ConfigError


def rows_of(path: Path, key: str, columns: Sequence[str]) -> list[tuple[Mapping[str, str | None], str]]:
    """The rows of such a file, each with the words that say where it stands.

    Columns are separated by commas or semicolons; the header tells which, because cells may hold lists.

    Args:
        path: the file, UTF-8 with or without byte-order mark.
        key: key of the harvest that names it.
        columns: columns it must have.

    Raises:
        ConfigError: the file is missing, is no text, or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; take '{key}' out of the harvest or write the file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    header = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    missing = [name for name in columns if name not in (rows.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path}: no column {', '.join(missing)}; {key} need {', '.join(columns)}")
    return [(row, f"{path}, row {number}") for number, row in enumerate(rows, start=1)]
