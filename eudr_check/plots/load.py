"""Files in, PLOTS and FINDINGS out: every row of every file is a plot or a blocking finding, exactly once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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
    repair,
    shape,
)
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows, gather, only


def load(
    files: Sequence[PlotFile], *, commodity: str, register: Path | None = None, harvest: str = ""
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

    Returns:
        PLOTS and FINDINGS, in the order of the files and their rows.
    """
    log = FindingCollector()
    rows = gather(files, log)
    identity.check(rows, log)
    values = attributes.read(rows, log)
    typed = location.check_types(rows, log)
    faults = location.faulty(rows.geometry, typed)
    fit = typed & ~faults.any
    # GEOS and NumPy leave Python's lock alone: what does not wait for another check is done beside it.
    with ThreadPoolExecutor(1) as background:
        sought = background.submit(country.countries, *location.of(only(rows.geometry, fit)).T)
        shape.check_digits(rows, fit, log)
        repaired, original, turned = repair.repair(only(rows.geometry, fit), log)
        found = sought.result()
    swapped = location.check_swapped(rows, values, typed, faults, found, commodity, log)
    location.check_coordinates(rows, values, faults, swapped, log)
    rows.geometry = np.where(fit, repaired, rows.geometry)
    _report_turned(rows, turned, log)
    valid = fit.copy()
    valid[log.has("self_crossing")] = False
    measured = only(rows.geometry, valid)
    kind = _kinds(rows.geometry, fit)
    area_ha = shape.in_chunks(plot_area_ha, measured)
    located = only(rows.geometry, rows.identified & valid & ~faults.zero & ~swapped)
    with ThreadPoolExecutor(1) as background:
        compared = background.submit(overlaps.check, located, area_ha, rows.table["plot"].to_numpy(dtype=object), log)
        area.settle_unit(rows.table, values, area_ha, log)
        area.check(kind, area_ha, values, commodity, log)
        shape.check_outline(measured, log)
        there = fit & ~swapped & ~faults.zero
        uncertain = location.check_uncertain(rows, values, there, found, commodity, log)
        countries = location.check_country(rows, values, there, found, uncertain, log)
        producers.check(rows, log)
        rows.table["producer_country"] = countries
        compared.result()
    if register is not None:
        known = rows.table.assign(declared_area_ha=values.declared_area_ha)
        earlier_harvests.check(register, harvest, located, area_ha, known, log)
    plots = rows.table.assign(
        original_wkb=original,
        commodity=commodity,
        planted_year=pd.array(values.planted_year, dtype="Float64").astype("Int64"),
        geometry_kind=kind,
        area_ha=area_ha,
        declared_area_ha=values.declared_area_ha,
        eu_area_ha=shape.in_chunks(eu_area_ha, measured),
        usable=~np.isin(np.arange(len(rows)), np.array(sorted(log.blocked_rows), dtype=np.int64)),
        geometry=only(rows.geometry, fit),
    )
    return _plots(plots, rows.identified), tables.check(
        tables.FINDINGS, log.table(rows.table, location.of(only(rows.geometry, fit)))
    )


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
