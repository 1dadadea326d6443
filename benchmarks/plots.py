"""Time to read, check and write 223,000 plots in one GeoPackage, and its memory.

    python benchmarks/plots.py [PLOTS]

The plots are an invented cadastre: neighbours share their boundaries vertex by vertex, as real ones do, which is the
hard case for overlaps; one in twenty is drawn too large and overlaps its neighbours, one in a thousand is delivered
twice.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from eudr_check import plots
from eudr_check.config import PlotFile
from eudr_check.geodesy import plot_area_ha

POINTS_PER_SIDE = 6
CELL_DEG = 0.0012
WEST, SOUTH = 107.9, 12.2


def cadastre(count: int, seed: int = 20261124) -> np.ndarray:
    """Polygons of an invented cadastre, object (count,), EPSG:4326."""
    random = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(count)))
    rows = int(np.ceil(count / columns))
    step = CELL_DEG / POINTS_PER_SIDE
    x, y = np.meshgrid(np.arange(columns * POINTS_PER_SIDE + 1), np.arange(rows * POINTS_PER_SIDE + 1))
    lattice = np.stack([WEST + x * step, SOUTH + y * step], axis=-1) + random.uniform(-0.3, 0.3, (*x.shape, 2)) * step
    side = np.arange(POINTS_PER_SIDE)
    end = np.full(POINTS_PER_SIDE, POINTS_PER_SIDE)
    ring_x = np.concatenate([side, end, end - side, np.zeros_like(side)])
    ring_y = np.concatenate([np.zeros_like(side), side, end, end - side])
    place = np.arange(count)
    at_x = (place % columns * POINTS_PER_SIDE)[:, None] + ring_x
    at_y = (place // columns * POINTS_PER_SIDE)[:, None] + ring_y
    rings = lattice[at_y, at_x]
    grown = random.random(count) < 0.05
    middle = rings.mean(axis=1, keepdims=True)
    rings[grown] = middle[grown] + (rings[grown] - middle[grown]) * 1.15
    twice = np.flatnonzero(random.random(count - 1) < 0.001)
    rings[twice + 1] = rings[twice]
    return shapely.polygons(np.round(np.concatenate([rings, rings[:, :1]], axis=1), 7))


def write(path: Path, count: int) -> None:
    """The cadastre as a GeoPackage."""
    shapes = cadastre(count)
    frame = pd.DataFrame(
        {
            "codigo_parcela": [f"P{number:06d}" for number in range(count)],
            "socio": [f"Socio {number % 40_000:05d}" for number in range(count)],
            "area_ha": np.round(plot_area_ha(shapes), 2),
            "pais": "VN",
        }
    )
    pyogrio.write_dataframe(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), path, layer="plots")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plots.gpkg"
        # In a process of its own, so that the memory measured is that of the reading.
        writer = multiprocessing.get_context("spawn").Process(target=write, args=(path, count))
        writer.start()
        writer.join()
        wall, cpu = time.perf_counter(), time.process_time()
        made, findings = plots.load([PlotFile(path=path, cooperative="coop-01")], commodity="coffee")
        made.to_parquet(Path(folder) / "PLOTS.parquet")
        findings.to_parquet(Path(folder) / "FINDINGS.parquet")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{len(made):,} plots, {shapely.get_num_coordinates(made.geometry).sum():,} vertices")
    print(f"{len(findings):,} findings")
    print(f"read, checked and written in {wall:.1f} s ({cpu:.1f} s of one core)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 2**30:.2f} GiB")
    print(findings.groupby(["severity", "code"]).size().to_string())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 223_000)
