"""One interface to every format a cooperative sends.

The format is told by the first bytes, not by the name: a KMZ called .kml is read, and GDAL is never handed a file it
could take for something that points elsewhere (a VRT, a connection string).
"""

import sqlite3
from pathlib import Path

from eudr_check.config import PlotFile
from eudr_check.plots import columns, placement
from eudr_check.plots.delivery import Delivery, Note, UnreadableError, empty, joined
from eudr_check.plots.readers import archive, csv, geojson, kml, parquet, records, vector, workbook
from eudr_check.plots.thresholds import threshold

_SQLITE, _ZIP, _PARQUET, _FLATGEOBUF = b"SQLite format 3\x00", b"PK", b"PAR1", b"fgb"
_SHAPEFILE, _OLD_OFFICE, _PDF = b"\x00\x00\x27\x0a", b"\xd0\xcf\x11\xe0", b"%PDF"
_TABLES = (".csv", ".tsv", ".txt", ".psv")
_MEMBERS = (
    ".shp",
    ".gpkg",
    ".fgb",
    ".kml",
    ".geojson",
    ".json",
    ".geojsonl",
    ".ndjson",
    ".csv",
    ".tsv",
    ".xlsx",
    ".ods",
)
_SIDECARS = (
    ".dbf",
    ".shx",
    ".prj",
    ".cpg",
    ".sbn",
    ".sbx",
    ".qix",
    ".qpj",
    ".fix",
    ".xml",
    ".qmd",
    ".qml",
    ".sld",
    ".lyr",
)
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".htm", ".html", ".md", ".txt")
_TEXT_SHARE = 4


def read(file: PlotFile) -> Delivery:
    """The rows of one file or folder.

    Raises:
        UnreadableError: the file as a whole cannot be read; says why by a code.
    """
    if not file.path.exists():
        raise UnreadableError("file_missing")
    try:
        return _read(file.path, file)
    except MemoryError as error:
        raise UnreadableError("file_too_large", problem="memory") from error
    except OSError as error:
        raise UnreadableError("file_unreadable", problem=str(error.strerror or error)[:120]) from error


def _read(path: Path, file: PlotFile) -> Delivery:
    if path.is_dir():
        return _folder(path, file)
    _guard(path)
    with path.open("rb") as stream:
        head = stream.read(64)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if not start:
        raise UnreadableError("file_empty")
    if head.startswith(_SQLITE):
        _refuse_virtual_tables(path)
        return vector.read(path, file.table, file.encoding)
    if head.startswith((_SHAPEFILE, _FLATGEOBUF)):
        return vector.read(path, file.table, file.encoding)
    if head.startswith(_PARQUET):
        return parquet.read(path)
    if head.startswith(_ZIP):
        return _zip(path, file)
    if head.startswith((_OLD_OFFICE, _PDF)):
        raise UnreadableError("file_unreadable", problem="old Excel, locked or PDF; XLSX or CSV expected")
    if path.suffix.lower() in _TABLES:
        return csv.read(csv.text_of(path.read_bytes(), file.encoding))
    if start == b"<" or head.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        return kml.read(path.read_bytes())
    if start in (b"{", b"[", b"\x1e"):
        return _json(csv.text_of(path.read_bytes(), file.encoding))
    raise UnreadableError("file_unreadable", problem=f"format of '{path.suffix or path.name}' not known")


def _guard(path: Path) -> None:
    megabytes = path.stat().st_size / archive.BYTES_PER_MB
    with path.open("rb") as stream:
        binary = stream.read(4).startswith((_SQLITE[:4], _SHAPEFILE, _FLATGEOBUF, _PARQUET))
    if megabytes > threshold("file_max_mb") / (1 if binary else _TEXT_SHARE):
        raise UnreadableError("file_too_large", problem=f"{megabytes:.0f} MB")


def _refuse_virtual_tables(path: Path) -> None:
    """A SQLite file may hold tables that open other files; no GeoPackage needs any but its indexes."""
    try:
        with sqlite3.connect(f"file:{path.resolve().as_posix()}?mode=ro&immutable=1", uri=True) as database:
            found = database.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise UnreadableError("file_unreadable", problem=f"SQLite: {error}") from error
    for (sql,) in found:
        if " USING RTREE" not in str(sql).upper() and " USING FTS" not in str(sql).upper():
            raise UnreadableError("file_unsafe", problem="virtual table")


