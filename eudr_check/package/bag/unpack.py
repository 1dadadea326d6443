"""Opening a package that came from somewhere else: nothing leaves the folder, nothing fills the disk."""

import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eudr_check.errors import PackageError
from eudr_check.files import is_safe_name
from eudr_check.text import sentence

MOST_FILES = 100_000
MOST_BYTES = 8 << 30
HARMLESS_BYTES = 256 << 20
"""Below it no ratio is a danger."""
MOST_RATIO = 200
"""Bytes out for a byte in; our tables reach about 60, a zip bomb 1,000 and more."""


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The top folder of a package: of a ZIP a copy that is removed again, of a folder the folder itself.

    Raises:
        PackageError: no package, a damaged ZIP, a path that leaves the package, or a zip bomb.
    """
    if path.is_dir():
        _refuse_links(path)
        yield path
        return
    if not path.is_file():
        raise PackageError(sentence("refusals", "package_absent", file=str(path)))
    with TemporaryDirectory() as scratch:
        _extract(path, Path(scratch))
        inside = sorted(Path(scratch).iterdir())
        yield inside[0] if len(inside) == 1 and inside[0].is_dir() else Path(scratch)


def _extract(path: Path, target: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            inside = any(entry.filename.endswith("MANIFEST.json") for entry in entries)
            if not inside and min((entry.header_offset for entry in entries), default=0) > 0:
                # Half a ZIP may end with a whole one that lies inside, a workbook for instance.
                raise zipfile.BadZipFile("its end is missing")
            _refuse_danger(path, entries)
            for entry in entries:
                place = target / entry.filename
                if entry.is_dir():
                    continue
                place.parent.mkdir(parents=True, exist_ok=True)
                # zipfile stops at the size the directory declares, so a lying entry cannot write more than was allowed.
                with archive.open(entry) as source, place.open("xb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackageError(sentence("refusals", "zip_damaged", file=str(path), problem=str(error))) from error
    except FileExistsError as error:
        raise PackageError(sentence("refusals", "zip_twice", file=str(path))) from error
    except OSError as error:
        raise PackageError(
            sentence("refusals", "zip_not_unpacked", file=str(path), problem=str(error.strerror))
        ) from error


def _refuse_danger(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    for entry in entries:
        if not is_safe_name(entry.filename):
            raise PackageError(sentence("refusals", "leads_out", file=str(path), name=entry.filename))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise PackageError(sentence("refusals", "link_inside", file=str(path), name=entry.filename))
    if len(set(names)) < len(names):
        raise PackageError(sentence("refusals", "zip_twice", file=str(path)))
    size, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    if len(entries) > MOST_FILES or size > MOST_BYTES or (size > HARMLESS_BYTES and size > MOST_RATIO * packed):
        stated = f"{len(entries)} files, {size / 1e9:.1f} GB from {packed / 1e6:.1f} MB"
        raise PackageError(sentence("refusals", "zip_bomb", file=str(path), stated=stated))


def _refuse_links(folder: Path) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_symlink():
            raise PackageError(sentence("refusals", "is_link", file=str(file)))
