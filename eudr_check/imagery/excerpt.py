"""The part of the looks of a harvest that shows some of its plots: rows and pictures of others are left out."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader
from rasterio.windows import Window, from_bounds
from rasterio.windows import transform as transform_of

from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.imagery.ground import box_of, projected
from eudr_check.imagery.mosaic import BLOCK

OF_PLOTS = ("looks.csv", "radar.csv", "vegetation_series.csv")
SOURCES = "sources.csv"


def of_plots(folder: Path, target: Path, plots: gpd.GeoDataFrame) -> None:
    """Write the tables and rasters of some plots.

    Args:
        folder: tables and `rasters/` of all looks (`written.write`).
        target: existing, empty folder.
        plots: PLOTS rows to keep.
    """
    seen: set[str] = set()
    for name in OF_PLOTS:
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        mine = table[table["plot"].isin(plots.index)]
        mine.to_csv(target / name, index=False, lineterminator="\n")
        seen |= set(mine["plot"])
    ground = [box_of(one) for one in plots.geometry[plots.index.isin(list(seen))]]
    _sources(folder / SOURCES, target / SOURCES, ground)
    (target / "rasters").mkdir()
    for path in sorted((folder / "rasters").glob("*.tif")):
        _raster(path, target / "rasters" / path.name, ground)


def _sources(path: Path, target: Path, ground: Sequence[NDArray[np.float64]]) -> None:
    """Rows of SOURCES whose Items reach over the ground of the plots."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    mine = shapely.union_all([shapely.box(*box) for box in ground])
    # A cell of text may not begin like a formula: an apostrophe stands before it.
    edges = np.array([text.lstrip("'").split() for text in table["bbox"]], dtype=np.float64).reshape(-1, 4)
    table[shapely.intersects(shapely.box(*edges.T), mine)].to_csv(target, index=False, lineterminator="\n")


def _raster(path: Path, target: Path, ground: Sequence[NDArray[np.float64]]) -> None:
    """The cells of a picture on the ground of the plots; no file where it shows none of them."""
    with rasterio.open(path) as source:
        windows = [window for box in ground if (window := _window(source, box)) is not None]
        chips = [(window, source.read(window=window)) for window in windows]
        chips = [(window, chip) for window, chip in chips if chip[3].any()]
        if not chips:
            return
        left, top = min(one.col_off for one, _ in chips), min(one.row_off for one, _ in chips)
        right = max(one.col_off + one.width for one, _ in chips)
        bottom = max(one.row_off + one.height for one, _ in chips)
        whole = Window(left, top, right - left, bottom - top)
        profile = source.profile | {
            "width": whole.width, "height": whole.height, "transform": transform_of(whole, source.transform),
            "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "sparse_ok": True, "photometric": "RGB",
        }  # fmt: skip
        tags = source.tags()
    with rasterio.open(target, "w", **profile) as made:
        made.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
        for window, chip in chips:
            made.write(chip, window=Window(window.col_off - left, window.row_off - top, window.width, window.height))
        made.update_tags(**{name: tags[name] for name in ("item", "date", "bands") if name in tags})


def _window(source: DatasetReader, box: NDArray[np.float64]) -> Window | None:
    """Whole cells of a file under a box of degrees; None where there are none."""
    there = projected(shapely.segmentize(shapely.box(*box), 100 / METRES_PER_DEGREE), source.crs.to_string())
    inner = from_bounds(*shapely.bounds(there).tolist(), transform=source.transform)
    left, top = max(int(np.floor(inner.col_off)), 0), max(int(np.floor(inner.row_off)), 0)
    right = min(int(np.ceil(inner.col_off + inner.width)), source.width)
    bottom = min(int(np.ceil(inner.row_off + inner.height)), source.height)
    return Window(left, top, right - left, bottom - top) if right > left and bottom > top else None
