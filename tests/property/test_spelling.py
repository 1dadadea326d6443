"""Ids that people take for one, whatever way they are folded."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from eudr_check.spelling import folded


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_folded_as_all_others_are(text: str) -> None:
    """The short way for ASCII drops what the long way drops."""
    kept = (c for c in text.casefold() if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))

    assert folded(text) == "".join(kept)
