"""Languages that have the sentences people work with, and not those of statements and filing: `LANGUAGE/TOPIC.yaml`.

Such a file holds `key: text`, with the fields of the same key in `TOPIC.yaml`. What a language lacks is said in
English. `LANGUAGE/language.yaml` says who has read its sentences; until a person has, what is written in it says so.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from eudr_check.choices import FURTHER_LANGUAGES, SPOKEN_LANGUAGES
from eudr_check.resources import read_yaml


class Entry(dict[str, str]):
    """A text by language. The four stand in it; a further language is looked up when it is asked for."""

    def __init__(self, topic: str, key: str, words: Mapping[str, str]) -> None:
        super().__init__(words)
        self.topic, self.key = topic, key

    def __missing__(self, language: str) -> str:
        if language not in FURTHER_LANGUAGES:
            raise KeyError(language)
        return further(self.topic, language).get(self.key, self["en"])

    def everywhere(self) -> tuple[str, ...]:
        """The text in every language, for reading back what people chose or wrote."""
        return tuple(self[language] for language in SPOKEN_LANGUAGES)


def in_languages(entry: Entry, languages: Iterable[str]) -> dict[str, str]:
    """The text in some languages, as a page that can be switched between them holds it."""
    return {language: entry[language] for language in languages}


@cache
def further(topic: str, language: str) -> dict[str, str]:
    """What a further language has of a topic; nothing where it has no such file."""
    if not files(__package__).joinpath(language, f"{topic}.yaml").is_file():
        return {}
    content: dict[str, str] = read_yaml(__package__, f"{language}/{topic}.yaml")
    return content


@cache
def read_by(language: str) -> str | None:
    """Who has read the sentences of a further language; None where nobody has, and a machine made them."""
    content: dict[str, str | None] = read_yaml(__package__, f"{language}/language.yaml")
    return content["read_by"]


def machine_made(language: str) -> tuple[str, ...]:
    """That a machine made the words, in the language and in English; nothing where people wrote or read them."""
    if language not in FURTHER_LANGUAGES or read_by(language):
        return ()
    words = read_yaml(__package__, "package.yaml")["machine_made"]["en"]
    return further("package", language).get("machine_made", words), words
