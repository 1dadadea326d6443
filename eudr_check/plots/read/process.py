"""A process of its own for each file, limited in time and memory: whatever a file does to its reader, it costs that
file and nobody else's."""

import multiprocessing
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from eudr_check.config import PlotFile
from eudr_check.plots.read import formats
from eudr_check.plots.read.raw_table import Delivery, UnreadableError
from eudr_check.plots.thresholds import threshold

_BYTES_PER_MB = 1_000_000
_OUT_OF_TIME, _KILLED = ({-one for one in signal.Signals if one.name == name} for name in ("SIGXCPU", "SIGKILL"))
"""Exit codes of readers; Windows has neither."""
INTERRUPTED = "interrupted"
"""In the details of a finding: reading ended by time, memory or a death, which another run may not meet."""
_WALL_PER_CPU = 10  # a busy machine gives a process a tenth of its time; only a sleeping one takes longer


def read(file: PlotFile) -> Delivery:
    """The rows of one file or folder, read in a child process.

    Raises:
        UnreadableError: the file cannot be read, or reading it took more time or memory than the bounds allow.
    """
    file = file.model_copy(update={"path": file.path.absolute()})
    megabytes = _size(file.path) / _BYTES_PER_MB
    seconds = int(threshold("read_seconds") + megabytes * threshold("read_seconds_per_mb"))
    memory = int(threshold("read_memory_mb") + megabytes * threshold("read_memory_per_mb"))
    context = _context()
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(there, file, seconds, memory), daemon=True)
    child.start()
    there.close()
    try:
        answer = here.recv() if here.poll(seconds * _WALL_PER_CPU) else None
    except EOFError:
        child.join()
        raise _death(child.exitcode, seconds) from None
    finally:
        here.close()
        if child.is_alive():
            child.join(1)
        child.kill()
        child.join()
    if answer is None:
        raise _too_slow(seconds)
    if isinstance(answer, tuple):
        code, details = answer
        raise UnreadableError(code, **details)
    delivery: Delivery = answer
    with np.errstate(invalid="ignore"):
        delivery.geometry = shapely.from_wkb(delivery.geometry)
    return delivery


def _context() -> Any:
    """How the child starts: a fork is fastest, but only safe where no other thread may hold a lock."""
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    return sum(member.stat().st_size for member in path.rglob("*") if member.is_file())


def _work(connection: Connection, file: PlotFile, seconds: int, memory: int) -> None:
    """Read and answer, with rows or with code and details of a refusal; any other end is the parent's to explain.

    An exception itself is not sent: it may bring the errors that caused it, which not every library can pickle.
    """
    _limit(seconds, memory)
    answer: Delivery | tuple[str, dict[str, Any]]
    try:
        answer = formats.read(file)
        answer.geometry = np.asarray(shapely.to_wkb(answer.geometry), dtype=object)
    except UnreadableError as error:
        answer = error.code, error.details
    except MemoryError:
        answer = "file_too_large", {"problem": f"reading it takes over {memory} MB of memory", INTERRUPTED: True}
    except RecursionError:
        answer = "file_unreadable", {"problem": "nested too deep"}
    connection.send(answer)
    connection.close()


def _limit(seconds: int, memory: int) -> None:
    """Bound this process, where its operating system can."""
    if sys.platform != "linux":
        return
    import resource  # late: not every operating system has it

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory * _BYTES_PER_MB,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _death(code: int | None, seconds: int) -> UnreadableError:
    if code in _OUT_OF_TIME:
        return _too_slow(seconds)
    if code in _KILLED:
        problem = f"the machine ended reading it: no memory was left, or it took over {seconds} s"
        return UnreadableError("file_too_large", problem=problem, **{INTERRUPTED: True})
    problem = f"its content makes the reading program break down ({code})"
    return UnreadableError("file_unreadable", problem=problem, **{INTERRUPTED: True})


def _too_slow(seconds: int) -> UnreadableError:
    return UnreadableError("file_too_large", problem=f"reading it takes over {seconds} s", **{INTERRUPTED: True})
