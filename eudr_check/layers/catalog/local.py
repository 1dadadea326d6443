"""A STAC folder on this machine, made from GeoTIFFs on disk: add, list, check.

`catalog.json`, one folder per collection with `collection.json` and one JSON per Item. Rasters stay where they are;
Items point to them with relative addresses. Equal files give equal bytes.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pystac
from rasterio.warp import transform_bounds

from eudr_check.errors import LayersError
from eudr_check.files import sha256
from eudr_check.layers.assets import Asset
from eudr_check.layers.catalog import polygon_items, stac_documents
from eudr_check.layers.catalog.check import check
from eudr_check.layers.catalog.footprint import bounds_of
from eudr_check.layers.catalog.links import collections, items, rasters, read_json
from eudr_check.layers.class_areas import ClassAreas, class_areas
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.definition_rules import other_crs
from eudr_check.layers.polygons import files as polygons
from eudr_check.layers.raster import Raster, contradicted, open_raster
from eudr_check.layers.value_ranges import Values
from eudr_check.text import sentence

__all__ = ["HECTARES", "add", "check", "collections", "interval", "items", "list", "rasters"]

HECTARES = "eudr_check:hectares"
"""Field of an asset: hectares of every value it holds, counted when it was registered."""
_ADDRESS = re.compile(r"(https?|s3|gs):/")
"""Of a file on the web, as a path holds it."""
_GDAL_TYPES = {"uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16"}


def add(
    folder: Path, rasters: Sequence[Path], definition: LayerDefinition, *, asset: str | None = None
) -> tuple[pystac.Item, ...]:
    """Register GeoTIFFs of one layer; files of several assets of one place become one Item.

    Of a polygon map the one vector file is the Item, and its columns are the assets.

    Args:
        folder: the STAC folder; made when it does not exist.
        rasters: GeoTIFF files, or the vector file of a polygon map.
        definition: the layer they belong to.
        asset: which asset the files are, when their names do not follow the definition's patterns.

    Returns:
        The Items written, ordered by id.

    Raises:
        LayersError: a file is no GeoTIFF, its name fits no asset or several, its CRS, dtype or a value contradicts the
            definition, or another file is registered in its place; names the file and the remedy.
    """
    if address := next((path.as_posix() for path in rasters if _ADDRESS.match(path.as_posix())), None):
        raise LayersError(sentence("layers", "address_for_file", address=address))
    collection = folder / definition.collection
    if definition.polygons is not None:
        return (_add_polygons(folder, sorted(rasters), definition),)
    groups: dict[str, dict[str, Path]] = {}
    for path in sorted(rasters):
        key, item_id = _asset_and_id(path, definition, asset)
        other = groups.setdefault(item_id, {}).setdefault(key, path)
        if other != path:
            raise LayersError(sentence("layers", "registered_as", path=path, other=other, asset=key, item=item_id))
    written = []
    for item_id, assets in sorted(groups.items()):
        target = collection / f"{item_id}.json"
        known = read_json(target).get("assets", {}) if target.is_file() else {}
        described = known | {key: _describe(path, key, definition, collection) for key, path in assets.items()}
        for key, path in assets.items():
            _refuse_another(path, key, known.get(key, described[key]), described[key], target)
        item = stac_documents.item(item_id, described, definition)
        stac_documents.write(target, item)
        written.append(pystac.Item.from_dict(item))
    stac_documents.write_collection(folder, definition)
    stac_documents.write_catalog(folder)
    return tuple(written)


def _add_polygons(folder: Path, paths: Sequence[Path], definition: LayerDefinition) -> pystac.Item:
    """Register the vector file of a polygon map."""
    collection, item_id = folder / definition.collection, _safe(paths[0].stem)
    if not polygons.is_polygons(paths[0]):
        known = ", ".join(polygons.SUFFIXES)
        raise LayersError(sentence("layers", "no_vector", path=paths[0], layer=definition.id, known=known))
    there = [path.stem for path in sorted(collection.glob("*.json")) if path.name != "collection.json"]
    polygon_items.refuse_several(paths, there, item_id, definition)
    target = collection / f"{item_id}.json"
    described = polygon_items.described(paths[0], definition, collection)
    for key, known in (read_json(target).get("assets", {}) if target.is_file() else {}).items():
        _refuse_another(paths[0], key, known, described.get(key, known), target)
    item = stac_documents.item(item_id, described, definition)
    stac_documents.write(target, item)
    stac_documents.write_collection(folder, definition)
    stac_documents.write_catalog(folder)
    return pystac.Item.from_dict(item)


def _refuse_another(path: Path, key: str, known: Mapping[str, Any], described: Mapping[str, Any], target: Path) -> None:
    """Refuse a file in whose place another one is registered."""
    if known["href"] != described["href"]:
        about = {"path": path, "known": known["href"], "asset": key, "item": target.stem, "target": target}
        raise LayersError(sentence("layers", "registered_before", **about))


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
        raise LayersError(
            sentence(
                "layers", "no_asset", path=path, layer=definition.id, asset=asset, known=", ".join(definition.assets)
            )
        )
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
    key = "name_fits_several" if fits else "name_fits_none"
    raise LayersError(sentence("layers", key, path=path, layer=definition.id, expected=expected))


def _safe(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name)


def _describe(path: Path, key: str, definition: LayerDefinition, collection: Path) -> dict[str, Any]:
    """One asset with projection, file and class information."""
    asset = definition.assets[key]
    raster = open_raster(path, asset.band)
    other = contradicted(path)
    if "mask" in other:
        raise LayersError(sentence("layers", "mask_file", name=path))
    if other:
        raise LayersError(sentence("layers", "contradicted", path=path, what=", ".join(other)))
    if raster.dtype != asset.dtype:
        raise LayersError(
            sentence(
                "layers",
                "other_type",
                path=path,
                found=raster.dtype,
                asset=key,
                layer=definition.id,
                expected=asset.dtype,
                gdal=_GDAL_TYPES[asset.dtype],
            )
        )
    if (why := other_crs(definition, raster.crs)) is not None:
        raise LayersError(sentence("layers", "raster_problem", path=path, problem=why))
    areas = class_areas(raster)
    _refuse_unknown(path, key, asset, raster, areas)
    bounds = bounds_of(raster.transform, raster.width, raster.height)
    geographic = transform_bounds(raster.crs, "EPSG:4326", *bounds, densify_pts=21)
    described: dict[str, Any] = {
        "href": Path(os.path.relpath(path.resolve(), collection.resolve())).as_posix(),
        "type": pystac.MediaType.GEOTIFF,
        "title": key,
        "roles": ["data"],
        "data_type": raster.dtype,
        "file:checksum": polygon_items.SHA256_MULTIHASH + sha256(path),
        "file:size": path.stat().st_size,
        "proj:code": raster.crs if raster.crs.startswith("EPSG:") else None,
        "proj:bbox": [*bounds],
        "proj:shape": [raster.height, raster.width],
        "proj:transform": [*raster.transform][:6],
        "bbox": [round(number, 9) for number in geographic],
        "classification:classes": _classes(asset),
        HECTARES: {str(value): round(hectares, 4) for value, hectares in areas.hectares.items()},
    }
    if areas.not_stored_ha:
        described[HECTARES]["not stored"] = round(areas.not_stored_ha, 4)
    if raster.nodata is not None:
        described["nodata"] = raster.nodata
    return described


def _refuse_unknown(path: Path, key: str, asset: Asset, raster: Raster, areas: ClassAreas) -> None:
    """A value that no legend knows is another product, another version, or a picture of the map."""
    tag = None if raster.nodata is None or asset.nodata_tag == "ignore" else int(raster.nodata)
    known = Values((*asset.legend, *asset.nodata, *(() if tag is None else [(tag, tag)])))
    strange = {value: hectares for value, hectares in areas.hectares.items() if Values([(value, value)]).beyond(known)}
    if strange:
        listed = ", ".join(f"{value} ({hectares:,.2f} ha)" for value, hectares in [*strange.items()][:5])
        more = f" (+{len(strange) - 5})" if len(strange) > 5 else ""
        raise LayersError(
            sentence("layers", "strange_values", path=path, asset=key, legend=str(asset.legend), values=listed + more)
        )


def _classes(asset: Asset) -> tuple[dict[str, Any], ...]:
    """Legal values with their names; long ranges of years or percents are not spelled out."""
    named = [(low, high, f"value_{low}") for low, high in asset.legend if high - low < 32]
    gone = [(low, high, "nodata") for low, high in asset.nodata if (low, high) not in asset.legend]
    return tuple(
        {"value": value, "name": name if name == "nodata" else f"value_{value}"}
        | ({"title": asset.classes[value]} if value in asset.classes else {})
        for low, high, name in sorted([*named, *gone])
        for value in range(low, high + 1)
    )


def list(folder: Path) -> tuple[dict[str, object], ...]:
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
