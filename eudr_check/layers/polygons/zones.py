"""Zones: the polygons of maps around the plots of a tile, with the values they give to EVIDENCE. Local reads only."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from eudr_check.errors import LayersError
from eudr_check.layers.definition import LayerDefinition
from eudr_check.layers.definition_rules import other_crs
from eudr_check.layers.encode import encode
from eudr_check.layers.fetch.block_store import Store
from eudr_check.layers.polygons import files
from eudr_check.text import sentence
from eudr_check.typing import Floats, Geometries
from eudr_check.variables import UNKNOWN

REST = "rest"
MARGIN_DEG = 0.001
"""Polygons are clipped this far beyond the ground needed: no edge of a clip is an edge of the map."""


def zones(
    window: ArrayLike, definitions: Sequence[LayerDefinition], sources: pd.DataFrame, store: Path
) -> tuple[gpd.GeoDataFrame, ...]:
    """The polygon maps of a tile.

    Args:
        window: west, south, east, north in degrees of the ground needed, one box or float64 (n, 4) boxes.
        definitions: the layers of the harvest; those that are rasters are left out.
        sources: SOURCES rows of the tile; only rows `read` are opened.
        store: content store that `prefetch` filled.

    Returns:
        One per polygon map: `geometry` (EPSG:4326, clipped around the common box of `window`), int16 columns named like
        `Variable.column` (1 / 0 / -1 or year / 0 / -1) and `rest` (bool): true for ground whose values hold only where
        no other polygon of the map lies. Ground in no row is unknown. A map that was not read has no row.

    Raises:
        LayersError: the file is gone, is no longer what was read, or holds what its definition does not know.
    """
    boxes = np.atleast_2d(np.asarray(window, dtype=np.float64))
    box = np.concatenate([boxes[:, :2].min(axis=0) - MARGIN_DEG, boxes[:, 2:].max(axis=0) + MARGIN_DEG])
    box = np.clip(box, [-180, -90, -180, -90], [180, 90, 180, 90])
    found = []
    for layer in definitions:
        if layer.polygons is not None:
            path = _path(layer, sources[sources["layer"] == layer.id], Store(store))
            found.append(_none(layer) if path is None else around(layer, path, box))
    return tuple(found)


def around(layer: LayerDefinition, path: Path, box: Floats) -> gpd.GeoDataFrame:
    """The zones of one map in a box of degrees (float64 (4,)), as `zones` gives them.

    Raises:
        LayersError: as `zones`.
    """
    assert layer.polygons is not None
    used = {key: layer.assets[key] for one in layer.encodings.values() for key in one.assets}
    frame = files.read(path, layer.polygons.table, sorted({str(one.field) for one in used.values()}), box)
    require_crs(layer, frame, path)
    read = {key: files.values(frame, asset, path) for key, asset in used.items()}
    shapes, cover = files.in_degrees(frame, path, box), _cover(layer, path, box)
    if cover is not None:
        there = ~shapely.is_missing(shapes)
        shapes[there] = files.polygons_of(shapely.intersection(shapes[there], cover))
    numbers = {key: one.astype(used[key].dtype) for key, (one, _) in read.items()}
    nothing = {key: empty for key, (_, empty) in read.items()}
    table = _frame(_columns(layer, numbers, nothing), shapes, rest=False)
    table = table[~shapely.is_missing(table.geometry.to_numpy())]
    if cover is None or not layer.polygons.gaps or shapely.is_empty(cover):
        return gpd.GeoDataFrame(table.reset_index(drop=True))
    gaps = layer.polygons.gaps
    value = {key: np.array([gaps.get(key, 0)], dtype=asset.dtype) for key, asset in used.items()}
    columns = _columns(layer, value, {key: np.array([key not in gaps]) for key in used})
    rest = _frame(columns, np.array([cover], dtype=object), rest=True)
    return gpd.GeoDataFrame(pd.concat([table, rest], ignore_index=True))


def require_crs(layer: LayerDefinition, frame: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse a file in another CRS than its definition says.

    Raises:
        LayersError: names both.
    """
    why = other_crs(layer, files.code_of(frame, path))
    if why is not None:
        raise LayersError(sentence("layers", "raster_problem", path=path.name, problem=why))


def _path(layer: LayerDefinition, rows: pd.DataFrame, store: Store) -> Path | None:
    """The file of a map, where all of it was read and it still is what it was."""
    if not len(rows) or (rows["status"] == "failed").any():
        return None
    read = rows[rows["status"] == "read"]
    places = read[["href", "etag"]].drop_duplicates()
    if not len(places):
        return None
    if len(places) > 1:
        raise LayersError(sentence("layers", "polygons_one_file", layer=layer.id, items=", ".join(places["href"])))
    href, etag = str(places["href"].iloc[0]), str(places["etag"].iloc[0])
    path = store.local_path(href, etag)
    if files.digest(path) != etag:
        raise LayersError(sentence("layers", "changed_while_read", name=path.name))
    return path


def _cover(layer: LayerDefinition, path: Path, box: Floats) -> shapely.Geometry | None:
    """The ground the map speaks of, in a box; None where nobody says."""
    assert layer.polygons is not None
    stated = layer.polygons.cover
    if stated is None:
        return None
    if isinstance(stated, tuple):
        return shapely.intersection(shapely.box(*stated), shapely.box(*box))
    frame = files.read(path, stated, [], box)
    require_crs(layer, frame, path)
    shapes = files.in_degrees(frame, path, box)
    return shapely.union_all(shapes[~shapely.is_missing(shapes)])


def _columns(
    layer: LayerDefinition, values: Mapping[str, NDArray[np.integer]], nothing: Mapping[str, NDArray[np.bool_]]
) -> dict[str, NDArray[np.int16]]:
    """EVIDENCE columns of polygons from the values of their assets; unknown where a column that is needed says none."""
    columns = {}
    for name, one in layer.encodings.items():
        found = encode(one, layer.assets, {key: values[key] for key in one.assets}, {})
        for key in one.assets:
            found[nothing[key]] = UNKNOWN
        columns[f"{layer.name}.{name}"] = found
    return columns


def _frame(columns: Mapping[str, NDArray[np.int16]], shapes: Geometries, *, rest: bool) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({**columns, REST: np.full(len(shapes), rest)}, geometry=shapes, crs="EPSG:4326")


def _none(layer: LayerDefinition) -> gpd.GeoDataFrame:
    empty = {variable.column: np.empty(0, dtype=np.int16) for variable in layer.variables}
    return _frame(empty, np.empty(0, dtype=object), rest=False)
