"""Errors that a user can meet are said in four languages: the number of those in English alone may only fall."""

import ast
import inspect
from collections import Counter
from pathlib import Path

import pytest

import eudr_check
from eudr_check import errors

ROOT = Path(eudr_check.__file__).parent
LEFT = {"library": 2, "object_store": 1, "overlay": 20, "risk": 2, "tables": 1}
"""Room: errors whose words stand in the code, because no input of a user leads to them.

They tell whoever writes Python that an array, a table or a stage does not keep its contract: overlay (cubes and plots
given to it), tables, library (an index, unchecked rows), risk (columns of Whisp's trees) and object_store (a path that
is no stand-in).
All others are said with `text.sentence`.
"""


def errors_of_ours() -> set[str]:
    """Names of the errors that a user can meet, of classes that derive from them, and of failures kept as values."""
    named = {name for name, one in vars(errors).items() if inspect.isclass(one)} | {"FetchFailure", "UnusableItemError"}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")]
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    while more := {one.name for one in classes if {ast.unparse(base) for base in one.bases} & named} - named:
        named |= more
    return named


ERRORS = errors_of_ours()


def in_english(source: str) -> int:
    """How many errors of ours a module makes with words of its own, raised here or elsewhere."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return sum(
        getattr(call.func, "id", getattr(call.func, "attr", "")) in ERRORS
        and any(_is_text(argument) for argument in call.args[:1])
        for call in calls
    )


def _is_text(node: ast.expr) -> bool:
    """A text in the code: a string, one with figures, or a sum of such."""
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_new_error_speaks_english_alone() -> None:
    """The rooms named above hold as many as they say; all others none."""
    found = Counter[str]()
    for path in sorted(ROOT.rglob("*.py")):
        found[path.relative_to(ROOT).parts[0].removesuffix(".py")] += in_english(path.read_text(encoding="utf-8"))

    assert {room: many for room, many in found.items() if many} == LEFT


@pytest.mark.parametrize(
    ("code", "many"),
    [
        ('raise ConfigError(f"{x}: wrong")', 1),
        ('raise errors.ConfigError("wrong")', 1),
        ('raise RunError("a" + b)', 1),
        ('return RunError("wrong")', 1),
        ('failed = FetchFailure(f"{x}: wrong")', 1),
        ('raise ConfigError(sentence("documents", "no_file"))', 0),
        ('raise ValueError("wrong")', 0),
    ],
)
def test_the_count_sees_them(code: str, many: int) -> None:
    """Strings, strings with figures and sums count; sentences of the catalogue do not."""
    assert in_english(code) == many
