"""The JSON files of a STAC folder on this machine, found by following its links."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pystac

from eudr_check.errors import LayersError
from eudr_check.files import members
from eudr_check.layers.catalog.stac_items import linked, read_item
from eudr_check.text import sentence

_DEEPEST = 64
_LARGEST_JSON_BYTES = 256_000_000


def items(folder: Path, collection: str | None = None) -> Iterator[tuple[pystac.Item, Path]]:
    """Items of a STAC folder with the files they stand in, ordered by collection and id.

    Follows links from `catalog.json`; links that leave this machine are not followed. Rasters may lie anywhere, the
    JSON of a catalogue lies in its folder: what lies outside could change without anybody noticing, and a folder of
    somebody else has no business with other files of this machine.

    Raises:
        LayersError: the folder holds no catalogue, a link leads nowhere, back or out of the folder, or a file is no
            STAC; names the file.
    """
    root = folder / "catalog.json"
    if not root.is_file():
        raise LayersError(sentence("layers", "no_folder", folder=folder))
    found = [(read_item(content, str(path)), path) for content, path in _walk(root)]
    for item, path in sorted(found, key=lambda pair: (str(pair[0].collection_id), pair[0].id, str(pair[1]))):
        if collection is None or item.collection_id == collection:
            yield item, path


def rasters(folder: Path) -> tuple[Path, ...]:
    """Files on this machine that the Items of a STAC folder point to, with those read beside them, sorted.

    Raises:
        LayersError: as `items`.
    """
    found = {
        file
        for item, path in items(folder)
        for asset in item.assets.values()
        if "://" not in asset.href
        for file in members(path.parent / asset.href)
    }
    return tuple(sorted(found))


def collections(folder: Path) -> tuple[str, ...]:
    """Ids of the collections of a STAC folder, sorted."""
    return tuple(sorted({str(item.collection_id) for item, _ in items(folder)}))


def _walk(root: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """Items below a catalogue, each file once, depth first."""
    ahead: list[tuple[Path, tuple[Path, ...]]] = [(root, ())]
    seen: set[Path] = set()
    home = root.parent.resolve()
    while ahead:
        path, above = ahead.pop()
        try:
            here = path.resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise LayersError(sentence("layers", "link_nowhere", file=above[-1] if above else root)) from error
        if not here.is_relative_to(home):
            raise LayersError(sentence("layers", "link_outside", file=above[-1] if above else root))
        if here in above or len(above) > _DEEPEST:
            raise LayersError(sentence("layers", "links_endless", file=above[-1], name=path.name))
        if here in seen:
            continue
        seen.add(here)
        content = read_json(path)
        if content.get("type") == "Feature":
            yield content, path
            continue
        try:
            inside = [href for href in linked(content, "child", "item") if "://" not in href]
        except ValueError as error:
            raise LayersError(sentence("layers", "no_catalogue", file=path, problem=error)) from error
        ahead.extend((path.parent / href, (*above, here)) for href in reversed(inside))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object.

    Raises:
        LayersError: the file cannot be read, is no JSON, or holds something else; names it.
    """
    try:
        if path.stat().st_size > _LARGEST_JSON_BYTES or not path.is_file():
            raise LayersError(sentence("layers", "named_no_json", file=path))
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LayersError(sentence("layers", "named_unreadable", file=path, problem=error.strerror)) from error
    except (ValueError, RecursionError) as error:
        # What the file holds instead is nobody's business: a link may lead anywhere.
        raise LayersError(sentence("layers", "no_json", file=path)) from error
    if not isinstance(content, dict):
        raise LayersError(sentence("layers", "no_object", file=path, kind=type(content).__name__))
    return content
