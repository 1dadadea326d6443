"""No message without its translation, in no topic."""

import re
from importlib.resources import files

import pytest

from eudr_check.resources import parse_yaml
from eudr_check.text import LANGUAGES, topic

TOPICS = sorted(
    path.name.removesuffix(".yaml") for path in files("eudr_check.text").iterdir() if path.name.endswith(".yaml")
)
SAME_EVERYWHERE = 14
"""Texts up to this length may be the same in two languages: `Total`, `SHA-256`, `Latitude`, `Café`."""


def fields(sentence: str) -> set[str]:
    """Names in braces."""
    return set(re.findall(r"\{(\w*)", sentence))


@pytest.mark.parametrize("name", TOPICS)
def test_every_message_is_in_all_languages(name: str) -> None:
    """Each key has exactly the four languages, none of them empty."""
    incomplete = {
        key
        for key, entry in topic(name).items()
        if set(entry) != set(LANGUAGES) or not all(map(str.strip, entry.values()))
    }

    assert not incomplete


@pytest.mark.parametrize("name", TOPICS)
def test_no_key_stands_twice(name: str) -> None:
    """The second of two equal keys would replace the first unseen, as `[withheld]` did the reason in the README."""
    assert parse_yaml((files("eudr_check.text") / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TOPICS)
def test_translations_keep_the_figures(name: str) -> None:
    """A translation that loses a field would hide a figure; one that invents a field would crash."""
    different = {
        key for key, entry in topic(name).items() if len({frozenset(fields(text)) for text in entry.values()}) > 1
    }

    assert not different


@pytest.mark.parametrize("name", TOPICS)
def test_nothing_is_left_in_english(name: str) -> None:
    """A sentence that reads the same in English and another language was copied, not translated."""
    copied = {
        (key, language)
        for key, entry in topic(name).items()
        for language in LANGUAGES[1:]
        if entry[language] == entry["en"]
        and len(entry["en"]) > SAME_EVERYWHERE
        and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", entry["en"]))
    }

    assert not copied


@pytest.mark.parametrize("name", ["findings", "reasons", "report", "plan", "gis"])
def test_pages_can_fill_the_sentences(name: str) -> None:
    """The report's script fills plain `{field}` only: no format and no conversion may follow the name."""
    odd = {key for key, entry in topic(name).items() for text in entry.values() if re.search(r"\{\w*[^\w}]", text)}

    assert not odd


@pytest.mark.parametrize(("language", "word"), [("es", r"[Ee]nvíos?\b"), ("fr", "expédition"), ("pt", "embarque")])
def test_a_shipment_has_one_name_in_each_language(language: str, word: str) -> None:
    """Who reads embarque in a table looks for it in the sentence below."""
    found = [
        f"{name}: {key}" for name in TOPICS for key, entry in topic(name).items() if re.search(word, entry[language])
    ]

    assert not found
