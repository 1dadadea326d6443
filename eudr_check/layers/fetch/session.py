"""Requests that stay where they may go: redirects are followed one by one, secrets stay behind, answers have an end."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.addresses import is_inside, is_loopback, place
from eudr_check.text import sentence

MOST_REDIRECTS = 5
MOST_JSON_BYTES = 128_000_000
LONGEST_ANSWER_S = 600.0
PLAIN_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-length",
        "content-type",
        "host",
        "if-match",
        "range",
        "user-agent",
    ]
)
"""Headers that carry no secret; all others stay behind when the host changes, and never go out in clear."""


class GuardedSession(requests.Session):
    """A session that follows nobody into this network.

    Args:
        home: places inside this network (`addresses.place`) that may be asked, because the user named them.
        retry: what to ask again.
        connections: kept open to one host.
    """

    def __init__(self, home: frozenset[str], retry: Retry | None = None, connections: int = 10) -> None:
        super().__init__()
        adapter = _GuardedAdapter(home, retry, connections)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a request and follow its redirects; an answer that is not streamed is read to a stated bound.

        Raises:
            FetchError: a target inside this network, too many redirects, or an answer without end.
        """
        stream, follow = kwargs.pop("stream", False), kwargs.pop("allow_redirects", True)
        for _ in range(MOST_REDIRECTS + 1):
            _keep_secrets_from_clear_text(request)
            response = super().send(request, stream=True, allow_redirects=False, **kwargs)
            target = self.get_redirect_target(response) if follow else None
            if target is None:
                return response if stream else _bounded(response)
            response.close()
            request = self._next(request, response, target)
        raise FetchError(sentence("layers", "redirected_endless", place=place(request.url or "")))

    def resolve_redirects(self, *_: object, **__: object) -> Iterator[requests.Response]:
        """None: `send` follows redirects itself."""
        return iter(())

    def _next(
        self, request: requests.PreparedRequest, response: requests.Response, target: str
    ) -> requests.PreparedRequest:
        """The request a redirect asks for."""
        following = request.copy()
        try:
            following.url = urljoin(str(request.url), target)
            scheme = urlsplit(following.url).scheme
        except ValueError:
            scheme = ""
        if scheme not in ("http", "https") or not place(following.url or ""):
            raise FetchError(sentence("layers", "redirected_nowhere", place=place(str(request.url))))
        following.prepare_url(following.url, None)
        if response.status_code not in (307, 308):
            self.rebuild_method(following, response)
            if following.method == "GET":
                following.body = None
                for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
                    following.headers.pop(name, None)
        following.headers.pop("Host", None)
        if (scheme, place(str(following.url))) != (urlsplit(str(request.url)).scheme, place(str(request.url))):
            _drop_secrets(following)
        return following


def _keep_secrets_from_clear_text(request: requests.PreparedRequest) -> None:
    parts = urlsplit(str(request.url))
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        _drop_secrets(request)


def _drop_secrets(request: requests.PreparedRequest) -> None:
    for name in [name for name in request.headers if name.lower() not in PLAIN_HEADERS]:
        del request.headers[name]


def _bounded(response: requests.Response) -> requests.Response:
    """An answer with its content, unpacked at most to a stated size."""
    content, deadline = bytearray(), time.monotonic() + LONGEST_ANSWER_S
    with response:
        for piece in response.iter_content(65_536):
            content += piece
            if len(content) > MOST_JSON_BYTES or time.monotonic() > deadline:
                raise FetchError(
                    sentence("layers", "answer_endless", place=place(str(response.url)), size=len(content))
                )
    read = requests.Response()
    for name in ("status_code", "headers", "url", "reason", "encoding", "request", "history", "cookies", "elapsed"):
        setattr(read, name, getattr(response, name))
    read.raw = BytesIO(content)
    return read


def require_outside(address: str, home: frozenset[str], *, resolve: bool = True) -> None:
    """Refuse an address inside this network, unless the user named it.

    Raises:
        FetchError: it is, or its name stands for such an IP address.
    """
    there = place(address)
    if there and there in home:
        return
    host = urlsplit(address).hostname or ""
    try:
        found = [str(ipaddress.ip_address(host.partition("%")[0]))]
    except ValueError:
        found = _resolved(host) if resolve else []
    if is_loopback(host) or any(is_inside(ip) for ip in found):
        raise _inside(there)


def _resolved(host: str) -> list[str]:
    """IP addresses of a name; none where nobody knows it: then there is no connection either."""
    try:
        return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError):
        return []


def _inside(there: str) -> FetchError:
    return FetchError(sentence("layers", "inside_network", there=there))


class _GuardedAdapter(HTTPAdapter):
    """Looks at every target before anything is sent, and again at what a connection really leads to."""

    def __init__(self, home: frozenset[str], retry: Retry | None, connections: int) -> None:
        self.home = home
        super().__init__(connections, connections, max_retries=retry or 0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Connections that look at the other end (not those to a proxy, which looks itself)."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self.home)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send to a target that may be asked."""
        proxy = select_proxy(str(request.url), kwargs.get("proxies"))
        require_outside(str(request.url), self.home, resolve=proxy is None)
        return super().send(request, *args, **kwargs)


def _pools(home: frozenset[str]) -> dict[str, Any]:
    """Connection pools whose sockets are checked after connecting: a name may be resolved to something else by then."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), f"{self._dns_host.rstrip('.').lower()}:{self.port}", home)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), f"{self._dns_host.rstrip('.').lower()}:{self.port}", home)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _checked(connected: socket.socket, there: str, home: frozenset[str]) -> socket.socket:
    if there.replace("[", "").replace("]", "") not in home and is_inside(str(connected.getpeername()[0])):
        connected.close()
        raise _inside(there)
    return connected
