"""Work in a process of its own, for libraries that hold Python's lock all the while they work."""

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any

from eudr_check.errors import PackageError

_RUN = """
import gc, pickle, sys
gc.disable()
while sys.stdin.buffer.peek(1):
    work, arguments = pickle.load(sys.stdin.buffer)
    gc.freeze()
    gc.enable()
    work(**arguments)
"""
"""What an order imports stays: it is not looked through for garbage."""

Send = Callable[..., None]
"""Takes a function of a module and its arguments by name; what the function returns is lost."""


@contextmanager
def working(what: str) -> Iterator[Send]:
    """Another process that does what it is arguments, one thing after another; all is done when the block ends.

    `multiprocessing` would run the caller's script once more in the new process, which few scripts expect.

    Args:
        what: what comes of it, for the message when it fails.

    Raises:
        PackageError: something failed; the message ends with its error. What was arguments after it is not done.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, "-c", _RUN]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=words, env=environment, bufsize=0) as process,
        # An order waits in the pipe until the one before it is done; we do not.
        ThreadPoolExecutor(1) as hand,
    ):
        pipe = process.stdin
        assert pipe is not None
        orders: list[Future[None]] = []

        def send(work: Callable[..., Any], **arguments: Any) -> None:
            orders.append(hand.submit(_hand_over, pipe, pickle.dumps((work, arguments))))

        try:
            yield send
        except BaseException:
            process.kill()
            raise
        lost = [order.exception() for order in orders]
        pipe.close()
        if process.wait() != 0 or any(lost):
            words.seek(0)
            last = words.read().decode(errors="replace").strip().splitlines()[-1:]
            raise PackageError(f"{what} could not be written: {last[0] if last else 'stopped'}")


def _hand_over(pipe: IO[bytes], order: bytes) -> None:
    """Write all of it; nothing is kept back that closing the pipe would have to write."""
    left = memoryview(order)
    while left:
        left = left[pipe.write(left) :]
