"""Where alerts lie on filed land: a plot with no more hectares than at the last look may hold other ones."""

from collections import defaultdict
from collections.abc import Mapping, Set

import geopandas as gpd
import numpy as np
import shapely

from eudr_check.geodesy import discs, plot_area_ha, point_area_ha
from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.run.watch_state import Hectares
from eudr_check.typing import Geometries

Drawn = dict[str, dict[str, shapely.Geometry]]
"""By plot and by `COLUMN YEAR`, EPSG:4326."""


def drawn(land: gpd.GeoDataFrame, patches: gpd.GeoDataFrame) -> Drawn:
    """Ground of plots with alerts after the cut-off.

    Args:
        land: index `plot`, geometry in EPSG:4326; a point stands for the disc that its evidence was measured on.
        patches: PATCHES of that land.
    """
    ground = dict(zip(map(str, land.index), _ground(land.geometry.to_numpy().copy()), strict=True))
    shapes = defaultdict[str, dict[str, list[shapely.Geometry]]](lambda: defaultdict(list))
    late = patches[patches["year"] > CUTOFF_YEAR]
    rows = zip(late.geometry, late["column"], late["year"], late["plots"], strict=True)
    for shape, column, year, plots in rows:
        for plot in plots:
            shapes[str(plot)][f"{column} {year}"].append(shape)
    return {
        plot: {key: shapely.intersection(shapely.union_all(some), ground[plot]) for key, some in mine.items()}
        for plot, mine in shapes.items()
    }


def elsewhere(before: Mapping[str, str], now: Mapping[str, shapely.Geometry]) -> Hectares:
    """Hectares of a plot with alerts that had none of their layer and year at the last look, by `COLUMN YEAR`.

    Args:
        before: WKB in hexadecimal digits; years of which none was kept are left out.
        now: as `drawn`.
    """
    known = {key: shapely.from_wkb(text) for key, text in before.items()}
    return {key: _hectares(shapely.difference(shape, known[key])) for key, shape in now.items() if key in known}


def kept(
    before: Mapping[str, str], now: Mapping[str, shapely.Geometry], plot: str, alerts: Mapping[str, str],
    sure: Set[tuple[str, str]],
) -> dict[str, str]:  # fmt: skip
    """What the next look compares a plot with: what this one saw, and where it saw not all of the plot the ground that
    was known too."""
    found = {}
    for key in sorted({*before, *now}):
        shapes = [now[key]] if key in now else []
        if key in before and (alerts.get(key.partition(" ")[0], ""), plot) not in sure:
            shapes.append(shapely.from_wkb(before[key]))
        if shapes and _hectares(whole := shapely.union_all(shapes)) > 0:
            found[key] = str(shapely.to_wkb(shapely.normalize(whole), hex=True))
    return found


def _ground(shapes: Geometries) -> Geometries:
    points = shapely.get_dimensions(shapes) == 0
    shapes[points] = discs(shapes[points], point_area_ha(np.full(int(points.sum()), np.nan)))
    return shapes


def _hectares(shape: shapely.Geometry) -> float:
    parts = shapely.get_parts(shape)
    return float(plot_area_ha(parts[shapely.get_dimensions(parts) == 2]).sum())
