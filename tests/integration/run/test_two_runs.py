"""Two runs on one folder: the first goes on as if it were alone."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from eudr_check.run.exit import Exit
from tests.helpers import tiny_harvest
from tests.helpers.command import ended
from tests.helpers.same_bytes import contents


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "eudr_check.cli", "assess", str(config), "--offline"]


def test_the_second_run_is_refused_and_the_first_ends_right(tmp_path: Path):
    """The second is told which process works in which folder; the first gives the bytes of a run alone."""
    alone, shared = (tiny_harvest.write(tmp_path / name / "harvest").config for name in ("alone", "shared"))
    assert ended("assess", alone, "--offline").returncode == 3
    log = shared.parent / "run" / "log.jsonl"

    with subprocess.Popen(command(shared), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        while first.poll() is None and not log.exists():
            time.sleep(0.005)
        # It holds still so that the second is sure to meet it at work, however fast or busy the machine is.
        first.send_signal(signal.SIGSTOP)
        second = ended("assess", shared, "--offline")
        first.send_signal(signal.SIGCONT)
        code = first.wait(300)

    told = " ".join(second.stderr.split())
    assert second.returncode == Exit.BUSY
    assert f"process {first.pid} is working on this harvest; wait until it ends, or stop it and run again" in told
    assert "Traceback" not in told
    assert code == 3
    assert contents(shared.parent / "run" / "tables") == contents(alone.parent / "run" / "tables")
