"""Plots, catalogue and run folder in an S3-compatible store: the same bytes as on a disk, also from other machines."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.run import tile as tile_work
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.bucket import SIGNED, Bucket, another_machine, harvest_at, stored, tables
from tests.helpers.programs import dask_cluster, published, rustac
from tests.helpers.same_bytes import contents
from tests.helpers.servers import Server


def test_the_store_gives_the_same_bytes_as_a_disk(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """Every table and every file of the package; nothing written down anywhere holds a signature."""
    address = stored(tmp_path, bucket, "same")

    made = run(harvest_at(tmp_path, address))

    assert made.exit == on_disk.exit
    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert contents(made.folder.package) == contents(on_disk.folder.package)
    bucket.store.get(f"{address}/runs/tiny/", str(tmp_path / "copy") + "/", recursive=True)
    assert contents(tmp_path / "copy" / "package") == contents(made.folder.package)
    assert contents(tmp_path / "copy" / "tables") == contents(made.folder.tables)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SIGNED.search(path.read_bytes())]
    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


@pytest.mark.faults
def test_workers_that_share_nothing_but_the_store(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """Scheduler and workers are processes with caches and working folders of their own; the bytes are the same."""
    address = stored(tmp_path, bucket, "cluster")

    def cache(number: int) -> dict[str, str]:
        return {"XDG_CACHE_HOME": str(tmp_path / "workers" / f"{number}" / "cache")}

    with dask_cluster(tmp_path / "workers", 2, cache) as scheduler:
        harvest = harvest_at(tmp_path, address, run={"executor": "dask", "scheduler": scheduler})
        made = run(harvest)

    assert made.exit == on_disk.exit
    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert contents(made.folder.package) == contents(on_disk.folder.package)
    copies = list((tmp_path / "workers").rglob("sparse/*/*.tif"))
    assert copies, "the workers brought their blocks themselves"


@pytest.mark.faults
def test_workers_elsewhere_read_a_stac_api_themselves(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """Items from a STAC API, run folder in the store: each worker fetches the blocks of its tile from the web."""
    drawn = tiny_harvest.write(tmp_path / "drawn")
    address = bucket.fill(drawn.config.parent, "web")

    def cache(number: int) -> dict[str, str]:
        return {"XDG_CACHE_HOME": str(tmp_path / "workers" / f"{number}" / "cache")}

    with Server(drawn.config.parent) as server, dask_cluster(tmp_path / "workers", 1, cache) as scheduler:
        content = published(drawn.catalogue, server.root, server.url)
        with rustac(tmp_path / "rustac", content) as server.upstream:
            catalogues = {"local": {"url": f"{server.url}/stac"}}
            how = {"executor": "dask", "scheduler": scheduler}
            made = run(harvest_at(tmp_path, address, catalogues=catalogues, run=how), until="overlay")

    evidence = "tables/EVIDENCE.parquet"
    assert contents(made.folder.tables)[evidence] == contents(on_disk.folder.tables)[evidence]
    assert made.sources is not None
    assert len(list((tmp_path / "workers").rglob("sparse/*/*.tif"))) == made.sources["href"].nunique()


@pytest.mark.faults
def test_a_run_goes_on_from_an_empty_machine(
    tmp_path: Path, bucket: Bucket, on_disk: Finished, monkeypatch: pytest.MonkeyPatch
):
    """Finished artifacts are found in the store, none is made again, and looks work there too."""
    address = stored(tmp_path, bucket, "again")
    first = run(harvest_at(tmp_path, address))
    before = bucket.objects(f"{address}/runs/tiny/artifacts")
    lines = len(first.folder.history())

    another_machine(tmp_path, monkeypatch, "second")
    monkeypatch.setattr(tile_work.layers, "cube", lambda *_: pytest.fail("a tile was done again"))
    second = run(harvest_at(tmp_path, address))

    assert bucket.objects(f"{address}/runs/tiny/artifacts") == before
    assert contents(second.folder.package) == contents(on_disk.folder.package)
    assert len(second.folder.history()) > lines, "the log goes on"
    assert not list((tmp_path / "second").rglob("sparse/*/*.tif")), "no raster was fetched"


@pytest.mark.faults
def test_a_look_from_another_machine(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    """`run`, `status`, `explain` with a picture, `compare`: addresses instead of paths, also for the YAML itself."""
    address = stored(tmp_path, bucket, "looks")
    text = yaml.safe_load(bucket.store.cat_file(f"{address}/tiny.yaml"))
    text["run"]["folder"] = "runs/tiny"
    bucket.store.pipe_file(f"{address}/tiny.yaml", yaml.safe_dump(text).encode())
    made = CliRunner().invoke(app, ["run", f"{address}/tiny.yaml", "--json"])
    assert made.exit_code == Exit.OPEN_QUESTIONS
    assert json.loads(made.stdout)["files"]["package"] == f"{address}/runs/tiny/package"

    another_machine(tmp_path, monkeypatch, "desk")
    status = CliRunner().invoke(app, ["status", f"{address}/tiny.yaml", "--json"])
    words = ["explain", f"{address}/tiny.yaml", "norte/high-one", "--picture", str(tmp_path / "plot.svg")]
    explained = CliRunner().invoke(app, words)
    compared = CliRunner().invoke(app, ["compare", f"{address}/runs/tiny", f"{address}/runs/tiny"])

    assert json.loads(status.stdout)["complete"]
    assert explained.exit_code == 0, explained.exception
    assert (tmp_path / "plot.svg").is_file()
    assert "no outcome changed" in compared.stdout


@pytest.mark.faults
def test_workers_of_this_machine_share_its_mirror(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """One server, everything in the store: the same bytes, and one content store for all processes."""
    address = stored(tmp_path, bucket, "server")

    made = run(harvest_at(tmp_path, address, run={"executor": "dask", "workers": 2}), until="assess")

    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert made.sources is not None
    assert len(list(tmp_path.rglob("sparse/*/*.tif"))) == made.sources["href"].nunique()


@pytest.mark.faults
def test_offline_after_a_visit_gives_the_same(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """Plots and catalogue in the store, run folder on the laptop: what was brought once is enough."""
    address = stored(tmp_path, bucket, "visit")
    harvest = harvest_at(tmp_path, address, run={"folder": str(tmp_path / "run")})
    run(harvest, until="layers")

    made = run(harvest, offline=True)

    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert contents(made.folder.package) == contents(on_disk.folder.package)
