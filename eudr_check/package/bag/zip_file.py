"""A ZIP of files, each read once: hashed, checked and compressed in the same reading.

Blocks are deflated on their own and laid end to end (RFC 1951 allows it), so the bytes do not depend on how many are
compressed at a time. `zipfile` writes the directory; it cannot take what was compressed before, hence the few
lines here.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eudr_check.steps import Map, one_by_one

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date an entry can carry; the same bytes on every day."""
COMPRESSED = frozenset({".gz", ".jpeg", ".jpg", ".kmz", ".ods", ".parquet", ".png", ".qgz", ".xlsx", ".zip"})
"""Files that are compressed already: deflating them again takes time and hardly a byte away.

Our PDF/A is not among them, it halves.
"""
BLOCK_BYTES = 1 << 20
LEVEL = 1
"""The nation's GeoPackage (801 MB) takes 7 s at level 1 and 20 s at level 6, which saves a tenth: 221 MB for 245."""
END_OF_STREAM = b"\x03\x00"
"""An empty last block of deflate."""


@dataclass(frozen=True)
class Entry:
    """What a ZIP holds of one file."""

    bytes: int
    sha256: str


class Archive:
    """A ZIP being written."""

    def __init__(self, archive: zipfile.ZipFile, each: Map) -> None:
        self._archive = archive
        self._each = each

    def file(self, name: str, path: Path) -> Entry:
        """Add a file."""
        with path.open("rb") as stream:
            return self._add(name, iter(lambda: stream.read(BLOCK_BYTES), b""), path.suffix.lower() in COMPRESSED)

    def text(self, name: str, content: str) -> Entry:
        """Add a text in UTF-8."""
        return self._add(name, iter([content.encode()]), False)

    def _add(self, name: str, blocks: Iterator[bytes], stored: bool) -> Entry:
        info = zipfile.ZipInfo(name, EPOCH)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.header_offset = self._archive.start_dir
        info.CRC = info.file_size = info.compress_size = 0
        sum256 = hashlib.sha256()

        def seen() -> Iterator[bytes]:
            for block in blocks:
                sum256.update(block)
                info.CRC = zlib.crc32(block, info.CRC)
                info.file_size += len(block)
                yield block

        stream = self._archive.fp
        assert stream is not None
        stream.seek(info.header_offset)
        stream.write(info.FileHeader(zip64=True))
        for packed in seen() if stored else self._deflated(seen()):
            info.compress_size += len(packed)
            stream.write(packed)
        self._archive.start_dir = stream.tell()
        stream.seek(info.header_offset)
        stream.write(info.FileHeader(zip64=True))  # of the same length, now that sums and sizes are known
        self._archive.filelist.append(info)
        return Entry(info.file_size, sum256.hexdigest())

    def _deflated(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks as one deflate stream."""
        yield from self._each(_deflate, blocks)
        yield END_OF_STREAM


@contextmanager
def writing(target: Path, each: Map = one_by_one) -> Iterator[Archive]:
    """A new ZIP, whose blocks are compressed by `each`."""
    with zipfile.ZipFile(target, "w") as archive:
        yield Archive(archive, each)


def _deflate(block: bytes) -> bytes:
    """A block of a deflate stream, up to a byte boundary and with no word about what came before."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(block) + packer.flush(zlib.Z_SYNC_FLUSH)
