"""The patches of a run, drawn while its plots are judged."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager

from eudr_check.run.artifacts import Artifact


class Drawing(AbstractContextManager["Drawing"]):
    """An artifact that is made by a thread of its own, once, from when it is first asked for until the block ends."""

    def __init__(self) -> None:
        self._hand = ThreadPoolExecutor(1)
        self._drawn: Future[Artifact] | None = None

    def __exit__(self, *_: object) -> None:
        self._hand.shutdown()

    def begin(self, make: Callable[[], Artifact]) -> Future[Artifact]:
        """Have it made, unless that has begun."""
        if self._drawn is None:
            self._drawn = self._hand.submit(make)
        return self._drawn
