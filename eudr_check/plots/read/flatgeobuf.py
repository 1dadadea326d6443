"""FlatGeobuf: its features are counted by walking over them, for GDAL ends quietly where a file is cut."""

import struct
from pathlib import Path

from pyogrio.errors import CRSError

from eudr_check.plots.read import vector
from eudr_check.plots.read.raw_table import Delivery, Note, UnreadableError

_MAGIC, _NODE = 8, 40
_FEATURES_COUNT, _INDEX_NODE_SIZE = 8, 9
_DEFAULT_NODE_SIZE = 16


def read(path: Path, table: str | None, encoding: str | None) -> Delivery:
    """One delivery, with a finding where header, file and reader do not agree on the number of features.

    Raises:
        UnreadableError: no FlatGeobuf.
    """
    content = path.read_bytes()
    try:
        said, stored, whole = _counts(content)
    except struct.error as error:
        raise UnreadableError("file_unreadable", problem="the header is damaged") from error
    try:
        delivery = vector.read(vector.Source(path, ("FlatGeobuf",), encoding), table)
    except CRSError as error:
        raise UnreadableError("file_unreadable", problem="its coordinate reference system is damaged") from error
    counts = {"header": said or stored, "file": stored, "read": len(delivery)}
    if len(set(counts.values())) > 1 or not whole:
        counted = ", ".join(f"{name} {count}" for name, count in counts.items())
        delivery.notes.append(Note("count_differs", {"counts": counted if whole else f"{counted}, cut"}))
    return delivery


def _counts(content: bytes) -> tuple[int, int, bool]:
    """Features the header says (0: unknown), features stored, and whether the last one is whole."""
    (size,) = struct.unpack_from("<I", content, _MAGIC)
    header = _MAGIC + 4
    said = _field(content, header, _FEATURES_COUNT, "<Q", 0)
    node_size = _field(content, header, _INDEX_NODE_SIZE, "<H", _DEFAULT_NODE_SIZE)
    at = header + size + _index_size(said, node_size)
    stored = 0
    while at + 4 <= len(content):
        (length,) = struct.unpack_from("<I", content, at)
        if at + 4 + length > len(content):
            return said, stored, False
        at += 4 + length
        stored += 1
    return said, stored, at == len(content)


def _field(content: bytes, header: int, number: int, kind: str, default: int) -> int:
    """A number of a FlatBuffers table."""
    table = header + struct.unpack_from("<I", content, header)[0]
    fields = table - struct.unpack_from("<i", content, table)[0]
    (size,) = struct.unpack_from("<H", content, fields)
    slot = 4 + 2 * number
    offset = struct.unpack_from("<H", content, fields + slot)[0] if slot < size else 0
    return int(struct.unpack_from(kind, content, table + offset)[0]) if offset else default


def _index_size(items: int, node_size: int) -> int:
    """Bytes of the packed tree between header and features."""
    if not items or not node_size:
        return 0
    node_size = max(node_size, 2)
    nodes = level = items
    while level > 1:
        level = -(-level // node_size)
        nodes += level
    return nodes * _NODE
