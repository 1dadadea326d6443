"""The land of a season: plots of every harvest, and the losses found on them.

Plots are those of the last run of a harvest. A plot that an earlier run had and the last one has not moves to
`former_plots`: it is no longer land of the harvest, but leaving it out and drawing it again next year hides no loss.
Boundaries that ever held a loss stand in `boundaries` for good, so that drawing one again hides none either.
"""

import hashlib
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.law.regulation import CUTOFF_YEAR
from eudr_check.postgresql import Place
from eudr_check.register import boundaries, store

"""Art. 2(13) of Regulation (EU) 2023/1115: what was lost after 31 December 2020 counts."""


def record_land(
    path: Place,
    harvest: str,
    plots: gpd.GeoDataFrame,
    patches: gpd.GeoDataFrame | None = None,
    on: date | None = None,
) -> None:
    """Make the usable plots those of the harvest, and add the losses found on them.

    Other harvests are left as they are; losses, and boundaries that held some, only ever grow.

    Args:
        path: the register; made where there is none.
        harvest: name of the harvest.
        plots: PLOTS, all of the harvest.
        patches: PATCHES; those after the cut-off date of the Regulation are kept.
        on: day of the assessment.

    Raises:
        RegisterError: the register cannot be written.
    """
    kept = plots[plots["usable"]]
    lost = None if patches is None else patches[patches["year"] > CUTOFF_YEAR]
    with store.writing(path) as database:
        _move_dropped(database, harvest, set(zip(kept["cooperative"], kept["plot_id"], strict=True)))
        _record_plots(database, harvest, kept)
        if lost is not None:
            _record_losses(database, harvest, lost)
            boundaries.add(database, harvest, boundaries.on_loss(kept, lost), on)


def remember(
    path: Place, harvest: str, plots: gpd.GeoDataFrame, patches: gpd.GeoDataFrame, on: date | None = None
) -> bool:
    """Keep the boundaries with losses of a run, and these losses, for the next run of the same harvest.

    Nothing is written where there are none, or all of them are known.

    Args:
        path: a register of the run itself; made where there is none.
        harvest: name of the harvest.
        plots: PLOTS.
        patches: PATCHES.
        on: day of the assessment.

    Returns:
        Whether anything was written.

    Raises:
        RegisterError: the register cannot be read or written.
    """
    lost = patches[patches["year"] > CUTOFF_YEAR]
    found = boundaries.on_loss(plots[plots["usable"]], lost)
    if found.empty or boundaries.known(path, harvest, found):
        return False
    near = np.unique(shapely.STRtree(lost.geometry.to_numpy()).query(found["geometry"].to_numpy())[1])
    with store.writing(path) as database:
        _record_losses(database, harvest, lost.iloc[near])
        boundaries.add(database, harvest, found, on)
    return True


def land_state(path: Place, harvest: str) -> str:
    """SHA-256 of the land of other harvests: what a comparison with it can find depends on nothing else."""
    total = hashlib.sha256()
    if store.there(path):
        with store.reading(path) as database:
            for table, columns in (
                ("plots", "cooperative, plot_id, geom"),
                ("former_plots", "cooperative, plot_id, geom"),
                ("losses", "event, year, geom"),
                ("boundaries", "cooperative, plot_id, geom"),
            ):
                rows = database.execute(
                    f"SELECT harvest, {columns} FROM {table} WHERE harvest <> ? ORDER BY harvest, {columns}", (harvest,)
                )
                for row in rows:
                    total.update(repr((table, *row)).encode())
    return total.hexdigest()


def plots_within(path: Place, bounds: NDArray[np.float64]) -> pd.DataFrame:
    """Plots of all harvests whose boxes touch a box: geometry, harvest, cooperative, plot_id, area_ha."""
    return _within(path, "plots", ["harvest", "cooperative", "plot_id", "area_ha"], bounds)


def losses_within(path: Place, bounds: NDArray[np.float64]) -> pd.DataFrame:
    """Losses known from all harvests whose boxes touch a box: geometry, harvest, event, year, area_ha."""
    return _within(path, "losses", ["harvest", "event", "year", "area_ha"], bounds)


