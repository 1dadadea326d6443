"""The one room that touches the network: STAC searches, and exactly the blocks of remote TIFFs that plots need.

Every request is retried with patience, signed just before it is sent and signed once more after a 403. What arrives
goes into the content store; what does not is a `FetchFailure` with a reason, never an empty answer.
"""

import hashlib
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray
from urllib3.exceptions import HTTPError

from eudr_check.errors import FetchError, LayersError
from eudr_check.layers.catalog import stac_api as searching
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.cog_header import Layout, read_layout
from eudr_check.layers.fetch.credentials import Access, kept_back, web_address
from eudr_check.layers.fetch.integrity import unharmed
from eudr_check.layers.fetch.retries import AGAIN, FetchFailure, Patience, pause, why
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.layers.raster import Raster, needed_blocks, open_raster

FIRST_BYTES = 1_024
"""Enough for the tags of the first image of a COG; a longer first look brings overviews and blocks nobody needs."""
UNDATED = "undated"
MOST_UNDATED_BYTES = 2_000_000_000
MERGE_GAP = 256
"""Blocks with a gap of at most so many bytes come in one request: a COG keeps a few bytes between blocks."""
MERGE_UP_TO = 8_000_000
BATCH_BYTES = 64_000_000
IN_FLIGHT = 16
MOST_FILE_BYTES = 1 << 40
"""Twenty times the largest raster known; a server that announces more is wrong."""


PATIENCE = Patience()


@dataclass(frozen=True)
class Wanted:
    """A remote asset and the ground needed of it."""

    href: str
    """Without signature, for names and messages."""
    address: str
    """As the catalogue gives it."""
    boxes: NDArray[np.float64]
    """float64 (n, 4) degrees."""
    access: Access
    band: int | None = None
    etag: str | None = None
    """Content tag the file must have; None: that of the file as it is now."""


@dataclass(frozen=True)
class Delivered:
    """An asset in the store."""

    href: str
    path: Path
    etag: str


def bring(wanted: Sequence[Wanted], store: Store, *, offline: bool = False) -> dict[str, Delivered | FetchFailure]:
    """Bring headers and needed blocks of many assets, concurrently.

    Args:
        wanted: assets, each href once.
        store: content store; blocks it holds are not asked for again.
        offline: make no connection.

    Returns:
        What became of each href.
    """
    with _Line(store, offline) as line:
        results = line.assets.map(line.bring, wanted)
        return dict(zip((one.href for one in wanted), results, strict=True))


