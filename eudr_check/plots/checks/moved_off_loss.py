"""Ground that an earlier run saw with a loss, delivered again without it.

Whatever the plot is called now, and whoever delivers it: a boundary drawn smaller, a hole cut round the loss, a point
put elsewhere, or a new id for the part that is left.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import register
from eudr_check.geodesy import M2_PER_HA, discs, point_area_ha
from eudr_check.plots.checks.overlaps import overlap_ha, polygonal_ha
from eudr_check.plots.thresholds import threshold
from eudr_check.postgresql import Place
from eudr_check.typing import Geometries, Objects

CODE = "boundary_moved_off_loss"
COLUMNS = ["plot", "harvest", "other", "loss_ha"]


def of_reruns(registers: list[Place], harvest: str, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Plots that earlier runs of the same harvest saw with a loss that now lies outside.

    Args:
        registers: where such boundaries may be kept; those that do not exist hold none.
        harvest: this harvest.
        plots: PLOTS.

    Returns:
        plot, harvest, other (the earlier plot), loss_ha: one row per plot, the gravest.
    """
    earlier = pd.concat([register.boundaries_on_loss(path, harvest, own=True) for path in registers])
    if earlier.empty:
        return pd.DataFrame(columns=COLUMNS)
    # What cannot be measured holds no loss.
    here = plots[shapely.is_valid(plots.geometry.to_numpy()) & ~plots.geometry.isna().to_numpy()]
    declared_ha = here["declared_area_ha"].to_numpy(dtype=np.float64)
    names = here.index.to_numpy(dtype=object)
    return left_out(earlier, _losses(registers, earlier), here.geometry.to_numpy(), declared_ha, names)


def left_out(
    earlier: pd.DataFrame,
    losses: Geometries,
    geometry: Geometries,
    declared_ha: NDArray[np.float64],
    names: Objects,
) -> pd.DataFrame:
    """Plots that stand on ground of earlier boundaries, without the losses in these.

    A plot of the same name must still hold the loss. A plot of another name is one drawn out of the earlier one where
    they share more than a strip along a boundary, and no plot delivered now holds the loss.

    Args:
        earlier: boundaries with losses, as `register.boundaries_on_loss` gives them.
        losses: object (k,) polygons of known losses.
        geometry: object (n,) valid polygons and points in EPSG:4326, none of them missing.
        declared_ha: float64 (n,) declared hectares.
        names: object (n,) names of the plots.

    Returns:
        As `of_reruns`.
    """
    ground = _ground(geometry, declared_ha)
    then = earlier["geometry"].to_numpy()
    other = (earlier["cooperative"] + "/" + earlier["plot_id"]).to_numpy(dtype=object)
    at = {name: position for position, name in enumerate(names)}
    near_loss, near_ground = shapely.STRtree(losses), shapely.STRtree(ground)
    rows = []
    for place, old in enumerate(then):
        mine = at.get(other[place])
        if mine is not None and shapely.covers(ground[mine], old):
            continue
        lost = shapely.intersection(shapely.union_all(losses[near_loss.query(old)]), old)
        near = near_ground.query(old, predicate="intersects")
        run = earlier["harvest"].iloc[place]
        if mine is not None:
            rows.append((mine, run, other[place], _hectares(shapely.difference(lost, ground[mine]))))
        held = shapely.union_all(ground[near])
        left = _hectares(shapely.difference(lost, held))
        rows += [(row, run, other[place], left) for row in near[_drawn_from(old, ground[near])] if row != mine]
    least = threshold("moved_off_loss_ha")
    found = [(names[row], run, plot, round(left, 4)) for row, run, plot, left in rows if left > least]
    gravest = {name: (name, *rest) for name, *rest in sorted(found, key=lambda one: (-one[3], *one[:3]), reverse=True)}
    return pd.DataFrame([gravest[name] for name in names if name in gravest], columns=COLUMNS)


def _losses(registers: list[Place], earlier: pd.DataFrame) -> NDArray[Any]:
    bounds = shapely.total_bounds(earlier["geometry"].to_numpy())
    found = [register.losses_within(path, bounds)["geometry"].to_numpy(dtype=object) for path in registers]
    return np.concatenate(found)


def _ground(geometry: NDArray[Any], declared_ha: NDArray[np.float64]) -> NDArray[Any]:
    """Polygons as they are; for points their discs, wider by the error of a good GPS."""
    ground = geometry.copy()
    point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    radius_m = np.sqrt(point_area_ha(declared_ha[point]) * M2_PER_HA / np.pi) + threshold("gps_accuracy_m")
    ground[point] = discs(geometry[point], np.pi * radius_m**2 / M2_PER_HA)
    return ground


def _drawn_from(old: Any, ground: NDArray[Any]) -> NDArray[np.bool_]:
    """Which polygons (n,) share more with an earlier one than neighbours do."""
    common = overlap_ha(ground, np.full(len(ground), old, dtype=object))
    smaller = np.minimum(polygonal_ha(ground), _hectares(old))
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn: NDArray[np.bool_] = (common / smaller > threshold("redrawn_share")) & (
            common > threshold("overlap_min_ha")
        )
    return drawn


def _hectares(shape: Any) -> float:
    return float(polygonal_ha(np.array([shape], dtype=object))[0])
