"""A STAC folder on this machine, made from GeoTIFFs on disk: add, list, check.

`catalog.json`, one folder per collection with `collection.json` and one JSON per Item. Rasters stay where they are;
Items point to them with relative addresses. Equal files give equal bytes.
"""

import builtins
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pystac
from rasterio.warp import transform_bounds

from eudr_check.errors import LayersError
from eudr_check.files import sha256
from eudr_check.layers.catalog.footprint import bounds_of
from eudr_check.layers.catalog.links import collections, items, rasters, read_json
from eudr_check.layers.catalog.stac_items import numbers
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.fetch.cog_header import UNMASK
from eudr_check.layers.raster import contradicted, open_raster
from eudr_check.layers.value_ranges import Values

__all__ = ["add", "check", "collections", "interval", "items", "list", "rasters"]

_SHA256_MULTIHASH = "1220"
_EXTENSIONS = [
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/version/v1.2.0/schema.json",
]


def add(
    folder: Path, rasters: Sequence[Path], definition: LayerDefinition, *, asset: str | None = None
) -> tuple[pystac.Item, ...]:
    """Register GeoTIFFs of one layer; files of several assets of one place become one Item.

    Args:
        folder: the STAC folder; made when it does not exist.
        rasters: GeoTIFF files.
        definition: the layer they belong to.
        asset: which asset the files are, when their names do not follow the definition's patterns.

    Returns:
        The Items written, ordered by id.

    Raises:
        LayersError: a file is no GeoTIFF, its name fits no asset or several, its dtype contradicts the definition,
            or another file is registered in its place; names the file and the remedy.
    """
    collection = folder / definition.collection
    groups: dict[str, dict[str, Path]] = {}
    for path in sorted(rasters):
        key, item_id = _asset_and_id(path, definition, asset)
        other = groups.setdefault(item_id, {}).setdefault(key, path)
        if other != path:
            raise LayersError(
                f"{path}: {other} is already asset '{key}' of Item '{item_id}'; register one of them, or rename it"
            )
    written = []
    for item_id, assets in sorted(groups.items()):
        target = collection / f"{item_id}.json"
        known = read_json(target).get("assets", {}) if target.is_file() else {}
        described = known | {key: _describe(path, key, definition, collection) for key, path in assets.items()}
        for key in assets:
            if key in known and known[key]["href"] != described[key]["href"]:
                raise LayersError(
                    f"{assets[key]}: {known[key]['href']} is already asset '{key}' of Item '{item_id}'; "
                    f"delete {target} first to replace it"
                )
        item = _item(item_id, described, definition)
        _write(target, item)
        written.append(pystac.Item.from_dict(item))
    _write_collection(folder, definition)
    _write_catalog(folder)
    return tuple(written)


def check(folder: Path) -> tuple[str, ...]:
    """What is wrong with a STAC folder, in words.

    Empty when every file is there with the recorded SHA-256, lies where its Item says, and nothing beside it says
    otherwise.

    Raises:
        LayersError: the folder holds no catalogue.
    """
    problems: builtins.list[str] = []
    for item, path in items(folder):
        for key, asset in sorted(item.assets.items()):
            where = f"{item.collection_id}/{item.id}, asset {key}: {asset.href}"
            if "://" not in asset.href:
                problems.extend(f"{where} {problem}" for problem in _problems(path.parent / asset.href, asset))
    return tuple(problems)


def _problems(raster: Path, asset: pystac.Asset) -> Iterator[str]:
    """What is wrong with one file, in words that follow its name."""
    if not raster.is_file():
        yield "is not there"
        return
    fields = asset.extra_fields
    recorded = fields.get("file:checksum")
    if recorded is not None and recorded != _SHA256_MULTIHASH + sha256(raster):
        yield "changed since it was registered; run `catalogue add` again"
    try:
        opened = open_raster(raster, 1)
    except LayersError as error:
        yield f"cannot be used: {error}"
        return
    stated, shape = numbers(fields.get("proj:transform"), 6, 9), numbers(fields.get("proj:shape"), 2)
    if shape is not None and shape != (opened.height, opened.width):
        yield f"has {opened.height} x {opened.width} cells, its Item says otherwise (proj:shape)"
    if stated is not None and not np.allclose(stated[:6], tuple(opened.transform)[:6], rtol=1e-9, atol=1e-12):
        yield "lies where its Item does not say (proj:transform)"
    code = fields.get("proj:code")
    if isinstance(code, str) and opened.crs.startswith("EPSG:") and code != opened.crs:
        yield f"has the CRS {opened.crs}, its Item says {code} (proj:code)"
    if other := contradicted(raster):
        yield f"is contradicted by a file beside it ({', '.join(other)}); runs do not follow it, other programs do"


