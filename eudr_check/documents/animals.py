"""animals.csv: where each group of cattle was kept, from birth to slaughter."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import pandas as pd

from eudr_check import tables
from eudr_check.animal_tables import STAYS
from eudr_check.documents.cells import Cells
from eudr_check.documents.csv_rows import raise_all, short, table_of
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.names import plain
from eudr_check.spelling import folded
from eudr_check.text import sentence

COLUMNS = ("group", "cooperative", "plot_id", "role", "from", "to")
LIVE = "0102"
"""Heading of live cattle, which nobody has slaughtered yet."""
_said = partial(sentence, "documents")


@cache
def roles() -> dict[str, str]:
    """Every word for what an establishment is to animals, without case and accents: the canonical one."""
    text = files("eudr_check.documents").joinpath("data/roles.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {plain(word): row["role"] for row in rows for word in row["spoken_as"].split("|")}


def is_live(hs_code: str) -> bool:
    """Whether goods of a code are live cattle.

    >>> is_live("0102 29"), is_live("0201.30")
    (True, False)
    """
    return "".join(filter(str.isdigit, hs_code)).startswith(LIVE)


def read_animals(path: Path, *, last: dt.date = dt.date.max) -> pd.DataFrame:
    """Read animals.csv.

    A group are animals that were always kept together; two herds that meet later are two groups of one lot. A day that
    nobody knows stays empty: the chain of the group is then undetermined, which is not for the reader to refuse.

    Args:
        path: the file.
        last: day after which nothing can have happened yet.

    Returns:
        STAYS.

    Raises:
        ConfigError: names file, row and what to do.
    """
    table = table_of(path, "animals", COLUMNS)
    found, problems = [], list[EudrCheckError](table.broken)
    known: dict[str, str] = {}
    for number, (row, place) in enumerate(table.rows, start=1):
        cells = Cells(place, last, [])
        found.append(_stay(row, number, cells))
        first = known.setdefault(folded(str(found[-1]["group"])), str(found[-1]["group"]))
        if first != found[-1]["group"]:
            # As two, each would lack what stands under the other.
            cells.wrong("group_spelling", group=str(found[-1]["group"]), known=first)
        problems += [ConfigError(fault) for fault in cells.faults]
    raise_all(problems)
    if not found:
        raise ConfigError(_said("no_animals", file=str(path)))
    return tables.typed(STAYS, found)


def _day(cells: Cells, row: Mapping[str, str], column: str) -> dt.date | None:
    """A day that nobody knows stays empty."""
    return cells.day(row[column], column, "kept_to_come") if row[column] else None


def _stay(row: Mapping[str, str | None], number: int, cells: Cells) -> dict[str, object]:
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("group", "cooperative", "plot_id"):
        if not text[name]:
            cells.wrong("stay_empty", column=name)
    role = roles().get(plain(text["role"]))
    if role is None:
        cells.wrong("role_unknown", value=text["role"], known=", ".join(_canonical()))
    since, until = _day(cells, text, "from"), _day(cells, text, "to")
    if since is not None and until is not None and until < since:
        cells.wrong("stay_reversed", since=str(since), until=str(until))
    return {
        "source_row": number,
        "source_place": short(cells.place),
        "group": text["group"],
        "plot": f"{text['cooperative']}/{text['plot_id']}",
        "role": role or _canonical()[0],
        "since": None if since is None else str(since),
        "until": None if until is None else str(until),
    }


def _canonical() -> Sequence[str]:
    return list(dict.fromkeys(roles().values()))
