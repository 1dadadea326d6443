"""All pictures of one date and tile as one GeoTIFF, for a GIS: colours on the scene's own cells, nothing between."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window

from eudr_check.imagery.looks import View
from eudr_check.imagery.picture import COMPOSITES, Kind, colours

BLOCK = 128
"""Cells along a side of a block; blocks without any picture take no room in the file."""
OPAQUE = 255

Blocks = dict[tuple[int, int], NDArray[np.uint8]]


def write(path: Path, views: Iterable[View], kind: Kind) -> None:
    """Write the pictures of one day and tile; no statistics can be made of them.

    Args:
        path: of the GeoTIFF: red, green, blue and opacity (0 where nothing was read).
        views: at least one, all in one CRS and on the cells of one grid.
        kind: true colour or near infrared.
    """
    seen = list(views)
    origin = seen[0].chip.transform
    placed = [(view, *_corner(view, origin)) for view in seen]
    top, left = min(row for _, row, _ in placed), min(column for _, _, column in placed)
    blocks: Blocks = {}
    for view, row, column in placed:
        _paste(blocks, _opaque(view, kind), row - top, column - left)
    height = max(row + view.chip.shape[0] for view, row, _ in placed) - top
    width = max(column + view.chip.shape[1] for view, _, column in placed) - left
    scenes = {view.scene.item_id: view.scene for view in seen}
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=4, dtype="uint8", crs=seen[0].chip.crs,
        transform=origin @ Affine.translation(left, top), compress="deflate", photometric="RGB", alpha="yes",
        tiled=True, blockxsize=BLOCK, blockysize=BLOCK, interleave="pixel", sparse_ok=True,
    ) as dataset:  # fmt: skip
        for (down, across), pixels in sorted(blocks.items()):
            rows, columns = min(BLOCK, height - down * BLOCK), min(BLOCK, width - across * BLOCK)
            window = Window(across * BLOCK, down * BLOCK, columns, rows)
            dataset.write(np.moveaxis(pixels[:rows, :columns], 2, 0), window=window)
        dataset.update_tags(
            item=" ".join(sorted(scenes)),
            date=str(seen[0].scene.day),
            bands=" ".join(band for band, _ in COMPOSITES[kind]),
        )


def by_day(views: Iterable[View]) -> Mapping[str, list[View]]:
    """Views by `DATE_TILE`, in order."""
    found: dict[str, list[View]] = {}
    for view in views:
        found.setdefault(f"{view.scene.day}_{view.scene.tile}", []).append(view)
    return dict(sorted(found.items()))


def _corner(view: View, origin: Affine) -> tuple[int, int]:
    """Row and column of a view's upper left cell on the grid of another."""
    column, row = ~origin @ (view.chip.transform.c, view.chip.transform.f)
    return round(row), round(column)


def _opaque(view: View, kind: Kind) -> NDArray[np.uint8]:
    opacity = np.where(np.isnan(view.bands["red"]), 0, OPAQUE).astype(np.uint8)
    return np.dstack([colours(view, kind), opacity])


def _paste(blocks: Blocks, pixels: NDArray[np.uint8], row: int, column: int) -> None:
    """Put a picture where it belongs; cells without data leave what is there."""
    for down, there_row, here_row in _cuts(row, pixels.shape[0]):
        for across, there_column, here_column in _cuts(column, pixels.shape[1]):
            block = blocks.setdefault((down, across), np.zeros((BLOCK, BLOCK, 4), np.uint8))
            part, place = pixels[here_row, here_column], block[there_row, there_column]
            known = part[..., 3] == OPAQUE
            place[known] = part[known]


def _cuts(start: int, length: int) -> Iterator[tuple[int, slice, slice]]:
    """Number of every block that a run of cells lies in, and its cells there and here."""
    for number in range(start // BLOCK, (start + length - 1) // BLOCK + 1):
        begin, end = max(start, number * BLOCK), min(start + length, (number + 1) * BLOCK)
        yield number, slice(begin - number * BLOCK, end - number * BLOCK), slice(begin - start, end - start)
