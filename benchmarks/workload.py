"""A made-up national workload: clustered farm plots over one 10 m and two 30 m layers.

Everything follows from a seed, so that two machines time the same work. The landscape has forest and clearings in
patches, as real maps do; the plots are star-shaped rings with the ragged edges of a walked boundary.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray  # noqa: F401, gives datasets their CRS
import shapely
import xarray as xr
from numpy.typing import NDArray

from eudr_check.geodesy import metres_per_degree

SEED = 20201231
NATIONAL = 223_000
PER_DEGREE_10M = 12_000
"""Cells of ESA WorldCover and JRC GFC2020 in a degree; Hansen GFC has a third of them."""
CELLS_OF_30M = 3
TILE_CELLS = PER_DEGREE_10M // 10
PLOTS_PER_TILE = 1_500
VILLAGES = 12
MEDIAN_HA = 1.6
SIGMA = 0.8
"""Spread of the log-normal plot size: two plots in three lie between 0.7 and 3.6 ha."""
WEST, NORTH = -78, -5
TILES_ACROSS = 20


@dataclass(frozen=True)
class Workload:
    """Plots and the tiles they lie in."""

    plots: gpd.GeoDataFrame
    """EPSG:4326, index `plot`, tile after tile."""
    tiles: NDArray[np.int64]
    """Numbers of the tiles, ascending."""


def workload(count: int = NATIONAL, *, seed: int = SEED) -> Workload:
    """The whole workload."""
    numbers = np.arange(tiles(count))
    return Workload(pd.concat([tile_plots(int(tile), count, seed=seed) for tile in numbers]), numbers)


def tiles(count: int = NATIONAL) -> int:
    """Number of tiles that hold `count` plots."""
    return -(-count // PLOTS_PER_TILE)


def tile_plots(tile: int, count: int = NATIONAL, *, seed: int = SEED) -> gpd.GeoDataFrame:
    """Plots of one tile, clustered in twelve villages; the last tile holds what is left of `count`.

    A tile's plots depend on the seed and the tile alone, so that any part of any workload can be made by itself.

    Returns:
        Index `plot`, polygons in EPSG:4326, all at least 1 km inside the tile by their centres.
    """
    here = min(PLOTS_PER_TILE, count - tile * PLOTS_PER_TILE)
    random = np.random.default_rng([seed, 1, tile])
    longitude, latitude = _centres(tile, PLOTS_PER_TILE, random)
    shapes = rings(longitude, latitude, random)[:here]
    names = [f"nation/{tile * PLOTS_PER_TILE + number:07d}" for number in range(here)]
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index(names, name="plot", dtype="str"), crs="EPSG:4326")


def tile_corner(tile: int) -> tuple[int, int]:
    """West and north line of a tile, in 10 m cells from the origin of longitude and latitude."""
    across, down = tile % TILES_ACROSS, tile // TILES_ACROSS
    return WEST * PER_DEGREE_10M + across * TILE_CELLS, NORTH * PER_DEGREE_10M - down * TILE_CELLS


def layers(tile: int, *, seed: int = SEED, speckle: float = 0.25) -> dict[str, NDArray[np.int16]]:
    """One 10 m layer and two 30 m layers of a tile, each on its own grid.

    Args:
        tile: number of the tile.
        seed: of the landscape.
        speckle: deviation of the noise on the 10 m layer; relief has deviation 1.

    Returns:
        `worldcover.tree` int16 (1200, 1200); `hansen.tree10` and `hansen.loss_year` int16 (400, 400).
    """
    random = np.random.default_rng([seed, 2, tile])
    fine, coarse = TILE_CELLS, TILE_CELLS // CELLS_OF_30M
    relief = _relief(coarse, random)
    year = np.clip(2013 + 5 * _relief(coarse, random), 2001, 2025)
    rough = np.kron(relief, np.ones((CELLS_OF_30M, CELLS_OF_30M))) + random.normal(0, speckle, (fine, fine))
    return {
        "worldcover.tree": (rough > 0).astype(np.int16),
        "hansen.tree10": (relief > 0).astype(np.int16),
        "hansen.loss_year": np.where(_relief(coarse, random) > 1, year, 0).astype(np.int16),
    }


def edges(tile: int, per_cell: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cell lines of a tile: x ascending, y descending, degrees; `per_cell` 10 m cells to a cell."""
    west, north = tile_corner(tile)
    steps = np.arange(0, TILE_CELLS + 1, per_cell)
    return (west + steps) / PER_DEGREE_10M, (north - steps) / PER_DEGREE_10M


