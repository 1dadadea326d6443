"""Where plots lie: coordinates that cannot be, swapped axes, metres, the country, the sea."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from eudr_check.plots.attributes import Values
from eudr_check.plots.country import SEA, Countries, countries
from eudr_check.plots.findings import Log
from eudr_check.plots.rows import Rows

_GEOMETRY_READ = ("row_unreadable", "cells_misaligned", "geometry_unreadable", "wrong_nesting", "ring_too_short")
METRES_BEYOND = 1000.0
_KINDS = {
    shapely.GeometryType.POINT,
    shapely.GeometryType.POLYGON,
    shapely.GeometryType.MULTIPOLYGON,
}


def of(geometries: NDArray[Any]) -> NDArray[np.float64]:
    """float64 (n, 2) longitude and latitude of the middle of each geometry's box, NaN where there is none."""
    bounds = shapely.bounds(geometries)
    return np.column_stack([(bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2])


def check_coordinates(rows: Rows, log: Log) -> NDArray[np.bool_]:
    """Log geometries that no plot can have.

    Returns:
        bool (n,) whether the geometry is a point or polygon on the globe, fit to be measured.
    """
    geometry = rows.geometry
    empty = shapely.is_missing(geometry)
    said = np.zeros(len(rows), dtype=bool)
    for code in (*_GEOMETRY_READ, "crs_unknown"):
        said[log.has(code)] = True
    log.row("geometry_empty", np.flatnonzero(empty & ~said))
    kinds = shapely.get_type_id(geometry)
    wrong = ~empty & ~np.isin(kinds, list(_KINDS))
    rows_wrong = np.flatnonzero(wrong)
    log.row("wrong_type", rows_wrong, type=[geometry[row].geom_type for row in rows_wrong])
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    count = len(rows)

    def any_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.bincount(owner[mask], minlength=count) > 0

    missing = any_of(~np.isfinite(xy).all(axis=1))
    log.row("coordinate_missing", np.flatnonzero(missing))
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90)
        far = (np.abs(xy) > METRES_BEYOND).any(axis=1)
    metres = any_of(far) & ~missing
    outside = any_of(beyond) & ~missing & ~metres
    first = np.searchsorted(owner, np.arange(count))
    sample = xy[np.minimum(first, max(len(xy) - 1, 0))] if len(xy) else np.full((count, 2), np.nan)
    for code, mask in (("metres_as_degrees", metres), ("out_of_range", outside)):
        chosen = np.flatnonzero(mask)
        extra = {"proposal": ""} if code == "metres_as_degrees" else {}
        log.row(code, chosen, x=np.round(sample[chosen, 0], 6), y=np.round(sample[chosen, 1], 6), **extra)
    zero = any_of((xy == 0).any(axis=1)) & ~missing & ~metres & ~outside
    log.row("null_island", np.flatnonzero(zero))
    span = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        wide = (span[:, 2] - span[:, 0] > 180) & ~missing & ~metres & ~outside
    log.row("antimeridian", np.flatnonzero(wide), span_deg=np.round(span[wide, 2] - span[wide, 0], 1))
    return ~(empty | wrong | missing | metres | outside | wide)


def check_country(rows: Rows, values: Values, fit: NDArray[np.bool_], log: Log) -> NDArray[Any]:
    """Country of production of each row: as declared, else as its place says where that is beyond doubt.

    Returns:
        object (n,) ISO 3166-1 alpha-2 or None.
    """
    middle = of(rows.geometry)
    middle[~fit] = np.nan
    found = countries(middle[:, 0], middle[:, 1])
    declared = values.declared_country
    known = fit & np.array([code is not None for code in found.here])
    sea = known & np.array([code == SEA for code in found.here])
    log.row("at_sea", np.flatnonzero(sea & np.array([not near for near in found.nearby])))
    land = known & ~sea
    says = np.array([code is not None for code in declared], dtype=bool)
    near = np.array([len(codes) > 1 for codes in found.nearby])
    among = np.array([code in codes for code, codes in zip(declared, found.nearby, strict=True)], dtype=bool)
    same = declared == found.here
    _log_country(log, "country_wrong", known & says & ~among & ~(sea & ~among & ~near), declared, found)
    _log_country(log, "country_near_border", land & says & among & near & ~same, declared, found)
    _log_country(log, "country_unknown", known & ~says & (near | sea), declared, found)
    clear = land & ~says & ~near
    country = np.where(says, declared, np.where(clear, found.here, None))
    for order, group in rows.table[clear].groupby("file_order"):
        del order
        codes = ", ".join(sorted(set(found.here[group.index])))
        head = group.iloc[0]
        log.file("country_taken", head["source_file"], head["cooperative"], rows=len(group), found=codes)
    return country


def _log_country(log: Log, code: str, mask: NDArray[np.bool_], declared: NDArray[Any], found: Countries) -> None:
    chosen = np.flatnonzero(mask)
    places = [", ".join(sorted(found.nearby[row])) or "-" for row in chosen]
    extra = {} if code == "country_unknown" else {"declared": [declared[row] for row in chosen]}
    log.row(code, chosen, found=places, **extra)
