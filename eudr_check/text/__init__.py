"""Every sentence people read, in four languages, side by side in `TOPIC.yaml` files of this folder.

A file holds `key: {en: ..., es: ..., fr: ..., pt: ...}` with `str.format` fields. Words of the Regulation follow its
official language versions. The further languages, `further.py`, have the sentences people work with.
"""

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel import Locale

from eudr_check.choices import LANGUAGES
from eudr_check.resources import read_yaml
from eudr_check.text.further import Entry, in_languages, machine_made, read_by

__all__ = [
    "LANGUAGES", "MARKS", "NAME_WITHHELD", "WITHHELD", "Entry", "Joined", "Sentence", "in_languages", "machine_made",
    "number", "read_by", "recognised", "replaced", "say", "sentence", "topic", "worded",
]  # fmt: skip
_MOST_DECIMALS = 6
NAME_WITHHELD, WITHHELD = "[name withheld]", "[withheld]"
MARKS = {
    NAME_WITHHELD: "name_withheld",
    WITHHELD: "withheld",
    "[not a record]": "not_a_record",
    "[not a Feature]": "not_a_feature",
    "[stands twice]": "stands_twice",
    "[no known type]": "no_known_type",
    "[letter of the other axis]": "other_axis",
    "[two hemispheres]": "two_hemispheres",
    "[no longitude and latitude]": "no_angles",
    "[no longitude]": "no_longitude",
    "[no latitude]": "no_latitude",
    "[hectares, e.g. 2.5]": "write_hectares",
    "[square metres, e.g. 25000]": "write_square_metres",
    "[an area, e.g. 2.5]": "write_area",
    "[a year, e.g. 2012]": "write_year",
    "[a country, e.g. PE]": "write_country",
}
"""What tables keep in the place of what is withheld or of words of ours, and its key in `package.yaml`, whose words
sentences take."""


@cache
def topic(name: str) -> dict[str, Entry]:
    """All entries of one topic file: key, then language, then text."""
    content: dict[str, dict[str, str]] = read_yaml(__package__, f"{name}.yaml")
    return {key: Entry(name, key, words) for key, words in content.items()}


def say(name: str, key: str, language: str, /, **values: object) -> str:
    """One sentence of a topic in one language; floats are written as the language writes numbers.

    Raises:
        KeyError: the topic has no such key or language (a test keeps that from happening).
    """
    return filled(topic(name)[key][language], language, **values)


def filled(words: str, language: str, /, **values: object) -> str:
    """Words with fields, such as a part of an entry, with what stands in them; floats as the language writes numbers.

    >>> filled("{area} ha", "es", area=1234.5)
    '1.234,5 ha'
    """
    return words.format(**{field: _written(value, language) for field, value in values.items()})


def _written(value: object, language: str) -> object:
    if isinstance(value, float):
        return number(value, language)
    if isinstance(value, str) and "]" in value:
        for mark, key in MARKS.items():
            value = value.replace(mark, topic("package")[key][language])
    return value


class Sentence(str):
    """A sentence in English, which files keep, that a terminal can say in the language of the person before it."""

    topic: str
    key: str
    values: dict[str, object]

    def in_language(self, language: str) -> str:
        """The same sentence in another language; sentences among its figures follow, lists of them line by line."""
        return say(
            self.topic, self.key, language, **{name: _spoken(one, language) for name, one in self.values.items()}
        )


class Joined(tuple[str, ...]):
    """Sentences within another sentence, one after another with semicolons."""

    __slots__ = ()


def worded(error: BaseException) -> str:
    """What an error says: its sentence where it carries one, else its text on one line."""
    said = error.args[0] if error.args else None
    return said if isinstance(said, Sentence) else " ".join(str(error).split())


def sentence(topic: str, key: str, /, **values: object) -> Sentence:
    """A sentence that errors and notes carry: English as text, any language for the terminal.

    Errors among the values become their sentences.
    """
    values = {name: worded(one) if isinstance(one, BaseException) else one for name, one in values.items()}
    written = {name: _spoken(one, "en") for name, one in values.items()}
    found = Sentence(say(topic, key, "en", **written))
    found.topic, found.key, found.values = topic, key, values
    return found


def replaced(said: str, old: str, new: str) -> str:
    """A text with a part of it written otherwise, a path for instance; a sentence stays one, in all languages."""
    if not isinstance(said, Sentence):
        return said.replace(old, new)
    values = {name: _replaced(value, old, new) for name, value in said.values.items()}
    return sentence(said.topic, said.key, **values)


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return replaced(value, old, new)
    if isinstance(value, list | tuple):
        return type(value)(_replaced(one, old, new) for one in value)
    return value


def recognised(name: str, said: str) -> str:
    """The sentence of a topic that a table or file keeps in English; the text itself where it is none.

    What a sentence holds may be a sentence of the topic as well.
    """
    for key, pattern in _patterns(name):
        if found := pattern.fullmatch(said):
            values = {field: recognised(name, value) for field, value in found.groupdict().items()}
            again = sentence(name, key, **values)
            if again == said:
                return again
    return said


@cache
def _patterns(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Patterns of the English sentences of a topic, those with the most words of their own first."""
    found = []
    for key, entry in topic(name).items():
        parts = re.split(r"\{(\w+)\}", entry["en"].replace("{{", "{").replace("}}", "}"))
        words = parts[0::2]
        if not any(re.search(r"\w", one) for one in words):
            continue
        seen: set[str] = set()
        pattern = re.escape(words[0])
        for field, word in zip(parts[1::2], words[1:], strict=True):
            pattern += (f"(?P={field})" if field in seen else f"(?P<{field}>.+?)") + re.escape(word)
            seen.add(field)
        found.append((sum(map(len, words)), key, re.compile(pattern, re.DOTALL)))
    return tuple((key, pattern) for _, key, pattern in sorted(found, key=lambda one: -one[0]))


def _spoken(value: Any, language: str) -> Any:
    if isinstance(value, Sentence):
        return value.in_language(language)
    if isinstance(value, Joined):
        return "; ".join(str(_spoken(one, language)) for one in value)
    if isinstance(value, list | tuple):
        return "".join(f"\n- {_spoken(one, language)}" for one in value)
    return value


def number(value: float, language: str, decimals: int | None = None) -> str:
    """A number as the language writes it: `1.234,5` in Spanish; as many decimals as given, else up to six."""
    return _number(str(value), language, decimals)


@lru_cache(maxsize=100_000)
def _number(value: str, language: str, decimals: int | None) -> str:
    # As Babel's format_decimal, of which a file where everything overlaps would ask more than a minute.
    written = f"{Decimal(value):,.{_MOST_DECIMALS if decimals is None else decimals}f}"
    if decimals is None:
        written = written.rstrip("0").rstrip(".")
    return written.translate(_marks(language))


@cache
def _marks(language: str) -> dict[int, str]:
    """What the language writes for the comma between thousands and the decimal point of English."""
    symbols = Locale(language).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}
