"""Annex I of Regulation (EU) 2023/1115: which product codes the law covers, and from which day."""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from eudr_check.law.dates import legal_day


@dataclass(frozen=True)
class AnnexEntry:
    """One code of Annex I."""

    commodity: str
    code: str
    """Digits of the Combined Nomenclature: a chapter (2), heading (4), subheading (6) or CN code (8)."""
    extent: str
    """`whole`, or `part` where the Annex says "ex": only goods made of the commodity count."""
    goods: str
    """What the code stands for, in our words."""
    without: str
    """Goods of the code that the Annex leaves out, separated by semicolons."""
    valid_from: dt.date
    valid_until: dt.date | None
    """Last day; None while it holds."""
    act: str


def market_day(day: dt.date) -> dt.date:
    """The day whose Annex I counts for a product of that day: none is due before general application."""
    return max(day, legal_day("general_application"))


def annex_i(on: dt.date) -> tuple[AnnexEntry, ...]:
    """The entries that hold on a day, ordered by commodity and code.

    The table knows the Annex as in force since 18 September 2026; for earlier days it holds only the entries that
    have not changed since the base act.
    """
    return tuple(
        entry
        for entry in _entries()
        if entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until)
    )


def entry_of(hs_code: str, on: dt.date) -> AnnexEntry | None:
    """The entry that covers a product code on a day, the longest code first; None when the Annex has none.

    Args:
        hs_code: two to ten digits; blanks and dots are passed over (`0901 11`, `0901.11.00`).
        on: day of placing on the market.
    """
    digits = hs_code.replace(" ", "").replace(".", "")
    covering = [entry for entry in annex_i(on) if digits.startswith(entry.code)]
    return max(covering, key=lambda entry: len(entry.code), default=None)


def product_commodity(hs_code: str, on: dt.date) -> str | None:
    """The commodity of the Regulation a product code belongs to on a day.

    >>> product_commodity("0901 11", dt.date(2027, 1, 1))
    'coffee'
    >>> product_commodity("2101 11 00", dt.date(2027, 1, 1)) is None  # in scope from 30 December 2027
    True
    """
    entry = entry_of(hs_code, on)
    return None if entry is None else entry.commodity


@cache
def _entries() -> tuple[AnnexEntry, ...]:
    text = files(__package__).joinpath("annex_i.csv").read_text(encoding="utf-8")
    return tuple(
        AnnexEntry(
            row["commodity"],
            row["code"],
            row["extent"],
            row["goods"],
            row["without"],
            dt.date.fromisoformat(row["valid_from"]),
            dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            row["act"],
        )
        for row in csv.DictReader(text.splitlines())
    )
