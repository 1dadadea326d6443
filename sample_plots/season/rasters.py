"""The maps of the invented landscape: each sees the truth on its own grid, with its own legend and its own errors.

Files are cut-outs of the products' true tile grids, so that cells lie where they lie in the published tiles.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.transform import Affine

from eudr_check.config import LayerChoice
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import definition
from season import SEED, noise
from season.ground import Blob, Ground, Sample, Use
from season.noise import Array

FINE = 12000
"""Cells per degree of JRC GFC2020 and ESA WorldCover; Hansen has a third of them."""
TMF_CELL = 0.000269494585235856472
TMF_LEFT, TMF_TOP = -80.00013, 0.00009
"""TMF's lattice begins a little beside the whole degree."""

CUTS: Mapping[str, tuple[float, ...]] = {"lamas": (-76.583,), "bagua": (-78.4101,)}
"""Meridians where the files of a site end and the next begin, besides the products' own tile edges."""
UNPUBLISHED = {("hansen_gfc@v1.13", "bagua-2"), ("jrc_tmf@v1.2025", "bagua-2")}
"""Cut-outs that no catalogue holds: nobody can say whether trees were felled there."""
BASELINE_HOLES: Mapping[str, Blob] = {"san-ignacio": Blob(-420.0, -260.0, 330.0)}
EVENT_HOLES: Mapping[str, Blob] = {"mendoza": Blob(520.0, 180.0, 260.0)}
UTM_SITE, UTM_SCENE, UTM_EPSG = "moyobamba", "18M", "EPSG:32718"
CLOUD = Blob(700.0, 250.0, 520.0)

CANOPY = {
    Use.FOREST: 93, Use.SHADED_COFFEE: 58, Use.OPEN_COFFEE: 34, Use.PASTURE: 9, Use.CROPS: 6, Use.FALLOW: 47,
    Use.BUILT: 12, Use.WATER: 4, Use.ROAD: 30,
}  # fmt: skip
"""Percent canopy in 2000 where nothing was cleared since."""


class Grid(NamedTuple):
    """Cells of one file."""

    transform: Affine
    shape: tuple[int, int]

    def centres(self) -> tuple[Array, Array]:
        """Longitude and latitude (or easting, northing) of all cell centres, flat."""
        rows, columns = np.indices(self.shape)
        x, y = self.transform * (columns.ravel() + 0.5, rows.ravel() + 0.5)
        return x, y


class Raster(NamedTuple):
    """One file to be written."""

    layer: str
    name: str
    values: NDArray[Any]
    transform: Affine
    nodata: int | None
    crs: str = "EPSG:4326"


def write(grounds: Mapping[str, Ground], folder: Path) -> None:
    """Write all maps below `folder/rasters` and register them in the STAC folder `folder/catalogue`."""
    files: dict[str, list[Path]] = {}
    for ground in grounds.values():
        for raster in maps_of(ground):
            path = folder / "rasters" / raster.layer.partition("@")[0] / f"{raster.name}.tif"
            write_file(path, raster)
            files.setdefault(raster.layer, []).append(path)
    for layer, paths in sorted(files.items()):
        chosen = definition(LayerChoice.model_validate({"id": layer, "from": "local"}))
        local.add(folder / "catalogue", paths, chosen)


def maps_of(ground: Ground) -> Iterator[Raster]:
    """Every file of a site."""
    site = ground.pattern.site
    for number, (west, east) in enumerate(_strips(ground), start=1):
        part = site.key if len(CUTS.get(site.key, ())) == 0 else f"{site.key}-{number}"
        _, south, _, north = site.bounds
        box = (west, south, east, north)
        yield from _fine_maps(ground, part, box)
        if ("jrc_tmf@v1.2025", part) not in UNPUBLISHED:
            yield from _tmf(ground, part, box)
    if site.key == UTM_SITE:
        yield _io_lulc(ground)


def _strips(ground: Ground) -> list[tuple[float, float]]:
    west, _, east, _ = ground.pattern.site.bounds
    marks = [west, *CUTS.get(ground.pattern.site.key, ()), east]
    return list(pairwise(marks))


