"""A run on Dask that is killed, or loses workers, ends with the bytes of one process that was left alone."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.helpers import tiny_harvest
from tests.helpers.same_bytes import contents

pytest.importorskip("distributed", reason="the cluster extra is not installed (pip install 'eudr-check[cluster]')")
import psutil

SEED = 20201231
TILES = 20
BEFORE_TILES = 4
"""Lines in the log when the first tile is next: start, plots, ground, layers."""
LINES = BEFORE_TILES + TILES + 5
"""Lines of a whole run: overlay, assess, splits, package and end come after the tiles."""
PATIENCE_S = 300


class Moment(NamedTuple):
    """When to strike: that many lines of the log, and then some seconds."""

    lines: int
    seconds: float


def seeded(k: int, first: int, last: int) -> Moment:
    """One moment of a series, anywhere between two lines of the log."""
    chance = random.Random(SEED + k)
    return Moment(chance.randint(first, last), round(chance.uniform(0, 1.5), 2))


def harvest(folder: Path, **how: object) -> Path:
    """YAML of a harvest of twenty tiles."""
    drawn = tiny_harvest.write(folder / "harvest")
    tiny_harvest.spread(drawn, TILES - 2)
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    content["package"]["outputs"] = ["eu_geojson", "gis"]
    drawn.config.write_text(yaml.safe_dump({**content, "run": {"folder": "run", **how}}), encoding="utf-8")
    return drawn.config


def on_dask(folder: Path) -> Path:
    return harvest(folder, executor="dask", workers=2)


def started(config: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "eudr_check.cli", "run", str(config), "--offline"]
    with (config.parent / "stderr.txt").open("ab") as words:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=words)


def finished(config: Path, process: "subprocess.Popen[bytes]") -> dict[str, str]:
    """Bytes of tables and package when the run has ended as it should."""
    assert process.wait(PATIENCE_S) == 3, (config.parent / "stderr.txt").read_text(errors="replace")
    return contents(config.parent / "run" / "tables") | contents(config.parent / "run" / "package")


def await_moment(config: Path, process: "subprocess.Popen[bytes]", moment: Moment, earlier: int) -> None:
    """Wait until the log has so many lines more than `earlier` ones, or the run has ended."""
    while process.poll() is None and _lines(config) - earlier < moment.lines:
        time.sleep(0.005)
    time.sleep(moment.seconds)


def _lines(config: Path) -> int:
    log = config.parent / "run" / "log.jsonl"
    return log.read_bytes().count(b"\n") if log.exists() else 0


def workers_of(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """The processes that do tiles (not the one that watches over shared memory)."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def at_work(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended by themselves after a while; one that has may wait for whoever adopted it to notice."""
    _, left = psutil.wait_procs(processes, timeout=10)
    return [one for one in left if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bytes of one process that was left alone."""
    config = harvest(tmp_path_factory.mktemp("undisturbed"))
    found = finished(config, started(config))
    assert _lines(config) == LINES
    return found


def killed_then_finished(folder: Path, moments: list[Moment]) -> dict[str, str]:
    """Kill one run after another, start the next at once, let the last one finish; no process of theirs is left."""
    config = on_dask(folder)
    orphans: list[psutil.Process] = []
    for moment in moments:
        earlier = _lines(config)
        process = started(config)
        await_moment(config, process, moment, earlier)
        if process.poll() is None:
            orphans += psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
    found = finished(config, started(config))
    assert at_work(orphans) == []
    assert list((config.parent / "run" / "artifacts").glob(".*")) == []
    return found


def kill_a_worker(process: "subprocess.Popen[bytes]", seed: int) -> None:
    """Kill one of the workers, as soon as there are some."""
    while not (workers := workers_of(process)):
        assert process.poll() is None, "the run ended before a worker could be killed"
        time.sleep(0.005)
    random.Random(SEED + seed).choice(workers).kill()


def finished_without_workers(folder: Path, moments: list[Moment]) -> dict[str, str]:
    """Kill one of the workers at each moment of one run, and let it finish."""
    config = on_dask(folder)
    process = started(config)
    for moment in moments:
        await_moment(config, process, moment, 0)
        kill_a_worker(process, moment.lines)
    found = finished(config, process)
    log = (config.parent / "run" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [entry["failed"] for entry in map(json.loads, log) if entry["event"] == "tile"] == [None] * TILES
    return found


@pytest.mark.faults
def test_killed_at_a_few_moments(undisturbed: dict[str, str], tmp_path: Path):
    """While workers do tiles, and while the package is written; `make faults` kills at 25 moments more."""
    moments = [Moment(BEFORE_TILES + 8, 0.0), Moment(BEFORE_TILES + TILES + 2, 0.5)]

    assert killed_then_finished(tmp_path, moments) == undisturbed


@pytest.mark.faults
def test_workers_killed_at_a_few_moments(undisturbed: dict[str, str], tmp_path: Path):
    """Three times in one run a worker dies: its tiles are done by others, and none is set aside."""
    moments = [Moment(BEFORE_TILES + tiles, 0.0) for tiles in (1, 5, 10)]

    assert finished_without_workers(tmp_path, moments) == undisturbed


@pytest.mark.faults
def test_a_worker_killed_before_it_is_ready(tmp_path: Path):
    """Dask gives up on it: one sentence says what to do, and no process is left."""
    config = on_dask(tmp_path)
    process = started(config)
    await_moment(config, process, Moment(1, 0.0), 0)
    kill_a_worker(process, 0)
    family = psutil.Process(process.pid).children(recursive=True)

    assert process.wait(PATIENCE_S) == 1
    told = " ".join((config.parent / "stderr.txt").read_text(errors="replace").split())
    assert "executor dask: a worker did not start" in told
    assert "Traceback" not in told
    assert at_work(family) == []


@pytest.mark.faults
@pytest.mark.parametrize("moment", [seeded(k, 1, LINES - 1) for k in range(25)], ids=str)
def test_killed_at_any_moment(undisturbed: dict[str, str], tmp_path: Path, moment: Moment):
    """Twenty-five seeded moments across all stages, each on a harvest of its own."""
    assert killed_then_finished(tmp_path, [moment]) == undisturbed


@pytest.mark.faults
@pytest.mark.parametrize("moment", [seeded(k, BEFORE_TILES + 1, BEFORE_TILES + 15) for k in range(25)], ids=str)
def test_a_worker_killed_at_any_moment(undisturbed: dict[str, str], tmp_path: Path, moment: Moment):
    """Twenty-five seeded moments while tiles are under way, each on a harvest of its own."""
    assert finished_without_workers(tmp_path, [moment._replace(seconds=moment.seconds / 30)]) == undisturbed
