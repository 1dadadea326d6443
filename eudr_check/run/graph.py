"""What runs when and where: the one place that knows threads, processes and the garbage collector.

Steps say what they need, what names their result and where they run; `graphlib` puts them in order. A step whose
result is there already is not done, and neither is a step that only such a one uses.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Protocol

from eudr_check.errors import PackageError
from eudr_check.run.memory import limit_malloc_arenas, release_unused
from eudr_check.steps import Answer, Call, Item, Made, Output, Step, Where
from eudr_check.text import sentence

CORES = min(os.cpu_count() or 1, 8)
"""Items worked on at a time: each takes its memory."""
PROCESSES = max(CORES - 1, 1)
"""Processes at a time beside this one: more would wait for each other, each with its memory."""
IN_FLIGHT = 16  # requests of a network on the way at a time
WORTH_A_PROCESS = 20_000
"""Rows from which another process is worth the two seconds it takes to start; GDAL writes as many in half a second."""
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
"""For glibc in such a process: threads with heaps of their own leave a tenth of its memory unused."""
BACKGROUND = 8
"""Steps in the background at a time; they begin in the order of their needs, so that none waits for one behind it."""


@contextmanager
def importing() -> Iterator[None]:
    """What is imported in the block stays: looked through for garbage again and again, it takes a fifth of the start
    of a command, and a tenth of a nation's plots, while all threads wait."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def collector_waiting() -> Iterator[None]:
    """No looking for garbage in the block: Python's collector would look at the millions of small lists of an EU file
    again and again, which takes 1.6 times the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def on_cores(work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]:
    """`map` on all cores, for work that lets go of Python's lock; items are taken as the answers are."""
    return _several(work, items, CORES, 3 * CORES)


def in_flight(work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]:
    """`map` for requests that wait for a network."""
    return _several(work, items, IN_FLIGHT, 2 * IN_FLIGHT)


