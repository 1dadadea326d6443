"""A vector file of a map: its polygons in degrees, the values of its columns, and the digest of all it is read from."""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS, Transformer
from rasterio.warp import transform_bounds

from eudr_check import files
from eudr_check.errors import LayersError
from eudr_check.layers.assets import Asset
from eudr_check.layers.definition_rules import LONGITUDE_LATITUDE
from eudr_check.layers.value_ranges import Values
from eudr_check.text import sentence
from eudr_check.typing import Floats, Geometries, Ints, Mask, Positions

SUFFIXES = (".fgb", ".geojson", ".geoparquet", ".gpkg", ".parquet", ".shp")
BY_NUMBER = (".fgb", ".gpkg", ".shp")
"""Of these features are read by their number; the others are read whole, once per process."""
STEP_M = 50.0
"""Sides of polygons in metres are divided into parts no longer than this before they become degrees, so that they stay
where they were drawn to 0.1 mm up to 60 degrees of latitude: what is straight in metres is bent in degrees."""
LISTED = 5
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
UNREADABLE = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException, ValueError, OSError)
GLOBE = np.array([180.0, 90.0, 180.0, 90.0]) + 1e-6


def is_polygons(path: Path) -> bool:
    """Whether a file is a vector file, by its ending."""
    return path.suffix.lower() in SUFFIXES


