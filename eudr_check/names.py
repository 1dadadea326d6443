"""Countries, commodities and languages as people write them: codes, or names in the languages of the field."""

import gettext
import re
import unicodedata
from functools import cache

import pycountry
from babel import Locale

from eudr_check.choices import LANGUAGES
from eudr_check.resources import read_yaml

_NOT_PLAIN = re.compile(r"[^0-9a-z@]+")
_ARTICLE = re.compile(r"(the|la|el|le|los|las|les|l|a|o|os|as)_")
_BETWEEN = re.compile(r"[-–—/|(),;:]")
_FIELD = ("vi", "id", "pt", "fr", "es", "en")
"""Languages that cooperatives write names of countries in; where two differ, the later one counts."""


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

    Args:
        text: a name, short or official, a code of two or three letters or of three digits, or several of these that
            mean one country.

    >>> code_of("Perú"), code_of("CIV"), code_of("Việt Nam"), code_of("Atlantis")
    ('PE', 'CI', 'VN', None)
    >>> code_of("República del Perú"), code_of("604"), code_of("PE - Perú"), code_of("PE/CO")
    ('PE', 'PE', 'PE', None)
    """
    found = _country(text)
    if found is None:
        parts = [part for part in _BETWEEN.split(text) if plain(part)]
        codes = {_country(part) for part in parts}
        found = codes.pop() if len(parts) > 1 and len(codes) == 1 else None
    return found


def _country(text: str) -> str | None:
    name = plain(text)
    found = _countries().get(name) or _countries().get(_ARTICLE.sub("", name, count=1))
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
    content: dict[str, list[str]] = read_yaml(__package__, "countries.yaml")
    names = {plain(name): code for code, listed in content.items() for name in listed}
    for language in _FIELD:
        official = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True).gettext
        for country in pycountry.countries:
            names[plain(official(getattr(country, "official_name", country.name)))] = country.alpha_2
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[plain(name)] = code
    for country in pycountry.countries:
        codes = (country.numeric, country.alpha_3, country.alpha_2)
        for name in (country.name, getattr(country, "common_name", None), *codes):
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
