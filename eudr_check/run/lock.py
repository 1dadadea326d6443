"""The lock of a run folder in an object store: an object that says who works there."""

import json
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from eudr_check import object_store
from eudr_check.errors import BusyError, FetchError, RunError
from eudr_check.text import sentence, worded


@dataclass(frozen=True)
class Holder:
    """Who holds a run folder."""

    host: str
    machine: str
    """Distinguishes machines of one name."""
    process: int
    user: str
    token: str

    @classmethod
    def this_process(cls) -> "Holder":
        """Ourselves, with a token of this once."""
        return cls(platform.node(), f"{uuid.getnode():x}", os.getpid(), psutil.Process().username(), uuid.uuid4().hex)

    @property
    def gone(self) -> bool:
        """Whether it ran on this machine and has ended; of other machines nothing is known."""
        here = Holder.this_process()
        if (self.host, self.machine) != (here.host, here.machine):
            return False
        # The flock of the stand-in is ours by now, so an equal number is that of an earlier container.
        return self.process == here.process or not psutil.pid_exists(self.process)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock object a path stands for.

    Raises:
        BusyError: somebody else holds it, named with the way to lift it.
        RunError: the store cannot be reached.
    """
    ourselves = Holder.this_process()
    content = json.dumps(asdict(ourselves), sort_keys=True).encode()
    try:
        other = holder(path)
        if other is not None and other.gone:
            object_store.remove([path])
        # Read again: a store that cannot create exclusively lets the last writer win.
        if (
            (other is not None and not other.gone)
            or not object_store.create(path, content)
            or object_store.read(path) != content
        ):
            raise _refused(path)
    except FetchError as error:
        raise RunError(worded(error)) from error
    try:
        yield
    finally:
        _release(path, content)


def holder(path: Path) -> Holder | None:
    """Who holds a lock object; None where nobody does.

    Raises:
        FetchError: the store cannot be reached.
    """
    content = object_store.read(path)
    if content is None:
        return None
    try:
        known: dict[str, Any] = json.loads(content)
        return Holder(**known)
    except (ValueError, TypeError):
        return Holder("?", "?", 0, "?", "?")


def _refused(path: Path) -> BusyError:
    other = holder(path) or Holder("?", "?", 0, "?", "?")
    return BusyError(
        sentence(
            "run",
            "busy",
            folder=object_store.name(path.parent),
            process=other.process,
            user=other.user,
            host=other.host,
            lock=object_store.name(path),
        )
    )


def _release(path: Path, content: bytes) -> None:
    """Let go, if it is still ours; an unreachable store must not hide how the run itself ended."""
    try:
        if object_store.read(path) == content:
            object_store.remove([path])
    except FetchError:
        return
