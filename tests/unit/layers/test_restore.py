"""A tile is computed from the bytes that SOURCES lists, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from eudr_check.errors import LayersError
from eudr_check.layers import Origin, Supply, restore
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.credentials import Access
from tests.helpers.rasters import STATE, TILE, Toy, write_raster

BOXES = np.array([TILE.bounds])


@pytest.fixture
def forest(tmp_path: Path) -> Toy:
    """A 3 x 3 raster of forest."""
    toy = Toy(tmp_path / "toy", "{map: {legend: '0..1', nodata: 255}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    toy.add(write_raster(toy.folder / "forest.tif", [[0, 1, 0], [1, 1, 1], [0, 1, 0]]))
    return toy


def test_what_is_here_is_not_fetched_again(forest: Toy, monkeypatch: pytest.MonkeyPatch):
    """On a shared disk, or on the machine that did the prefetch, no connection is opened."""
    sources = forest.sources()
    monkeypatch.setattr(http, "bring", lambda *_, **__: pytest.fail("fetched"))
    origins = {href: Origin("https://example.org/a.tif", '"1"', Access()) for href in sources["href"]}

    Supply(forest.store, origins).require(BOXES, [forest.definition], sources)


def test_a_file_that_changed_since_is_refused(forest: Toy):
    """Evidence never comes from other pixels than its SOURCES say."""
    sources = forest.sources()
    write_raster(forest.folder / "forest.tif", np.zeros((3, 3)))

    with pytest.raises(LayersError, match=r"forest\.tif: not the bytes that SOURCES lists"):
        Supply(forest.store, {}).require(BOXES, [forest.definition], sources)


def test_a_machine_without_the_file_says_what_is_needed(forest: Toy, tmp_path: Path):
    """A catalogue on the client's disk cannot feed a worker elsewhere."""
    with pytest.raises(LayersError, match=r"forest\.tif: not in the store.*need the catalogue in an object store"):
        Supply(tmp_path / "other", {}).require(BOXES, [forest.definition], forest.sources())


def test_files_on_a_disk_have_no_origin(forest: Toy):
    """Only what has an address can be fetched by others."""
    sources = forest.sources()

    assert restore.addresses(sources, [forest.choice], forest.catalogues, forest.store) == {}
    assert restore.origins(sources, [forest.choice], forest.catalogues, {}) == {}


def test_web_addresses_are_their_own_origin(forest: Toy):
    """The tag the server gave is the tag a worker must find."""
    sources = forest.sources().assign(href="https://example.org/forest.tif", etag='"1"')

    (origin,) = restore.origins(sources, [forest.choice], forest.catalogues, {}).values()

    assert (origin.address, origin.etag) == ("https://example.org/forest.tif", '"1"')