def digest(path: Path) -> str:
    """SHA-256 of a vector file; where it is several (a shapefile), of the names and SHA-256 of all of them.

    Raises:
        LayersError: it is not there or cannot be read.
    """
    try:
        touched = tuple(
            (one.name, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
            for one in files.members(path)
            for about in [one.stat()]
        )
        return _digest(path, touched)
    except OSError as error:
        raise LayersError(sentence("layers", "raster_absent", name=path.name, problem=error.strerror)) from error


@lru_cache(maxsize=256)
def _digest(path: Path, touched: tuple[tuple[str, int, int, int, int], ...]) -> str:
    return together(files.hashes(path))


def together(hashes: dict[str, str]) -> str:
    """One name for the files that are read for one: its SHA-256 where it is alone."""
    if len(hashes) == 1:
        return next(iter(hashes.values()))
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def read(path: Path, table: str | None, fields: Sequence[str], box: Floats | None = None) -> gpd.GeoDataFrame:
    """Polygons of a file with some of its columns, as they are drawn.

    Args:
        path: the file.
        table: its layer, where it has several.
        fields: columns.
        box: float64 (4,) west, south, east, north in degrees; None: all.

    Returns:
        In the CRS of the file, ordered by the number of the feature (the index). Those of a box are those whose own
        box meets it.

    Raises:
        LayersError: the file cannot be read, has several layers, no CRS, no such column, or a feature without a valid
            polygon; names the features.
    """
    frame = _read(path, table, tuple(fields), box)
    if missing := [name for name in fields if name not in frame.columns]:
        raise LayersError(sentence("layers", "no_column", file=path.name, names=", ".join(missing)))
    shapes = frame.geometry.to_numpy()
    outline = np.isin(shapely.get_type_id(shapes), POLYGONS) & ~shapely.is_empty(shapes)
    _refuse(frame, ~outline, path, "no_outline")
    _refuse(frame, ~shapely.is_valid(shapes), path, "crossed")
    return frame


def columns(path: Path, table: str | None) -> list[str]:
    """All columns of a vector file but its outlines.

    Raises:
        LayersError: the file cannot be read, or has several layers.
    """
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            frame = _whole(path, table, (), digest(path))
            return [str(name) for name in frame.columns if name != frame.geometry.name]
        return [str(name) for name in pyogrio.read_info(path, layer=_table(path, table))["fields"]]
    except UNREADABLE as error:
        raise LayersError(sentence("layers", "areas_unreadable", file=path.name, problem=str(error))) from error


def in_degrees(frame: gpd.GeoDataFrame, path: Path, box: Floats | None = None) -> Geometries:
    """The polygons of `read` in EPSG:4326 (lon/lat CRSs within a metre of it as they are), clipped to a box of degrees.

    Raises:
        LayersError: corners beyond the globe: a file in metres that says that it is in degrees.
    """
    crs, shapes = code_of(frame, path), frame.geometry.to_numpy()
    if crs not in LONGITUDE_LATITUDE:
        if box is not None:
            west, south, east, north = transform_bounds("EPSG:4326", crs, *box, densify_pts=21)
            margin = 0.01 * max(east - west, north - south)
            shapes = _clipped(shapes, np.array([west - margin, south - margin, east + margin, north + margin]))
        known = CRS.from_user_input(crs)
        if known.is_projected:
            shapes = shapely.segmentize(shapes, STEP_M / known.axis_info[0].unit_conversion_factor)
        there = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        corners = shapely.get_coordinates(shapes)
        x, y = there.transform(corners[:, 0], corners[:, 1])
        shapes = np.asarray(shapely.set_coordinates(shapes.copy(), np.column_stack([x, y])), dtype=object)
        # What was valid as drawn can be bent across itself by rounding alone.
        bent = ~shapely.is_valid(shapes)
        shapes[bent] = polygons_of(shapely.make_valid(shapes[bent]))
    elif len(shapes) and not (np.abs(shapely.total_bounds(shapes)) <= GLOBE).all():
        raise LayersError(sentence("layers", "areas_beyond", file=path.name))
    return shapes if box is None else _clipped(shapes, box)


def code_of(frame: gpd.GeoDataFrame, path: Path) -> str:
    """CRS of what was read: `EPSG:n`, or WKT where it has no code.

    OGC:CRS84 counts as EPSG:4326: longitude comes first here in either.

    Raises:
        LayersError: it has none.
    """
    if frame.crs is None:
        raise LayersError(sentence("layers", "areas_no_crs", file=path.name))
    if frame.crs.to_string() == "OGC:CRS84":
        return "EPSG:4326"
    number = frame.crs.to_epsg()
    return f"EPSG:{number}" if number else str(frame.crs.to_wkt())


def values(frame: gpd.GeoDataFrame, asset: Asset, path: Path) -> tuple[Ints, Mask]:
    """Values of a column for an asset.

    Args:
        frame: from `read`.
        asset: says which column, and what its texts stand for.
        path: the file, for messages.

    Returns:
        int64 (n,), and bool (n,) where the column says nothing (its value is then 0).

    Raises:
        LayersError: a value that is no whole number, or that no class has for its name, or that the legend does not
            know; names the features.
    """
    column = frame[str(asset.field)]
    column = years_of(column)
    if not pd.api.types.is_numeric_dtype(column):
        column = _by_name(column.astype(object), asset)
    empty = column.isna().to_numpy(dtype=bool)
    numbers = pd.to_numeric(column, errors="coerce").astype(np.float64).to_numpy(na_value=np.nan)
    strange = ~empty & (~np.isfinite(numbers) | (np.trunc(numbers) != numbers))
    whole = np.where(empty | strange, 0, np.clip(numbers, -(2.0**31), 2.0**31)).astype(np.int64)
    known = Values(sorted((*asset.legend, *asset.nodata)))
    strange |= ~empty & ~known.holds(whole)
    if strange.any():
        own = frame[str(asset.field)].to_numpy(dtype=object)
        found = [f"{number}: {own[at]}" for number, at in _features(frame, strange)]
        more = {"legend": str(known), "features": _listed(found, int(strange.sum()))}
        raise LayersError(sentence("layers", "strange_column", file=path.name, field=str(asset.field), **more))
    return whole, empty


def years_of(column: pd.Series) -> pd.Series:
    """Years of a column of dates; any other column as it is."""
    if pd.api.types.infer_dtype(column, skipna=True) == "date":
        column = pd.to_datetime(column)
    return column.dt.year if pd.api.types.is_datetime64_any_dtype(column) else column


def polygons_of(shapes: Geometries) -> Geometries:
    """The polygons of geometries, each as one polygon or multipolygon; None where a geometry has none."""
    found: Geometries = np.full(len(shapes), None, dtype=object)
    parts, of = shapely.get_parts(shapes, return_index=True)
    # A collection of collections: `make_valid` may put multipolygons into one.
    deeper, inner = shapely.get_parts(parts, return_index=True)
    of = of[inner]
    flat = shapely.get_type_id(deeper) == shapely.GeometryType.POLYGON
    flat &= ~shapely.is_empty(deeper)
    if flat.any():
        shapely.multipolygons(deeper[flat], indices=of[flat], out=found)
    return found


def _by_name(texts: pd.Series, asset: Asset) -> pd.Series:
    """Numbers that texts stand for: by the name of a class, or written in digits; None where there is no text."""
    named = {name.strip(): value for value, name in asset.classes.items()}

    def number(text: object) -> float | None:
        if text is None or text is pd.NaT or (isinstance(text, float) and np.isnan(text)):
            return None
        plain = str(text).strip()
        if not plain:
            return None
        return named.get(plain, int(plain) if re.fullmatch(r"-?[0-9]{1,9}", plain) else np.inf)

    return pd.Series([number(text) for text in texts], index=texts.index, dtype=np.float64)


def _clipped(shapes: Geometries, box: Floats) -> Geometries:
    """The part of each polygon in a box; None where there is none."""
    frame = shapely.box(*box)
    found = shapes.copy()
    shapely.prepare(frame)
    cut = ~shapely.covers(frame, shapes)
    found[cut] = polygons_of(shapely.intersection(shapes[cut], frame))
    return found


def _read(path: Path, table: str | None, fields: tuple[str, ...], box: Floats | None) -> gpd.GeoDataFrame:
    try:
        if path.suffix.lower() not in BY_NUMBER:
            frame = _whole(path, table, fields, digest(path))
            if box is None:
                return frame
            return frame.iloc[np.sort(frame.sindex.query(shapely.box(*_native(frame.crs, box, path))))]
        named = _table(path, table)
        about = pyogrio.read_info(path, layer=named)
        here = None if box is None else _meeting(path, named, _native(about["crs"], box, path))
        kept = [name for name in fields if name in about["fields"]]
        frame = pyogrio.read_dataframe(
            path, layer=named, columns=kept, **_chosen(here), fid_as_index=True, mixed_offsets_as_utc=False
        )
        return gpd.GeoDataFrame(frame).sort_index()
    except UNREADABLE as error:
        raise LayersError(sentence("layers", "areas_unreadable", file=path.name, problem=str(error))) from error


def _meeting(path: Path, table: str, box: Floats) -> Positions:
    """Numbers of the features whose own box meets a box in the CRS of the file."""
    numbers, (west, south, east, north) = _boxes(path, table, digest(path))
    met: Positions = numbers[(west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])]
    return met


