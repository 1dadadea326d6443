"""Servers that are programs of their own: rustac, pgstac on PostgreSQL, an object store, a Dask cluster."""

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
from pathlib import Path
from typing import Any

import pytest

from eudr_check.layers.catalog import local


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
    needed = [Path(sys.executable).parent / "pypgstac", Path(sys.executable).parent / "uvicorn"]
    if not all(path.exists() for path in needed):
        _do_without("pypgstac")
    with postgresql(folder) as server:
        server.make("stac")
        environment = {**os.environ, **server.environment, "PGDATABASE": "stac"}
        _done(needed[0], "migrate", environment=environment)
        for kind, members in (("collections", content.collections), ("items", content.items)):
            path = folder / f"{kind}.ndjson"
            path.write_text("".join(json.dumps(member) + "\n" for member in members), encoding="utf-8")
            _done(needed[0], "load", kind, path, environment=environment)
        http = free_port()
        application = [str(needed[1]), "--factory", "stac_fastapi.pgstac.app:create_app", "--port", str(http)]
        with _running(application, folder / "api.log", {**environment, "ENABLED_EXTENSIONS": "pagination"}):
            address = f"http://127.0.0.1:{http}"
            _wait_for(address, folder / "api.log")
            yield address


@dataclass(frozen=True)
class Postgresql:
    """A private PostgreSQL of the test."""

    programs: Path
    port: int
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which its programs find it."""
        return {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "postgres", "PGPASSWORD": "x"}

    def address(self, database: str, user: str = "postgres") -> str:
        """Of one of its databases."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def make(self, database: str) -> str:
        """A database, empty; returns its address."""
        _done(self.programs / "createdb", database, environment={**os.environ, **self.environment})
        return self.address(database)


@contextmanager
def postgresql(folder: Path) -> Iterator[Postgresql]:
    """A private PostgreSQL; skips where it is not installed. Any password will do but for users who get one."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        _do_without("PostgreSQL (apt-get install postgresql-15 postgresql-15-postgis-3)")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o777)
    port, data = free_port(), folder / "db"
    # PostgreSQL refuses to run as root.
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    for parent in (folder, *folder.parents):
        if user and parent.owner() == "root" and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    made = Postgresql(programs[-1], port, folder)
    initial = ("-D", str(data), "-A", "trust", "-E", "UTF8", "-U", "postgres")
    _done(*user, made.programs / "initdb", *initial, environment=dict(os.environ), folder=folder)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    server = [*user, str(made.programs / "postgres"), "-D", str(data), *options.split()]
    with _running(server, folder / "postgres.log"):
        _wait_for_port(port)
        time.sleep(0.5)
        yield made


def _done(*command: str | Path, environment: dict[str, str], folder: Path | None = None) -> None:
    line = [str(word) for word in command]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"


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
