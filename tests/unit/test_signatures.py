"""What functions and classes of the package offer has a type that says something."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

EDGES = {
    "run/artifacts.py:Artifact.json": "what a step wrote, found again by the digest of its bytes",
    "steps.py:Output": "what steps of any kind give to one another; `Made` hands it on by name",
    "cli/app.py:Commands.command": "as Typer has it",
    "cli/app.py:InOrder.list_commands": "as above",
    "cli/layers.py:Layers.parse_args": "as above",
    "cli/help.py:all_of": "commands of Typer and their parameters, which share no public type",
    "records.py:Json": "documents that are written to files and sent: schemas, `verify` and pydantic hold their form",
    "records.py:Row": "rows of tables: pandera holds their columns",
    "records.py:Element": "lxml declares no types",
    "package/eu/file_text.py:parsed": "a file for the EU system, before its form is checked",
    "layers/catalog/links.py:read_json": "STAC, before its form is checked",
    "layers/fetch/area_answers.py:Answer": "areas of a server, before their form is checked",
    "layers/fetch/block_store.py:Store.read": "entries of several kinds, whose hash is checked when they are read",
    "layers/fetch/session.py:GuardedSession.send": "options as `requests` has them",
    "plots/read/jsontext.py:decode": "what a plot file holds",
    "plots/read/jsontext.py:lines": "as above, line by line",
    "resources.py:parse_yaml": "what a user wrote, before its form is checked",
    "resources.py:read_yaml": "as above, of our own files",
}
"""Where anything may come in: what a file of JSON, YAML or XML holds is known when it has been checked."""


def is_public(name: str) -> bool:
    """No leading underscore, or a method of the language."""
    return not name.startswith("_") or name.endswith("__")


def names_any(annotation: ast.expr | None) -> bool:
    """Whether a type has `Any` in it, also where it is written as text."""
    if annotation is None:
        return False
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if "Any" in node.value and names_any(ast.parse(node.value, mode="eval").body):
                return True
        elif (isinstance(node, ast.Name) and node.id == "Any") or (
            isinstance(node, ast.Attribute) and node.attr == "Any"
        ):
            return True
    return False


def offered(body: list[ast.stmt], within: str = "") -> Iterator[tuple[str, list[ast.expr | None]]]:
    """Name and types of public functions, methods and fields, and of the names of types."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if is_public(node.name):
                every = node.args
                taken = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
                yield within + node.name, [*(one.annotation for one in taken if one), node.returns]
            case ast.ClassDef() if is_public(node.name):
                yield from offered(node.body, f"{within}{node.name}.")
            case ast.AnnAssign(target=ast.Name(id=name)) if is_public(name):
                alias = "TypeAlias" in ast.unparse(node.annotation)
                yield within + name, [node.annotation, node.value if alias else None]
            case ast.Assign(targets=[ast.Name(id=name)]) if is_public(name) and not within:
                yield name, [node.value if is_type(node.value) else None]
            case ast.If():
                yield from offered([*node.body, *node.orelse], within)


def is_type(value: ast.expr) -> bool:
    """Whether what is assigned is a type with a part, such as `Mapping[str, object]`."""
    return isinstance(value, ast.Subscript | ast.BinOp | ast.Name)


def loose(path: Path) -> list[str]:
    """Public names of a file with `Any` in their types."""
    name = path.relative_to(REPOSITORY / "eudr_check").as_posix()
    found = offered(ast.parse(path.read_text(encoding="utf-8")).body)
    return [f"{name}:{what}" for what, types in found if any(map(names_any, types))]


EVERY_FILE = sorted((REPOSITORY / "eudr_check").rglob("*.py"))


def test_types_say_something() -> None:
    """`Any` stands in no public signature but where data come in from outside."""
    assert not [name for path in EVERY_FILE for name in loose(path) if name not in EDGES]


def test_exceptions_are_needed() -> None:
    """An exception goes with the `Any` it was made for."""
    every = [name for path in EVERY_FILE for name in loose(path)]

    assert not set(EDGES) - set(every)


@pytest.mark.parametrize(
    "code",
    [
        "def f(x: Any) -> None: ...",
        "def f() -> dict[str, Any]: ...",
        "def f(*, x: 'list[Any]') -> None: ...",
        "def f(**more: Any) -> None: ...",
        "class C:\n    def f(self, x: typing.Any) -> None: ...",
        "class C:\n    field: NDArray[Any]",
        "Rows = Mapping[str, Any]",
        "Json: TypeAlias = 'Any'",
        "Json = Any",
        "if TYPE_CHECKING:\n    Made = dict[str, Any]",
    ],
)
def test_the_rule_sees_it(code: str) -> None:
    """However it is written."""
    assert [name for name, types in offered(ast.parse(code).body) if any(map(names_any, types))]


@pytest.mark.parametrize(
    "code", ["def f(x: object) -> None: ...", "def _f(x: Any) -> None: ...", "Anything = list[str]"]
)
def test_the_rule_leaves_the_rest(code: str) -> None:
    """Helpers of one file are its own affair."""
    assert not [name for name, types in offered(ast.parse(code).body) if any(map(names_any, types))]
