"""Hectares of a raster by value, and what `catalogue add` refuses once it has looked inside."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Geod
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.errors import LayersError
from eudr_check.layers.class_areas import class_areas
from eudr_check.layers.raster import open_raster
from tests.helpers.rasters import STATE, Toy, write_raster

IS_FOREST = f"{{forest: {{{STATE}, when: {{map: 1}}}}}}"


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
@pytest.mark.parametrize("layout", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"blockysize": 3}])
def test_hectares_are_those_of_the_ellipsoid(tmp_path: Path, dtype: str, layout: dict[str, Any]) -> None:
    """Three values over 40 x 50 cells, in any dtype and block layout, as pyproj's geodesic polygons have them."""
    values = np.zeros((40, 50), dtype)
    values[:10], values[30:, 25:] = 7, 100
    path = write_raster(tmp_path / "a.tif", values, dtype=dtype, west=-76.0, north=-6.0, **layout)
    found = class_areas(open_raster(path))

    def geodesic(west: float, north: float, east: float, south: float) -> float:
        ring = [(x, north) for x in np.linspace(west, east, 200)] + [(x, south) for x in np.linspace(east, west, 200)]
        return abs(Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring, strict=True))[0]) / 1e4

    top, corner = geodesic(-76, -6, -75.5, -6.1), geodesic(-75.75, -6.3, -75.5, -6.4)
    whole = geodesic(-76, -6, -75.5, -6.4)
    assert found.hectares == pytest.approx({0: whole - top - corner, 7: top, 100: corner}, rel=1e-6)
    assert found.not_stored_ha == 0


def test_negative_values_are_values(tmp_path: Path) -> None:
    """Signed types are counted by their own numbers, in metres by the cells of the grid."""
    transform = Affine(100, 0, 500000, 0, -100, 9000000)
    path = write_raster(tmp_path / "a.tif", [[-3, -3, 5]], dtype="int16", crs="EPSG:32718", transform=transform)

    assert class_areas(open_raster(path)).hectares == pytest.approx({-3: 2.0, 5: 1.0})


def test_blocks_that_are_not_stored_are_no_value(tmp_path: Path) -> None:
    """A sparse file holds nothing where it stores nothing; GDAL would call that 0."""
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "width": 40, "height": 32, "crs": "EPSG:32718"}
    with rasterio.open(
        tmp_path / "a.tif", "w", transform=Affine(100, 0, 500000, 0, -100, 9000000), tiled=True, blockxsize=16,
        blockysize=16, SPARSE_OK=True, **profile,
    ) as raster:  # fmt: skip
        raster.write(np.ones((16, 16), np.uint8), 1, window=rasterio.windows.Window(0, 0, 16, 16))
    found = class_areas(open_raster(tmp_path / "a.tif"))

    assert found.hectares == pytest.approx({1: 256.0})
    assert found.not_stored_ha == pytest.approx(40 * 32 - 256)


@pytest.mark.parametrize(
    ("legend", "values", "profile", "refusal"),
    [
        ("0..1", [[0, 1, 7, 7]], {}, r"does not know: 7 \(24,618\.13 ha\); is it"),
        ("0..1", [list(range(9))], {}, "\\(\\+2\\); is it another product"),
        ("1..2", [[0, 1]], {}, "does not know: 0 \\("),
        ("0..1", [[0, 1]], {"crs": "EPSG:32718"}, "its CRS is EPSG:32718, and the definition of toy@1 says EPSG:4326"),
        ("0..1", [[0, 1]], {"crs": "EPSG:4248"}, "its CRS is EPSG:4248"),
        ("0..1", [[0, 1]], {"dtype": "int32"}, "gdal_translate -ot Byte"),
    ],
)
def test_what_contradicts_the_definition_is_refused(
    tmp_path: Path, legend: str, values: list[list[int]], profile: dict[str, Any], refusal: str
) -> None:
    """Values, CRS and dtype are compared when a file is registered, not when a tile fails; the message has a remedy."""
    toy = Toy(tmp_path, f"{{map: {{legend: '{legend}'}}}}", IS_FOREST)
    path = write_raster(tmp_path / "a.tif", values, cell=0.1, **profile)

    with pytest.raises(LayersError, match=refusal):
        toy.add(path)


@pytest.mark.parametrize(
    ("assets", "profile"),
    [
        ("{map: {legend: '0..1', nodata: 9}}", {}),
        ("{map: {legend: '0..1'}}", {"nodata": 9}),
        ("{map: {legend: '0..1, 9', nodata_tag: ignore}}", {"nodata": 9}),
        ("{map: {legend: '0..1, 9'}}", {"crs": "EPSG:4674"}),
    ],
)
def test_what_fits_is_registered(tmp_path: Path, assets: str, profile: dict[str, Any]) -> None:
    """Nodata of the definition or of the file itself is no strange value, and SIRGAS 2000 is as good as WGS 84."""
    toy = Toy(tmp_path, assets, IS_FOREST)
    toy.add(write_raster(tmp_path / "a.tif", [[0, 1, 9]], **profile))


def test_hectares_and_names_are_printed_and_kept(tmp_path: Path) -> None:
    """`catalogue add` prints a line for every value with its name; the Item keeps both."""
    toy = Toy(tmp_path, "{map: {legend: '0..1', nodata: 255, classes: {1: Bosque primario}}}", IS_FOREST)
    path = write_raster(tmp_path / "a.tif", [[0, 1, 1, 255]])
    arguments = ["catalogue", "add", str(tmp_path / "catalogue"), str(path), "--layer", str(toy.file)]
    printed = CliRunner().invoke(app, arguments)
    (row,) = (tmp_path / "catalogue" / "toy-1").glob("a.json")

    lines = [" ".join(line.split()) for line in printed.output.splitlines()]
    assert lines[0] == "toy-1/a"
    assert [line.split(" ha")[0].rsplit(" ", 1)[0] for line in lines[1:]] == ["map 0", "map 1", "map 255"]
    assert lines[2].endswith("ha Bosque primario")
    assert '"title": "Bosque primario"' in row.read_text(encoding="utf-8")
