"""Where the blocks of a TIFF lie in the file: just enough of the format to fetch and to hash single blocks.

TIFF 6.0 and BigTIFF, first image only (the full resolution); the images behind it are only asked whether they are
masks. GDAL still does all the decoding.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eudr_check.errors import LayersError
from eudr_check.text import sentence

_SUBFILE, _PHOTOMETRIC, _MASK = 254, 262, 4
_BITS, _COMPRESSION, _UNCOMPRESSED = 258, 259, 1
_MOST_BYTES = 1 << 50
"""No file is as long; what is larger would overflow when it is added up."""
_MOST_IMAGES = 64
_MOST_HEADER_BYTES = 2_000_000_000
_MOST_CELLS_IN_BLOCK = 1 << 30
_LOOK_BYTES = 4_096
"""Overviews of a COG announce themselves close to one another: one look shows several."""
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
    """Position and width in bytes of the pointer to the next image (overviews), so that a sparse copy can end there."""

    @property
    def stored(self) -> NDArray[np.bool_]:
        """Which blocks the file holds: bool, shape of `offsets`; GDAL makes up values for the others."""
        return (self.offsets > 0) & (self.sizes > 0)

    @property
    def end(self) -> int:
        """Position behind the last byte of the last block."""
        return int((self.offsets + self.sizes).max(initial=0))


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
        band: band from 1, for files that keep bands external.

    Raises:
        LayersError: the bytes are no TIFF, end before the header does, or keep 'no data' in a mask.
    """
    try:
        return _read(source, name, band)
    except (struct.error, IndexError, KeyError, ValueError, OverflowError) as error:
        raise LayersError(sentence("layers", "tiff_damaged", name=name, problem=error)) from error


def _read(source: Bytes, name: str, band: int) -> Layout:
    start = source.get(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    magic = struct.unpack(f"{order}H", start[2:4])[0] if order else None
    if order is None or magic not in (42, 43):
        # What it is instead is not said: an address of a catalogue may lead to what is nobody's business.
        raise LayersError(sentence("layers", "no_tiff", name=name))
    big = magic == 43
    image = struct.unpack(f"{order}{'Q' if big else 'I'}", start[8:16] if big else start[4:8])[0]
    tags, next_image = _directory(source, order, big, image)
    external = [tag.place for tag in tags.values() if not tag.inline]
    if sum(stop - start for start, stop in external) > _MOST_HEADER_BYTES:
        raise ValueError("impossible size of the header")
    source.ensure(external)
    header = [(0, 16), (image, sum(next_image)), *external]
    _refuse_masks(source, order, big, name, (image, next_image))

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
    if not 0 < block_width * block_height <= _MOST_CELLS_IN_BLOCK or width * height < 1:
        raise ValueError(f"blocks of {block_width} x {block_height} cells")
    if min(offsets.min(initial=0), sizes.min(initial=0)) < 0 or max(offsets.max(), sizes.max()) > _MOST_BYTES:
        raise ValueError("impossible positions of blocks")
    shape = (-(-height // block_height), -(-width // block_width))
    planes = _PLANAR in tags and numbers(_PLANAR)[0] == 2
    first = (band - 1) * shape[0] * shape[1] if planes else 0
    chosen = slice(first, first + shape[0] * shape[1])
    layout = Layout(
        width,
        height,
        block_width,
        block_height,
        offsets[chosen].reshape(shape),
        sizes[chosen].reshape(shape),
        tuple(sorted(set(header))),
        next_image,
    )
    if _COMPRESSION not in tags or numbers(_COMPRESSION)[0] == _UNCOMPRESSED:
        bits = int(numbers(_BITS)[0]) if _BITS in tags else 1
        samples = int(numbers(_SAMPLES)[0]) if _SAMPLES in tags and not planes else 1
        _refuse_short_blocks(layout, bits * samples, tiled=_TILE_OFFSETS in tags)
    return layout


def _refuse_short_blocks(layout: Layout, bits: int, *, tiled: bool) -> None:
    """Refuse uncompressed blocks with fewer bytes than cells: GDAL reads on, and what is not fetched would be zeros.

    Args:
        layout: of the file.
        bits: of a cell, all its samples together where they lie together.
        tiled: tiles are whole; the last strip ends with the image.
    """
    rows = np.full(layout.sizes.shape[0], layout.block_height)
    if not tiled:
        rows[-1] = layout.height - layout.block_height * (len(rows) - 1)
    least = rows * (-(-layout.block_width * bits // 8))
    if (layout.stored & (layout.sizes < least[:, None])).any():
        raise ValueError("a block is shorter than its cells")


def _refuse_masks(source: Bytes, order: str, big: bool, name: str, first: tuple[int, tuple[int, int]]) -> None:
    """Refuse a file that holds a mask in any image: what it hides would look like data.

    Args:
        source: the bytes of the file.
        order: byte order.
        big: BigTIFF.
        name: file or item, for messages.
        first: position of the first image, and where the pointer to the next one stands.
    """
    seen, pointer = {first[0]}, first[1]
    while following := struct.unpack(f"{order}{'Q' if big else 'I'}", source.get(pointer[0], sum(pointer)))[0]:
        if following in seen or len(seen) > _MOST_IMAGES:
            raise ValueError("its list of images has no end")
        seen.add(following)
        source.ensure([(following, following + _LOOK_BYTES)])
        tags, pointer = _directory(source, order, big, following)
        if _flags(source, order, tags.get(_SUBFILE)) & _MASK or _flags(source, order, tags.get(_PHOTOMETRIC)) == _MASK:
            raise LayersError(sentence("layers", "mask", name=name))


def _flags(source: Bytes, order: str, tag: "_Tag | None") -> int:
    """The number of a tag that holds one; 0 where it is missing."""
    if tag is None or tag.kind not in _INTEGERS or tag.count != 1:
        return 0
    return int(np.frombuffer(source.get(*tag.place), dtype=f"{order}{_INTEGERS[tag.kind]}", count=1)[0])


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
        if code in tags:
            raise ValueError(f"tag {code} is given twice")
        tags[code] = _Tag(kind, length, place, inline)
    return tags, (end, pointer)
