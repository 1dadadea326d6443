"""Days as people read them."""

import datetime as dt
from typing import Literal

from babel.dates import format_date

_LOCALES = {"en": "en_GB"}
"""The Union writes English as 31 December 2020, and so do our sentences."""


def in_words(day: dt.date, language: str, length: Literal["medium", "long"] = "long") -> str:
    """A day as a language writes it.

    >>> in_words(dt.date(2020, 12, 31), "en"), in_words(dt.date(2020, 12, 31), "es", "medium")
    ('31 December 2020', '31 dic 2020')
    """
    return str(format_date(day, format=length, locale=_LOCALES.get(language, language)))
