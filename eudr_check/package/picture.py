"""Small pictures of the ground of a plot, as PNG written with the standard library alone: same cells, same bytes."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.package import palette

UNKNOWN = 255
_GROUND = 3
"""Palette entries in front of the years: no forest, forest, unknown."""


@dataclass(frozen=True)
class Picture:
    """What the layers show in a small window around a plot, on a regular grid, north up."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees (EPSG:4326)."""
    forest_2020: NDArray[np.uint8]
    """(rows, columns): 1 forest at the end of 2020, 0 none, 255 unknown."""
    loss_year: NDArray[np.uint8]
    """(rows, columns): year of loss less 2000, 0 none, 255 unknown."""


def png(picture: Picture) -> bytes:
    """A palette PNG: ground by forest in 2020, loss by year over it.

    Unknown loss leaves the ground as it is: a gap of one event layer is told by the figures, not by colour.
    """
    forest, loss = picture.forest_2020, picture.loss_year
    cells = np.where(forest == UNKNOWN, 2, np.minimum(forest, 1)).astype(np.uint8)
    lost = (loss > 0) & (loss != UNKNOWN)
    cells = np.where(lost, _GROUND + np.minimum(loss, 99), cells).astype(np.uint8)
    colours = [palette.NO_FOREST, palette.FOREST, palette.UNKNOWN]
    colours += [palette.year_colour(2000 + year) for year in range(100)]
    table = b"".join(bytes(palette.rgb(colour)) for colour in colours)
    rows = np.concatenate([np.zeros((cells.shape[0], 1), np.uint8), cells], axis=1)
    header = struct.pack(">IIBBBBB", cells.shape[1], cells.shape[0], 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", table)
        + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
