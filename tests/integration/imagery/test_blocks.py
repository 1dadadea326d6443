"""Bytes of dated pictures, counted by the server: every block once, also for the next harvest; and small pages."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import planetary_computer
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer

from eudr_check.config import Catalogue
from eudr_check.imagery import ground, looks, written
from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.imagery.looks import Look, Subject
from eudr_check.imagery.offset import Claim
from eudr_check.imagery.picture import Outlines
from eudr_check.imagery.scenes import Scene
from eudr_check.imagery.slots import slots
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.raster import needed_blocks, open_raster
from eudr_check.run.imagery.bands import Bands
from tests.helpers import scenes
from tests.helpers.servers import Fault, Server

PLOTS, CELLS = 500, 2048
BAND = "red"


def clustered() -> list[Subject]:
    """Plots of a tenth of a hectare to two, around fourteen villages, as small cooperatives have them."""
    random = np.random.default_rng(14)
    villages = random.uniform(2_000, CELLS * 10 - 2_000, (14, 2))
    middles = villages[random.integers(0, 14, PLOTS)] + random.normal(0, 500, (PLOTS, 2))
    back = Transformer.from_crs(scenes.CRS, "EPSG:4326", always_xy=True)
    x, y = back.transform(scenes.WEST + middles[:, 0], scenes.NORTH - middles[:, 1])
    half = random.uniform(15, 70, PLOTS) / 111_000
    west, south, east, north = x - half, y - half, x + half, y + half
    return [Subject(f"c/{n}", box) for n, box in enumerate(shapely.box(west, south, east, north))]


def served(folder: Path, server: Server) -> Scene:
    """A band whose blocks do not compress, as those of real scenes hardly do, on a server."""
    path = folder / "red.tif"
    noise = np.random.default_rng(1).integers(1, 4000, (CELLS, CELLS)).astype(np.uint16)
    with rasterio.open(
        path, "w", driver="GTiff", width=CELLS, height=CELLS, count=1, dtype="uint16", crs=scenes.CRS, tiled=True,
        blockxsize=256, blockysize=256, compress="deflate", zlevel=1,
        transform=Affine(10, 0, scenes.WEST, 0, -10, scenes.NORTH),
    ) as dataset:  # fmt: skip
        dataset.write(noise, 1)
    made = scenes.scene(folder / "other", "2020-10-11")
    return made.model_copy(update={"assets": {BAND: f"{server.url}/cog/red.tif"}})


def test_five_hundred_plots_fetch_every_block_once(tmp_path: Path) -> None:
    """Bytes sent are at most 1.3 times those of the distinct blocks needed, and a second harvest asks for none."""
    wanted = clustered()
    boxes = np.array([ground.box_of(one.geometry) for one in wanted])
    with Server(tmp_path) as server:
        scene = served(tmp_path, server)
        catalogues = {"one": Catalogue(url=f"{server.url}/stac")}
        parts = [Wish(scene, BAND, part) for part in np.array_split(boxes, 20)]
        store = Store(tmp_path / "store")
        for wish in parts[:3]:
            Bands(catalogues, store, offline=False, budget_bytes=10**9)([wish])
        first = Bands(catalogues, store, offline=False, budget_bytes=10**9)
        answers = first(parts)
        before = len(server.cog_hits())
        again = Bands(catalogues, Store(tmp_path / "store"), offline=False, budget_bytes=10**9)(parts)
        hits = server.cog_hits()

    raster = open_raster(tmp_path / "red.tif")
    needed = needed_blocks(raster, boxes) & raster.layout.stored
    distinct = int(raster.layout.sizes[needed].sum())
    assert all(isinstance(answer, Held) for answer in (*answers, *again))
    assert first.spent_bytes == distinct
    assert needed.sum() < needed.size
    assert distinct <= sum(hit.sent for hit in hits) <= 1.3 * distinct
    assert max(Counter(hit.byte_range for hit in hits).values()) == 1
    assert sum(hit.sent for hit in hits[before:]) == 0


def test_pictures_of_a_catalogue_that_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bands found by a search are opened with a signature of their catalogue, and nothing written down holds it."""
    monkeypatch.setattr(planetary_computer, "sign_url", lambda href: f"{href}?sig=SECRET")
    with Server(tmp_path) as server:
        server.decide = lambda hit: None if "SECRET" in hit.path else Fault("status", status=403)
        wish = Wish(served(tmp_path, server), BAND, ground.box_of(clustered()[0].geometry)[None, :])
        catalogue = Catalogue(url=f"{server.url}/stac", signing="planetary_computer")
        bands = Bands({"one": catalogue}, Store(tmp_path / "store"), offline=False, budget_bytes=10**9)
        (answer,) = bands([wish])

    assert isinstance(answer, Held)
    assert "SECRET" not in f"{answer.href} {bands.rows}"