@lru_cache(maxsize=4)
def _boxes(path: Path, table: str, content: str) -> tuple[Positions, Floats]:
    """Number and box of every feature by its corners: the index of a file may be of another state of it, and GDAL
    would not find what it does not name."""
    numbers, boxes = pyogrio.read_bounds(path, layer=table)
    return numbers, boxes


def _chosen(numbers: Positions | None) -> dict[str, object]:
    """As pyogrio asks for features by their numbers, of which it wants one at least; 0 features are all to it."""
    if numbers is None:
        return {}
    return {"fids": numbers} if len(numbers) else {"where": "1 = 0"}


@lru_cache(maxsize=4)
def _whole(path: Path, table: str | None, fields: tuple[str, ...], content: str) -> gpd.GeoDataFrame:
    if path.suffix.lower() == ".geojson":
        return gpd.GeoDataFrame(pyogrio.read_dataframe(path, layer=_table(path, table), mixed_offsets_as_utc=False))
    if table is not None:
        # One table is all such a file holds: what is named stands elsewhere.
        raise LayersError(sentence("layers", "no_table", file=path.name, table=table, names="-"))
    return gpd.read_parquet(path)


def _table(path: Path, table: str | None) -> str:
    """The layer of the file that is meant; the only one with outlines where none is named."""
    named = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if not named:
        raise LayersError(sentence("layers", "areas_no_polygon", file=path.name))
    if table is None and len(named) > 1:
        raise LayersError(sentence("layers", "areas_several", file=path.name, names=", ".join(named)))
    if table is not None and table not in named:
        raise LayersError(sentence("layers", "no_table", file=path.name, table=table, names=", ".join(named)))
    return named[0] if table is None else table


def _native(crs: object, box: Floats, path: Path) -> Floats:
    """A box of degrees in the CRS of a file, a little larger where sides bend."""
    if crs is None:
        raise LayersError(sentence("layers", "areas_no_crs", file=path.name))
    west, south, east, north = transform_bounds("EPSG:4326", CRS.from_user_input(crs).to_wkt(), *box, densify_pts=21)
    margin = 0.01 * max(east - west, north - south)
    return np.array([west - margin, south - margin, east + margin, north + margin])


def _refuse(frame: gpd.GeoDataFrame, wrong: Mask, path: Path, key: str) -> None:
    if not wrong.any():
        return
    shapes = frame.geometry.to_numpy()
    found = [
        f"{number} ({shapely.is_valid_reason(shapes[at])})" if key == "crossed" else str(number)
        for number, at in _features(frame, wrong)
    ]
    raise LayersError(sentence("layers", key, file=path.name, features=_listed(found, int(wrong.sum()))))


def _features(frame: gpd.GeoDataFrame, wrong: Mask) -> list[tuple[object, int]]:
    """Number and place of the first of some features."""
    return [(frame.index[at], int(at)) for at in np.flatnonzero(wrong)[:LISTED]]


def _listed(found: Sequence[str], count: int) -> str:
    return ", ".join(found) + (f" (+{count - len(found)})" if count > len(found) else "")
