"""Country classes of the benchmarking (Article 29), dated, and the countries of the Union."""

import csv
import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Literal, cast

RiskClass = Literal["low", "standard", "high"]

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_COUNTRIES = frozenset(_EU.split())


def country_class(iso2: str, on: dt.date) -> RiskClass | None:
    """The class of a country on a day.

    The list begins on the date of Implementing Regulation (EU) 2025/1093; countries it does not name are standard.

    Args:
        iso2: ISO 3166-1 alpha-2 code.
        on: day that counts.

    Returns:
        The class; None for a territory the act settles nothing about (Hong Kong, French Guiana ...), for an unknown
        code and for days before the list. Nobody may read None as low.

    >>> country_class("GH", dt.date(2026, 12, 30)), country_class("CI", dt.date(2026, 12, 30))
    ('low', 'standard')
    """
    for since, until, risk_class in _classes().get(iso2, ()):
        if since <= on and (until is None or on <= until):
            return risk_class
    return None


@cache
def _classes() -> dict[str, tuple[tuple[dt.date, dt.date | None, RiskClass], ...]]:
    text = files(__package__).joinpath("country_risk.csv").read_text(encoding="utf-8")
    classes: dict[str, tuple[tuple[dt.date, dt.date | None, RiskClass], ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        until = dt.date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
        span = (dt.date.fromisoformat(row["valid_from"]), until, cast(RiskClass, row["risk_class"]))
        classes[row["country"]] = (*classes.get(row["country"], ()), span)
    return classes
