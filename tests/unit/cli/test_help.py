"""Help and wrong calls speak the four languages."""

import re

import pytest
from typer.main import get_command

from eudr_check.choices import LANGUAGES
from eudr_check.cli.commands import app
from eudr_check.cli.help import all_of, help_texts
from tests.helpers.command import ended


def sentences() -> set[str]:
    """Every paragraph that --help of any command can show."""
    texts = [text for one in all_of(get_command(app)) for text in (one.help, getattr(one, "short_help", None)) if text]
    return {" ".join(paragraph.split()) for text in texts for paragraph in text.split("\n\n")}


def test_every_sentence_of_the_help_is_in_all_languages():
    """A command or option whose help is new needs three more lines in help.yaml; none is left from an old one."""
    of_typer = {"Show this message and exit."}

    assert set(help_texts()) == sentences() | of_typer
    assert all(set(words) == set(LANGUAGES) - {"en"} for words in help_texts().values())


@pytest.mark.parametrize(
    ("spoken", "command", "panel"),
    [
        ("es", "parcelas al paquete", "Opciones"),
        ("fr", "parcelles au dossier", "Options"),
        ("pt", "ao pacote", "Opções"),
    ],
)
def test_help_speaks_the_language_asked_for(spoken, command, panel):
    """Text of the command, its options, and the frame around them."""
    said = " ".join(re.sub(r"[│╭╮╰╯─]", " ", ended("run", "--help", "--language", spoken).stdout).split())

    assert command in said
    assert panel in said
    assert "Show this message" not in said
    assert "Machine-readable" not in said


@pytest.mark.parametrize(
    ("call", "spanish"),
    [
        (("run", "--ofline"), "no existe la opción --ofline"),
        (("rum", "x.yaml"), "no existe la orden 'rum'"),
        (("run",), "falta config; escríbalo después de la orden"),
        (("law", "0901", "--on", "ayer"), "'ayer' no"),
        (("explain", "a.yaml", "c/1", "sobra"), "sobra sobra"),
        (("run", "x.yaml", "--language", "xx"), "'xx' no se conoce"),
        (("assess", "x.yaml", "--policy"), "la opción --policy necesita un valor"),
    ],
)
def test_a_wrong_call_is_answered_in_the_language_of_the_locale(monkeypatch, call, spanish):
    """Exit code 2, and no word of Typer's English."""
    monkeypatch.setenv("LC_ALL", "es_PE.UTF-8")
    end = ended(*call)
    said = " ".join(re.sub(r"[│╭╮╰╯─]", " ", end.stderr).split())

    assert end.returncode == 2
    assert spanish in said
    assert not any(word in said for word in ("Missing", "such", "Invalid", "Try", "requires"))