def cube(tile: int, *, seed: int = SEED) -> xr.Dataset:
    """The three layers of a tile on their common refinement, which is the 10 m grid."""
    x_edge, y_edge = edges(tile)
    data = {
        name: np.repeat(np.repeat(values, TILE_CELLS // len(values), axis=0), TILE_CELLS // len(values), axis=1)
        for name, values in layers(tile, seed=seed).items()
    }
    return on_grid(data, x_edge, y_edge)


def on_grid(data: dict[str, NDArray[np.int16]], x_edge: NDArray[np.float64], y_edge: NDArray[np.float64]) -> xr.Dataset:
    """A cube from arrays (ny, nx) and their cell lines."""
    found = xr.Dataset(
        {name: (("y", "x"), values) for name, values in data.items()},
        coords={
            "y": (y_edge[1:] + y_edge[:-1]) / 2,
            "x": (x_edge[1:] + x_edge[:-1]) / 2,
            "y_edge": y_edge,
            "x_edge": x_edge,
        },
    )
    return found.rio.write_crs("EPSG:4326")


def _centres(tile: int, count: int, random: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of plots around villages."""
    villages = random.uniform(0.15, 0.85, (VILLAGES, 2))
    place = villages[random.integers(0, VILLAGES, count)] + random.normal(0, 0.06, (count, 2))
    place = np.clip(place, 0.1, 0.9) * TILE_CELLS / PER_DEGREE_10M
    west, north = tile_corner(tile)
    return west / PER_DEGREE_10M + place[:, 0], north / PER_DEGREE_10M - place[:, 1]


def rings(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.object_]:
    """Star-shaped rings of 6 to 40 corners around places (n,) in degrees, log-normal in size, stretched and turned."""
    count = len(longitude)
    corners = random.integers(6, 41, count)
    plot = np.repeat(np.arange(count), corners)
    first = np.cumsum(corners) - corners
    step = np.arange(len(plot)) - first[plot]
    angle = 2 * np.pi * (step + random.uniform(-0.3, 0.3, len(plot))) / corners[plot]
    radius = 1 + random.uniform(-0.2, 0.2, len(plot))
    stretch = random.uniform(1, 2, count)
    turn = random.uniform(0, np.pi, count)
    side_m = np.sqrt(MEDIAN_HA * np.exp(random.normal(0, SIGMA, count)) * 10_000 / np.pi)
    east = radius * np.cos(angle) * np.sqrt(stretch)[plot]
    north = radius * np.sin(angle) / np.sqrt(stretch)[plot]
    east, north = (
        (east * np.cos(turn)[plot] - north * np.sin(turn)[plot]) * side_m[plot],
        (east * np.sin(turn)[plot] + north * np.cos(turn)[plot]) * side_m[plot],
    )
    parallel, meridian = metres_per_degree(latitude)
    x = longitude[plot] + east / parallel[plot]
    y = latitude[plot] + north / meridian[plot]
    closed = np.insert(np.arange(len(plot)), np.append(first[1:], len(plot)), first)
    offsets = np.append(0, np.cumsum(corners + 1))
    return shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        np.column_stack([x[closed], y[closed]]),
        (offsets, np.arange(count + 1)),
    )


def _relief(size: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Smooth noise (size, size) of mean 0 and deviation 1, with patches of a few hundred metres and kilometres."""
    total = np.zeros((size, size))
    for cells, weight in ((4, 0.5), (20, 1.0), (80, 0.7)):
        knots = random.normal(size=(cells + 1, cells + 1))
        at = np.linspace(0, cells, size, endpoint=False)
        low = at.astype(int)
        part = at - low
        rows = knots[low] * (1 - part)[:, None] + knots[low + 1] * part[:, None]
        total += weight * (rows[:, low] * (1 - part) + rows[:, low + 1] * part)
    return (total - total.mean()) / total.std()
