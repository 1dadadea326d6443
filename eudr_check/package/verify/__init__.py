"""A finished package checked with nothing but itself.

Everything that can be made of the tables inside is made once more with the writer's own functions and compared. Whoever
rewrites the tables together with all that is made of them leaves no trace here: that takes a signature on the ZIP, and
`only_a_signature` says of what.
"""

import json
import sqlite3
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from shapely.errors import ShapelyError

from eudr_check.errors import EudrCheckError, PackageError
from eudr_check.package.bag.bagit import MANIFEST
from eudr_check.package.bag.unpack import opened
from eudr_check.package.verify import (
    animals,
    contents,
    deliveries,
    derived,
    documents,
    geopackage,
    hashes,
    outcomes,
    outer,
    splits,
    statements,
    tables,
)
from eudr_check.package.verify.contents import Contents
from eudr_check.package.verify.difference import Difference
from eudr_check.package.verify.outcomes import Recorded, Stages
from eudr_check.text import Sentence, replaced, sentence, worded

__all__ = ["Difference", "Recorded", "Stages", "only_a_signature", "verify"]

_ONLY = (
    "tables",
    "facts",
    "settings",
    "lots",
    "reviews",
    "answers",
    "definitions",
    "report",
    "pictures",
    "pages",
    "alone",
    "version",
)

MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, EudrCheckError, LookupError, OSError, RecursionError, TypeError,
    ValueError, ShapelyError, pa.ArrowException, sqlite3.Error,
)  # fmt: skip
"""Errors that recomputing a package ends with where its files are malformed."""


def only_a_signature() -> tuple[Sentence, ...]:
    """What a package cannot prove of itself, whatever is recomputed."""
    return tuple(sentence("verify", f"only_{one}") for one in _ONLY)


def verify(path: Path, *, stages: Stages | None = None) -> list[Difference]:
    """Everything that differs; an empty list is a package that holds what it says.

    Args:
        path: the ZIP, the unpacked bag, or the package folder.
        stages: recompute outcomes and know what is shipped; None leaves the outcomes as they stand.

    Raises:
        PackageError: no package, or one that is not safe to open.
    """
    found: list[Difference] = []
    if path.is_file():
        with opened(path) as top:
            found += [*outer.zip_bytes(path), *_opened(path, top, stages)]
    else:
        with opened(path) as top:
            found += _opened(path, top, stages)
    return sorted(set(found))


def _opened(path: Path, top: Path, stages: Stages | None) -> Iterator[Difference]:
    content = top / "data" if (top / "bagit.txt").is_file() else top
    if not (content / MANIFEST).is_file():
        raise PackageError(sentence("refusals", "no_package", file=str(path), manifest=MANIFEST))
    if content != top:
        yield from outer.bag_root(top)
        yield from hashes.bag(top)
    manifest = _manifest(content / MANIFEST)
    if isinstance(manifest, Difference):
        yield manifest
        return
    yield from hashes.files(content, manifest)
    inside = contents.read(content, manifest)
    if isinstance(inside, Difference):
        yield inside
        return
    yield from _content(inside, stages)
    if content == top:
        yield from _zips(inside)


def _content(inside: Contents, stages: Stages | None) -> Iterator[Difference]:
    """Every check by itself: a file that ends one of them keeps no other from being made."""
    planned, recorded = cache(partial(contents.planned, inside)), None
    checks: list[Callable[[], Iterable[Difference]]] = []
    if stages is not None:
        checks += [
            partial(check, inside, stages)
            for check in (outcomes.outcomes, outcomes.shipped, outcomes.meaning, documents.answers)
        ]
    try:
        recorded = documents.recorded(inside, stages)
    except EudrCheckError as error:
        yield Difference("legality/legality.csv", "document", replaced(worded(error), str(inside.root), "."))
    except MALFORMED as error:
        yield _unforeseen(error)
    checks.append(lambda: tables.check(inside))
    checks.append(lambda: splits.check(inside, None if stages is None else stages.uses))
    checks.append(lambda: animals.check(inside, None if stages is None else stages.animals))
    checks.append(lambda: deliveries.check(inside, None if stages is None else stages.lots))
    if inside.wants("eu_geojson") or inside.wants("statement"):
        checks.append(lambda: statements.check(inside, planned(), recorded))
    checks.append(lambda: derived.check(inside, planned()))
    checks.append(lambda: geopackage.check(inside))
    checks.append(lambda: documents.check(inside))
    for check in checks:
        try:
            yield from check()
        except MALFORMED as error:
            yield _unforeseen(error)


def _unforeseen(error: Exception) -> Difference:
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return Difference(
        MANIFEST, "not_recomputed", sentence("differences", "never_written", file=where.name, problem=said)
    )


def _manifest(path: Path) -> dict[str, Any] | Difference:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return Difference(MANIFEST, "unreadable", worded(error))
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), Mapping):
        return Difference(MANIFEST, "malformed", sentence("differences", "manifest_form"))
    return manifest


def _zips(inside: Contents) -> Iterator[Difference]:
    """The ZIP beside the files of a package folder holds the same files, and nothing around them."""
    for path in sorted(inside.root.glob("*.zip")):
        try:
            with opened(path) as top:
                yield from outer.zip_bytes(path)
                yield from outer.bag_root(top)
                yield from hashes.bag(top)
                yield from _same(path, top / "data", inside)
        except PackageError as error:
            yield Difference(path.name, "zip", replaced(worded(error), str(path), path.name))


def _same(path: Path, data: Path, inside: Contents) -> Iterator[Difference]:
    here = {*inside.manifest["files"], MANIFEST}
    there = {file.relative_to(data).as_posix() for file in data.rglob("*") if file.is_file()}
    for name in sorted(here ^ there):
        where = "only_in_folder" if name in here else "only_in_zip"
        yield Difference(path.name, "zip", sentence("differences", where, name=name))
    for name in sorted(here & there):
        if not (inside.root / name).is_file() or (data / name).read_bytes() != (inside.root / name).read_bytes():
            yield Difference(path.name, "zip", sentence("differences", "zip_unlike_folder", name=name))
