"""Bytes of a package outside the files it lists: around the members of the ZIP, in the bag's root, beside the files."""

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from eudr_check.package.verify.difference import Difference
from eudr_check.text import sentence

TAGS = frozenset({"bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"})
_LOCAL = struct.Struct("<4s5H3L2H")
"""Local file header (ZIP specification, 4.3.7); sum, name and extra field are items 6, 9 and 10."""
_END_BYTES = 22
"""End of central directory without its comment (4.3.16)."""
_SUM_FOLLOWS = 0x08


def zip_bytes(path: Path) -> Iterator[Difference]:
    """Bytes before, between and after the members of a ZIP, comments, and sums that differ from the directory's."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
        if archive.comment:
            yield Difference(
                path.name, "zip_comment", sentence("differences", "zip_comment", count=len(archive.comment))
            )
        end = 0
        for entry in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
            if entry.comment:
                yield Difference(
                    path.name, "zip_comment", sentence("differences", "entry_comment", name=entry.filename)
                )
            if entry.header_offset != end:
                lost = entry.header_offset - end
                yield Difference(
                    path.name, "zip_bytes", sentence("differences", "bytes_before", count=lost, name=entry.filename)
                )
            header = _local_header(stream, entry)
            if not entry.flag_bits & _SUM_FOLLOWS and header[6] != entry.CRC:
                yield Difference(path.name, "zip_bytes", sentence("differences", "two_sums", name=entry.filename))
            end = entry.header_offset + _LOCAL.size + header[9] + header[10] + entry.compress_size
            if entry.flag_bits & _SUM_FOLLOWS:
                end += _descriptor_bytes(stream, end)
        if archive.start_dir != end:
            yield Difference(
                path.name, "zip_bytes", sentence("differences", "bytes_after", count=archive.start_dir - end)
            )
        stream.seek(-min(_END_BYTES + len(archive.comment), path.stat().st_size), 2)
        if stream.read(4) != b"PK\x05\x06":
            yield Difference(path.name, "zip_bytes", sentence("differences", "bytes_at_end"))


def bag_root(top: Path) -> Iterator[Difference]:
    """What lies in the root of the bag, where no manifest of ours lists anything (fetch.txt among it)."""
    present = {file.name for file in top.iterdir()}
    for name in sorted(present - TAGS - {"data"}):
        yield Difference(name, "added", sentence("differences", "bag_added"))
    for name in sorted(TAGS - present):
        yield Difference(name, "missing", sentence("differences", "bag_lacks"))


def _local_header(stream: BinaryIO, entry: zipfile.ZipInfo) -> tuple[int, ...]:
    stream.seek(entry.header_offset)
    return _LOCAL.unpack(stream.read(_LOCAL.size))


def _descriptor_bytes(stream: BinaryIO, offset: int) -> int:
    """Size of the sum and sizes behind a member's content, with or without a signature."""
    stream.seek(offset)
    return 16 if stream.read(4) == b"PK\x07\x08" else 12
