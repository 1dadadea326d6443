"""What keeps rooms what they are, beyond the import contracts of `make check`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import eudr_check

ROOT = Path(eudr_check.__file__).parent
READS_POLICIES = "risk/policy.py"
"""The one file of these rooms that opens files: policies are YAML, read before any plot is assessed."""


def calls(source: str) -> Iterator[str]:
    """Names of all functions and methods that a module calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def opens_files(name: str) -> bool:
    """Whether a function of this name reads or writes files."""
    return name in {"open", "Path", "read", "write", "unlink", "iterdir", "to_parquet", "to_csv", "to_file"} or (
        name.startswith(("read_", "write_", "open_"))
    )


@pytest.mark.parametrize(
    "module",
    sorted(path.relative_to(ROOT).as_posix() for room in ("risk", "overlay") for path in (ROOT / room).rglob("*.py")),
)
def test_pure_rooms_open_no_file(module: str) -> None:
    """The overlay and the rules of risk work on values: what they say depends on nothing but their arguments."""
    found = sorted(filter(opens_files, calls((ROOT / module).read_text(encoding="utf-8"))))

    assert found == ([] if module != READS_POLICIES else ["Path", "iterdir", "read_text"])
