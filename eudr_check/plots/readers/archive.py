"""Zip archives (KMZ, zipped shapefiles, spreadsheets are some too), opened without trusting them."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from eudr_check.plots.delivery import UnreadableError
from eudr_check.plots.thresholds import threshold

BYTES_PER_MB = 1_000_000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_CLUTTER = ("__MACOSX", ".DS_Store")


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
        raise UnreadableError("file_unreadable", problem=f"broken archive: {error}"[:200]) from error


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


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """Files of the archive in a temporary folder, sorted by their path; clutter of operating systems is left out.

    Raises:
        UnreadableError: as `opened`.
    """
    with TemporaryDirectory() as folder:
        files: list[Path] = []
        with opened(path) as archive:
            for member in archive.infolist():
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                if member.is_dir() or not parts or parts[0] in _CLUTTER or parts[-1].startswith("._"):
                    continue
                target = Path(folder).joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
                files.append(target)
        yield sorted(files)
