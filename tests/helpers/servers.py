"""Real servers on loopback: files with ranges (and faults on order), rustac, pgstac on PostgreSQL, an object store.

`Server` serves GeoTIFFs below `/cog/` and passes `/stac/` on to a STAC server behind it, rewriting addresses. A fault
is decided per request by a function, so that tests can be seeded.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import rasterio
from rasterio.io import MemoryFile

from eudr_check.layers.catalog import local


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


@dataclass
class Published:
    """A STAC folder as a server would publish it, with files below `/cog/`."""

    collections: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)


def published(folder: Path, root: Path, base: str) -> Published:
    """Collections and Items of a STAC folder; assets get addresses at `base`."""
    out = Published()
    for item, path in local.items(folder):
        content = item.to_dict(include_self_link=False, transform_hrefs=False)
        for asset in content["assets"].values():
            raster = (path.parent / asset["href"]).resolve().relative_to(root.resolve())
            asset["href"] = f"{base}/cog/{raster.as_posix()}"
        content["links"] = []
        out.items.append(content)
    for path in sorted(folder.glob("*/collection.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["links"] = []
        out.collections.append(content)
    return out


@contextmanager
def rustac(folder: Path, content: Published) -> Iterator[str]:
    """`rustac serve` with some content; yields its address."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for collection in content.collections:
        files.append(folder / f"{collection['id']}.collection.json")
        files[-1].write_text(json.dumps(collection), encoding="utf-8")
    files.append(folder / "items.json")
    files[-1].write_text(json.dumps({"type": "FeatureCollection", "features": content.items}), encoding="utf-8")
    port = free_port()
    program = Path(sys.executable).parent / "rustac"
    with _running([str(program), "serve", "--addr", f"127.0.0.1:{port}", *map(str, files)], folder / "rustac.log"):
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, folder / "rustac.log")
        yield address


@contextmanager
def pgstac(folder: Path, content: Published) -> Iterator[str]:
    """stac-fastapi on pgstac and a private PostgreSQL; yields its address. Skips where PostgreSQL is not installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    needed = [Path(sys.executable).parent / "pypgstac", Path(sys.executable).parent / "uvicorn"]
    if not programs or not all(path.exists() for path in needed):
        _do_without("pypgstac" if programs else "PostgreSQL (apt-get install postgresql-15 postgresql-15-postgis-3)")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o777)
    port, data = free_port(), folder / "db"
    # PostgreSQL refuses to run as root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    for parent in (folder, *folder.parents):
        if user and parent.owner() == "root" and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    binaries = programs[-1]
    environment = {
        **os.environ,
        **{"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres", "PGPASSWORD": "x", "PGDATABASE": "stac"},
    }

    def run(*command: str | Path, as_user: bool = False) -> None:
        line = [*(user if as_user else []), *map(str, command)]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, cwd=folder, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"

    run(binaries / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "-U", "postgres", as_user=True)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    server = [*user, str(binaries / "postgres"), "-D", str(data), *options.split()]
    with _running(server, folder / "postgres.log"):
        _wait_for_port(port)
        time.sleep(0.5)
        run(binaries / "createdb", "stac")
        run(needed[0], "migrate")
        for kind, members in (("collections", content.collections), ("items", content.items)):
            path = folder / f"{kind}.ndjson"
            path.write_text("".join(json.dumps(member) + "\n" for member in members), encoding="utf-8")
            run(needed[0], "load", kind, path)
        http = free_port()
        application = [str(needed[1]), "--factory", "stac_fastapi.pgstac.app:create_app", "--port", str(http)]
        with _running(application, folder / "api.log", {**environment, "ENABLED_EXTENSIONS": "pagination"}):
            address = f"http://127.0.0.1:{http}"
            _wait_for(address, folder / "api.log")
            yield address


@contextmanager
def object_store(folder: Path) -> Iterator[str]:
    """moto, a server that speaks S3 and takes any credentials; yields its address."""
    folder.mkdir(parents=True, exist_ok=True)
    port, program = free_port(), Path(sys.executable).parent / "moto_server"
    with _running([str(program), "-H", "127.0.0.1", "-p", str(port)], folder / "moto.log"):
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/moto-api/", folder / "moto.log")
        yield address


@contextmanager
def dask_cluster(folder: Path, workers: int, environment: Callable[[int], dict[str, str]]) -> Iterator[str]:
    """A Dask scheduler and workers as processes of their own, each in a folder of its own; yields the address.

    Args:
        folder: where to work.
        workers: how many.
        environment: variables of each worker.
    """
    port, program = free_port(), str(Path(sys.executable).parent / "dask")
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as running:

        def start(name: str, *command: str, **variables: str) -> None:
            place = folder / name
            place.mkdir(parents=True)
            line = [program, *command, "--no-dashboard"]
            running.enter_context(_running(line, place / "log", {**os.environ, **variables}))

        start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", str(port))
        _wait_for_port(port)
        for number in range(workers):
            options = ("--nthreads", "1", "--host", "127.0.0.1", "--local-directory", str(folder / f"{number}" / "d"))
            start(f"{number}", "worker", address, *options, **environment(number))
        yield address


def _do_without(program: str) -> None:
    """Skip the test, or fail where servers are required."""
    if os.environ.get("REQUIRE_SERVERS") == "1":
        pytest.fail(f"{program} required (REQUIRE_SERVERS=1) but not installed")
    pytest.skip(f"{program} is not installed")


@contextmanager
def _running(command: Sequence[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    if shutil.which(command[0]) is None:
        _do_without(f"{Path(command[0]).name}")
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=log.parent)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{address} does not answer: {log.read_text(encoding='utf-8')[-2000:]}")


def _wait_for_port(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on port {port}")
