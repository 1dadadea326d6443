"""A look as a picture: native cells enlarged, outlines over them, and under them what a reviewer must know.

Every date is drawn with the same stretch, so that what changed between two pictures changed on the ground.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from shapely.geometry.base import BaseGeometry

from eudr_check.imagery.ground import Chip, projected
from eudr_check.imagery.looks import View

Kind = Literal["true", "nir"]
COMPOSITES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "true": (("red", 0.25), ("green", 0.25), ("blue", 0.25)),
    "nir": (("nir", 0.5), ("red", 0.25), ("green", 0.25)),
}
"""Bands as red, green and blue of a picture, with the reflectance that is shown brightest."""
GAMMA = 0.6
"""Forest reflects 3 to 5 percent of visible light; without it all of it would be black."""
NO_DATA = (120, 120, 128)
BOUNDARY, FOREST, LOSS = "#ffffff", "#37d67a", "#ff4fb0"
MOST_LOSSLESS = 96
"""Cells along a side."""
WIDE = 640
_INK, _PAPER, _MARGIN, _LINE = "#1f2430", "#ffffff", 10, 19


@dataclass(frozen=True)
class Outlines:
    """What is drawn over a picture, EPSG:4326; None is not drawn."""

    plot: BaseGeometry
    forest_2020: BaseGeometry | None = None
    loss: BaseGeometry | None = None


def colours(view: View, kind: Kind) -> NDArray[np.uint8]:
    """(rows, columns, 3) uint8 on the native cells; grey where there is no data."""
    layers = []
    for band, brightest in COMPOSITES[kind]:
        share = np.clip(np.nan_to_num(view.bands[band], nan=0.0) / brightest, 0, 1)
        layers.append(np.rint(255 * share**GAMMA).astype(np.uint8))
    shown = np.dstack(layers)
    shown[np.isnan(view.bands["red"])] = NO_DATA
    return shown


def webp(pixels: NDArray[np.uint8]) -> bytes:
    """WebP of native cells, without loss as long as they are few: a page may hold a thousand of them.

    Without loss, `quality` is the effort: more of it takes four times the time for a twentieth of the bytes.
    """
    written = BytesIO()
    lossless = max(pixels.shape) <= MOST_LOSSLESS
    Image.fromarray(pixels).save(written, "WEBP", lossless=lossless, quality=30 if lossless else 80, method=3)
    return written.getvalue()


def rings(geometry: BaseGeometry | None, chip: Chip) -> list[list[tuple[float, float]]]:
    """Rings of a geometry in degrees as (column, row) of a chip, cut to what is shown; a point is a small ring."""
    if geometry is None or geometry.is_empty:
        return []
    there = projected(geometry, chip.crs)
    if shapely.get_dimensions(there) < 1:
        there = shapely.buffer(there, 10.0)
    rows, columns = chip.shape
    back = ~chip.transform
    drawn = shapely.transform(there, lambda xy: np.column_stack(back @ (xy[:, 0], xy[:, 1])))
    lines = shapely.intersection(shapely.boundary(shapely.make_valid(drawn)), shapely.box(0, 0, columns, rows))
    parts = shapely.get_parts(shapely.line_merge(lines))
    return [[(float(x), float(y)) for x, y in shapely.get_coordinates(part)] for part in parts]


def rings_of(outlines: Outlines, chip: Chip) -> dict[str, list[list[list[float]]]]:
    """Rings of all outlines by name, as a page draws them: to a hundredth of a cell."""
    return {
        name: [[[round(x, 2), round(y, 2)] for x, y in line] for line in rings(geometry, chip)]
        for name, geometry in (("plot", outlines.plot), ("forest", outlines.forest_2020), ("loss", outlines.loss))
    }


def framed(pixels: NDArray[np.uint8], chip: Chip, outlines: Outlines, title: str, words: Sequence[str]) -> bytes:
    """A PNG with outlines, scale, north arrow and lines of text below; same look, same bytes.

    Args:
        pixels: (rows, columns, 3) on the native cells.
        chip: where they lie.
        outlines: drawn over it.
        title: first line, in bold.
        words: further lines.
    """
    cells = Image.fromarray(pixels)
    times = max(WIDE // cells.width, 1)
    cells = cells.resize((cells.width * times, cells.height * times), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(cells)
    for geometry, colour, width in (
        (outlines.forest_2020, FOREST, 2),
        (outlines.loss, LOSS, 2),
        (outlines.plot, BOUNDARY, 3),
    ):
        _stroke(draw, rings(geometry, chip), times, colour, width)
    _scale_and_north(draw, cells.size, times / abs(chip.transform.a))
    lines = [(title, _font(15, bold=True)), *((line, _font(13)) for line in words)]
    lines = [
        (part, font) for text, font in lines for part in _wrapped(text, font, max(cells.width, WIDE) - 2 * _MARGIN)
    ]
    sheet = Image.new("RGB", (max(cells.width, WIDE), cells.height + 2 * _MARGIN + _LINE * len(lines)), _PAPER)
    sheet.paste(cells, (0, 0))
    pen = ImageDraw.Draw(sheet)
    for number, (text, font) in enumerate(lines):
        pen.text((_MARGIN, cells.height + _MARGIN + _LINE * number), text, fill=_INK, font=font)
    written = BytesIO()
    sheet.save(written, "PNG", compress_level=5)
    return written.getvalue()


def _stroke(
    draw: ImageDraw.ImageDraw, lines: Sequence[Sequence[tuple[float, float]]], times: int, colour: str, width: int
) -> None:
    for line in lines:
        points = [(x * times, y * times) for x, y in line]
        draw.line(points, fill=_INK, width=width + 2, joint="curve")
        draw.line(points, fill=colour, width=width, joint="curve")


def _scale_and_north(draw: ImageDraw.ImageDraw, size: tuple[int, int], pixels_per_m: float) -> None:
    """A bar of 100 m (1 km where that is shorter than a thumb), and an arrow to the north of the scene's grid.

    Grid north of a UTM zone lies within three degrees of north.
    """
    metres = 100 if 100 * pixels_per_m >= 40 else 1000
    left, bottom, length = 14, size[1] - 16, metres * pixels_per_m
    for colour, width in ((_INK, 7), (_PAPER, 3)):
        draw.line([(left, bottom), (left + length, bottom)], fill=colour, width=width)
    name = "100 m" if metres == 100 else "1 km"
    draw.text((left, bottom - 24), name, fill=_PAPER, font=_font(14, bold=True), stroke_width=2, stroke_fill=_INK)
    x, y = size[0] - 24, 14
    draw.polygon([(x, y), (x - 8, y + 26), (x, y + 20), (x + 8, y + 26)], fill=_PAPER, outline=_INK)
    draw.text((x - 6, y + 28), "N", fill=_PAPER, font=_font(15, bold=True), stroke_width=2, stroke_fill=_INK)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """A line in as many as it needs."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which Matplotlib carries: all letters of names in the four languages and many more."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    folder = Path(str(distribution("matplotlib").locate_file("matplotlib/mpl-data/fonts/ttf")))
    return ImageFont.truetype(folder / name, size, layout_engine=ImageFont.Layout.BASIC)