def interval(item: pystac.Item) -> str:
    """Date or interval an Item stands for, ISO 8601 days."""
    first = item.common_metadata.start_datetime or item.datetime
    last = item.common_metadata.end_datetime or item.datetime
    days = [day.date().isoformat() for day in (first, last) if day is not None]
    return days[0] if len(set(days)) == 1 else "/".join(days)


@dataclass(frozen=True)
class _Name:
    """A file-name pattern of an asset."""

    asset: str
    expression: re.Pattern[str]

    @classmethod
    def of(cls, asset: str, pattern: str) -> "_Name":
        parts = {"*": ".*?", "{id}": "(?P<id>.+)"}
        pieces = re.split(r"(\*|\{id\})", pattern)
        return cls(asset, re.compile("".join(parts.get(piece, re.escape(piece)) for piece in pieces)))


def _asset_and_id(path: Path, definition: LayerDefinition, asset: str | None) -> tuple[str, str]:
    """Asset and Item id a file name stands for; without `{id}` in the pattern, the folder names the Item."""
    if asset is not None and asset not in definition.assets:
        raise LayersError(f"{path}: layer {definition.id} has no asset '{asset}' ({', '.join(definition.assets)})")
    names = [_Name.of(key, one.file) for key, one in definition.assets.items() if one.file is not None]
    fits = [(name, match) for name in names if (match := name.expression.fullmatch(path.stem))]
    if asset is not None:
        fits = [(name, match) for name, match in fits if name.asset == asset]
        if not fits:
            return asset, _safe(path.stem.replace(asset, "").strip("_-.") or path.parent.name)
    if len(fits) == 1:
        name, match = fits[0]
        return name.asset, _safe(match.groupdict().get("id") or path.resolve().parent.name)
    if not fits and len(definition.assets) == 1 and definition.assets[next(iter(definition.assets))].file is None:
        return next(iter(definition.assets)), _safe(path.stem)
    expected = "; ".join(f"{key}: {one.file or 'no pattern'}" for key, one in definition.assets.items())
    raise LayersError(
        f"{path}: its name fits {'no asset' if not fits else 'several assets'} of layer {definition.id} ({expected}); "
        "is it of another version? Otherwise say which asset it is (--asset)"
    )


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)


def _describe(path: Path, key: str, definition: LayerDefinition, collection: Path) -> dict[str, Any]:
    """One asset with projection, file and class information."""
    asset = definition.assets[key]
    raster = open_raster(path, asset.band)
    other = contradicted(path)
    if "mask" in other:
        raise LayersError(f"{path}: keeps 'no data' in a mask (a file beside it) instead of a value; {UNMASK}")
    if other:
        raise LayersError(
            f"{path}: files beside it (.aux.xml, world file) say otherwise about its {', '.join(other)}; a "
            "registered raster is one file: take them away, or write one file of both with `gdal_translate`"
        )
    if raster.dtype != asset.dtype:
        raise LayersError(f"{path}: values are {raster.dtype}, asset '{key}' of {definition.id} is {asset.dtype}")
    bounds = bounds_of(raster.transform, raster.width, raster.height)
    geographic = transform_bounds(raster.crs, "EPSG:4326", *bounds, densify_pts=21)
    described: dict[str, Any] = {
        "href": Path(os.path.relpath(path.resolve(), collection.resolve())).as_posix(),
        "type": pystac.MediaType.GEOTIFF,
        "title": key,
        "roles": ["data"],
        "data_type": raster.dtype,
        "file:checksum": _SHA256_MULTIHASH + sha256(path),
        "file:size": path.stat().st_size,
        "proj:code": raster.crs if raster.crs.startswith("EPSG:") else None,
        "proj:bbox": [*bounds],
        "proj:shape": [raster.height, raster.width],
        "proj:transform": [*raster.transform][:6],
        "bbox": [round(number, 9) for number in geographic],
        "classification:classes": _classes(asset.legend, asset.nodata),
    }
    if raster.nodata is not None:
        described["nodata"] = raster.nodata
    return described


