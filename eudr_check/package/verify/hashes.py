"""Every file against the manifests that list its SHA-256."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eudr_check.errors import PackageError
from eudr_check.files import is_safe_name, sha256
from eudr_check.package.bag.bagit import MANIFEST, decoded
from eudr_check.package.verify.difference import Difference
from eudr_check.records import Json
from eudr_check.text import sentence

_DIGEST = re.compile(r"[0-9a-f]{64}")


def bag(top: Path) -> Iterator[Difference]:
    """The bag's own manifests against its files (RFC 8493)."""
    listed = yield from _lines(top, "manifest-sha256.txt")
    present = {file.relative_to(top).as_posix() for file in (top / "data").rglob("*") if file.is_file()}
    yield from _compared(top, listed, present)
    tags = yield from _lines(top, "tagmanifest-sha256.txt")
    kept = {name for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt") if (top / name).is_file()}
    yield from _compared(top, tags, kept | set(tags))


def files(content: Path, manifest: Json) -> Iterator[Difference]:
    """`MANIFEST.json` against the files; the bag's ZIP beside them is none of its own."""
    listed: dict[str, str] = {}
    for name, entry in manifest["files"].items():
        if not is_safe_name(name):
            raise PackageError(sentence("refusals", "leads_out", file=MANIFEST, name=name))
        digest = entry.get("sha256") if isinstance(entry, Mapping) else None
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            yield Difference(MANIFEST, "malformed", sentence("differences", "no_sha256", name=name))
            continue
        listed[name] = digest
        path = content / name
        if path.is_file() and entry.get("bytes") != path.stat().st_size:
            yield Difference(name, "changed", sentence("differences", "other_size"))
    present = {
        file.relative_to(content).as_posix()
        for file in content.rglob("*")
        if file.is_file() and not (file.parent == content and (file.suffix == ".zip" or file.name == MANIFEST))
    }
    yield from _compared(content, listed, present - (manifest["files"].keys() - listed.keys()))


def _lines(top: Path, manifest: str) -> Any:
    """Name to digest of a BagIt manifest; lines that are none are differences."""
    listed: dict[str, str] = {}
    path = top / manifest
    if not path.is_file():
        return listed
    # Only LF, CR and CRLF end a line; names may hold other separators of Unicode.
    for line in re.split(r"\r\n|\r|\n", path.read_text(encoding="utf-8", errors="replace")):
        found = re.fullmatch(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)", line)
        if found is None:
            if line:
                yield Difference(manifest, "malformed", sentence("differences", "no_line", line=f"{line[:80]!r}"))
            continue
        name = decoded(found[2])
        if not is_safe_name(name):
            raise PackageError(sentence("refusals", "leads_out", file=manifest, name=name))
        if name in listed:
            yield Difference(manifest, "malformed", sentence("differences", "listed_twice", name=name))
        listed[name] = found[1].lower()
    return listed


def _compared(root: Path, listed: Mapping[str, str], present: set[str]) -> Iterator[Difference]:
    for name, digest in sorted(listed.items()):
        if not (root / name).is_file():
            yield Difference(_inner(name), "missing", sentence("differences", "listed_not_here"))
        elif sha256(root / name) != digest:
            yield Difference(_inner(name), "changed", sentence("differences", "other_content"))
    for name in sorted(present - listed.keys()):
        yield Difference(_inner(name), "added", sentence("differences", "here_not_listed"))


def _inner(name: str) -> str:
    return name.removeprefix("data/")
