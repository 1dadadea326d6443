"""Countries, commodities and languages as people write them: codes, or names in the languages of the field."""

import gettext
import re
import unicodedata
from functools import cache, lru_cache

import pycountry
from babel import Locale

from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.resources import read_yaml

_NOT_PLAIN = re.compile(r"[^0-9a-z@]+")
_NO_LETTER = re.compile(r"(?:[^\w@]|_)+")
_TOTAL = re.compile(
    r"(?:(?:gran|grand|sub|sous|super)_?)?tota(?:l|is|les|ux|ls)(?:_\w+)?"
    r"|sumas?(?:_(?:total|de|del|ha|area|parcial)\w*)?|sumatorias?(?:_\w+)?|sum|somas?(?:_(?:total|das?|de|ha)\w*)?"
    r"|sommes?(?:_(?:totale|des?|ha)\w*)?|tong_cong|tong|jumlah(?:_\w+)?"
)
_MAY_BE_TOTAL = re.compile(r"[\W_]*[tTsSgGjJ].{0,60}", re.DOTALL)
"""Most cells of a table begin otherwise, and need no longer look."""
_ARTICLE = re.compile(r"(the|la|el|le|los|las|les|l|a|o|os|as)_")
_BETWEEN = re.compile(r"[-–—/|(),;:_\[\]]")
_INITIALS = re.compile(r"(?<![0-9a-z])[a-z](?:_[a-z])+(?![0-9a-z])")
_LEAST_INITIALS = 3
KOSOVO = "XK"
"""Not of ISO 3166-1, which keeps the code free for its users; the Union, CLDR and Natural Earth use it."""
_FIELD = ("vi", "id", "pt", "fr", "es", "en")
"""Languages that cooperatives write names of countries in; where two differ, the later one counts."""


def plain(text: str) -> str:
    """A header or name without case, accents and punctuation.

    >>> plain(" Código de Parcela (N°)")
    'codigo_de_parcela_n'
    >>> plain("Mã lô đất")
    'ma_lo_dat'
    """
    return _NOT_PLAIN.sub("_", _without_accents(text)).strip("_")


def spelled(text: str) -> str:
    """The same with letters of every script, of which `plain` leaves nothing: to know words of ours again.

    >>> spelled(" Không phá rừng."), spelled("ደን አልተመነጠረም።"), plain("ደን አልተመነጠረም።")
    ('khong_pha_rung', 'ደን_አልተመነጠረም', '')
    """
    return _NO_LETTER.sub("_", _without_accents(text)).strip("_")


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D").replace("²", "2"))
    return "".join(c for c in letters if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=10_000)
def is_total(text: str) -> bool:
    """Whether a cell says that its row adds up the rows above it, in the languages of the field.

    >>> is_total("TOTAL GENERAL:"), is_total("Sous-total 2"), is_total("Suma"), is_total("Rosa Totora")
    (True, True, True, False)
    """
    return bool(_MAY_BE_TOTAL.fullmatch(text) and _TOTAL.fullmatch(plain(text)))


