"""One harvest from files to package: the outcomes drawn, the same bytes again, and only what changed redone."""

import datetime as dt
import json
import shutil
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import yaml
from rasterio.windows import from_bounds
from typer.testing import CliRunner

from eudr_check import config
from eudr_check.cli.commands import app
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from eudr_check.run.status import status
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import begun_tiny, finished_tiny
from tests.helpers.same_bytes import contents


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tiny_harvest.Tiny:
    """The tiny harvest on disk, run once."""
    return begun_tiny(tmp_path_factory, tmp_path_factory.mktemp("tiny") / "harvest")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """What that run gave; nobody may change its folder."""
    return finished_tiny(tmp_path_factory)


def with_settings(drawn: tiny_harvest.Tiny, name: str, **changes: object) -> config.Harvest:
    """The tiny harvest with other settings, in a run folder of its own."""
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    path = drawn.config.with_name(f"{name}.yaml")
    path.write_text(yaml.safe_dump({**content, "run": {"folder": f"run-{name}"}, **changes}), encoding="utf-8")
    return config.load(path)


def test_every_plot_has_the_outcome_that_was_drawn(finished: Finished, drawn: tiny_harvest.Tiny):
    """Outcomes are known in advance from the drawing in tests/helpers/tiny_harvest.py."""
    assert finished.assessments is not None

    outcomes = finished.assessments["outcome"].to_dict()

    assert {plot: outcomes[plot] for plot in drawn.outcomes} == dict(drawn.outcomes)
    assert {outcomes[plot] for plot in drawn.blocked} <= {"undetermined"}
    assert finished.exit == Exit.OPEN_QUESTIONS


def test_evidence_adds_up_to_the_plot(finished: Finished):
    """Every hectare of a polygon is in EVIDENCE once."""
    plots = gpd.read_parquet(finished.folder.tables / "PLOTS.parquet").query("usable and geometry_kind == 'polygon'")
    evidence = pd.read_parquet(finished.folder.tables / "EVIDENCE.parquet").query("footprint == 'polygon'")

    sums = evidence.groupby("plot")["area_ha"].sum().reindex(plots.index)

    assert ((sums / plots["area_ha"] - 1).abs() < 1e-8).all()


