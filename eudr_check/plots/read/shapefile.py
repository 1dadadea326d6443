"""Shapefile: shapes, index and attributes are counted each on its own; where they differ, a mended copy is read."""

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyogrio
from pyogrio.errors import CRSError

from eudr_check.plots.read import code_pages, vector
from eudr_check.plots.read.raw_table import Delivery, Fault, Note, UnreadableError

_HEADER, _RECORD_HEADER = 100, 8
_NULL_SHAPE = struct.pack("<i", 0)


@dataclass
class _Shapes:
    """Records of a .shp in the order they are stored."""

    records: list[bytes]
    numbers: list[int]
    starts: list[int]
    """First byte of each."""
    whole: bool
    """Whether the file ends where its last record does, and where its header says."""

    @property
    def live(self) -> int:
        """Shapes; a number that comes again replaced an earlier record."""
        distinct = len(set(self.numbers))
        return (
            distinct if self.numbers and min(self.numbers) >= 1 and max(self.numbers) == distinct else len(self.records)
        )


@dataclass
class _Table:
    """What a .dbf holds."""

    header: bytes
    said: int
    """Records its header says."""
    records: list[bytes]
    whole: bool

    @property
    def deleted(self) -> int:
        """Records marked as deleted."""
        return sum(record[:1] == b"*" for record in self.records)


def read(path: Path, table: str | None, encoding: str | None) -> Delivery:
    """One delivery; what .shp, .shx and .dbf do not agree on is a finding, and everything that is there is read.

    Raises:
        UnreadableError: no shapefile.
    """
    beside = {other.suffix.lower(): other for other in sorted(path.parent.iterdir()) if _belongs(other, path)}
    try:
        shapes = _shapes(path.read_bytes())
        index = _index(beside[".shx"].read_bytes()) if ".shx" in beside else None
        crossed = {} if index is None else _crossed(shapes, index)
        attributes = _table(beside[".dbf"].read_bytes()) if ".dbf" in beside else None
    except (struct.error, ValueError) as error:
        raise UnreadableError("file_unreadable", problem="the shapefile or its .dbf is damaged") from error
    counts = _counts(shapes, index, attributes)
    removed = {row for row, record in enumerate(attributes.records) if record[:1] == b"*"} if attributes else set()
    page = code_pages.of_shapefile(beside, encoding)
    is_cut = not shapes.whole or (attributes is not None and not attributes.whole)
    differ = len(set(counts.values())) > 1 or is_cut
    count = max(*counts.values(), shapes.live + (not shapes.whole))
    with TemporaryDirectory() as folder:
        # A copy has the names GDAL looks for, whatever case the delivered ones are in, and nothing is written beside.
        copy = Path(folder) / f"{path.stem}.shp"
        if differ:
            _write_mended(copy, shapes, attributes, count)
        else:
            _copy(path, beside, copy)
        if ".prj" in beside:
            shutil.copyfile(beside[".prj"], copy.with_suffix(".prj"))
        deleted = attributes.deleted if attributes is not None else 0
        source = vector.Source(copy, ("ESRI Shapefile",), "ISO-8859-1", recode=page.recode)
        source.counts = {path.stem: count - deleted}
        try:
            delivery = vector.read(source, table)
        except CRSError:
            copy.with_suffix(".prj").unlink()
            source.crs = vector.UNREADABLE_CRS
            delivery = vector.read(source, table)
    if attributes is not None:
        code_pages.restore_long_numbers(delivery, attributes.header, attributes.records)
    if not differ:
        live = [row for row in range(count) if row not in removed]
        delivery.faults.extend(
            Fault(place, "row_unreadable", {"problem": f"the index gives it the shape of row {crossed[row]}"})
            for place, row in enumerate(live)
            if row in crossed
        )
    if differ:
        said = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
        delivery.notes.append(Note("count_differs", {"counts": f"{said}, cut" if is_cut else said}))
    if deleted:
        delivery.notes.append(Note("rows_deleted", {"rows": deleted}))
    if page.doubtful:
        delivery.notes.append(Note("encoding_guessed", {"encoding": page.name}))
    return delivery


def _belongs(other: Path, path: Path) -> bool:
    return other.stem.lower() == path.stem.lower() and other.is_file() and other != path


def _counts(shapes: _Shapes, index: list[int] | None, attributes: _Table | None) -> dict[str, int]:
    """Rows by every way of counting them."""
    counts = {".shp": shapes.live}
    if index is not None:
        counts[".shx"] = len(index)
    if attributes is not None:
        counts[".dbf"] = len(attributes.records)
        counts[".dbf header"] = attributes.said
    return counts


