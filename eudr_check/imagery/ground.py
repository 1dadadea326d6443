"""The window of a scene around one plot: native cells, nothing resampled, read from files that lie here already."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from eudr_check.errors import LayersError
from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.imagery.passes import Pass
from eudr_check.imagery.scenes import Scene
from eudr_check.text import sentence
from eudr_check.typing import Numbers

MARGIN_M = 120.0
"""Ground shown around a plot."""
LEAST_M = 400.0
"""A picture is at least this wide: a small plot says little without its neighbours."""
MOST_CELLS = 500
"""Of 10 m; larger plots are shown in part, and the picture says so."""
CELL_M = 10.0


@dataclass(frozen=True)
class Held:
    """A file on this machine that holds the blocks asked for."""

    path: Path
    href: str
    """Address as it may be shown."""
    etag: str
    sha256: str
    """Of the blocks asked for."""


@dataclass(frozen=True)
class Refused:
    """Why a file cannot be read."""

    reason: str
    budget: bool = False
    """True where it was not asked for, because the byte budget is used up."""


@dataclass(frozen=True)
class Wish:
    """One band of one scene or radar pass, and the ground needed of it."""

    scene: Scene | Pass
    band: str
    boxes: NDArray[np.float64]
    """float64 (n, 4) west, south, east, north in degrees."""


Bring = Callable[[Sequence[Wish]], Sequence[Held | Refused]]
"""Brings bands to this machine, in the order of the wishes."""


@dataclass(frozen=True)
class Chip:
    """A window on the 10 m cells of a scene, north up in the scene's own CRS."""

    crs: str
    transform: Affine
    shape: tuple[int, int]
    """Rows and columns."""
    whole: bool
    """False where the plot is larger than what is shown."""


class Grid(NamedTuple):
    """Cells of a scene."""

    crs: str
    transform: Affine


def box_of(geometry: BaseGeometry) -> NDArray[np.float64]:
    """Degrees (4,) that surely hold every chip of a plot, whichever way its UTM grid is turned."""
    west, south, east, north = shapely.bounds(geometry)
    dy = MARGIN_M / METRES_PER_DEGREE
    narrow = np.cos(np.radians(min(abs((south + north) / 2), 85.0)))
    half = (LEAST_M / 2) / METRES_PER_DEGREE
    tall = max((north - south) / 2 + dy, half) * 1.1 + 40 / METRES_PER_DEGREE
    wide = max((east - west) / 2 + dy / narrow, half / narrow) * 1.1 + 40 / METRES_PER_DEGREE / narrow
    tall, wide = tall + 0.06 * wide * narrow, wide + 0.06 * tall / narrow
    x, y = (west + east) / 2, (south + north) / 2
    return np.array([x - wide, y - tall, x + wide, y + tall])


def projected(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """A geometry in degrees in another CRS."""
    there = _transformer(crs)
    return shapely.transform(geometry, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def chip(geometry: BaseGeometry, path: Path) -> Chip:
    """The window of a plot, as `window`, in a file.

    Raises:
        LayersError: the file cannot be opened.
    """
    with opened(path) as band:
        return window(geometry, grid(band))


def grid(band: DatasetReader) -> Grid:
    """The 10 m cells of a scene, from any of its open bands; 20 m cells are halved."""
    crs = str(band.crs.to_wkt() if band.crs.to_epsg() is None else f"EPSG:{band.crs.to_epsg()}")
    there = band.transform
    return Grid(crs, there @ Affine.scale(0.5) if abs(there.a) == 2 * CELL_M else there)


def window(geometry: BaseGeometry, cells: Grid) -> Chip:
    """The window of a plot (in degrees) on the cells of a scene."""
    crs, there = cells
    low_x, low_y, high_x, high_y = shapely.bounds(projected(geometry, crs))
    x, y = (low_x + high_x) / 2, (low_y + high_y) / 2
    half_x = max((high_x - low_x) / 2 + MARGIN_M, LEAST_M / 2)
    half_y = max((high_y - low_y) / 2 + MARGIN_M, LEAST_M / 2)
    most = MOST_CELLS * abs(there.a) / 2
    whole = half_x <= most and half_y <= most
    half_x, half_y = min(half_x, most), min(half_y, most)
    left, top = (np.floor(number) for number in ~there @ (x - half_x, y + half_y))
    right, bottom = (np.ceil(number) for number in ~there @ (x + half_x, y - half_y))
    return Chip(
        crs, there @ Affine.translation(int(left), int(top)), (int(bottom - top), int(right - left)), bool(whole)
    )


def read(path: Path, chip: Chip) -> Numbers:
    """Stored numbers of a band, as `cells`, from a file.

    Raises:
        LayersError: the file cannot be read.
    """
    with opened(path) as band:
        return cells(band, chip)


def cells(band: DatasetReader, chip: Chip) -> Numbers:
    """Stored numbers of an open band on the cells of a chip; coarser bands repeat their cells; 0 outside of the file.

    Raises:
        LayersError: a block cannot be decoded.
    """
    rows, columns = chip.shape
    x = chip.transform.c + (np.arange(columns) + 0.5) * chip.transform.a
    y = chip.transform.f + (np.arange(rows) + 0.5) * chip.transform.e
    there = ~band.transform
    across = np.floor(there.a * x + there.c).astype(int)
    down = np.floor(there.e * y + there.f).astype(int)
    first, last = (max(int(down.min()), 0), max(int(across.min()), 0)), (int(down.max()) + 1, int(across.max()) + 1)
    height, width = min(last[0], band.height) - first[0], min(last[1], band.width) - first[1]
    values = np.zeros(chip.shape, dtype=band.dtypes[0])
    if height <= 0 or width <= 0:
        return values
    try:
        part = band.read(1, window=Window(first[1], first[0], width, height))
    except RasterioError as error:
        raise LayersError(sentence("layers", "block_undecodable", name=Path(band.name).name)) from error
    inside_down, inside_across = down - first[0], across - first[1]
    known_down = (inside_down >= 0) & (inside_down < height)
    known_across = (inside_across >= 0) & (inside_across < width)
    values[np.ix_(known_down, known_across)] = part[np.ix_(inside_down[known_down], inside_across[known_across])]
    return values


def opened(path: Path) -> DatasetReader:
    """A band open for reading.

    Raises:
        LayersError: it cannot be opened, or has no CRS.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(path)
    except RasterioError as error:
        raise LayersError(sentence("layers", "not_opened", name=path.name)) from error
    if dataset.crs is None:
        dataset.close()
        raise LayersError(sentence("layers", "crs_none", name=path.name))
    return dataset
