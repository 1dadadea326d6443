"""What readers say of rows in words of their own is said in the reader's language."""

import json

import pytest

from eudr_check.plots.read import jsontext, records
from eudr_check.text import LANGUAGES, MARKS, say, topic


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("content", ['[{"a": 1}, "a word"]', '[{"a": 1}, {"a": 1, "a": 2}]'])
def test_no_english_within_a_sentence_of_another_language(content: str, language: str) -> None:
    """A row that is no record, and one in which a key stands twice: "not a record" stood in Spanish sentences."""
    found = records.read(jsontext.decode(content)).faults
    said = say("findings", found[0].code, language, **json.loads(json.dumps(dict(found[0].details))))

    assert len(found) == 1
    assert "[" not in said
    assert ("not a record" in said or "stands twice" in said) == (language == "en")


def test_every_mark_has_words() -> None:
    """Tables keep marks; sentences in every language replace them."""
    assert all(set(topic("package")[key]) == set(LANGUAGES) for key in MARKS.values())
