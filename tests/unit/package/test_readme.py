"""The README of a package says of every shipment whether it is declared, and why not."""

import pytest

from eudr_check.package import readme
from eudr_check.text import LANGUAGES, say
from tests.helpers import package_tables


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_says_why_a_shipment_is_not_declared(language: str) -> None:
    """Shipment, lot and plots stand in it, in words of the language; a bare mark told nobody what to do."""
    why = {"code": "lot_refused", "name": "EJ-06", "lot": "C03-L1", "why": "not_settled: coop-03/FR0011"}
    summary = {"draft": False, "statements": [], "withheld_because": [why], "filed_in_part": []}
    text = readme.text(package_tables.harvest(), summary, language)
    (line,) = [line for line in text.splitlines() if "EJ-06" in line]

    assert line.startswith(say("package", "not_declared", language, why=""))
    assert "C03-L1" in line
    assert "coop-03/FR0011" in line
    assert "not_settled" not in line
