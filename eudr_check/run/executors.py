"""Two ways to do the tiles: in this process, or on Dask workers. Both give the same artifacts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from eudr_check import object_store
from eudr_check.config import RunChoice
from eudr_check.errors import EudrCheckError, RunError
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import importing
from eudr_check.run.memory import release_unused
from eudr_check.run.profile import Measurements, usage
from eudr_check.run.tile import RunContext, Worked, tile_versions
from eudr_check.steps import Map, one_by_one
from eudr_check.text import sentence
from eudr_check.tiles import Tile

SETTINGS = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 256 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "500ms",
}
"""Workers of our own keep some bytes for their next arrays: Dask has them give back all above 64 KiB, and a tile takes
twice as long. And they are looked after once or twice a second: Dask does so every 10 to 100 ms and each time takes
Python's lock from the tile, which costs an eighth of its time."""

AT_ONCE = 500
"""Tiles in one message to the scheduler: one by one they take twice the time, and above 10 MB Dask warns."""


class OfTile(Protocol):
    """Something to do in a tile."""

    @property
    def tile(self) -> Tile:
        """The tile."""


Shared = TypeVar("Shared", bound=RunContext)
Task = TypeVar("Task", bound=OfTile)


class Workers:
    """Those who do the tiles of a run: this process, or the harvest's Dask workers, from `come` to `leave`."""

    def __init__(self, choice: RunChoice) -> None:
        self._choice = choice
        self._client: Any = None
        self._there = ExitStack()

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *error: object) -> None:
        self._there.close()

    def come(self) -> None:
        """Have Dask workers come, which takes seconds.

        Raises:
            RunError: the cluster extra is not installed, no scheduler answers, or our own workers do not start.
        """
        if self._choice.executor == "dask":
            self._client = self._there.enter_context(_cluster(self._choice))

    def leave(self, measured: Measurements) -> None:
        """Let Dask workers go, if they came: what comes next needs their memory.

        Args:
            measured: what the system adds to our time when children end was taken down while they worked.
        """
        if self._client is None:
            return
        if self._choice.scheduler is None:
            measured.ending(self._client.run(usage, on_error="ignore"))
        self._client = None
        self._there.close()

    def execute(
        self,
        work: Callable[[Shared, Task], Worked],
        shared: Shared,
        tasks: Sequence[Task],
        measured: Measurements,
        here: Map = one_by_one,
    ) -> Iterator[tuple[Task, Worked | EudrCheckError]]:
        """Every task with its finished artifact, or with the error that set it aside, in any order.

        By workers who came and did not leave; else by this process.

        Args:
            work: what there is to do; a function of a module, which makes an artifact of `shared.folder`.
            shared: what all tasks share.
            tasks: what is to be done.
            measured: takes down what workers use.
            here: how this process goes through the tasks where there are no workers.

        Raises:
            RunError: no other task could be done either.
        """
        client = self._client
        if client is None:
            yield from here(lambda task: (task, _done(work, shared, task)), tasks)
            return
        # A worker that dies meanwhile has no figures to tell; that is no reason to stop.
        before = client.run(usage, on_error="ignore")
        yield from _submitted(client, work, shared, tasks)
        measured.workers(before, client.run(usage, on_error="ignore"))
        # They may wait long for the next tasks.
        client.run(release_unused, on_error="ignore")


def _done(work: Callable[[Shared, Task], Worked], shared: Shared, task: Task) -> Worked | EudrCheckError:
    try:
        return work(shared, task)
    except RunError:
        raise
    except EudrCheckError as error:
        return error


@contextmanager
def _cluster(choice: RunChoice) -> Iterator[Any]:
    """A client of the scheduler that the harvest names, or of workers of our own that end with the block.

    Raises:
        RunError: the cluster extra is not installed, no scheduler answers, or our own workers do not start.
    """
    # Imported here: distributed is an optional extra and takes a second to import.
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise RunError(sentence("run", "dask_missing")) from error

    if choice.scheduler is not None:
        try:
            client = Client(choice.scheduler)
        except (OSError, ValueError) as error:
            raise RunError(sentence("run", "no_scheduler", address=choice.scheduler, problem=error)) from error
        with closing(client):
            client.run(tile_versions, on_error="ignore")
            yield client
        return
    with (
        dask.config.set(SETTINGS),
        _workers(choice.workers) as cluster,
        closing(Client(cluster)) as client,
    ):
        client.run(_ready, on_error="ignore")
        yield client


def _ready() -> None:
    """Workers import what they need while nobody waits for them."""
    with importing():
        tile_versions()


def _workers(count: int) -> Any:
    """Workers on this machine, started."""
    from distributed import LocalCluster

    try:
        return LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1")
    except (RuntimeError, OSError) as error:
        # Dask starts a worker again that dies at work, but not one that dies before it is ready.
        raise RunError(sentence("run", "worker_not_started", problem=error)) from error


def _submitted(
    client: Any, work: Callable[[Shared, Task], Worked], shared: Shared, tasks: Sequence[Task]
) -> Iterator[tuple[Task, Worked | EudrCheckError]]:
    from distributed import KilledWorker, as_completed

    submitted = client.map(work, [shared] * len(tasks), tasks, pure=False, batch_size=AT_ONCE)
    wanted = dict(zip(submitted, tasks, strict=True))
    # Dask keeps a result as long as somebody holds its future.
    del submitted
    for future in as_completed(wanted):
        task = wanted.pop(future)
        try:
            yield task, _here(shared.folder, future.result())
        except KilledWorker:
            yield task, RunError(sentence("run", "workers_died", tile=task.tile.name))
        except RunError:
            raise
        except EudrCheckError as failure:
            yield task, failure


def _here(address: str, made: Worked) -> Worked:
    """What was made as this machine has it; what a worker elsewhere made is brought from the object store."""
    folder = RunFolder(object_store.local(address))
    if not folder.remote:
        return made
    found = folder.artifacts.find(made.artifact.stage, made.artifact.digest)
    if found is None:
        raise RunError(sentence("run", "artifact_missing", folder=address, artifact=made.artifact.folder.name))
    return replace(made, artifact=found)
