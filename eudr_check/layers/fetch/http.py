"""The one room that touches the network: STAC searches, and exactly the blocks of remote TIFFs that plots need.

Every request is retried with patience, signed just before it is sent and signed once more after a 403. What arrives
goes into the content store; what does not is a `FetchFailure` with a reason, never an empty answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Lock

import numpy as np
import requests
from numpy.typing import NDArray
from urllib3.exceptions import HTTPError

from eudr_check.errors import FetchError, LayersError
from eudr_check.layers.catalog import stac_api as searching
from eudr_check.layers.fetch import answers
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.answers import AbsentError, Answer, ChangedError, IncompleteError, Later
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.cog_header import Layout, read_layout
from eudr_check.layers.fetch.credentials import Access, kept_back, web_address
from eudr_check.layers.fetch.integrity import unharmed
from eudr_check.layers.fetch.remote_bytes import RemoteBytes, batches
from eudr_check.layers.fetch.retries import AGAIN, FetchFailure, Patience, pause, why
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.layers.fetch.whole_file import keep_whole
from eudr_check.layers.raster import Raster, needed_blocks, open_raster
from eudr_check.steps import Map, one_by_one
from eudr_check.text import sentence, worded

IN_FLIGHT = 16

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


def bring(
    wanted: Sequence[Wanted], store: Store, *, offline: bool = False, each: Map = one_by_one
) -> dict[str, Delivered | FetchFailure]:
    """Bring headers and needed blocks of many assets.

    Args:
        wanted: assets, each href once.
        store: content store; blocks it holds are not asked for again.
        offline: make no connection.
        each: `map` for assets and for requests of one asset; at most `IN_FLIGHT` requests are on the way at a time.

    Returns:
        What became of each href.
    """
    with _Line(store, offline, each) as line:
        results = each(line.bring, wanted)
        return dict(zip((one.href for one in wanted), results, strict=True))


class _Line:
    """One connection pool, and how many requests it takes at a time."""

    def __init__(self, store: Store, offline: bool, each: Map) -> None:
        self.store = store
        self.offline = offline
        self._each = each
        self._requests = BoundedSemaphore(IN_FLIGHT)
        self._sessions: dict[frozenset[str], GuardedSession] = {}
        self._lock = Lock()

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *_: object) -> None:
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
            except ChangedError:
                self.store.write("addresses", key(wanted.href), None)
                return self._bring(wanted)
        except AbsentError as error:
            return FetchFailure(worded(error), absent=True)
        except LayersError as error:
            return FetchFailure(worded(error))

    def _bring(self, wanted: Wanted) -> Delivered:
        known = self.store.read("addresses", key(wanted.href))
        source = RemoteBytes(wanted.href, wanted.access.ranges, partial(self.ask, wanted), self._each)
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
            raise FetchError(sentence("layers", "offline_file", href=wanted.href))
        if known is None:
            sparse = self._begin(wanted, source)
            if source.whole:
                return self._deliver(sparse)
        else:
            source.know(sparse.etag, sparse.size)
        raster = open_raster(sparse.path, wanted.band)
        self._fill(sparse, raster, wanted, source)
        return self._deliver(sparse)

    def _is_wanted(self, etag: str, wanted: Wanted, source: RemoteBytes) -> bool:
        """Whether the file known here is the one that is asked for.

        Published files are taken to stay what they are, unless their definition says otherwise; objects of one's own
        are replaced without notice, so the store is asked.
        """
        if wanted.etag is not None:
            return etag == wanted.etag
        if self.offline or not (wanted.access.replaced or wanted.access.signing == "object_store"):
            return True
        source.start()
        return etag == source.etag

    def _begin(self, wanted: Wanted, source: RemoteBytes) -> SparseFile:
        """Fetch the header into a new sparse copy (or the complete file, where the server sends nothing less)."""
        source.start()
        if wanted.etag not in (None, source.etag):
            raise FetchError(sentence("layers", "server_file_replaced", href=wanted.href))
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

    def _fill(self, sparse: SparseFile, raster: Raster, wanted: Wanted, source: RemoteBytes) -> None:
        """Fetch the blocks that are needed and not here."""
        needed = needed_blocks(raster, wanted.boxes)
        offsets, sizes = raster.layout.offsets[needed], raster.layout.sizes[needed]
        absent = ~sparse.present(offsets, sizes)
        if not absent.any():
            return
        if self.offline:
            raise FetchError(sentence("layers", "offline_blocks", href=wanted.href, count=int(absent.sum())))
        ranges = sorted({(int(at), int(at + size)) for at, size in zip(offsets[absent], sizes[absent], strict=True)})
        for batch in batches(ranges):
            source.ensure(batch)
            sparse.add([(start, source.get(start, stop)) for start, stop in batch])
            source.chunks.clear()

    def _deliver(self, sparse: SparseFile) -> Delivered:
        self.store.remember(sparse.href, sparse.etag, sparse.path)
        return Delivered(sparse.href, sparse.path, sparse.etag)

    def ask(self, wanted: Wanted, byte_range: tuple[int, int] | None, etag: str | None) -> Answer:
        """One request, until it is answered or patience ends.

        Raises:
            FetchError: nothing usable came; AbsentError: 404 or 410; ChangedError: the file is another one by now.
        """
        reason: str = sentence("layers", "no_attempt")
        renew = False
        for attempt in range(PATIENCE.attempts):
            try:
                with self._requests:
                    answer = self._ask_once(wanted, byte_range, etag, renew)
            except requests.RequestException as error:
                reason = why(error)
            except HTTPError as error:
                reason = why(error)
            except IncompleteError as error:
                reason = error.args[0]
            else:
                if isinstance(answer, Answer):
                    return answer
                if answer.status in (401, 403):
                    if renew or wanted.access.signing is None:
                        raise FetchError(sentence("layers", "access_refused", href=wanted.href, status=answer.status))
                    renew = True
                    continue
                reason = f"HTTP {answer.status}"
                pause(PATIENCE, attempt, answer.retry_after)
                continue
            pause(PATIENCE, attempt, None)
        raise FetchError(sentence("layers", "tried_in_vain", href=wanted.href, problem=reason, count=PATIENCE.attempts))

    def _ask_once(
        self, wanted: Wanted, byte_range: tuple[int, int] | None, etag: str | None, renew: bool
    ) -> Answer | Later:
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
                raise AbsentError(sentence("layers", "absent", href=wanted.href, status=status))
            if status == 412:
                raise ChangedError(sentence("layers", "changed_on_server", href=wanted.href))
            if status in AGAIN or status in (401, 403):
                return Later(status, response.headers.get("Retry-After"))
            if status not in (200, 206):
                raise FetchError(sentence("layers", "unexpected", href=wanted.href, status=status))
            kind = response.headers.get("Content-Type", "")
            if kind.startswith(("text/html", "application/xhtml")):
                raise IncompleteError(sentence("layers", "web_page"))
            if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
                raise FetchError(sentence("layers", "compressed", href=wanted.href))
            tag = answers.content_tag(response.headers)
            if etag is not None and tag != etag:
                raise ChangedError(sentence("layers", "changed_on_server", href=wanted.href))
            if status == 200:
                if etag is not None and byte_range is not None:
                    # Asked for some blocks: not the moment to take forty gigabytes, or to mix two answers.
                    raise FetchError(sentence("layers", "whole_for_range", href=wanted.href))
                return keep_whole(response, self.store, wanted.href, tag, PATIENCE.slowest_bytes_per_s)
            return answers.partial(response, byte_range, tag, PATIENCE.slowest_bytes_per_s)


def _require_whole(layout: Layout, size: int, href: str) -> None:
    """Refuse a file that ends before its last block does: what is left of it cannot be trusted."""
    end = int((layout.offsets + layout.sizes).max(initial=0))
    if end > size:
        raise LayersError(sentence("layers", "tiff_truncated", href=href, size=size, end=end))


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


def search(
    endpoint: str,
    collection: str,
    boxes: Sequence[tuple[float, float, float, float]],
    home: frozenset[str] | None = None,
    period: str | None = None,
) -> list[list[dict[str, object]] | FetchFailure]:
    """All Items of a collection for each of some boxes (see `search.search`); `home`: by default the endpoint."""
    return searching.search(endpoint, collection, boxes, PATIENCE, home or frozenset({place(endpoint)}), period)
