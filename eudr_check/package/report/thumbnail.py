"""Small pictures of the ground of a plot, as PNG or SVG: same cells, same bytes."""

import base64
import math
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry.base import BaseGeometry

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

    Unknown loss leaves the ground as it is: a gap of one event layer is shown by the figures, not by colour.
    """
    forest, loss = picture.forest_2020, picture.loss_year
    cells = np.where(forest == UNKNOWN, 2, np.minimum(forest, 1)).astype(np.uint8)
    lost = (loss > 0) & (loss != UNKNOWN)
    cells = np.where(lost, _GROUND + np.minimum(loss, 99), cells).astype(np.uint8)
    colours = [palette.NO_FOREST, palette.FOREST, palette.UNKNOWN]
    colours += [palette.year_colour(2000 + year) for year in range(100)]
    image = Image.fromarray(cells, mode="P")
    image.putpalette(b"".join(bytes(palette.rgb(colour)) for colour in colours))
    written = BytesIO()
    image.save(written, "PNG", compress_level=9)
    return written.getvalue()


def svg(picture: Picture, outline: BaseGeometry) -> str:
    """The picture with the outline of the plot on it, as an SVG that opens in any browser.

    Args:
        picture: the ground.
        outline: geometry of the plot, EPSG:4326; a point is drawn as a dot.
    """
    west, south, east, north = picture.bounds
    wide = 480.0
    scale_x = wide / (east - west)
    scale_y = scale_x / math.cos(math.radians((south + north) / 2))
    tall = (north - south) * scale_y
    corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(outline)), return_index=True)
    points = np.column_stack([(corners[:, 0] - west) * scale_x, (north - corners[:, 1]) * scale_y])
    paths = [
        "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points[ring == number]) + "Z"
        for number in range(int(ring.max()) + 1 if len(ring) else 0)
    ]
    dots = [
        f'<circle cx="{(x - west) * scale_x:.1f}" cy="{(north - y) * scale_y:.1f}" r="5"/>'
        for x, y in (shapely.get_coordinates(outline) if not paths else [])
    ]
    image = base64.b64encode(png(picture)).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{tall:.0f}">'
        f'<image width="{wide:.0f}" height="{tall:.1f}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{image}"/>'
        f'<path d="{" ".join(paths)}" fill="none" stroke="#1f2430" stroke-width="2.5"/>{"".join(dots)}</svg>\n'
    )
