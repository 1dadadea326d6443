"""Days in words, which stand beside days in our own sentences."""

import datetime as dt

import pytest

from eudr_check.text import say
from eudr_check.text.days import in_words


@pytest.mark.parametrize(
    ("language", "long", "medium"),
    [
        ("en", "31 December 2020", "31 Dec 2020"),
        ("es", "31 de diciembre de 2020", "31 dic 2020"),
        ("fr", "31 décembre 2020", "31 déc. 2020"),
        ("pt", "31 de dezembro de 2020", "31 de dez. de 2020"),
    ],
)
def test_days_are_written_as_our_sentences_write_them(language: str, long: str, medium: str) -> None:
    """A page that says "31 December 2020" in a sentence and "December 31, 2020" in a table speaks with two voices."""
    day = dt.date(2020, 12, 31)

    assert (in_words(day, language), in_words(day, language, "medium")) == (long, medium)
    if language == "en":
        assert long in say("imagery", "before_cutoff", language)
