"""Plots, catalogue and run folder in an S3-compatible store: the same bytes as on a disk, also from other machines.

A machine is played by its own cache folder (`XDG_CACHE_HOME`): what it knows of the store is what lies there.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import rasterio
import yaml
from typer.testing import CliRunner

from eudr_check import config, layers
from eudr_check import object_store as mirror
from eudr_check.cli.commands import app
from eudr_check.config import LayerChoice
from eudr_check.errors import ConfigError, EudrCheckError, LayersError, RunError
from eudr_check.layers import restore
from eudr_check.run import lock, tile_index
from eudr_check.run import tile as tile_work
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.same_bytes import contents
from tests.helpers.servers import Server, dask_cluster, object_store, published, rustac

s3fs = pytest.importorskip("s3fs", reason="the cluster extra is not installed (pip install 'eudr-check[cluster]')")
pytest.importorskip("moto", reason="the test extra is not installed (pip install 'eudr-check[test]')")

SECRET = "only-for-this-test"
BUCKET = "coops"
SIGNED = re.compile(rb"Signature=|X-Amz-|AWSAccessKeyId|" + SECRET.encode())
HANSEN = "rasters/Hansen_GFC-2025-v1.13_lossyear_00N_080W.tif"


class Bucket:
    """The store as its owner sees it, past all code under test."""

    def __init__(self) -> None:
        self.store = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)

    def fill(self, folder: Path, name: str) -> str:
        """A folder copied into the bucket; its address."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.store.put_file(str(path), f"{BUCKET}/{name}/{path.relative_to(folder).as_posix()}")
        return f"s3://{BUCKET}/{name}"

    def objects(self, address: str) -> dict[str, tuple[str, str]]:
        """Tag and time of every object below an address."""
        found = self.store.find(address, detail=True)
        return {name: (about["ETag"], str(about["LastModified"])) for name, about in found.items()}

    def flip(self, name: str) -> None:
        """Change one byte of an object."""
        content = bytearray(self.store.cat_file(name))
        content[len(content) // 2] ^= 1
        self.store.pipe_file(name, bytes(content))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An object store with credentials in the environment, as a user would set them."""
    with object_store(tmp_path_factory.mktemp("moto")) as address, pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            environment.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield address
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(scope="module")
def bucket(endpoint: str) -> Bucket:
    """The bucket of all tests."""
    made = Bucket()
    made.store.mkdir(BUCKET)
    return made


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The tiny harvest, plots, catalogue and run folder on a disk."""
    return finished_tiny(tmp_path_factory)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test begins on a machine that has never seen the store."""
    return another_machine(tmp_path, monkeypatch, "client")


def another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Path:
    """From now on this process is a machine with an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / name))
    tile_work._ground_table.cache_clear()
    return tmp_path / name


def stored(tmp_path: Path, bucket: Bucket, name: str) -> str:
    """The tiny harvest in the store, and nowhere else; its address."""
    drawn = tiny_harvest.write(tmp_path / "drawn")
    address = bucket.fill(drawn.config.parent, name)
    shutil.rmtree(drawn.config.parent)
    return address


def harvest_at(tmp_path: Path, address: str, **changes: Any) -> config.Harvest:
    """The tiny harvest with an address for every path."""
    content = yaml.safe_load(bytes(Bucket().store.cat_file(f"{address}/tiny.yaml")))
    content["plots"] = [{**plots, "path": f"{address}/{plots['path']}"} for plots in content["plots"]]
    content["catalogues"] = {"local": {"folder": f"{address}/catalogue"}}
    content["run"] = {"folder": f"{address}/runs/tiny", **changes.pop("run", {})}
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump({**content, **changes}), encoding="utf-8")
    return config.load(path)


def tables(folder: Path) -> dict[str, str]:
    """Published tables, without the document that says where assets lie."""
    return {name: sha256 for name, sha256 in contents(folder).items() if name != "tables/addresses.json"}


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
    assert not list((tmp_path / "second").rglob("*.tif")), "no raster was fetched"


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
def test_damaged_artifacts_in_the_store_are_made_anew(
    tmp_path: Path, bucket: Bucket, on_disk: Finished, monkeypatch: pytest.MonkeyPatch
):
    """One flipped byte in every table: from an empty machine the result is what it was."""
    address = stored(tmp_path, bucket, "damaged")
    run(harvest_at(tmp_path, address))
    for name in bucket.objects(f"{address}/runs/tiny/artifacts"):
        if name.endswith(".parquet"):
            bucket.flip(name)

    another_machine(tmp_path, monkeypatch, "second")
    again = run(harvest_at(tmp_path, address))

    assert tables(again.folder.tables) == tables(on_disk.folder.tables)
    assert contents(again.folder.package) == contents(on_disk.folder.package)


