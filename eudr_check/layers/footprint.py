"""Where the raster of an Item lies, by its projection metadata: bboxes may be data footprints, or span the globe."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pystac
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from eudr_check.layers.definition import LONGITUDE_LATITUDE


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

    def _project(
        self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.crs in LONGITUDE_LATITUDE:
            return longitude, latitude
        x, y = _transformer(self.crs).transform(longitude, latitude)
        return x, y


def frame(item: pystac.Item, asset: str) -> Frame:
    """Frame of an asset: projection metadata of the asset, else of the Item, else the bbox.

    `proj:code` and the older `proj:epsg` are both read; of `proj:transform` the first six numbers count.
    """
    fields = {**item.properties, **item.assets[asset].extra_fields}
    code = fields.get("proj:code") or (f"EPSG:{fields['proj:epsg']}" if fields.get("proj:epsg") else None)
    if code is not None and fields.get("proj:transform") and fields.get("proj:shape"):
        height, width = fields["proj:shape"]
        return Frame(code, bounds_of(Affine(*fields["proj:transform"][:6]), width, height))
    if code is not None and fields.get("proj:bbox"):
        return Frame(code, tuple(fields["proj:bbox"]))
    box = item.bbox or (-180.0, -90.0, 180.0, 90.0)
    west, south, east, north = box if len(box) == 4 else (box[0], box[1], box[3], box[4])
    return Frame("EPSG:4326", (west, south, east, north))


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
