"""Dated tables of the law that several stages read: days, codes of Annex I, country classes, and who files what.

The tables are data of our own wording with the act behind every row and the days between which it holds. They are
not legal advice; check them against EUR-Lex before a season.
"""

from eudr_check.law.annex_i import AnnexEntry, annex_i, entry_of, market_day, product_commodity
from eudr_check.law.countries import EU_COUNTRIES, UNION_MARKET, CountryClass, country_class, country_entry
from eudr_check.law.dates import LegalDay, legal_day, legal_days
from eudr_check.law.obligations import Case, Obligation, Role, Size, obligation, record_of

__all__ = [
    "EU_COUNTRIES",
    "UNION_MARKET",
    "AnnexEntry",
    "Case",
    "CountryClass",
    "LegalDay",
    "Obligation",
    "Role",
    "Size",
    "annex_i",
    "country_class",
    "country_entry",
    "entry_of",
    "legal_day",
    "legal_days",
    "market_day",
    "obligation",
    "product_commodity",
    "record_of",
]
