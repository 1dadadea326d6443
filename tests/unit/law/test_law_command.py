"""`eudr-check law` prints what the dated tables say."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.law import annex_i
from eudr_check.text import topic


def ask(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, ["law", *arguments])

    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_names_the_act_of_every_row() -> None:
    """Annex I and country class each come with their act and first day."""
    told = json.loads(ask("0901 11", "--country", "pe", "--on", "2027-01-15", "--seat", "NL", "--json"))

    assert (told["annex_i"]["code"], told["annex_i"]["act"]) == ("0901", "Regulation (EU) 2023/1115")
    assert told["countries"][0] == {
        "country": "PE",
        "risk_class": "standard",
        "listed": False,
        "valid_from": "2025-05-26",
        "valid_until": None,
        "act": "Implementing Regulation (EU) 2025/1093",
    }
    assert told["obligation"]["files"] == "statement"


def test_codes_that_come_later_are_shown() -> None:
    """Coffee extracts are due from 30 December 2027, by the act that added them."""
    told = json.loads(ask("2101", "--country", "PE", "--on", "2027-01-15", "--json"))

    assert [(row["code"], row["valid_from"], row["act"]) for row in told["annex_i_later"]] == [
        ("21011100", "2027-12-30", "Delegated Regulation (EU) 2026/2102")
    ]
    assert told["obligation"]["reasons"] == ["code_too_short"]


@pytest.mark.parametrize(
    ("language", "words"), [("es", "declaración de diligencia debida"), ("pt", "declaração de diligência devida")]
)
def test_it_answers_in_the_language_asked_for(language: str, words: str) -> None:
    """The sentences follow the official words of the language."""
    assert words in ask("0901", "--country", "PE", "--on", "2027-01-15", "--language", language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "es",
            ("producto", "café, también tostado", "en el anexo I desde", "Reglamento (UE) 2023/1115", "PE: estándar"),
        ),
        (
            "fr",
            ("produit", "café, même torréfié", "dans l'annexe I depuis", "règlement (UE) 2023/1115", "PE: standard"),
        ),
        ("pt", ("produto", "café, mesmo torrado", "no anexo I desde", "Regulamento (UE) 2023/1115", "PE: normal")),
    ],
)
def test_no_label_is_left_in_english(language: str, words: tuple[str, ...]) -> None:
    """Labels, goods and acts too; goods without a translation are shown as English."""
    shown = ask("0901 11", "--country", "PE", "--country", "HK", "--on", "2027-01-15", "--language", language)
    wood = ask("4406", "--country", "PE", "--on", "2027-01-15", "--language", language)

    assert all(word in shown for word in words)
    english = ("country", "files", "who", "why", "open", "Annex", "Regulation", "from ", "class determined", "product ")
    assert not [word for word in english if word in shown]
    assert "railway sleepers" in wood and {"es": "inglés", "fr": "anglais", "pt": "inglês"}[language] in wood


def test_goods_are_those_of_annex_i() -> None:
    """A translated code is one of the table, with its English words."""
    goods = {f"goods_{one.code}": one.goods for one in annex_i(dt.date.max)}
    translated = {key: entry["en"] for key, entry in topic("law_command").items() if key.startswith("goods_")}

    assert translated.items() <= goods.items()


def test_a_territory_is_said_to_have_no_class() -> None:
    """Hong Kong is not read as low."""
    assert "HK: no class determined; never read as low" in ask("0901", "--country", "HK", "--on", "2027-01-15")
