"""Changing a finished package as somebody would who knows it: every hash is made again, so only content can tell."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eudr_check.package.bag import bagit


def rehashed(package: Path, folder: Path, change: Callable[[Path], None]) -> Path:
    """A copy of a package folder after a change, with manifest, bag and ZIP written anew.

    Args:
        package: the folder as it was made.
        folder: where the copy goes; it is not there yet.
        change: edits the files of the copy.
    """
    shutil.copytree(package, folder, ignore=shutil.ignore_patterns("*.zip", bagit.MANIFEST))
    change(folder)
    manifest = json.loads((package / bagit.MANIFEST).read_text(encoding="utf-8"))
    facts = {key: value for key, value in manifest.items() if key != "files"}
    (archive,) = package.glob("*.zip")
    bagit.write(folder, name=archive.stem, date=dt.date(2026, 9, 30), title="Anew", facts=facts)
    return folder


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Replaces a text in a file."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def patched(name: str, content: Callable[[Any], None]) -> Callable[[Path], None]:
    """Changes the content of a JSON file in place."""

    def change(folder: Path) -> None:
        told = json.loads((folder / name).read_text(encoding="utf-8"))
        before = json.dumps(told)
        content(told)
        assert json.dumps(told) != before, f"{name} was not changed"
        (folder / name).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    return change
