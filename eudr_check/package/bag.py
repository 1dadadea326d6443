"""The package as a BagIt bag in one ZIP file: every file with its SHA-256, the same bytes every time.

BagIt: RFC 8493. Dates are inputs: nothing of the day or the machine of the build gets in.
"""

import datetime as dt
import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bagit

from eudr_check import __version__

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
MANIFEST = "MANIFEST.json"


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write `MANIFEST.json`: facts of the package, and size and SHA-256 of every file in it."""
    path = folder / MANIFEST
    path.unlink(missing_ok=True)
    listed = {
        file.relative_to(folder).as_posix(): {"bytes": file.stat().st_size, "sha256": sha256(file)}
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    text = json.dumps({**facts, "files": listed}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def write_zip(folder: Path, target: Path, *, name: str, date: dt.date, title: str) -> Path:
    """Zip a copy of a folder as a bag.

    Args:
        folder: what goes in; it is not changed.
        target: the ZIP to write, outside or inside the folder (it never holds itself).
        name: top folder in the ZIP.
        date: Bagging-Date.
        title: External-Description.
    """
    with tempfile.TemporaryDirectory() as scratch:
        bag = Path(scratch) / name
        shutil.copytree(folder, bag, ignore=lambda parent, names: [n for n in names if Path(parent) / n == target])
        info = {
            "Bagging-Date": date.isoformat(),
            "External-Identifier": name,
            "External-Description": title,
            "Bag-Software-Agent": f"eudr-check {__version__}",
        }
        bagit.make_bag(str(bag), info, checksums=["sha256"])
        _zip(bag, target)
    return target


def _zip(bag: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(bag.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(bag.parent).as_posix(), ZIP_EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
