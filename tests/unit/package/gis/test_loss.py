"""Loss on forest after 2020, and tiles whose hatching says that a required layer is unknown."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from eudr_check.package.gis.edition import Counted
from eudr_check.package.gis.loss import loss_on_forest
from tests.helpers import season_tables

CELL = 0.0001
COUNTED = Counted("jrc.forest", (("hansen.year", "hansen"), ("radd.year", "radd")), ("hansen@1", "jrc@1"))
PLOT, POINT = shapely.box(0, 0, 10 * CELL, 10 * CELL), shapely.Point(0.5, 0.5)
SLIVER = shapely.box(15 * CELL, 0, 15.2 * CELL, CELL)


def lost(folder: Path, rows: list[tuple[object, ...]], patches: list[tuple[object, ...]]) -> gpd.GeoDataFrame:
    """Forest is the lower half of the first 10 columns of cells; rows of EVIDENCE and PATCHES as given."""
    forest = np.zeros((10, 20), np.uint8)
    forest[5:, :10] = 1
    forest[:, 12:] = 255
    profile = {"width": 20, "height": 10, "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        folder / "jrc.tif", "w", driver="GTiff", transform=from_origin(0, 10 * CELL, CELL, CELL), **profile
    ) as file:
        file.write(forest, 1)
    names = ["plot", "footprint", "jrc.forest", "hansen.year", "radd.year", "area_ha"]
    pd.DataFrame(rows, columns=names).to_parquet(folder / "evidence.parquet")
    drawn = pd.DataFrame(patches, columns=["geometry", "column", "year", "area_ha", "plots"])
    drawn["geometry"] = shapely.to_wkb(drawn["geometry"].to_numpy())
    drawn.to_parquet(folder / "patches.parquet")
    plots = pa.table({"plot": ["c/1", "c/2", "c/3"], "geometry": shapely.to_wkb([PLOT, POINT, SLIVER]).tolist()})
    stored = [pq.ParquetFile(folder / f"{name}.parquet") for name in ("patches", "evidence")]
    return loss_on_forest(plots, *stored, COUNTED, folder / "jrc.tif")


def test_hectares_are_those_of_the_evidence_and_the_shape_is_forest_on_the_plot(tmp_path: Path) -> None:
    """Rows by plot, map and year; neither loss until 2020, off forest, on unknown ground nor of points is counted."""
    rows = [
        ("c/1", "polygon", 1, 2022, 0, 0.3),
        ("c/1", "polygon", 1, 2022, 2023, 0.2),
        ("c/1", "polygon", 1, 2019, 0, 0.7),
        ("c/1", "polygon", 0, 2022, 0, 1.1),
        ("c/1", "polygon", -1, 2022, 2023, 1.3),
        ("c/2", "disc", 1, 2022, 0, 4.0),
    ]
    patch = shapely.box(5 * CELL, 2 * CELL, 30 * CELL, 8 * CELL)
    patches = [
        (patch, "hansen.year", 2022, 9.0, ["c/1", "c/2"]),
        (patch, "hansen.year", 2019, 9.0, ["c/1"]),
        (shapely.box(0, 0, CELL, CELL), "radd.year", 2023, 1.0, ["c/1"]),
    ]

    found = lost(tmp_path, rows, patches)

    assert found[["plot", "column", "method", "year"]].to_numpy().tolist() == [
        ["c/1", "hansen.year", "hansen", 2022],
        ["c/1", "radd.year", "radd", 2023],
    ]
    assert found["area_ha"].tolist() == pytest.approx([0.5, 0.2])
    expected = shapely.box(5 * CELL, 2 * CELL, 10 * CELL, 5 * CELL)
    assert found.geometry[0].symmetric_difference(expected).area < CELL**2 / 1e3
    assert found.geometry[1].area == pytest.approx(CELL**2, rel=1e-3)


def test_a_strip_too_thin_for_the_raster_keeps_its_hectares(tmp_path: Path) -> None:
    """No row of what the rules count is lost because its shape cannot be drawn."""
    patch = (shapely.box(0, 0, 1, 1), "hansen.year", 2024, 9.0, ["c/3"])

    found = lost(tmp_path, [("c/3", "polygon", 1, 2024, 0, 0.01)], [patch])

    assert found["area_ha"].tolist() == [0.01]
    assert found.geometry.isna().tolist() == [True]


def test_nothing_lost_is_an_empty_table(tmp_path: Path) -> None:
    """Its columns are there, and GDAL can write it."""
    found = lost(tmp_path, [("c/1", "polygon", 1, 0, -1, 0.5)], [])

    assert found.columns.tolist() == ["plot", "column", "method", "year", "area_ha", "geometry"]
    assert found.empty


def test_only_required_layers_mark_a_tile(tmp_path: Path) -> None:
    """A missing layer that no plot needs is listed in the tile and does not mark it; a missing required one does."""
    season = season_tables.season(40)
    optional = season.sources["layer"].str.startswith("jrc_tmf") & (season.sources["status"] == "missing")
    package, _ = season.gis(tmp_path, season_tables.harvest())
    tiles = pyogrio.read_dataframe(package, layer="tiles")

    assert optional.any()
    assert set(tiles["status"]) == {"read"}
    assert tiles["layers_missing"].str.startswith("jrc_tmf").any()

    first = season.sources.index[season.sources["layer"].str.startswith("hansen")][0]
    season.sources.loc[first, ["status", "item_id"]] = ["missing", None]
    (tmp_path / "again").mkdir()
    package, _ = season.gis(tmp_path / "again", season_tables.harvest())

    marked = pyogrio.read_dataframe(package, layer="tiles").query("status == 'missing'")
    assert marked["tile"].tolist() == [season.sources.loc[first, "tile"]]
