"""What a TIFF's header says of its blocks is what GDAL reads; where the two could differ, the file is refused."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from eudr_check.errors import LayersError
from eudr_check.layers.fetch.cog_header import LocalBytes, read_layout
from eudr_check.layers.raster import blocks_digest, needed_blocks, open_raster
from tests.helpers.rasters import write_raster

ENTRIES = {42: ("H", 2, 12, "I"), 43: ("Q", 8, 20, "Q")}
OFFSETS, SIZES = {True: 324, False: 273}, {True: 325, False: 279}
FORMATS = {3: "H", 4: "I", 16: "Q"}
BOX = np.array([[0.0, 0.052, 0.048, 0.1]])
Bend = Callable[["Header"], None]


class Header:
    """The header of a little-endian TIFF, to be bent."""

    def __init__(self, content: bytearray) -> None:
        self.content = content
        self.magic = struct.unpack_from("<H", content, 2)[0]
        self.word = ENTRIES[self.magic][3]
        self.image = struct.unpack_from(f"<{self.word}", content, 8 if self.magic == 43 else 4)[0]

    def at(self, code: int) -> int:
        """Position of a tag."""
        kind, head, entry, _ = ENTRIES[self.magic]
        count = struct.unpack_from(f"<{kind}", self.content, self.image)[0]
        places = [self.image + head + entry * number for number in range(count)]
        return next(place for place in places if struct.unpack_from("<H", self.content, place)[0] == code)

    def array(self, code: int) -> tuple[int, str]:
        """Position and format of the values of a tag that lie outside it."""
        place = self.at(code)
        kind = struct.unpack_from("<H", self.content, place + 2)[0]
        pointer = place + (12 if self.magic == 43 else 8)
        return struct.unpack_from(f"<{self.word}", self.content, pointer)[0], FORMATS[kind]

    def put(self, code: int, number: int, value: int) -> None:
        """Another value in the list of a tag."""
        start, kind = self.array(code)
        size = struct.calcsize(kind)
        struct.pack_into(f"<{kind}", self.content, start + number * size, min(value, 2 ** (8 * size) - 1))

    def twice(self, code: int) -> None:
        """A second tag of the same code, with zeros as values, in the place of one nobody needs."""
        spare, kind = self.at(339), struct.unpack_from("<H", self.content, self.at(code) + 2)[0]
        struct.pack_into("<HH", self.content, spare, code, kind)
        struct.pack_into(f"<{self.word}", self.content, spare + 4, 9)
        struct.pack_into(f"<{self.word}", self.content, spare + (12 if self.magic == 43 else 8), len(self.content))
        self.content.extend(bytes(9 * 8))


def bent(folder: Path, bend: Callable[[Header, bool], None], **profile: object) -> Path:
    """A raster of nine blocks whose header is bent."""
    values = np.random.default_rng(1).integers(1, 9, (48, 48))
    path = write_raster(folder / "a.tif", values, cell=0.001, **profile)
    header = Header(bytearray(path.read_bytes()))
    bend(header, bool(profile.get("tiled")))
    path.write_bytes(header.content)
    return path


SHAPES = {
    "tiles": {"tiled": True, "blockxsize": 16, "blockysize": 16},
    "strips": {"tiled": False, "blockysize": 5},
}


@pytest.mark.parametrize("big", ["NO", "YES"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.5, 0.0, 0.99])
def test_blocks_shorter_than_their_cells_are_refused(tmp_path: Path, shape: str, big: str, share: float) -> None:
    """GDAL reads an uncompressed block whole whatever size is stated: of a remote file the rest would be zeros."""

    def shorten(header: Header, tiled: bool) -> None:
        full = 256 if tiled else 5 * 48
        header.put(SIZES[tiled], 4, max(1, int(full * share)))

    path = bent(tmp_path, shorten, **SHAPES[shape], BIGTIFF=big)

    with pytest.raises(LayersError, match=r"a\.tif: damaged or truncated TIFF \(a block is shorter"):
        open_raster(path)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int32"])
@pytest.mark.parametrize("compress", [None, "deflate", "lzw"])
def test_whole_blocks_are_read_whatever_their_type(tmp_path: Path, shape: str, dtype: str, compress: str) -> None:
    """Last strips with fewer rows, wide cells, compressed blocks: nothing sound is refused."""
    path = bent(tmp_path, lambda *_: None, **SHAPES[shape], dtype=dtype, compress=compress, nbits=8)
    raster = open_raster(path)

    assert raster.layout.stored.all()
    assert len(blocks_digest(raster, needed_blocks(raster, BOX))) == 64


@pytest.mark.parametrize("nbits", [1, 2, 4])
def test_cells_of_a_few_bits_are_counted_in_bits(tmp_path: Path, nbits: int) -> None:
    """A block of 16 x 16 cells of one bit is 32 bytes."""
    path = write_raster(tmp_path / "a.tif", np.ones((48, 48)), cell=0.001, **SHAPES["tiles"], nbits=nbits)

    assert (open_raster(path).layout.sizes == 32 * nbits).all()


@pytest.mark.parametrize("big", ["NO", "YES"])
@pytest.mark.parametrize("code", [OFFSETS, SIZES])
@pytest.mark.parametrize("shape", SHAPES)
def test_two_tags_of_one_code_are_refused(tmp_path: Path, shape: str, code: dict[bool, int], big: str) -> None:
    """GDAL follows one of them; nobody should hash the blocks of the other."""
    path = bent(tmp_path, lambda header, tiled: header.twice(code[tiled]), **SHAPES[shape], BIGTIFF=big)

    with pytest.raises(LayersError, match="given twice"):
        open_raster(path)


@pytest.mark.parametrize("which", [OFFSETS, SIZES])
@pytest.mark.parametrize("value", [2**31 - 1, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("compress", ["deflate", "packbits"])
def test_no_number_of_a_header_overflows(tmp_path: Path, which: dict[bool, int], value: int, compress: str) -> None:
    """Positions and sizes no file has, alone or added up, are a refusal, never a block that counts as not stored."""
    path = bent(
        tmp_path,
        lambda header, tiled: (header.put(which[tiled], 4, value), header.put(SIZES[tiled], 4, value))[0],
        **SHAPES["tiles"],
        BIGTIFF="YES",
        compress=compress,
    )
    with LocalBytes(path) as source:
        try:
            layout = read_layout(source, "a.tif")
        except LayersError:
            return

    assert layout.end > path.stat().st_size
    with pytest.raises(LayersError, match="truncated"):
        open_raster(path)
