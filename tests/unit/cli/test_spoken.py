"""The language of the terminal, of which nobody has read all."""

import pytest

from eudr_check.cli import language
from eudr_check.text import machine_made
from tests.helpers.command import ended


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_noted", set())


@pytest.mark.parametrize(("locale", "code"), [("am_ET.UTF-8", "am"), ("vi_VN", "vi"), ("id", "id"), ("sw_KE", "sw")])
def test_the_locale_chooses_a_further_language(locale: str, code: str) -> None:
    """As it chooses Spanish."""
    assert language.of_locale({"LANG": locale}) == code


def test_words_of_a_machine_are_marked_once(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, in the language and in English; not again, and not in a language that people wrote."""
    language.speak("sw")
    language.note()
    language.note()
    language.speak("es")
    language.note()
    language.speak(None)

    assert capsys.readouterr().err.splitlines() == [*machine_made("sw")]


def test_answers_for_programs_are_not_marked() -> None:
    """Nothing but the answer, wherever it goes."""
    answer = ended("law", "0901 11", "--country", "VN", "--on", "2027-01-15", "--language", "vi", "--json")

    assert answer.returncode == 0
    assert answer.stderr == ""


def test_a_wrong_call_is_understood_where_typer_has_no_words() -> None:
    """Help and wrong calls are English in the further languages, and marked nowhere as something else."""
    answer = ended("run", "--language", "am")

    assert answer.returncode == 2
    assert "Missing argument" in answer.stderr
