"""A raster file on disk: its grid, which of its blocks some ground needs, and their values."""

import hashlib
import stat
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.enums import MaskFlags
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.session import DummySession
from rasterio.windows import Window

from eudr_check.errors import LayersError
from eudr_check.layers.definition_rules import LONGITUDE_LATITUDE
from eudr_check.layers.fetch.cog_header import Layout, LocalBytes, read_layout
from eudr_check.layers.raster_meaning import refuse_other_meaning
from eudr_check.text import sentence
from eudr_check.typing import Floats, Numbers

SAME_LINE_DEG = 1e-9
"""Cell lines closer than this are one line."""
OPEN_FILES = 64
ALONE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
"""GDAL options: a raster is what stands in its own file; nothing beside it is read or written."""
NO_CLOUD = DummySession()
"""Rasters are files here; without it, keys of an object store in the environment cost 10 ms at every window."""
CACHE_MB = 64
"""Decoded blocks that GDAL keeps for the next tile; by itself it takes a twentieth of the machine's memory."""


@dataclass(frozen=True)
class Raster:
    """Grid and blocks of one band of a GeoTIFF; values are read with `values`."""

    path: Path
    band: int
    crs: str
    """`EPSG:n`, or WKT where the CRS has no code."""
    transform: Affine
    dtype: str
    nodata: float | None
    layout: Layout
    modified_ns: int
    """Modification time in ns, so that a file that changed is opened again."""

    @property
    def width(self) -> int:
        """Columns."""
        return self.layout.width

    @property
    def height(self) -> int:
        """Rows."""
        return self.layout.height

    @property
    def lines(self) -> bool:
        """True where cell lines are meridians and parallels, so that cells can be refined and need no sampling."""
        upright = self.transform.b == 0 and self.transform.d == 0 and self.transform.a > 0
        return upright and self.crs in LONGITUDE_LATITUDE

    @property
    def grid(self) -> tuple[str, tuple[float, ...], int, int]:
        """What two rasters must share to be laid cell on cell."""
        return (self.crs, tuple(self.transform)[:6], self.width, self.height)

    def pixels(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> tuple[Floats, Floats]:
        """Fractional column and row of positions in degrees (WGS 84); inf where the CRS cannot hold them."""
        if self.crs in LONGITUDE_LATITUDE:
            x, y = longitude, latitude
        else:
            x, y = _from_degrees(self.crs).transform(longitude, latitude)
        there = self.transform
        if there.b == 0 and there.d == 0:
            return (x - there.c) / there.a, (y - there.f) / there.e
        back = ~there
        return back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f


def open_raster(path: Path, band: int | None = None) -> Raster:
    """Grid and block layout of a GeoTIFF on disk, by what stands in the file itself: nothing beside it is read.

    Args:
        path: the file.
        band: band from 1; None: the only one.

    Raises:
        LayersError: the file is missing or truncated, is no GeoTIFF, or holds something that would make its values or
            its place mean something else (several bands, a mask, scale and offset, lossy compression, rotation, no
            CRS); names the file.
    """
    try:
        about = path.stat()
    except OSError as error:
        raise LayersError(sentence("layers", "raster_absent", name=path.name, problem=error.strerror)) from error
    if not stat.S_ISREG(about.st_mode):
        raise LayersError(sentence("layers", "not_a_file", name=path.name))
    return _open_raster(path, band, about.st_mtime_ns)


@lru_cache(maxsize=1024)
def _open_raster(path: Path, band: int | None, modified_ns: int) -> Raster:
    try:
        with LocalBytes(path) as source:
            layout = read_layout(source, path.name, band or 1)
    except OSError as error:
        raise LayersError(sentence("layers", "raster_unreadable", name=path.name, problem=error.strerror)) from error
    if layout.end > path.stat().st_size:
        raise LayersError(
            sentence("layers", "tiff_truncated", href=path.name, size=path.stat().st_size, end=layout.end)
        )
    try:
        dataset = _dataset(path, modified_ns)
    except RasterioIOError as error:
        raise LayersError(sentence("layers", "no_geotiff", name=path.name)) from error
    refuse_other_meaning(path.name, dataset, band)
    band = band or 1
    code = dataset.crs.to_epsg()
    return Raster(
        path=path,
        band=band,
        crs=f"EPSG:{code}" if code else dataset.crs.to_wkt(),
        transform=dataset.transform,
        dtype=dataset.dtypes[band - 1],
        nodata=dataset.nodatavals[band - 1],
        layout=layout,
        modified_ns=modified_ns,
    )


@lru_cache(maxsize=OPEN_FILES)
def _dataset(path: Path, modified_ns: int) -> Any:
    with rasterio.Env(NO_CLOUD, **ALONE):
        return rasterio.open(path, driver="GTiff", sharing=False, GEOREF_SOURCES="INTERNAL")


def _masked(dataset: Any) -> tuple[bool, ...]:
    """Of each band, whether a mask hides cells."""
    return tuple(MaskFlags.per_dataset in flags for flags in dataset.mask_flag_enums)


def contradicted(path: Path) -> tuple[str, ...]:
    """What files beside a GeoTIFF (.aux.xml, .msk, world files) say otherwise; programs that follow them see that.

    Returns:
        Names of what differs (transform, CRS, nodata, ...), sorted; empty where nothing does.
    """
    alone = _dataset(path, path.stat().st_mtime_ns)
    with warnings.catch_warnings(), rasterio.Env(NO_CLOUD), rasterio.open(path, driver="GTiff", sharing=False) as led:
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        pairs = {
            "transform": (alone.transform, led.transform),
            "CRS": (alone.crs, led.crs),
            "nodata": (str(alone.nodatavals), str(led.nodatavals)),
            "mask": (_masked(alone), _masked(led)),
            "scale": ((alone.scales, alone.offsets), (led.scales, led.offsets)),
        }
    return tuple(sorted(name for name, (one, other) in pairs.items() if one != other))


@lru_cache(maxsize=64)
def _from_degrees(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def cell_ranges(raster: Raster, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Cells that boxes touch.

    Args:
        raster: the grid.
        boxes: float64 (n, 4) west, south, east, north in degrees.

    Returns:
        int64 (n, 4): first column, first row, and one past the last of each, cut to the raster; empty ranges have
        first >= last.
    """
    west, south, east, north = boxes.T
    if raster.lines:
        slack = SAME_LINE_DEG / np.abs([raster.transform.a, raster.transform.e])
        left, top = raster.pixels(west, north)
        right, bottom = raster.pixels(east, south)
        top, bottom = np.minimum(top, bottom), np.maximum(top, bottom)
        ranges = [left + slack[0], top + slack[1], right - slack[0], bottom - slack[1]]
    else:
        # Five points along each side, plus a cell, because meridians bend in a projected raster.
        share = np.linspace(0, 1, 5)
        x = west[:, None] + (east - west)[:, None] * share
        y = south[:, None] + (north - south)[:, None] * share
        low, high = np.ones_like(x) * south[:, None], np.ones_like(x) * north[:, None]
        left, right = np.ones_like(x) * west[:, None], np.ones_like(x) * east[:, None]
        columns, rows = raster.pixels(np.hstack([x, x, left, right]), np.hstack([low, high, y, y]))
        bad = ~(np.isfinite(columns) & np.isfinite(rows)).all(axis=1)
        columns[bad], rows[bad] = -10, -10
        ranges = [columns.min(axis=1) - 1, rows.min(axis=1) - 1, columns.max(axis=1) + 1, rows.max(axis=1) + 1]
    limits = [raster.width, raster.height]
    first = [np.clip(np.floor(ranges[side]), 0, limits[side]) for side in (0, 1)]
    last = [np.clip(np.ceil(ranges[side + 2]), 0, limits[side]) for side in (0, 1)]
    return np.column_stack([*first, *last]).astype(np.int64)


def needed_blocks(raster: Raster, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which blocks hold a cell that some box touches: bool (block rows, block columns)."""
    layout = raster.layout
    ranges = cell_ranges(raster, boxes)
    ranges = ranges[(ranges[:, 0] < ranges[:, 2]) & (ranges[:, 1] < ranges[:, 3])]
    size = np.array([layout.block_width, layout.block_height])
    first, last = ranges[:, :2] // size, (ranges[:, 2:] - 1) // size + 1
    corners = np.zeros((layout.offsets.shape[0] + 1, layout.offsets.shape[1] + 1), dtype=np.int64)
    for columns, rows, sign in (
        (first[:, 0], first[:, 1], 1),
        (last[:, 0], last[:, 1], 1),
        (first[:, 0], last[:, 1], -1),
        (last[:, 0], first[:, 1], -1),
    ):
        np.add.at(corners, (rows, columns), sign)
    return corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0


def blocks_digest(raster: Raster, needed: NDArray[np.bool_]) -> str:
    """SHA-256 over the bytes of the needed blocks that are stored, in row-major order.

    Raises:
        LayersError: the file ends before a block does.
    """
    total = hashlib.sha256()
    needed = needed & raster.layout.stored
    with raster.path.open("rb") as file:
        for offset, size in zip(raster.layout.offsets[needed], raster.layout.sizes[needed], strict=True):
            file.seek(offset)
            content = file.read(size)
            if len(content) < size:
                raise LayersError(sentence("layers", "block_truncated", name=raster.path.name, offset=offset))
            total.update(content)
    return total.hexdigest()


@dataclass(frozen=True)
class Cut:
    """Values of a window of a raster."""

    values: Numbers
    """(rows, columns), the raster's dtype; 0 where not read."""
    read: NDArray[np.bool_] | None
    """Which cells lie in a block that is needed and stored; None: all."""
    column: int
    """Column of the raster at which the window begins."""
    row: int
    """Row of the raster at which the window begins."""


def cut(raster: Raster, boxes: NDArray[np.float64], box: NDArray[np.float64], *, sparse_is_zero: bool = False) -> Cut:
    """Read the window that covers `box`, but only the blocks that `boxes` need and the file holds.

    Args:
        raster: what to read.
        boxes: float64 (n, 4), needed ground in degrees.
        box: float64 (4,), their common box.
        sparse_is_zero: whether blocks the file does not hold are 0 by the producer's word; else they are not read.

    Raises:
        LayersError: GDAL cannot decode a block; names the file.
    """
    column, row, stop_column, stop_row = (int(number) for number in cell_ranges(raster, box[None])[0])
    stop_column, stop_row = max(column, stop_column), max(row, stop_row)
    shape = (stop_row - row, stop_column - column)
    if 0 in shape:
        return Cut(np.zeros((0, 0), dtype=raster.dtype), None, column, row)
    layout = raster.layout
    needed = needed_blocks(raster, boxes)
    empty = needed & ~layout.stored
    needed &= layout.stored
    block_rows = slice(row // layout.block_height, (stop_row - 1) // layout.block_height + 1)
    block_columns = slice(column // layout.block_width, (stop_column - 1) // layout.block_width + 1)
    if needed[block_rows, block_columns].all():
        return Cut(read_window(raster, column, row, shape), None, column, row)
    values = np.zeros(shape, dtype=raster.dtype)
    read = np.zeros(shape, dtype=bool)
    for top, bottom, left, right in _block_windows(layout, needed, (column, row, stop_column, stop_row)):
        here = slice(top - row, bottom - row), slice(left - column, right - column)
        values[here] = read_window(raster, left, top, (bottom - top, right - left))
        read[here] = True
    if sparse_is_zero:
        for top, bottom, left, right in _block_windows(layout, empty, (column, row, stop_column, stop_row)):
            read[top - row : bottom - row, left - column : right - column] = True
    return Cut(values, read, column, row)


def _block_windows(
    layout: Layout, needed: NDArray[np.bool_], window: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Top, bottom, left, right of each needed block inside a window."""
    column, row, stop_column, stop_row = window
    for block_row, block_column in np.argwhere(needed):
        top, left = int(block_row) * layout.block_height, int(block_column) * layout.block_width
        top, bottom = max(top, row), min(top + layout.block_height, stop_row)
        left, right = max(left, column), min(left + layout.block_width, stop_column)
        if top < bottom and left < right:
            yield top, bottom, left, right


def read_window(raster: Raster, column: int, row: int, shape: tuple[int, int]) -> Numbers:
    """Values of some rows and columns; blocks the file does not store come as GDAL fills them.

    Raises:
        LayersError: GDAL cannot decode a block; names the file.
    """
    try:
        with rasterio.Env(NO_CLOUD, GDAL_CACHEMAX=CACHE_MB, **ALONE):
            values: NDArray[Any] = _dataset(raster.path, raster.modified_ns).read(
                raster.band, window=Window(column, row, shape[1], shape[0])
            )
    except RasterioError as error:
        raise LayersError(sentence("layers", "block_undecodable", name=raster.path.name)) from error
    return values