def test_five_hundred_pairs_fit_a_page(tmp_path: Path) -> None:
    """Chips of nothing but noise, which no codec makes small, with words and outlines: under 20 MB for 1000 looks."""
    scene = scenes.scene(tmp_path, "2020-10-11")
    plot = Subject(
        "c/1", shapely.box(scenes.LONGITUDE - 5e-4, scenes.LATITUDE - 5e-4, scenes.LONGITUDE, scenes.LATITUDE)
    )
    chip = ground.chip(plot.geometry, Path(scene.assets["red"]))
    random = np.random.default_rng(2)
    bands = {band: random.uniform(0, 0.3, chip.shape).astype(np.float32) for band in looks.BANDS}
    hidden = np.zeros(chip.shape, bool)
    view = looks.View(scene, chip, bands, hidden, 1.0, looks.offset.Offset(0.0, "confirmed"), {})
    slot = slots((), scenes.dt.date(2026, 9, 30))[0]
    found = Look(plot.plot, slot, "clear", view, 1)

    shown = written.write(tmp_path, [found], {plot.plot: Outlines(plot.geometry)}, "es").shown

    assert len(json.dumps(shown, ensure_ascii=False).encode()) * 2 * PLOTS < 20_000_000


def test_the_antimeridian_is_no_edge(tmp_path: Path) -> None:
    """A plot of Taveuni is seen whole in the scenes of both zones that meet there, each in its own CRS."""
    plot = Subject("c/1", shapely.box(179.9985, -16.801, 179.9995, -16.8))
    seen = {}
    for tile, epsg in (("60KZG", 32760), ("01KAB", 32701)):
        there = Transformer.from_crs("EPSG:4326", f"EPSG:{epsg}", always_xy=True)
        x, y = there.transform(179.999, -16.8005)
        west, north = round(x / 10) * 10 - 500, round(y / 10) * 10 + 500
        path = tmp_path / f"{tile}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=100, height=100, count=1, dtype="uint8", crs=f"EPSG:{epsg}",
            transform=Affine(10, 0, west, 0, -10, north), tiled=True, blockxsize=32, blockysize=32,
        ) as dataset:  # fmt: skip
            dataset.write(np.full((100, 100), 4, np.uint8), 1)
        scene = scenes.scene(tmp_path, "2020-10-11").model_copy(
            update={"tile": tile, "bbox": (-180.0, -17.2, 180.0, -16.2), "claim": Claim(0.0, True, False)}
        )
        chip = ground.chip(plot.geometry, path)
        needed = needed_blocks(open_raster(path), ground.box_of(plot.geometry)[None, :])
        seen[tile] = scene.may_show(179.999, -16.8005), bool((ground.read(path, chip) == 4).all()), needed[1, 1]

    assert seen == {"60KZG": (True, True, True), "01KAB": (True, True, True)}


def test_the_line_has_a_share_of_the_budget(tmp_path: Path) -> None:
    """Past its share the line is refused by name, though the budget of pictures has room."""
    scene = scenes.scene(tmp_path, "2020-10-11").model_copy(update={"catalogue": "here"})
    box = ground.box_of(shapely.Point(scenes.LONGITUDE, scenes.LATITUDE))[None, :]
    bands = Bands({"here": Catalogue(folder=tmp_path)}, Store(tmp_path / "store"), offline=True, budget_bytes=10**9)
    (before,) = bands([Wish(scene, "red", box)])
    (after,) = bands.within(0)([Wish(scene, "nir", box)])

    assert isinstance(before, Held)
    assert isinstance(after, Refused) and after.budget and "imagery.vegetation_megabytes" in after.reason
