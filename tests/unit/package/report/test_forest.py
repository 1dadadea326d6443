"""Forest of 2020 on the page: what the rasters of the package say, bounded in size however many tiles there are."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_origin

from eudr_check.package import palette
from eudr_check.package.report import forest

COLUMN = "jrc_gfc2020.forest"
CELL = 1 / 12_000


def tile(package: Path, name: str, values: np.ndarray, west: float = -77.0, north: float = -6.0) -> None:
    """A raster of the package, and the file by which it is known to have one."""
    folder = package / "rasters" / COLUMN
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / f"{COLUMN}.vrt").touch()
    height, width = values.shape
    profile = {"driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(folder / f"{name}.tif", "w", transform=from_origin(west, north, CELL, CELL), **profile) as file:
        file.write(values, 1)


def shown(picture: str) -> np.ndarray:
    """Colours of a picture of the page."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB"))


def test_cells_keep_their_place_and_unknown_is_no_ground_without_forest(tmp_path: Path) -> None:
    """Forest, none, and not read each have a colour of their own, where they lie."""
    tile(tmp_path, "A", np.array([[1, 0], [255, 1]], np.uint8))
    content = forest.document(tmp_path, ["absent.forest", COLUMN])
    (one,) = content["tiles"]

    assert content["column"] == COLUMN
    assert content["metres"] == 9
    assert one["bounds"] == pytest.approx([-77.0, -6.0 - 2 * CELL, -77.0 + 2 * CELL, -6.0], abs=1e-6)
    colours = [palette.FOREST, palette.NO_FOREST, palette.UNKNOWN, palette.FOREST]
    assert shown(one["png"]).reshape(-1, 3).tolist() == [list(palette.rgb(colour)) for colour in colours]


def test_many_tiles_stay_small(tmp_path: Path) -> None:
    """Sixty tiles of the worst ground take less than half a megabyte, and the page says how far cells lie apart."""
    rng = np.random.default_rng(1)
    for number in range(60):
        tile(tmp_path, f"T{number:02d}", rng.integers(0, 2, (600, 600), dtype=np.uint8))
    content = forest.document(tmp_path, [COLUMN])

    assert len(content["tiles"]) == 60
    assert sum(len(one["png"]) for one in content["tiles"]) < 500_000
    assert content["metres"] == 46
    assert content["cell"] == pytest.approx(5 * CELL)


@pytest.mark.parametrize("columns", [[], [COLUMN]])
def test_package_without_rasters_shows_none(tmp_path: Path, columns: list[str]) -> None:
    """Nothing is drawn, and nothing fails."""
    assert forest.document(tmp_path, columns)["tiles"] == []
