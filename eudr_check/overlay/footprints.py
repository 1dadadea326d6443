"""The ground that stands for a plot: its polygon, or for a point the discs around it and its own cell."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.errors import OverlayError
from eudr_check.geodesy import discs, metres_per_degree, plot_area_ha, point_area_ha
from eudr_check.overlay.rings import refuse_unfit
from eudr_check.tables import FOOTPRINTS
from eudr_check.typing import Floats

Shapes = NDArray[np.object_]

QUADRANT_CORNERS = 3
"""Corners of a quarter circle where a plot is grown: an arc of 5 m radius is then true to 0.2 m."""
NEAR_M = 100.0
"""Events this near to a plot are drawn."""


def footprints(plots: gpd.GeoDataFrame, gps_error_m: float) -> gpd.GeoDataFrame:
    """Every footprint of the usable plots.

    A polygon plot has one footprint. A point plot has three: the `disc` of its declared area (4 ha where none is
    declared), the `double_disc` of twice that radius, and the `cell` it lies in, which only a tile's grid can tell.

    Args:
        plots: PLOTS.
        gps_error_m: error of the boundary in metres; the boxes leave room for it.

    Returns:
        Index `plot`; columns `footprint`, `geometry` (EPSG:4326; the point itself for `cell`), `area_ha` (ellipsoidal;
        NaN for `cell`) and `west`, `south`, `east`, `north`: the box in degrees that cubes must cover, grown by the
        GPS error and by the 100 m around plots in which events are drawn. Ordered by plot, then by `FOOTPRINTS`.

    Raises:
        OverlayError: a usable plot without measurable geometry, or a declared area that is not positive.
    """
    usable = plots[plots["usable"].to_numpy(dtype=bool)]
    position, kind, shapes = shapes_of(usable)
    area = plot_area_ha(shapes)
    west, south, east, north = reach(shapes, gps_error_m + NEAR_M).T
    return gpd.GeoDataFrame(
        {
            "footprint": pd.array([FOOTPRINTS[number] for number in kind], dtype="str"),
            "geometry": shapes,
            "area_ha": area,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        },
        index=usable.index.take(position),
        crs="EPSG:4326",
    )


def shapes_of(plots: gpd.GeoDataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp], Shapes]:
    """Footprints of plots as flat arrays.

    Args:
        plots: usable rows of PLOTS.

    Returns:
        Position of the plot, number of the footprint in `FOOTPRINTS` and its geometry (a point for `cell`), ordered by
        plot and footprint.

    Raises:
        OverlayError: as `footprints`.
    """
    geometries = plots.geometry.to_numpy()
    point = shapely.get_type_id(geometries) == shapely.GeometryType.POINT
    refuse_unfit(geometries[~point], plots.index.to_numpy()[~point])
    at = np.flatnonzero(point)
    _refuse_unfit_points(plots.iloc[at])
    area = point_area_ha(plots["declared_area_ha"].to_numpy(dtype=np.float64)[at])
    disc, double = discs(geometries[at], area), discs(geometries[at], 4 * area)
    position = np.concatenate([np.flatnonzero(~point), at, at, at])
    kind = np.repeat(np.arange(4), [len(geometries) - len(at), len(at), len(at), len(at)])
    shapes = np.concatenate([geometries[~point], disc, double, geometries[at]])
    order = np.lexsort((kind, position))
    return position[order], kind[order], shapes[order]


def reach(shapes: Shapes, metres: float) -> Floats:
    """Boxes around geometries, grown on every side.

    Returns:
        float64 (n, 4) west, south, east, north in degrees, EPSG:4326.
    """
    box = shapely.bounds(shapes).reshape(-1, 4)
    # The shorter degree of the two latitudes, so that the box never falls short.
    parallel, meridian = metres_per_degree(np.maximum(np.abs(box[:, 1]), np.abs(box[:, 3])))
    _, shortest = metres_per_degree(0.0)
    across, along = metres / parallel, metres / np.minimum(meridian, shortest)
    grown: Floats = box + np.column_stack([-across, -along, across, along])
    return grown


def grown(shapes: Shapes, metres: float) -> Shapes:
    """Polygons moved outwards (or inwards, for negative metres) by a distance on the ground.

    Args:
        shapes: object (n,) polygons in EPSG:4326.
        metres: distance; corners are rounded.

    Returns:
        object (n,) polygons in EPSG:4326, empty where nothing is left.
    """
    box = shapely.bounds(shapes).reshape(-1, 4)
    metres_of_degree = np.column_stack(metres_per_degree((box[:, 1] + box[:, 3]) / 2))
    buffered: Any = shapely.buffer(_stretched(shapes, metres_of_degree), metres, quad_segs=QUADRANT_CORNERS)
    return _stretched(buffered, 1 / metres_of_degree)


def _stretched(shapes: Shapes, factor: Floats) -> Shapes:
    """Geometries with their x and y multiplied by factors (n, 2) of their own."""
    vertices = shapely.get_coordinates(shapes)
    vertices *= np.repeat(factor, shapely.get_num_coordinates(shapes), axis=0)
    stretched: Shapes = shapely.set_coordinates(shapes.copy(), vertices)
    return stretched


def _refuse_unfit_points(plots: gpd.GeoDataFrame) -> None:
    shapes = plots.geometry.to_numpy()
    place = shapely.bounds(shapes).reshape(-1, 4)
    declared = plots["declared_area_ha"].to_numpy(dtype=np.float64)
    for bad, problem in (
        (~np.isfinite(place).all(axis=1), "has an empty point"),
        ((declared <= 0) | np.isinf(declared), "declares an area that is not positive"),
    ):
        if bad.any():
            name = plots.index[int(np.flatnonzero(bad)[0])]
            raise OverlayError(f"plot {name} {problem}; the plots stage should have stopped it: repair or leave it out")
