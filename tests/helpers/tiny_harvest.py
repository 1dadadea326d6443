"""A whole harvest small enough to run in about a second, whose outcomes can be read off the drawing below.

Two tiles (the seam is longitude -76.8), twelve plots, every layer of the sample season. Everything is drawn in Hansen
cells: `u` counts cells of 1/4000 degree east of the seam, `v` cells south of latitude -6.03; a cell is 0.0766 ha, a
plot of 6 x 6 cells 2.76 ha. ::

        u -70        -50        -30        0           20         40         60         120
    v 10  low-clear  low-renew  low-edge  high-seam   high-one   info-wood  info-bite
    v 50  hole                  low-point             bow-tie    no-events             outside
"""

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
import yaml
from numpy.typing import NDArray
from rasterio.transform import Affine

from eudr_check.config import LayerChoice
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import definition

SEAM, NORTH = -76.8, -6.03
CELL = 1 / 4000
WINDOW = (-80, 0, 80, 120)
TMF_CELL = 0.000269494585235856472

SQUARE = ((0, 0), (0, -0.0015), (0.0015, -0.0015), (0.0015, 0), (0, 0))
"""Degrees east and north of its corner: 2.75 ha."""

Box = tuple[float, float, float, float]
"""West, north, east, south in cells `u`, `v`, `u`, `v`."""

PLOTS: dict[str, Box] = {
    "low-clear": (-70, 10, -64, 16),
    "low-renew": (-50, 10, -44, 16),
    "low-edge": (-30, 10, -24, 16),
    "high-seam": (-3, 10, 3, 16),
    "high-one": (20, 10, 26, 16),
    "info-wood": (40, 10, 46, 16),
    "info-bite": (60, 10, 66, 16),
    "hole": (-70, 50, -64, 56),
    "no-events": (40, 50, 46, 56),
    "outside": (120, 50, 126, 56),
}
POINT = ("low-point", -30.0, 53.0, 1.5)
"""Id, `u`, `v` and declared hectares; the doubled disc reaches 138 m, or 5 cells."""
BOW_TIE = ("bow-tie", (20, 50, 26, 56))

FOREST: tuple[Box, ...] = (
    (-30, 10, -29 - 1 / 3, 11),
    (-2, 11, 2, 15),
    (20, 10, 26, 14),
    (40, 10, 44, 14),
    (60, 10, 61, 11),
)
"""Six JRC cells (0.05 ha), 1.23 ha, 1.84 ha, 1.23 ha and one Hansen cell (0.08 ha) of forest in 2020."""
HANSEN_LOSS: dict[Box, int] = {
    (-49, 11, -47, 13): 22,
    (-2, 11, 2, 13): 22,
    (21, 11, 24, 13): 23,
    (60, 10, 61, 11): 23,
}
"""0.31 ha of loss without forest; 0.61 ha TMF also sees; 0.46 ha and 0.08 ha of forest only Hansen sees lost."""
TMF_DEFORESTATION: dict[Box, int] = {(-2, 11, 2, 13): 2022}
BASELINE_HOLE: Box = (-72, 48, -62, 58)
EVENT_HOLE: Box = (38, 48, 48, 58)

OUTCOMES = {
    "norte/low-clear": "low",
    "norte/low-renew": "low",
    "norte/low-edge": "low",
    "norte/high-seam": "high",
    "norte/high-one": "high",
    "norte/info-wood": "more_info_needed",
    "norte/info-bite": "more_info_needed",
    "norte/hole": "undetermined",
    "sur/no-events": "undetermined",
    "sur/outside": "undetermined",
    "sur/low-point": "low",
}
BLOCKED = ("sur/bow-tie",)


class Tiny(NamedTuple):
    """The harvest on disk and what must come out of it."""

    config: Path
    """YAML; the run folder is `run` beside it."""
    outcomes: Mapping[str, str]
    """Plot to outcome under `convergence@1`, for every usable plot."""
    blocked: tuple[str, ...]
    """Plots that a blocking finding stops."""
    catalogue: Path
    """STAC folder of the layers."""


def write(folder: Path) -> Tiny:
    """Write plots, landscape, catalogue and YAML into an empty folder."""
    shutil.copytree(_drawn(), folder, dirs_exist_ok=True)
    return _in(folder)


