"""The register of a season: plots of earlier harvests and known losses, in one GeoPackage.

The same land under another id, a boundary that changed, and a boundary that was moved off a known loss are found by
looking here. Writers take turns (SQLite's own lock), so two at once lose nothing.
"""

import hashlib
import os
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.errors import PlotsError
from eudr_check.plots.findings import Log
from eudr_check.plots.neighbours import overlap_ha, polygonal_ha
from eudr_check.plots.thresholds import threshold

WAIT_S = 60.0
CUT_OFF_YEAR = 2020
_WGS84_ID = 4326
_HEADER = struct.Struct("<2sBBi")
_SCHEMA = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10200;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326,
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],
    PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]', NULL);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT '2000-01-01T00:00:00.000Z',
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL PRIMARY KEY, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('plots', 'features', 'plots', 4326);
INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('losses', 'features', 'losses', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('plots', 'geom', 'GEOMETRY', 4326, 0, 0);
INSERT INTO gpkg_geometry_columns VALUES ('losses', 'geom', 'GEOMETRY', 4326, 0, 0);
CREATE TABLE plots (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom BLOB NOT NULL, harvest TEXT NOT NULL,
    cooperative TEXT NOT NULL, plot_id TEXT NOT NULL, area_ha DOUBLE, UNIQUE (harvest, cooperative, plot_id));
CREATE TABLE losses (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom BLOB NOT NULL, harvest TEXT NOT NULL,
    event TEXT NOT NULL, year INTEGER NOT NULL, area_ha DOUBLE, UNIQUE (harvest, event, year, geom));
CREATE VIRTUAL TABLE plots_index USING rtree(fid, min_x, max_x, min_y, max_y);
CREATE VIRTUAL TABLE losses_index USING rtree(fid, min_x, max_x, min_y, max_y);
"""


def record(path: Path, harvest: str, plots: gpd.GeoDataFrame, patches: gpd.GeoDataFrame | None = None) -> None:
    """Write the usable plots of a harvest, and the losses found on them, into the register.

    A plot of the same harvest, cooperative and id takes the place of its former entry; losses only ever grow.

    Args:
        path: the register; made where there is none.
        harvest: name of the harvest.
        plots: PLOTS.
        patches: PATCHES; those after the cut-off date of the Regulation are kept.

    Raises:
        PlotsError: the register cannot be written.
    """
    kept = plots[plots["usable"]]
    shapes = kept.geometry.to_numpy()
    with _open(path, create=True) as database:
        columns = zip(
            _blobs(shapes),
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
            _index(database, "plots", fid, bounds)
        if patches is not None:
            _record_losses(database, harvest, patches[patches["year"] > CUT_OFF_YEAR])


def state(path: Path, harvest: str) -> str:
    """SHA-256 of what the register holds of other harvests: what `check` can find depends on nothing else."""
    total = hashlib.sha256()
    if path.exists():
        with _open(path) as database:
            for table, columns in (("plots", "cooperative, plot_id, geom"), ("losses", "event, year, geom")):
                rows = database.execute(
                    f"SELECT harvest, {columns} FROM {table} WHERE harvest <> ? ORDER BY harvest, {columns}", (harvest,)
                )
                for row in rows:
                    total.update(repr(row).encode())
    return total.hexdigest()


def _record_losses(database: sqlite3.Connection, harvest: str, patches: gpd.GeoDataFrame) -> None:
    shapes = patches.geometry.to_numpy()
    columns = zip(
        _blobs(shapes),
        patches["column"].tolist(),
        patches["year"].tolist(),
        patches["area_ha"].tolist(),
        shapely.bounds(shapes).tolist(),
        strict=True,
    )
    for blob, column, year, area, bounds in columns:
        added = database.execute(
            "INSERT OR IGNORE INTO losses (geom, harvest, event, year, area_ha) VALUES (?, ?, ?, ?, ?) RETURNING fid",
            (blob, harvest, column, int(year), area),
        ).fetchone()
        if added is not None:
            _index(database, "losses", added[0], bounds)


def _index(database: sqlite3.Connection, table: str, fid: int, bounds: list[float]) -> None:
    west, south, east, north = bounds
    database.execute(f"INSERT OR REPLACE INTO {table}_index VALUES (?, ?, ?, ?, ?)", (fid, west, east, south, north))


@contextmanager
def _open(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """One transaction on the register, holding its lock from the start when it is to be written."""
    try:
        if create and not path.exists():
            _make(path)
        database = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE" if create else "BEGIN")
            yield database
            database.execute("COMMIT")
        finally:
            database.close()
    except sqlite3.Error as error:
        raise PlotsError(
            f"register {path.name}: {error}; close other programs that hold it, or name another file as 'register'"
        ) from error


def _make(path: Path) -> None:
    """An empty register, put in its place whole; when another writer was first, theirs stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
        temporary = Path(file.name)
    try:
        database = sqlite3.connect(temporary)
        database.executescript(_SCHEMA)
        database.close()
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _blobs(shapes: NDArray[Any]) -> list[bytes]:
    """GeoPackage binary: header without envelope, then WKB."""
    header = _HEADER.pack(b"GP", 0, 1, _WGS84_ID)
    return [header + wkb for wkb in shapely.to_wkb(shapes, byte_order=1)]


def _within(path: Path, table: str, columns: str, bounds: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of a table whose boxes touch a box, ordered by id of the row."""
    if not path.exists() or not np.isfinite(bounds).all():
        return pd.DataFrame(columns=["geometry", *columns.split(", ")])
    west, south, east, north = bounds.tolist()
    with _open(path) as database:
        rows = database.execute(
            f"SELECT geom, {columns} FROM {table} JOIN {table}_index USING (fid) "
            "WHERE max_x >= ? AND min_x <= ? AND max_y >= ? AND min_y <= ? ORDER BY fid",
            (west, east, south, north),
        ).fetchall()
    frame = pd.DataFrame(rows, columns=["geometry", *columns.split(", ")])
    wkb = np.array([blob[_HEADER.size :] for blob in frame["geometry"]], dtype=object)
    frame["geometry"] = shapely.from_wkb(wkb) if len(wkb) else wkb
    return frame


def _of_ids(path: Path, cooperatives: list[str], harvest: str) -> pd.DataFrame:
    """All earlier entries of some cooperatives, wherever they lay."""
    marks = ", ".join("?" * len(cooperatives))
    with _open(path) as database:
        rows = database.execute(
            f"SELECT geom, harvest, cooperative, plot_id, area_ha FROM plots WHERE cooperative IN ({marks}) "
            "AND harvest <> ? ORDER BY harvest, fid",
            (*cooperatives, harvest),
        ).fetchall()
    frame = pd.DataFrame(rows, columns=["geometry", "harvest", "cooperative", "plot_id", "area_ha"])
    wkb = np.array([blob[_HEADER.size :] for blob in frame["geometry"]], dtype=object)
    frame["geometry"] = shapely.from_wkb(wkb) if len(wkb) else wkb
    return frame


def check(
    path: Path, harvest: str, geometry: NDArray[Any], area_ha: NDArray[np.float64], table: pd.DataFrame, log: Log
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
    if not path.exists():
        return
    rows = np.flatnonzero(~shapely.is_missing(geometry))
    if not len(rows):
        return
    names = table["plot"].to_numpy(dtype=object)
    _check_same(path, harvest, geometry, area_ha, table, rows, log)
    bounds = shapely.total_bounds(geometry[rows])
    earlier = _within(path, "plots", "harvest, cooperative, plot_id, area_ha", bounds)
    earlier["plot"] = earlier["cooperative"] + "/" + earlier["plot_id"]
    earlier = earlier[(earlier["harvest"] != harvest) & ~earlier["plot"].isin(set(names[rows]))]
    earlier = earlier.drop_duplicates("plot", keep="last").reset_index(drop=True)
    _check_other(geometry, area_ha, rows, earlier, log)


def _check_other(
    geometry: NDArray[Any], area_ha: NDArray[np.float64], rows: NDArray[np.int64], earlier: pd.DataFrame, log: Log
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
    path: Path,
    harvest: str,
    geometry: NDArray[Any],
    area_ha: NDArray[np.float64],
    table: pd.DataFrame,
    rows: NDArray[np.int64],
    log: Log,
) -> None:
    """The same id in the last harvest that had it: has its boundary changed, and off what?"""
    mine = table.iloc[rows][["cooperative", "plot_id"]].assign(row=rows)
    before = _of_ids(path, sorted(set(mine["cooperative"])), harvest)
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
                loss_ha=round(lost, 4),
            )


def _loss_left_out(path: Path, harvest: str, old: Any, new: Any) -> float:
    """Hectares of loss known from other harvests, inside the old boundary and outside the new one."""
    losses = _within(path, "losses", "harvest, event, year, area_ha", shapely.bounds(old))
    losses = losses[losses["harvest"] != harvest]
    if losses.empty:
        return 0.0
    lost = shapely.intersection(shapely.union_all(losses["geometry"].to_numpy()), old)
    return float(polygonal_ha(np.array([shapely.difference(lost, new)]))[0])
