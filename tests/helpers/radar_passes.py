"""Sentinel-1 passes over the tiny harvest, with Items in the words of the Planetary Computer, for loopback."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from tests.helpers.overflights import BOX, COLUMNS, CRS, DESCRIBED, NORTH, ROWS, WEST
from tests.helpers.programs import Published

COLLECTION = "sentinel-1-rtc"


def add(
    content: Published,
    root: Path,
    base: str,
    day: str,
    *,
    vv_db: float = -8.0,
    orbit: int = 142,
    direction: str = "descending",
) -> dict[str, Any]:
    """Write the files of one pass below `root` and add its Item, which a test may spoil.

    Args:
        content: of the server.
        root: folder whose files are served below `base`/cog/.
        base: address of the server.
        day: ISO.
        vv_db: backscatter of VV everywhere; VH is 6 dB below it.
        orbit: relative orbit.
        direction: of the orbit.
    """
    if not any(one["id"] == COLLECTION for one in content.collections):
        content.collections.append({**DESCRIBED, "id": COLLECTION})
    clock = day.replace("-", "")
    name = f"S1A_IW_GRDH_1SDV_{clock}T105623_{clock}T105648_{len(content.items):06}_rtc"
    assets = {}
    for band, decibels in (("vv", vv_db), ("vh", vv_db - 6)):
        path = root / "radar" / name / f"{band}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        with rasterio.open(
            path, "w", driver="GTiff", width=COLUMNS, height=ROWS, count=1, dtype="float32", crs=CRS, nodata=-32768,
            transform=Affine(10, 0, WEST, 0, -10, NORTH), tiled=True, blockxsize=64, blockysize=64, compress="deflate",
        ) as dataset:  # fmt: skip
            dataset.write(np.full((ROWS, COLUMNS), 10 ** (decibels / 10), np.float32), 1)
        href = f"{base}/cog/{path.relative_to(root).as_posix()}"
        assets[band] = {"href": href, "type": "image/tiff; application=geotiff; profile=cloud-optimized"}
    west, south, east, north = BOX
    item = {
        "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": COLLECTION, "bbox": BOX, "links": [],
        "geometry": {"type": "Polygon", "coordinates": [
            [[west, south], [east, south], [east, north], [west, north], [west, south]]]},
        "properties": {
            "datetime": f"{day}T10:56:35Z", "platform": "SENTINEL-1A", "sat:orbit_state": direction,
            "sat:relative_orbit": orbit, "sar:polarizations": ["VV", "VH"],
        },
        "assets": assets,
    }  # fmt: skip
    content.items.append(item)
    return item
