"""Where the blocks of a TIFF lie in the file: just enough of the format to fetch and to hash single blocks.

TIFF 6.0 and BigTIFF, first image only (the full resolution). GDAL still does all the decoding.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eudr_check.errors import LayersError

UNMASK = "write it with a nodata value where the mask hides cells"
_SUBFILE, _MASK = 254, 4
_WIDTH, _HEIGHT, _STRIP_OFFSETS, _SAMPLES, _ROWS_PER_STRIP, _STRIP_SIZES = 256, 257, 273, 277, 278, 279
_PLANAR, _TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_SIZES = 284, 322, 323, 324, 325
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}


class Bytes(Protocol):
    """The bytes of a file, at hand or fetched when asked for."""

    def get(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`; fewer at the end of the file."""

    def ensure(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Bring several (start, stop) ranges at once, because they will be asked for next."""


@dataclass(frozen=True)
class Layout:
    """Blocks of the full-resolution image of a TIFF."""

    width: int
    height: int
    block_width: int
    block_height: int
    offsets: NDArray[np.int64]
    """Position in the file, (block rows, block columns); 0 where the block is not stored."""
    sizes: NDArray[np.int64]
    """Bytes of each block, same shape; 0 where not stored."""
    header: tuple[tuple[int, int], ...]
    """(start, stop) of everything a reader needs besides the blocks."""
    next_image: tuple[int, int]
    """Position and width in bytes of the pointer to the next image (overviews), so that a twin can cut it off."""


class LocalBytes:
    """Bytes of a file on disk."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")

    def get(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`."""
        self._file.seek(start)
        return self._file.read(stop - start)

    def ensure(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Nothing to bring: the file is here."""

    def __enter__(self) -> "LocalBytes":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@dataclass(frozen=True)
class _Tag:
    kind: int
    count: int
    place: tuple[int, int]
    inline: bool


def read_layout(source: Bytes, name: str, band: int = 1) -> Layout:
    """Parse the header.

    Args:
        source: the bytes of the file.
        name: file or item, for messages.
        band: band from 1, for files that keep bands apart.

    Raises:
        LayersError: the bytes are no TIFF, or end before the header does.
    """
    try:
        return _read(source, name, band)
    except (struct.error, IndexError, ValueError) as error:
        raise LayersError(f"{name}: damaged or truncated TIFF ({error})") from error


def _read(source: Bytes, name: str, band: int) -> Layout:
    start = source.get(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    magic = struct.unpack(f"{order}H", start[2:4])[0] if order else None
    if order is None or magic not in (42, 43):
        raise LayersError(f"{name}: not a TIFF (it starts with {start[:8]!r})")
    big = magic == 43
    image = struct.unpack(f"{order}{'Q' if big else 'I'}", start[8:16] if big else start[4:8])[0]
    tags, next_image = _directory(source, order, big, image)
    apart = [tag.place for tag in tags.values() if not tag.inline]
    following = struct.unpack(f"{order}{'Q' if big else 'I'}", source.get(next_image[0], sum(next_image)))[0]
    if following:
        apart.append((following, following + (28 if big else 14)))
    source.ensure(apart)
    header = [(0, 16), (image, sum(next_image)), *apart]
    if following:
        _refuse_mask(source.get(*apart[-1]), order, big, name)

    def numbers(code: int) -> NDArray[np.int64]:
        tag = tags[code]
        raw = source.get(*tag.place)
        if len(raw) < tag.place[1] - tag.place[0]:
            raise ValueError("header ends too soon")
        return np.frombuffer(raw, dtype=f"{order}{_INTEGERS[tag.kind]}", count=tag.count).astype(np.int64)

    missing = [code for code in (_WIDTH, _HEIGHT) if code not in tags]
    if missing or not (_TILE_OFFSETS in tags or _STRIP_OFFSETS in tags):
        raise ValueError("no image in it")
    width, height = int(numbers(_WIDTH)[0]), int(numbers(_HEIGHT)[0])
    if _TILE_OFFSETS in tags:
        block_width, block_height = int(numbers(_TILE_WIDTH)[0]), int(numbers(_TILE_HEIGHT)[0])
        offsets, sizes = numbers(_TILE_OFFSETS), numbers(_TILE_SIZES)
    else:
        block_width = width
        block_height = min(int(numbers(_ROWS_PER_STRIP)[0]), height) if _ROWS_PER_STRIP in tags else height
        offsets, sizes = numbers(_STRIP_OFFSETS), numbers(_STRIP_SIZES)
    shape = (-(-height // block_height), -(-width // block_width))
    planes = _PLANAR in tags and numbers(_PLANAR)[0] == 2
    first = (band - 1) * shape[0] * shape[1] if planes else 0
    chosen = slice(first, first + shape[0] * shape[1])
    return Layout(
        width,
        height,
        block_width,
        block_height,
        offsets[chosen].reshape(shape),
        sizes[chosen].reshape(shape),
        tuple(sorted(set(header))),
        next_image,
    )


def _refuse_mask(start: bytes, order: str, big: bool, name: str) -> None:
    """Refuse a file whose next image is a mask: what it hides would look like data.

    Args:
        start: count and first entry of the next image's tags; NewSubfileType (254) is the lowest code and so the first.
        order: byte order.
        big: BigTIFF.
        name: file or item, for messages.
    """
    entry = start[8:] if big else start[2:]
    code = struct.unpack(f"{order}H", entry[:2])[0]
    flags = struct.unpack(f"{order}I", entry[-8:-4] if big else entry[-4:])[0]
    if code == _SUBFILE and flags & _MASK:
        raise LayersError(f"{name}: keeps 'no data' in a mask instead of a value; {UNMASK}")


def _directory(source: Bytes, order: str, big: bool, image: int) -> tuple[dict[int, _Tag], tuple[int, int]]:
    """Tags of the image at a position, and where the pointer to the next image stands."""
    head, entry, pointer = (8, 20, 8) if big else (2, 12, 4)
    count = struct.unpack(f"{order}{'Q' if big else 'H'}", source.get(image, image + head))[0]
    if count > 4096:
        raise ValueError("impossible number of tags")
    end = image + head + count * entry
    raw = source.get(image + head, end)
    if len(raw) < count * entry:
        raise ValueError("header ends too soon")
    tags = {}
    for index in range(count):
        at = index * entry
        code, kind = struct.unpack(f"{order}HH", raw[at : at + 4])
        length = struct.unpack(f"{order}{'Q' if big else 'I'}", raw[at + 4 : at + (12 if big else 8)])[0]
        value_at = at + (12 if big else 8)
        size = _TYPE_SIZES.get(kind, 1) * length
        inline = size <= pointer
        if inline:
            place = (image + head + value_at, image + head + value_at + size)
        else:
            target = struct.unpack(f"{order}{'Q' if big else 'I'}", raw[value_at : value_at + pointer])[0]
            place = (target, target + size)
        tags[code] = _Tag(kind, length, place, inline)
    return tags, (end, pointer)
