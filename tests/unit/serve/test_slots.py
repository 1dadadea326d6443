"""Cancelling meets a job at every moment of its life: what was cancelled stays so, and nothing else is stopped."""

import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from eudr_check.serve import slots
from eudr_check.serve.asked import Options
from eudr_check.serve.jobs import COMPLETED, OPEN, PROCESSING, QUEUED, Job, Store
from eudr_check.serve.limits import Limits
from eudr_check.serve.place import Place

CANCELLED = "analysis_cancelled"
PATIENCE_S = 0.5
"""How long a cancel may take that nobody holds up."""


def obliging(pipe: Connection, place: Place, server: int) -> None:
    """A process that does every job at once, and notes that it did."""
    while True:
        folder = Path(pipe.recv())
        (folder / "done").touch()
        pipe.send(("done", COMPLETED, None))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> slots.Slots:
    """Slots with one process, which works without rasters; not begun."""
    monkeypatch.setattr(slots, "_process", obliging)
    return slots.Slots(Store(tmp_path / "jobs"), Place(tmp_path, True, "coffee", None), Limits(), 1)


def ended(job: Job) -> str:
    """The state of a job once nothing is at it any more."""
    until = time.monotonic() + 30
    while job.state["code"] in OPEN and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.2)
    return str(job.state["code"])


def once(monkeypatch: pytest.MonkeyPatch, moment: str, act: Callable[[], None]) -> None:
    """Let somebody act at one moment of a slot's thread, and that thread wait for it as long as a cancel may take."""
    read, noted = Job.state.fget, Job.becomes  # type: ignore[attr-defined]
    left = [act]

    def acted() -> None:
        if left and threading.current_thread().name == "slot":
            other = threading.Thread(target=left.pop())
            other.start()
            other.join(PATIENCE_S)

    def state(job: Job) -> Any:
        found = read(job)
        if moment == f"seen {found['code']}":
            acted()
        return found

    def becomes(job: Job, code: str, cause: str | None = None) -> None:
        if moment == f"before {code}":
            acted()
        noted(job, code, cause)
        if moment == f"after {code}":
            acted()

    monkeypatch.setattr(Job, "state", property(state))
    monkeypatch.setattr(Job, "becomes", becomes)


@pytest.mark.parametrize(
    "moment", [f"seen {QUEUED}", f"before {PROCESSING}", f"after {PROCESSING}", f"before {COMPLETED}"]
)
def test_a_cancel_is_never_lost(server: slots.Slots, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Whenever it comes: a job that was told to be cancelled is, or it had ended before; the next job is done."""
    job, other = (server.store.add("rosa", [], Options()) for _ in range(2))
    told: list[bool] = []
    once(monkeypatch, moment, lambda: told.append(server.cancel(job)))
    server.start()
    try:
        assert ended(other) == COMPLETED
        assert told
        assert ended(job) == (CANCELLED if told[0] else COMPLETED)
        assert told[0] or moment == f"before {COMPLETED}"
        assert not (job.folder / "done").exists() or moment == f"before {COMPLETED}"
    finally:
        server.stop()


def test_what_has_ended_is_not_cancelled(server: slots.Slots) -> None:
    """Results that are there stay there."""
    job = server.store.add("rosa", [], Options())
    server.start()
    try:
        assert ended(job) == COMPLETED
        assert not server.cancel(job)
        assert job.state["code"] == COMPLETED
    finally:
        server.stop()


def test_a_stop_that_meets_a_job_just_taken_leaves_it_for_the_next_start(
    server: slots.Slots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends waits for no job that had not begun."""
    job = server.store.add("rosa", [], Options())
    stopped = threading.Event()

    def stop() -> None:
        server.stop()
        stopped.set()

    once(monkeypatch, f"after {PROCESSING}", stop)
    server.start()

    assert stopped.wait(20)
    assert job.state["code"] in OPEN
    assert not (job.folder / "done").exists()
