"""Which reader a file needs: its first bytes tell, not its name.

A KMZ called .kml is read, and GDAL is never handed a file it could take for something that points elsewhere (a VRT, a
connection string).
"""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eudr_check.config import PlotFile
from eudr_check.plots.read import (
    archive,
    csv,
    flatgeobuf,
    geodatabase,
    geopackage,
    jsonfile,
    kml,
    members,
    ods,
    parquet,
    shapefile,
    sheets,
    xlsx,
)
from eudr_check.plots.read.archive import Limits
from eudr_check.plots.read.raw_table import Delivery, UnreadableError
from eudr_check.plots.thresholds import threshold

_SQLITE, _ZIP, _PARQUET, _FLATGEOBUF = b"SQLite format 3\x00", b"PK", b"PAR1", b"fgb"
_SHAPEFILE, _OLD_OFFICE, _PDF = b"\x00\x00\x27\x0a", b"\xd0\xcf\x11\xe0", b"%PDF"
_VECTOR = ((_SQLITE, geopackage.read), (_SHAPEFILE, shapefile.read), (_FLATGEOBUF, flatgeobuf.read))
_TABLES = (".csv", ".tsv", ".txt", ".psv")
_TEXT_SHARE = 4
_LONGEST = 300


def read(file: PlotFile) -> Delivery:
    """The rows of one file or folder.

    Raises:
        UnreadableError: the file as a whole cannot be read; says why by a code.
    """
    try:
        delivery = _read(file.path, file, Limits())
    except MemoryError as error:
        raise UnreadableError("file_too_large", problem="memory") from error
    except OSError as error:
        problem = str(error.strerror or error)
        raise UnreadableError("file_unreadable", problem=_without_paths(problem, file)) from error
    except UnreadableError as error:
        raise UnreadableError(error.code, **_clean(error.details, file)) from error
    for note in delivery.notes:
        note.details = _clean(note.details, file)
    for fault in delivery.faults:
        fault.details = _clean(fault.details, file)
    return delivery


def _clean(details: Mapping[str, object], file: PlotFile) -> dict[str, Any]:
    return {name: _without_paths(value, file) if isinstance(value, str) else value for name, value in details.items()}


def _without_paths(text: str, file: PlotFile) -> str:
    """A text of a library without this machine's folders: no table holds them."""
    temporary = re.escape(tempfile.gettempdir()) + r"/tmp[^/\s]+/"
    for root in {str(file.path), str(file.path.resolve())}:
        text = text.replace(f"{root}/", "")
    for parent in {str(file.path.parent), str(file.path.parent.resolve())}:
        text = text.replace(f"{parent}/", "")
    return re.sub(temporary, "", text)[:_LONGEST]


def _read(path: Path, file: PlotFile, limits: Limits) -> Delivery:
    if not path.is_dir() and not path.is_file():
        raise UnreadableError("file_unreadable", problem="neither a file nor a folder")
    if path.is_dir():
        is_geodatabase = path.suffix.lower() == ".gdb"
        return geodatabase.read(path, file.table, file.encoding) if is_geodatabase else _members(path, file, limits)
    _guard(path)
    with path.open("rb") as stream:
        head = stream.read(64)
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise UnreadableError("file_empty")
    vector = next((reader for start, reader in _VECTOR if head.startswith(start)), None)
    if vector is not None:
        return vector(path, file.table, file.encoding)
    if head.startswith(_PARQUET):
        return parquet.read(path)
    if head.startswith(_ZIP):
        return _zip(path, file, limits)
    if head.startswith((_OLD_OFFICE, _PDF)):
        raise UnreadableError("file_unreadable", problem="old Excel, locked or PDF; XLSX or CSV expected")
    return _text(path, file, head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1], head)


def _text(path: Path, file: PlotFile, start: bytes, head: bytes) -> Delivery:
    if path.suffix.lower() in _TABLES:
        return csv.read(csv.text_of(path.read_bytes(), file.encoding))
    if start == b"<" or head.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        return kml.read(path.read_bytes())
    if start in (b"{", b"[", b"\x1e"):
        return jsonfile.read(csv.text_of(path.read_bytes(), file.encoding))
    raise UnreadableError("file_unreadable", problem=f"format of '{path.suffix or path.name}' not known")


def _members(folder: Path, file: PlotFile, limits: Limits) -> Delivery:
    return members.read(folder, file, limits, _read)


def _guard(path: Path) -> None:
    megabytes = path.stat().st_size / archive.BYTES_PER_MB
    with path.open("rb") as stream:
        binary = stream.read(4).startswith((_SQLITE[:4], _SHAPEFILE, _FLATGEOBUF, _PARQUET))
    if megabytes > threshold("file_max_mb") / (1 if binary else _TEXT_SHARE):
        raise UnreadableError("file_too_large", problem=f"{megabytes:.0f} MB")


def _zip(path: Path, file: PlotFile, limits: Limits) -> Delivery:
    with archive.opened(path) as opened:
        names = {name.replace("\\", "/") for name in opened.namelist()}
    if "xl/workbook.xml" in names or path.suffix.lower() == ".xlsx":
        return sheets.joined(xlsx.read(path), file)
    if "content.xml" in names or path.suffix.lower() == ".ods":
        return sheets.joined(ods.read(path), file)
    with archive.unpacked(path, limits) as folder, limits.deeper():
        return _members(folder, file, limits)
