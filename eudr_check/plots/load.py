"""Files in, PLOTS and FINDINGS out: every row of every file is a plot or a blocking finding, exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import tables
from eudr_check.config import PlotFile
from eudr_check.geodesy import eu_area_ha, plot_area_ha
from eudr_check.plots.checks import (
    area,
    attributes,
    country,
    earlier_harvests,
    identity,
    location,
    overlaps,
    producers,
    region,
    repair,
    shape,
)
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows, gather, only
from eudr_check.postgresql import Place
from eudr_check.steps import Map, one_by_one


def load(
    files: Sequence[PlotFile],
    *,
    commodity: str,
    register: Place | None = None,
    harvest: str = "",
    each: Map = one_by_one,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read, check and repair the plots of a harvest.

    A file that is missing, unreadable or empty is a blocking finding of that file; the others are delivered all the
    same. A row with an id of its own is a row of PLOTS, unusable where a finding blocks it; a row without one, or
    that repeats one, is a blocking finding with file and row.

    Args:
        files: plot files as the harvest names them.
        commodity: commodity of the Regulation.
        register: register of earlier harvests to compare with; one that does not exist yet holds nothing.
        harvest: name of this harvest, whose own entries in the register do not count as earlier.
        each: `map` for checks that do not wait for each other, and for chunks of plots.

    Returns:
        PLOTS and FINDINGS, in the order of the files and their rows.
    """
    log = FindingCollector()
    rows = gather(files, log)
    identity.check(rows, log)
    values = attributes.read(rows, log)
    ground = _located(rows, values, commodity, log, each)
    # What does not wait for another check is handed on together.
    keys = rows.table["plot"].to_numpy(dtype=object)
    overlapping = partial(overlaps.check, ground.located, ground.area_ha, keys, log)
    list(each(_done, (overlapping, partial(_check_values, rows, values, ground, commodity, log, each))))
    if register is not None:
        known = rows.table.assign(declared_area_ha=values.declared_area_ha)
        earlier_harvests.check(register, harvest, ground.located, ground.area_ha, known, log)
    shapes = only(rows.geometry, ground.fit)
    plots = rows.table.assign(
        original_wkb=ground.original,
        commodity=commodity,
        planted_year=pd.array(values.planted_year, dtype="Float64").astype("Int64"),
        geometry_kind=ground.kind,
        area_ha=ground.area_ha,
        declared_area_ha=values.declared_area_ha,
        eu_area_ha=shape.in_chunks(eu_area_ha, ground.measured, each),
        usable=~np.isin(np.arange(len(rows)), np.array(sorted(log.blocked_rows), dtype=np.int64)),
        geometry=shapes,
    )
    return _plots(plots, rows.identified), tables.check(tables.FINDINGS, log.table(rows.table, location.of(shapes)))


@dataclass(frozen=True)
class _Ground:
    """Where the plots of some rows lie, after repairs; arrays with one entry per row."""

    fit: NDArray[np.bool_]
    """The geometry is one that can be looked at."""
    there: NDArray[np.bool_]
    """It lies where the file means it to lie."""
    countries: country.Countries
    original: NDArray[Any]
    """WKB before a repair, or None."""
    kind: NDArray[Any]
    measured: NDArray[Any]
    """Geometries that have an area or are points; None otherwise."""
    located: NDArray[Any]
    """Geometries that other plots can be compared with; None otherwise."""
    area_ha: NDArray[np.float64]


def _located(rows: Rows, values: attributes.Values, commodity: str, log: FindingCollector, each: Map) -> _Ground:
    """Check and repair the geometries of the rows."""
    typed = location.check_types(rows, log)
    faults = location.faulty(rows.geometry, typed)
    fit = typed & ~faults.any
    shapes = only(rows.geometry, fit)

    def mended() -> Any:
        shape.check_digits(rows, fit, log, each)
        return repair.repair(shapes, log, each)

    work: list[Callable[[], Any]] = [partial(country.countries, *location.of(shapes).T), mended]
    found, (repaired, original, turned) = each(_done, work)
    swapped = location.check_swapped(rows, values, typed, faults, found, commodity, log)
    location.check_coordinates(rows, values, faults, swapped, log)
    rows.geometry = np.where(fit, repaired, rows.geometry)
    _report_turned(rows, turned, log)
    valid = fit.copy()
    valid[log.has("self_crossing")] = False
    measured = only(rows.geometry, valid)
    return _Ground(
        fit=fit,
        there=fit & ~swapped & ~faults.zero,
        countries=found,
        original=original,
        kind=_kinds(rows.geometry, fit),
        measured=measured,
        located=only(rows.geometry, rows.identified & valid & ~faults.zero & ~swapped),
        area_ha=shape.in_chunks(plot_area_ha, measured, each),
    )


def _check_values(
    rows: Rows, values: attributes.Values, ground: _Ground, commodity: str, log: FindingCollector, each: Map
) -> None:
    """Compare what the rows say with where they lie."""
    area.settle_unit(rows.table, values, ground.area_ha, log)
    area.check(ground.kind, ground.area_ha, values, commodity, log)
    shape.check_outline(ground.measured, log, each)
    uncertain = location.check_uncertain(rows, values, ground.there, ground.countries, commodity, log)
    countries = location.check_country(rows, values, ground.there, ground.countries, uncertain, log)
    producers.check(rows, log)
    rows.table["producer_country"] = countries
    region.complete(rows, log)


def _done(work: Callable[[], Any]) -> Any:
    return work()


def _kinds(geometry: NDArray[Any], fit: NDArray[np.bool_]) -> NDArray[Any]:
    """object (n,) point or polygon; None where the geometry is neither, or nowhere."""
    kind = np.where(shapely.get_type_id(geometry) == shapely.GeometryType.POINT, "point", "polygon").astype(object)
    kind[~fit] = None
    return kind


def _plots(frame: pd.DataFrame, identified: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    names = ["plot", *tables.PLOTS.columns]
    plots = tables.typed(tables.PLOTS, frame.loc[identified, names])
    return tables.check(tables.PLOTS, gpd.GeoDataFrame(plots, geometry="geometry", crs="EPSG:4326"))


def _report_turned(rows: Rows, turned: NDArray[np.int64], log: FindingCollector) -> None:
    """One finding per file: most shapefiles run the other way round, and no area depends on it."""
    for _, group in rows.table.iloc[turned].groupby("file_order"):
        head = group.iloc[0]
        log.file("rings_turned", head["source_file"], head["cooperative"], rows=len(group))
