"""Which plots of a harvest get pictures, and what is drawn over them."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rasterio.features import shapes
from rasterio.transform import from_bounds
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from eudr_check.errors import ConfigError
from eudr_check.imagery import ground
from eudr_check.imagery.looks import Subject
from eudr_check.imagery.picture import Outlines
from eudr_check.imagery_settings import Imagery
from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.package.report.thumbnail import Picture
from eudr_check.spelling import nearest
from eudr_check.text import sentence
from eudr_check.variables import Variable


def subjects(
    plots: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    choice: Imagery,
) -> list[Subject]:
    """Usable plots that are not low, the weightiest first, and those that are named.

    Args:
        plots: PLOTS.
        assessments: ASSESSMENTS.
        evidence: EVIDENCE.
        variables: layer variables of the run.
        choice: settings.

    Raises:
        ConfigError: a plot is named that the harvest does not have.
    """
    for name in choice.plots:
        if name not in plots.index:
            raise ConfigError(sentence("run", "no_plot", plot=name, near=nearest(name, plots.index)))
    weight = {"high": 0, "undetermined": 1, "more_info_needed": 2, "low": 3}
    wanted = assessments[(assessments["outcome"] != "low") | assessments.index.isin(choice.plots)]
    ordered = wanted.assign(weight=wanted["outcome"].map(weight)).sort_values("weight", kind="stable")
    usable = plots.index[plots["usable"] & plots.geometry.notna()]
    keys = [str(plot) for plot in ordered.index if plot in usable]
    years = _loss_years(evidence[evidence.index.isin(keys)], variables)
    return [Subject(plot, plots.geometry[plot], years.get(plot, ())) for plot in keys]


def _loss_years(evidence: pd.DataFrame, variables: Sequence[Variable]) -> dict[str, tuple[int, ...]]:
    """Years after the cut-off for which some layer dates an event on a plot."""
    found: dict[str, set[int]] = {}
    for variable in variables:
        if variable.role != "event" or variable.column not in evidence:
            continue
        years = evidence[variable.column]
        for plot, year in years[(years > CUTOFF_YEAR) & (evidence["area_ha"] > 0)].items():
            found.setdefault(str(plot), set()).add(int(year))
    return {plot: tuple(sorted(years)) for plot, years in found.items()}


def outlines(
    wanted: Sequence[Subject],
    pictures: Mapping[str, Picture],
    patches: gpd.GeoDataFrame,
    variables: Sequence[Variable],
) -> dict[str, Outlines]:
    """Boundary, forest in 2020 and loss after it of every plot, EPSG:4326.

    Args:
        wanted: the plots.
        pictures: forest in 2020 on a small grid around each.
        patches: PATCHES.
        variables: layer variables of the run; only events are loss, disturbed canopy is not.
    """
    losing = [one.column for one in variables if one.role == "event"]
    after = np.asarray(patches.geometry[(patches["year"] > CUTOFF_YEAR) & patches["column"].isin(losing)])
    tree = shapely.STRtree(after)
    losses = {one.plot: after[tree.query(shapely.box(*ground.box_of(one.geometry)))] for one in wanted}
    return {
        one.plot: Outlines(
            one.geometry,
            _forest(pictures[one.plot]) if one.plot in pictures else None,
            shapely.union_all(losses[one.plot]) if len(losses[one.plot]) else None,
        )
        for one in wanted
    }


def _forest(picture: Picture) -> BaseGeometry | None:
    cells = picture.forest_2020
    there = from_bounds(*picture.bounds, cells.shape[1], cells.shape[0])
    parts = [shape(content) for content, _ in shapes(cells, mask=cells == 1, transform=there)]
    return shapely.union_all(np.array(parts)) if parts else None