def test_a_second_run_makes_nothing_anew(finished: Finished, drawn: tiny_harvest.Tiny):
    """Finished artifacts are found by their digest."""
    run(config.load(drawn.config), offline=True)
    artifacts = drawn.config.with_name("run") / "artifacts"
    before = {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")}

    again = run(config.load(drawn.config), offline=True)

    assert {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")} == before
    assert again.exit == finished.exit


def test_two_fresh_folders_give_the_same_bytes(finished: Finished, drawn: tiny_harvest.Tiny):
    """Nothing in tables or package depends on where, when or in which folder the work was done."""
    other = run(with_settings(drawn, "fresh"), offline=True)

    assert contents(other.folder.tables) == contents(finished.folder.tables)
    assert contents(other.folder.package) == contents(finished.folder.package)


@pytest.fixture(scope="module")
def damaged(drawn: tiny_harvest.Tiny) -> tuple[config.Harvest, Finished, dict[str, str]]:
    """A finished harvest to be damaged, and the bytes of its artifacts and results."""
    harvest = with_settings(drawn, "damaged")
    made = run(harvest, offline=True)
    return harvest, made, everything(made)


def everything(made: Finished) -> dict[str, str]:
    folder = made.folder
    return contents(folder.path / "artifacts") | contents(folder.tables) | contents(folder.package)


@pytest.mark.parametrize("stage", ["plots", "ground", "sources", "tile", "evidence", "assessment", "package"])
def test_a_damaged_artifact_is_redone(damaged: tuple[config.Harvest, Finished, dict[str, str]], stage: str):
    """One flipped byte in finished work of any stage is noticed; that artifact and all results are what they were."""
    harvest, made, expected = damaged
    artifacts = made.folder.path / "artifacts"
    if stage == "tile":
        # Nobody looks at a tile again once all of them are joined.
        for joined in artifacts.glob("evidence-*"):
            shutil.rmtree(joined)
    hurt = list(artifacts.glob(f"{stage}-*"))
    for artifact in hurt:
        victim = next(path for path in sorted(artifact.rglob("*")) if path.is_file() and path.name != "artifact.json")
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.write_bytes(content)
    assert everything(made) != expected

    again = run(harvest, offline=True)

    assert len(hurt) == (2 if stage == "tile" else 1)
    assert everything(again) == expected


def test_a_clock_set_back_loses_nothing(drawn: tiny_harvest.Tiny, monkeypatch: pytest.MonkeyPatch):
    """Work that seems to have been done tomorrow is found, and nothing is made anew."""
    shutil.copytree(drawn.config.with_name("run"), drawn.config.with_name("run-clock"))
    harvest = with_settings(drawn, "clock")
    first = run(harvest, offline=True)
    artifacts = first.folder.path / "artifacts"
    before = {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")}
    yesterday = time.time() - 86_400
    monkeypatch.setattr(time, "time", lambda: yesterday)

    run(harvest, offline=True)
    seen = status(first.folder)

    assert {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")} == before
    logged = dt.datetime.fromisoformat(str(first.folder.history()[-1]["time"]))
    assert logged.timestamp() == pytest.approx(yesterday, abs=1)
    assert seen.complete
    assert seen.seconds_left is None


def test_without_event_layers_nothing_is_low(drawn: tiny_harvest.Tiny, tmp_path: Path):
    """Unknown is unknown: take the event tiles out of the catalogue and no plot there stays low."""
    alone = tiny_harvest.write(tmp_path / "alone")
    for item in alone.catalogue.rglob("*.json"):
        if json.loads(item.read_text()).get("collection", "").startswith(("hansen", "jrc_tmf")):
            item.unlink()
    for document in alone.catalogue.rglob("*.json"):
        content = json.loads(document.read_text())
        kept = [
            link
            for link in content.get("links", [])
            if link["rel"] not in {"item", "child"} or (document.parent / link["href"]).exists()
        ]
        document.write_text(json.dumps({**content, "links": kept}))

    blind = run(config.load(alone.config), offline=True)

    assert blind.assessments is not None
    outcomes = blind.assessments["outcome"]
    assert not (outcomes == "low").any()
    assert (outcomes.reindex(list(alone.outcomes)) == "undetermined").all()
    assert blind.sources is not None
    assert {"missing"} == set(blind.sources.query("layer.str.startswith('hansen')")["status"])


def test_one_changed_plot_redoes_only_its_tiles(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """The tile of an untouched plot keeps its artifact."""
    own = begun_tiny(tmp_path_factory, tmp_path / "own")
    first = run(config.load(own.config), offline=True)
    tiles = {path.name for path in (first.folder.path / "artifacts").glob("tile-*")}
    plots = own.config.with_name("sur.csv")
    text = plots.read_text(encoding="utf-8")
    lines = text.splitlines()
    changed = [line for line in lines if "outside" not in line]
    assert len(changed) == len(lines) - 1
    plots.write_text("\n".join(changed) + "\n", encoding="utf-8")

    second = run(config.load(own.config), offline=True)

    after = {path.name for path in (second.folder.path / "artifacts").glob("tile-*")}
    assert len(after - tiles) == 1
    assert after & tiles


def test_another_policy_draws_no_patch_again(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """Patches are free of any policy: judged anew, plots make a new package from the same drawing."""
    own = begun_tiny(tmp_path_factory, tmp_path / "own")
    first = run(config.load(own.config), offline=True)
    content = yaml.safe_load(own.config.read_text(encoding="utf-8"))
    own.config.write_text(yaml.safe_dump({**content, "policy": "whisp_pcrop@2026-07"}), encoding="utf-8")

    second = run(config.load(own.config), offline=True)

    names = {path.name.split("-")[0] for path in (first.folder.path / "artifacts").iterdir()}
    again = [path.name for path in (second.folder.path / "artifacts").glob("patches-*")]
    assert "patches" in names
    assert len(again) == 1
    assert len(list((second.folder.path / "artifacts").glob("package-*"))) == 2


def test_a_harvest_without_a_usable_plot_still_ends(drawn: tiny_harvest.Tiny):
    """A missing file is a blocking finding; tables and package are written, and the exit code says so."""
    nothing = [{"path": "not-there.kml", "cooperative": "norte"}]

    made = run(with_settings(drawn, "nothing", plots=nothing, package={"outputs": ["eu_geojson"]}), offline=True)

    assert made.exit == Exit.OPEN_QUESTIONS
    assert made.package is not None
    assert len(made.plots) == 0
    assert made.findings["code"].tolist() == ["file_missing"]
    assert len(pd.read_parquet(made.folder.tables / "EVIDENCE.parquet")) == 0


def test_rasters_of_the_layers_come_when_asked_for(drawn: tiny_harvest.Tiny):
    """One COG with a colour table per variable and tile, on the ground the plots needed, unknown as nodata."""
    made = run(with_settings(drawn, "rasters", package={"outputs": ["rasters"]}), offline=True)
    assert made.package is not None

    path = made.package / "rasters" / "jrc_gfc2020.forest" / "S06.1W076.9.tif"
    with rasterio.open(path) as file:
        values = file.read(1)
        hole = next(
            file.sample([(tiny_harvest.SEAM - 67 * tiny_harvest.CELL, tiny_harvest.NORTH - 53 * tiny_harvest.CELL)])
        )[0]
        wood = next(
            file.sample([(tiny_harvest.SEAM - 1 * tiny_harvest.CELL, tiny_harvest.NORTH - 12 * tiny_harvest.CELL)])
        )[0]

        assert file.colormap(1)[1][:3] == (134, 176, 141)
        assert file.nodata == 255
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert set(np.unique(values)) <= {0, 1, 255}
    assert (hole, wood) == (255, 1)
    assert (made.package / "rasters" / "hansen.loss_year" / "S06.1W076.8.tif").exists()


def test_forest_and_events_are_maps_of_every_package(finished: Finished):
    """One raster per variable lays the tiles together, cell on cell; classes are named, and nothing else is there."""
    assert finished.package is not None
    folder = finished.package / "rasters"
    settings = json.loads((finished.package / "settings.json").read_text(encoding="utf-8"))
    with rasterio.open(folder / "jrc_gfc2020.forest.vrt") as whole:
        for path in sorted((folder / "jrc_gfc2020.forest").glob("*.tif")):
            with rasterio.open(path) as tile:
                window = from_bounds(*tile.bounds, whole.transform).round_offsets().round_lengths()
                np.testing.assert_array_equal(whole.read(1, window=window), tile.read(1))

        assert whole.crs == "EPSG:4326"
        assert whole.colormap(1)[1][:3] == (134, 176, 141)
        # What lies between tiles was not read: 0 there would say that no forest was.
        assert whole.nodata == 254
    assert {path.stem for path in folder.glob("*.vrt")} == {
        one["column"] for one in settings["variables"] if one["role"] in ("forest_2020", "event")
    }


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "none.yaml"], 1, "no such file"),
        (["run"], 2, "Missing argument"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]):
    """Exit code 1 for errors, 2 for usage; one line, no traceback."""
    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == code or code == 1
    assert words in (result.output + str(result.exception))
