"""The wheel holds all of the package and nothing else."""

import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "eudr_check"
SETTINGS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
BYTES = 4_000_000
"""Three times what it has: whoever adds data of the size of a sample is asked whether it belongs there."""


def data_files() -> list[Path]:
    """Every file of the package that is no module, and none that running it leaves behind."""
    found = [one for one in PACKAGE.rglob("*") if one.is_file() and one.suffix not in (".py", ".pyc")]
    return [one for one in found if not any(part.startswith(".") for part in one.relative_to(PACKAGE).parts)]


def test_every_file_of_the_package_goes_into_the_wheel() -> None:
    """A text, policy or style whose ending no pattern names would be missing on every machine but this one."""
    patterns = [pattern.removeprefix("**/") for pattern in SETTINGS["package-data"]["eudr_check"]]

    assert len(data_files()) > 100
    assert [one for one in data_files() if not any(fnmatch(one.name, pattern) for pattern in patterns)] == []
    assert all(folder.joinpath("__init__.py").is_file() for folder in {one.parent for one in PACKAGE.rglob("*.py")})


def test_the_wheel_is_small() -> None:
    """What is installed comes over thin lines."""
    assert sum(one.stat().st_size for one in (*PACKAGE.rglob("*.py"), *data_files())) < BYTES * 2


def test_the_manual_page_goes_with_it() -> None:
    """`man eudr-check` finds it where Python is installed."""
    assert SETTINGS["data-files"] == {"share/man/man1": ["docs/reference/eudr-check.1"]}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_one_by_groff() -> None:
    """Set with all its warnings, it has none, and every command stands in it."""
    page = REPOSITORY / "docs" / "reference" / "eudr-check.1"
    made = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", "-P-cbou", str(page)], capture_output=True, text=True, check=True
    )

    assert made.stderr == ""
    assert all(f"eudr-check {name}" in made.stdout for name in ("run", "screen", "serve", "verify", "register find"))
