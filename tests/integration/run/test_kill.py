"""A run killed at any moment and started again gives the same bytes as one that was left alone."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers import tiny_harvest
from tests.helpers.command import ended
from tests.helpers.same_bytes import contents

SEED = 20201231


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "eudr_check.cli", "run", str(config), "--offline"]


def results(config: Path) -> dict[str, str]:
    run = config.parent / "run"
    return contents(run / "tables") | contents(run / "package")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], float]:
    """Bytes of a run that was left alone, and the seconds it took."""
    drawn = tiny_harvest.write(tmp_path_factory.mktemp("undisturbed") / "harvest")
    start = time.monotonic()
    subprocess.run(command(drawn.config), check=False, capture_output=True, timeout=300)
    return results(drawn.config), time.monotonic() - start


def killed_then_finished(folder: Path, moments: list[float], seconds: float) -> dict[str, str]:
    """Kill one run after another at shares of the undisturbed time, then let one finish."""
    drawn = tiny_harvest.write(folder / "harvest")
    for moment in moments:
        with subprocess.Popen(command(drawn.config), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                process.wait(moment * seconds)
            except subprocess.TimeoutExpired:
                process.kill()
    last = ended("run", drawn.config, "--offline")
    assert last.returncode == 3, last.stderr
    return results(drawn.config)


def test_killed_at_a_few_moments(undisturbed: tuple[dict[str, str], float], tmp_path: Path):
    """Killed during start, in the middle and near the end of one and the same harvest."""
    expected, seconds = undisturbed

    assert expected
    assert killed_then_finished(tmp_path, [0.4, 0.7, 0.95], seconds) == expected


@pytest.mark.faults
@pytest.mark.parametrize("moment", [round(random.Random(SEED + k).uniform(0.2, 1.0), 3) for k in range(25)])
def test_killed_at_any_moment(undisturbed: tuple[dict[str, str], float], tmp_path: Path, moment: float):
    """Twenty-five seeded moments across all stages, each on a harvest of its own."""
    expected, seconds = undisturbed

    assert killed_then_finished(tmp_path, [moment], seconds) == expected
