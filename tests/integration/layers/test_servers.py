"""The same evidence from a folder, from rustac and from pgstac; no more bytes than plots need; nothing when offline."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.warp import transform_bounds
from rasterio.windows import from_bounds

from eudr_check import config, layers
from eudr_check.config import Catalogue, Harvest
from eudr_check.errors import LayersError
from eudr_check.layers.definition import definition
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.cog_header import LocalBytes, read_layout
from eudr_check.layers.fetch.remote_bytes import FIRST_BYTES
from eudr_check.run import graph, tile_index
from eudr_check.run.harvest import Finished, run
from eudr_check.tiles import Tile
from tests.conftest import REPOSITORY
from tests.helpers import tiny_harvest
from tests.helpers.programs import Published, pgstac, published, rustac
from tests.helpers.rasters import STATE, Toy, write_raster
from tests.helpers.servers import Fault, Hit, Server
from tests.tools.fault_campaign import in_folder

SAMPLE = REPOSITORY / "configs" / "pe-coffee-2026.yaml"
EVIDENCE = ("EVIDENCE", "PATCHES")


def served(harvest: Harvest, server: Server) -> Harvest:
    """The harvest with its folder catalogue taken from a server."""
    return harvest.model_copy(update={"catalogues": {"local": Catalogue(url=f"{server.url}/stac")}})


def tables(finished: Finished) -> dict[str, bytes]:
    """Bytes of the tables that pixels make."""
    return {path.stem: path.read_bytes() for path in finished.folder.tables.iterdir() if path.stem in EVIDENCE}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Harvest, Server, Published, Path]]:
    """The sample harvest, and its landscape behind a file server."""
    folder = tmp_path_factory.mktemp("sample")
    with Server(REPOSITORY / "sample_plots") as server:
        content = published(REPOSITORY / "sample_plots" / "catalogue", server.root, server.url)
        yield config.load(SAMPLE), server, content, folder


@pytest.mark.faults
def test_sample_gives_the_same_evidence_from_folder_rustac_and_pgstac(
    sample: tuple[Harvest, Server, Published, Path],
) -> None:
    """EVIDENCE and PATCHES are byte-identical whichever catalogue the layers come from."""
    harvest, server, content, folder = sample
    by_folder = run(in_folder(harvest, folder / "folder" / "run"), until="overlay")
    with rustac(folder / "rustac", content) as server.upstream:
        by_rustac = run(in_folder(served(harvest, server), folder / "one" / "run"), until="overlay")
    with pgstac(folder / "pgstac", content) as server.upstream:
        by_pgstac = run(in_folder(served(harvest, server), folder / "two" / "run"), until="overlay")

    assert set(tables(by_folder)) == set(EVIDENCE)
    assert tables(by_rustac) == tables(by_folder)
    assert tables(by_pgstac) == tables(by_folder)


def test_offline_run_connects_nowhere_and_gives_the_same_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a prefetch, a run without network gives the same bytes; without one, everything is unknown and said so."""
    small = tiny_harvest.write(tmp_path / "tiny")
    harvest = config.load(small.config)
    with Server(small.config.parent) as server:
        content = published(small.catalogue, server.root, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            online = run(in_folder(served(harvest, server), tmp_path / "a" / "first"), until="assess")

    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        # Processes of this machine speak over local sockets; that is no network.
        if self.family != socket.AF_UNIX:
            raise AssertionError("a connection was tried")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)
    offline = run(in_folder(served(harvest, server), tmp_path / "a" / "second"), until="assess", offline=True)
    nothing = run(in_folder(served(harvest, server), tmp_path / "b" / "run"), until="assess", offline=True)

    assert online.sources is not None
    assert offline.sources is not None
    assert offline.sources.equals(online.sources)
    assert tables(offline) == tables(online)
    assert nothing.sources is not None
    assert nothing.sources["reason"].str.contains("this run is offline").all()
    assert nothing.assessments is not None
    assert set(nothing.assessments["outcome"]) == {"undetermined"}


