"""Dask workers give the same bytes as one process, also when a worker dies."""

from pathlib import Path

import pytest
import yaml

from eudr_check import config
from eudr_check.errors import OverlayError
from eudr_check.run import executors
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.same_bytes import contents

pytest.importorskip("distributed", reason="the cluster extra is not installed (pip install 'eudr-check[cluster]')")


def finished(folder: Path, **how: object) -> Finished:
    """The tiny harvest in a folder of its own, done in some way, as far as outcomes."""
    drawn = tiny_harvest.write(folder / "harvest")
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    drawn.config.write_text(yaml.safe_dump({**content, "run": {"folder": "run", **how}}), encoding="utf-8")
    return run(config.load(drawn.config), until="assess", offline=True)


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
    monkeypatch.setattr(executors, "work", die_on(deadly))

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
    work = executors.work

    def refuse_west(shared, task):  # type: ignore[no-untyped-def]
        if task.tile.name == "S06.1W076.9":
            raise OverlayError("plot norte/low-clear: lost 1 % of its area")
        return work(shared, task)

    monkeypatch.setattr(executors, "work", refuse_west)

    found = finished(tmp_path, executor="serial")

    assert found.exit == Exit.INCOMPLETE
    assert found.sources is not None
    assert "lost 1 %" in found.sources.query("status == 'failed'")["reason"].iloc[0]


def die_on(tile: str):  # type: ignore[no-untyped-def]
    """`work` that kills its own process on one tile."""

    def work(shared, task):  # type: ignore[no-untyped-def]
        import os
        import signal

        from eudr_check.run.tile import work as real

        if task.tile.name == tile:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(shared, task)

    return work
