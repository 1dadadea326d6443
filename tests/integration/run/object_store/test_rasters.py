"""Rasters in an object store that are gone, replaced, or of another catalogue's name."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import rasterio

from eudr_check import layers
from eudr_check.config import LayerChoice
from eudr_check.errors import LayersError
from eudr_check.layers import restore
from eudr_check.run import tile_index
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import run
from tests.helpers import tiny_harvest
from tests.helpers.bucket import BUCKET, HANSEN, Bucket, another_machine, harvest_at, stored


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
