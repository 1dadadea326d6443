"""Where the time goes: wall time, CPU, bytes read and peak memory per stage, so that users can report a slow run."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

COLUMNS = ("stage", "wall_s", "cpu_s", "read_mb", "peak_mb", "workers", "worker_peak_mb")


@dataclass(frozen=True)
class Usage:
    """What a process has used since it began."""

    cpu_s: float
    read_mb: float
    """Megabytes it asked the system for; 0 where the system does not tell."""
    peak_mb: float
    """Largest resident memory."""


def usage() -> Usage:
    """Usage of this process, without its children."""
    process = psutil.Process()
    times = process.cpu_times()
    return Usage(times.user + times.system, _bytes_read(process) / 1e6, _peak_bytes(process) / 1024**2)


class Measurements:
    """Figures of the stages of one run: this process, its finished children, and its workers wherever they are."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._workers: list[Usage] = []
        self._elsewhere_s = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        self._workers, self._elsewhere_s = [], 0.0
        wall, cpu, before = time.perf_counter(), _cpu_seconds(), usage()
        yield
        after = usage()
        read = after.read_mb - before.read_mb + sum(worker.read_mb for worker in self._workers)
        self._rows.append(
            {
                "stage": name,
                "wall_s": round(time.perf_counter() - wall, 3),
                "cpu_s": round(_cpu_seconds() - cpu + self._elsewhere_s, 3),
                "read_mb": round(read, 1),
                "peak_mb": round(after.peak_mb, 1),
                "workers": len(self._workers),
                "worker_peak_mb": round(max((worker.peak_mb for worker in self._workers), default=0.0), 1),
            }
        )

    def workers(self, before: Mapping[str, Usage], after: Mapping[str, Usage]) -> None:
        """Take down what workers used during the stage that is being measured.

        Args:
            before: usage by worker when the stage began.
            after: usage by worker when it ended; one that died takes its figures with it.
        """
        none = Usage(0.0, 0.0, 0.0)
        for name, now in after.items():
            then = before.get(name, none)
            self._workers.append(Usage(now.cpu_s - then.cpu_s, now.read_mb - then.read_mb, now.peak_mb))
            self._elsewhere_s += now.cpu_s - then.cpu_s

    def ending(self, children: Mapping[str, Usage]) -> None:
        """Leave out of the stage what the system adds to our time when children end: it was taken down before."""
        self._elsewhere_s -= sum(worker.cpu_s for worker in children.values())

    @property
    def last(self) -> dict[str, object]:
        """Figures of the stage that ended last, without its name."""
        return {name: value for name, value in self._rows[-1].items() if name != "stage"}

    def table(self) -> pd.DataFrame:
        """One row per stage, as `COLUMNS`; `peak_mb` of this process, `worker_peak_mb` of the largest worker."""
        return pd.DataFrame(self._rows, columns=list(COLUMNS))


def _cpu_seconds() -> float:
    """Seconds of this process and, where the system counts them, of its finished children."""
    times = psutil.Process().cpu_times()
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + children)


def _peak_bytes(process: psutil.Process) -> int:
    """Peak memory; today's where the system keeps no peak (macOS)."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        memory = process.memory_info()
        return int(getattr(memory, "peak_wset", memory.rss))
    return 1024 * int(dict(line.split(":\t", 1) for line in lines)["VmHWM"].split()[0])


def _bytes_read(process: psutil.Process) -> int:
    if not hasattr(process, "io_counters"):
        return 0
    read = process.io_counters()
    return int(getattr(read, "read_chars", read.read_bytes))