class _Line:
    """One connection pool with its two crews: one steers assets, the other carries requests."""

    def __init__(self, store: Store, offline: bool) -> None:
        self.store = store
        self.offline = offline
        self.assets = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="asset")
        self.requests = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="request")
        self._sessions: dict[frozenset[str], GuardedSession] = {}
        self._lock = Lock()

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.assets.shutdown()
        self.requests.shutdown()
        for session in self._sessions.values():
            session.close()

    def _session(self, wanted: Wanted, address: str) -> GuardedSession:
        """The connections of all assets that may be asked for in the same places inside this network."""
        home = wanted.access.home
        if wanted.access.signing == "object_store" and address != wanted.address:
            # The environment says where the store is, not the catalogue.
            home |= {place(address)}
        with self._lock:
            return self._sessions.setdefault(home, GuardedSession(home, connections=2 * IN_FLIGHT))

    def bring(self, wanted: Wanted) -> Delivered | FetchFailure:
        """One asset; a file that changes on the server while it is read is begun again once."""
        try:
            try:
                return self._bring(wanted)
            except _ChangedError:
                self.store.write("addresses", key(wanted.href), None)
                return self._bring(wanted)
        except _AbsentError as error:
            return FetchFailure(str(error), absent=True)
        except LayersError as error:
            return FetchFailure(str(error))

    def _bring(self, wanted: Wanted) -> Delivered:
        known = self.store.read("addresses", key(wanted.href))
        source = _RemoteBytes(self, wanted)
        if known is not None and known.get("kept_back", "") != kept_back(wanted.address):
            known = None
        if known is not None and not self._is_wanted(known["etag"], wanted, source):
            known = None
        if known is not None:
            sparse = SparseFile(self.store, wanted.href, known["etag"], known["size"])
            if not _unharmed(sparse, wanted):
                known = None
            elif known["whole"]:
                return self._deliver(sparse)
        if self.offline and known is None:
            raise FetchError(f"{wanted.href}: not in the store, or damaged there, and this run is offline")
        if known is None:
            sparse = self._begin(wanted, source)
            if source.whole:
                return self._deliver(sparse)
        else:
            source.know(sparse.etag, sparse.size)
        raster = open_raster(sparse.path, wanted.band)
        self._fill(sparse, raster, wanted, source)
        return self._deliver(sparse)

    def _is_wanted(self, etag: str, wanted: Wanted, source: "_RemoteBytes") -> bool:
        """Whether the file known here is the one that is asked for.

        Published files are taken to stay what they are; objects of one's own are replaced without notice, so the
        store is asked.
        """
        if wanted.etag is not None:
            return etag == wanted.etag
        if self.offline or wanted.access.signing != "object_store":
            return True
        source.start()
        return etag == source.etag

    def _begin(self, wanted: Wanted, source: "_RemoteBytes") -> SparseFile:
        """Fetch the header into a new sparse copy (or the complete file, where the server sends nothing less)."""
        source.start()
        if wanted.etag not in (None, source.etag):
            raise FetchError(
                f"{wanted.href}: the file on the server is not the one that was read before; register it again, or, "
                "for a file of others, delete store/addresses and the pieces sources-* of the run, and run again"
            )
        if source.whole:
            sparse = source.whole
            _require_tiff(sparse.path, wanted)
        else:
            layout = read_layout(source, wanted.href, wanted.band or 1)
            _require_whole(layout, source.size, wanted.href)
            sparse = SparseFile(self.store, wanted.href, source.etag, source.size)
            sparse.write_header([(start, source.get(start, stop)) for start, stop in layout.header], layout)
        entry = {"href": wanted.href, "etag": sparse.etag, "size": sparse.size, "whole": source.whole is not None}
        entry |= {"kept_back": kept_back(wanted.address)}
        self.store.write("addresses", key(wanted.href), entry)
        return sparse

    def _fill(self, sparse: SparseFile, raster: Raster, wanted: Wanted, source: "_RemoteBytes") -> None:
        """Fetch the blocks that are needed and not here."""
        needed = needed_blocks(raster, wanted.boxes)
        offsets, sizes = raster.layout.offsets[needed], raster.layout.sizes[needed]
        absent = ~sparse.present(offsets, sizes)
        if not absent.any():
            return
        if self.offline:
            raise FetchError(f"{wanted.href}: {int(absent.sum())} blocks are not in the store, and this run is offline")
        ranges = sorted({(int(at), int(at + size)) for at, size in zip(offsets[absent], sizes[absent], strict=True)})
        for batch in _batches(ranges):
            source.ensure(batch)
            sparse.add([(start, source.get(start, stop)) for start, stop in batch])
            source.chunks.clear()

    def _deliver(self, sparse: SparseFile) -> Delivered:
        self.store.remember(sparse.href, sparse.etag, sparse.path)
        return Delivered(sparse.href, sparse.path, sparse.etag)

    def ask(self, wanted: Wanted, byte_range: tuple[int, int] | None, etag: str | None) -> "_Answer":
        """One request, until it is answered or patience ends.

        Raises:
            FetchError: nothing usable came; _AbsentError: 404 or 410; _ChangedError: the file is another one by now.
        """
        reason, renew = "no attempt was made", False
        for attempt in range(PATIENCE.attempts):
            try:
                answer = self._ask_once(wanted, byte_range, etag, renew)
            except requests.RequestException as error:
                reason = why(error)
            except HTTPError as error:
                reason = why(error)
            except _IncompleteError as error:
                reason = str(error)
            else:
                if isinstance(answer, _Answer):
                    return answer
                if answer.status in (401, 403):
                    if renew or wanted.access.signing is None:
                        raise FetchError(f"{wanted.href}: the server refuses access (HTTP {answer.status})")
                    renew = True
                    continue
                reason = f"HTTP {answer.status}"
                pause(PATIENCE, attempt, answer.retry_after)
                continue
            pause(PATIENCE, attempt, None)
        raise FetchError(f"{wanted.href}: {reason}, {PATIENCE.attempts} times")

    def _ask_once(
        self, wanted: Wanted, byte_range: tuple[int, int] | None, etag: str | None, renew: bool
    ) -> "_Answer | _Later":
        headers = {"Accept-Encoding": "identity", **wanted.access.headers(wanted.address)}
        if byte_range is not None:
            headers["Range"] = f"bytes={byte_range[0]}-{byte_range[1] - 1}"
        if etag is not None and etag.startswith('"'):
            headers["If-Match"] = etag
        address = web_address(wanted.access.signed(wanted.address, renew=renew))
        session = self._session(wanted, address)
        with session.get(address, headers=headers, timeout=PATIENCE.timeout_s, stream=True) as response:
            status = response.status_code
            if status in (404, 410):
                raise _AbsentError(f"{wanted.href}: the server has no such file (HTTP {status})")
            if status == 412:
                raise _ChangedError(f"{wanted.href}: the file on the server changed while it was read")
            if status in AGAIN or status in (401, 403):
                return _Later(status, response.headers.get("Retry-After"))
            if status not in (200, 206):
                raise FetchError(f"{wanted.href}: unexpected answer (HTTP {status})")
            kind = response.headers.get("Content-Type", "")
            if kind.startswith(("text/html", "application/xhtml")):
                raise _IncompleteError("a web page came instead of a TIFF")
            if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
                raise FetchError(f"{wanted.href}: the server compresses what was asked for as it is")
            tag = _tag(response.headers)
            if etag is not None and tag != etag:
                raise _ChangedError(f"{wanted.href}: the file on the server changed while it was read")
            if status == 200:
                return self._whole(wanted, response, tag)
            return _partial(response, byte_range, tag)

    def _whole(self, wanted: Wanted, response: requests.Response, tag: str) -> "_Answer":
        """The server sends the whole file: keep it, checked against the length it announced."""
        length = _announced(response.headers.get("Content-Length"), wanted.href)
        (self.store.folder / "sparse").mkdir(parents=True, exist_ok=True)
        if length > shutil.disk_usage(self.store.folder).free:
            raise FetchError(f"{wanted.href}: the server announces {length} bytes, more than this disk has room for")
        unfinished = self.store.folder / "sparse" / f"{key(wanted.href, tag)}.{time.monotonic_ns()}.part"
        size, content = 0, hashlib.sha256()
        try:
            with unfinished.open("wb") as file:
                for piece in _pieces(response, length):
                    if not size and piece[:2] not in (b"II", b"MM"):
                        raise LayersError(f"{wanted.href}: not a TIFF")
                    size += file.write(piece)
                    content.update(piece)
                    if size > (length or MOST_FILE_BYTES):
                        raise FetchError(f"{wanted.href}: the answer has no end ({size} bytes so far)")
            if length and size != length:
                raise _IncompleteError(f"{size} of {length} bytes came")
            if tag == UNDATED:
                tag = f"sha256:{content.hexdigest()}"
            sparse = SparseFile(self.store, wanted.href, tag, size)
            sparse.take_whole(unfinished, content.hexdigest())
        finally:
            unfinished.unlink(missing_ok=True)
        return _Answer(b"", 0, size, tag, sparse)


