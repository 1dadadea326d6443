"""Numbers as each language writes them."""

import ast
from pathlib import Path

import numpy as np
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

import eudr_check
from eudr_check import text
from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.text import many, sentence

VALUES = (0.0, -0.0, 1, -3, 5e-7, 1.5e-6, 0.5, 2.5, 1234.5, 999999.9999999, -1234567.891, 1e15, 123456789.123456789)


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
@pytest.mark.parametrize("decimals", [None, 0, 1, 4])
def test_numbers_are_written_as_babel_writes_them(language, decimals):
    """Only faster: halves go to the even digit, and marks are those of the language."""
    pattern = "#,##0.######" if decimals is None else "#,##0" + "." * bool(decimals) + "0" * decimals

    assert [text.number(value, language, decimals) for value in VALUES] == [
        format_decimal(value, format=pattern, locale=language) for value in VALUES
    ]


@given(
    st.lists(st.floats(width=64) | st.integers(-(10**7), 10**7).map(lambda n: n / 2000) | st.sampled_from(VALUES)),
    st.integers(0, 6),
    st.sampled_from(SPOKEN_LANGUAGES),
)
def test_many_numbers_are_written_as_each_alone(values, decimals, language):
    """Halves, the largest and the smallest, infinity and no number too."""
    array = np.array(values, dtype=np.float64)

    assert many.numbers(array, language, decimals) == [text.number(one, language, decimals) for one in array.tolist()]


def test_sentences_get_numbers_and_no_english_figures() -> None:
    """`1,187 kg` in a Spanish sentence reads as little more than one: the language writes the number, not the code."""
    calls = [
        (path.name, node)
        for path in Path(eudr_check.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("sentence", "say")
    ]
    grouped = [
        f"{name}: {ast.unparse(one)}"
        for name, call in calls
        for one in ast.walk(call)
        if isinstance(one, ast.FormattedValue) and one.format_spec is not None and "," in ast.unparse(one.format_spec)
    ]
    said = sentence("documents", "note_enough", held=1187.0, declared=1000.0)

    assert len(calls) > 500
    assert not grouped
    assert "1,187 kg" in said and "1.187 kg" in said.in_language("es")
