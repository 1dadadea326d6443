"""Sentinel-2 scenes over the tiny harvest, with Items in the words of real catalogues, for servers on loopback."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from tests.helpers.programs import Published

CRS, WEST, NORTH = "EPSG:32718", 298_000.0, 9_334_000.0
"""Upper left corner; the scenes reach over both tiles of the tiny harvest (tile 18MTU)."""
COLUMNS, ROWS = 640, 480
BOX = [-76.83, -6.06, -76.76, -6.01]
BANDS = {"blue": 0.03, "green": 0.05, "red": 0.03, "nir": 0.35}
COLLECTION = "sentinel-2-l2a"
DESCRIBED = {
    "type": "Collection", "stac_version": "1.0.0", "description": "scenes", "license": "proprietary", "links": [],
    "extent": {
        "spatial": {"bbox": [[-180, -90, 180, 90]]},
        "temporal": {"interval": [["2015-01-01T00:00:00Z", None]]},
    },
}  # fmt: skip


def add(
    content: Published,
    root: Path,
    base: str,
    day: str,
    *,
    collection: str = COLLECTION,
    baseline: str = "02.14",
    corrected: bool = False,
    cloud: tuple[slice, slice] | None = None,
) -> dict[str, Any]:
    """Write the files of one overflight below `root` and add its Item.

    Args:
        content: of the server.
        root: folder whose files are served below `base`/cog/.
        base: address of the server.
        day: ISO.
        collection: of the Item.
        baseline: processing baseline; 04.00 and later add 1000 to stored numbers.
        corrected: whether the catalogue has taken the 1000 off again.
        cloud: rows and columns of 20 m under a cloud.

    Returns:
        The Item, which a test may spoil.
    """
    if not any(one["id"] == collection for one in content.collections):
        content.collections.append({**DESCRIBED, "id": collection})
    name = f"S2A_18MTU_{day.replace('-', '')}_{len(content.items)}"
    shifted = baseline >= "04"
    classes = np.full((ROWS // 2, COLUMNS // 2), 4, np.uint8)
    if cloud is not None:
        classes[cloud] = 9
    added = 1000 if shifted and not corrected else 0
    hidden = classes.repeat(2, 0).repeat(2, 1) == 9
    grain = np.indices((ROWS, COLUMNS)).sum(axis=0) % 7 * 20
    layers = {"scl": (classes, 20.0)}
    for band, value in BANDS.items():
        layers[band] = ((np.where(hidden, 6000, round(value * 10_000)) + grain + added).astype(np.uint16), 10.0)
    assets = {}
    for band, (values, cell) in layers.items():
        path = root / "scenes" / name / f"{band}.tif"
        _write(path, values, cell)
        href = f"{base}/cog/{path.relative_to(root).as_posix()}"
        raster = {"data_type": values.dtype.name, "scale": 0.0001, "offset": -0.1 if shifted else 0}
        assets[band] = {"href": href, "type": "image/tiff; application=geotiff", "raster:bands": [raster]}
    west, south, east, north = BOX
    clock = day.replace("-", "")
    item = {
        "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": collection, "bbox": BOX, "links": [],
        "geometry": {"type": "Polygon", "coordinates": [
            [[west, south], [east, south], [east, north], [west, north], [west, south]]]},
        "properties": {
            "datetime": f"{day}T15:30:21Z", "platform": "sentinel-2a", "grid:code": "MGRS-18MTU", "proj:epsg": 32718,
            "eo:cloud_cover": 10.0, "view:sun_elevation": 55.0, "s2:processing_baseline": baseline,
            "earthsearch:boa_offset_applied": corrected,
            "s2:datastrip_id": f"S2A_OPER_MSI_L2A_DS_X_{clock}T200000_S{clock}T153021_N{baseline}",
        },
        "assets": assets,
    }  # fmt: skip
    content.items.append(item)
    return item


def real_items(content: Published, shared: Path) -> None:
    """Real Items of other places beside them: both Earth Search collections, and the page that repeats scenes."""
    folder = shared / "sentinel2" / "items"
    paths = [
        *sorted(folder.glob("es1_*.json")),
        *sorted(folder.glob("es1c1_*.json")),
        *sorted(folder.glob("pc_*.json")),
    ]
    for path in paths:
        item = json.loads(path.read_text(encoding="utf-8"))
        item["links"], item["stac_extensions"] = [], []
        content.items.append(item)
        if not any(one["id"] == item["collection"] for one in content.collections):
            content.collections.append({**DESCRIBED, "id": item["collection"]})


def _write(path: Path, values: Any, cell: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, columns = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype=values.dtype, crs=CRS,
        transform=Affine(cell, 0, WEST, 0, -cell, NORTH), tiled=True, blockxsize=64, blockysize=64, compress="deflate",
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
