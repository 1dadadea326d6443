"""Work in a process of its own, for libraries that hold Python's lock all the while they work."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from eudr_check.errors import PackageError

_RUN = "import pickle, sys; work, told = pickle.load(sys.stdin.buffer); work(**told)"


@contextmanager
def working(work: Callable[..., Any], **told: Any) -> Iterator[None]:
    """Have something done in another process while the block runs; it is done when the block ends.

    `multiprocessing` would run the caller's script once more in the new process, which few scripts expect.

    Args:
        work: a function of a module.
        told: its arguments; what it returns is lost.

    Raises:
        PackageError: it failed; the message ends with its error.
    """
    with ThreadPoolExecutor(1) as waiting:
        done = waiting.submit(_run, work, told)
        yield
        done.result()


def _run(work: Callable[..., Any], told: dict[str, Any]) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    order = pickle.dumps((work, told), protocol=pickle.HIGHEST_PROTOCOL)
    done = subprocess.run([sys.executable, "-c", _RUN], input=order, stderr=subprocess.PIPE, env=environment)
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise PackageError(f"{work.__module__}.{work.__name__}: {words[-1] if words else 'stopped'}")
