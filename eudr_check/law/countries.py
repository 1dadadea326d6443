"""Country classes of the benchmarking (Article 29), dated, and the countries of the Union."""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

RiskClass = Literal["low", "standard", "high"]

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_COUNTRIES = frozenset(_EU.split())


UNION_MARKET = EU_COUNTRIES | {"XI"}
"""Countries of activity the EU system knows: the Union and Northern Ireland."""


@dataclass(frozen=True)
class CountryClass:
    """The class of one country while it holds."""

    country: str
    risk_class: RiskClass
    listed: bool
    """False: the act does not name the country, which makes it standard."""
    valid_from: dt.date
    """First day: the day the act entered into force."""
    valid_until: dt.date | None
    """Last day; None while it holds."""
    act: str


def country_entry(iso2: str, on: dt.date) -> CountryClass | None:
    """The row of the list that holds for a country on a day; None where there is none."""
    for entry in _entries().get(iso2, ()):
        if entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until):
            return entry
    return None


def country_class(iso2: str, on: dt.date) -> RiskClass | None:
    """The class of a country on a day.

    The list begins on the day Implementing Regulation (EU) 2025/1093 entered into force; countries it does not name
    are standard.

    Args:
        iso2: ISO 3166-1 alpha-2 code.
        on: day that counts.

    Returns:
        The class; None for a territory the act settles nothing about (Hong Kong, French Guiana ...), for an unknown
        code and for days before the list. Nobody may read None as low.

    >>> country_class("GH", dt.date(2026, 12, 30)), country_class("CI", dt.date(2026, 12, 30))
    ('low', 'standard')
    """
    entry = country_entry(iso2, on)
    return None if entry is None else entry.risk_class


@cache
def _entries() -> dict[str, tuple[CountryClass, ...]]:
    text = files(__package__).joinpath("country_risk.csv").read_text(encoding="utf-8")
    entries: dict[str, tuple[CountryClass, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        entry = CountryClass(
            row["country"],
            cast(RiskClass, row["risk_class"]),
            row["basis"] == "listed",
            dt.date.fromisoformat(row["valid_from"]),
            dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            row["act"],
        )
        entries[row["country"]] = (*entries.get(row["country"], ()), entry)
    return entries
