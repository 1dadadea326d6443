"""Every sentence of the package is there in four languages, with the same fields and the words of the Regulation."""

import string
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from eudr_check import config, package, tables, text, variables
from eudr_check.assessment_record import WrittenRecord
from eudr_check.package.statement.glyphs import drawable
from tests.helpers import package_tables as six

WORDS = {
    "en": ("due diligence statement", "relevant product", "negligible risk", "operator"),
    "es": ("declaración de diligencia debida", "producto pertinente", "riesgo despreciable", "operador"),
    "fr": ("déclaration de diligence raisonnée", "produit en cause", "risque négligeable", "opérateur"),
    "pt": ("declaração de diligência devida", "produto derivado em causa", "risco negligenciável", "operador"),
}
"""Official language versions of Regulation (EU) 2023/1115."""


@pytest.mark.parametrize("topic", ["statement", "package"])
def test_every_sentence_is_translated_with_its_fields(topic: str) -> None:
    """No language lacks a sentence or a field of it."""
    for key, said in text.topic(topic).items():
        assert set(said) == set(text.LANGUAGES), key
        fields = {
            language: {field for _, field, _, _ in string.Formatter().parse(said[language]) if field}
            for language in said
        }
        assert len(set(map(frozenset, fields.values()))) == 1, (key, fields)


def test_every_code_that_can_occur_has_words() -> None:
    """Outcomes, commodities, roles, country classes and reasons of exclusion."""
    known = text.topic("statement").keys()
    outcomes = [*tables.OUTCOMES, "cleared_by_review", "none"]
    wanted = [
        *(f"outcome_{outcome}" for outcome in outcomes),
        *(f"short_{outcome}" for outcome in outcomes),
        *(f"commodity_{commodity}" for commodity in get_args(config.Commodity)),
        *(f"role_{role}" for role in get_args(variables.Role)),
        *(f"class_{name}" for name in ("low", "standard", "high", "none")),
        *(f"why_{why}" for why in ("not_settled", "not_assessed", "not_usable", "group_not_settled",
                                   "chain_not_settled", "no_animals", "lot_refused", "no_delivery", "cannot_be_sent")),
    ]  # fmt: skip

    assert [key for key in wanted if key not in known] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_pages_use_the_words_of_the_regulation(language: str) -> None:
    """People compare our pages with the law."""
    said = " ".join(entry[language] for entry in text.topic("statement").values()).lower()

    assert [word for word in WORDS[language] if word not in said] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_pages_are_made_in_every_language(tmp_path: Path, language: str) -> None:
    """A draft under excess with everything open prints, and says that it is a draft."""
    six_draft = six.package(
        harvest=six.harvest(
            package={"languages": [language], "traceability": "declared_in_excess", "outputs": ["statement"]},
            operator={"name": "Ejemplo BV", "country": "NL", "eori": "NL1"},
        ),
        article10=WrittenRecord(
            {key: [{"letter": "c", "criterion": "Indigenous peoples", "answer": ""}] for key in text.LANGUAGES}
        ),
        lots=six.lots(("L1", 5, "refused", list(six.PLOTS))),
        draft=True,
    )
    package.write(tmp_path, package.PackageInput(**six_draft))
    made = six.statement(tmp_path) / f"DRAFT-statement.{language}.pdf"
    found = (
        subprocess.run(["pdftotext", str(made), "-"], capture_output=True, text=True, check=False) if _has() else None
    )

    assert made.stat().st_size > 20_000
    if found is not None:
        assert text.say("statement", "status_heading", language) in found.stdout
        assert "Ejemplo BV" in found.stdout


def _has() -> bool:
    return any((Path(folder) / "pdftotext").is_file() for folder in ("/usr/bin", "/usr/local/bin"))


def test_characters_no_font_draws_do_not_stop_the_pages() -> None:
    """PDF/A refuses text without a glyph; such letters become boxes, all others stay."""
    drawn = drawable({"rows": [["Ñandú Đắk Lắk علي 田中"]], "n": 3})

    assert drawn == {"rows": [["Ñandú Đắk Lắk علي □□"]], "n": 3}


def test_a_word_longer_than_its_column_may_break() -> None:
    """A name of 50 letters without a blank gets places to break; drawings are left alone."""
    drawn = drawable({"name": "a" * 50, "svg": "M" * 50})

    assert drawn == {"name": "\u200b".join(["a" * 20, "a" * 20, "a" * 10]), "svg": "M" * 50}
