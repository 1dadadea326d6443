"""A real server of files on loopback, with ranges, and faults on order.

`Server` serves GeoTIFFs below `/cog/` and passes `/stac/` on to a STAC server behind it, rewriting addresses. A fault
is decided per request by a function, so that tests can be seeded.
"""

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import rasterio
from rasterio.io import MemoryFile


@dataclass
class Hit:
    """One request as the server saw it."""

    method: str
    path: str
    """With the query."""
    byte_range: str | None
    started: float
    ended: float = 0.0
    status: int = 0
    sent: int = 0
    """Bytes of the body."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer."""

    kind: str
    """status, cut, slow, html, truncated, short (fewer bytes than the range says), redirect, inward (a redirect to an
    address inside this network), sparse, masked, repeat (a page again), endless (always a next page)."""
    status: int = 503
    retry_after: str | None = None
    seconds: float = 0.0


Decide = Callable[[Hit], Fault | None]


class Server:
    """A file and proxy server in a thread; `hits` is its log, `decide` orders faults."""

    def __init__(self, root: Path, upstream: str | None = None) -> None:
        self.root = root
        self.upstream = upstream
        self.decide: Decide = lambda hit: None
        self.ignore_ranges = False
        self.hits: list[Hit] = []
        self.lock = Lock()
        self._http = _QuietServer(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Base address."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def cog_hits(self) -> list[Hit]:
        """Requests for files."""
        return [hit for hit in self.hits if hit.path.startswith("/cog/")]

    def most_in_flight(self) -> int:
        """Most requests for files that were open at one moment."""
        events = sorted(
            event for hit in self.cog_hits() for event in ((hit.started, 1), (hit.ended or time.monotonic(), -1))
        )
        running, most = 0, 0
        for _, change in events:
            running += change
            most = max(most, running)
        return most


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that give up are part of the tests."""


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:  # noqa: C901  (one class, closed over its server)
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """The log is `Server.hits`."""

        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, method: str, body: bytes) -> None:
            hit = Hit(method, self.path, self.headers.get("Range"), time.monotonic())
            with server.lock:
                server.hits.append(hit)
                fault = server.decide(hit)
            try:
                self._fail(hit, fault) if fault and fault.kind in ("status", "html") else self._serve(hit, body, fault)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
            hit.ended = time.monotonic()

        def _fail(self, hit: Hit, fault: Fault) -> None:
            if fault.kind == "html":
                self._send(hit, 200, b"<!DOCTYPE html><title>Please wait</title>", {"Content-Type": "text/html"})
                return
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            self._send(hit, fault.status, b"no", headers)

        def _serve(self, hit: Hit, body: bytes, fault: Fault | None) -> None:
            if fault is not None and fault.kind == "slow":
                time.sleep(fault.seconds)
            path = urlsplit(self.path).path
            if fault is not None and fault.kind in ("redirect", "inward") and "again" not in urlsplit(self.path).query:
                there = f"{self.path}?again" if fault.kind == "redirect" else "//127.0.0.1:1/inner"
                self._send(hit, 302, b"", {"Location": there})
            elif path.startswith("/cog/"):
                self._file(hit, server.root / path.removeprefix("/cog/"), fault)
            elif path.startswith("/stac") and server.upstream:
                self._pass_on(hit, body, fault)
            else:
                self._send(hit, 404, b"no such place", {})

        def _file(self, hit: Hit, path: Path, fault: Fault | None) -> None:
            if not path.is_file():
                self._send(hit, 404, b"no such file", {})
                return
            content = bent(path, fault.kind) if fault and fault.kind in ("sparse", "masked") else path.read_bytes()
            tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            if fault is not None and fault.kind == "truncated":
                content = content[: len(content) // 2]
            wanted = self.headers.get("If-Match")
            if wanted not in (None, tag):
                self._send(hit, 412, b"", {})
                return
            headers = {"ETag": tag, "Content-Type": "image/tiff"}
            first, _, last = (self.headers.get("Range") or "").removeprefix("bytes=").partition("-")
            if not first or server.ignore_ranges:
                self._send(hit, 200, content, headers, fault)
                return
            part = content[int(first) : int(last) + 1]
            if not part:
                self._send(hit, 416, b"", {})
                return
            headers["Content-Range"] = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
            if fault is not None and fault.kind == "short":
                part = part[: len(part) // 2]
            self._send(hit, 206, part, headers, fault)

        def _pass_on(self, hit: Hit, body: bytes, fault: Fault | None) -> None:
            mine, theirs = f"{server.url}/stac", str(server.upstream)
            request = urllib.request.Request(
                theirs + self.path.removeprefix("/stac"),
                data=body.replace(mine.encode(), theirs.encode()) or None,
                method=hit.method,
                headers={"Content-Type": "application/json", "Accept": "*/*"},
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    status, content = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, content = error.code, error.read()
            content = content.replace(theirs.encode(), mine.encode())
            if fault is not None and fault.kind in ("repeat", "endless"):
                content = self._with_next(content, body, fault)
            self._send(hit, status, content, {"Content-Type": "application/json"}, fault)

        def _with_next(self, content: bytes, body: bytes, fault: Fault) -> bytes:
            """The page with a link that leads to itself, once or for ever."""
            page = json.loads(content)
            if "features" not in page:
                return content
            again = {**json.loads(body or b"{}"), **({"again": True} if fault.kind == "repeat" else {})}
            if fault.kind == "endless" or "again" not in json.loads(body or b"{}"):
                page["links"] = [link for link in page.get("links", []) if link["rel"] != "next"]
                page["links"].append(
                    {"rel": "next", "method": "POST", "href": f"{server.url}/stac/search", "body": again}
                )
            return json.dumps(page).encode()

        def _send(
            self, hit: Hit, status: int, content: bytes, headers: dict[str, str], fault: Fault | None = None
        ) -> None:
            hit.status = status
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault is not None and fault.kind == "cut":
                content = content[: len(content) // 2]
                self.close_connection = True
            self.wfile.write(content)
            hit.sent = len(content)

    return Handler


@cache
def bent(path: Path, kind: str) -> bytes:
    """A raster whose blocks were never stored, or whose cells a mask hides: what it says is 'nothing' everywhere."""
    with rasterio.open(path) as dataset:
        profile = dict(dataset.profile)
    size = {"tiled": True, "blockxsize": 16, "blockysize": 16, "driver": "GTiff", "nodata": None, "SPARSE_OK": True}
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), MemoryFile() as file:
        with file.open(**{**profile, **size}) as dataset:
            if kind == "masked":
                shape = dataset.height, dataset.width
                dataset.write(np.zeros(shape, dataset.dtypes[0]), 1)
                dataset.write_mask(np.zeros(shape, dtype=bool))
        return bytes(file.read())
