"""The part of pictures that shows some plots."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from eudr_check.imagery import excerpt
from eudr_check.imagery.ground import box_of, projected

CRS, CORNER = "EPSG:32718", (279_000.0, 9_337_000.0)
NAME = "2026-08-24_18MTU_true_colour.tif"


def plot(east: float) -> shapely.Geometry:
    """A hectare, metres east of the picture's corner."""
    x, y = CORNER[0] + east, CORNER[1] - 500
    square = shapely.box(x, y, x + 100, y + 100)
    there = gpd.GeoSeries([square], crs=CRS).to_crs("EPSG:4326").iloc[0]
    assert isinstance(there, shapely.Geometry)
    return there


@pytest.fixture
def looks(tmp_path: Path) -> Path:
    """Tables and one picture of three plots in a row: red cells count the columns."""
    folder = tmp_path / "looks"
    (folder / "rasters").mkdir(parents=True)
    for name in excerpt.OF_PLOTS:
        pd.DataFrame({"plot": ["c/near", "c/far"], "date": ["2026-08-24", ""]}).to_csv(folder / name, index=False)
    boxes = {"here": box_of(plot(500)), "there": box_of(plot(3000))}
    rows = {"item_id": list(boxes), "bbox": ["'" + " ".join(f"{edge:.9g}" for edge in box) for box in boxes.values()]}
    pd.DataFrame(rows).to_csv(folder / "sources.csv", index=False)
    colours = np.zeros((4, 100, 400), np.uint8)
    colours[0], colours[3] = np.arange(400) % 250 + 1, 255
    with rasterio.open(
        folder / "rasters" / NAME, "w", driver="GTiff", width=400, height=100, count=4, dtype="uint8", crs=CRS,
        transform=Affine(10, 0, CORNER[0], 0, -10, CORNER[1]), photometric="RGB", alpha="yes", tiled=True,
        blockxsize=128, blockysize=128, interleave="pixel",
    ) as file:  # fmt: skip
        file.write(colours)
        file.update_tags(item="S2_1", date="2026-08-24", bands="red green blue")
    return folder


def cut(looks: Path, target: Path, *names: str) -> Path:
    shapes = {"c/near": plot(500), "c/far": plot(3000), "c/unseen": plot(1500)}
    target.mkdir()
    plots = gpd.GeoDataFrame(geometry=[shapes[name] for name in names], index=list(names), crs="EPSG:4326")
    excerpt.of_plots(looks, target, plots)
    return target


def test_only_the_ground_of_own_plots_is_shown(looks: Path, tmp_path: Path):
    """Rows, Items and cells of others are gone, also from the size of the picture; own cells are as they were."""
    made = cut(looks, tmp_path / "cut", "c/near", "c/unseen")

    assert list(pd.read_csv(made / "looks.csv")["plot"]) == ["c/near"]
    assert list(pd.read_csv(made / "sources.csv")["item_id"]) == ["here"]
    with rasterio.open(made / "rasters" / NAME) as file, rasterio.open(looks / "rasters" / NAME) as whole:
        shown = shapely.box(*file.bounds)
        ground = projected(shapely.box(*box_of(plot(500))), CRS)
        assert shown.contains(ground)
        assert shown.area < 1.5 * ground.area
        window = whole.window(*file.bounds)
        assert (file.read() == whole.read(window=window)).all()
        assert file.tags()["date"] == "2026-08-24"
        assert file.colorinterp == whole.colorinterp


def test_pictures_of_others_alone_are_left_out(looks: Path, tmp_path: Path):
    """Plots without looks have tables without rows, and no picture."""
    made = cut(looks, tmp_path / "cut", "c/unseen")

    assert list((made / "rasters").iterdir()) == []
    assert pd.read_csv(made / "looks.csv").empty
    assert pd.read_csv(made / "sources.csv").empty


def test_ground_between_two_plots_is_blank(looks: Path, tmp_path: Path):
    """What lies between own plots, where others may be, is not in the picture."""
    made = cut(looks, tmp_path / "cut", "c/near", "c/far")

    with rasterio.open(made / "rasters" / NAME) as file:
        row, column = file.index(CORNER[0] + 1550, CORNER[1] - 450)
        assert not file.read()[:, row, column].any()
