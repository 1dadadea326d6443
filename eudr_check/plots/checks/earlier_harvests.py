"""Plots compared with those of earlier harvests, as the register holds them.

Found are the same land under another id, a boundary that changed, and ground delivered without a loss it had.
"""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check import register
from eudr_check.plots.checks import moved_off_loss
from eudr_check.plots.checks.overlaps import overlap_ha, polygonal_ha
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.thresholds import threshold
from eudr_check.postgresql import Place
from eudr_check.typing import Geometries


def check(
    path: Place,
    harvest: str,
    geometry: Geometries,
    area_ha: NDArray[np.float64],
    table: pd.DataFrame,
    log: FindingCollector,
) -> None:
    """Compare plots with the register: changed boundaries, boundaries moved off a loss, land under another id.

    Args:
        path: the register; nothing is found in one that does not exist yet.
        harvest: this harvest, whose own entries do not count.
        geometry: object (n,) valid geometries in EPSG:4326, None for rows that take no part.
        area_ha: float64 (n,) area of the polygons.
        table: the joined rows, with `plot`, `cooperative`, `plot_id`.
        log: takes the findings.
    """
    if not register.there(path):
        return
    rows = np.flatnonzero(~shapely.is_missing(geometry))
    if not len(rows):
        return
    names = table["plot"].to_numpy(dtype=object)
    _check_same(path, harvest, geometry, area_ha, table, rows, log)
    bounds = shapely.total_bounds(geometry[rows])
    earlier = register.plots_within(path, bounds)
    earlier["plot"] = earlier["cooperative"] + "/" + earlier["plot_id"]
    earlier = earlier[(earlier["harvest"] != harvest) & ~earlier["plot"].isin(set(names[rows]))]
    earlier = earlier.drop_duplicates("plot", keep="last").reset_index(drop=True)
    _check_other(geometry, area_ha, rows, earlier, log)
    _check_redrawn(path, harvest, geometry[rows], table.iloc[rows], rows, log)


def _check_redrawn(
    path: Place,
    harvest: str,
    geometry: NDArray[Any],
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    log: FindingCollector,
) -> None:
    """Ground that another harvest saw with a loss, delivered without it under whatever name."""
    earlier = register.boundaries_on_loss(path, harvest, own=False)
    if earlier.empty:
        return
    losses = register.losses_within(path, shapely.total_bounds(earlier["geometry"].to_numpy()))
    shapes = losses.loc[losses["harvest"] != harvest, "geometry"].to_numpy()
    declared_ha = table["declared_area_ha"].to_numpy(dtype=np.float64)
    found = moved_off_loss.left_out(earlier, shapes, geometry, declared_ha, table["plot"].to_numpy(dtype=object))
    row = found["plot"].map(dict(zip(table["plot"], rows, strict=True))).to_numpy(dtype=np.int64)
    new = ~np.isin(row, log.has(moved_off_loss.CODE))
    figures: dict[str, Any] = {name: found.loc[new, name] for name in ("harvest", "other", "loss_ha")}
    log.row(moved_off_loss.CODE, row[new], **figures)


def _check_other(
    geometry: NDArray[Any],
    area_ha: NDArray[np.float64],
    rows: NDArray[np.int64],
    earlier: pd.DataFrame,
    log: FindingCollector,
) -> None:
    """Land that lay in a plot of another id, which is not delivered now."""
    if earlier.empty:
        return
    shapes = earlier["geometry"].to_numpy()
    now, then = shapely.STRtree(shapes).query(geometry[rows], predicate="intersects")
    mine, theirs = geometry[rows[now]], shapes[then]
    common = overlap_ha(mine, theirs)
    smaller = np.fmin(area_ha[rows[now]], earlier["area_ha"].to_numpy(dtype=np.float64)[then])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = common / smaller
    # A point has no area: lying in the other plot is all there is to see.
    pointed = (shapely.get_type_id(mine) == 0) | (shapely.get_type_id(theirs) == 0)
    chosen = np.flatnonzero(pointed | ((share > threshold("overlap_share")) & (common > threshold("overlap_min_ha"))))
    log.row(
        "overlap_earlier",
        rows[now[chosen]],
        harvest=earlier["harvest"].iloc[then[chosen]].tolist(),
        other=earlier["plot"].iloc[then[chosen]].tolist(),
        overlap_ha=np.round(common[chosen], 4),
        percent=np.round(100 * np.nan_to_num(np.where(pointed, 1.0, share))[chosen], 2),
    )


def _check_same(
    path: Place,
    harvest: str,
    geometry: NDArray[Any],
    area_ha: NDArray[np.float64],
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    log: FindingCollector,
) -> None:
    """The same id in the last harvest that had it: has its boundary changed, and off what?"""
    mine = table.iloc[rows][["cooperative", "plot_id"]].assign(row=rows)
    before = register.plots_of(path, sorted(set(mine["cooperative"])), harvest)
    before = before.drop_duplicates(["cooperative", "plot_id"], keep="last")
    both = mine.merge(before, on=["cooperative", "plot_id"], how="inner")
    if both.empty:
        return
    at = both["row"].to_numpy()
    old = both["geometry"].to_numpy()
    old_ha = np.nan_to_num(both["area_ha"].to_numpy(dtype=np.float64))
    new_ha = np.nan_to_num(area_ha[at])
    common = overlap_ha(geometry[at], old)
    united = new_ha + old_ha - common
    with np.errstate(divide="ignore", invalid="ignore"):
        changed = np.where(united > 0, 1 - common / united, 0.0)
    moved = np.flatnonzero(changed > threshold("moved_share"))
    log.row(
        "boundary_changed",
        at[moved],
        harvest=both["harvest"].iloc[moved].tolist(),
        area_ha=np.round(new_ha[moved], 4),
        earlier_ha=np.round(old_ha[moved], 4),
        percent=np.round(100 * changed[moved], 1),
    )
    for index in np.flatnonzero(~shapely.equals_exact(old, geometry[at])).tolist():
        lost = _loss_left_out(path, harvest, old[index], geometry[at[index]])
        if lost > threshold("moved_off_loss_ha"):
            log.row(
                "boundary_moved_off_loss",
                at[index],
                harvest=both["harvest"].iat[int(index)],
                other=f"{both['cooperative'].iat[int(index)]}/{both['plot_id'].iat[int(index)]}",
                loss_ha=round(lost, 4),
            )


def _loss_left_out(path: Place, harvest: str, old: Any, new: Any) -> float:
    """Hectares of loss known from other harvests, inside the old boundary and outside the new one."""
    losses = register.losses_within(path, shapely.bounds(old))
    losses = losses[losses["harvest"] != harvest]
    if losses.empty:
        return 0.0
    lost = shapely.intersection(shapely.union_all(losses["geometry"].to_numpy()), old)
    return float(polygonal_ha(np.array([shapely.difference(lost, new)]))[0])
