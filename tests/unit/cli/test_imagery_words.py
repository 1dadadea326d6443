"""What the terminal says of pictures."""

import pytest

from eudr_check import tables
from eudr_check.choices import LANGUAGES
from eudr_check.cli import imagery, language
from eudr_check.text import topic


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_pictures_are_counted_in_the_language_spoken(spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is the English one, in which alone it was said."""
    monkeypatch.setattr(language, "_chosen", [spoken])
    said = {
        "looks": dict.fromkeys(tables.LOOK_STATUSES, 3), "plots": 5, "radar": 2, "megabytes": 1.5,
        "months": {"known": 810, "unknown": 4, "left_out": 6}, "megabytes_allowed": 100, "scenes": 9,
        "bands_left_out": 7, "failed_searches": ["x"],
    }  # fmt: skip
    words = "\n".join(imagery.read(said))

    assert topic("imagery_command")["months"][spoken].format(known=810, unknown=4) in words
    assert ("months known" in words) == ("bands did" in words) == ("failed" in words) == (spoken == "en")
