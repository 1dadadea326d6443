"""The pattern of parcels of a site: fields that follow the slope, cut by a road and a river.

Seeds are thrown so that fields have believable sizes; their Voronoi cells are stretched along the slope and bent by
noise, so that neighbours share the same crooked boundary.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from season import SEED, noise
from season.noise import Array
from season.sites import HALF_HEIGHT_M, HALF_WIDTH_M, PARCELS_HEIGHT_M, PARCELS_WIDTH_M, Site

STRETCH = 1.5
MEDIAN_FIELD_HA = 1.7


@dataclass(frozen=True)
class Pattern:
    """Fields, road and river of one site, in its metres."""

    site: Site
    seeds: Array
    """(n, 2) in the straightened plane."""
    turn: tuple[float, float]
    """Cosine and sine of the direction the fields run in."""
    road: shapely.Geometry
    river: shapely.Geometry

    @property
    def seed(self) -> int:
        return SEED + 1000 * self.site.number

    @cached_property
    def tree(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.points(self.seeds))

    def field_at(self, x: Array, y: Array) -> NDArray[np.int64]:
        """Field that holds each position."""
        u, v = self._straighten(*_bend(x, y, self.seed))
        return self.tree.nearest(shapely.points(u, v))

    def middles(self) -> Array:
        """Positions (n, 2) of the seeds in metres, rounded to a decimetre."""
        return self._curve(self.seeds).round(1)

    def outlines(self) -> NDArray[np.object_]:
        """Polygon of every field, cut by the road and the river; None where nothing useful is left."""
        ends = np.ptp(self.seeds, axis=0).max()
        frame = shapely.box(-ends, -ends, ends, ends)
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.multipoints(self.seeds), extend_to=frame, ordered=True)
        )
        cells = shapely.segmentize(shapely.intersection(cells, frame), 11.0)
        bent = shapely.transform(cells, self._curve)
        bent = shapely.intersection(bent, shapely.box(-2200, -2000, 2200, 2000))
        barriers = shapely.union(shapely.buffer(self.road, 5.0), shapely.buffer(self.river, 9.0))
        return np.array([_largest_part(part) for part in shapely.difference(bent, barriers)], dtype=object)

    def _straighten(self, x: Array, y: Array) -> tuple[Array, Array]:
        cosine, sine = self.turn
        return x * cosine + y * sine, (y * cosine - x * sine) * STRETCH

    def _curve(self, points: Array) -> Array:
        """Back from the straightened plane to metres."""
        cosine, sine = self.turn
        u, v = points[:, 0], points[:, 1] / STRETCH
        bent_x, bent_y = u * cosine - v * sine, u * sine + v * cosine
        x, y = bent_x, bent_y
        for _ in range(6):
            there_x, there_y = _bend(x, y, self.seed)
            x, y = x + bent_x - there_x, y + bent_y - there_y
        return np.column_stack([x, y])


def pattern(site: Site) -> Pattern:
    """The fields of a site."""
    random = np.random.default_rng([SEED, site.number, 1])
    angle = random.uniform(0.2, 1.2) * (1 if site.number % 2 else -1)
    turn = (float(np.cos(angle).round(9)), float(np.sin(angle).round(9)))
    return Pattern(site, _thrown(random, turn), turn, _line(site, 11, 700.0, 0.0), _line(site, 23, 650.0, 900.0))


def _thrown(random: np.random.Generator, turn: tuple[float, float]) -> Array:
    """Seeds (n, 2), each at least its own radius away from those thrown before it."""
    reach = 1.25 * max(PARCELS_WIDTH_M, PARCELS_HEIGHT_M) * STRETCH
    darts = random.uniform(-reach, reach, size=(14_000, 2))
    hectares = np.clip(MEDIAN_FIELD_HA * np.exp(random.normal(0, 0.62, len(darts))), 0.3, 9.0)
    cosine, sine = turn
    x = darts[:, 0] * cosine - darts[:, 1] / STRETCH * sine
    y = darts[:, 0] * sine + darts[:, 1] / STRETCH * cosine
    useful = (np.abs(x) < HALF_WIDTH_M + 250) & (np.abs(y) < HALF_HEIGHT_M + 250)
    darts, radii = darts[useful], np.sqrt(hectares[useful] * 10_000 * STRETCH) * 0.74
    kept = np.zeros(len(darts), dtype=bool)
    for dart, radius in enumerate(radii):
        gaps = ((darts[:dart][kept[:dart]] - darts[dart]) ** 2).sum(axis=1)
        kept[dart] = (gaps > ((radius + radii[:dart][kept[:dart]]) / 2) ** 2).all()
    return darts[kept]


def gap_to(line: shapely.Geometry, x: Array, y: Array) -> Array:
    """Distance in metres to a road or river, good near it; both run from west to east, so the slope is enough."""
    course = shapely.get_coordinates(line)
    slope = np.interp(x, (course[1:, 0] + course[:-1, 0]) / 2, np.diff(course[:, 1]) / np.diff(course[:, 0]))
    return np.abs(y - np.interp(x, course[:, 0], course[:, 1])) / np.sqrt(1 + slope * slope)


def _line(site: Site, salt: int, swing_m: float, offset_m: float) -> shapely.Geometry:
    """A road or river that winds across the site."""
    x = np.arange(-3200.0, 3201.0, 40.0)
    seed = SEED + 1000 * site.number + salt
    y = (noise.rough(x, np.full_like(x, 7.0 * salt), 1500.0, seed) - 0.5) * 2 * swing_m + offset_m
    y = y + (noise.smooth(x, np.full_like(x, 3.0), 170.0, seed + 5) - 0.5) * 90
    return shapely.linestrings(np.column_stack([x, y]))


def _bend(x: Array, y: Array, seed: int) -> tuple[Array, Array]:
    """Positions moved by up to some 45 m, without folding the plane."""
    wide, fine = (330.0, 92.0), (82.0, 15.0)
    return tuple(
        along + sum((noise.smooth(x, y, size, seed + salt + int(size)) - 0.5) * swing for size, swing in (wide, fine))
        for along, salt in ((x, 31), (y, 47))
    )


def _largest_part(shape: shapely.Geometry) -> shapely.Geometry | None:
    parts = shapely.get_parts(shape)
    parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 0)]
    if not len(parts):
        return None
    largest = parts[np.argmax(shapely.area(parts))]
    return shapely.polygons(shapely.get_exterior_ring(largest))
