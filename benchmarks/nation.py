"""A nation of smallholders through every stage: time and peak memory per stage, beside the floor.

    python -m benchmarks.nation                   223,000 plots
    python -m benchmarks.nation --plots 20000     a quick look

Makes (once, in the user's cache folder) the plots in one GeoPackage and a landscape of cloud-optimised GeoTIFFs in a
STAC folder, and runs the real command on them: with one worker, with two, once more when all is finished, with one
plot changed, and with all default outputs, deliveries and shipments. In the same call it measures the floor (for the
outputs of the first runs), each part alone in a process of its own: reading the plots, decompressing the rasters
once, and writing the outputs with the libraries that write them; and how much faster two NumPy loops are side by side
than one after the other, which no two workers can beat.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psutil
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyogrio
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
from eudr_check import parquet
from eudr_check.config import LayerChoice
from eudr_check.layers import definition
from eudr_check.layers.catalog import local

LANDSCAPE = (WEST - 0.1, NORTH + 0.1)
FARMS_ACROSS = 40
PLOTS_PER_LOT, LOTS_PER_SHIPMENT, KG = 20, 50, 200
GEOGRAPHIC = ("plots", "patches", "findings")
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
        local.add(folder / "catalogue", files, definition(LayerChoice(id=layer, source="local")))
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


def trade(folder: Path) -> None:
    """A delivery of every plot in lots of `PLOTS_PER_LOT`, and shipments of `LOTS_PER_SHIPMENT` lots.

    As an exporter sells: plots that the run before cleared go together, and those still to settle into lots of their
    own, so that part of the shipments is declared.
    """
    assessed = pq.read_table(folder / "run" / "tables" / "ASSESSMENTS.parquet", columns=["plot", "outcome"])
    outcome = dict(zip(*(assessed[name].to_pylist() for name in ("plot", "outcome")), strict=True))
    plots = sorted(outcome, key=lambda plot: (outcome[plot] != "low", plot))
    lots = [f"L{number // PLOTS_PER_LOT:05d}" for number in range(len(plots))]
    rows = (
        f"2025-08-01,nation,{plot.removeprefix('nation/')},{KG},green,{lot}"
        for plot, lot in zip(plots, lots, strict=True)
    )
    (folder / "deliveries.csv").write_text("\n".join(["date,cooperative,plot_id,kg,form,lot", *rows]) + "\n")
    held = Counter(lots)
    names = sorted(held)
    shipped = [names[at : at + LOTS_PER_SHIPMENT] for at in range(0, len(names), LOTS_PER_SHIPMENT)]
    rows = (
        f"EXP-{number:04d},{'; '.join(mine)},{KG * sum(held[lot] for lot in mine)},NL"
        for number, mine in enumerate(shipped, start=1)
    )
    (folder / "shipments.csv").write_text("\n".join(["shipment,lots,net_mass_kg,border_country", *rows]) + "\n")


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


def settings(folder: Path, workers: int, *, whole: bool) -> Path:
    """The harvest YAML of the nation; `whole` with everything that is made by default, deliveries and shipments."""
    asked = {"deliveries": "deliveries.csv", "shipments": "shipments.csv"} if whole else {}
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
        "confidential": True,
        "border_country": "NL",
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
        "package": {} if whole else {"outputs": ["eu_geojson", "gis"]},
        "run": {"executor": "dask", "workers": workers, "folder": str(folder / "run")},
        **asked,
    }
    path = folder / "nation.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def _read_plots(folder: Path) -> float:
    start = time.perf_counter()
    gpd.read_file(folder / "plots.gpkg", engine="pyogrio", use_arrow=True)
    return time.perf_counter() - start


def _decompress(folder: Path) -> float:
    start = time.perf_counter()
    for path in sorted((folder / "rasters").glob("*.tif")):
        with rasterio.open(path) as file:
            for _, window in file.block_windows(1):
                file.read(1, window=window)
    return time.perf_counter() - start


def _write_outputs(folder: Path) -> float:
    """GeoPackage, GeoJSON, Parquet, CSV and the ZIP of the package, written by GDAL, Arrow and zlib alone."""
    package, made = folder / "run" / "package", folder / "floor"
    tables = {path.stem: pq.read_table(path) for path in sorted((package / "tables").glob("*.parquet"))}
    layers = {name: gpd.read_file(package / "nation.gpkg", layer=name, engine="pyogrio") for name in GEOGRAPHIC}
    plots = gpd.read_parquet(package / "tables" / "PLOTS.parquet", columns=["producer_country", "area_ha", "geometry"])
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    start = time.perf_counter()
    for name, layer in layers.items():
        pyogrio.write_dataframe(layer, made / "nation.gpkg", layer=name, use_arrow=True)
    pyogrio.write_dataframe(plots, made / "plots.geojson", COORDINATE_PRECISION=6, use_arrow=True)
    for name, table in tables.items():
        pq.write_table(table, made / f"{name}.parquet", compression="zstd")
    for name in ("EVIDENCE", "ASSESSMENTS", "REASONS"):
        pacsv.write_csv(parquet.joined(name, tables[name]), made / f"{name}.csv")
    with zipfile.ZipFile(made / "nation.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(package.rglob("*")):
            if path.is_file() and path.suffix != ".zip":
                stored = zipfile.ZIP_STORED if path.suffix in {".parquet", ".qgz"} else zipfile.ZIP_DEFLATED
                archive.write(path, compress_type=stored)
    seconds = time.perf_counter() - start
    shutil.rmtree(made)
    return seconds


def _loop(_: Path) -> float:
    """Work on arrays of the size of a tile, as the overlay does: compare, count, look up, add."""
    start = time.perf_counter()
    random = np.random.default_rng(SEED)
    values = random.integers(0, 40, TILE_CELLS * TILE_CELLS).astype(np.int16)
    table = random.random(40)
    for _ in range(60):
        changed = values[1:] != values[:-1]
        np.cumsum(changed, dtype=np.int32)
        np.bincount(values, weights=table.take(values))
    return time.perf_counter() - start


FLOOR = {"read plots": _read_plots, "decompress rasters": _decompress, "write outputs": _write_outputs}
LOOP = {"loop": _loop}
LOOPS = 5


def apart(folder: Path, *parts: str) -> list[float]:
    """Seconds of some parts of the floor, or of the loop, all at once, each in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.nation", "--folder", str(folder), "--part"]
    running = [subprocess.Popen([*command, part], stdout=subprocess.PIPE, text=True) for part in parts]
    return [float(process.communicate()[0]) for process in running]


