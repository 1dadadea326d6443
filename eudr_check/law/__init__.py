"""Dated tables of the law that several stages read: product codes of Annex I and the country classes.

The tables are data of our own wording with the act behind every row and the days between which it holds. They are
not legal advice; check them against EUR-Lex before a season.
"""

from eudr_check.law.annex_i import AnnexEntry, annex_i, entry_of, market_day, product_commodity
from eudr_check.law.countries import EU_COUNTRIES, country_class

__all__ = [
    "EU_COUNTRIES",
    "AnnexEntry",
    "annex_i",
    "country_class",
    "entry_of",
    "market_day",
    "product_commodity",
]
