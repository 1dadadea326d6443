"""`catalogue check` finds every way in which an Item and its raster say different things, and nothing else."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio import Affine
from rasterio.crs import CRS

from eudr_check import layers
from tests.helpers.rasters import STATE, Toy, write_raster

Bend = Callable[[dict[str, Any], dict[str, Any], Path], None]


def catalogue(folder: Path, bend: Bend, **profile: Any) -> tuple[str, ...]:
    """Problems of a catalogue of one raster (5 rows, 4 columns, north-west corner at 0 E 0.1 N) whose Item is bent."""
    crs = profile.get("crs", "EPSG:4326")
    toy = Toy(folder, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}", crs=crs)
    raster = write_raster(folder / "a.tif", np.ones((5, 4)), **profile)
    toy.add(raster)
    path = folder / "catalogue" / "toy-1" / "a.json"
    item = json.loads(path.read_text())
    bend(item, item["assets"]["map"], raster)
    path.write_text(json.dumps(item))
    return layers.catalogue.check(folder / "catalogue")


def stated(name: str, value: Any) -> Bend:
    """Another value of a field of the asset."""
    return lambda item, asset, raster: asset.update({name: value})


def on_item(name: str, value: Any) -> Bend:
    """The field stands at the Item, not at the asset (older versions of the projection extension)."""

    def bend(item: dict[str, Any], asset: dict[str, Any], raster: Path) -> None:
        for one in ("proj:transform", "proj:shape", "proj:code", "proj:bbox"):
            asset.pop(one, None)
        item["properties"][name] = value

    return bend


WRONG: dict[str, tuple[Bend, str]] = {
    "a cell to the east": (stated("proj:transform", [0.01, 0, 0.01, 0, -0.01, 0.1]), "(proj:transform)"),
    "half a cell": (stated("proj:transform", [0.01, 0, 0.005, 0, -0.01, 0.1]), "(proj:transform)"),
    "a tenth of a cell at the far end": (stated("proj:transform", [0.01, 0, 0, 0, -0.0102, 0.1]), "(proj:transform)"),
    "upside down": (stated("proj:transform", [0.01, 0, 0, 0, 0.01, 0.05]), "(proj:transform)"),
    "rotated": (stated("proj:transform", [0.01, 0.001, 0, 0, -0.01, 0.1]), "(proj:transform)"),
    "nine numbers": (stated("proj:transform", [0.02, 0, 0, 0, -0.01, 0.1, 0, 0, 1]), "(proj:transform)"),
    "GDAL's order": (stated("proj:transform", [0, 0.01, 0, 0.1, 0, -0.01]), "(proj:transform)"),
    "rows for columns": (stated("proj:shape", [4, 5]), "(proj:shape)"),
    "one row more": (stated("proj:shape", [6, 4]), "(proj:shape)"),
    "another CRS": (stated("proj:code", "EPSG:4674"), "(proj:code)"),
    "a CRS nobody knows": (stated("proj:code", "EPSG:None"), "(proj:code)"),
    "an older field": (lambda item, asset, raster: asset.update({"proj:code": None, "proj:epsg": 32618}), "EPSG:32618"),
    "at the Item": (on_item("proj:shape", [9, 9]), "(proj:shape)"),
    "CRS at the Item": (on_item("proj:epsg", 4674), "EPSG:4674"),
    "box": (stated("proj:bbox", [0, 0, 0.04, 0.1]), "(proj:bbox)"),
    "bbox on other ground": (lambda item, asset, raster: item.update(bbox=[5, 5, 6, 6]), "(bbox)"),
    "bbox in metres": (lambda item, asset, raster: item.update(bbox=[500000, 1e6, 500100, 1.1e6]), "(bbox)"),
    "size": (stated("file:size", 7), "changed since it was registered"),
    "another SHA-256": (stated("file:checksum", "1220" + "0" * 64), "changed since it was registered"),
    "another MD5": (stated("file:checksum", "d50110" + "0" * 32), "changed since it was registered"),
    "a checksum of no known kind": (stated("file:checksum", "9999abc"), "of a kind that is not known here"),
    "gone": (lambda item, asset, raster: raster.unlink(), "is not there"),
    "cut": (lambda item, asset, raster: raster.write_bytes(raster.read_bytes()[:-3]), "cannot be used"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_differs_is_named(tmp_path: Path, wrong: str) -> None:
    """Each difference alone is reported with the field that says otherwise."""
    bend, message = WRONG[wrong]
    problems = catalogue(tmp_path, bend)

    assert any(message in problem for problem in problems)
    assert all(problem.startswith("toy-1/a, asset map: ../../a.tif ") for problem in problems)
    assert len(problems) == (2 if wrong == "cut" else 1)


def md5(item: dict[str, Any], asset: dict[str, Any], raster: Path) -> None:
    """The hash other catalogues record."""
    asset["file:checksum"] = "d50110" + hashlib.md5(raster.read_bytes(), usedforsecurity=False).hexdigest()


RIGHT: dict[str, Bend] = {
    "as registered": lambda item, asset, raster: None,
    "MD5": md5,
    "rounded": stated("proj:transform", [0.01, 1e-17, 1e-12, 0, -0.00999999999, 0.1]),
    "nine numbers": stated("proj:transform", [0.01, 0, 0, 0, -0.01, 0.1, 0, 0, 1]),
    "both fields": stated("proj:epsg", 4326),
    "WKT": stated("proj:code", CRS.from_epsg(4326).to_wkt()),
    "footprint of the data": lambda item, asset, raster: item.update(bbox=[0.02, 0.06, 0.03, 0.07]),
    "the whole globe": lambda item, asset, raster: item.update(bbox=[-180, -90, 180, 90]),
    "six numbers": lambda item, asset, raster: item.update(bbox=[0, 0.05, 0, 0.04, 0.1, 9]),
    "across the antimeridian": lambda item, asset, raster: item.update(bbox=[170, 0, 1, 0.2]),
    "no projection": on_item("title", "x"),
    "unreadable fields": stated("proj:shape", "5 x 4"),
}


@pytest.mark.parametrize("right", RIGHT)
def test_what_agrees_is_no_problem(tmp_path: Path, right: str) -> None:
    """Rounding, older fields, other hashes, footprints smaller or larger than the raster: nothing is reported."""
    assert catalogue(tmp_path, RIGHT[right]) == ()


def test_a_raster_in_metres_is_compared_in_metres(tmp_path: Path) -> None:
    """UTM: ten centimetres are the same place, half a cell is not."""
    profile = {"crs": "EPSG:32718", "transform": Affine(10, 0, 500000, 0, -10, 9000000)}
    near = [10, 0, 500000.05, 0, -10, 9000000]
    far = [10, 0, 500005, 0, -10, 9000000]

    assert catalogue(tmp_path / "near", stated("proj:transform", near), **profile) == ()
    assert "(proj:transform)" in catalogue(tmp_path / "far", stated("proj:transform", far), **profile)[0]
