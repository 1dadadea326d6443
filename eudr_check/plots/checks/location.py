"""Where plots lie: coordinates that cannot be, swapped axes, metres, the country, the sea."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from eudr_check.plots.checks.attributes import Values
from eudr_check.plots.checks.country import SEA, Countries, countries
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows, only
from eudr_check.plots.read.raw_table import ROWS_LOST
from eudr_check.plots.thresholds import threshold, threshold_by_commodity
from eudr_check.typing import Floats, Geometries, Mask, Objects

METRES_BEYOND = 1000.0
NO_PLOTS_HERE = "AQ"
_SAID_BY_READER = (
    *ROWS_LOST,
    "boundary_missing",
    "corners_without_id",
    "corners_in_columns",
    "coordinate_missing",
    "geometry_unreadable",
    "vertices_too_many",
    "wrong_nesting",
    "ring_too_short",
    "crs_unknown",
    "coordinate_missing",
    "degrees_as_metres",
    "crs_contradicts",
)
_KINDS = (shapely.GeometryType.POINT, shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_UTM_ZONE_HALF_DEG = 3.5
_WEB_MERCATOR = 3857


@dataclass
class Faulty:
    """Rows whose coordinates no plot can have, bool (n,) each; a row is in one of them at most."""

    missing: Mask
    metres: Mask
    outside: Mask
    zero: Mask
    wide: Mask
    vast: Mask

    @property
    def any(self) -> Mask:
        """Rows that cannot be measured (null island can: it is a place, only not the plot's)."""
        return self.missing | self.metres | self.outside | self.wide | self.vast


def of(geometries: Geometries) -> Floats:
    """float64 (n, 2) longitude and latitude of the middle of each geometry's box, NaN where there is none."""
    bounds = shapely.bounds(geometries)
    middle = np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])
    # Parts on both sides of the antimeridian have their middle on the other side of the Earth: one part's is taken.
    for row in np.flatnonzero(bounds[:, 2] - bounds[:, 0] > 180):
        parts = shapely.bounds(shapely.get_parts(geometries[row]))
        widest = parts[np.argmax((parts[:, 2] - parts[:, 0]) * (parts[:, 3] - parts[:, 1]))]
        middle[row] = (widest[:2] + widest[2:]) / 2
    return middle


def check_types(rows: Rows, log: FindingCollector) -> Mask:
    """Report rows without a geometry and lines; bool (n,) the rows that have a point or polygon."""
    geometry = rows.geometry
    empty = shapely.is_missing(geometry)
    said = np.zeros(len(rows), dtype=bool)
    for code in _SAID_BY_READER:
        said[log.has(code)] = True
    log.row("geometry_empty", np.flatnonzero(empty & ~said))
    wrong = np.flatnonzero(~empty & ~np.isin(shapely.get_type_id(geometry), _KINDS))
    log.row("wrong_type", wrong, type=[geometry[row].geom_type for row in wrong])
    typed: Mask = ~empty
    typed[wrong] = False
    return typed


def faulty(geometry: Geometries, typed: Mask) -> Faulty:
    """Coordinates that no plot can have."""
    count = len(geometry)
    xy, plot_index = shapely.get_coordinates(only(geometry, typed), return_index=True)

    def any_of(mask: Any) -> Mask:
        return np.asarray(np.bincount(plot_index[mask], minlength=count) > 0)

    # `np.any(..., axis=1)` over five million pairs takes ten times as long as `|`.
    missing = any_of(~(np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])))
    with np.errstate(invalid="ignore"):
        metres = any_of((np.abs(xy[:, 0]) > METRES_BEYOND) | (np.abs(xy[:, 1]) > METRES_BEYOND)) & ~missing
        outside = any_of((np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90)) & ~missing & ~metres
        measurable = typed & ~missing & ~metres & ~outside
        width, height, wide = _extent(only(geometry, measurable))
        vast = ((width > threshold("extent_max_deg")) | (height > threshold("extent_max_deg"))) & ~wide
    zero = any_of((xy[:, 0] == 0) | (xy[:, 1] == 0)) & measurable & ~wide & ~vast
    return Faulty(missing, metres, outside, zero, wide, vast)


def _extent(geometry: NDArray[Any]) -> tuple[Floats, Floats, Mask]:
    """Width and height of each geometry in degrees, float64 (n,), and bool (n,) those drawn across the antimeridian.

    Parts that end at the antimeridian on both sides of it, as RFC 7946 (section 3.1.9) asks, are one narrow plot.
    """
    bounds = shapely.bounds(geometry)
    width, height = bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]
    across = np.zeros(len(geometry), dtype=bool)
    for row in np.flatnonzero(width > 180):
        parts = shapely.bounds(shapely.get_parts(geometry[row]))
        across[row] = bool((parts[:, 2] - parts[:, 0] > 180).any())
        east = np.where(parts[:, :1] < 0, parts[:, [0, 2]] + 360, parts[:, [0, 2]])
        width[row] = width[row] if across[row] else east[:, 1].max() - east[:, 0].min()
    return width, height, across


