"""The JSON files of a STAC folder of rasters on this machine: catalogue, collections, Items."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pystac

from eudr_check.layers.catalog.links import read_json
from eudr_check.layers.definition import LayerDefinition

_EXTENSIONS = [
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/version/v1.2.0/schema.json",
]


def item(item_id: str, assets: Mapping[str, Mapping[str, object]], definition: LayerDefinition) -> dict[str, object]:
    """An Item around its assets."""
    boxes: list[Any] = [asset["bbox"] for asset in assets.values()]
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


def write_collection(folder: Path, definition: LayerDefinition) -> None:
    """The JSON of a collection, from its Items."""
    target = folder / definition.collection
    members = [read_json(path) for path in sorted(target.glob("*.json")) if path.name != "collection.json"]
    boxes = [member["bbox"] for member in members]
    box = [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]
    first, last = definition.interval
    write(
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


def write_catalog(folder: Path) -> None:
    """The JSON of the catalogue, from its collections."""
    children = sorted(path.parent.name for path in folder.glob("*/collection.json"))
    write(
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


def write(path: Path, content: object) -> None:
    """A JSON file as others can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
