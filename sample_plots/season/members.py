"""The cooperatives' members and their parcels, walked with a phone: polygons of 6 to 40 vertices, some points.

Each parcel has a story, which the landscape is then made to tell: forest left standing, shade mistaken for forest,
coffee renewed, forest felled after 2020.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from season import SEED
from season.ground import COFFEE, Blob, Clearing, Ground, Use, hamlets, seen_by_maps
from season.noise import Array
from season.sites import BY_KEY, Site

STORIES = {
    "plain": 0.73,
    "remnant": 0.055,
    "mistaken": 0.035,
    "renewed": 0.07,
    "old": 0.045,
    "bite": 0.025,
    "new": 0.025,
    "thinned": 0.015,
}
"""What happened on a parcel, and how often.

`remnant` forest left standing; `mistaken` shade taken for forest; `renewed` coffee cut back, no forest; `old` forest
felled before 2021; `bite` a corner of forest felled since; `new` a field of forest felled since; `thinned` forest
disturbed but standing.
"""
POINT_MAX_HA = 3.6
CLEAR_OF_FOREST_M = 190.0


class Cooperative(NamedTuple):
    """Who sends plots, from where."""

    key: str
    number: int
    name: str
    site: str
    hamlet: int
    members: int
    """Number of parcels."""
    points: float
    """Share of parcels given as a point."""


COOPERATIVES = (
    Cooperative("coop-01", 1, "Cooperativa Agraria Inventada Alto Huabal", "jaen", 0, 44, 0.05),
    Cooperative("coop-02", 2, "Cooperativa Ejemplo del Mayo", "moyobamba", 0, 40, 0.0),
    Cooperative("coop-03", 3, "Cooperativa Ficticia La Frontera", "san-ignacio", 0, 42, 0.0),
    Cooperative("coop-04", 4, "Cooperativa Supuesta de Longar", "mendoza", 0, 38, 0.05),
    Cooperative("coop-05", 5, "Cooperativa Muestra Lamista", "lamas", 0, 42, 0.1),
    Cooperative("coop-06", 6, "Asociación Inventada Las Pirias", "jaen", 2, 34, 0.12),
    Cooperative("coop-07", 7, "Cooperativa Ensayo Copallín", "bagua", 0, 32, 0.0),
    Cooperative("coop-08", 8, "Asociación Ejemplo de Florida", "bongara", 0, 34, 0.06),
    Cooperative("coop-09", 9, "Comité Ficticio Ñangalí", "san-ignacio", 2, 30, 1.0),
    Cooperative("coop-10", 10, "Asociación Muestra Jepelacio", "moyobamba", 2, 30, 0.0),
    Cooperative("coop-11", 11, "Cooperativa Inventada La Peca", "bagua", 2, 36, 1.0),
    Cooperative("coop-12", 12, "Cooperativa Supuesta Pinto Recodo", "lamas", 2, 40, 0.0),
    Cooperative("coop-13", 13, "Asociación Demostración Omia", "mendoza", 2, 34, 0.0),
    Cooperative("coop-14", 14, "Cooperativa Ejemplo Yambrasbamba", "bongara", 2, 36, 0.0),
)
BY_COOPERATIVE = {cooperative.key: cooperative for cooperative in COOPERATIVES}


@dataclass
class Parcel:
    """One parcel of one member, as the survey has it before anyone writes it into a file."""

    cooperative: str
    number: int
    producer: str
    place: str
    district: str
    planted: int
    variety: str
    outline: shapely.Geometry
    """Walked boundary in metres of the site; two parts where the parcel has two."""
    declared_ha: float
    is_point: bool = False
    story: str = "plain"
    fields: tuple[int, ...] = field(default=())
    patch: Blob | None = None
    """Where the story happened."""

    @property
    def site(self) -> Site:
        return BY_KEY[BY_COOPERATIVE[self.cooperative].site]

    @property
    def area_ha(self) -> float:
        """Area in the site's metres; a fraction of a percent off the ellipsoid."""
        return float(shapely.area(self.outline)) / 10_000

    @property
    def shape(self) -> shapely.Geometry:
        """Polygon, multipolygon or point in degrees (EPSG:4326), seven decimals."""
        there = shapely.point_on_surface(self.outline) if self.is_point else self.outline
        return to_degrees(self.site, there)


def to_degrees(site: Site, shape: shapely.Geometry, decimals: int = 7) -> shapely.Geometry:
    """A shape in metres of its site as degrees."""
    return shapely.transform(shape, lambda at: np.column_stack(site.to_degrees(at[:, 0], at[:, 1])).round(decimals))