def _shapes(content: bytes) -> _Shapes:
    (words,) = struct.unpack_from(">i", content, 24)
    records: list[bytes] = []
    numbers: list[int] = []
    starts: list[int] = []
    at = _HEADER
    while at + _RECORD_HEADER <= len(content):
        number, size = struct.unpack_from(">ii", content, at)
        end = at + _RECORD_HEADER + 2 * size
        if size < 2 or end > len(content):
            break
        records.append(content[at + _RECORD_HEADER : end])
        numbers.append(number)
        starts.append(at)
        at = end
    return _Shapes(records, numbers, starts, at == len(content) and (words * 2 == len(content) or words <= 0))


def _index(content: bytes) -> list[int]:
    """First byte of each shape, as the index says."""
    count = max(len(content) - _HEADER, 0) // _RECORD_HEADER
    return [2 * struct.unpack_from(">i", content, _HEADER + _RECORD_HEADER * row)[0] for row in range(count)]


def _crossed(shapes: _Shapes, index: list[int]) -> dict[int, int | None]:
    """Rows to which the index gives the shape that carries the number of another row: row, that number."""
    if not shapes.numbers or min(shapes.numbers) < 1 or max(shapes.numbers) != len(set(shapes.numbers)):
        return {}  # some programs number nothing
    at = dict(zip(shapes.starts, shapes.numbers, strict=True))
    return {row: at.get(start) for row, start in enumerate(index) if at.get(start) != row + 1}


def _table(content: bytes) -> _Table:
    said, header, size = struct.unpack_from("<IHH", content, 4)
    if size < 1 or header < 33:
        raise ValueError("no table")
    body = content[header:]
    records: list[bytes] = []
    for at in range(0, len(body) - size + 1, size):
        if body[at : at + 1] not in (b" ", b"*"):
            break
        records.append(body[at : at + size])
    rest = body[len(records) * size :]
    return _Table(content[:header], said, records, rest[:1] in (b"", b"\x1a", b"\x00"))


def _copy(path: Path, beside: dict[str, Path], copy: Path) -> None:
    for source, ending in ((path, ".shp"), (beside.get(".shx"), ".shx"), (beside.get(".dbf"), ".dbf")):
        if source is not None:
            copy.with_suffix(ending).symlink_to(source)
    if ".shx" not in beside:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        copy.unlink()
        shutil.copyfile(path, copy)


def _write_mended(copy: Path, shapes: _Shapes, attributes: _Table | None, count: int) -> None:
    """Files that agree: a row without a shape has none, one without attributes has no cell."""
    bodies = shapes.records if shapes.live == len(shapes.records) else _latest(shapes)
    bodies = [*bodies, *[_NULL_SHAPE] * (count - len(bodies))]
    head = bytearray(_header_of(shapes))
    main, index, at = bytearray(), bytearray(), _HEADER
    for number, body in enumerate(bodies, start=1):
        index += struct.pack(">ii", at // 2, len(body) // 2)
        main += struct.pack(">ii", number, len(body) // 2) + body
        at += _RECORD_HEADER + len(body)
    for ending, content in ((".shp", main), (".shx", index)):
        head[24:28] = struct.pack(">i", (_HEADER + len(content)) // 2)
        copy.with_suffix(ending).write_bytes(bytes(head) + bytes(content))
    if attributes is not None:
        (size,) = struct.unpack_from("<H", attributes.header, 10)
        records = [*attributes.records, *[b" " * size] * (count - len(attributes.records))]
        header = attributes.header[:4] + struct.pack("<I", len(records)) + attributes.header[8:]
        copy.with_suffix(".dbf").write_bytes(header + b"".join(records) + b"\x1a")


def _latest(shapes: _Shapes) -> list[bytes]:
    newest = dict(zip(shapes.numbers, shapes.records, strict=True))
    return [newest[number] for number in sorted(newest)]


def _header_of(shapes: _Shapes) -> bytes:
    """Header of the mended files: type of the first shape, bounds wide enough for all."""
    kind = next((struct.unpack_from("<i", body)[0] for body in shapes.records if body[:4] != _NULL_SHAPE), 0)
    bounds = struct.pack("<8d", -1e12, -1e12, 1e12, 1e12, 0, 0, 0, 0)
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 0) + struct.pack("<2i", 1000, kind) + bounds
