"""The days on which rules of the Regulation begin and end, with the act that set each."""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class LegalDay:
    """One day that the law names."""

    key: str
    day: dt.date
    act: str


@cache
def legal_days() -> dict[str, LegalDay]:
    """Every day of `dates.csv` by its key.

    >>> legal_days()["made_before"].day.isoformat()
    '2023-06-29'
    """
    text = files(__package__).joinpath("dates.csv").read_text(encoding="utf-8")
    return {
        row["key"]: LegalDay(row["key"], dt.date.fromisoformat(row["day"]), row["act"])
        for row in csv.DictReader(text.splitlines())
    }


def legal_day(key: str) -> dt.date:
    """One of these days.

    Raises:
        KeyError: the table has no such key.
    """
    return legal_days()[key].day
