"""What the code itself contributes to a result: a digest of the rooms and library versions that made it."""

import hashlib
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import rasterio
import shapely

LIBRARIES = ("numpy", "pandas", "pyproj", "rasterio", "shapely", "xarray")
SHARED = ("geodesy.py", "tables.py", "tiles.py", "variables.py", "config.py")


@cache
def code_digest(*rooms: str) -> str:
    """SHA-256 over the sources and data files of some rooms of `eudr_check`, and what they share."""
    root = files("eudr_check")
    total = hashlib.sha256()
    for name in (*SHARED, *rooms):
        for path, content in sorted(_contents(root.joinpath(name), name)):
            total.update(path.encode() + b"\0" + content)
    return total.hexdigest()


@cache
def versions() -> dict[str, str]:
    """Versions of the libraries that figures depend on."""
    return {name: version(name) for name in LIBRARIES} | {
        "gdal": rasterio.__gdal_version__,
        "geos": shapely.geos_version_string,
    }


def _contents(node, path: str) -> list[tuple[str, bytes]]:  # type: ignore[no-untyped-def]
    if node.is_file():
        return [(path, node.read_bytes())]
    return [
        found
        for child in node.iterdir()
        if child.name != "__pycache__"
        for found in _contents(child, f"{path}/{child.name}")
    ]
