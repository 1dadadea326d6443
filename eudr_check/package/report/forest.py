"""Forest of 2020 around the plots, small enough for a page: the rasters of the package, fewer cells of each."""

import base64
import math
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image

from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.package import palette
from eudr_check.package.gis import maps

MOST_CELLS = 1_000_000
"""Of all tiles together: at two bits each a third of a megabyte in the page, however the forest lies."""
MOST_TILES = 400
"""With more, each would be too small to be seen."""
_COLOURS = (palette.NO_FOREST, palette.FOREST, palette.UNKNOWN)


def document(folder: Path, columns: Sequence[str]) -> dict[str, object]:
    """Pictures of the tiles of the first of some maps that a package has.

    Args:
        folder: of the package, with its rasters.
        columns: EVIDENCE columns of forest in 2020, the policy's own first.

    Returns:
        `column`; `cell`, degrees of latitude, and `metres` from one cell shown to the next; `tiles`, each with `bounds`
        (west, south, east, north, degrees) and `png` (base64). No tiles where the package has no such rasters.
    """
    column = next((one for one in columns if maps.raster(folder, one)), "")
    paths = sorted((folder / maps.FOLDER / column).glob("*.tif")) if column else []
    if not 0 < len(paths) <= MOST_TILES:
        return {"column": "", "cell": 0, "metres": 0, "tiles": []}
    sizes, cell = [], 0.0
    for path in paths:
        with rasterio.open(path) as file:
            sizes.append(file.width * file.height)
            cell = file.res[1]
    every = math.ceil(max(1.0, math.sqrt(sum(sizes) / MOST_CELLS)))
    metres = round(every * cell * METRES_PER_DEGREE)
    return {"column": column, "cell": every * cell, "metres": metres, "tiles": [_tile(path, every) for path in paths]}


def _tile(path: Path, every: int) -> dict[str, object]:
    """One cell of so many in each direction: that in the middle of its block."""
    with rasterio.open(path) as file:
        bounds, values = file.bounds, file.read(1)
    shown = values[every // 2 :: every, every // 2 :: every]
    shown = shown if shown.size else values[:1, :1]
    cells = np.where(shown == maps.UNKNOWN, 2, np.minimum(shown, 1)).astype(np.uint8)
    image = Image.fromarray(cells, mode="P")
    image.putpalette(b"".join(bytes(palette.rgb(colour)) for colour in _COLOURS))
    written = BytesIO()
    image.save(written, "PNG", compress_level=9, bits=2)
    return {"bounds": [round(value, 6) for value in bounds], "png": base64.b64encode(written.getvalue()).decode()}