def plots_of(path: Place, cooperatives: list[str], harvest: str) -> pd.DataFrame:
    """All plots that other harvests have or had of some cooperatives, wherever they lay, by harvest.

    Returns:
        geometry, harvest, cooperative, plot_id, area_ha.
    """
    columns = ["harvest", "cooperative", "plot_id", "area_ha"]
    mine = f"WHERE cooperative IN ({', '.join('?' * len(cooperatives))}) AND harvest <> ?"
    with store.reading(path) as database:
        rows = database.execute(
            f"SELECT geom, {', '.join(columns)}, 0 AS rank, fid FROM former_plots {mine} "
            f"UNION ALL SELECT geom, {', '.join(columns)}, 1, fid FROM plots {mine} ORDER BY harvest, rank, fid",
            (*cooperatives, harvest, *cooperatives, harvest),
        ).fetchall()
    return _frame([tuple(row)[:-2] for row in rows], columns)


def cooperatives(path: Place, harvest: str) -> list[str]:
    """Cooperatives that other harvests have or had plots of, sorted; none where there is no register yet."""
    if not store.there(path):
        return []
    named = "SELECT cooperative FROM {} WHERE harvest <> ?"
    with store.reading(path) as database:
        rows = database.execute(
            f"{named.format('plots')} UNION {named.format('former_plots')} ORDER BY cooperative", (harvest, harvest)
        ).fetchall()
    return [row[0] for row in rows]


def _move_dropped(database: store.Transaction, harvest: str, kept: set[tuple[str, str]]) -> None:
    """Between `plots` and `former_plots`: a plot of the harvest stands in exactly one of them."""
    for row in database.execute("SELECT * FROM plots WHERE harvest = ?", (harvest,)).fetchall():
        if (row["cooperative"], row["plot_id"]) not in kept:
            values = {name: row[name] for name in row.keys() if name != "fid"}  # noqa: SIM118  (a Row iterates values)
            fid = store.insert(database, "former_plots", **values)
            bounds = shapely.bounds(store.shapes([row["geom"]], [f"{row['cooperative']}/{row['plot_id']}"])[0]).tolist()
            store.index(database, "former_plots", fid, bounds)
            store.remove(database, "plots", "fid", row["fid"])
    former = "SELECT fid, cooperative, plot_id FROM former_plots WHERE harvest = ?"
    for fid, cooperative, plot_id in database.execute(former, (harvest,)).fetchall():
        if (cooperative, plot_id) in kept:
            store.remove(database, "former_plots", "fid", fid)


def _record_plots(database: store.Transaction, harvest: str, kept: gpd.GeoDataFrame) -> None:
    shapes = kept.geometry.to_numpy()
    columns = zip(
        store.blobs(shapes),
        kept["cooperative"].tolist(),
        kept["plot_id"].tolist(),
        [None if np.isnan(area) else area for area in kept["area_ha"].tolist()],
        shapely.bounds(shapes).tolist(),
        strict=True,
    )
    for blob, cooperative, plot_id, area, bounds in columns:
        (fid,) = database.execute(
            "INSERT INTO plots (geom, harvest, cooperative, plot_id, area_ha) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (harvest, cooperative, plot_id) "
            "DO UPDATE SET geom = excluded.geom, area_ha = excluded.area_ha RETURNING fid",
            (blob, harvest, cooperative, plot_id, area),
        ).fetchone()
        store.index(database, "plots", fid, bounds)


def _record_losses(database: store.Transaction, harvest: str, patches: gpd.GeoDataFrame) -> None:
    shapes = patches.geometry.to_numpy()
    columns = zip(
        store.blobs(shapes),
        patches["column"].tolist(),
        patches["year"].tolist(),
        patches["area_ha"].tolist(),
        shapely.bounds(shapes).tolist(),
        strict=True,
    )
    for blob, column, year, area, bounds in columns:
        added = database.execute(
            "INSERT INTO losses (geom, harvest, event, year, area_ha) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING RETURNING fid",
            (blob, harvest, column, int(year), area),
        ).fetchone()
        if added is not None:
            store.index(database, "losses", added[0], bounds)


def _within(path: Place, table: str, columns: list[str], bounds: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of a table whose boxes touch a box, ordered by id of the row."""
    if not store.there(path) or not np.isfinite(bounds).all():
        return _frame([], columns)
    with store.reading(path) as database:
        rows = store.touching(database, table, ["geom", *columns], bounds.tolist())
    return _frame([tuple(row) for row in rows], columns)


def _frame(rows: list[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["geometry", *columns])
    named = [" / ".join(map(str, row[1:4])) for row in rows]
    frame["geometry"] = store.shapes(frame["geometry"].tolist(), named)
    return frame
