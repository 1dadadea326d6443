"""Errors that a user can meet are said in four languages: the number of those in English alone may only fall."""

import ast
import inspect
from collections import Counter
from pathlib import Path

import pytest

import eudr_check
from eudr_check import errors

ROOT = Path(eudr_check.__file__).parent
ERRORS = {name for name, one in vars(errors).items() if inspect.isclass(one)} | {"BusyError", "NotSentError"}
LEFT = {
    "imagery": 3,
    "layers": 92,
    "library": 1,
    "object_store": 11,
    "overlay": 20,
    "package": 4,
    "risk": 9,
    "run": 14,
    "setup": 3,
    "tables": 1,
}
"""Room: errors whose words stand in the code. Say a new one with `text.sentence`, and lower what you translate."""


def in_english(source: str) -> int:
    """How many errors of ours a module raises with words of its own."""
    calls = [node.exc for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Raise)]
    return sum(
        isinstance(call, ast.Call)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) in ERRORS
        and any(_is_text(argument) for argument in call.args[:1])
        for call in calls
    )


def _is_text(node: ast.expr) -> bool:
    """A text in the code: a string, one with figures, or a sum of such."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_new_error_speaks_english_alone() -> None:
    """Every room raises at most as many errors in English as it did; one that is not named raises none."""
    found = Counter[str]()
    for path in sorted(ROOT.rglob("*.py")):
        found[path.relative_to(ROOT).parts[0].removesuffix(".py")] += in_english(path.read_text(encoding="utf-8"))

    assert {room: many for room, many in found.items() if many > LEFT.get(room, 0)} == {}


@pytest.mark.parametrize(
    ("code", "many"),
    [
        ('raise ConfigError(f"{x}: wrong")', 1),
        ('raise errors.ConfigError("wrong")', 1),
        ('raise RunError("a" + b)', 1),
        ('raise ConfigError(sentence("documents", "no_file"))', 0),
        ('raise ValueError("wrong")', 0),
    ],
)
def test_the_count_sees_them(code: str, many: int) -> None:
    """Strings, strings with figures and sums count; sentences of the catalogue do not."""
    assert in_english(code) == many