def code_of(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country as people write it; None when it is none, or could be two.

    Args:
        text: a name, short or official, in any order of its words and with the usual abbreviations, also with the part
            of the Earth behind it; a code of two or three letters or of three digits; or several of these that mean
            one country.

    >>> code_of("Perú"), code_of("CIV"), code_of("Việt Nam"), code_of("Atlantis")
    ('PE', 'CI', 'VN', None)
    >>> code_of("República del Perú"), code_of("604"), code_of("PE - Perú"), code_of("PE/CO")
    ('PE', 'PE', 'PE', None)
    >>> code_of("Congo, Dem. Rep."), code_of("Gambia, The"), code_of("Honduras C.A."), code_of("Georgia, C.A.")
    ('CD', 'GM', 'HN', None)
    """
    found = _country(text) or _before_its_region(plain(text))
    if found is None:
        parts = [part for part in _BETWEEN.split(text) if plain(part)]
        codes = {_country(part) for part in parts}
        found = codes.pop() if len(parts) > 1 and len(codes) == 1 else None
    return found


def is_country_code(code: object) -> bool:
    """Whether a value is a country's code of two capital letters.

    >>> is_country_code("PE"), is_country_code("XK"), is_country_code("pe"), is_country_code("ZZ")
    (True, True, False, False)
    """
    return isinstance(code, str) and code in _codes()


def _country(text: str) -> str | None:
    name = plain(text)
    known = _countries()
    short = name.replace("_", "")
    initials = short if _INITIALS.fullmatch(name) and len(short) >= _LEAST_INITIALS else ""
    found = known.get(name) or known.get(_ARTICLE.sub("", name, count=1)) or known.get(initials)
    return (found if found in _codes() else None) or _countries_by_words().get(_words(name))


def _before_its_region(name: str) -> str | None:
    """Code of a country that is written with the part of the Earth it lies in, as in `Ghana, West Africa`."""
    for region, inside in _regions().items():
        if name.endswith(f"_{region}"):
            found = _country(name.removesuffix(f"_{region}"))
            if found in inside:
                return found
    return None


def _words(name: str) -> frozenset[str]:
    """What a plain name says, whatever the order of its words, their language and their abbreviation.

    >>> sorted(_words("congo_dem_rep")) == sorted(_words("republique_democratique_du_congo"))
    True
    """
    joined = _INITIALS.sub(lambda letters: letters[0].replace("_", ""), name).replace("people_s", "people")
    articles, meant = _small_words()
    return frozenset(part for word in joined.split("_") if word not in articles for part in meant.get(word, (word,)))


def commodity_of(text: str) -> str | None:
    """Commodity of the Regulation as people write it; None when it is none.

    >>> commodity_of("Café"), commodity_of("cacau"), commodity_of("tea")
    ('coffee', 'cocoa', None)
    """
    return _commodities().get(plain(text))


def language_of(text: str) -> str | None:
    """One of our languages by code, locale or name; None when it is none.

    >>> language_of("ES"), language_of("pt_BR"), language_of("français"), language_of("esp"), language_of("አማርኛ")
    ('es', 'pt', 'fr', None, 'am')
    """
    known = _languages()
    return known.get(spelled(text)) or known.get(spelled(re.split(r"[-_.@]", text)[0]))


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
def _countries_by_words() -> dict[frozenset[str], str]:
    """The countries by the words of their names; words that fit two countries are left out."""
    found: dict[frozenset[str], set[str]] = {}
    for name, code in _countries().items():
        words = _words(name)
        # Two or three letters are a code, or a syllable of a language in which our articles mean something else.
        if code in _codes() and max(map(len, words), default=0) > _LEAST_INITIALS:
            found.setdefault(words, set()).add(code)
    return {words: next(iter(codes)) for words, codes in found.items() if len(codes) == 1}


@cache
def _codes() -> frozenset[str]:
    return frozenset({country.alpha_2 for country in pycountry.countries} | {KOSOVO})


@cache
def _small_words() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Words that say nothing, and what others stand for."""
    content = read_yaml(__package__, "country_words.yaml")
    meant = {word: tuple(one.split()) for one, listed in content["words"].items() for word in listed}
    return frozenset(content["articles"]), meant


@cache
def _regions() -> dict[str, frozenset[str]]:
    """Parts of the Earth and the countries in them that grow what the Regulation names."""
    content = read_yaml(__package__, "country_words.yaml")["regions"]
    return {plain(name): frozenset(region["countries"]) for region in content for name in region["names"]}


@cache
def _commodities() -> dict[str, str]:
    content: dict[str, list[str]] = read_yaml(__package__, "commodities.yaml")
    return {plain(name): commodity for commodity, names in content.items() for name in (commodity, *names)}


@cache
def _languages() -> dict[str, str]:
    names = {spelled(Locale(one).languages[other]): other for one in SPOKEN_LANGUAGES for other in SPOKEN_LANGUAGES}
    return {**names, "bahasa_indonesia": "id", **{code: code for code in SPOKEN_LANGUAGES}}


def is_id(name: str) -> bool:
    """Whether a name is the id of a definition, not a path.

    >>> is_id("sernanp_protected@current"), is_id("parks.gpkg"), is_id("maps/a@1.gpkg")
    (True, False, False)
    """
    return re.fullmatch(r"[a-z][a-z0-9_]*@[A-Za-z0-9]+", name) is not None
