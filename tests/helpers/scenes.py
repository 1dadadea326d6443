"""Small Sentinel-2 scenes on disk for tests: classes and colours cell by cell, in the true encoding."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.imagery.offset import Claim
from eudr_check.imagery.scenes import Scene

BANDS = {"blue": 0.03, "green": 0.05, "red": 0.03, "nir": 0.35}
"""Reflectance of a forest."""
SWIR = 0.1
CRS, WEST, NORTH = "EPSG:32718", 300_000.0, 9_340_020.0
"""Upper left corner of the scenes, in tile 18MTU (about 76.8 W, 5.97 S)."""
CELLS = 80
LONGITUDE, LATITUDE = -76.80346, -5.97054
"""Middle of the scenes."""


def scene(
    folder: Path,
    day: str,
    *,
    classes: Any = 4,
    add: int = 0,
    claim: Claim | None = None,
    catalogue: str = "one",
    cloud: float = 10.0,
    baseline: str = "02.14",
) -> Scene:
    """A scene of `CELLS` x `CELLS` cells of 10 m, with files in `folder`.

    Args:
        folder: where the files go.
        day: ISO.
        classes: one class, or (40, 40) of 20 m.
        add: what is added to the stored numbers (1000 since baseline 04.00).
        claim: what the metadata say; None: the truth.
        catalogue: name of it.
        cloud: percent of the scene.
        baseline: processing baseline.
    """
    here = folder / catalogue / day
    here.mkdir(parents=True, exist_ok=True)
    grid = np.broadcast_to(np.asarray(classes, np.uint8), (CELLS // 2, CELLS // 2))
    _write(here / "scl.tif", grid, 20)
    fine = grid.repeat(2, 0).repeat(2, 1)
    grain = (np.indices((CELLS, CELLS)).sum(axis=0) % 7 * 20).astype(np.uint16)
    for band, reflectance in BANDS.items():
        numbers = np.where(np.isin(fine, (8, 9, 10)), 6000, round(reflectance * 10_000)) + grain + add
        _write(here / f"{band}.tif", np.where(fine == 0, 0, numbers).astype(np.uint16), 10)
    _write(here / "swir.tif", np.full(grid.shape, round(SWIR * 10_000) + add, np.uint16), 20)
    sensed = dt.datetime.fromisoformat(f"{day}T15:20:00+00:00")
    return Scene(
        item_id=f"S2_{catalogue}_{day}",
        catalogue=catalogue,
        collection="sentinel-2-l2a",
        tile="18MTU",
        sensed=sensed,
        strip=sensed.strftime("%Y%m%dT%H%M%S"),
        platform="sentinel-2a",
        baseline=baseline,
        cloud_percent=cloud,
        sun_elevation_deg=55.4,
        claim=claim or Claim(-add / 10_000, True, add > 0),
        bbox=(-77.0, -6.1, -76.6, -5.8),
        assets={band: str(here / f"{band}.tif") for band in ("scl", *BANDS, "swir")},
    )


def _write(path: Path, values: Any, cell: float) -> None:
    rows, columns = values.shape
    transform = Affine(cell, 0, WEST, 0, -cell, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype=values.dtype, crs=CRS, transform=transform
    ) as dataset:
        dataset.write(values, 1)


def bring(wishes: Sequence[Wish]) -> list[Held | Refused]:
    """Bands of scenes that lie on disk; what is not there is refused."""
    return [
        Held(Path(address), address, "etag", "sha")
        if Path(address := wish.scene.assets[wish.band]).is_file()
        else Refused(f"{Path(address).name}: HTTP 403")
        for wish in wishes
    ]
