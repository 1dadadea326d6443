"""Dask workers give the same bytes as one process, also when a worker dies."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from eudr_check import config
from eudr_check.errors import LayersError, OverlayError, RunError
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from eudr_check.run.tile_splits import PART
from tests.helpers import tiny_harvest
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.same_bytes import contents

pytest.importorskip("distributed", reason="the cluster extra is not installed (pip install 'eudr-check[cluster]')")

OVERLAY, SPLITS = (importlib.import_module(f"eudr_check.run.stages.{name}") for name in ("overlay", "splits"))


def finished(folder: Path, until: str = "assess", **how: object) -> Finished:
    """The tiny harvest in a folder of its own, done in some way, as far as some stage."""
    drawn = tiny_harvest.write(folder / "harvest")
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    drawn.config.write_text(yaml.safe_dump({**content, "run": {"folder": "run", **how}}), encoding="utf-8")
    return run(config.load(drawn.config), until=until, offline=True)


def test_dask_equals_serial(tmp_path: Path):
    """Same tables from one process and from two workers."""
    one = finished(tmp_path / "serial", executor="serial")
    two = finished(tmp_path / "dask", executor="dask", workers=2)

    assert contents(two.folder.tables) == contents(one.folder.tables)
    assert two.exit == one.exit


def test_workers_are_measured(tmp_path: Path):
    """The profile tells how many workers did the tiles, what they used, and the memory of the largest."""
    stages = finished(tmp_path, executor="dask", workers=2).measurements.set_index("stage")

    assert stages.loc["overlay", "workers"] == 2
    assert stages.loc["overlay", "worker_peak_mb"] > 50
    assert stages.loc["overlay", "cpu_s"] > 0.1
    assert stages.loc["plots", "workers"] == 0


@pytest.mark.faults
def test_a_tile_that_kills_its_workers_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its plots are undetermined, the others are delivered, and the exit code says run again."""
    deadly = "S06.1W076.9"
    monkeypatch.setattr(OVERLAY, "work", die_on(deadly, OVERLAY.work))

    found = finished(tmp_path, executor="dask", workers=2)

    assert found.assessments is not None
    assert found.sources is not None
    outcomes = found.assessments["outcome"]
    assert outcomes["norte/low-clear"] == "undetermined"
    assert outcomes["norte/high-one"] == "high"
    assert set(found.sources.query("tile == @deadly")["status"]) == {"failed"}
    assert found.exit == Exit.INCOMPLETE


def test_a_tile_with_a_bad_raster_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One tile that fails does not take the harvest with it, and its failure is in SOURCES."""
    work = OVERLAY.work

    def refuse_west(shared, task):  # type: ignore[no-untyped-def]
        if task.tile.name == "S06.1W076.9":
            raise OverlayError("plot norte/low-clear: lost 1 % of its area")
        return work(shared, task)

    monkeypatch.setattr(OVERLAY, "work", refuse_west)

    found = finished(tmp_path, executor="serial")

    assert found.exit == Exit.INCOMPLETE
    assert found.sources is not None
    assert "lost 1 %" in found.sources.query("status == 'failed'")["reason"].iloc[0]


def test_splits_by_workers_are_those_of_one_process(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """The workers who did the tiles draw them, and leave before the package is written."""
    one = finished_tiny(tmp_path_factory)
    two = finished(tmp_path, "package", executor="dask", workers=2)
    measured = two.measurements.set_index("stage")

    assert two.package is not None
    assert one.package is not None
    assert contents(two.package) == contents(one.package)
    assert two.made["splits"].files() == one.made["splits"].files()
    assert parts(two.folder.path) == parts(one.folder.path) != {}
    assert measured.loc["splits", "workers"] == 2
    assert 0 < measured.loc["splits", "cpu_s"] < measured["cpu_s"].sum()
    assert measured.loc["package", "workers"] == 0


@pytest.mark.faults
def test_a_worker_that_dies_on_splits_is_stood_in_for(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """Killed once, its plots are drawn by another."""
    monkeypatch.setattr(SPLITS, "draw", die_on("S06.1W076.9", SPLITS.draw, once=tmp_path / "died"))
    found = finished(tmp_path, "package", executor="dask", workers=2)

    assert (tmp_path / "died").exists()
    assert found.made["splits"].files() == finished_tiny(tmp_path_factory).made["splits"].files()


@pytest.mark.faults
def test_splits_that_kill_their_workers_end_the_run_and_lose_nothing(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    """Which tile it was is said; the next run goes on from there."""
    with monkeypatch.context() as patch:
        patch.setattr(SPLITS, "draw", die_on("S06.1W076.9", SPLITS.draw))
        with pytest.raises(RunError, match=r"tile S06.1W076.9: workers died on it repeatedly"):
            finished(tmp_path, "package", executor="dask", workers=2)
    again = run(config.load(tmp_path / "harvest" / "tiny.yaml"), offline=True)

    assert again.made["splits"].files() == finished_tiny(tmp_path_factory).made["splits"].files()


@pytest.mark.parametrize("executor", ["serial", "dask"])
def test_a_layer_that_fails_in_splits_says_so_whoever_draws_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
):
    """The error of the layer, as it is."""

    def refuse(shared, task):  # type: ignore[no-untyped-def]
        raise LayersError("forest.tif cannot be read any more")

    monkeypatch.setattr(SPLITS, "draw", refuse)
    with pytest.raises(LayersError, match=r"^forest\.tif cannot be read any more$"):
        finished(tmp_path, "package", executor=executor)


def parts(folder: Path) -> dict[str, str]:
    """SHA-256 of the splits of every tile."""
    return {
        name: digest for path in (folder / "artifacts").glob(f"{PART}-*") for name, digest in contents(path).items()
    }


def die_on(tile: str, real: Callable[..., object], once: Path | None = None) -> Callable[..., object]:
    """Work that kills its own process on one tile, each time or the first time."""

    def work(shared, task):  # type: ignore[no-untyped-def]
        import os
        import signal

        if task.tile.name == tile and not (once is not None and once.exists()):
            if once is not None:
                once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return real(shared, task)

    return work
