"""Differences are said in four languages."""

import ast
from pathlib import Path

import pytest

from eudr_check import text
from eudr_check.package import verify
from eudr_check.package.verify import difference
from eudr_check.text import Sentence


def test_no_new_difference_speaks_english_alone() -> None:
    """No difference is a text of the code."""
    calls = [
        node
        for path in Path(verify.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Difference" and len(node.args) > 2
    ]

    assert len(calls) > 80
    written = [call.args[2] for call in calls if isinstance(call.args[2], ast.Constant | ast.JoinedStr | ast.BinOp)]
    assert not [ast.unparse(one) for one in written]


def test_a_path_is_written_otherwise_in_every_language() -> None:
    """Differences name files as the package does, not as this machine does; words stay in the language asked for."""
    inner = text.sentence("refusals", "geojson_unreadable", file="/here/pack/a.csv", problem="x")
    said = text.replaced(text.sentence("differences", "rest_unreadable", problem=inner), "/here/pack", ".")

    assert isinstance(said, Sentence)
    assert "./a.csv" in said and "/here" not in said
    assert said.in_language("es").startswith("lo demás no se puede recalcular")
    assert "./a.csv" in said.in_language("es") and "/here" not in said.in_language("es")


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "a.b: dice 1, las tablas dan 2"), ("fr", "a.b : dit 1, les tables donnent 2"), ("en", "a.b: says 1, the")],
)
def test_what_differs_is_said_in_a_language(language: str, words: str) -> None:
    """Keys and values stay, the words around them change."""
    (found,) = difference.unlike({"a": {"b": 2}}, {"a": {"b": 1}})

    assert isinstance(found, Sentence)
    assert found.in_language(language).startswith(words)
