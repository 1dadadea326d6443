"""Hectares of plots and cells: on the WGS84 ellipsoid (ours), and on the sphere (the figure the EU system shows).

Longitude and latitude are degrees in EPSG:4326; an edge is a straight line in longitude and latitude, as GeoJSON
(RFC 7946, section 3.1.1) has it. The area west of such an edge follows from one integral,

    A = a^2 / 2 * |closed integral of q(latitude) d longitude|,

where q is the authalic latitude term of Snyder, *Map Projections: A Working Manual* (USGS Professional Paper 1395,
1987), equation 3-12. Latitude is linear along an edge, so four Gauss-Legendre points per edge are exact to rounding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.typing import Floats, Geometries, Ints

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
METRES_PER_DEGREE = 110_574.0
"""The shortest degree of the ellipsoid (of latitude, at the equator): what is looked for within so many metres is never
looked for too near."""
METRES_PER_DEGREE_EQUATOR = 111_320.0
"""A degree of longitude at the equator: how far a rounded coordinate can be off."""
DISC_CORNERS = 64
M2_PER_HA = 10_000.0

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)
_TERMS = 7
"""Powers of the squared eccentricity: the next one is below 1e-17."""
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class Rings:
    """The rings of many polygons laid end to end."""

    coordinates: Floats
    """float64 (m, 2) degrees; each ring closes."""
    ring: Ints
    """int64 (m,) ring of each position."""
    plot_index: Ints
    """int64 (r,) polygon of each ring, ascending."""
    outer: NDArray[np.bool_]
    """bool (r,) whether the ring is a shell."""


def rings_of(polygons: Geometries) -> Rings:
    """Rings of polygons and multipolygons in their order; None and empty ones have none."""
    plain = is_plain(polygons)
    rest = np.flatnonzero(~plain)
    parts, part_plot_index = shapely.get_parts(polygons[rest], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = part[1:] != part[:-1]
    plot_index = np.concatenate([np.flatnonzero(plain), rest[part_plot_index[part]]])
    order = np.argsort(plot_index, kind="stable")
    size = np.concatenate([shapely.get_num_coordinates(polygons[plain]), shapely.get_num_coordinates(rings)])[order]
    return Rings(
        shapely.get_coordinates(polygons),
        np.repeat(np.arange(len(order)), size),
        plot_index[order],
        np.concatenate([np.ones(plain.sum(), dtype=bool), outer])[order],
    )


def is_plain(geometries: Geometries) -> NDArray[np.bool_]:
    """Which geometries are polygons of one ring, as nearly all plots are: they need not be split."""
    single = shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON
    return np.asarray(single & (shapely.get_num_interior_rings(geometries) == 0) & ~shapely.is_empty(geometries))


def plot_area_ha(geometries: Sequence[object] | Geometries) -> Floats:
    """Ellipsoidal area of polygons and multipolygons.

    A hole is taken away whatever its winding: real files wind holes like shells.

    Args:
        geometries: n shapely geometries in EPSG:4326, degrees.

    Returns:
        float64 (n,) hectares; 0 for an empty polygon, NaN for None and for what is no polygon (a point has no area).

    >>> plot_area_ha([shapely.box(0, 0, 0.001, 0.001)]).round(6)
    array([1.230907])
    """
    return _area_of_rings(geometries, _ellipsoidal_ring_ha, with_holes=True)


def eu_area_ha(geometries: Sequence[object] | Geometries) -> Floats:
    """Area the EU Information System is expected to show: outer rings only, sphere of radius 6 378 137 m.

    The formula reproduces all polygon areas the Commission has published in its example files; that the system
    computes it so is an inference.

    Args:
        geometries: n shapely geometries in EPSG:4326, degrees.

    Returns:
        float64 (n,) hectares; 0 for an empty polygon, NaN for None and for what is no polygon.
    """
    return _area_of_rings(geometries, _spherical_ring_ha, with_holes=False)


def band_area_ha(y_edges: Floats) -> Floats:
    """Area of one degree of longitude between neighbouring latitudes.

    Args:
        y_edges: float64 (n + 1,) latitudes in degrees, ascending or descending, a few degrees from one to the next.

    Returns:
        float64 (n,) hectares per degree of longitude, positive.
    """
    edges = np.radians(np.asarray(y_edges, dtype=np.float64))
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    sine = np.sin(middle[:, None] + half[:, None] * _NODES)
    density = (1 - ECCENTRICITY_2) * np.sqrt(1 - sine**2) / (1 - ECCENTRICITY_2 * sine**2) ** 2
    area: Floats = np.abs(half) * (density @ _WEIGHTS) * (SEMI_MAJOR_M**2 * np.pi / 180 / M2_PER_HA)
    return area


def cell_area_ha(x_edges: Floats, y_edges: Floats) -> Floats:
    """Area of every cell of a longitude/latitude grid.

    Args:
        x_edges: float64 (nx + 1,) cell lines, degrees.
        y_edges: float64 (ny + 1,) cell lines, degrees.

    Returns:
        float64 (ny, nx) hectares.
    """
    area: Floats = np.outer(band_area_ha(y_edges), np.abs(np.diff(np.asarray(x_edges, dtype=np.float64))))
    return area


Degrees = TypeVar("Degrees", float, Floats)


def metres_per_degree(latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Length of one degree on the WGS84 ellipsoid.

    Args:
        latitude: degrees, scalar or array.

    Returns:
        Metres per degree of longitude (along the parallel) and per degree of latitude (along the meridian).
    """
    radians = np.radians(latitude)
    bend = 1 - ECCENTRICITY_2 * np.sin(radians) ** 2
    along_parallel = SEMI_MAJOR_M * np.cos(radians) / np.sqrt(bend)
    along_meridian = SEMI_MAJOR_M * (1 - ECCENTRICITY_2) / bend**1.5
    return along_parallel * np.pi / 180, along_meridian * np.pi / 180


