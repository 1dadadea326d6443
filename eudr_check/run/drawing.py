"""The patches of a run, drawn while its plots are judged."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager

from eudr_check.run.pieces import Piece


class Drawing(AbstractContextManager["Drawing"]):
    """A piece that is made by a thread of its own, once, from when it is first asked for until the block ends."""

    def __init__(self) -> None:
        self._hand = ThreadPoolExecutor(1)
        self._drawn: Future[Piece] | None = None

    def __exit__(self, *_: object) -> None:
        self._hand.shutdown()

    def begin(self, make: Callable[[], Piece]) -> Future[Piece]:
        """Have it made, unless that has begun."""
        if self._drawn is None:
            self._drawn = self._hand.submit(make)
        return self._drawn
