"""How fast the overlay is, and how true, beside exactextract and rasterstats: one core, one run, one command.

    python -m benchmarks.overlay                      the national workload, some minutes
    python -m benchmarks.overlay --plots 4500         a quick look
    python -m benchmarks.overlay --only ours scale    parts of it

Seconds are those of the calls that do the work; making the workload is not timed. Every tool gets the layers as arrays
in memory, tile by tile, and the plots as a GeoDataFrame.
"""

import argparse
import gc
import json
import os
import resource
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterstats import zonal_stats

from benchmarks import overlay_tables, workload
from benchmarks.conditions import conditions, sentence
from eudr_check.geodesy import cell_area_ha, metres_per_degree, plot_area_ha
from eudr_check.overlay import cell_coverage, cross_tabulate, tabulate
from eudr_check.tables import PLOTS, typed

TMF_DEGREE = 0.000269494585235856
"""Cell of JRC TMF."""
RASTERSTATS_SAMPLE = 300
CHECKED_TILES = 2
PARTS = ("ours", "exactextract", "combined", "rasterstats", "truth", "tmf", "boundary", "scale", "large")


def main() -> None:
    """Run the chosen parts, print a line for each figure, write the JSON."""
    chosen = _arguments()
    before = conditions()
    found: dict[str, Any] = {"conditions": before, "plots": chosen.plots}
    data = Workload(chosen.plots, chosen.cache)
    for part in PARTS:
        if part in chosen.only:
            found[part] = _alone(part, data)
            print(part, json.dumps(found[part], indent=1), flush=True)
    found["ratios"] = overlay_tables.ratios(found)
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    said = sentence(before, "numpy", "shapely", "exactextract", "rasterstats")
    print(overlay_tables.peers(found), said, overlay_tables.beside(found), f"written: {chosen.json}", sep="\n\n")


class Workload:
    """The national plots (cached between runs) and their layers."""

    def __init__(self, count: int, cache: Path) -> None:
        self.count = count
        file = cache / f"plots-{workload.SEED}-{count}.parquet"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            made = file.with_suffix(f".{os.getpid()}")
            workload.workload(count).plots.to_parquet(made)
            made.replace(file)
        self.plots = gpd.read_parquet(file)
        self.tiles = range(workload.tiles(count))

    def of_tile(self, tile: int) -> gpd.GeoDataFrame:
        """Plots of one tile."""
        return self.plots.iloc[tile * workload.PLOTS_PER_TILE : (tile + 1) * workload.PLOTS_PER_TILE]