def check_coordinates(rows: Rows, values: Values, faults: Faulty, swapped: Mask, log: FindingCollector) -> None:
    """Report coordinates that no plot can have."""
    first = _first_positions(only(rows.geometry, faults.metres | faults.outside))
    log.row("coordinate_missing", np.flatnonzero(faults.missing))
    chosen = np.flatnonzero(faults.metres)
    log.row(
        "metres_as_degrees",
        chosen,
        x=np.round(first[chosen, 0], 2),
        y=np.round(first[chosen, 1], 2),
        proposal=_proposals(rows, values, chosen, first),
    )
    chosen = np.flatnonzero(faults.outside & ~swapped)
    beyond = np.array([_beyond(rows.geometry[row]) for row in chosen]).reshape(-1, 2)
    log.row("out_of_range", chosen, x=np.round(beyond[:, 0], 6), y=np.round(beyond[:, 1], 6))
    log.row("null_island", np.flatnonzero(faults.zero))
    span = shapely.bounds(rows.geometry)[faults.wide]
    log.row("antimeridian", np.flatnonzero(faults.wide), span_deg=np.round(span[:, 2] - span[:, 0], 1))
    chosen = np.flatnonzero(faults.vast)
    width, height, _ = _extent(rows.geometry[chosen])
    log.row(
        "extent_absurd",
        chosen,
        at=[_furthest(rows.geometry[row]) for row in chosen],
        width_deg=np.round(width, 3),
        height_deg=np.round(height, 3),
        limit_deg=threshold("extent_max_deg"),
    )


def _beyond(geometry: Any) -> Floats:
    """The first position of a geometry that is not on the globe."""
    xy = shapely.get_coordinates(geometry)
    return np.asarray(xy[(np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90)][0])


def _furthest(geometry: Any) -> Floats:
    """The position of a geometry that lies furthest from the middle of all of them."""
    xy = shapely.get_coordinates(geometry)
    return np.asarray(xy[np.argmax(np.abs(xy - np.median(xy, axis=0)).max(axis=1))])


def _first_positions(geometry: NDArray[Any]) -> Floats:
    first = np.full((len(geometry), 2), np.nan)
    xy, plot_index = shapely.get_coordinates(geometry, return_index=True)
    rows, index = np.unique(plot_index, return_index=True)
    first[rows] = xy[index]
    return first


def _proposals(rows: Rows, values: Values, chosen: NDArray[np.int64], first: Floats) -> list[str]:
    """Systems in which a metric position falls into the declared country, asked once per file."""
    known: dict[tuple[int, str], str] = {}
    proposals: list[str] = []
    order = rows.table["file_order"].to_numpy(dtype=np.int64)
    for row in chosen.tolist():
        key = (int(order[row]), str(values.declared_country[row]))
        if key not in known:
            zones = [] if values.declared_country[row] is None else _systems(first[row], key[1])
            known[key] = f" ({', '.join(zones)}?)" if zones else ""
        proposals.append(known[key])
    return proposals


def _systems(position: Floats, country: str) -> list[str]:
    """UTM zones and the Mercator of web maps, where a position in them lies in a country."""
    codes, longitude, latitude = [], [], []
    zones = [(32600 + south + zone, zone) for zone in range(1, 61) for south in (0, 100)]
    for code, zone in [*zones, (_WEB_MERCATOR, None)]:
        x, y = pyproj.Transformer.from_crs(code, 4326, always_xy=True).transform(*position)
        if (zone is None or abs(x - (zone * 6 - 183)) <= _UTM_ZONE_HALF_DEG) and abs(x) <= 180 and abs(y) <= 84:
            codes.append(f"EPSG:{code}")
            longitude.append(x)
            latitude.append(y)
    found = countries(np.array(longitude), np.array(latitude))
    return [code for code, here in zip(codes, found.here, strict=True) if here == country]


def check_swapped(
    rows: Rows, values: Values, typed: Mask, faults: Faulty, found: Countries, commodity: str, log: FindingCollector
) -> Mask:
    """Report rows whose longitude and latitude seem to be swapped: proposed, never done.

    The written position must be impossible or improbable (off the globe, at sea, in Antarctica, in another country
    than declared, far from the cooperative's other plots, or with no country named where the commodity does not grow),
    and the swapped one must fit (in the declared country, or on land near the others).

    Returns:
        bool (n,) rows for which a swap is proposed.
    """
    middle = of(only(rows.geometry, typed & ~faults.missing & ~faults.metres & ~faults.vast))
    declared = values.declared_country
    says = ~pd.isna(declared)
    off_land = np.array([code in (None, SEA, NO_PLOTS_HERE) for code in found.here], dtype=bool)
    other_country = says & ~_among(declared, found.nearby)
    others = _middle_of_others(rows, middle, faults)
    far = _distance(middle, others) > threshold("swap_far_deg")
    barren = ~says & ~_grows(middle[:, 1], commodity)
    suspicious = np.flatnonzero(np.isfinite(middle).all(axis=1) & (off_land | other_country | far | barren))
    there = countries(middle[suspicious, 1], middle[suspicious, 0])
    near = _distance(middle[suspicious][:, ::-1], others[suspicious]) < threshold("swap_near_deg")
    on_land = np.array([code not in (None, SEA, NO_PLOTS_HERE) for code in there.here], dtype=bool)
    grows = barren[suspicious] & _grows(middle[suspicious, 0], commodity)
    fits = np.where(
        says[suspicious], _among(declared[suspicious], there.nearby), on_land & (near | off_land[suspicious] | grows)
    )
    chosen = suspicious[fits.astype(bool)]
    places = [there.here[index] or declared[suspicious[index]] or "-" for index in np.flatnonzero(fits)]
    log.row("axes_swapped", chosen, x=np.round(middle[chosen, 0], 6), y=np.round(middle[chosen, 1], 6), place=places)
    swapped = np.zeros(len(rows), dtype=bool)
    swapped[chosen] = True
    return swapped


