"""Two ways to do the tiles: one after another, or on Dask workers. Both give the same artifacts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from eudr_check import object_store
from eudr_check.config import RunChoice
from eudr_check.errors import EudrCheckError, RunError
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import importing
from eudr_check.run.profile import Measurements, usage
from eudr_check.run.tile import Shared, Task, Worked, tile_versions, work
from eudr_check.text import sentence

Result = tuple[Task, Worked | EudrCheckError]

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


class Workers:
    """Those who do the tiles of a run: this process, or the harvest's Dask workers, who leave after the last tile."""

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

    def execute(self, shared: Shared, tasks: Sequence[Task], measured: Measurements) -> Iterator[Result]:
        """Every task with its finished artifact, or with the error that set it aside, in any order; after `come`.

        Args:
            shared: what all tasks share.
            tasks: the tiles to do.
            measured: takes down what workers use.
        """
        client = self._client
        if client is None:
            yield from _serial(shared, tasks)
            return
        # A worker that dies meanwhile has no figures to tell; that is no reason to stop.
        before = client.run(usage, on_error="ignore")
        yield from _submitted(client, shared, tasks)
        measured.workers(before, client.run(usage, on_error="ignore"), children=self._choice.scheduler is None)
        # What comes next needs their memory.
        self._there.close()


def _serial(shared: Shared, tasks: Sequence[Task]) -> Iterator[Result]:
    for task in tasks:
        try:
            yield task, work(shared, task)
        except RunError:
            raise
        except EudrCheckError as error:
            yield task, error


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


def _submitted(client: Any, shared: Shared, tasks: Sequence[Task]) -> Iterator[Result]:
    from distributed import KilledWorker, as_completed

    submitted = client.map(work, [shared] * len(tasks), tasks, pure=False, batch_size=AT_ONCE)
    wanted = dict(zip(submitted, tasks, strict=True))
    # Dask keeps a result as long as somebody holds its future.
    del submitted
    for future in as_completed(wanted):
        task = wanted.pop(future)
        try:
            yield task, _here(shared, future.result())
        except KilledWorker:
            yield task, RunError(sentence("run", "workers_died", tile=task.tile.name))
        except RunError:
            raise
        except EudrCheckError as failure:
            yield task, failure


def _here(shared: Shared, made: Worked) -> Worked:
    """A tile as this machine has it; one that a worker elsewhere made is brought from the object store."""
    folder = RunFolder(object_store.local(shared.folder))
    if not folder.remote:
        return made
    found = folder.artifacts.find(made.artifact.stage, made.artifact.digest)
    if found is None:
        raise RunError(sentence("run", "artifact_missing", folder=shared.folder, artifact=made.artifact.folder.name))
    return Worked(found, made.failed)
