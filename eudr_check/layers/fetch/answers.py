"""What a server answers to one request for a file, checked before anything of it is taken for the file's content."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import requests

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.sparse_file import SparseFile
from eudr_check.text import sentence

UNDATED = "undated"
MOST_FILE_BYTES = 1 << 40
"""Twenty times the largest raster known; a server that announces more is wrong."""


@dataclass
class Answer:
    """Bytes of a file, or the file as a whole."""

    content: bytes
    start: int
    size: int
    """Of the whole file."""
    etag: str
    whole: SparseFile | None = None


@dataclass(frozen=True)
class Later:
    """Nothing yet, but asking again may help."""

    status: int
    retry_after: str | None


class AbsentError(FetchError):
    """The server says that there is no such file."""


class ChangedError(FetchError):
    """The file on the server is not the one whose header was read."""


class IncompleteError(FetchError):
    """An answer that may well come right when asked for again."""


def partial(
    response: requests.Response, byte_range: tuple[int, int] | None, etag: str, slowest_bytes_per_s: float
) -> Answer:
    """A 206 answer, checked: it begins where it should and is as long as it says.

    Raises:
        IncompleteError: another range came, or less of it, or more.
        FetchError: the size of the file is impossible.
    """
    span, _, total = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    first, _, last = span.partition("-")
    if byte_range is None or not all(_is_count(number) for number in (first, last, total)):
        raise IncompleteError(sentence("layers", "range_unusable"))
    if int(total) > MOST_FILE_BYTES:
        raise FetchError(sentence("layers", "announces_file", size=total))
    expected = min(byte_range[1], int(total)) - byte_range[0]
    content = b""
    for piece in pieces(response, slowest_bytes_per_s):
        content += piece
        if len(content) > expected:
            break
    if int(first) != byte_range[0] or int(last) + 1 - int(first) != expected or len(content) != expected:
        raise IncompleteError(sentence("layers", "other_length", size=len(content), expected=expected))
    return Answer(content, int(first), int(total), etag)


def announced(length: str | None, href: str) -> int | None:
    """Bytes a server announces; None where it does not.

    Raises:
        FetchError: no number, or more than any raster has.
    """
    if length is None:
        return None
    if not _is_count(length) or int(length) > MOST_FILE_BYTES:
        raise FetchError(sentence("layers", "announces", href=href, size=f"{length[:30]!r}"))
    return int(length)


def pieces(response: requests.Response, slowest_bytes_per_s: float) -> Iterable[bytes]:
    """The answer piece by piece, given up when it is too slow as a whole.

    Raises:
        IncompleteError: less than `slowest_bytes_per_s` came on average, half a minute set aside.
    """
    began, came = time.monotonic(), 0
    for piece in response.iter_content(65_536):
        came += len(piece)
        if time.monotonic() > began + 30 + came / slowest_bytes_per_s:
            raise IncompleteError(sentence("layers", "too_slow"))
        yield piece


def content_tag(headers: Mapping[str, str]) -> str:
    """ETag, or date and length where the server gives none; `UNDATED` where it gives neither.

    A weak ETag (`W/"..."`) stands for files that mean the same, not for the same bytes: it counts together with the
    date only.
    """
    etag, date = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if etag.startswith('"') or (etag and not etag.startswith("W/")):
        return etag
    if not date:
        return UNDATED
    total = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    return f"{etag} {date}, {total} bytes".lstrip()


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20