def _classes(legend: Values, nodata: Values) -> tuple[dict[str, Any], ...]:
    """Legal values with plain names; long ranges of years or percents are not spelled out."""
    named = [(low, high, f"value_{low}") for low, high in legend if high - low < 32]
    gone = [(low, high, "nodata") for low, high in nodata if (low, high) not in legend]
    return tuple(
        {"value": value, "name": name if name == "nodata" else f"value_{value}"}
        for low, high, name in sorted([*named, *gone])
        for value in range(low, high + 1)
    )


def _item(item_id: str, assets: dict[str, Any], definition: LayerDefinition) -> dict[str, Any]:
    boxes = [asset["bbox"] for asset in assets.values()]
    west, south = (min(box[side] for box in boxes) for side in (0, 1))
    east, north = (max(box[side] for box in boxes) for side in (2, 3))
    first, last = definition.interval
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": pystac.get_stac_version(),
        "stac_extensions": _EXTENSIONS,
        "id": item_id,
        "collection": definition.collection,
        "bbox": [west, south, east, north],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "datetime": None,
            "start_datetime": f"{first}T00:00:00Z",
            "end_datetime": f"{last}T23:59:59Z",
            "version": definition.version,
        },
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "./collection.json", "type": "application/json"},
            {"rel": "collection", "href": "./collection.json", "type": "application/json"},
        ],
        "assets": dict(sorted(assets.items())),
    }


def _write_collection(folder: Path, definition: LayerDefinition) -> None:
    target = folder / definition.collection
    members = [read_json(path) for path in sorted(target.glob("*.json")) if path.name != "collection.json"]
    boxes = [member["bbox"] for member in members]
    box = [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]
    first, last = definition.interval
    _write(
        target / "collection.json",
        {
            "type": "Collection",
            "stac_version": pystac.get_stac_version(),
            "stac_extensions": [],
            "id": definition.collection,
            "title": definition.title,
            "description": f"{definition.title}. {definition.citation}",
            "license": "other",
            "providers": [{"name": definition.provider, "roles": ["producer"]}],
            "extent": {
                "spatial": {"bbox": [box]},
                "temporal": {"interval": [[f"{first}T00:00:00Z", f"{last}T23:59:59Z"]]},
            },
            "summaries": {"layer": [definition.id], "licence": [definition.licence]},
            "links": [
                {"rel": "root", "href": "../catalog.json", "type": "application/json"},
                {"rel": "parent", "href": "../catalog.json", "type": "application/json"},
                *(
                    {"rel": "item", "href": f"./{member['id']}.json", "type": "application/geo+json"}
                    for member in members
                ),
            ],
        },
    )


def _write_catalog(folder: Path) -> None:
    children = sorted(path.parent.name for path in folder.glob("*/collection.json"))
    _write(
        folder / "catalog.json",
        {
            "type": "Catalog",
            "stac_version": pystac.get_stac_version(),
            "id": "eudr-check-local",
            "description": "Rasters on this machine, registered with eudr-check catalogue add.",
            "links": [
                {"rel": "root", "href": "./catalog.json", "type": "application/json"},
                *(
                    {"rel": "child", "href": f"./{name}/collection.json", "type": "application/json"}
                    for name in children
                ),
            ],
        },
    )


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def list(folder: Path) -> tuple[dict[str, Any], ...]:
    """One row per Item and asset: collection, item, asset, href, datetime, bbox.

    Raises:
        LayersError: the folder holds no catalogue.
    """
    return tuple(
        {
            "collection": item.collection_id,
            "item": item.id,
            "asset": key,
            "href": asset.href,
            "date": interval(item),
            "bbox": " ".join(f"{number:.6f}" for number in item.bbox or ()),
        }
        for item, _ in items(folder)
        for key, asset in sorted(item.assets.items())
    )
