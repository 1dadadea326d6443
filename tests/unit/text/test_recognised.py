"""What tables keep in English is said in the language of the person who reads it."""

import string

import pytest

from eudr_check.text import Sentence, recognised, sentence, topic


def fields(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_a_kept_reason_is_said_in_another_language(language: str) -> None:
    """A sentence within a sentence is found as well, and addresses stay what they are."""
    inner = sentence("layers", "no_answer_in_time")
    kept = sentence("layers", "tried_in_vain", href="https://x.org/a.tif", problem=inner, count=6)
    again = recognised("layers", str(kept))

    assert isinstance(again, Sentence)
    assert again.in_language(language) == kept.in_language(language)


def test_every_sentence_of_layers_is_found_again() -> None:
    """No reason that SOURCES can hold stays English; sentences that only join two others are told by what they join."""
    joining = {"raster_problem", "folder_problem"}
    lost = {
        key
        for key, entry in topic("layers").items()
        if key not in joining
        and (
            not isinstance(
                again := recognised("layers", str(sentence("layers", key, **_values(entry["en"])))), Sentence
            )
            or again.in_language("es") != sentence("layers", key, **_values(entry["en"])).in_language("es")
        )
    }

    assert lost == set()


def _values(text: str) -> dict[str, str]:
    return {name: f"x{number}" for number, name in enumerate(dict.fromkeys(fields(text)))}


def test_other_text_stays() -> None:
    """Words of nobody are shown as they are."""
    assert recognised("layers", "something else") == "something else"
