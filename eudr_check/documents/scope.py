"""Does the law cover the product, and what does the class of the country ask for?"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from eudr_check import law
from eudr_check.choices import Commodity


@dataclass(frozen=True)
class ProductCheck:
    """A product code against Annex I and the commodity of the harvest."""

    code: str
    """`in_scope`, `in_scope_in_part` (only goods made of the commodity), `not_in_scope`, `other_commodity`."""
    entry: law.AnnexEntry | None


@dataclass(frozen=True)
class Consequence:
    """What the class of a country asks of the operator."""

    country: str
    risk_class: law.countries.RiskClass | None
    """None: the act settles nothing for this code; never read as low."""
    assessment: str
    """`article_13` (simplified: risk assessment may be skipped unless something speaks against it) or `article_10`."""
    checked_share: float | None
    """Share of operators the authorities check in a year (Article 16)."""


CHECKED = {"low": 0.01, "standard": 0.03, "high": 0.09}


def product_check(hs_code: str, commodity: Commodity, on: dt.date) -> ProductCheck:
    """Whether a product is covered, and by the commodity the harvest speaks of.

    Args:
        hs_code: code as the harvest writes it; scope is decided on the full code.
        commodity: commodity of the harvest.
        on: day of placing on the market.
    """
    entry = law.entry_of(hs_code, law.market_day(on))
    if entry is None:
        return ProductCheck("not_in_scope", None)
    if entry.commodity != commodity:
        return ProductCheck("other_commodity", entry)
    return ProductCheck("in_scope" if entry.extent == "whole" else "in_scope_in_part", entry)


def consequences(countries: Iterable[str], on: dt.date) -> tuple[Consequence, ...]:
    """What follows from the class of each country of production, ordered by code.

    One country that is not low keeps the whole consignment under Article 10.
    """
    found = []
    for country in sorted(set(countries)):
        risk_class = law.country_class(country, on)
        found.append(
            Consequence(
                country,
                risk_class,
                "article_13" if risk_class == "low" else "article_10",
                None if risk_class is None else CHECKED[risk_class],
            )
        )
    return tuple(found)
