"""What grows where on a site, and when it was cleared: the truth that the maps then see more or less well.

`Ground` answers for any positions, so every map samples the same truth on its own grid.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from season import SEED, noise
from season.noise import Array
from season.parcels import Pattern, gap_to
from season.sites import PARCELS_HEIGHT_M, PARCELS_WIDTH_M


class Use(IntEnum):
    """Land use at the end of 2020."""

    FOREST = 1
    SHADED_COFFEE = 2
    OPEN_COFFEE = 3
    PASTURE = 4
    CROPS = 5
    FALLOW = 6
    BUILT = 7
    WATER = 8
    ROAD = 9


COFFEE = (Use.SHADED_COFFEE, Use.OPEN_COFFEE)


class Blob(NamedTuple):
    """A round patch with a crooked edge, in metres of its site."""

    x: float
    y: float
    radius_m: float

    def holds(self, x: Array, y: Array, seed: int) -> NDArray[np.bool_]:
        """Which positions lie in the patch."""
        inside = np.zeros(x.shape, dtype=bool)
        near = np.flatnonzero(np.maximum(np.abs(x - self.x), np.abs(y - self.y)) < 1.28 * self.radius_m)
        if not len(near):
            return inside
        x, y = x[near], y[near]
        crooked = 0.72 + 0.56 * noise.rough(x, y, 75.0, seed, octaves=2)
        inside[near] = np.hypot(x - self.x, y - self.y) < self.radius_m * crooked
        return inside


class Clearing(NamedTuple):
    """Trees removed: on a blob, within one field or (`parcel` -1) across fields."""

    year: int
    blob: Blob | None
    parcel: int
    hansen_year: int
    """0: not seen."""
    tmf_year: int
    degradation_year: int
    """Disturbance TMF shows that is no conversion; 0: none."""


@dataclass
class Ground:
    """Land use of every field of a site, patches of forest that were left or mistaken, and clearings."""

    pattern: Pattern
    use: NDArray[np.int64]
    remnants: list[Blob] = field(default_factory=list)
    """Forest left standing in 2020 on fields that are none."""
    mistaken: list[Blob] = field(default_factory=list)
    """Shaded coffee that the 2020 forest map takes for forest."""
    clearings: list[Clearing] = field(default_factory=list)
    former: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Year in which a field was first cleared, at most 2020; 0: before 1990 or never."""

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Whether Landsat maps caught the first clearing of a field."""
        return np.random.default_rng([SEED, self.pattern.site.number, 5]).random(len(self.use)) < 0.6

    def at(self, longitude: Array, latitude: Array) -> "Sample":
        """The truth at positions in degrees (EPSG:4326)."""
        pattern = self.pattern
        x, y = pattern.site.to_metres(longitude, latitude)
        ragged = (noise.smooth(x, y, 21.0, pattern.seed + 91) - 0.5, noise.smooth(x, y, 21.0, pattern.seed + 97) - 0.5)
        parcel = pattern.field_at(x + 17 * ragged[0], y + 17 * ragged[1])
        use = self.use[parcel]
        river, road = gap_to(pattern.river, x, y), gap_to(pattern.road, x, y)
        forest = use == Use.FOREST
        gallery = 14 + 34 * noise.smooth(x, y, 160.0, pattern.seed + 71)
        forest |= (river < gallery) & np.isin(use, (Use.PASTURE, Use.FALLOW))
        for patch in self.remnants:
            forest |= patch.holds(x, y, pattern.seed)
        forest &= ~(noise.rough(x, y, 120.0, pattern.seed + 83, octaves=2) > 0.93)
        use = np.where(forest, Use.FOREST, use)
        use = np.where(road < 4.5, Use.ROAD, np.where(river < 8.0, Use.WATER, use))
        mistaken = np.zeros(x.shape, dtype=bool)
        for patch in self.mistaken:
            mistaken |= patch.holds(x, y, pattern.seed) & (use == Use.SHADED_COFFEE)
        sample = Sample(x, y, use, mistaken, np.where(forest, 0, self.former[parcel]), self.seen[parcel])
        for clearing in self.clearings:
            sample.clear(clearing, self._reach(clearing, x, y, parcel), forest)
        return sample

    def _reach(self, clearing: Clearing, x: Array, y: Array, parcel: NDArray[np.int64]) -> NDArray[np.bool_]:
        inside = np.ones(x.shape, dtype=bool) if clearing.parcel < 0 else parcel == clearing.parcel
        if clearing.blob is not None:
            inside &= clearing.blob.holds(x, y, self.pattern.seed)
        return inside


class Sample:
    """Truth at positions; all arrays have the shape of the positions."""

    def __init__(
        self,
        x: Array,
        y: Array,
        use: NDArray[np.int64],
        mistaken: NDArray[np.bool_],
        former: NDArray[np.int64],
        seen: NDArray[np.bool_],
    ) -> None:
        self.x, self.y = x, y
        self.use = use
        self.mistaken = mistaken
        self.former = former
        """First clearing of land that was no forest in 2020."""
        self.hansen = np.where(seen & (former > 2000), former, 0)
        self.tmf = np.where(seen, former, 0)
        self.degraded = np.zeros(use.shape, dtype=np.int64)
        self.cleared = np.zeros(use.shape, dtype=np.int64)

    def clear(self, clearing: Clearing, inside: NDArray[np.bool_], forest: NDArray[np.bool_]) -> None:
        """Note a clearing; the first event of a cell stays, as in the maps. TMF sees only what was forest."""
        at = np.flatnonzero(inside)
        wood = at[forest[at]]
        for years, cells, year in (
            (self.cleared, wood, clearing.year),
            (self.hansen, at, clearing.hansen_year),
            (self.tmf, wood, clearing.tmf_year),
            (self.degraded, wood, clearing.degradation_year),
        ):
            if year:
                known = years[cells]
                years[cells] = np.where((known == 0) | (year < known), year, known)


def settle(pattern: Pattern) -> Ground:
    """Give every field of a pattern its use: coffee near the road, forest on the heights, villages on the road."""
    site = pattern.site
    random = np.random.default_rng([SEED, site.number, 2])
    centres = pattern.middles()
    x, y = centres[:, 0], centres[:, 1]
    from_road = shapely.distance(shapely.points(x, y), pattern.road)
    height = noise.rough(x, y, 1300.0, pattern.seed + 61)
    wildness = 0.9 * height + 0.35 * np.minimum(from_road / 1500.0, 1.0) + random.uniform(-0.06, 0.06, len(x))
    inner = (np.abs(x) < PARCELS_WIDTH_M) & (np.abs(y) < PARCELS_HEIGHT_M)
    forest = wildness > np.quantile(wildness[inner], 1 - site.forest)
    cropped = noise.rough(x, y, 420.0, pattern.seed + 67, octaves=2) + random.uniform(-0.12, 0.12, len(x))
    order = np.quantile(cropped[inner], [0.42, 0.68, 0.86, 0.94])
    kinds = np.array([Use.SHADED_COFFEE, Use.OPEN_COFFEE, Use.PASTURE, Use.CROPS, Use.FALLOW])
    use = np.where(forest, Use.FOREST, kinds[np.searchsorted(order, cropped)])
    for place in hamlets(pattern):
        use = np.where(np.hypot(x - place[0], y - place[1]) < 75, Use.BUILT, use)
    former = np.where(random.random(len(x)) < 0.55, random.integers(1991, 2020, len(x)), 0)
    ground = Ground(pattern, use, former=np.where(forest, 0, former))
    ground.clearings += _elsewhere(ground, centres, random)
    return ground


def hamlets(pattern: Pattern) -> Array:
    """Positions (3, 2) of the villages: on the road, west, middle and east."""
    marks = shapely.line_interpolate_point(pattern.road, np.array([0.27, 0.5, 0.74]), normalized=True)
    return shapely.get_coordinates(marks)


def _elsewhere(ground: Ground, centres: Array, random: np.random.Generator) -> list[Clearing]:
    """Clearings of people who belong to no cooperative, and wind throws and thinned forest."""
    forest = np.flatnonzero(ground.use == Use.FOREST)
    near = shapely.STRtree(shapely.points(centres[ground.use != Use.FOREST]))
    _, gap = near.query_nearest(shapely.points(centres[forest]), return_distance=True, all_matches=False)
    edge = forest[gap < 260]
    chosen = random.choice(edge, size=max(len(edge) // 14, 3), replace=False)
    clearings = [
        seen_by_maps(random, int(random.integers(2012, 2026)), None, int(parcel)) for parcel in np.sort(chosen)
    ]
    for parcel in np.sort(random.choice(edge, size=max(len(edge) // 12, 3), replace=False)):
        blob = Blob(*(float(value) for value in centres[parcel].round(1)), float(random.uniform(25, 70).__round__(1)))
        year = int(random.integers(2003, 2026))
        clearings.append(Clearing(year, blob, -1, 0, 0, year))
    return clearings


def seen_by_maps(random: np.random.Generator, year: int, blob: Blob | None, parcel: int) -> Clearing:
    """A clearing as Hansen and TMF date it: each misses some, and some a year late."""
    late = random.random(2) < 0.15
    hansen, tmf = random.random() < 0.86, random.random() < 0.7
    return Clearing(
        year,
        blob,
        parcel,
        min(year + int(late[0]), 2025) if hansen else 0,
        min(year + int(late[1]), 2025) if tmf else 0,
        0 if tmf or random.random() < 0.5 else year,
    )
