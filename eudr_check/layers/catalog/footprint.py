"""Where the raster of an Item lies, by its projection metadata: bboxes may be data footprints, or span the globe."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pystac
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from eudr_check.layers.catalog.stac_items import numbers
from eudr_check.layers.definition_rules import LONGITUDE_LATITUDE


@dataclass(frozen=True)
class Frame:
    """An upright box in some CRS."""

    crs: str
    bounds: tuple[float, float, float, float]

    def holds(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions in degrees lie inside or, as near as rounding tells, on the edge; bool, same shape."""
        x, y = self._project(longitude, latitude)
        west, south, east, north = self.bounds
        slack = 1e-9 if self.crs in LONGITUDE_LATITUDE else 1e-3
        return (x >= west - slack) & (x <= east + slack) & (y >= south - slack) & (y <= north + slack)

    def touches(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which boxes (n, 4) in degrees overlap with more than an edge; bool (n,)."""
        if self.crs in LONGITUDE_LATITUDE:
            x, y = boxes[:, [0, 2]], boxes[:, [1, 3]]
        else:
            x, y = self._project(*grid_of_points(boxes))
        west, south, east, north = self.bounds
        known = np.isfinite(x).all(axis=1) & np.isfinite(y).all(axis=1)
        overlap = (x.min(axis=1) < east) & (x.max(axis=1) > west) & (y.min(axis=1) < north) & (y.max(axis=1) > south)
        return np.asarray(known & overlap)

    def overlaps(self, other: "Frame", longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> bool:
        """Whether both hold one of some positions in degrees, and share more than an edge."""
        if self.crs == other.crs:
            west, south, east, north = self.bounds
            left, low, right, high = other.bounds
            slack = 1e-9 if self.crs in LONGITUDE_LATITUDE else 1e-3
            if min(east, right) - max(west, left) <= slack or min(north, high) - max(south, low) <= slack:
                return False
        return bool((self.holds(longitude, latitude) & other.holds(longitude, latitude)).any())

    def _project(
        self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.crs in LONGITUDE_LATITUDE:
            return longitude, latitude
        x, y = _transformer(self.crs).transform(longitude, latitude)
        return x, y


def frame(item: pystac.Item, asset: str) -> Frame:
    """Frame of an asset: projection metadata of the asset, else of the Item, else the bbox.

    `proj:code` and the older `proj:epsg` are both read; of `proj:transform` the first six numbers count. What cannot be
    understood (`EPSG:None`) counts as missing.
    """
    fields = {**item.properties, **item.assets[asset].extra_fields}
    stated = fields.get("proj:transform")
    there = numbers(stated[:6], 6) if isinstance(stated, list) else None
    shape, box_there = numbers(fields.get("proj:shape"), 2), numbers(fields.get("proj:bbox"), 4)
    code = _known_crs(fields)
    if code is not None and there is not None and shape is not None:
        return Frame(code, bounds_of(Affine(*there), int(shape[1]), int(shape[0])))
    if code is not None and box_there is not None:
        west, south, east, north = box_there
        return Frame(code, (west, south, east, north))
    box = item.bbox or (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = box if len(box) == 4 else (box[0], box[1], box[3], box[4])
    return Frame("EPSG:4326", (west, south, east, north))


def _known_crs(fields: Mapping[str, Any]) -> str | None:
    """The CRS projection metadata name; None where they name none that is known."""
    code, number = fields.get("proj:code"), fields.get("proj:epsg")
    for name in (code, f"EPSG:{number}" if isinstance(number, int) else None):
        if isinstance(name, str):
            try:
                return name if CRS.from_user_input(name) else None
            except CRSError:
                continue
    return None


def bounds_of(there: Affine, width: int, height: int) -> tuple[float, float, float, float]:
    """Low x, low y, high x, high y of a raster in its own CRS, whichever way its rows run."""
    corners = ((0, 0), (width, 0), (0, height), (width, height))
    x = [there.a * column + there.b * row + there.c for column, row in corners]
    y = [there.d * column + there.e * row + there.f for column, row in corners]
    return min(x), min(y), max(x), max(y)


def grid_of_points(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitudes and latitudes of 5 x 5 points in each box: two arrays (n, 25)."""
    share = np.linspace(0, 1, 5)
    west, south, east, north = (side[:, None] for side in boxes.T)
    x, y = west + (east - west) * share, south + (north - south) * share
    return np.tile(x, 5), np.repeat(y, 5, axis=1)


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)