@pytest.mark.parametrize("kind", ["rustac", "pgstac"])
def test_search_pages_to_the_end(tmp_path: Path, kind: str) -> None:
    """More Items than a page holds all arrive, once each, ordered by id."""
    items = [
        {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": f"n{number:04d}",
            "collection": "many",
            "bbox": [0.1, 0.1, 0.2, 0.2],
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[0.1, 0.1], [0.2, 0.1], [0.2, 0.2], [0.1, 0.2], [0.1, 0.1]]],
            },
            "properties": {"datetime": "2020-12-31T00:00:00Z"},
            "links": [],
            "assets": {"map": {"href": "http://127.0.0.1/none.tif"}},
        }
        for number in range(257)
    ]
    collection = pystac.Collection(
        "many",
        "many Items",
        pystac.Extent(pystac.SpatialExtent([[0, 0, 1, 1]]), pystac.TemporalExtent([[None, None]])),
        license="other",
    )
    content = Published([collection.to_dict()], items)
    with {"rustac": rustac, "pgstac": pgstac}[kind](tmp_path / kind, content) as url:
        here, elsewhere = http.search(url, "many", [(0, 0, 1, 1), (5, 5, 6, 6)])
        with pytest.raises(LayersError, match="no collection"):
            http.search(url, "few", [(0, 0, 1, 1)])

    assert isinstance(here, list)
    assert [item["id"] for item in here] == [item["id"] for item in items]
    assert elsewhere == []