def enrol(ground: Ground) -> list[Parcel]:
    """Parcels of all cooperatives of a site; the ground gets what their stories say."""
    here = [cooperative for cooperative in COOPERATIVES if cooperative.site == ground.pattern.site.key]
    outlines = ground.pattern.outlines()
    middles = ground.pattern.middles()
    villages = hamlets(ground.pattern)
    known = np.array([outline is not None for outline in outlines])
    inner = (np.abs(middles[:, 0]) < 1800) & (np.abs(middles[:, 1]) < 1600) & known
    free = inner & np.isin(ground.use, COFFEE)
    from_forest = _distance_to(middles, middles[ground.use == Use.FOREST])
    parcels: list[Parcel] = []
    for cooperative in here:
        random = np.random.default_rng([SEED, cooperative.number, 7])
        gap = np.hypot(*(middles - villages[cooperative.hamlet]).T)
        parcels += _parcels_of(cooperative, ground, outlines, middles, free, gap, from_forest, random)
    return parcels


def _parcels_of(
    cooperative: Cooperative,
    ground: Ground,
    outlines: NDArray[np.object_],
    middles: Array,
    free: NDArray[np.bool_],
    gap: Array,
    from_forest: Array,
    random: np.random.Generator,
) -> list[Parcel]:
    parcels: list[Parcel] = []
    family = 0
    while len(parcels) < cooperative.members:
        is_point = bool(random.random() < cooperative.points)
        open_to_all = free & ((from_forest > CLEAR_OF_FOREST_M) | (not is_point) | (random.random() < 0.06))
        chances = np.where(open_to_all, np.exp(-((gap / 800.0) ** 2)).round(9), 0.0)
        first = int(random.choice(len(chances), p=chances / chances.sum()))
        taken = [first]
        free[first] = False
        size = random.random()
        if size < 0.17 and not is_point:
            taken += _neighbours(first, middles, free, int(random.integers(1, 5)))
            free[taken] = False
        shape = shapely.union_all(shapely.buffer(outlines[taken], 4.0))
        pieces = _cut(shape, random) if size > 0.78 or (is_point and shapely.area(shape) > 33_000) else [shape]
        family += 1
        for piece in pieces[: max(1, cooperative.members - len(parcels))]:
            walked = _walk(piece, random)
            if walked is None:
                continue
            parcel = _parcel(cooperative, len(parcels) + 1, family, walked, random)
            parcel.fields = tuple(taken)
            parcel.is_point = is_point and parcel.declared_ha < POINT_MAX_HA
            parcel.story = "plain" if is_point else _story(random)
            _tell(ground, parcel, random)
            parcels.append(parcel)
            if random.random() < 0.4:
                break
    return parcels


def _parcel(
    cooperative: Cooperative, number: int, family: int, walked: shapely.Geometry, random: np.random.Generator
) -> Parcel:
    site = BY_KEY[cooperative.site]
    title = "Socia" if random.random() < 0.42 else "Socio"
    area = float(shapely.area(walked)) / 10_000
    told = area * float(random.normal(1.0, 0.055))
    near = 0 if cooperative.hamlet == 0 else 2
    return Parcel(
        cooperative.key,
        number,
        f"{title} Ejemplo {cooperative.number:02d}{family:02d}",
        site.hamlets[near] if random.random() < 0.7 else site.hamlets[1],
        site.districts[0] if cooperative.hamlet == 0 else site.districts[1],
        int(random.integers(1996, 2020)),
        ("Catimor", "Caturra", "Típica", "Castillo", "Bourbon", "Pache")[int(random.integers(0, 6))],
        walked,
        max(round(told * 4) / 4 if random.random() < 0.3 and told > 1.2 else round(told, 2), 0.2),
    )


def _story(random: np.random.Generator) -> str:
    return str(random.choice(list(STORIES), p=np.array(list(STORIES.values()))))