def test_a_artifact_without_its_mark_is_no_artifact(tmp_path: Path, bucket: Bucket):
    """What a run killed while sending has left is not taken for finished work."""
    folder = RunFolder(mirror.mirrored(f"s3://{BUCKET}/marks/run"))
    made = folder.artifacts.obtain("plots", "d" * 64, lambda place: (place / "a.txt").write_text("42") and None)
    bucket.store.rm_file(f"{BUCKET}/marks/run/artifacts/{made.folder.name}/artifact.json")
    shutil.rmtree(made.folder)

    assert folder.artifacts.find("plots", "d" * 64) is None


def test_a_artifact_that_others_read_is_left_alone(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    """Workers of one machine may bring one artifact at once: the second takes no file away from the first."""
    folder = RunFolder(mirror.mirrored(f"s3://{BUCKET}/race/run"))
    made = folder.artifacts.obtain("ground", "d" * 64, lambda place: (place / "a.txt").write_text("42") and None)
    (aside := tmp_path / "aside").mkdir()
    made.folder.rename(aside / made.folder.name)
    get = mirror.get

    def meanwhile(wanted: Any) -> bool:
        if not made.folder.exists():
            (aside / made.folder.name).rename(made.folder)
        return get(wanted)

    monkeypatch.setattr(mirror, "get", meanwhile)
    before = (aside / made.folder.name / "a.txt").stat().st_ino

    assert folder.artifacts.find("ground", "d" * 64) is not None
    assert (made.folder / "a.txt").stat().st_ino == before


@pytest.mark.faults
def test_workers_of_this_machine_share_its_mirror(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """One server, everything in the store: the same bytes, and one content store for all processes."""
    address = stored(tmp_path, bucket, "server")

    made = run(harvest_at(tmp_path, address, run={"executor": "dask", "workers": 2}), until="assess")

    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert made.sources is not None
    assert len(list(tmp_path.rglob("sparse/*/*.tif"))) == made.sources["href"].nunique()


def test_a_raster_that_is_gone_never_helps_a_plot(tmp_path: Path, bucket: Bucket):
    """Without the loss years no plot is low, and the exit code says run again."""
    address = stored(tmp_path, bucket, "gone")
    bucket.store.rm_file(f"{address}/{HANSEN}")

    made = run(harvest_at(tmp_path, address, package={"outputs": []}))

    assert made.assessments is not None
    assert made.sources is not None
    assert not (made.assessments["outcome"] == "low").any()
    assert made.exit == Exit.INCOMPLETE
    assert "no such file" in " ".join(made.sources.query("status == 'failed'")["reason"])


@pytest.mark.faults
def test_a_raster_replaced_and_registered_again_is_read_anew(tmp_path: Path, bucket: Bucket):
    """The content store never stands in for the new file: a plot that lost its forest since is not low any more."""
    drawn = tiny_harvest.write(tmp_path / "drawn")
    address = bucket.fill(drawn.config.parent, "replaced")
    before = run(harvest_at(tmp_path, address, package={"outputs": []}))
    raster = drawn.config.parent / HANSEN
    with rasterio.open(raster) as file:
        values, profile = file.read(1), file.profile
    values[:] = 23
    raster.unlink()
    with rasterio.open(raster, "w", **{**profile, "driver": "COG"}) as file:
        file.write(values, 1)
    hansen = layers.definition(LayerChoice.model_validate({"id": "hansen_gfc@v1.13", "from": "local"}))
    layers.catalogue.add(drawn.catalogue, sorted((drawn.config.parent / "rasters").glob("Hansen*")), hansen)
    bucket.fill(drawn.config.parent, "replaced")

    after = run(harvest_at(tmp_path, address, package={"outputs": []}))

    assert before.assessments is not None
    assert after.assessments is not None
    changed = before.assessments["loss_after_2020_ha"] < after.assessments["loss_after_2020_ha"]
    assert changed["norte/low-clear"]
    assert changed["norte/low-edge"]


@pytest.mark.faults
def test_catalogues_of_one_name_share_no_blocks(tmp_path: Path, bucket: Bucket):
    """Two harvests beside each other call different folders 'local': each reads its own rasters."""
    drawn = tiny_harvest.write(tmp_path / "drawn")
    one = bucket.fill(drawn.config.parent, "names/one")
    raster = drawn.config.parent / HANSEN
    with rasterio.open(raster) as file:
        profile, shape = file.profile, file.shape
    raster.unlink()
    with rasterio.open(raster, "w", **{**profile, "driver": "COG"}) as file:
        file.write(pd.DataFrame(23, range(shape[0]), range(shape[1])).to_numpy("uint8"), 1)
    shutil.rmtree(drawn.catalogue)
    tiny_rasters = drawn.config.parent / "rasters"
    for layer, pattern in {
        "jrc_gfc2020@V4": "JRC_GFC*",
        "hansen_gfc@v1.13": "Hansen*",
        "jrc_tmf@v1.2025": "JRC_TMF*",
    }.items():
        chosen = layers.definition(LayerChoice.model_validate({"id": layer, "from": "local"}))
        layers.catalogue.add(drawn.catalogue, sorted(tiny_rasters.glob(pattern)), chosen)
    cover = layers.definition(LayerChoice.model_validate({"id": "esa_worldcover@2020", "from": "local"}))
    layers.catalogue.add(drawn.catalogue, sorted(tiny_rasters.glob("ESA*")), cover)
    two = bucket.fill(drawn.config.parent, "names/two")
    shared = {"package": {"outputs": []}}

    first = run(harvest_at(tmp_path, one, **shared, run={"folder": f"s3://{BUCKET}/names/runs/one"}))
    second = run(harvest_at(tmp_path, two, **shared, run={"folder": f"s3://{BUCKET}/names/runs/two"}))

    assert first.folder.store == second.folder.store
    assert first.assessments is not None
    assert second.assessments is not None
    assert first.assessments.loc["norte/low-edge", "outcome"] == "low"
    assert second.assessments.loc["norte/low-edge", "deforestation_ha"] > 0.04


def test_a_raster_replaced_before_a_worker_reads_it_is_refused(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
):
    """A machine that goes on with SOURCES of yesterday takes no block of today: its tiles stay unknown."""
    address = stored(tmp_path, bucket, "between")
    run(harvest_at(tmp_path, address, package={"outputs": []}), until="layers")
    bucket.flip(f"{address}/{HANSEN}")

    another_machine(tmp_path, monkeypatch, "worker")
    made = run(harvest_at(tmp_path, address, package={"outputs": []}))

    assert made.sources is not None
    assert made.assessments is not None
    assert "not the one that was read before" in " ".join(made.sources["reason"].dropna())
    assert not (made.assessments["outcome"] == "low").any()
    assert made.exit == Exit.INCOMPLETE


def test_a_worker_takes_only_the_bytes_that_sources_lists(tmp_path: Path, bucket: Bucket):
    """Blocks with another SHA-256 are refused, even where the store calls them by the same tag."""
    address = stored(tmp_path, bucket, "bytes")
    harvest = harvest_at(tmp_path, address)
    made = run(harvest, until="layers")
    sources = pd.read_parquet(made.folder.tables / "SOURCES.parquet")
    ground = next((made.folder.path / "artifacts").glob("ground-*"))
    tile = json.loads((ground / "tiles.json").read_text())[0]["tile"]
    rows = sources[sources["tile"] == tile]
    _, boxes = tile_index.plots_of(ground / "GROUND.parquet", 0)
    elsewhere = json.loads((made.folder.tables / "addresses.json").read_text())
    origins = restore.origins(sources, harvest.layers, harvest.catalogues, elsewhere)
    supply = layers.Supply(tmp_path / "store", origins)
    definitions = [layers.definition(choice) for choice in harvest.layers]

    supply.require(boxes, definitions, rows)
    with pytest.raises(LayersError, match=r"\.tif: not the bytes that SOURCES lists"):
        supply.require(boxes, definitions, rows.assign(sha256="0" * 64))


@pytest.mark.parametrize("key", ["plots", "deliveries", "reviews"])
def test_a_missing_file_is_named_with_its_key(tmp_path: Path, bucket: Bucket, key: str):
    """Key, address and what to do; nothing is begun."""
    address = stored(tmp_path, bucket, f"missing-{key}")
    there = f"{address}/none.csv"
    harvest = harvest_at(
        tmp_path, address, **{key: [{"path": there, "cooperative": "norte"}] if key == "plots" else there}
    )

    with pytest.raises(ConfigError, match=rf"^{key}.*{re.escape(there)} is not there; put the file there"):
        run(harvest)
    assert not bucket.objects(f"{address}/runs")


def test_a_file_deleted_in_the_store_is_not_read_from_the_mirror(tmp_path: Path, bucket: Bucket):
    """What was brought yesterday does not stand in for what is gone today."""
    address = stored(tmp_path, bucket, "deleted")
    harvest = harvest_at(tmp_path, address)
    run(harvest, until="plots")
    bucket.store.rm_file(f"{address}/sur.csv")

    with pytest.raises(ConfigError, match=r"plots\.1\.path: s3://coops/deleted/sur\.csv is not there"):
        run(harvest, until="plots")


def test_without_credentials_the_message_says_which(
    tmp_path: Path, bucket: Bucket, on_disk: Finished, monkeypatch: pytest.MonkeyPatch
):
    """No traceback, no secret; what was finished is there when the credentials are."""
    address = stored(tmp_path, bucket, "keyless")
    harvest = harvest_at(tmp_path, address)
    run(harvest, until="plots")
    with monkeypatch.context() as keyless:
        keyless.delenv("AWS_ACCESS_KEY_ID")
        keyless.delenv("AWS_SECRET_ACCESS_KEY")
        keyless.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        keyless.setenv("AWS_CONFIG_FILE", os.devnull)
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(ConfigError, match=r"plots\.0\.path: s3://.*: no credentials; set AWS_ACCESS_KEY_ID"):
            run(harvest)
    s3fs.S3FileSystem.clear_instance_cache()

    assert tables(run(harvest, until="assess").folder.tables) == tables(on_disk.folder.tables)


def test_without_the_package_the_message_says_what_to_install(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
):
    """pip install 'eudr-check[cluster]'."""
    harvest = harvest_at(tmp_path, stored(tmp_path, bucket, "bare"))
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)

    with pytest.raises(ConfigError, match=r"plots\.0\.path: .*pip install 'eudr-check\[cluster\]'"):
        run(harvest)


def test_the_second_run_on_a_folder_is_refused_by_name(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch):
    """Host, user and process are named, and how to lift the lock; a run that ended leaves none behind."""
    address = stored(tmp_path, bucket, "locked")
    there = f"{address}/runs/tiny"
    other = lock.Holder("otherhost", "0", 4711, "rosa", "x")
    with monkeypatch.context() as first:
        first.setattr(lock.Holder, "this_process", classmethod(lambda cls: other))
        held = RunFolder(mirror.mirrored(there)).locked()
        held.__enter__()
    with monkeypatch.context() as second:
        another_machine(tmp_path, second, "second")
        words = f"{there}: process 4711 of rosa on otherhost is working.* delete {there}/.lock and run again"
        with pytest.raises(RunError, match=words):
            run(harvest_at(tmp_path, address))
        assert RunFolder(mirror.mirrored(there)).busy()
    held.__exit__(None, None, None)

    run(harvest_at(tmp_path, address), until="plots")
    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


def test_a_lock_of_a_process_that_is_gone_is_taken_over(tmp_path: Path, bucket: Bucket):
    """A run killed on this machine does not shut its owner out."""
    address = stored(tmp_path, bucket, "killed")
    here = lock.Holder.this_process()
    dead = {**here.__dict__, "process": 2**22 + 1, "token": "x"}
    bucket.store.pipe_file(f"{address}/runs/tiny/.lock", json.dumps(dead).encode())

    run(harvest_at(tmp_path, address), until="plots")

    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


def test_the_lock_is_let_go_when_the_run_fails(tmp_path: Path, bucket: Bucket):
    """An error ends the run, not the right of the next."""
    address = stored(tmp_path, bucket, "failed")
    harvest = harvest_at(tmp_path, address, policy="none@1", package={"outputs": []})

    with pytest.raises(EudrCheckError, match="none@1"):
        run(harvest)
    assert not [name for name in bucket.objects(address) if name.endswith(".lock")]


def test_offline_cannot_work_in_the_store(tmp_path: Path, bucket: Bucket):
    """The message says where it can."""
    harvest = harvest_at(tmp_path, stored(tmp_path, bucket, "offline"))

    with pytest.raises(ConfigError, match=r"run\.folder: s3://.* cannot be worked in offline; give a folder on a disk"):
        run(harvest, offline=True)


@pytest.mark.faults
def test_offline_after_a_visit_gives_the_same(tmp_path: Path, bucket: Bucket, on_disk: Finished):
    """Plots and catalogue in the store, run folder on the laptop: what was brought once is enough."""
    address = stored(tmp_path, bucket, "visit")
    harvest = harvest_at(tmp_path, address, run={"folder": str(tmp_path / "run")})
    run(harvest, until="layers")

    made = run(harvest, offline=True)

    assert tables(made.folder.tables) == tables(on_disk.folder.tables)
    assert contents(made.folder.package) == contents(on_disk.folder.package)
