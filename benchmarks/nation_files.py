"""The made-up nation: farms side by side, a landscape of rasters, and the trade with what they grow."""

from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from benchmarks.workload import (
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
from eudr_check.layers import definition
from eudr_check.layers.catalog import local

LANDSCAPE = (WEST - 0.1, NORTH + 0.1)
FARMS_ACROSS = 40
PLOTS_PER_LOT, LOTS_PER_SHIPMENT, KG = 20, 50, 200
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