def ours(data: Workload) -> dict[str, float]:
    """Three layers in one pass."""
    seconds = rows = 0.0
    for tile in data.tiles:
        plots, cube = data.of_tile(tile), workload.cube(tile)
        begin = time.perf_counter()
        rows += len(cross_tabulate(plots, cube))
        seconds += time.perf_counter() - begin
    tracemalloc.start()
    cross_tabulate(data.of_tile(0), workload.cube(0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"seconds": seconds, "rows": rows, "peak_mib_with_cube": peak / 2**20, **_per_plot(seconds, data.count)}


def exactextract_layers(data: Workload) -> dict[str, Any]:
    """exactextract, layer by layer, each on its own grid; the faster of its two strategies counts."""
    seconds = dict.fromkeys(("feature-sequential", "raster-sequential"), 0.0)
    trial = data.tiles[:3]
    for strategy in seconds:
        for tile in trial:
            seconds[strategy] += sum(
                _exactextract(values, tile, data.of_tile(tile), strategy) for values in workload.layers(tile).values()
            )
    fastest = min(seconds, key=lambda strategy: seconds[strategy])
    total = sum(
        _exactextract(values, tile, data.of_tile(tile), fastest)
        for tile in data.tiles
        for values in workload.layers(tile).values()
    )
    return {"strategy": fastest, "trial_seconds": seconds, "seconds": total, **_per_plot(total, data.count)}


def exactextract_combined(data: Workload) -> dict[str, Any]:
    """exactextract once over a raster of combined codes; making that raster is not counted."""
    seconds = dict.fromkeys(("feature-sequential", "raster-sequential"), 0.0)
    for strategy in seconds:
        for tile in data.tiles[:3]:
            seconds[strategy] += _exactextract(_combined(tile), tile, data.of_tile(tile), strategy)
    fastest = min(seconds, key=lambda strategy: seconds[strategy])
    total = sum(_exactextract(_combined(tile), tile, data.of_tile(tile), fastest) for tile in data.tiles)
    return {"strategy": fastest, "trial_seconds": seconds, "seconds": total, **_per_plot(total, data.count)}


def rasterstats_layers(data: Workload) -> dict[str, Any]:
    """rasterstats on a sample of the first tile, layer by layer (cell centres, so other answers).

    Timed as it is used, from a GeoTIFF, and from arrays in memory, which is its best case.
    """
    plots = data.of_tile(0).iloc[:RASTERSTATS_SAMPLE]
    seconds = {"file": 0.0, "array": 0.0}
    for values in workload.layers(0).values():
        x, y = workload.edges(0, workload.TILE_CELLS // len(values))
        grid = Affine(x[1] - x[0], 0, x[0], 0, y[1] - y[0], y[0])
        with rasterio.MemoryFile() as memory:
            shape = {"height": len(values), "width": len(values), "count": 1, "dtype": "int16"}
            with memory.open(driver="GTiff", crs="EPSG:4326", transform=grid, **shape) as file:
                file.write(values, 1)
            for kind, source, options in (("file", memory.name, {}), ("array", values, {"affine": grid})):
                begin = time.perf_counter()
                zonal_stats(plots.geometry, source, categorical=True, nodata=-1, **options)
                seconds[kind] += time.perf_counter() - begin
    per_plot = {kind: value / len(plots) * 1e6 for kind, value in seconds.items()}
    return {
        "sample": len(plots),
        "seconds": seconds,
        "microseconds_per_plot": per_plot["file"],
        "microseconds_per_plot_from_array": per_plot["array"],
    }


def truth(data: Workload) -> dict[str, float]:
    """Largest differences from exactextract per cell, and per plot and class, over some tiles."""
    share = hectares = own = 0.0
    for tile in data.tiles[:CHECKED_TILES]:
        plots, (x, y) = data.of_tile(tile), workload.edges(tile)
        number = np.arange(workload.TILE_CELLS**2, dtype=np.int32).reshape(workload.TILE_CELLS, -1)
        table = exact_extract(
            _source(number, tile), plots.reset_index(), ["values", "coverage"], include_cols=["plot"], output="pandas"
        )
        count = table["coverage"].map(len).to_numpy()
        key = np.repeat(np.arange(len(plots)), count) * number.size + np.concatenate(list(table["values"]))
        theirs = pd.Series(np.concatenate(list(table["coverage"])), key)
        plot, row, column, covered = cell_coverage(plots.geometry.to_numpy(), x, y)
        mine = pd.Series(covered, plot * number.size + row * workload.TILE_CELLS + column)
        share = max(share, float(mine.sub(theirs, fill_value=0).abs().max()))

        cell = theirs.index.to_numpy() % number.size
        weight = theirs.to_numpy() * cell_area_ha(x, y).ravel()[cell]
        expected = pd.Series(weight).groupby([theirs.index // number.size, _combined(tile).ravel()[cell]]).sum()
        found = cross_tabulate(plots, workload.cube(tile))
        position = plots.index.get_indexer(found.index)
        area = plot_area_ha(plots.geometry.to_numpy())
        total = np.bincount(position, weights=found["area_ha"], minlength=len(plots))
        own = max(own, float(np.abs(total / area - 1).max()))
        got = found["area_ha"].groupby([position, _code(found)]).sum()
        difference = got.sub(expected, fill_value=0).abs()
        hectares = max(hectares, float((difference / area[difference.index.get_level_values(0)]).max()))
    return {"share_per_cell": share, "hectares_relative_to_plot": hectares, "rows_against_own_area": own}


def with_tmf(data: Workload) -> dict[str, float]:
    """The same plots with the lines of TMF's own grid in the refinement and one variable more."""
    tiles = data.tiles[:20]
    seconds = {"without": 0.0, "with": 0.0}
    for tile in tiles:
        plots = data.of_tile(tile)
        for name, cube in (("without", workload.cube(tile)), ("with", refined(tile))):
            begin = time.perf_counter()
            cross_tabulate(plots, cube)
            seconds[name] += time.perf_counter() - begin
    return {**seconds, "ratio": seconds["with"] / seconds["without"]}


def boundary(data: Workload) -> dict[str, float]:
    """EVIDENCE with and without shrunk and grown plots, for plots that all stand on mixed ground."""
    seconds = {"without": 0.0, "with": 0.0}
    for tile in data.tiles[:20]:
        cube = workload.cube(tile)
        plots = as_plots(data.of_tile(tile))
        rows = cross_tabulate(plots, cube).groupby(level=0).size()
        mixed = plots[plots.index.isin(rows.index[rows > 1])]
        for name, error in (("without", 0.0), ("with", 5.0)):
            begin = time.perf_counter()
            tabulate(mixed, cube, error)
            seconds[name] += time.perf_counter() - begin
    return {**seconds, "ratio": seconds["with"] / seconds["without"]}


def scale(_: Workload) -> dict[str, Any]:
    """Processor time per plot from 2,000 to 2,000,000 plots, tile by tile, and the memory the process needed for it."""
    found: dict[str, Any] = {}
    for count in (2_000, 20_000, 200_000, 2_000_000):
        gc.collect()
        seconds = 0.0
        for tile in range(workload.tiles(count)):
            plots, cube = workload.tile_plots(tile, count), workload.cube(tile)
            begin = time.process_time()
            cross_tabulate(plots, cube)
            seconds += time.process_time() - begin
        found[str(count)] = _per_plot(seconds, count)
    found["peak_rss_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def large(_: Workload) -> dict[str, Any]:
    """One plot of 100,000 ha and one of 1,000,000 vertices, over 0.4 x 0.4 degree at 10 m in one cube."""
    found: dict[str, Any] = {}
    steps = np.arange(4 * workload.TILE_CELLS + 1) / workload.PER_DEGREE_10M
    random = np.random.default_rng(workload.SEED)
    forest = random.integers(0, 2, (len(steps) - 1, len(steps) - 1)).astype(np.int16)
    cube = workload.on_grid({"worldcover.tree": forest}, -76 + steps, -5 - steps)
    parallel, meridian = metres_per_degree(-5.2)
    for name, vertices, size_ha in (("100000_ha", 200, 100_000), ("1000000_vertices", 1_000_000, 80_000)):
        angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
        radius = np.sqrt(size_ha * 10_000 / np.pi) * (1 + 0.05 * np.sin(9 * angle) + random.uniform(0, 1e-5, vertices))
        ring = np.column_stack([-75.8 + radius * np.cos(angle) / parallel, -5.2 + radius * np.sin(angle) / meridian])
        plot = gpd.GeoDataFrame(geometry=[shapely.Polygon(ring)], index=["large"], crs="EPSG:4326")
        tracemalloc.start()
        cross_tabulate(plot, cube)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        begin = time.perf_counter()
        table = cross_tabulate(plot, cube)
        seconds = time.perf_counter() - begin
        area = plot_area_ha(plot.geometry.to_numpy())[0]
        found[name] = {
            "seconds": seconds,
            "hectares": area,
            "rows_against_own_area": abs(table["area_ha"].sum() / area - 1),
            "peak_mib_without_cube": peak / 2**20,
        }
    return found


def refined(tile: int) -> Any:
    """The tile's cube on the union of its own lines and TMF's, with TMF's deforestation year."""
    x, y = workload.edges(tile)
    own_x = np.arange(np.ceil(x[0] / TMF_DEGREE), np.floor(x[-1] / TMF_DEGREE) + 1) * TMF_DEGREE
    own_y = np.arange(np.floor(y[0] / TMF_DEGREE), np.ceil(y[-1] / TMF_DEGREE) - 1, -1) * TMF_DEGREE
    all_x, all_y = np.unique(np.append(x, own_x)), np.unique(np.append(y, own_y))[::-1]
    row = np.searchsorted(-y, -(all_y[1:] + all_y[:-1]) / 2) - 1
    column = np.searchsorted(x, (all_x[1:] + all_x[:-1]) / 2) - 1
    cube = workload.cube(tile)
    data = {name: np.ascontiguousarray(values.values[np.ix_(row, column)]) for name, values in cube.items()}
    random = np.random.default_rng(tile)
    event = np.where(random.random((len(own_y) + 1, len(own_x) + 1)) < 0.1, 2022, 0).astype(np.int16)
    row = np.searchsorted(-own_y, -(all_y[1:] + all_y[:-1]) / 2)
    column = np.searchsorted(own_x, (all_x[1:] + all_x[:-1]) / 2)
    data["tmf.deforestation_year"] = np.ascontiguousarray(event[np.ix_(row, column)])
    return workload.on_grid(data, all_x, all_y)


def as_plots(plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """PLOTS from bare polygons."""
    rows = pd.DataFrame(
        {
            "plot": plots.index,
            "plot_id": plots.index,
            "cooperative": "nation",
            "source_file": "workload",
            "source_row": 1,
            "commodity": "coffee",
            "usable": True,
        }
    )
    table = typed(PLOTS, rows).drop(columns="geometry")
    return gpd.GeoDataFrame(table, geometry=plots.geometry.to_numpy(), crs="EPSG:4326")


def _exactextract(values: np.ndarray, tile: int, plots: gpd.GeoDataFrame, strategy: str) -> float:
    source, features = _source(values, tile), plots.reset_index()
    begin = time.perf_counter()
    exact_extract(
        source, features, ["unique", "frac"], include_cols=["plot"], output="pandas", strategy=strategy, progress=False
    )
    return time.perf_counter() - begin


def _source(values: np.ndarray, tile: int) -> NumPyRasterSource:
    x, y = workload.edges(tile)
    wkt = gpd.GeoSeries([], crs="EPSG:4326").crs.to_wkt()
    return NumPyRasterSource(
        values.astype(np.int32), xmin=x[0], xmax=x[-1], ymin=y[-1], ymax=y[0], name="v", srs_wkt=wkt
    )


def _combined(tile: int) -> np.ndarray:
    return _code({name: values.values.astype(np.int32) for name, values in workload.cube(tile).items()})


def _code(columns: Any) -> Any:
    return (columns["hansen.loss_year"] * 2 + columns["hansen.tree10"]) * 2 + columns["worldcover.tree"]


def _alone(part: str, data: Workload) -> Any:
    """A part in a process of its own, so that nothing it holds reaches the next."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_warm_part, part, data).result()


def _warm_part(part: str, data: Workload) -> Any:
    """The part, after a first call of what it times: imports on first use are not the work."""
    cube, plots = workload.cube(0), data.of_tile(0).iloc[:50]
    cross_tabulate(plots, cube)
    tabulate(as_plots(plots), cube, 5.0)
    _exactextract(_combined(0), 0, plots, "raster-sequential")
    return PART[part](data)


def _per_plot(seconds: float, count: int) -> dict[str, float]:
    return {"microseconds_per_plot": seconds / count * 1e6}


def _arguments() -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "eudr-check-benchmarks"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plots", type=int, default=workload.NATIONAL)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--cache", type=Path, default=cache, help="where the workload is kept between runs")
    parser.add_argument("--json", type=Path, default=cache / "overlay.json")
    return parser.parse_args()


PART = {
    "ours": ours,
    "exactextract": exactextract_layers,
    "combined": exactextract_combined,
    "rasterstats": rasterstats_layers,
    "truth": truth,
    "tmf": with_tmf,
    "boundary": boundary,
    "scale": scale,
    "large": large,
}

if __name__ == "__main__":
    main()