def _grows(latitude: Floats, commodity: str) -> Mask:
    """Whether a commodity grows at a latitude at all; those that are not of the tropics grow anywhere."""
    return np.asarray(np.abs(latitude) <= threshold_by_commodity("tropics_deg").get(commodity, 90.0))


def check_uncertain(
    rows: Rows, values: Values, fit: Mask, found: Countries, commodity: str, log: FindingCollector
) -> Mask:
    """Report rows that name no country and whose coordinates make sense either way; bool (n,) those rows.

    Args:
        fit: bool (n,) rows with a place that may be asked for its country, those for which a swap is proposed left out.
    """
    middle = of(only(rows.geometry, fit))
    asked = np.flatnonzero(fit & pd.isna(values.declared_country) & _grows(middle[:, 0], commodity))
    asked = asked[[code not in (None, SEA, NO_PLOTS_HERE) for code in found.here[asked]]]
    there = countries(middle[asked, 1], middle[asked, 0]).here
    possible = np.array([code not in (None, SEA, NO_PLOTS_HERE) for code in there], dtype=bool)
    chosen = asked[possible]
    log.row("axes_uncertain", chosen, written=list(found.here[chosen]), turned=list(there[possible]))
    uncertain = np.zeros(len(rows), dtype=bool)
    uncertain[chosen] = True
    return uncertain


def _middle_of_others(rows: Rows, middle: Floats, faults: Faulty) -> Floats:
    """Median place of the plots of each row's cooperative, degrees."""
    good = np.where(faults.any[:, None], np.nan, middle)
    frame = pd.DataFrame({"cooperative": rows.table["cooperative"], "x": good[:, 0], "y": good[:, 1]})
    return frame.groupby("cooperative")[["x", "y"]].transform("median").to_numpy(dtype=np.float64)


def _distance(one: Floats, other: Floats) -> Floats:
    """Larger of the distances along the axes, degrees; NaN where either is unknown."""
    return np.asarray(np.abs(one - other).max(axis=1))


def _among(codes: NDArray[Any], nearby: list[frozenset[str]]) -> Mask:
    return np.array([code in around for code, around in zip(codes, nearby, strict=True)], dtype=bool)


def check_country(
    rows: Rows, values: Values, fit: Mask, found: Countries, uncertain: Mask, log: FindingCollector
) -> Objects:
    """Country of production of each row: as declared, else as its place says where that is beyond doubt.

    Args:
        fit: bool (n,) rows with a place that may be asked for its country.
        found: what lies there.
        uncertain: bool (n,) rows whose place does not say which country it is in.

    Returns:
        object (n,) ISO 3166-1 alpha-2 or None.
    """
    declared = values.declared_country
    here = found.here
    known = fit & ~pd.isna(here)
    sea = known & (here == SEA)
    log.row("at_sea", np.flatnonzero(sea))
    unsure = np.flatnonzero(known & ~sea & found.unsure)
    log.row("coast_unsure", unsure, place=list(here[unsure]))
    land = known & ~sea
    says = ~pd.isna(declared)
    near = np.array([len(codes) > 1 for codes in found.nearby], dtype=bool)
    among = _among(declared, found.nearby)
    _log_country(log, "country_wrong", land & says & ~among, declared, found)
    _log_country(log, "country_near_border", land & says & among & near & (declared != here), declared, found)
    _log_country(log, "country_unknown", land & ~says & near, declared, found)
    clear = land & ~says & ~near & ~uncertain
    for _, group in rows.table[clear].groupby("file_order"):
        codes = ", ".join(sorted(set(here[group.index])))
        head = group.iloc[0]
        log.file("country_taken", head["source_file"], head["cooperative"], rows=len(group), found=codes)
    return np.where(says, declared, only(here, clear))


def _log_country(log: FindingCollector, code: str, mask: Mask, declared: NDArray[Any], found: Countries) -> None:
    chosen = np.flatnonzero(mask)
    places = [", ".join(sorted(found.nearby[row])) or "-" for row in chosen]
    extra: dict[str, Any] = {} if code == "country_unknown" else {"declared": [declared[row] for row in chosen]}
    log.row(code, chosen, found=places, **extra)
