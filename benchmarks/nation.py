"""A nation of smallholders through every stage: time and peak memory per stage, beside the floor.

`python -m benchmarks.nation --workers 2` makes (once, in the user's cache folder) 223,000 plots in one GeoPackage and a
landscape of cloud-optimised GeoTIFFs in a STAC folder, runs the real harvest in a process of its own, and measures in
the same call the floor: reading the plots, decompressing the touched rasters and writing the outputs, each alone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psutil
import rasterio
import yaml
from numpy.typing import NDArray
from rasterio.transform import from_origin

from benchmarks.workload import (
    NATIONAL,
    NORTH,
    PER_DEGREE_10M,
    PLOTS_PER_TILE,
    SEED,
    TILE_CELLS,
    TILES_ACROSS,
    WEST,
    layers,
    rings,
    tile_corner,
    tiles,
)
from eudr_check.config import LayerChoice
from eudr_check.layers import catalogue, definition

LANDSCAPE = (WEST - 0.1, NORTH + 0.1)
FARMS_ACROSS = 40
SPECKLE = 0.03
TMF_CELL = 0.000269494585235856472
LAYERS = ("jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025", "esa_worldcover@2020", "jrc_gft2020@V1")
FILES = {
    "forest": ("JRC_GFC2020_V4_N0_W80", "jrc_gfc2020@V4"),
    "treecover2000": ("Hansen_GFC-2025-v1.13_treecover2000_00N_080W", "hansen_gfc@v1.13"),
    "lossyear": ("Hansen_GFC-2025-v1.13_lossyear_00N_080W", "hansen_gfc@v1.13"),
    "datamask": ("Hansen_GFC-2025-v1.13_datamask_00N_080W", "hansen_gfc@v1.13"),
    "annual_change_2020": ("JRC_TMF_AnnualChange_v1_2020_SAM_ID1_N0_W80", "jrc_tmf@v1.2025"),
    "deforestation_year": ("JRC_TMF_DeforestationYear_INT_1982_2025_v1_SAM_ID1_N0_W80", "jrc_tmf@v1.2025"),
    "degradation_year": ("JRC_TMF_DegradationYear_INT_1982_2025_v1_SAM_ID1_N0_W80", "jrc_tmf@v1.2025"),
    "type": ("JRC_GFT2020_V1_N0_W80", "jrc_gft2020@V1"),
    "map": ("ESA_WorldCover_10m_2020_v100_S06W078_Map", "esa_worldcover@2020"),
}


def cache(count: int) -> Path:
    """Folder of the made-up nation, outside the repository."""
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "eudr-check" / f"nation-{count}"


def make(folder: Path, count: int) -> None:
    """Write plots, rasters, catalogue and YAML."""
    (folder / "rasters").mkdir(parents=True)
    smallholders(count).to_file(folder / "plots.gpkg", driver="GPKG", engine="pyogrio")
    for asset, values, cell in _landscape(tiles(count)):
        _write(folder / "rasters" / f"{FILES[asset][0]}.tif", values, cell)
    for layer in LAYERS:
        files = [folder / "rasters" / f"{name}.tif" for name, of in FILES.values() if of == layer]
        catalogue.add(folder / "catalogue", files, definition(LayerChoice(id=layer, source="local")))
    (folder / "done").touch()


def smallholders(count: int) -> gpd.GeoDataFrame:
    """Farms side by side, as a cadastre has them: most keep to themselves, large ones overlap their neighbours.

    The plots of `workload` crowd around villages, four deep; that is hard for an overlay, but no cooperative's file.
    One plot in a thousand is delivered a second time under another id.
    """
    shapes = np.concatenate([_farms(tile, count) for tile in range(tiles(count))])
    again = np.random.default_rng(SEED).choice(count - 1, count // 1000, replace=False)
    shapes[again + 1] = shapes[again]
    columns = {
        "codigo": [f"P{number:06d}" for number in range(count)],
        "socio": [f"Socia Ejemplo {number % 150_000:06d}" for number in range(count)],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def _farms(tile: int, count: int) -> NDArray[np.object_]:
    """Plots of one tile (n,), EPSG:4326, each in a square of its own about 280 m wide."""
    random = np.random.default_rng([SEED, 3, tile])
    here = min(PLOTS_PER_TILE, count - tile * PLOTS_PER_TILE)
    place = random.permutation(FARMS_ACROSS**2)[:here]
    west, north = tile_corner(tile)
    step = 0.1 / FARMS_ACROSS
    x, y = ((part + random.uniform(0.4, 0.6, here)) * step for part in (place % FARMS_ACROSS, place // FARMS_ACROSS))
    return rings(west / PER_DEGREE_10M + x, north / PER_DEGREE_10M - y, random)


def _landscape(count: int) -> Any:
    """Asset, values and cell size (degrees) of every raster; the north-west corner is that of `LANDSCAPE`.

    As on the real sites of the tests, one to four of a hundred neighbouring 10 m cells differ and a square kilometre
    holds some hundred patches of loss (there: 20 to 150). A margin of one tile has neither forest nor loss.
    """
    across, down = TILES_ACROSS + 2, -(-count // TILES_ACROSS) + 2
    fine = np.zeros((down * TILE_CELLS, across * TILE_CELLS), np.uint8)
    coarse = {name: np.zeros((down * TILE_CELLS // 3, across * TILE_CELLS // 3), np.uint8) for name in ("tree", "year")}
    for tile in range(count):
        column, row = tile % TILES_ACROSS + 1, tile // TILES_ACROSS + 1
        made = layers(tile, speckle=SPECKLE)
        for target, values in (
            (fine, made["worldcover.tree"]),
            (coarse["tree"], made["hansen.tree10"]),
            (coarse["year"], np.where(made["hansen.loss_year"] > 0, made["hansen.loss_year"] - 2000, 0)),
        ):
            size = len(values)
            target[row * size : (row + 1) * size, column * size : (column + 1) * size] = values
    yield "forest", fine, 1 / PER_DEGREE_10M
    yield "type", np.where(fine, 1, 0).astype(np.uint8), 1 / PER_DEGREE_10M
    yield "map", np.where(fine, 10, 40).astype(np.uint8), 1 / PER_DEGREE_10M
    yield "treecover2000", np.where(coarse["tree"], 80, 5).astype(np.uint8), 3 / PER_DEGREE_10M
    yield "lossyear", coarse["year"], 3 / PER_DEGREE_10M
    yield "datamask", np.ones_like(coarse["tree"]), 3 / PER_DEGREE_10M
    steps = (
        np.arange(int(down * TILE_CELLS / PER_DEGREE_10M / TMF_CELL) + 1),
        np.arange(int(across * TILE_CELLS / PER_DEGREE_10M / TMF_CELL) + 1),
    )
    pick = [
        np.minimum((index * TMF_CELL * PER_DEGREE_10M / 3).astype(int), limit - 1)
        for index, limit in zip(steps, coarse["tree"].shape, strict=True)
    ]
    tree, year = (coarse[name][np.ix_(*pick)] for name in ("tree", "year"))
    calendar = np.where(year > 0, 2000 + year.astype(np.uint16), 0).astype(np.uint16)
    yield "annual_change_2020", np.where(tree, 1, 4).astype(np.uint8), TMF_CELL
    yield "deforestation_year", np.where(tree & (year % 2 == 0), calendar, 0).astype(np.uint16), TMF_CELL
    yield "degradation_year", np.where(tree & (year % 3 == 0), calendar, 0).astype(np.uint16), TMF_CELL


def _write(path: Path, values: NDArray[Any], cell: float) -> None:
    profile = {
        "driver": "COG",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": "EPSG:4326",
        "transform": from_origin(*LANDSCAPE, cell, cell),
        "compress": "deflate",
        "blocksize": 512,
        "overviews": "none",
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)


def settings(folder: Path, run: Path, executor: str, workers: int) -> Path:
    """The harvest YAML of the nation."""
    content = {
        "harvest": "nation",
        "commodity": "coffee",
        "operator": {
            "name": "Ejemplo Importers BV",
            "country": "NL",
            "eori": "NL000000000",
            "address": "Voorbeeldkade 1, Rotterdam",
        },
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 1000},
        "plots": [
            {
                "path": str(folder / "plots.gpkg"),
                "cooperative": "nation",
                "columns": {"plot_id": "codigo", "producer_name": "socio"},
                "producer_country": "PE",
            }
        ],
        "catalogues": {"local": {"folder": str(folder / "catalogue")}},
        "layers": [{"id": layer, "from": "local"} for layer in LAYERS],
        "production": {"from": "2025-03-01", "to": "2025-09-30"},
        "package": {"outputs": ["eu_geojson", "gis"]},
        "run": {"executor": executor, "workers": workers, "folder": str(run)},
    }
    path = folder / "nation.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def timed(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak memory over all processes in MB, and stdout of a command."""
    start, peak, done = time.perf_counter(), 0.0, threading.Event()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def watch() -> None:
        nonlocal peak
        root = psutil.Process(process.pid)
        while not done.wait(0.2):
            total = 0
            for one in [root, *_children(root)]:
                try:
                    total += one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, total / 1e6)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    done.set()
    watcher.join()
    if process.returncode not in (0, 3):
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    return time.perf_counter() - start, peak, output


