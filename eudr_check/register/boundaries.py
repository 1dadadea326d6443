"""Boundaries that held a loss when a run saw them: added for good, whatever is drawn in their place later."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check.geodesy import discs, plot_area_ha, point_area_ha
from eudr_check.postgresql import Place
from eudr_check.register import store

COLUMNS = ["harvest", "cooperative", "plot_id", "area_ha", "loss_ha", "date"]
KEY = ["cooperative", "plot_id", "geometry"]


def on_loss(plots: gpd.GeoDataFrame, losses: gpd.GeoDataFrame) -> pd.DataFrame:
    """The ground of plots on which there is loss.

    Args:
        plots: usable rows of PLOTS.
        losses: rows of PATCHES after the cut-off date.

    Returns:
        geometry (the polygon, or the disc that stands for a point), cooperative, plot_id, area_ha, loss_ha.
    """
    ground = plots.geometry.to_numpy().copy()
    point = shapely.get_type_id(ground) == shapely.GeometryType.POINT
    ground[point] = discs(ground[point], point_area_ha(plots["declared_area_ha"].to_numpy(dtype=np.float64)[point]))
    shapes = losses.geometry.to_numpy()
    plot, loss = shapely.STRtree(shapes).query(ground, predicate="intersects")
    at, first = np.unique(plot, return_index=True)
    lost = [shapely.union_all(shapes[mine]) for mine in np.split(loss, first[1:])] if len(at) else []
    common = shapely.intersection(ground[at], np.array(lost, dtype=object))
    parts, whole = shapely.get_parts(common, return_index=True)
    hectares = np.bincount(whole, weights=np.nan_to_num(plot_area_ha(parts)), minlength=len(at))
    held = hectares > 0
    rows = plots.iloc[at[held]]
    return pd.DataFrame(
        {
            "geometry": ground[at[held]],
            "cooperative": rows["cooperative"].to_numpy(dtype=object),
            "plot_id": rows["plot_id"].to_numpy(dtype=object),
            "area_ha": plot_area_ha(ground[at[held]]),
            "loss_ha": hectares[held],
        }
    )


def add(database: store.Transaction, harvest: str, found: pd.DataFrame, on: date | None) -> None:
    """Add rows of `on_loss`; a boundary that is there already stays as it was first seen."""
    boxes = shapely.bounds(found["geometry"].to_numpy()).reshape(-1, 4).tolist()
    day = None if on is None else on.isoformat()
    blobs = store.blobs(found["geometry"].to_numpy())
    rest = zip(*(found[name].tolist() for name in COLUMNS[1:-1]), strict=True)
    for blob, values, bounds in zip(blobs, rest, boxes, strict=True):
        added = database.execute(
            f"INSERT INTO boundaries (geom, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING RETURNING fid",
            (blob, harvest, *values, day),
        ).fetchone()
        if added is not None:
            store.index(database, "boundaries", added[0], bounds)


def known(path: Place, harvest: str, found: pd.DataFrame) -> bool:
    """Whether a register holds all rows of `on_loss` for a harvest."""
    there = read(path, harvest, own=True)
    held = set(zip(there["cooperative"], there["plot_id"], shapely.to_wkb(there["geometry"].to_numpy()), strict=True))
    return held >= set(
        zip(found["cooperative"], found["plot_id"], shapely.to_wkb(found["geometry"].to_numpy()), strict=True)
    )


def read(path: Place, harvest: str, *, own: bool) -> pd.DataFrame:
    """Boundaries with losses of a harvest itself (`own`), or of all others, oldest first.

    Returns:
        geometry, harvest, cooperative, plot_id, area_ha, loss_ha, date (ISO or None); no rows where there is no file.
    """
    rows: list[tuple[object, ...]] = []
    if store.there(path):
        with store.reading(path) as database:
            query = (
                f"SELECT geom, {', '.join(COLUMNS)} FROM boundaries WHERE harvest {'=' if own else '<>'} ? ORDER BY fid"
            )
            rows = [tuple(row) for row in database.execute(query, (harvest,))]
    frame = pd.DataFrame(rows, columns=["geometry", *COLUMNS])
    frame["geometry"] = store.shapes(
        frame["geometry"].tolist(), (frame["cooperative"] + "/" + frame["plot_id"]).tolist()
    )
    return frame
