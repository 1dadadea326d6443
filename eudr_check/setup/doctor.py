"""What is installed, reachable and missing on this machine, a line each, measured and not assumed."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from eudr_check.config import LayerChoice
from eudr_check.layers import definition, packs, shipped
from eudr_check.run.graph import in_flight

LEAST_GB = 2.0
"""Ours: the sample season with its store and packages takes half of it."""
NEEDED = ("geopandas", "pyogrio", "pyproj", "rasterio", "shapely", "typst", "XlsxWriter")
EXTRAS = {
    "distributed": "cluster",
    "s3fs": "cluster",
    "s2geometry": "geoid",
    "alembic": "postgis",
    "psycopg": "postgis",
}
Reach = Callable[[str], bool]


@dataclass(frozen=True)
class Line:
    """One thing looked at."""

    key: str
    """Key of `text/doctor.yaml`."""
    ok: bool
    values: dict[str, str]
    needed: bool = True
    """Whether a run cannot do without it."""


def look(folder: Path, reach: Reach | None) -> Iterator[Line]:
    """Everything about this machine that decides whether a harvest can run.

    Args:
        folder: where runs would be written.
        reach: asks whether a server answers; None asks none.
    """
    found = ".".join(platform.python_version_tuple()[:2])
    yield Line("python", sys.version_info >= (3, 11), {"version": found})
    place = shutil.which("eudr-check")
    yield Line("command" if place else "command_away", place is not None, {"place": place or sys.argv[0]}, needed=False)
    for name in NEEDED:
        yield _library(name)
    yield _projections()
    yield from _disk(folder)
    for name, extra in EXTRAS.items():
        there = _version(name)
        key = "extra" if there else "extra_absent"
        yield Line(key, there is not None, {"name": name, "version": there or "", "extra": extra}, needed=False)
    if reach is None:
        yield Line("network_unasked", True, {}, needed=False)
        return
    yield from _servers(reach)


def _servers(reach: Reach) -> Iterator[Line]:
    """A line for each that answers, and one for all that do not: where there is no network that is every one."""
    hosts = _hosts()
    silent: dict[str, list[str]] = {}
    for (host, layers), answered in zip(hosts.items(), in_flight(reach, hosts), strict=True):
        name = urlsplit(host).netloc
        if answered:
            yield Line("server", True, {"host": name, "layers": ", ".join(layers)}, needed=False)
        else:
            silent[name] = layers
    if silent:
        stated = [f"{name} ({', '.join(layers)})" for name, layers in silent.items()]
        yield Line("servers_silent", False, {"count": str(len(silent)), "hosts": "; ".join(stated)}, needed=False)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _library(name: str) -> Line:
    there = _version(name)
    return Line("library" if there else "library_absent", there is not None, {"name": name, "version": there or ""})


def _projections() -> Line:
    """PROJ without its database reads every file and turns no coordinate."""
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    try:
        x, _ = Transformer.from_crs("EPSG:4326", "EPSG:32718", always_xy=True).transform(-75.0, -6.0)
    except ProjError:
        x = 0.0
    ok = abs(x - 500_000.0) < 1.0
    return Line("projections" if ok else "projections_broken", ok, {})


def _disk(folder: Path) -> Iterator[Line]:
    writable = os.access(folder, os.W_OK)
    yield Line("writable" if writable else "not_writable", writable, {"folder": str(folder)})
    free = shutil.disk_usage(folder).free / 1e9
    yield Line("disk" if free >= LEAST_GB else "disk_small", free >= LEAST_GB, {"gb": f"{free:.0f}"}, needed=False)


def _hosts() -> dict[str, list[str]]:
    """Servers of the layers a new harvest reads, then of all other shipped layers."""
    first = packs.pack(None).ids
    hosts: dict[str, list[str]] = {}
    for name in [*first, *(one for one in shipped() if one not in first)]:
        for place in definition(LayerChoice.model_validate({"id": name, "from": "doctor"})).found:
            address = urlsplit(place.endpoint or (place.tiles.url if place.tiles else ""))
            hosts.setdefault(f"{address.scheme}://{address.netloc}", []).append(name)
    return {host: list(dict.fromkeys(names)) for host, names in hosts.items() if host != "://"}