def _folder(path: Path, file: PlotFile) -> Delivery:
    if path.suffix.lower() == ".gdb":
        return vector.read(path, file.table, file.encoding)
    return _members(sorted(member for member in path.rglob("*") if member.is_file()), path, file)


def _zip(path: Path, file: PlotFile) -> Delivery:
    with archive.opened(path) as opened:
        names = set(opened.namelist())
    if "xl/workbook.xml" in names or path.suffix.lower() == ".xlsx":
        return _sheets(workbook.xlsx(path), file)
    if "content.xml" in names or path.suffix.lower() == ".ods":
        return _sheets(workbook.ods(path), file)
    with archive.unpacked(path) as members:
        return _members(members, Path(), file)


def _members(members: list[Path], root: Path, file: PlotFile) -> Delivery:
    """All plot files of a folder or archive, one after the other."""
    chosen = [member for member in members if member.suffix.lower() in _MEMBERS]
    parts: list[Delivery] = []
    taken: list[str] = []
    for member in chosen:
        if file.table is not None and file.table not in (member.stem, member.name) and len(chosen) > 1:
            continue
        try:
            part = _read(member, file.model_copy(update={"table": None}) if len(chosen) > 1 else file)
        except UnreadableError as error:
            if len(chosen) == 1:
                raise
            parts.append(_unread(error))
            continue
        taken.append(member.name)
        parts.append(part)
    ignored = [
        Note("member_ignored", {"member": member.name[:100]})
        for member in members
        if member.suffix.lower() not in (*_MEMBERS, *_SIDECARS, *_PICTURES)
    ]
    if not parts:
        raise UnreadableError("file_empty" if file.table is None else "table_missing", **_known(file, chosen))
    delivery = joined(parts)
    delivery.notes.extend(ignored)
    if len(taken) > 1:
        delivery.notes.append(Note("tables_joined", {"tables": ", ".join(taken)[:300]}))
    return delivery


def _known(file: PlotFile, chosen: list[Path]) -> dict[str, str]:
    if file.table is None:
        return {}
    return {"table": file.table, "known": ", ".join(member.stem for member in chosen)[:300]}


def _unread(error: UnreadableError) -> Delivery:
    """A member that cannot be read, as a delivery without rows that says so."""
    return empty([Note(error.code, error.details)])


def _sheets(sheets: workbook.Sheets, file: PlotFile) -> Delivery:
    """The sheets that have coordinates, or the one named."""
    if file.table is not None:
        if file.table not in sheets:
            raise UnreadableError("table_missing", table=file.table, known=", ".join(sheets)[:300])
        return csv.table(sheets[file.table])
    parts: dict[str, Delivery] = {}
    for name, cells in sheets.items():
        try:
            parts[name] = csv.table(cells)
        except UnreadableError:
            continue
    if not parts:
        raise UnreadableError("file_empty")
    placed = {name: part for name, part in parts.items() if _has_place(part, file)}
    chosen = placed or dict([next(iter(parts.items()))])
    delivery = joined(list(chosen.values()))
    for name, part in parts.items():
        if name not in chosen and len(part):
            delivery.notes.append(Note("table_ignored", {"table": name, "rows": len(part)}))
    if len(chosen) > 1:
        delivery.notes.append(Note("tables_joined", {"tables": ", ".join(chosen)}))
    return delivery


def _has_place(part: Delivery, file: PlotFile) -> bool:
    headers = [str(header) for header in part.attributes.columns]
    taken = columns.recognise(headers, {ours: theirs for ours, theirs in file.columns.items() if theirs in headers})
    return {"longitude", "latitude"} <= taken.keys() or bool(placement.geometry_headers(part.attributes, taken))


def _json(text: str) -> Delivery:
    try:
        content = geojson.decode(text)
    except UnreadableError:
        return geojson.read(text)
    found = None if geojson.is_geojson(content) else records.found_in(content)
    return geojson.read(text) if found is None else records.read(found)