def _several(work: Callable[[Item], Answer], items: Iterable[Item], threads: int, ahead: int) -> Iterator[Answer]:
    waiting: deque[Future[Answer]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class Store(Protocol):
    """Where results are kept under the names of what made them."""

    def find(self, stage: str, digest: str) -> Output:
        """A result that is there and undamaged, or None."""

    def making(self, stage: str, digest: str) -> AbstractContextManager[Path]:
        """A folder that becomes the result when the block ends without an error."""

    def made(self, stage: str, digest: str) -> Output:
        """A result that was just made."""


@dataclass(frozen=True)
class Result:
    """A step whose result is kept: found under its name, or made."""

    name: str
    stage: str
    """The kind of result."""
    key: Callable[[Made], str]
    """What names it: a digest of all that makes it."""
    make: Callable[[Made, Path], Output]
    """Makes it in a folder; in a process of its own, the `Call` that does."""
    needs: tuple[str, ...] = ()
    where: Where = "main"
    uses: tuple[str, ...] = ()
    is_complete: Callable[[Output], bool] = lambda found: True
    """Whether a result that was found need not be made again."""


@dataclass
class _Scope:
    """The steps of one call of `Graph.run`."""

    steps: dict[str, Step | Result]
    outer: "_Scope | None"
    futures: dict[str, Future[Output]]
    wanted: set[str] = field(default_factory=set)
    """Steps that only others use, and that are to be done."""
    waiting: set[str] = field(default_factory=set)
    """Such steps whose needs are there, and that nobody wants yet."""

    def of(self, name: str) -> "_Scope":
        """The scope a name belongs to: this one or one around it."""
        if name in self.steps:
            return self
        if self.outer is None:
            raise KeyError(f"no step is called {name}")
        return self.outer.of(name)

    def used_after(self, name: str) -> set[str]:
        """Steps that are used by a step or by one that follows from it."""
        after, found = {name}, set[str]()
        for step in _in_order(self.steps):
            if step.name == name or after & set(step.needs):
                after.add(step.name)
                found |= set(step.uses)
        return found


class Graph(AbstractContextManager["Graph"]):
    """Does steps: those in the background beside those that go one after another.

    Whoever makes something needs what its followers use: their results cannot be there either. So a step that only
    others use begins as soon as its own needs are there and one of them turns out to have to be made.
    """

    def __init__(
        self, store: Store, watched: Callable[[str], AbstractContextManager[Callable[[Output], None]]] | None = None
    ) -> None:
        """A graph whose results lie in a store.

        Args:
            store: where results are found and put.
            watched: entered for each step of the outermost run; what it gives is called with what the step made.
        """
        limit_malloc_arenas()
        self._store, self._watched = store, watched
        self._threads, self._queue = ThreadPoolExecutor(BACKGROUND), ThreadPoolExecutor(1)
        self._scope: _Scope | None = None
        self._lock = Lock()
        self._process_slots = BoundedSemaphore(PROCESSES)
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            self._stopped = error is not None
            for process in self._processes if self._stopped else ():
                process.kill()
        self._queue.shutdown(cancel_futures=self._stopped)
        self._threads.shutdown()

    def queued(self, work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterator[Answer]:
        """`map` one after another beside whatever comes next; all items are taken before it returns."""
        coming = [self._queue.submit(work, item) for item in items]
        return (future.result() for future in coming)

    def run(self, steps: Sequence[Step | Result]) -> dict[str, Output]:
        """Do what is missing. A step of `main` may run steps of its own, which may need those around it.

        Returns:
            What was made or found, by name; nothing of steps that only others use and that were not needed.

        Raises:
            EudrCheckError: a step failed; those in the background are stopped when the graph is left.
        """
        scope = _Scope({step.name: step for step in steps}, self._scope, {step.name: Future() for step in steps})
        self._scope = scope
        try:
            self._run(scope)
            unused = _used(scope.steps.values()) - scope.wanted
            return {name: future.result() for name, future in scope.futures.items() if name not in unused}
        finally:
            self._scope = scope.outer

    def _run(self, scope: _Scope) -> None:
        only_used = _used(scope.steps.values())
        order = TopologicalSorter(
            {
                name: [need for need in (*step.needs, *step.uses) if need in scope.steps]
                for name, step in scope.steps.items()
            }
        )
        order.prepare()
        here: deque[str] = deque()
        while order.is_active():
            ready = order.get_ready()
            for name in ready:
                if scope.steps[name].where == "main":
                    here.append(name)
                    continue
                # Whatever needs it waits for it by itself.
                if name in only_used:
                    self._may_begin(scope, name)
                else:
                    self._begin(scope, name)
                order.done(name)
            if all(scope.steps[name].where == "main" for name in ready):
                name = here.popleft()
                self._do(scope, name)
                scope.futures[name].result()
                order.done(name)

    def _may_begin(self, scope: _Scope, name: str) -> None:
        """Begin a step that only others use, if it is wanted by now."""
        with self._lock:
            scope.waiting.add(name)
            wanted = name in scope.wanted
        if wanted:
            self._begin(scope, name)

    def _want(self, scope: _Scope, name: str) -> None:
        """Have a step done that only others use."""
        scope = scope.of(name)
        if name not in _used(scope.steps.values()):
            return
        with self._lock:
            begins = name in scope.waiting and name not in scope.wanted
            scope.wanted.add(name)
        if begins:
            self._begin(scope, name)

    def result(self, name: str) -> Output:
        """What a step that is used by the one that is being done has made; it is waited for."""
        assert self._scope is not None
        self._want(self._scope, name)
        return self._scope.of(name).futures[name].result()

    def _begin(self, scope: _Scope, name: str) -> None:
        for need in scope.steps[name].needs:
            self._want(scope, need)
        self._threads.submit(self._do, scope, name)

    def _do(self, scope: _Scope, name: str) -> None:
        """Do a step once its needs are there, and hand on what it makes, or its error."""
        step, future = scope.steps[name], scope.futures[name]
        try:
            if self._stopped:
                raise CancelledError(name)
            for need in step.needs:
                self._want(scope, need)
            made = {need: scope.of(need).futures[need].result() for need in step.needs}
            watched = self._watched if scope.outer is None and self._watched is not None else _unwatched
            with watched(name) as report:
                done = (
                    self._obtained(scope, step, made) if isinstance(step, Result) else self._worked(scope, step, made)
                )
            report(done)
            release_unused()
        except BaseException as error:
            future.set_exception(error)
            if step.where == "main":
                raise
        else:
            future.set_result(done)

    def _worked(self, scope: _Scope, step: Step, made: Made) -> Output:
        with collector_waiting() if step.many_objects else nullcontext():
            return self._placed(step.where, partial(step.work, made))

    def _obtained(self, scope: _Scope, step: Result, made: Made) -> Output:
        key = step.key(made)
        found = self._store.find(step.stage, key)
        if found is not None and step.is_complete(found):
            return found
        for name in scope.used_after(step.name):
            self._want(scope, name)
        with self._store.making(step.stage, key) as folder:
            self._placed(step.where, partial(step.make, made, folder))
        return self._store.made(step.stage, key)

    def _placed(self, where: Where, work: Callable[[], Output]) -> Output:
        if where != "process":
            return work()
        call: Call = work()
        if call.rows < WORTH_A_PROCESS:
            return call.function(**call.arguments)
        return self._in_a_process(call)

    def _in_a_process(self, call: Call) -> None:
        """Do it in a process of its own.

        `multiprocessing` would run the caller's script once more in the new process, which few scripts expect.

        Raises:
            PackageError: it failed; the message ends with its error.
        """
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)} | ONE_ARENA
        what = f"{call.function.__module__}:{call.function.__qualname__}"
        command = [sys.executable, "-m", "eudr_check.run.step", what]
        with self._process_slots, tempfile.TemporaryFile() as words:
            with self._lock:
                if self._stopped:
                    raise CancelledError(what)
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=words, env=environment)
                self._processes.add(process)
            try:
                process.communicate(json.dumps(dict(call.arguments)).encode())
            finally:
                with self._lock:
                    self._processes.discard(process)
            if process.returncode != 0:
                words.seek(0)
                last = words.read().decode(errors="replace").strip().splitlines()[-1:]
                raise PackageError(sentence("run", "not_made", what=call.makes, problem=last[0] if last else "-"))


def _unwatched(name: str) -> AbstractContextManager[Callable[[Output], None]]:
    return nullcontext(lambda made: None)


def _used(steps: Iterable[Step | Result]) -> set[str]:
    return {name for step in steps for name in step.uses}


def _in_order(steps: dict[str, Step | Result]) -> list[Step | Result]:
    order = TopologicalSorter({name: [need for need in step.needs if need in steps] for name, step in steps.items()})
    return [steps[name] for name in order.static_order()]