def _area_of_rings(geometries: Any, ring_ha: Any, *, with_holes: bool) -> Floats:
    """Sum over the outer rings of each geometry, less its holes where wanted."""
    geometries = np.asarray(geometries, dtype=object)
    area = np.where(np.isin(shapely.get_type_id(geometries), _POLYGONAL), 0.0, np.nan)
    polygonal = np.flatnonzero(np.isfinite(area))
    rings = rings_of(geometries[polygonal])
    size = np.abs(ring_ha(rings.coordinates, rings.ring, len(rings.plot_index)))
    sign = np.where(rings.outer, 1.0, -1.0 if with_holes else 0.0)
    area += np.bincount(polygonal[rings.plot_index], weights=sign * size, minlength=len(geometries))
    return area


def _ellipsoidal_ring_ha(coordinates: Floats, ring: Ints, count: int) -> Floats:
    """Signed ellipsoidal area of closed rings; coordinates (n, 2) degrees, ring (n,) their plot_index."""
    latitude = np.radians(coordinates[:, 1])
    first = np.searchsorted(ring, np.arange(count))
    # Measured from the first vertex of its own ring, a small plot far from the equator loses no digits.
    level = np.repeat(_authalic_term(latitude[first]), np.diff(first, append=len(ring)))
    middle, half = (latitude[1:] + latitude[:-1]) / 2, np.diff(latitude) / 2
    mean = np.zeros(len(middle))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        mean += weight / 2 * (_authalic_term(middle + half * node) - level[:-1])
    return _summed(coordinates, ring, mean, count)


def _spherical_ring_ha(coordinates: Floats, ring: Ints, count: int) -> Floats:
    """Signed spherical area of closed rings by the trapezoid rule on the sine of latitude."""
    sine = np.sin(np.radians(coordinates[:, 1]))
    return _summed(coordinates, ring, 2 + sine[1:] + sine[:-1], count)


def _summed(coordinates: Floats, ring: Ints, height: Floats, count: int) -> Floats:
    """Hectares per ring from the mean of the latitude term under every edge; the step between two rings is no edge."""
    width = np.radians(np.diff(coordinates[:, 0]))
    width[ring[1:] != ring[:-1]] = 0
    area = np.zeros(count)
    area += np.bincount(ring[:-1], weights=height * width, minlength=count)
    return area * (SEMI_MAJOR_M**2 / 2 / M2_PER_HA)


def _authalic_term(latitude: Floats) -> Floats:
    """Snyder's q (equation 3-12) as its power series in the sine, exact to rounding; latitude in radians."""
    sine = np.sin(latitude)
    square = ECCENTRICITY_2 * sine * sine
    term = np.zeros_like(sine)
    for power in range(_TERMS, -1, -1):
        term *= square
        term += (power + 1) / (2 * power + 1)
    term *= sine
    return term * (2 * (1 - ECCENTRICITY_2))


def point_area_ha(declared_ha: Floats) -> Floats:
    """Hectares that a point stands for: those it declares, else what the EU Information System assumes.

    Args:
        declared_ha: float64 (n,) hectares; NaN where none are declared.
    """
    return np.where(np.isnan(declared_ha), POINT_AREA_HA, declared_ha)


def discs(points: NDArray[np.object_], area_ha: Floats) -> NDArray[np.object_]:
    """Discs around points whose polygons have exactly the given ellipsoidal areas.

    Args:
        points: object (n,) points in EPSG:4326.
        area_ha: float64 (n,) hectares.

    Returns:
        object (n,) polygons of 64 corners in EPSG:4326.
    """
    if not len(points):
        return points
    x, y = shapely.get_x(points), shapely.get_y(points)
    parallel, meridian = metres_per_degree(y)
    radius_m = np.sqrt(area_ha * M2_PER_HA / np.pi)
    angle = 2 * np.pi * np.append(np.arange(DISC_CORNERS), 0) / DISC_CORNERS
    polygons: Any = None
    for _ in range(3):
        across, along = radius_m / parallel, radius_m / meridian
        ring = np.stack([x[:, None] + across[:, None] * np.cos(angle), y[:, None] + along[:, None] * np.sin(angle)], -1)
        polygons = shapely.polygons(ring)
        radius_m = radius_m * np.sqrt(area_ha / plot_area_ha(polygons))
    discs: NDArray[np.object_] = polygons
    return discs