def _tell(ground: Ground, parcel: Parcel, random: np.random.Generator) -> None:
    """Change the ground so that it shows what happened on the parcel."""
    if parcel.story == "plain":
        return
    hectares = {
        "remnant": random.uniform(0.12, 0.45) * parcel.area_ha,
        "mistaken": random.uniform(0.15, 0.5) * parcel.area_ha,
        "renewed": random.uniform(0.2, 0.6) * parcel.area_ha,
        "old": random.uniform(0.3, 0.9) * parcel.area_ha,
        "bite": random.uniform(0.06, 0.14),
        "new": np.clip(random.uniform(0.25, 0.8) * parcel.area_ha, 0.35, 3.0),
        "thinned": random.uniform(0.2, 0.5) * parcel.area_ha,
    }[parcel.story]
    blob = parcel.patch = _patch(parcel, float(hectares), random)
    year = int(random.integers(2021, 2026))
    if parcel.story == "mistaken":
        ground.use[list(parcel.fields)] = Use.SHADED_COFFEE
        ground.mistaken.append(blob)
    elif parcel.story == "renewed":
        ground.clearings.append(Clearing(year, blob, -1, year, 0, 0))
    elif parcel.story == "old":
        ground.clearings.append(Clearing(year - 9, blob, -1, year - 9, year - 9, 0))
    else:
        ground.remnants.append(blob)
        if parcel.story in ("bite", "new"):
            clearing = seen_by_maps(random, year, blob, -1)
            seen = clearing.hansen_year or clearing.tmf_year
            ground.clearings.append(clearing if seen else clearing._replace(hansen_year=year))
            parcel.planted = min(year + 1, 2025)
        elif parcel.story == "thinned":
            ground.clearings.append(Clearing(year, blob, -1, 0, 0, year))


def _patch(parcel: Parcel, hectares: float, random: np.random.Generator) -> Blob:
    """A patch towards the edge of a parcel."""
    rim = shapely.get_exterior_ring(shapely.get_geometry(shapely.get_parts(parcel.outline)[0], 0))
    corner = shapely.line_interpolate_point(rim, float(random.random()), normalized=True)
    middle = shapely.point_on_surface(parcel.outline)
    share = float(random.uniform(0.25, 0.6))
    x = corner.x * share + middle.x * (1 - share)
    y = corner.y * share + middle.y * (1 - share)
    return Blob(round(x, 1), round(y, 1), round(float(np.sqrt(hectares * 10_000 / np.pi)), 1))


def _neighbours(first: int, middles: Array, free: NDArray[np.bool_], count: int) -> list[int]:
    """The nearest free fields, near enough to touch."""
    gaps = np.where(free, np.hypot(*(middles - middles[first]).T), np.inf)
    nearest = np.argsort(gaps, kind="stable")[:count]
    return [int(other) for other in nearest if gaps[other] < 190]


def _cut(shape: shapely.Geometry, random: np.random.Generator) -> list[shapely.Geometry]:
    """A parcel parted among heirs: in two along a crooked line."""
    middle = shapely.centroid(shape)
    angle = float(random.uniform(0, np.pi))
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    steps = np.linspace(-600, 600, 41)
    off = random.normal(0, 4.0, len(steps)) + float(random.uniform(-25, 25))
    line = np.array([middle.x, middle.y]) + steps[:, None] * along + off[:, None] * across
    side = shapely.polygons(np.vstack([line, line[-1] + 600 * across, line[0] + 600 * across]))
    parts = [shapely.intersection(shape, side), shapely.difference(shape, side)]
    kept = [max(shapely.get_parts(part), key=shapely.area) for part in parts]
    return sorted((part for part in kept if shapely.area(part) > 2000), key=shapely.area, reverse=True)


def _walk(shape: shapely.Geometry, random: np.random.Generator) -> shapely.Geometry | None:
    """What a phone records along a boundary: fewer corners, each a few metres off. None when nothing sound is left."""
    shape = max(shapely.get_parts(shapely.buffer(shape, -7.5)), key=shapely.area)
    if shapely.area(shape) < 1500:
        return None
    shape = shapely.polygons(shapely.get_exterior_ring(shape))
    for tolerance in (float(random.choice([0.5, 1.0, 2.0], p=[0.4, 0.35, 0.25])), 2.0, 3.5, 5.0, 8.0):
        ring = shapely.get_coordinates(shapely.simplify(shape, tolerance))[:-1]
        if len(ring) <= 40:
            break
    ring = ring + random.normal(0, 1.0, ring.shape)
    ring = np.roll(ring, int(random.integers(0, len(ring))), axis=0)
    walked = shapely.polygons(ring)
    return walked if shapely.is_valid(walked) and len(ring) >= 5 else None


def _distance_to(points: Array, others: Array) -> Array:
    _, gaps = shapely.STRtree(shapely.points(others)).query_nearest(
        shapely.points(points), return_distance=True, all_matches=False
    )
    return gaps


def by_cooperative(parcels: Sequence[Parcel]) -> dict[str, list[Parcel]]:
    """Parcels of every cooperative, in the order of their numbers."""
    return {
        cooperative.key: [parcel for parcel in parcels if parcel.cooperative == cooperative.key]
        for cooperative in COOPERATIVES
    }