def _children(root: psutil.Process) -> list[psutil.Process]:
    try:
        return root.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def floor(folder: Path, run: Path) -> dict[str, float]:
    """Seconds to read the plots, decompress the rasters once, and copy the outputs; each alone."""
    seconds = {}
    start = time.perf_counter()
    gpd.read_file(folder / "plots.gpkg", engine="pyogrio", use_arrow=True)
    seconds["read plots"] = time.perf_counter() - start
    start = time.perf_counter()
    for path in sorted((folder / "rasters").glob("*.tif")):
        with rasterio.open(path) as file:
            for _, window in file.block_windows(1):
                file.read(1, window=window)
    seconds["decompress rasters"] = time.perf_counter() - start
    start = time.perf_counter()
    for part in ("tables", "package"):
        shutil.copytree(run / part, run / f".floor-{part}")
        shutil.rmtree(run / f".floor-{part}")
    gpd.read_parquet(run / "tables" / "PLOTS.parquet").to_file(run / "floor.gpkg", engine="pyogrio")
    (run / "floor.gpkg").unlink()
    seconds["write outputs"] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Run and print; `--json` writes the figures to a file as well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plots", type=int, default=NATIONAL)
    parser.add_argument("--workers", type=int, default=1, help="1 runs serially")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    folder = cache(chosen.plots)
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        make(folder, chosen.plots)
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    config = settings(folder, run, "serial" if chosen.workers == 1 else "dask", chosen.workers)
    command = [sys.executable, "-m", "eudr_check.cli", "run", str(config), "--offline", "--profile"]
    seconds, peak, output = timed(command)
    again, _, _ = timed(command)
    lowest = floor(folder, run)
    print(output)
    print(f"all stages {seconds:.1f} s, peak {peak:.0f} MB over all processes, finished run again {again:.1f} s")
    for name, value in lowest.items():
        print(f"floor: {name:<20} {value:6.1f} s")
    total = sum(lowest.values())
    print(f"floor: {'together':<20} {total:6.1f} s   all stages / floor = {seconds / total:.2f}")
    if chosen.json:
        figures = {"plots": chosen.plots, "workers": chosen.workers, "seconds": seconds, "peak_mb": peak}
        chosen.json.write_text(json.dumps(figures | {"again": again, "floor": lowest}, indent=1) + "\n")


if __name__ == "__main__":
    main()
