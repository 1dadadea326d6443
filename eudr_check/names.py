"""Countries, commodities and languages as people write them: codes, or names in the languages of the field."""

import re
import unicodedata
from functools import cache

import pycountry
from babel import Locale

from eudr_check.choices import LANGUAGES
from eudr_check.resources import read_yaml

_NOT_PLAIN = re.compile(r"[^0-9a-z@]+")


def plain(text: str) -> str:
    """A header or name without case, accents and punctuation.

    >>> plain(" Código de Parcela (N°)")
    'codigo_de_parcela_n'
    >>> plain("Mã lô đất")
    'ma_lo_dat'
    """
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D").replace("²", "2"))
    return _NOT_PLAIN.sub("_", "".join(c for c in letters if not unicodedata.combining(c)).lower()).strip("_")


def code_of(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country as people write it; None when it is none.

    >>> code_of("Perú"), code_of("CIV"), code_of("Việt Nam"), code_of("Atlantis")
    ('PE', 'CI', 'VN', None)
    """
    found = _countries().get(plain(text))
    return found if found is not None and pycountry.countries.get(alpha_2=found) else None


def commodity_of(text: str) -> str | None:
    """Commodity of the Regulation as people write it; None when it is none.

    >>> commodity_of("Café"), commodity_of("cacau"), commodity_of("tea")
    ('coffee', 'cocoa', None)
    """
    return _commodities().get(plain(text))


def language_of(text: str) -> str | None:
    """One of our languages by code, locale or name; None when it is none.

    >>> language_of("ES"), language_of("pt_BR"), language_of("français"), language_of("esp")
    ('es', 'pt', 'fr', None)
    """
    known = _languages()
    return known.get(plain(text)) or known.get(plain(re.split(r"[-_.@]", text)[0]))


@cache
def _countries() -> dict[str, str]:
    """Names and codes of countries in the languages cooperatives write, without case and accents."""
    names: dict[str, str] = {}
    for language in ("vi", "id", "pt", "fr", "es", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[plain(name)] = code
    for country in pycountry.countries:
        for name in (country.name, getattr(country, "common_name", None), country.alpha_3, country.alpha_2):
            if name:
                names[plain(name)] = country.alpha_2
    return names


@cache
def _commodities() -> dict[str, str]:
    content: dict[str, list[str]] = read_yaml(__package__, "commodities.yaml")
    return {plain(name): commodity for commodity, names in content.items() for name in (commodity, *names)}


@cache
def _languages() -> dict[str, str]:
    names = {plain(Locale(one).languages[other]): other for one in LANGUAGES for other in LANGUAGES}
    return {**names, **{code: code for code in LANGUAGES}}