def _aligned(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Fine cells west, north, east, south of 0, 0; multiples of three so that Hansen's cells are whole."""
    west, south, east, north = box
    return tuple(round(edge * FINE / 3) * 3 for edge in (west, -north, east, -south))


def _fine_maps(ground: Ground, part: str, box: tuple[float, float, float, float]) -> Iterator[Raster]:
    left, top, right, bottom = _aligned(box)
    grid = Grid(_lattice(left, top, 1), (bottom - top, right - left))
    sample = ground.at(*grid.centres())
    forest = _baseline(ground, sample, grid.shape)
    yield Raster("jrc_gfc2020@V4", f"JRC_GFC2020_V4_N0_W80_{part}", forest, grid.transform, 255)
    cover = _worldcover(ground, sample).reshape(grid.shape)
    for rows, columns, name in _worldcover_tiles(left, top, right, bottom):
        transform = _lattice(left + columns.start, top + rows.start, 1)
        title = f"ESA_WorldCover_10m_2020_v100_{name}_{part}_Map"
        yield Raster("esa_worldcover@2020", title, cover[rows, columns], transform, 0)
    if ("hansen_gfc@v1.13", part) not in UNPUBLISHED:
        coarse = _lattice(left // 3, top // 3, 3)
        for asset, values in _hansen(ground, sample, grid.shape).items():
            title = f"Hansen_GFC-2025-v1.13_{asset}_00N_080W_{part}"
            yield Raster("hansen_gfc@v1.13", title, values, coarse, None)


def _lattice(column: int, row: int, size: int) -> Affine:
    """Transform of a file whose first cell is the given one of a lattice that begins at 0, 0."""
    cell = size / FINE
    return Affine(cell, 0.0, column * size / FINE, 0.0, -cell, -row * size / FINE)


def _baseline(ground: Ground, sample: Sample, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Forest in 2020 as the JRC map has it: the majority of each 3 x 3 cells, shaded coffee mistaken here and there."""
    forest = ((sample.use == Use.FOREST) | sample.mistaken).reshape(shape).astype(np.uint8)
    padded = np.pad(forest, 1, mode="edge")
    around = sum(padded[i : i + shape[0], j : j + shape[1]].astype(int) for i in range(3) for j in range(3))
    values = (around >= 5).astype(np.uint8)
    hole = BASELINE_HOLES.get(ground.pattern.site.key)
    if hole is not None:
        values[hole.holds(sample.x, sample.y, ground.pattern.seed).reshape(shape)] = 255
    return values


def _worldcover(ground: Ground, sample: Sample) -> NDArray[np.uint8]:
    """Trees are trees to this map: shaded coffee counts as tree cover where the shade is dense."""
    seed = ground.pattern.seed
    shade = noise.rough(sample.x, sample.y, 110.0, seed + 211, octaves=2)
    grain = noise.smooth(sample.x, sample.y, 17.0, seed + 223)
    values = np.select(
        [
            sample.use == Use.FOREST,
            (sample.use == Use.SHADED_COFFEE) & (shade > 0.38),
            np.isin(sample.use, (Use.SHADED_COFFEE, Use.OPEN_COFFEE)) & (grain > 0.72),
            np.isin(sample.use, (Use.SHADED_COFFEE, Use.OPEN_COFFEE, Use.FALLOW)),
            (sample.use == Use.PASTURE) | ((sample.use == Use.ROAD) & (grain > 0.5)),
            sample.use == Use.CROPS,
            sample.use == Use.BUILT,
            sample.use == Use.WATER,
        ],
        [10, 10, 40, 20, 30, 40, np.where(grain > 0.45, 50, 30), 80],
        default=60,
    )
    values = np.where((sample.use == Use.FALLOW) & (shade > 0.62), 10, values)
    return values.astype(np.uint8)


def _worldcover_tiles(left: int, top: int, right: int, bottom: int) -> Iterator[tuple[slice, slice, str]]:
    """Parts of a window that lie in different published tiles of 3 degrees, named by their south-west corner."""
    step = 3 * FINE
    for row in range(top // step, (bottom - 1) // step + 1):
        for column in range(left // step, (right - 1) // step + 1):
            rows = slice(max(top, row * step) - top, min(bottom, (row + 1) * step) - top)
            columns = slice(max(left, column * step) - left, min(right, (column + 1) * step) - left)
            yield rows, columns, f"S{3 * (row + 1):02d}W{-3 * column:03d}"


def _hansen(ground: Ground, sample: Sample, shape: tuple[int, int]) -> dict[str, NDArray[np.uint8]]:
    """Landsat cells of 3 x 3: loss where most of a cell was lost, mean canopy, water and missing data."""
    year = np.sort(_blocks(sample.hansen, shape), axis=2)[:, :, 4]
    canopy = np.array([CANOPY.get(Use(use), 0) if use else 0 for use in range(10)])[sample.use]
    canopy = np.where((sample.hansen > 0) | (sample.former > 2000), 88, canopy)
    grain = noise.rough(sample.x, sample.y, 55.0, ground.pattern.seed + 311, octaves=2) - 0.5
    cover = _blocks(np.clip(canopy + grain * np.where(canopy > 80, 14, 40), 0, 100), shape).mean(axis=2)
    mask = np.where((_blocks(sample.use, shape) == Use.WATER).sum(axis=2) >= 5, 2, 1)
    hole = EVENT_HOLES.get(ground.pattern.site.key)
    if hole is not None:
        gone = _blocks(hole.holds(sample.x, sample.y, ground.pattern.seed), shape).all(axis=2)
        mask, year, cover = np.where(gone, 0, mask), np.where(gone, 0, year), np.where(gone, 0, cover)
    return {
        "datamask": mask.astype(np.uint8),
        "lossyear": np.where(year > 2000, year - 2000, 0).astype(np.uint8),
        "treecover2000": np.floor(cover).astype(np.uint8),
    }


def _blocks(values: NDArray[Any], shape: tuple[int, int]) -> NDArray[Any]:
    """The nine fine cells of every coarse one: (rows / 3, columns / 3, 9)."""
    rows, columns = shape[0] // 3, shape[1] // 3
    return values.reshape(rows, 3, columns, 3).transpose(0, 2, 1, 3).reshape(rows, columns, 9)


def _tmf(ground: Ground, part: str, box: tuple[float, float, float, float]) -> Iterator[Raster]:
    west, south, east, north = box
    left, right = round((west - TMF_LEFT) / TMF_CELL), round((east - TMF_LEFT) / TMF_CELL)
    top, bottom = round((TMF_TOP - north) / TMF_CELL), round((TMF_TOP - south) / TMF_CELL)
    transform = Affine(TMF_CELL, 0.0, TMF_LEFT + left * TMF_CELL, 0.0, -TMF_CELL, TMF_TOP - top * TMF_CELL)
    grid = Grid(transform, (bottom - top, right - left))
    sample = ground.at(*grid.centres())
    forest, early = sample.use == Use.FOREST, (sample.degraded > 0) & (sample.degraded <= 2020)
    seen = (sample.tmf > 0) & (sample.tmf <= 2020)
    change = np.select(
        [sample.use == Use.WATER, forest & early, forest & ~seen, seen & (sample.use == Use.FALLOW), seen],
        [5, 2, 1, 4, 3],
        default=6,
    ).astype(np.uint8)
    hole = EVENT_HOLES.get(ground.pattern.site.key)
    known = np.ones(change.shape, dtype=bool)
    if hole is not None:
        known = ~hole.holds(sample.x, sample.y, ground.pattern.seed)
    years = {"DeforestationYear": sample.tmf, "DegradationYear": sample.degraded}
    tile = f"SAM_ID14_N0_W80_{part}"
    layer = "jrc_tmf@v1.2025"
    change = np.where(known, change, 0).astype(np.uint8).reshape(grid.shape)
    yield Raster(layer, f"JRC_TMF_AnnualChange_v1_2020_{tile}", change, transform, None)
    for name, values in years.items():
        values = np.where(known & (change.ravel() < 5), values, 0).astype(np.uint16).reshape(grid.shape)
        yield Raster(layer, f"JRC_TMF_{name}_INT_1982_2025_v1_{tile}", values, transform, None)


def _io_lulc(ground: Ground) -> Raster:
    """A cut-out of one UTM scene with a cloud in it."""
    site = ground.pattern.site
    west, south, east, north = site.bounds
    there = Transformer.from_crs("EPSG:4326", UTM_EPSG, always_xy=True)
    left, bottom, right, top = (round(edge, -2) for edge in there.transform_bounds(west, south, east, north))
    grid = Grid(Affine(10.0, 0.0, left, 0.0, -10.0, top), (round((top - bottom) / 10), round((right - left) / 10)))
    sample = ground.at(*there.transform(*grid.centres(), direction="INVERSE"))
    shade = noise.rough(sample.x, sample.y, 130.0, SEED + 401, octaves=2)
    values = np.select(
        [
            CLOUD.holds(sample.x, sample.y, SEED + 409),
            (sample.use == Use.FOREST) | ((sample.use == Use.SHADED_COFFEE) & (shade > 0.45)),
            sample.use == Use.CROPS,
            sample.use == Use.BUILT,
            sample.use == Use.WATER,
        ],
        [10, 2, 5, 7, 1],
        default=11,
    ).astype(np.uint8)
    name = f"{UTM_SCENE}_{site.key}_20200101-20210101"
    return Raster("io_lulc@2020", name, values.reshape(grid.shape), grid.transform, 0, UTM_EPSG)


def write_file(path: Path, raster: Raster) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = raster.values.shape
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=width,
        height=height,
        count=1,
        dtype=raster.values.dtype,
        crs=raster.crs,
        transform=raster.transform,
        nodata=raster.nodata,
        compress="deflate",
        level=9,
        predictor="no",
        blocksize=256,
        overviews="none",
    ) as dataset:
        dataset.write(raster.values, 1)
