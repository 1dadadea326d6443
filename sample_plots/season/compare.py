"""Whether two folders hold the same season: byte by byte, but archives by their members and GeoPackages by content.

The bytes of a GeoPackage hold the version of SQLite, those of a zip file depend on the build of zlib.
"""

import zipfile
from pathlib import Path

import pyogrio

CODE = ("season", "make.py", "__pycache__")
ARCHIVES = (".zip", ".kmz", ".xlsx", ".ods")


def folders(known: Path, made: Path) -> list[str]:
    """Differences in words, one per file; empty when there are none."""
    left, right = _files(known), _files(made)
    differences = [f"{name}: committed, but the script does not make it" for name in sorted(left - right)]
    differences += [f"{name}: made, but not committed" for name in sorted(right - left)]
    differences += [f"{name}: differs" for name in sorted(left & right) if not _same(known / name, made / name)]
    return differences


def _files(folder: Path) -> set[str]:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if name.split("/")[0] not in CODE and "__pycache__" not in name}


def _same(known: Path, made: Path) -> bool:
    if known.read_bytes() == made.read_bytes():
        return True
    if known.suffix in ARCHIVES:
        return _members(known) == _members(made)
    if known.suffix == ".gpkg":
        return bool(pyogrio.read_dataframe(known).equals(pyogrio.read_dataframe(made)))
    return False


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