def draw(folder: Path) -> Tiny:
    """The same, drawn anew: for whoever moved its place or its ground."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_geojson(folder / "norte.geojson")
    _write_csv(folder / "sur.csv")
    write_catalogue(folder / "catalogue", folder / "rasters")
    content = yaml.safe_dump(settings(), sort_keys=False, allow_unicode=True)
    (folder / "tiny.yaml").write_text(content, encoding="utf-8")
    return _in(folder)


@cache
def _drawn() -> Path:
    """It is drawn once in every process; nothing in it says where it lies."""
    place = tempfile.mkdtemp(prefix="tiny-harvest-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    # Its permissions are copied too, and those of `place` are narrow.
    folder = Path(place) / "drawn"
    draw(folder)
    return folder


def _in(folder: Path) -> Tiny:
    return Tiny(folder / "tiny.yaml", OUTCOMES, BLOCKED, folder / "catalogue")


def spread(harvest: Tiny, tiles: int) -> None:
    """Add as many plots, each in a tile of its own that no layer reaches: little work for many workers."""
    rows = ["codigo,socio,hectareas,wkt"]
    for number in range(tiles):
        west, north = -76.75 + 0.1 * (number % 6), -6.15 - 0.1 * (number // 6)
        ring = ", ".join(f"{west + x:.7f} {north + y:.7f}" for x, y in SQUARE)
        rows.append(f'far-{number},Socia Ejemplo {number},2.8,"POLYGON (({ring}))"')
    harvest.config.with_name("lejos.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    content = yaml.safe_load(harvest.config.read_text(encoding="utf-8"))
    content["plots"].append({**content["plots"][-1], "path": "lejos.csv", "cooperative": "lejos"})
    harvest.config.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def settings() -> dict[str, Any]:
    """The YAML of the tiny harvest."""
    columns = {"plot_id": "codigo", "producer_name": "socio", "declared_area_ha": "hectareas"}
    layers = ("jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025", "esa_worldcover@2020")
    return {
        "harvest": "tiny",
        "commodity": "coffee",
        "operator": {
            "name": "Ejemplo Importers BV",
            "country": "NL",
            "eori": "NL000000000",
            "address": "Voorbeeldkade 1, Rotterdam",
        },
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 4000},
        "confidential": True,
        "border_country": "NL",
        "plots": [
            {"path": "norte.geojson", "cooperative": "norte", "columns": columns, "producer_country": "PE"},
            {"path": "sur.csv", "cooperative": "sur", "columns": columns, "producer_country": "PE"},
        ],
        "catalogues": {"local": {"folder": "catalogue"}},
        "layers": [{"id": layer, "from": "local"} for layer in layers],
        "policy": "convergence@1",
        "production": {"from": "2026-03-01", "to": "2026-09-30"},
        "package": {"languages": ["es", "en"], "date": "2026-11-02"},
        "run": {"folder": "run"},
    }


def place(u: float, v: float) -> tuple[float, float]:
    """Longitude and latitude in degrees of a position in cells."""
    return round(SEAM + u * CELL, 9), round(NORTH - v * CELL, 9)


def _ring(box: Box) -> list[tuple[float, float]]:
    west, north, east, south = box
    return [place(*corner) for corner in ((west, south), (east, south), (east, north), (west, north), (west, south))]


def _write_geojson(path: Path) -> None:
    """Coordinates with seven written decimals: the checks count them in the text."""
    features = []
    for number, key in enumerate(OUTCOMES):
        cooperative, _, name = key.partition("/")
        if cooperative == "norte":
            ring = ", ".join(f"[{x:.7f}, {y:.7f}]" for x, y in _ring(PLOTS[name]))
            properties = json.dumps({"codigo": name, "socio": f"Socia Ejemplo {number}", "hectareas": 2.8})
            features.append(
                f'{{"type": "Feature", "properties": {properties}, '
                f'"geometry": {{"type": "Polygon", "coordinates": [[{ring}]]}}}}'
            )
    path.write_text('{"type": "FeatureCollection", "features": [\n' + ",\n".join(features) + "\n]}\n", encoding="utf-8")


def _write_csv(path: Path) -> None:
    rows = ["codigo,socio,hectareas,wkt"]
    for number, name in enumerate(("no-events", "outside"), start=20):
        ring = ", ".join(f"{x:.7f} {y:.7f}" for x, y in _ring(PLOTS[name]))
        rows.append(f'{name},Socio Ejemplo {number},2.8,"POLYGON (({ring}))"')
    name, u, v, hectares = POINT
    x, y = place(u, v)
    rows.append(f"{name},Socio Ejemplo 22,{hectares},POINT ({x:.7f} {y:.7f})")
    name, box = BOW_TIE
    ring_of = _ring(box)
    crossed = ", ".join(f"{ring_of[at][0]:.7f} {ring_of[at][1]:.7f}" for at in (0, 2, 1, 3, 0))
    rows.append(f'{name},Socio Ejemplo 23,1.4,"POLYGON (({crossed}))"')
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_catalogue(folder: Path, rasters: Path) -> None:
    """The layers as GeoTIFFs, registered in a STAC folder."""
    rasters.mkdir(parents=True, exist_ok=True)
    for layer, files in _rasters().items():
        paths = []
        for name, (values, transform, nodata) in files.items():
            paths.append(rasters / f"{name}.tif")
            _write_raster(paths[-1], values, transform, nodata)
        local.add(folder, paths, definition(LayerChoice.model_validate({"id": layer, "from": "local"})))


Raster = tuple[NDArray[Any], Affine, int | None]


def _rasters() -> dict[str, dict[str, Raster]]:
    fine, coarse, tmf = _grid(CELL / 3), _grid(CELL), _grid(TMF_CELL)
    forest = fine.paint(0, dict.fromkeys(FOREST, 1) | {BASELINE_HOLE: 255})
    cover = fine.paint(30, dict.fromkeys(FOREST, 10))
    loss = coarse.paint(0, HANSEN_LOSS)
    change = tmf.paint(6, dict.fromkeys(FOREST, 1) | {EVENT_HOLE: 0})
    deforested = tmf.paint(0, TMF_DEFORESTATION, "uint16")
    return {
        "jrc_gfc2020@V4": {"JRC_GFC2020_V4_N0_W80": (forest, fine.transform, 255)},
        "hansen_gfc@v1.13": {
            "Hansen_GFC-2025-v1.13_datamask_00N_080W": (coarse.paint(1, {EVENT_HOLE: 0}), coarse.transform, None),
            "Hansen_GFC-2025-v1.13_lossyear_00N_080W": (loss, coarse.transform, None),
            "Hansen_GFC-2025-v1.13_treecover2000_00N_080W": (
                coarse.paint(5, dict.fromkeys(FOREST, 90)),
                coarse.transform,
                None,
            ),
        },
        "jrc_tmf@v1.2025": {
            "JRC_TMF_AnnualChange_v1_2020_SAM_ID14_N0_W80": (change, tmf.transform, None),
            "JRC_TMF_DeforestationYear_INT_1982_2025_v1_SAM_ID14_N0_W80": (deforested, tmf.transform, None),
            "JRC_TMF_DegradationYear_INT_1982_2025_v1_SAM_ID14_N0_W80": (
                tmf.paint(0, {}, "uint16"),
                tmf.transform,
                None,
            ),
        },
        "esa_worldcover@2020": {"ESA_WorldCover_10m_2020_v100_S09W078_Map": (cover, fine.transform, 0)},
    }


class _Grid(NamedTuple):
    """Cells of a layer over the window, on the layer's own lattice."""

    transform: Affine
    u: NDArray[np.float64]
    v: NDArray[np.float64]

    def paint(self, background: int, boxes: Mapping[Box, int], dtype: str = "uint8") -> NDArray[Any]:
        """Values (rows, columns): the last box that holds a cell centre wins."""
        values = np.full((len(self.v), len(self.u)), background, dtype=dtype)
        for (west, north, east, south), value in boxes.items():
            rows, columns = (self.v > north) & (self.v < south), (self.u > west) & (self.u < east)
            values[np.ix_(rows, columns)] = value
        return values


def _grid(cell: float) -> _Grid:
    """The lattice counts from longitude -80 and latitude 0, TMF's from a little beside them, as in the true tiles."""
    left, top = (-80.0, 0.0) if cell != TMF_CELL else (-80.00013, 0.00009)
    west, north = place(WINDOW[0], WINDOW[1])
    east, south = place(WINDOW[2], WINDOW[3])
    first_column, last_column = round((west - left) / cell), round((east - left) / cell)
    first_row, last_row = round((top - north) / cell), round((top - south) / cell)
    longitude = left + (np.arange(first_column, last_column) + 0.5) * cell
    latitude = top - (np.arange(first_row, last_row) + 0.5) * cell
    transform = Affine(cell, 0, left + first_column * cell, 0, -cell, top - first_row * cell)
    return _Grid(transform, (longitude - SEAM) / CELL, (NORTH - latitude) / CELL)


def _write_raster(path: Path, values: NDArray[Any], transform: Affine, nodata: int | None) -> None:
    height, width = values.shape
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=width,
        height=height,
        count=1,
        dtype=values.dtype,
        crs="EPSG:4326",
        transform=transform,
        nodata=nodata,
        compress="deflate",
        blocksize=256,
    ) as raster:
        raster.write(values, 1)
