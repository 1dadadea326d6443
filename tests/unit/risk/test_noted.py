"""Reviews as `explain` tells them: no code where there are words."""

import pytest

from eudr_check.choices import LANGUAGES
from eudr_check.risk.noted import FAULTS, in_words
from eudr_check.text import say


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_wrong_is_said_in_words(fault: str, language: str) -> None:
    """Of a review that does not count, and of one that counts although its papers lack something."""
    detail = ":acta de visita.txt" if fault in ("evidence_missing", "evidence_changed", "dated_in_future") else ""
    why = say("reviews", fault, language, detail="acta de visita.txt")

    assert in_words(f"R 03 {fault}{detail}", language) == f"R 03: {say('reviews', 'not_counted', language, why=why)}"
    lacking = say("reviews", "confirmed_lacking", language, why=why)
    assert in_words(f"R 03 confirm ({fault}{detail})", language) == f"R 03: {lacking}"


def test_a_review_that_leaves_reasons_open_does_not_clear() -> None:
    """Two reviews of a plot, of which one answers a part."""
    said = in_words("R1 clear; R2 stale:reason_gone; still open: standing_forest", "en")

    assert said.startswith("R1: counts for its reasons") and "standing_forest; decide" in said
    assert "R2: does not count" in said and "cleared" not in said
    assert in_words("R1 clear", "en") == "R1: counts: cleared"
    assert in_words("R1 confirm", "en") == "R1: counts: the plot is high"
    assert in_words("something else", "en") == "something else"
