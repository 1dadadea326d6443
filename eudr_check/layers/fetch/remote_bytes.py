"""Bytes of a remote file, fetched when asked for: near ranges in one request, many requests at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from eudr_check.errors import FetchError, LayersError
from eudr_check.layers.fetch.answers import UNDATED, Answer, ChangedError
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.steps import Map
from eudr_check.text import sentence

FIRST_BYTES = 1_024
"""Enough for the tags of the first image of a COG; a longer first look brings overviews and blocks nobody needs."""
MOST_UNDATED_BYTES = 2_000_000_000
MERGE_GAP = 256
"""Blocks with a gap of at most so many bytes come in one request: a COG keeps a few bytes between blocks."""
MERGE_UP_TO = 8_000_000
BATCH_BYTES = 64_000_000

Ask = Callable[[tuple[int, int] | None, str | None], Answer]
"""One request, until it is answered: for a range (None: all), of a file of a content tag (None: as it is now)."""


@dataclass
class RemoteBytes:
    """Bytes of a remote file, each fetched once."""

    href: str
    ranges: bool
    """Whether the server is asked for ranges at all."""
    ask: Ask
    each: Map
    """`map` for requests."""
    etag: str = ""
    size: int = 0
    whole: SparseFile | None = None
    chunks: dict[int, bytes] = field(default_factory=dict)

    def start(self) -> None:
        """The first bytes, which also say size and content tag.

        Raises:
            FetchError: nothing usable came.
        """
        if self.chunks:
            return
        answer = self.ask((0, FIRST_BYTES) if self.ranges else None, None)
        if answer.etag == UNDATED:
            # Nothing would tell when the file is replaced between two requests: one request for all of it.
            if answer.size > MOST_UNDATED_BYTES:
                raise FetchError(sentence("layers", "no_etag", href=self.href))
            answer = self.ask(None, None)
        self.etag, self.size, self.whole = answer.etag, answer.size, answer.whole
        self.chunks[0] = answer.content

    def know(self, etag: str, size: int) -> None:
        """The file was begun earlier."""
        self.etag, self.size = etag, size

    def ensure(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Bring ranges at once, near ones in one request.

        Raises:
            FetchError: nothing usable came.
            ChangedError: the file has another length by now.
            LayersError: a range lies behind the end of the file.
        """
        missing = [(start, min(stop, self.size)) for start, stop in ranges if not self._held(start, stop)]
        if any(start >= stop for start, stop in missing):
            raise LayersError(sentence("layers", "tiff_shorter", href=self.href, size=self.size))
        merged = _merged(missing)
        for part, answer in zip(merged, self.each(lambda part: self.ask(part, self.etag), merged), strict=True):
            if answer.size != self.size:
                raise ChangedError(sentence("layers", "length_changed", href=self.href))
            self.chunks[part[0]] = answer.content

    def get(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`.

        Raises:
            LayersError: as `ensure`.
        """
        stop = min(stop, self.size)
        if not self._held(start, stop):
            self.ensure([(start, stop)])
        for at, content in self.chunks.items():
            if at <= start and stop <= at + len(content):
                return content[start - at : stop - at]
        raise LayersError(sentence("layers", "tiff_cut", href=self.href))

    def _held(self, start: int, stop: int) -> bool:
        return any(at <= start and min(stop, self.size) <= at + len(content) for at, content in self.chunks.items())


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, near ones joined, none of them very long."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if merged and start - merged[-1][1] <= MERGE_GAP and stop - merged[-1][0] <= MERGE_UP_TO:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def batches(ranges: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Ranges in portions that fit in memory many times over, so that a nation's blocks need not be held at once."""
    batch: list[tuple[int, int]] = []
    held = 0
    for start, stop in ranges:
        if batch and held + stop - start > BATCH_BYTES:
            yield batch
            batch, held = [], 0
        batch.append((start, stop))
        held += stop - start
    if batch:
        yield batch
