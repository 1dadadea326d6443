"""Differences are said in four languages."""

import ast
from pathlib import Path

import pytest

from eudr_check.package import verify
from eudr_check.package.verify import difference
from eudr_check.text import Sentence

JOINED = 7
"""Differences that only join values with few English words: a row and what it says, a file and where it is."""


def test_no_new_difference_speaks_english_alone() -> None:
    """The count may only fall."""
    calls = [
        node
        for path in Path(verify.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Difference" and len(node.args) > 2
    ]

    assert len(calls) > 80
    written = [call.args[2] for call in calls if isinstance(call.args[2], ast.Constant | ast.JoinedStr | ast.BinOp)]
    assert len(written) == JOINED


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "a.b: dice 1, las tablas dan 2"), ("fr", "a.b : dit 1, les tables donnent 2"), ("en", "a.b: says 1, the")],
)
def test_what_differs_is_said_in_a_language(language: str, words: str) -> None:
    """Keys and values stay, the words around them change."""
    (found,) = difference.unlike({"a": {"b": 2}}, {"a": {"b": 1}})

    assert isinstance(found, Sentence)
    assert found.in_language(language).startswith(words)
