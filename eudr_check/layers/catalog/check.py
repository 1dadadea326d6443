"""Whether a STAC folder still says the truth about its rasters: content, place, shape, CRS, files next to them."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pystac
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds

from eudr_check.errors import LayersError
from eudr_check.layers.catalog import polygon_items
from eudr_check.layers.catalog.footprint import bounds_of
from eudr_check.layers.catalog.links import items
from eudr_check.layers.catalog.stac_items import numbers
from eudr_check.layers.fetch.integrity import MULTIHASHES
from eudr_check.layers.polygons import files as polygons
from eudr_check.layers.raster import Raster, contradicted, open_raster

CHANGED = "changed since it was registered; run `catalogue add` again"


def check(folder: Path) -> tuple[str, ...]:
    """What is wrong with a STAC folder, in words.

    Empty when every file is there with the recorded hash, lies where its Item says, and nothing next to it says
    otherwise.

    Raises:
        LayersError: the folder holds no catalogue.
    """
    return tuple(
        f"{item.collection_id}/{item.id}, asset {key}: {asset.href} {problem}"
        for item, path in items(folder)
        for key, asset in sorted(item.assets.items())
        if "://" not in asset.href
        for problem in _problems(path.parent / asset.href, item, asset)
    )


def _problems(path: Path, item: pystac.Item, asset: pystac.Asset) -> Iterator[str]:
    """What is wrong with one file, in words that follow its name."""
    if not path.is_file():
        yield "is not there"
        return
    fields = {**item.properties, **asset.extra_fields}
    if polygons.is_polygons(path):
        recorded = polygon_items.recorded(asset)
        if recorded is not None and recorded != polygons.digest(path):
            yield CHANGED
        return
    yield from _changed(path, fields)
    try:
        raster = open_raster(path, 1)
    except LayersError as error:
        yield f"cannot be used: {error}"
        return
    yield from _moved(raster, fields)
    yield from _far_away(raster, item.bbox)
    if other := contradicted(path):
        yield f"is contradicted by a file beside it ({', '.join(other)}); runs do not follow it, other programs do"


def _changed(path: Path, fields: Mapping[str, Any]) -> Iterator[str]:
    """Whether a file has the hash and size that are recorded."""
    recorded, size = fields.get("file:checksum"), fields.get("file:size")
    kind = next((kind for code, kind in MULTIHASHES.items() if str(recorded).startswith(code)), None)
    changed = size is not None and size != path.stat().st_size
    if recorded is not None and kind is None:
        yield f"has a checksum of a kind that is not known here ({str(recorded)[:12]}...): nobody can compare it"
    elif recorded is not None and kind is not None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
        changed |= not str(recorded).lower().endswith(found)
    if changed:
        yield CHANGED


def _moved(raster: Raster, fields: Mapping[str, Any]) -> Iterator[str]:
    """Where grid and CRS of a file differ from what its Item says."""
    shape, box = numbers(fields.get("proj:shape"), 2), numbers(fields.get("proj:bbox"), 4)
    stated = fields.get("proj:transform")
    there = numbers(stated[:6], 6) if isinstance(stated, list) else None
    if shape is not None and shape != (raster.height, raster.width):
        yield f"has {raster.height} x {raster.width} cells, its Item says otherwise (proj:shape)"
    # A cell of another size or place by a hundredth of a cell is another grid.
    slack = abs(raster.transform.a) / 100
    if there is not None and not _same_grid(there, raster, slack):
        yield "lies where its Item does not say (proj:transform)"
    if box is not None and not np.allclose(box, bounds_of(raster.transform, raster.width, raster.height), 0, slack):
        yield "lies where its Item does not say (proj:bbox)"
    for name in ("proj:code", "proj:epsg"):
        code = fields.get(name)
        code = f"EPSG:{code}" if isinstance(code, int) else code
        if code is not None and not _same_crs(code, raster.crs):
            yield f"has the CRS {_short(raster.crs)}, its Item says {code} ({name})"


def _same_grid(stated: tuple[float, ...], raster: Raster, slack: float) -> bool:
    """Whether a stated transform lays every corner of a raster where the file does."""
    corners = np.array([[0, 0, 1], [raster.width, 0, 1], [0, raster.height, 1], [raster.width, raster.height, 1]])
    own, other = (np.reshape(tuple(one)[:6], (2, 3)) for one in (raster.transform, stated))
    return bool(np.allclose(corners @ own.T, corners @ other.T, rtol=0, atol=slack))


def _same_crs(stated: Any, found: str) -> bool:
    """Whether two names or definitions of a CRS mean one; of what cannot be read nothing is said."""
    try:
        return stated == found or CRS.from_user_input(stated).equals(CRS.from_user_input(found), ignore_axis_order=True)
    except CRSError:
        return False


def _short(crs: str) -> str:
    return crs if crs.startswith("EPSG:") else CRS.from_user_input(crs).name


def _far_away(raster: Raster, bbox: list[float] | None) -> Iterator[str]:
    """Where a file and the bbox of its Item share no ground: searches would never find it, or find it for others."""
    if bbox is None:
        return
    west, south, east, north = bbox if len(bbox) == 4 else (bbox[0], bbox[1], bbox[3], bbox[4])
    try:
        own = transform_bounds(
            raster.crs, "EPSG:4326", *bounds_of(raster.transform, raster.width, raster.height), densify_pts=21
        )
    except RasterioError:
        return
    crosses = west > east or own[0] > own[2]
    if (not crosses and (own[0] >= east or own[2] <= west)) or own[1] >= north or own[3] <= south:
        yield "lies where its Item does not say (bbox)"