@dataclass
class _Answer:
    content: bytes
    start: int
    size: int
    """Of the whole file."""
    etag: str
    whole: SparseFile | None = None


@dataclass(frozen=True)
class _Later:
    status: int
    retry_after: str | None


class _AbsentError(FetchError):
    """The server says that there is no such file."""


class _ChangedError(FetchError):
    """The file on the server is not the one whose header was read."""


class _IncompleteError(FetchError):
    """An answer that may well come right when asked for again."""


@dataclass
class _RemoteBytes:
    """Bytes of a remote file, fetched when asked for, each once."""

    line: _Line
    wanted: Wanted
    etag: str = ""
    size: int = 0
    whole: SparseFile | None = None
    chunks: dict[int, bytes] = field(default_factory=dict)

    def start(self) -> None:
        """The first bytes, which also tell size and content tag."""
        if self.chunks:
            return
        first = (0, FIRST_BYTES) if self.wanted.access.ranges else None
        answer = self.line.ask(self.wanted, first, None)
        if answer.etag == UNDATED:
            # Nothing would tell when the file is replaced between two requests: one request for all of it.
            if answer.size > MOST_UNDATED_BYTES:
                raise FetchError(
                    f"{self.wanted.href}: the server gives neither ETag nor Last-Modified, so nothing tells when the "
                    "file is replaced; download it and register it with `eudr-check catalogue add`"
                )
            answer = self.line.ask(self.wanted, None, None)
        self.etag, self.size, self.whole = answer.etag, answer.size, answer.whole
        self.chunks[0] = answer.content

    def know(self, etag: str, size: int) -> None:
        """The file was begun earlier."""
        self.etag, self.size = etag, size

    def ensure(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Bring ranges at once, near ones in one request."""
        missing = [(start, min(stop, self.size)) for start, stop in ranges if not self._held(start, stop)]
        if any(start >= stop for start, stop in missing):
            raise LayersError(f"{self.wanted.href}: truncated TIFF ({self.size} bytes, but more are announced)")
        merged = _merged(missing)
        parts: list[Future[_Answer]] = [
            self.line.requests.submit(self.line.ask, self.wanted, part, self.etag) for part in merged
        ]
        for part, future in zip(merged, parts, strict=True):
            answer = future.result()
            if answer.whole is not None:
                raise FetchError(f"{self.wanted.href}: the server answered a range with the whole file; try again")
            self.chunks[part[0]] = answer.content

    def get(self, start: int, stop: int) -> bytes:
        """Bytes `start` to `stop`."""
        stop = min(stop, self.size)
        if not self._held(start, stop):
            self.ensure([(start, stop)])
        for at, content in self.chunks.items():
            if at <= start and stop <= at + len(content):
                return content[start - at : stop - at]
        raise LayersError(f"{self.wanted.href}: truncated TIFF")

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


def _batches(ranges: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
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


def _partial(response: requests.Response, byte_range: tuple[int, int] | None, tag: str) -> _Answer:
    """A 206 answer, checked: it begins where it should and is as long as it says."""
    span, _, total = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    first, _, last = span.partition("-")
    if byte_range is None or not all(_is_count(number) for number in (first, last, total)):
        raise _IncompleteError("an unusable range came")
    if int(total) > MOST_FILE_BYTES:
        raise FetchError(f"the server announces a file of {total} bytes")
    expected = min(byte_range[1], int(total)) - byte_range[0]
    content = b""
    for piece in _pieces(response, max(expected, 0)):
        content += piece
        if len(content) > expected:
            break
    if int(first) != byte_range[0] or len(content) != expected:
        raise _IncompleteError(f"{len(content)} instead of {expected} bytes came")
    return _Answer(content, int(first), int(total), tag)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20


def _announced(length: str | None, href: str) -> int:
    """Bytes a server announces; 0 where it does not."""
    if length is None:
        return 0
    if not _is_count(length) or int(length) > MOST_FILE_BYTES:
        raise FetchError(f"{href}: the server announces {length[:30]!r} bytes")
    return int(length)


def _pieces(response: requests.Response, length: int) -> Iterable[bytes]:
    """The answer piece by piece, given up when it is too slow as a whole."""
    deadline = time.monotonic() + 30 + length / PATIENCE.slowest_bytes_per_s
    for piece in response.iter_content(65_536):
        if time.monotonic() > deadline:
            raise _IncompleteError("the server is too slow")
        yield piece


def _require_whole(layout: Layout, size: int, href: str) -> None:
    """Refuse a file that ends before its last block does: what is left of it cannot be trusted."""
    end = int((layout.offsets + layout.sizes).max(initial=0))
    if end > size:
        raise LayersError(f"{href}: truncated TIFF ({size} bytes, its blocks reach to {end})")


def _unharmed(sparse: SparseFile, wanted: Wanted) -> bool:
    """Whether the store holds an asset as it came: its header, and where it came whole, the blocks needed."""
    try:
        raster = open_raster(sparse.path, wanted.band)
        return unharmed(raster, needed_blocks(raster, wanted.boxes), sparse.store)
    except LayersError:
        return False


def _require_tiff(path: Path, wanted: Wanted) -> None:
    raster = open_raster(path, wanted.band)
    _require_whole(raster.layout, path.stat().st_size, wanted.href)


def _tag(headers: Mapping[str, str]) -> str:
    """ETag, or date and length where the server gives none; `UNDATED` where it gives neither."""
    if not headers.get("ETag") and not headers.get("Last-Modified"):
        return UNDATED
    total = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    return headers.get("ETag") or f"{headers.get('Last-Modified')}, {total} bytes"


def search(
    endpoint: str,
    collection: str,
    boxes: Sequence[tuple[float, float, float, float]],
    home: frozenset[str] | None = None,
) -> list[list[dict[str, Any]] | FetchFailure]:
    """All Items of a collection for each of some boxes (see `search.search`); `home`: by default the endpoint."""
    return searching.search(endpoint, collection, boxes, PATIENCE, home or frozenset({place(endpoint)}))
