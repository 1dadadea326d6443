"""Processes that do jobs, one each at a time: whatever kills one costs that job and nothing else."""

import multiprocessing
import os
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from eudr_check.errors import BusyError, EudrCheckError
from eudr_check.serve.jobs import COMPLETED, OPEN, PROCESSING, QUEUED, Job, Store
from eudr_check.serve.limits import Limits
from eudr_check.serve.place import Place
from eudr_check.text import worded

STAGES = ("plots", "ground", "layers", "overlay", "assess")
TRIES = 2
"""Times a job is begun whose process dies: it may have been the victim of another program."""
CONTEXT = multiprocessing.get_context("spawn")
LOOK_SECONDS = 0.5


@dataclass
class _Slot:
    """One process, and what it does."""

    process: Any = None
    pipe: Any = None
    job: str | None = None


@dataclass
class Slots:
    """All processes of a server."""

    store: Store
    place: Place
    limits: Limits
    count: int
    progress: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Stage and percent of jobs under way."""
    _waiting: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    _slots: list[_Slot] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _ending: threading.Event = field(default_factory=threading.Event)
    _changing: threading.Lock = field(default_factory=threading.Lock)
    """Held from the look at a job's state to what follows from it: callers cancel while slots take and end jobs."""

    def start(self) -> None:
        """Begin; jobs that a server left unfinished come first."""
        self.store.sweep()
        self.store.tidy(self.limits.keep_days)
        for job in self.store.unfinished():
            job.becomes(QUEUED)
            self.add(job)
        self._slots = [_Slot() for _ in range(self.count)]
        self._threads = [
            threading.Thread(target=self._serve, args=(slot,), name="slot", daemon=True) for slot in self._slots
        ]
        for thread in self._threads:
            thread.start()

    def add(self, job: Job) -> None:
        """Do a job when its turn comes."""
        self._waiting.put(job.id)

    def cancel(self, job: Job) -> bool:
        """Stop a job, begun or not; False: it had ended."""
        with self._changing:
            if job.state["code"] not in OPEN:
                return False
            job.becomes("analysis_cancelled")
            for slot in self._slots:
                if slot.job == job.id and slot.process is not None:
                    slot.process.kill()
        return True

    def stop(self) -> None:
        """End all processes; what they were at is done when the server starts again."""
        with self._changing:
            self._ending.set()
            for slot in self._slots:
                if slot.process is not None:
                    slot.process.kill()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self, slot: _Slot) -> None:
        while (name := self._waiting.get()) is not None and not self._ending.is_set():
            job = Job(self.store.folder / name)
            if self._takes(slot, job):
                self._do(slot, job)
                slot.job = None
                self.progress.pop(name, None)
                self.store.tidy(self.limits.keep_days)

    def _takes(self, slot: _Slot, job: Job) -> bool:
        """Whether the job is still wanted; then it is this slot's."""
        with self._changing:
            if job.state["code"] != QUEUED:
                return False
            job.becomes(PROCESSING)
            slot.job = job.id
        return True

    def _do(self, slot: _Slot, job: Job) -> None:
        for _ in range(TRIES):
            code, cause = self._tried(slot, job)
            if code != "died" or not self._wanted(job):
                break
        with self._changing:
            if self._wanted(job):
                job.becomes("analysis_error" if code == "died" else code, cause)

    def _wanted(self, job: Job) -> bool:
        return not self._ending.is_set() and bool(job.state["code"] == PROCESSING)

    def _tried(self, slot: _Slot, job: Job) -> tuple[str, str | None]:
        if slot.process is None or not slot.process.is_alive():
            slot.pipe, theirs = CONTEXT.Pipe()
            process = CONTEXT.Process(target=_process, args=(theirs, self.place, os.getpid()))
            process.start()
            theirs.close()
            # Only now: what has not begun cannot be killed.
            slot.process = process
        until = time.monotonic() + self.limits.job_seconds
        try:
            with self._changing:
                if not self._wanted(job):
                    return "unwanted", None
                slot.pipe.send(str(job.folder))
            while time.monotonic() < until:
                if not slot.pipe.poll(LOOK_SECONDS):
                    continue
                kind, *stated = slot.pipe.recv()
                if kind == "progress":
                    self.progress[job.id] = _percent(*stated)
                else:
                    return stated[0], stated[1]
        except (EOFError, OSError):
            slot.process.join()
            return "died", None
        slot.process.kill()
        slot.process.join()
        return "analysis_timeout", None


def _percent(stage: str, done: int, of: int) -> tuple[str, float]:
    before = STAGES.index(stage) if stage in STAGES else 0
    return stage, round((before + done / max(of, 1)) / len(STAGES) * 100, 1)


def _process(pipe: Connection, place: Place, server: int) -> None:
    """What a process does until the server is gone: one job after another."""
    threading.Thread(target=_follow, args=(server,), daemon=True).start()
    # Imported here: the server itself needs no rasters.
    from eudr_check.serve.work import work

    while True:
        try:
            folder = pipe.recv()
        except EOFError:
            return
        pipe.send(("done", *_outcome(work, Path(folder), place, pipe)))


def _outcome(work: Any, folder: Path, place: Place, pipe: Connection) -> Sequence[str | None]:
    while True:
        try:
            work(folder, place, lambda stage, done, of: pipe.send(("progress", stage, done, of)))
        except BusyError:
            # A process of a server that was killed is still at it, and ends within seconds.
            time.sleep(LOOK_SECONDS)
        except EudrCheckError as error:
            return "analysis_error", worded(error)
        else:
            return COMPLETED, None


def _follow(server: int) -> None:
    """End with the server, however that ends."""
    while os.getppid() == server:
        time.sleep(LOOK_SECONDS)
    os._exit(1)