@dataclass(frozen=True)
class Run:
    """One call of the command."""

    seconds: float
    peak_mb: float
    """Largest sum of the resident memory of all its processes."""
    stages: dict[str, dict[str, float]]
    """Per stage: wall_s, and peak_mb of all processes while it lasted."""
    tiles: set[str]
    """Finished tiles in the run folder."""


def run(folder: Path, workers: int, *, whole: bool = False) -> Run:
    """The harvest as a user runs it, watched five times a second."""
    config = settings(folder, workers, whole=whole)
    command = [sys.executable, "-m", "eudr_check.cli", "run", str(config), "--offline"]
    began, start, watched = time.time(), time.perf_counter(), list[tuple[float, float]]()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            watched.append((time.time(), _resident_mb(process.pid)))
            time.sleep(0.2)
    seconds = time.perf_counter() - start
    if process.returncode not in (0, 3):
        raise SystemExit(f"exit code {process.returncode}: {' '.join(command)}")
    log = [json.loads(line) for line in (folder / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    ended = [
        (entry["stage"], dt.datetime.fromisoformat(entry["time"]).timestamp(), entry["wall_s"])
        for entry in log
        if entry["event"] == "stage"
    ]
    stages = {
        stage: {"wall_s": wall, "peak_mb": max((mb for at, mb in watched if end - wall <= at <= end), default=0.0)}
        for stage, end, wall in ended
        if end >= began
    }
    tiles = {path.name for path in (folder / "run" / "artifacts").glob("tile-*")}
    return Run(seconds, max(mb for _, mb in watched), stages, tiles)


def _resident_mb(process: int) -> float:
    total = 0.0
    try:
        root = psutil.Process(process)
        for one in [root, *root.children(recursive=True)]:
            try:
                total += one.memory_info().rss / 1e6
            except psutil.NoSuchProcess:
                continue
    except psutil.NoSuchProcess:
        return total
    return total


def change_one_plot(folder: Path) -> None:
    """Move the boundary of one plot a little."""
    plots = gpd.read_file(folder / "plots.gpkg", engine="pyogrio", use_arrow=True)
    row = len(plots) // 2
    plots.loc[row, "geometry"] = plots.geometry[row].buffer(-1e-5)
    (folder / "plots.gpkg").unlink()
    plots.to_file(folder / "plots.gpkg", driver="GPKG", engine="pyogrio")


def measure(folder: Path) -> dict[str, Any]:
    """All figures, by name."""
    one = run(folder, 1)
    shutil.rmtree(folder / "run")
    two = run(folder, 2)
    again = run(folder, 2)
    floor = {part: apart(folder, part)[0] for part in FLOOR}
    # The best of several: on a shared machine two loops of a second each can meet with luck of their own.
    alone, both = (min(max(apart(folder, *loops)) for _ in range(LOOPS)) for loops in (("loop",), ("loop", "loop")))
    kept = folder / "plots.gpkg.kept"
    shutil.copyfile(folder / "plots.gpkg", kept)
    change_one_plot(folder)
    changed = run(folder, 2)
    kept.replace(folder / "plots.gpkg")
    trade(folder)
    shutil.rmtree(folder / "run")
    whole = run(folder, 2, whole=True)
    return {
        "whole": asdict(replace(whole, tiles=set())),
        "workers_1": asdict(replace(one, tiles=set())) | {"tiles": len(one.tiles)},
        "workers_2": asdict(replace(two, tiles=set())) | {"tiles": len(two.tiles)},
        "again_s": again.seconds,
        "one_changed_s": changed.seconds,
        "one_changed_tiles": len(changed.tiles - again.tiles),
        "floor": floor,
        "overlay_speed_up": one.stages["overlay"]["wall_s"] / two.stages["overlay"]["wall_s"],
        "loop_speed_up": 2 * alone / both,
    }


def table(found: dict[str, Any]) -> str:
    """The figures as Markdown."""
    one, two = found["workers_1"], found["workers_2"]
    floor = sum(found["floor"].values())
    rows = [
        (
            stage,
            *(found[name]["stages"][stage]["wall_s"] for name in ("workers_1", "workers_2", "whole")),
            *(found[name]["stages"][stage]["peak_mb"] for name in ("workers_2", "whole")),
        )
        for stage in two["stages"]
    ]
    whole = found["whole"]
    rows.append(("**all**", one["seconds"], two["seconds"], whole["seconds"], two["peak_mb"], whole["peak_mb"]))
    lines = [
        "| stage | 1 worker, s | 2 workers, s | 2 workers, default outputs, s | peak of 2 workers, MB | "
        "peak, default outputs, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {first:.1f} | {second:.1f} | {third:.1f} | {peak:,.0f} | {highest:,.0f} |"
        for name, first, second, third, peak, highest in rows
    ]
    lines += ["", "| beside it | |", "| --- | ---: |"]
    lines += [f"| floor: {part} | {seconds:.1f} s |" for part, seconds in found["floor"].items()]
    lines += [
        f"| two workers / floor | {two['seconds'] / floor:.2f} |",
        f"| finished run again | {found['again_s']:.1f} s |",
        f"| one plot changed | {found['one_changed_tiles']} tiles redone, {found['one_changed_s']:.1f} s |",
        f"| overlay, two workers against one | {found['overlay_speed_up']:.2f} times as fast |",
        f"| two NumPy loops side by side against one after the other | {found['loop_speed_up']:.2f} times as fast |",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure and print; `--json` writes the figures to a file as well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plots", type=int, default=NATIONAL)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", choices=[*FLOOR, *LOOP], help="measure one part only, as the benchmark itself does")
    parser.add_argument("--folder", type=Path, help="where that part finds a nation that was run")
    chosen = parser.parse_args()
    if chosen.part is not None:
        print((FLOOR | LOOP)[chosen.part](chosen.folder))
        return
    folder = cache(chosen.plots)
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        make(folder, chosen.plots)
    shutil.rmtree(folder / "run", ignore_errors=True)
    found = measure(folder)
    print(table(found))
    if chosen.json:
        chosen.json.write_text(json.dumps({"plots": chosen.plots} | found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
