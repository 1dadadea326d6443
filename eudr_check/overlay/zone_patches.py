"""Patches of polygon maps: their event polygons on and near plots, as they are drawn."""

from collections.abc import Iterator
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.geodesy import metres_per_degree
from eudr_check.overlay.zones import REST
from eudr_check.typing import Floats, Geometries, Positions


class ZonePatches(NamedTuple):
    """Patches of one column, and which plots lie on or near each."""

    shape: Geometries
    """Polygons, EPSG:4326."""
    year: NDArray[np.int16]
    patch: Positions
    """intp (pairs,) position of the patch."""
    plot: Positions
    """intp (pairs,) position of the plot."""


def zone_patches(zone: gpd.GeoDataFrame, column: str, plots: Geometries, box: Floats, metres: float) -> ZonePatches:
    """Event polygons of a map that lie less than a distance from plots; those of one year that share an edge are one.

    Args:
        zone: a polygon map with that column, see `ZoneMaps.of`; ground of its `rest` holds no polygon.
        column: an event variable.
        plots: object (n,) polygons in EPSG:4326.
        box: float64 (4,) west, south, east, north in degrees; polygons end there.
        metres: the distance, on a plane in which the degrees of the middle of the box have their true lengths.
    """
    drawn = list(_by_year(zone[(zone[column] > 0) & ~zone[REST]], column, box))
    shape = np.array([one for _, one in drawn], dtype=object)
    year = np.array([year for year, _ in drawn], dtype=np.int16)
    scale = np.array(metres_per_degree((box[1] + box[3]) / 2))

    def in_metres(corners: Floats) -> Floats:
        stretched: Floats = (corners - box[:2]) * scale
        return stretched

    tree = shapely.STRtree(shapely.transform(plots, in_metres))
    patch, plot = tree.query(shapely.transform(shape, in_metres), predicate="dwithin", distance=metres)
    near, patch = np.unique(patch, return_inverse=True)
    return ZonePatches(shape[near], year[near], patch, plot)


def _by_year(zone: gpd.GeoDataFrame, column: str, box: Floats) -> Iterator[tuple[int, shapely.Geometry]]:
    frame = shapely.box(*box)
    for year in np.unique(zone[column].to_numpy()).tolist():
        shapes = zone.geometry.to_numpy()[zone[column].to_numpy() == year]
        parts = shapely.normalize(shapely.get_parts(shapely.intersection(shapely.union_all(shapes), frame)))
        yield from ((year, one) for one in parts if shapely.get_dimensions(one) == 2)
