"""Answers in plain words: every error that is known has advice in four languages, and every state says what is left."""

from pathlib import Path

import pytest
from lxml import etree

from eudr_check.choices import LANGUAGES
from eudr_check.filing import words
from eudr_check.filing.answers import Error, Fault
from eudr_check.text import say, topic


def test_every_advice_is_a_sentence() -> None:
    """Each error id that is known leads to a sentence in four languages."""
    assert {say("filing", key, language) for key in words.ADVICE.values() for language in LANGUAGES}
    assert len(set(words.ADVICE.values())) > 15


def test_every_official_status_has_words(shared_data: Path) -> None:
    """No status and no result of a verification that the Commission's schema knows is without words."""
    root = shared_data.parent / "reference/eu/v3-8.2.1/EUDRVerifyDeclarationServiceV3"
    for file, kind, prefix in (
        ("xsd2-eudr-common-v3.xsd", "EudrStatusType", "status"),
        ("xsd3-verify-declaration-v3.xsd", "VerifyResultType", "verify"),
    ):
        tree = etree.parse(root / file)
        named = tree.xpath(f"//*[@name='{kind}']//*[local-name()='enumeration']/@value")

        assert len(named) >= 3
        assert {f"{prefix}_{value}" for value in named} <= set(topic("filing"))


@pytest.mark.parametrize("identifier", ["EUDR-COMMODITIES-HS-CODE-INVALID", "EUDR_COMMODITIES_HS_CODE_INVALID"])
def test_an_error_keeps_the_words_of_the_system(identifier: str) -> None:
    """The system's own words come first, then what to change in our files; hyphens and underscores are the same."""
    fault = Fault("business", "Some business rules are not met", (Error(identifier, "HS 09 is wrong", "hsHeading"),))

    (said,) = words.errors(fault, "en")

    assert said.startswith(f"{identifier}: HS 09 is wrong (hsHeading). Correct product.hs_code: the six digits")
    assert "Corrija product.hs_code" in words.errors(fault, "es")[0]


def test_an_unknown_error_is_quoted() -> None:
    """An id nobody has seen yet is shown with its message, and a fault without errors by its kind."""
    unknown = words.errors(Fault("business", "", (Error("EUDR-NEW", "New rule", ""),)), "en")

    assert unknown[0].startswith("EUDR-NEW: New rule. We know no advice")
    assert "the clock of this machine" in words.errors(Fault("unauthenticated", "", ()), "en")[0]
