"""The package as a BagIt bag in one ZIP file: every file with its SHA-256, the same bytes every time.

BagIt: RFC 8493. Dates are inputs: nothing of the day or the machine of the build gets in.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eudr_check import __version__
from eudr_check.package.bag import zip_file
from eudr_check.package.bag.zip_file import Archive, Entry
from eudr_check.records import Json
from eudr_check.steps import Map, one_by_one

MANIFEST = "MANIFEST.json"


def write(folder: Path, *, name: str, date: dt.date, title: str, facts: Json, each: Map = one_by_one) -> None:
    """Write `MANIFEST.json` and the bag of all files of a folder into it.

    The manifest comes out of the same reading as the ZIP: a nation's package has 2.6 GB, and each look at it counts.

    Args:
        folder: what goes in.
        name: name of the ZIP and of the top folder in it.
        date: Bagging-Date.
        title: External-Description.
        facts: what `MANIFEST.json` says besides size and SHA-256 of every file.
        each: `map` for the blocks of the ZIP.
    """
    files = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    with zip_file.writing(folder / f"{name}.zip", each) as bag:
        payload = {
            file.as_posix(): bag.file(f"{name}/data/{file.as_posix()}", folder / file)
            for file in sorted(files, key=_as_bagit_lists)
        }
        payload[MANIFEST] = bag.file(f"{name}/data/{MANIFEST}", _write_manifest(folder / MANIFEST, payload, facts))
        _write_tags(bag, name, payload, date, title)


def _write_manifest(path: Path, payload: Mapping[str, Entry], facts: Mapping[str, Any]) -> Path:
    listed = {name: {"bytes": entry.bytes, "sha256": entry.sha256} for name, entry in payload.items()}
    text = json.dumps({**facts, "files": listed}, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _write_tags(bag: Archive, name: str, payload: Mapping[str, Entry], date: dt.date, title: str) -> None:
    """The files around the payload that make a folder a bag."""
    info = {
        "Bag-Software-Agent": f"eudr-check {__version__}",
        "Bagging-Date": date.isoformat(),
        "External-Description": title,
        "External-Identifier": name,
        "Payload-Oxum": f"{sum(entry.bytes for entry in payload.values())}.{len(payload)}",
    }
    listed = sorted(payload, key=lambda file: _as_bagit_lists(Path(file)))
    tags = {
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in info.items()),
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "manifest-sha256.txt": "".join(f"{payload[file].sha256}  data/{encoded(file)}\n" for file in listed),
    }
    sums = {file: bag.text(f"{name}/{file}", text).sha256 for file, text in tags.items()}
    bag.text(f"{name}/tagmanifest-sha256.txt", "".join(f"{sum256} {file}\n" for file, sum256 in sums.items()))


def _as_bagit_lists(file: Path) -> list[tuple[bool, str]]:
    """Sort key: the files of a folder before its folders."""
    return [*((True, part) for part in file.parts[:-1]), (False, file.name)]


def encoded(name: str) -> str:
    """A file's name as a manifest writes it: percent sign, CR and LF in percent code (RFC 8493, section 2.1.3).

    >>> encoded("foto 100%25.jpg")
    'foto 100%2525.jpg'
    """
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def decoded(name: str) -> str:
    """A file's name as a manifest meant it."""
    codes = {"%25": "%", "%0D": "\r", "%0A": "\n"}
    return re.sub("%(25|0D|0A)", lambda found: codes[found[0].upper()], name, flags=re.IGNORECASE)
