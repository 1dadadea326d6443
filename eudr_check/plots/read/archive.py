"""Zip archives (KMZ, zipped shapefiles, spreadsheets are some too), opened without trusting them."""

import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from eudr_check.plots.read.raw_table import UnreadableError
from eudr_check.plots.thresholds import threshold

BYTES_PER_MB = 1_000_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, struct.error)
_FILE_BEGINS = b"PK\x03\x04"
_NAME_AND_EXTRA = 26
"""Where a local file header says how long the name and the extra field behind it are (ZIP specification, 4.3.7)."""


@dataclass
class Limits:
    """What archives within one delivery may still unpack to, all levels together."""

    megabytes: float = field(default_factory=lambda: float(threshold("archive_max_mb")))
    files: int = field(default_factory=lambda: int(threshold("archive_max_files")))
    depth: int = 0

    def take(self, found: list[zipfile.ZipInfo]) -> None:
        """Count the members of one more archive.

        Raises:
            UnreadableError: too many, too large or too deep.
        """
        if self.depth > threshold("archive_max_depth"):
            raise UnreadableError("file_too_large", problem=f"archives within archives, {self.depth} deep")
        self.megabytes -= sum(member.file_size for member in found) / BYTES_PER_MB
        self.files -= len(found)
        if self.megabytes < 0:
            raise UnreadableError("file_too_large", problem=f"over {threshold('archive_max_mb')} MB unpacked")
        if self.files < 0:
            raise UnreadableError("file_too_large", problem=f"over {threshold('archive_max_files')} files unpacked")

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One archive further in."""
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, after a look at its directory.

    Raises:
        UnreadableError: broken, locked by a password, too large unpacked, or with a path that leaves the archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _guard(archive.infolist())
            yield archive
    except RuntimeError as error:
        raise UnreadableError("file_unreadable", problem="archive locked by a password") from error
    except BROKEN as error:
        raise UnreadableError("file_unreadable", problem=f"broken archive: {error}") from error


def _guard(members: list[zipfile.ZipInfo]) -> None:
    # zipfile never inflates a member beyond the size its directory declares, so declared sizes are a safe bound.
    megabytes = sum(member.file_size for member in members) / BYTES_PER_MB
    if megabytes > threshold("archive_max_mb"):
        raise UnreadableError("file_too_large", problem=f"{megabytes:.0f} MB unpacked")
    if len(members) > threshold("archive_max_files"):
        raise UnreadableError("file_too_large", problem=f"{len(members)} files in the archive")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in member.filename:
            raise UnreadableError("file_unsafe", problem=f"path leaves the archive: {member.filename[:80]}")


def _refuse_unlisted(path: Path, archive: zipfile.ZipFile) -> None:
    """Files that lie in the archive and not in its directory: of an archive written before it, or of an older state.

    Raises:
        UnreadableError: there are some; nobody can say whether they are meant.
    """
    with path.open("rb") as stream:
        end = 0
        for member in [*sorted(archive.infolist(), key=lambda one: one.header_offset), None]:
            begins = archive.start_dir if member is None else member.header_offset
            stream.seek(end)
            if begins > end and _FILE_BEGINS in stream.read(begins - end):
                problem = "the archive holds files that its directory does not list; zip the files again"
                raise UnreadableError("file_unreadable", problem=problem)
            if member is not None:
                stream.seek(begins + _NAME_AND_EXTRA)
                name, extra = struct.unpack("<2H", stream.read(4))
                end = max(end, begins + _NAME_AND_EXTRA + 4 + name + extra + member.compress_size)


@contextmanager
def unpacked(path: Path, limits: Limits) -> Iterator[Path]:
    """A temporary folder with every file of the archive.

    Two members of one name (in whatever case, or written with the other slash) are both kept: the second one under
    `#2/`, and so on.

    Raises:
        UnreadableError: as `opened`, an archive within archives beyond the bounds, or files its directory leaves out.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        taken: Counter[str] = Counter()
        with opened(path) as archive:
            limits.take(archive.infolist())
            _refuse_unlisted(path, archive)
            for member in archive.infolist():
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                if member.filename.endswith(("/", "\\")) or not parts:
                    continue
                key = unicodedata.normalize("NFC", "/".join(parts)).casefold()
                taken[key] += 1
                root = folder if taken[key] == 1 else folder / f"#{taken[key]}"
                target = root.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
        yield folder
