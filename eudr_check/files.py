"""Files on this machine: what they hold, named by its SHA-256, and which names stay where they belong."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

HASHED_BYTES = 1 << 24
SIDECARS = {".shp": (".shx", ".dbf", ".prj", ".cpg"), ".gpkg": (".gpkg-wal",)}
"""Files that GDAL reads with another of the same stem; rows of an open GeoPackage may stand in its log only."""


@dataclass(frozen=True)
class Attachment:
    """A file from outside that belongs into the package."""

    name: str
    """Path within the package."""
    file: Path
    sha256: str | None = None
    """What it must be, where somebody signed off on it or read it before."""
    content: bytes | None = None
    """What goes in instead of the file: the part of it that concerns a package."""


def sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits, read in blocks.

    Raises:
        OSError: it cannot be read.
    """
    total = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        # Large ones: after each, this thread waits until the others let it go on.
        while block := stream.read(HASHED_BYTES):
            total.update(block)
    return total.hexdigest()


def has_sha256(path: Path, expected: str) -> bool:
    """Whether a file is there and holds what it should."""
    return path.is_file() and sha256(path) == expected


def hashes(path: Path) -> dict[str, str]:
    """SHA-256 of every file that is read for one a harvest names.

    Returns:
        By path below a folder, and by ending for a file and those beside it; empty where nothing is there.
    """
    if path.is_dir():
        return {
            member.relative_to(path).as_posix(): sha256(member)
            for member in sorted(path.rglob("*"))
            if member.is_file()
        }
    return {one.suffix: sha256(one) for one in members(path) if one.is_file()}


def members(path: Path) -> list[Path]:
    """A file with its sidecars, sorted; the file itself whether it is there or not."""
    endings = SIDECARS.get(path.suffix.lower(), ())
    sidecars = [
        other
        for other in (path.parent.iterdir() if endings and path.is_file() else ())
        # GDAL finds PLOTS.DBF beside plots.shp as well.
        if other.stem.casefold() == path.stem.casefold() and other.suffix.lower() in endings
    ]
    return sorted([path, *sidecars])


def is_safe_name(name: str) -> bool:
    """Whether a path in an archive, a manifest or a table stays in the folder it is relative to.

    >>> is_safe_name("reviews/photo 1.jpg"), is_safe_name("../photo.jpg"), is_safe_name("C:photo.jpg")
    (True, False, False)
    """
    parts = PurePosixPath(name).parts
    return bool(parts) and not (
        name.startswith(("/", "~")) or "\\" in name or "\x00" in name or ":" in parts[0] or ".." in parts
    )


def leads_outside(folder: Path, name: str) -> bool:
    """Whether a file that is named relative to a folder lies outside of it, also by a link to somewhere else.

    >>> leads_outside(Path("documents"), "photo.jpg"), leads_outside(Path("documents"), "../photo.jpg")
    (False, True)
    """
    # `realpath` takes links that lead in circles as they are; `Path.resolve` fails on them.
    return not Path(os.path.realpath(folder / name)).is_relative_to(os.path.realpath(folder))
