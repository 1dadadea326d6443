"""No fault of a raster or a catalogue makes a plot look better: the tiny harvest and the shared faults, bent."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
import yaml

from eudr_check import config, layers
from eudr_check.config import LayerChoice
from eudr_check.layers.definition import definition
from eudr_check.run import results
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.harvest import Finished, run
from eudr_check.run.status import Status, status
from tests.conftest import REPOSITORY
from tests.helpers.rasters import policy_on
from tests.helpers.tiny_harvest import OUTCOMES, Tiny
from tests.tools.fault_campaign import in_folder

ORDER = ("low", "more_info_needed", "high")
PAM = "<PAMDataset>{}</PAMDataset>"
SHIFT = "<GeoTransform>-76.82,0.00025,0,-6.0,0,-0.00025</GeoTransform>"
Bend = Callable[[Path], None]


def rewritten(path: Path, **changes: object) -> None:
    """The raster written again with another profile; its values stay."""
    with rasterio.open(path) as dataset:
        profile, values = dataset.profile, dataset.read(1)
    profile |= {"driver": "GTiff", "tiled": True, "blockxsize": 16, "blockysize": 16, **changes}
    with rasterio.open(path, "w", **profile) as dataset:
        for band in range(1, dataset.count + 1):
            dataset.write(values if band == 2 or dataset.count == 1 else np.zeros_like(values), band)


def two_bands(path: Path) -> None:
    """Nothing in the first band, the values in the second."""
    rewritten(path, count=2)


def never_stored(path: Path) -> None:
    """No block is stored, nodata is not declared."""
    with rasterio.open(path) as dataset:
        profile = dataset.profile
    profile |= {"driver": "GTiff", "tiled": True, "blockxsize": 16, "blockysize": 16, "nodata": None, "SPARSE_OK": True}
    with rasterio.open(path, "w", **profile):
        pass


def half_stored(path: Path) -> None:
    """Blocks that are all 0 are left out."""
    rewritten(path, nodata=None, SPARSE_OK=True)


def scaled(path: Path) -> None:
    """Values say something else by scale and offset."""
    rewritten(path)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = [0.0], [0.0]
        dataset.offsets = [1.0]


def rotated(path: Path) -> None:
    """Turned a little."""
    with rasterio.open(path) as dataset:
        there = dataset.transform
    rewritten(path, transform=there @ rasterio.Affine.rotation(20))


def masked(path: Path) -> None:
    """Everything is hidden by a mask behind an overview, values are 0."""
    rewritten(path, nodata=None)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write(np.zeros((dataset.height, dataset.width), dtype=dataset.dtypes[0]), 1)
        dataset.build_overviews([2, 4])
        dataset.write_mask(np.zeros((dataset.height, dataset.width), dtype=bool))


def truncated(path: Path) -> None:
    """The end of the last block is missing (a COG keeps four more bytes behind it)."""
    path.write_bytes(path.read_bytes()[:-12])


def replaced(path: Path) -> None:
    """Other values in the same number of bytes, with the dates of the old file."""
    about, content = path.stat(), path.read_bytes()
    with rasterio.open(path) as dataset:
        profile = dataset.profile
    profile |= {"driver": "GTiff", "compress": None, "tiled": False}
    for key in ("blockxsize", "blockysize", "interleave"):
        profile.pop(key, None)
    other = path.with_suffix(".new")
    with rasterio.open(other, "w", **profile) as dataset:
        dataset.write(np.zeros((dataset.height, dataset.width), dtype=dataset.dtypes[0]), 1)
    path.write_bytes(other.read_bytes()[: len(content)].ljust(len(content), b"\0"))
    other.unlink()
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def one_bit(path: Path) -> None:
    """One bit of a block, size and dates as before."""
    about, content = path.stat(), bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def lossy(path: Path) -> None:
    """Values in JPEG, which are near the true ones."""
    rewritten(path, nodata=None, compress="JPEG", JPEG_QUALITY=10)


def world_file(path: Path) -> None:
    """A world file beside the raster, which lays it elsewhere."""
    path.with_suffix(".tfw").write_text("0.00025\n0\n0\n-0.00025\n-76.82\n-6.0\n")


def beside(ending: str, content: str) -> Bend:
    """A file beside the raster."""

    def bend(path: Path) -> None:
        path.with_name(path.name + ending).write_text(content)

    return bend


BEFORE: dict[str, Bend] = {
    bend.__name__: bend for bend in (two_bands, never_stored, half_stored, scaled, rotated, masked, truncated, lossy)
}
AFTER: dict[str, Bend] = {
    "replaced": replaced,
    "one bit": one_bit,
    "truncated": truncated,
    "never stored": never_stored,
    "moved": beside(".aux.xml", PAM.format(SHIFT)),
    "nodata": beside(".aux.xml", PAM.format('<PAMRasterBand band="1"><NoDataValue>0</NoDataValue></PAMRasterBand>')),
    "other CRS": beside(".aux.xml", PAM.format("<SRS>EPSG:32718</SRS>")),
    "mask": beside(".msk", "II*"),
    "overviews": beside(".ovr", "II*"),
    "world file": world_file,
}
VICTIMS = {"baseline": "JRC_GFC2020*", "loss": "*lossyear*"}


def victims(harvest: Tiny, pattern: str) -> list[Path]:
    """Rasters of the harvest."""
    return sorted((harvest.config.parent / "rasters").glob(f"{pattern}.tif"))


def forget_checksums(harvest: Tiny) -> None:
    """Items as other tools write them: without hash and size."""
    for path in harvest.catalogue.rglob("*.json"):
        path.write_text(path.read_text().replace('"file:checksum"', '"x:c"').replace('"file:size"', '"x:s"'))


def assess(harvest: Tiny, name: str = "run") -> Finished:
    """The outcomes in a run folder (its store lies beside it)."""
    return run(in_folder(config.load(harvest.config), harvest.config.parent / name / "run"), until="assess")


def seen(harvest: Tiny) -> Status:
    """What `status` says of the run folder of `assess`."""
    here = in_folder(config.load(harvest.config), harvest.config.parent / "run" / "run")
    assert here.run.folder is not None
    return status(RunFolder(here.run.folder), *results.gaps(here))


def require_nothing_better(finished: Finished, expected: dict[str, str]) -> pd.Series:
    """No plot is better than its drawing says; one that is worse or open has a source that says why."""
    assert finished.assessments is not None
    assert finished.sources is not None
    outcomes = finished.assessments["outcome"].reindex(list(expected))
    for plot, right in expected.items():
        found = outcomes[plot]
        assert (
            found == right
            or found == "undetermined"
            or (right in ORDER and found in ORDER and ORDER.index(found) >= ORDER.index(right))
        ), f"{plot} is {right} by its drawing and came out {found}"
    if dict(outcomes) != expected:
        told = finished.sources
        assert (told["status"].eq("failed") | told["reason"].notna()).any()
    return outcomes


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("fault", AFTER)
def test_faults_after_registration(tiny: Tiny, fault: str, victim: str) -> None:
    """A registered raster that is bent afterwards: what differs is unknown, what lies beside it is not read."""
    for path in victims(tiny, VICTIMS[victim]):
        AFTER[fault](path)
    finished = assess(tiny)
    outcomes = require_nothing_better(finished, OUTCOMES)

    if fault in ("moved", "nodata", "other CRS", "mask", "overviews", "world file"):
        assert dict(outcomes) == OUTCOMES
    else:
        assert finished.exit is Exit.INCOMPLETE
        assert "high" not in set(outcomes) or victim != "baseline"


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("fault", BEFORE)
def test_faults_nobody_registered(tiny: Tiny, fault: str, victim: str) -> None:
    """The same in a catalogue of another tool, whose Items record no hash: refused or unknown by what the file is."""
    for path in victims(tiny, VICTIMS[victim]):
        BEFORE[fault](path)
    forget_checksums(tiny)
    finished = assess(tiny)
    outcomes = require_nothing_better(finished, OUTCOMES)

    assert dict(outcomes) != OUTCOMES or fault == "half_stored"


@pytest.mark.parametrize("fault", [replaced, one_bit])
def test_a_raster_replaced_after_a_run_is_noticed_by_the_next(tiny: Tiny, fault: Bend) -> None:
    """A finished run is not taken for done when a raster was replaced in place, with size and dates kept."""
    assert dict(require_nothing_better(assess(tiny), OUTCOMES)) == OUTCOMES
    assert seen(tiny).complete
    for path in victims(tiny, VICTIMS["loss"]):
        shutil.copy2(path, path.with_suffix(".same"))
        path.with_suffix(".same").replace(path)
    assert seen(tiny).complete
    for path in victims(tiny, VICTIMS["loss"]):
        fault(path)
    before = seen(tiny)
    finished = assess(tiny)
    after = seen(tiny)

    assert not before.complete
    assert [Path(href).name for href in before.replaced] == [path.name for path in victims(tiny, VICTIMS["loss"])]
    assert not after.complete
    assert any("changed since it was registered" in reason for reason in after.unread)

    assert finished.exit is Exit.INCOMPLETE
    assert finished.sources["reason"].str.contains("changed since it was registered").any()  # type: ignore[index]
    require_nothing_better(finished, OUTCOMES)


@pytest.mark.parametrize("name", ["000-first", "zzz-last"])
@pytest.mark.parametrize("updated", [None, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_second_item_without_loss_improves_nothing(tiny: Tiny, name: str, updated: str | None) -> None:
    """An overlapping Item that knows no loss: ignored where it is older, unknown where nobody is newer."""
    (raster,) = victims(tiny, VICTIMS["loss"])
    (item_path,) = (tiny.catalogue / "hansen_gfc-v1.13").glob("00N*.json")
    item = json.loads(item_path.read_text())
    copy = raster.with_name("empty.tif")
    shutil.copy(raster, copy)
    with rasterio.open(copy) as dataset:
        profile = dataset.profile
    with rasterio.open(copy, "w", **{**profile, "driver": "GTiff"}) as dataset:
        dataset.write(np.zeros((dataset.height, dataset.width), "uint8"), 1)
    other = json.loads(json.dumps(item)) | {"id": name}
    other["assets"]["lossyear"]["href"] = other["assets"]["lossyear"]["href"].replace(raster.name, copy.name)
    for key in ("file:checksum", "file:size"):
        other["assets"]["lossyear"].pop(key)
    if updated is not None:
        other["properties"]["updated"] = updated
        item["properties"]["updated"] = "2026-01-01T00:00:00Z"
    item_path.write_text(json.dumps(item))
    item_path.with_name(f"{name}.json").write_text(json.dumps(other))
    collection = item_path.with_name("collection.json")
    content = json.loads(collection.read_text())
    content["links"].append({"rel": "item", "href": f"./{name}.json"})
    collection.write_text(json.dumps(content))
    finished = assess(tiny)
    outcomes = require_nothing_better(finished, OUTCOMES)

    if updated == "2020-01-01T00:00:00Z":
        assert dict(outcomes) == OUTCOMES
    else:
        assert outcomes["norte/high-one"] == "undetermined"
        assert finished.sources["reason"].str.contains("neither is newer").any()  # type: ignore[index]


def shared_fault(source: Path, folder: Path, *subfolders: str, spoil: Bend | None = None) -> Finished:
    """One of the shared fault folders, registered and run as its README says."""
    shutil.copytree(source, folder / "in", copy_function=shutil.copyfile)
    own = {"hansen": ["gfc_lossyear", "gfc_treecover_2020"], "jrc_gfc2020": ["jrc_gfc2020_EUFO"]}
    for name, files in own.items():
        choice = LayerChoice.model_validate({"definition": str(DEFINITIONS / f"whisp_{name}.yaml"), "from": "local"})
        paths = [folder / "in" / sub / f"{file}.tif" for sub in subfolders for file in files]
        layers.catalogue.add(folder / "cat", [path for path in paths if path.is_file()], definition(choice))
    if spoil is not None:
        spoil(folder / "in" / "base" / "gfc_lossyear.tif")
    settings = {
        "harvest": "fault",
        "commodity": "coffee",
        "operator": {"name": "E BV", "country": "NL", "eori": "NL000000000", "address": "x"},
        "product": {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 100},
        "plots": [{"path": "in/plot.geojson", "cooperative": "c", "producer_country": "PE"}],
        "catalogues": {"local": {"folder": "cat"}},
        "layers": [{"definition": str(DEFINITIONS / f"whisp_{name}.yaml"), "from": "local"} for name in own],
        "policy": policy_on(folder, "whisp_jrc_gfc2020.forest"),
        "production": {"from": "2026-03-01", "to": "2026-09-30"},
        "run": {"folder": "run"},
    }
    (folder / "h.yaml").write_text(yaml.safe_dump(settings))
    return run(config.load(folder / "h.yaml"), until="assess")


DEFINITIONS = REPOSITORY / "tests" / "definitions"


def outcome(finished: Finished) -> str:
    """Of the only plot."""
    assert finished.assessments is not None
    return str(finished.assessments["outcome"].iloc[0])


def test_the_shared_faults(shared_data: Path, tmp_path: Path) -> None:
    """The control is high; older copies, missing blocks and a sidecar do not make it better, and are told."""
    faults = shared_data / "faults"
    control = shared_fault(faults / "40-raster-control", tmp_path / "40", "base")
    older = shared_fault(faults / "41-overlapping-items-older-first", tmp_path / "41", "base", "a_older")
    sparse = shared_fault(faults / "43-blocks-never-stored", tmp_path / "43", "base")
    aux = (faults / "44-aux-xml-moves-a-registered-raster" / "after.aux.xml").read_text()
    moved = shared_fault(
        faults / "44-aux-xml-moves-a-registered-raster", tmp_path / "44", "base", spoil=beside(".aux.xml", aux)
    )

    assert outcome(control) == "high"
    assert outcome(older) == "undetermined"
    assert older.sources["reason"].str.contains("neither is newer").any()  # type: ignore[index]
    assert outcome(sparse) == "undetermined"
    assert sparse.sources["reason"].str.contains("not stored in the file: unknown").any()  # type: ignore[index]
    assert outcome(moved) == "high"
    assert any("transform" in problem for problem in layers.catalogue.check(tmp_path / "44" / "cat"))
