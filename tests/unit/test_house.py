"""The shape of the house: small files, small functions and no private words (few parameters: ruff, PLR0913)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MOST_LINES, MOST_LINES_OF_FUNCTION = 350, 60

# What was over a limit when the limits came, with the figures of that day. They only shrink; nothing is added here.
FILES_OVER: dict[str, int] = {}
LINES_OVER: dict[str, int] = {}


def modules() -> list[Path]:
    """Every Python file of the package."""
    return sorted((REPOSITORY / "eudr_check").rglob("*.py"))


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method, named FILE:FUNCTION; commands of the terminal aside, whose options are parameters."""
    for path in modules():
        name = path.relative_to(REPOSITORY).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_command(node):
                yield f"{name}:{node.name}", node


def is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A Typer command."""
    return any(isinstance(one, ast.Call) and ast.unparse(one.func).endswith(".command") for one in node.decorator_list)


def over(sizes: dict[str, int], limit: int, known: dict[str, int]) -> dict[str, int]:
    """What is larger than the limit, and than it was when the limit came."""
    return {name: size for name, size in sizes.items() if size > known.get(name, limit)}


def test_files_are_short() -> None:
    """No file of the package is longer than one noun needs."""
    sizes = {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules()
    }

    assert not over(sizes, MOST_LINES, FILES_OVER)


def test_functions_are_short() -> None:
    """A function fits on a screen."""
    sizes = {name: (node.end_lineno or node.lineno) - node.lineno + 1 for name, node in functions()}

    assert not over(sizes, MOST_LINES_OF_FUNCTION, LINES_OVER)


@pytest.mark.parametrize("known", [FILES_OVER, LINES_OVER], ids=["files", "functions"])
def test_exceptions_name_what_exists(known: dict[str, int]) -> None:
    """An exception goes with the file or function it was made for."""
    there = {path.relative_to(REPOSITORY).as_posix() for path in modules()} | {name for name, _ in functions()}

    assert not set(known) - there


def test_no_private_words() -> None:
    """Code says what people of the field search for; the EU's own "half-moons" is quoted."""
    private = re.compile(r"\b(papers|twin|apart|half.moons?|stamp|told)\b", re.IGNORECASE)
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if private.search(line.replace("two half-moons", ""))
    ]

    assert not found


def test_one_place_knows_threads_and_processes() -> None:
    """Work is scheduled in `run/graph.py`; a reader's bounded process per file is a safety measure, not a schedule.

    A server (`serve`) has processes of its own, each of which runs whole jobs one after another.
    """
    scheduling = re.compile(
        r"PoolExecutor|\b(subprocess|multiprocessing|asyncio|_thread)\b|^\s*(import|from) gc\b|\bThread\(|os\.fork",
        re.MULTILINE,
    )
    texts = {path.relative_to(REPOSITORY).as_posix(): path.read_text(encoding="utf-8") for path in modules()}
    found = {
        name for name, text in texts.items() if scheduling.search(text) and not name.startswith("eudr_check/serve/")
    }

    assert found - {"eudr_check/plots/read/process.py"} == {"eudr_check/run/graph.py"}
