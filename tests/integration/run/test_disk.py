"""A disk that is full, or that may only be read: a clear word, nothing corrupt, and the run goes on afterwards."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.helpers import command, tiny_harvest
from tests.helpers.finished_tiny import finished_tiny
from tests.helpers.same_bytes import contents

ENOUGH = "64m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory of one megabyte; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        reason = f"a small tmpfs cannot be mounted here: {mounted.stderr.decode().strip() or 'not allowed'}"
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield place
    finally:
        # Tables that this process has read stay open.
        subprocess.run(["umount", "--lazy", place], check=True)


def remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)


def harvest(folder: Path, run: Path) -> Path:
    """YAML of the tiny harvest with its run folder elsewhere."""
    drawn = tiny_harvest.write(folder)
    content = yaml.safe_load(drawn.config.read_text(encoding="utf-8"))
    drawn.config.write_text(yaml.safe_dump({**content, "run": {"folder": str(run)}}), encoding="utf-8")
    return drawn.config


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Bytes of a run with room enough."""
    folder = finished_tiny(tmp_path_factory).folder
    return contents(folder.tables) | contents(folder.package)


@pytest.mark.faults
def test_full_disk(small_disk: Path, undisturbed: dict[str, str], tmp_path: Path):
    """The disk grows step by step from too small: every run says so in one line, the last one gives the right bytes."""
    config = harvest(tmp_path / "harvest", small_disk / "run")
    stopped = []
    for kilobytes in (16, 64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 1024):
        remount(small_disk, f"size={kilobytes}k")
        tried = command.ended("run", config, "--offline")
        if tried.returncode == 3:
            break
        stopped.append(tried)
    remount(small_disk, f"size={ENOUGH}")
    last = command.ended("run", config, "--offline")

    assert len(stopped) >= 4
    for tried in stopped:
        assert tried.returncode == 1, tried.stderr
        assert "the disk is full; free some space and run again" in " ".join(tried.stderr.split())
        assert "Traceback" not in tried.stderr
    assert last.returncode == 3, last.stderr
    assert contents(small_disk / "run" / "tables") | contents(small_disk / "run" / "package") == undisturbed


def test_read_only_disk(small_disk: Path, tmp_path: Path):
    """A run on a disk that may only be read is refused before any work, and says which setting helps."""
    config = harvest(tmp_path / "harvest", small_disk / "run")
    remount(small_disk, "ro")
    refused = command.ended("run", config, "--offline")

    assert refused.returncode == 1
    assert "cannot be written; give a writable folder as 'run: {folder: ...}'" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
