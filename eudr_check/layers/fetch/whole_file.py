"""A file that a server sends as a whole, because it knows no ranges: kept as it came, within stated bounds."""

import hashlib
import shutil
import time

import requests

from eudr_check.errors import FetchError, LayersError
from eudr_check.layers.fetch.answers import UNDATED, Answer, IncompleteError, announced, pieces
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.text import sentence

MOST_UNANNOUNCED_BYTES = 20_000_000_000
"""A server that does not say how much comes is believed up to here."""


def keep_whole(response: requests.Response, store: Store, href: str, etag: str, slowest_bytes_per_s: float) -> Answer:
    """Keep the whole file in the store, checked against the length that was announced.

    Args:
        response: a streamed answer.
        store: content store.
        href: address as it may be shown.
        etag: content tag; `UNDATED`: the SHA-256 of what comes becomes the tag.
        slowest_bytes_per_s: see `pieces`.

    Raises:
        IncompleteError: less came than was announced.
        FetchError: more came, or there is no room for it.
        LayersError: it is no TIFF.
    """
    length = announced(response.headers.get("Content-Length"), href)
    folder = store.folder / "sparse"
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if length is not None and length > free:
        raise FetchError(sentence("layers", "no_room", href=href, size=length))
    most = min(MOST_UNANNOUNCED_BYTES, free) if length is None else length
    unfinished = folder / f"{key(href, etag)}.{time.monotonic_ns()}.part"
    size, content = 0, hashlib.sha256()
    try:
        with unfinished.open("wb") as file:
            for piece in pieces(response, slowest_bytes_per_s):
                if not size and piece[:2] not in (b"II", b"MM"):
                    raise LayersError(sentence("layers", "no_tiff", name=href))
                size += len(piece)
                if size > most:
                    raise FetchError(sentence("layers", "answer_endless", place=href, size=size))
                file.write(piece)
                content.update(piece)
        if length is not None and size != length:
            raise IncompleteError(sentence("layers", "bytes_of", size=size, expected=length))
        if etag == UNDATED:
            etag = f"sha256:{content.hexdigest()}"
        sparse = SparseFile(store, href, etag, size)
        sparse.take_whole(unfinished, content.hexdigest())
    finally:
        unfinished.unlink(missing_ok=True)
    return Answer(b"", 0, size, etag, sparse)