def needed_bytes(path: Path, boxes: NDArray[np.float64]) -> int:
    """Bytes of the blocks that hold a cell some box touches, counted with GDAL's own block table."""
    with rasterio.open(path) as raster:
        height, width = raster.block_shapes[0]
        blocks = set()
        for box in boxes:
            there = transform_bounds("EPSG:4326", raster.crs, *box)
            window = from_bounds(*there, transform=raster.transform)
            first_row, last_row = int(window.row_off // height), int((window.row_off + window.height - 1e-6) // height)
            first, last = int(window.col_off // width), int((window.col_off + window.width - 1e-6) // width)
            first, first_row = max(first, 0), max(first_row, 0)
            last, last_row = min(last, (raster.width - 1) // width), min(last_row, (raster.height - 1) // height)
            blocks |= {(x, y) for x in range(first, last + 1) for y in range(first_row, last_row + 1)}
        sizes = [raster.get_tag_item(f"BLOCK_SIZE_{x}_{y}", "TIFF", bidx=1) for x, y in blocks]
    return sum(int(size) for size in sizes if size)


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Ten COGs of 4096 x 4096 noisy cells side by side, for 5,000 plots."""
    folder = tmp_path_factory.mktemp("country")
    toy = Toy(folder, "{map: {legend: '0..15'}}", f"{{forest: {{{STATE}, when: {{map: '1..7'}}}}}}")
    values = np.random.default_rng(5).integers(0, 16, (4096, 4096), dtype=np.uint8)
    cell = 0.5 / 4096
    paths = [
        write_raster(
            folder / f"t{number}.tif",
            np.roll(values, number),
            cell=cell,
            west=0.5 * number,
            north=0.5,
            compress="deflate",
            tiled=True,
            blockxsize=256,
            blockysize=256,
            copy_src_overviews=False,
        )
        for number in range(10)
    ]
    toy.add(*paths)
    return toy


@pytest.mark.faults
def test_budget_of_the_sample(sample: tuple[Harvest, Server, Published, Path]) -> None:
    """The sample harvest asks for its needed blocks and headers, and for nothing twice."""
    harvest, server, content, folder = sample
    job = in_folder(served(harvest, server), folder / "budget" / "run")
    with rustac(folder / "rustac-budget", content) as server.upstream:
        before = len(server.cog_hits())
        finished = run(job, until="layers")
        hits = server.cog_hits()[before:]

    assert finished.sources is not None
    read = finished.sources[finished.sources["status"] == "read"]
    boxes = _boxes_of(finished)
    needed = headers = 0
    for href, rows in read.groupby("href"):
        path = server.root / str(href).partition("/cog/")[2]
        needed += needed_bytes(path, np.concatenate([boxes[tile] for tile in rows["tile"]]))
        with LocalBytes(path) as source:
            headers += sum(stop - start for start, stop in read_layout(source, path.name).header)
    assert sum(hit.sent for hit in hits) <= needed * 1.15 + headers
    assert _fetched_twice(hits) == 0


def _boxes_of(finished: Finished) -> dict[str, NDArray[np.float64]]:
    """The ground each tile needed, from the run's own pieces."""
    (table,) = finished.folder.path.rglob("GROUND.parquet")
    names = [entry["tile"] for entry in json.loads((table.parent / "tiles.json").read_text(encoding="utf-8"))]
    return {name: tile_index.plots_of(table, group)[1] for group, name in enumerate(names)}


def windows(plots: int, seed: int) -> dict[Tile, NDArray[np.float64]]:
    """Boxes of about 300 m in villages scattered over 5 x 0.5 degrees."""
    dice = np.random.default_rng(seed)
    villages = dice.uniform([0.05, 0.05], [4.95, 0.45], (60, 2))
    centre = villages[dice.integers(0, 60, plots)] + dice.normal(0, 0.004, (plots, 2))
    by_tile: dict[Tile, list[list[float]]] = {}
    for x, y in np.clip(centre, 0.002, [4.997, 0.497]):
        tile = Tile.at(x, y)
        west, south, east, north = tile.bounds
        box = [max(x - 0.0015, west), max(y - 0.0015, south), min(x + 0.0015, east), min(y + 0.0015, north)]
        by_tile.setdefault(tile, []).append(box)
    return {tile: np.array(boxes) for tile, boxes in by_tile.items()}


def test_budget_of_a_harvest_of_5000_plots(country: Toy, tmp_path: Path) -> None:
    """At most 1.15 times the bytes of needed blocks, plus headers; each block once, also for the next harvest."""
    with Server(country.folder) as server:
        content = published(country.folder / "catalogue", country.folder, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            catalogues = {"local": Catalogue(url=f"{server.url}/stac")}
            first, second = windows(5000, seed=1), windows(2500, seed=2)
            server.decide = lambda hit: Fault("slow", seconds=0.05) if hit.path.startswith("/cog/") else None
            sources = layers.prefetch(first, [country.choice], catalogues, tmp_path / "store", each=graph.in_flight)
            in_flight, hits = server.most_in_flight(), server.cog_hits()
            layers.prefetch(second, [country.choice], catalogues, tmp_path / "store", each=graph.in_flight)
            all_hits = server.cog_hits()
            layers.prefetch(first, [country.choice], catalogues, tmp_path / "store", each=graph.in_flight)
            assert len(server.cog_hits()) == len(all_hits)

    boxes = np.concatenate([first[tile] for tile in sorted(first)])
    needed = sum(
        needed_bytes(
            path,
            boxes[(boxes[:, 2] > 0.5 * number) & (boxes[:, 0] < 0.5 * (number + 1))].clip(
                [0.5 * number, 0, 0.5 * number, 0], [0.5 * (number + 1), 0.5, 0.5 * (number + 1), 0.5]
            ),
        )
        for number, path in enumerate(country.folder / f"t{number}.tif" for number in range(10))
    )
    headers = [hit for hit in hits if hit.byte_range == f"bytes=0-{FIRST_BYTES - 1}"]
    blocks = sum(hit.sent for hit in hits if hit not in headers)
    assert sources["status"].eq("read").all()
    assert len(headers) == 10
    assert needed * 0.9 < blocks <= needed * 1.15
    assert in_flight >= 8
    assert _fetched_twice(all_hits) == 0


def _fetched_twice(hits: list[Hit]) -> int:
    """Bytes that were sent more than once, the first bytes of files aside."""
    twice = 0
    by_path: dict[str, list[tuple[int, int]]] = {}
    for hit in hits:
        first, _, last = str(hit.byte_range).removeprefix("bytes=").partition("-")
        if int(first) > 0:
            by_path.setdefault(hit.path, []).append((int(first), int(last) + 1))
    for ranges in by_path.values():
        ranges.sort()
        twice += sum(max(0, before[1] - after[0]) for before, after in pairwise(ranges))
    return twice


def test_published_tiles_without_stac(tmp_path: Path) -> None:
    """A tile scheme finds its files by name; a file the server does not have is a missing tile, not a failure."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    write_raster(tmp_path / "files" / "JRC_N10_E0.tif", np.ones((1000, 1000)), cell=0.01, north=10)
    boxes = {Tile(0, 0): np.array([[0.01, 0.01, 0.02, 0.02]]), Tile(-1, 0): np.array([[-0.02, 0.01, -0.01, 0.02]])}
    with Server(tmp_path / "files") as server:
        text = f"found: [{{tiles: {{naming: jrc, url: '{server.url}/cog/JRC_{{tile}}.tif'}}}}]"
        toy.file.write_text(toy.file.read_text() + text)
        sources = layers.prefetch(boxes, [toy.choice], {"local": Catalogue(tiles="published")}, tmp_path / "store")
        server.decide = lambda hit: Fault("status", 500)
        offline = layers.prefetch(
            boxes, [toy.choice], {"local": Catalogue(tiles="published")}, tmp_path / "store", offline=True
        )
    by_tile = sources.set_index("tile")

    assert by_tile.loc["N00.0E000.0", "status"] == "read"
    assert by_tile.loc["N00.0W000.1", "status"] == "missing"
    assert "no such file" in by_tile.loc["N00.0W000.1", "reason"]
    assert by_tile["item_id"].tolist() == ["N10_E0", "N10_W10"]
    cubes = [
        layers.cube(tile, boxes[tile], [toy.definition], sources[sources["tile"] == tile.name], tmp_path / "store")
        for tile in boxes
    ]
    assert (cubes[0]["toy.forest"] == 1).all()
    assert (cubes[1]["toy.forest"] == -1).all()
    assert offline["status"].tolist() == ["read", "failed"]


def test_a_single_file_of_ones_own_is_read_by_ranges(tmp_path: Path) -> None:
    """Only blocks under the plots come over the net, kept with the file's ETag; ground beyond the map is unknown."""
    toy = Toy(tmp_path, "{map: {legend: '0..1'}}", f"{{forest: {{{STATE}, when: {{map: 1}}}}}}")
    values = np.random.default_rng(1).integers(0, 2, (4000, 4000))
    values[:1000, :1000] = 1
    write_raster(tmp_path / "files" / "mapa.tif", values, cell=0.0001, west=0.0, north=0.4)
    boxes = {Tile(0, 3): np.array([[0.01, 0.35, 0.02, 0.36]]), Tile(-1, 3): np.array([[-0.02, 0.35, -0.01, 0.36]])}
    with Server(tmp_path / "files") as server:
        toy.file.write_text(toy.file.read_text() + f"found: [{{file: '{server.url}/cog/mapa.tif'}}]")
        asked = ([toy.choice], {"local": Catalogue(tiles="published")}, tmp_path / "store")
        sources = layers.prefetch(boxes, *asked)
        hits = list(server.hits)
    offline = layers.prefetch(boxes, *asked, offline=True)
    by_tile = sources.set_index("tile")
    cubes = {
        tile.name: layers.cube(tile, ground, [toy.definition], offline[offline["tile"] == tile.name], asked[2])
        for tile, ground in boxes.items()
    }

    assert by_tile.loc["N00.3E000.0", "status"] == "read"
    assert by_tile.loc["N00.3E000.0", "etag"]
    assert by_tile.loc["N00.3E000.0", "href"].endswith("/cog/mapa.tif")
    assert all(hit.byte_range for hit in hits if hit.method == "GET")
    assert 0 < sum(hit.sent for hit in hits) < (tmp_path / "files" / "mapa.tif").stat().st_size / 4
    assert (cubes["N00.3E000.0"]["toy.forest"] == 1).all()
    assert (cubes["N00.3W000.1"]["toy.forest"] == -1).all()


@pytest.mark.parametrize("layout", ["cog", "striped"])
def test_at_most_four_round_trips_per_asset(tmp_path: Path, layout: str) -> None:
    """Header, tag arrays, blocks: with every answer 0.25 s late, an asset takes four of them at most."""
    toy = Toy(tmp_path, "{map: {legend: '0..15'}}", f"{{forest: {{{STATE}, when: {{map: '1..7'}}}}}}")
    shape = {"tiled": True, "blockxsize": 128, "blockysize": 128} if layout == "cog" else {"blockysize": 1}
    values = np.random.default_rng(3).integers(0, 16, (5000, 5000), dtype=np.uint8)
    toy.add(write_raster(tmp_path / "a.tif", values, cell=0.1 / 5000, compress="deflate", **shape))
    with Server(tmp_path) as server:
        content = published(tmp_path / "catalogue", tmp_path, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            server.decide = lambda hit: Fault("slow", seconds=0.25) if hit.path.startswith("/cog/") else None
            remote = {"local": Catalogue(url=f"{server.url}/stac")}
            boxes = np.array([[0.04, 0.04, 0.05, 0.05]])
            sources = layers.prefetch(
                {Tile(0, 0): boxes}, [toy.choice], remote, tmp_path / "store", each=graph.in_flight
            )
            hits = server.cog_hits()

    assert sources["status"].tolist() == ["read"]
    assert max(hit.ended for hit in hits) - min(hit.started for hit in hits) < 5 * 0.25
    theirs = layers.cube(Tile(0, 0), boxes, [toy.definition], sources, tmp_path / "store")
    assert theirs.equals(toy.cube(boxes))


def test_server_without_ranges_sends_the_whole_file_once(tmp_path: Path) -> None:
    """A server that ignores Range is understood: the file is kept whole, checked by length, and not asked for again."""
    small = tiny_harvest.write(tmp_path / "tiny")
    harvest = config.load(small.config)
    windows = {Tile(-769, -61): np.array([[-76.81, -6.05, -76.805, -6.04]])}
    with Server(small.config.parent) as server:
        server.ignore_ranges = True
        content = published(small.catalogue, server.root, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            remote = served(harvest, server).catalogues
            sources = layers.prefetch(windows, harvest.layers, remote, tmp_path / "store")
            asked = len(server.cog_hits())
            again = layers.prefetch(windows, harvest.layers, remote, tmp_path / "store")

    assert sources["status"].eq("read").all()
    assert asked == len(sources["href"].unique())
    assert len(server.cog_hits()) == asked
    assert again.equals(sources)
    local = layers.prefetch(windows, harvest.layers, harvest.catalogues, tmp_path / "other")
    assert sources["sha256"].tolist() == local["sha256"].tolist()
    cubes = [
        layers.cube(Tile(-769, -61), windows[Tile(-769, -61)], [definition(one) for one in harvest.layers], rows, store)
        for rows, store in ((sources, tmp_path / "store"), (local, tmp_path / "other"))
    ]
    assert cubes[0].equals(cubes[1])


def test_two_harvests_may_fill_one_twin_at_once(country: Toy, tmp_path: Path) -> None:
    """Two prefetches of overlapping ground into one store, at the same time, both end with everything read."""
    with Server(country.folder) as server:
        content = published(country.folder / "catalogue", country.folder, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream, ThreadPoolExecutor(2) as pool:
            catalogues = {"local": Catalogue(url=f"{server.url}/stac")}
            started = time.monotonic()
            both = [
                pool.submit(layers.prefetch, windows(500, seed), [country.choice], catalogues, tmp_path / "store")
                for seed in (1, 2)
            ]
            done = [future.result() for future in both]

    assert all(table["status"].eq("read").all() for table in done)
    assert time.monotonic() - started < 60
