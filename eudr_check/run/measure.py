"""Where the time goes: wall time, CPU, bytes read and peak memory per stage, so that users can report a slow run."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd


class Measurements:
    """Figures of the stages of one run, this process and its finished children."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        wall, cpu, read = time.perf_counter(), _cpu_seconds(), _bytes_read()
        yield
        self._rows.append(
            {
                "stage": name,
                "wall_s": round(time.perf_counter() - wall, 3),
                "cpu_s": round(_cpu_seconds() - cpu, 3),
                "read_mb": round((_bytes_read() - read) / 1e6, 1),
                "peak_mb": round(_peak_kb() / 1024, 1),
            }
        )

    @property
    def last(self) -> dict[str, Any]:
        """Figures of the stage that ended last, without its name."""
        return {name: value for name, value in self._rows[-1].items() if name != "stage"}

    def table(self) -> pd.DataFrame:
        """One row per stage: `stage, wall_s, cpu_s, read_mb, peak_mb` (peak of this process so far)."""
        return pd.DataFrame(self._rows, columns=["stage", "wall_s", "cpu_s", "read_mb", "peak_mb"])


def _cpu_seconds() -> float:
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _peak_kb() -> int:
    """Peak memory of this process; Linux counts that of the process which started it into `ru_maxrss`."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(dict(line.split(":\t", 1) for line in lines)["VmHWM"].split()[0])


def _bytes_read() -> int:
    """Bytes this process asked the system for; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return 0
    return int(dict(line.split(": ") for line in lines)["rchar"])
