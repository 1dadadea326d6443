"""The files of a folder or archive: each is read, known to be no list of plots, or blocks by its name."""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from eudr_check.config import PlotFile
from eudr_check.plots.read import csv, geometry_columns
from eudr_check.plots.read.archive import Limits
from eudr_check.plots.read.raw_table import Delivery, Note, UnreadableError, empty
from eudr_check.plots.read.together import together

Reader = Callable[[Path, PlotFile, Limits], Delivery]

_CLUTTER = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini", ".qgis2", "mimetype")
_COMPANIONS = {
    ".shp": (
        *(".dbf", ".shx", ".prj", ".cpg", ".cst", ".sbn", ".sbx", ".qix", ".qpj", ".fix", ".ain", ".aih", ".atx"),
        *(".idm", ".ind", ".ixs", ".mxs", ".fbn", ".fbx", ".shp.xml", ".xml", ".shp.aux.xml", ".avl"),
    ),
    ".gpkg": (".gpkg-wal", ".gpkg-shm", ".gpkg-journal", ".gpkg.aux.xml", ".qmd", ".qml", ".sld"),
    ".geojson": (".qmd", ".qml", ".sld"),
    ".fgb": (".qmd", ".qml", ".sld"),
    ".csv": (".csvt", ".prj", ".qmd", ".qml"),
}
_STYLES = (".qmd", ".qml", ".sld", ".lyr")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"<svg")
_DOCUMENTS = (".mxd", ".aprx", ".qgz", ".qgs", ".pdf", ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx", ".odp", ".md")
_PROSE = ("readme", "leeme", "leame", "lisezmoi", "leiame", "license", "licence", "licencia", "licenca", "metadata")
_TEXT_SUFFIXES = (".txt", ".htm", ".html", ".xml")
_HEAD_BYTES = 65_536
_MARKS_OF_PLACES = {b"{": b'"coordinates"', b"[": b'"coordinates"', b"<": b"<coordinates"}
_PAGES = (b"<!doctype html", b"<html", b"<metadata", b"<?xml", b"<gmd:", b"<qgis", b"<pamdataset")


@dataclass
class _Found:
    """What became of the files."""

    parts: list[Delivery] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    """Entries that are no files to be read, and why."""


def read(folder: Path, file: PlotFile, limits: Limits, reader: Reader) -> Delivery:
    """All plot files of a folder, one after the other, in the order of their paths.

    Raises:
        UnreadableError: none holds a plot, or there is no such table; the only one cannot be read.
    """
    paths = _units(folder)
    names = {path: path.relative_to(folder).as_posix() for path in paths}
    companions = {path for path in paths if _is_companion(path, paths)}
    found = _Found(closed=_closed(folder))
    chosen = []
    for path in paths:
        if _holds_list(path):
            chosen.append(path)
        elif path in companions or _is_clutter(names[path]) or _is_picture(path):
            found.ignored.append(names[path])
        elif path.suffix.lower() in _DOCUMENTS or _is_prose(path):
            found.skipped.append(names[path])
        else:
            chosen.append(path)
    wanted = [path for path in chosen if file.table in (path.stem, path.name)]
    inner = file.model_copy(update={"table": None})
    if len(chosen) == 1:
        found.parts.append(_only(chosen[0], names[chosen[0]], inner if wanted else file, limits, reader))
    elif file.table is not None and not wanted:
        raise UnreadableError("table_missing", table=file.table, known=", ".join(path.stem for path in chosen))
    else:
        for path in wanted or chosen:
            _take(path, names[path], inner, limits, reader, found)
    if not found.parts:
        raise UnreadableError("file_empty")
    return _joined(found, inner, [names[path] for path in chosen if wanted and path not in wanted])


def _only(path: Path, name: str, file: PlotFile, limits: Limits, reader: Reader) -> Delivery:
    try:
        return reader(path, file, limits)
    except UnreadableError as error:
        if "problem" in error.details:
            error.details["problem"] = f"{name}: {error.details['problem']}"
        raise


def _take(path: Path, name: str, file: PlotFile, limits: Limits, reader: Reader, found: _Found) -> None:
    try:
        part = reader(path, file, limits)
    except UnreadableError as error:
        problem = str(error.details.get("problem", "no plot in it" if error.code == "file_empty" else error.code))
        found.parts.append(empty([Note("member_unread", {"member": name, "problem": problem})]))
        return
    if path.suffix.lower() in _TEXT_SUFFIXES and not geometry_columns.gives_place(part, file.columns):
        note = Note("member_unread", {"member": name, "problem": "no column of coordinates in it"})
        found.parts.append(empty([note]))
        return
    if not len(part):
        part.notes.append(Note("member_unread", {"member": name, "problem": "no plot in it"}))
    found.taken.append(name)
    found.parts.append(part.placed_in(name))


def _joined(found: _Found, file: PlotFile, left: list[str]) -> Delivery:
    delivery = together(found.parts, file)
    delivery.files_from = [0, *itertools.accumulate(len(part) for part in found.parts[:-1])]
    delivery.notes.extend(Note("member_unread", {"member": name, "problem": what}) for name, what in found.closed)
    delivery.notes.extend(Note("member_ignored", {"member": name}) for name in [*found.skipped, *left])
    if found.ignored:
        delivery.notes.append(Note("members_companions", {"members": ", ".join(found.ignored)}))
    if len(found.taken) > 1:
        delivery.notes.append(Note("tables_joined", {"tables": ", ".join(found.taken)}))
    return delivery


def _units(folder: Path) -> list[Path]:
    """Every file, sorted by path; a file geodatabase, which is a folder, counts as one."""
    units: set[Path] = set()
    for path in folder.rglob("*"):
        above = [parent for parent in path.relative_to(folder).parents if parent.suffix.lower() == ".gdb"]
        if above:
            units.add(folder / above[-1])
        elif path.is_file():
            units.add(path)
    return sorted(units)


def _closed(folder: Path) -> list[tuple[str, str]]:
    """What stands in a folder and cannot be read or is not followed: path below it, and why."""
    found: list[tuple[str, str]] = []
    for where, folders, names in os.walk(
        folder, onerror=lambda error: found.append((str(error.filename), "no access"))
    ):
        for name in [*folders, *names]:
            path = Path(where, name)
            if path.is_dir() and path.is_symlink():
                found.append((str(path), "a link to a folder; copy the folder itself"))
            elif not path.is_dir() and not path.is_file():
                found.append((str(path), "a link that leads nowhere" if path.is_symlink() else "no file"))
    return sorted((Path(name).relative_to(folder).as_posix(), what) for name, what in found)


def _is_clutter(name: str) -> bool:
    parts = name.lower().split("/")
    return any(part in _CLUTTER or part.startswith("._") for part in parts)


def _is_companion(path: Path, paths: list[Path]) -> bool:
    """Whether a file only serves a plot file beside it, as a .dbf serves its .shp."""
    name = path.name.lower()
    if name.endswith(_STYLES):
        return True
    return any(
        other.parent == path.parent and name == other.stem.lower() + ending
        for other in paths
        for ending in _COMPANIONS.get(other.suffix.lower(), ())
    )


def _holds_list(path: Path) -> bool:
    """Whether a file holds a list of plots as text, whatever it is called: a name makes no list harmless."""
    if path.is_dir():
        return False
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    mark = _MARKS_OF_PLACES.get(head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1])
    if mark is not None:
        return mark in head
    if not head.strip() or (b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))):
        return False
    try:
        part = csv.read(csv.text_of(head, None))
    except UnreadableError:
        return False
    return len(part) > 0 and geometry_columns.gives_place(part, {})


def _is_picture(path: Path) -> bool:
    if path.is_dir():
        return False
    with path.open("rb") as stream:
        head = stream.read(512)
    return head.startswith(_PICTURES) or b"<svg" in head


def _is_prose(path: Path) -> bool:
    """Text about the data: a page to be read, or a file called so; a page with a table may be the list itself."""
    if path.is_dir() or path.suffix.lower() not in _TEXT_SUFFIXES:
        return False
    content = path.read_bytes().lower()
    if content.lstrip().startswith(_PAGES):
        return not any(mark in content for mark in (b"<table", b"placemark", b"<coordinates", b"<trkpt", b"<wpt"))
    return path.stem.lower().startswith(_PROSE)
