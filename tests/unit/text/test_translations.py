"""No message without its translation, in no topic."""

import re
from importlib.resources import files

import pytest

from eudr_check.choices import FURTHER_LANGUAGES
from eudr_check.plots.thresholds import codes
from eudr_check.resources import parse_yaml
from eudr_check.text import LANGUAGES, topic
from eudr_check.text.further import further

TOPICS = sorted(
    path.name.removesuffix(".yaml") for path in files("eudr_check.text").iterdir() if path.name.endswith(".yaml")
)
SAME_EVERYWHERE = 14
"""Texts up to this length may be the same in two languages: `Total`, `SHA-256`, `Latitude`, `Café`."""
WORKED_WITH = (
    "changes", "doctor", "explain", "faults", "findings", "fix_list", "form", "imagery", "init", "package", "plan",
    "reasons", "report", "reviews", "rules", "run", "season", "start", "terminal", "uses",
)  # fmt: skip
"""Topics that every further language has; what the others say stays in the languages of documents."""
NOT_YET: frozenset[tuple[str, str]] = frozenset()
"""Topic and key of sentences that came after their topic was translated: said in English until somebody does."""
AS_IN_ENGLISH = {
    ("id", "form", "operator_role_operator"),
    ("id", "terminal", "status_raster"),
    ("sw", "report", "commodity_soya"),
    ("sw", "terminal", "status_raster"),
}
"""Words that a further language took over."""


def fields(sentence: str) -> set[str]:
    """Names in braces."""
    return set(re.findall(r"\{(\w*)", sentence))


def whole_fields(sentence: str) -> set[str]:
    """What stands in braces, with its format."""
    return set(re.findall(r"\{[^}]*\}", sentence.replace("{{", "").replace("}}", "")))


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


@pytest.mark.parametrize("name", WORKED_WITH)
@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_further_languages_have_what_people_work_with(language: str, name: str) -> None:
    """No sentence of a list, a plan, the desk or the terminal falls back to English; none stands there for nothing."""
    own = further(name, language)
    missing = set(topic(name)) - set(own)

    assert not {key for key in missing if (name, key) not in NOT_YET}, "translate them, or name them in NOT_YET"
    assert not set(own) - set(topic(name))
    assert all(map(str.strip, own.values()))


def test_no_key_is_named_as_missing_that_is_there() -> None:
    """The list of what is not translated yet only says what is true."""
    assert not [
        (name, key)
        for name, key in NOT_YET
        if key not in topic(name) or all(key in further(name, language) for language in FURTHER_LANGUAGES)
    ]


@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_further_languages_have_nothing_else(language: str) -> None:
    """A file of another topic would be half a translation that nobody asked for."""
    there = {path.name.removesuffix(".yaml") for path in (files("eudr_check.text") / language).iterdir()}

    assert there == {*WORKED_WITH, "language"}


@pytest.mark.parametrize("name", WORKED_WITH)
@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_further_languages_keep_the_figures(language: str, name: str) -> None:
    """A field lost hides a figure; one invented would crash; no key stands twice."""
    own = parse_yaml((files("eudr_check.text") / language / f"{name}.yaml").read_text(encoding="utf-8"))

    assert not {key for key, text in own.items() if whole_fields(text) != whole_fields(topic(name)[key]["en"])}


@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_further_languages_leave_nothing_in_english(language: str) -> None:
    """What reads as in English is a word that the language took over, and named here."""
    copied = {
        (language, name, key)
        for name in WORKED_WITH
        for key, text in further(name, language).items()
        if text == topic(name)[key]["en"] and re.search(r"[a-z]{3}", re.sub(r"\{\w+\}", "", text))
    }

    assert copied == {one for one in AS_IN_ENGLISH if one[0] == language}


@pytest.mark.parametrize("language", FURTHER_LANGUAGES)
def test_findings_say_what_to_do_in_a_sentence_of_its_own(language: str) -> None:
    """The plan parts a finding into what is wrong and what to do where its first sentence ends."""
    together = {
        code
        for code in codes()
        if re.search(r"[.] \S", topic("findings")[code]["en"])
        and code in further("findings", language)
        and not re.search(r"[.።] \S", topic("findings")[code][language])
    }

    assert not together
