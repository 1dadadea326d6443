"""GeoPackage, Shapefile, FlatGeobuf and other vector files through GDAL: whole columns at once where the file is
sound, feature by feature where it is not."""

import struct
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import pandas as pd
import pyogrio
import shapely
from fiona._err import CPLE_BaseError
from fiona.errors import FionaError
from numpy.typing import NDArray
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from eudr_check.plots.delivery import UNKNOWN_DECIMALS, Delivery, Fault, Note, UnreadableError, joined

_PYOGRIO_ERRORS = (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
    ValueError,
    OSError,
)
_FIONA_ERRORS = (FionaError, CPLE_BaseError)
UNREADABLE_CRS = "(unreadable)"
_ENCODINGS = ("utf-8", "cp1252", "latin-1")


def read(path: Path, table: str | None, encoding: str | None) -> Delivery:
    """One delivery from all tables with geometry of a vector file, or from the one named.

    Raises:
        UnreadableError: GDAL cannot open it, or has no such table.
    """
    try:
        layers = pyogrio.list_layers(path)
    except _PYOGRIO_ERRORS as error:
        raise UnreadableError("file_unreadable", problem=str(error)[:200]) from error
    names = [str(name) for name in layers[:, 0]]
    notes: list[Note] = []
    if table is not None:
        if table not in names:
            raise UnreadableError("table_missing", table=table, known=", ".join(names))
        names = [table]
    else:
        plain = [str(name) for name, kind in layers if kind is None]
        names = [name for name in names if name not in plain] or names
        notes = [
            Note("table_ignored", {"table": name, "rows": int(pyogrio.read_info(path, layer=name)["features"])})
            for name in plain
            if name not in names
        ]
    parts = [_layer(path, name, encoding) for name in names]
    if len(parts) > 1:
        notes.append(Note("tables_joined", {"tables": ", ".join(names)}))
    if not parts:
        raise UnreadableError("file_empty")
    delivery = joined(parts)
    delivery.notes.extend(notes)
    return delivery


def _layer(path: Path, layer: str, encoding: str | None) -> Delivery:
    reading = encoding
    unsure = encoding is None and path.suffix.lower() == ".shp" and not path.with_suffix(".cpg").exists()
    if unsure:
        reading = "ISO-8859-1"
    try:
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer, encoding=reading, force_2d=True)
    except _PYOGRIO_ERRORS:
        return _by_feature(path, layer, encoding)
    names = [str(name) for name in meta["fields"]]
    # Objects stay objects: pandas would copy every text into Arrow, only for it to be read cell by cell.
    series = [pd.Series(column, dtype=object if column.dtype.kind == "O" else None) for column in columns]
    frame = pd.DataFrame(dict(enumerate(series)), copy=False)
    frame.columns = pd.Index(names, dtype=object)
    count = len(wkb) if wkb is not None else len(frame)
    frame = frame if len(names) else pd.DataFrame(index=range(count))
    if unsure:
        frame = _recoded(frame)
    geometry, faults = geometries(wkb if wkb is not None else np.full(count, None, dtype=object))
    return Delivery(
        frame,
        geometry,
        np.arange(1, count + 1),
        np.full((count, 2), UNKNOWN_DECIMALS, dtype=np.int8),
        crs=meta["crs"],
        faults=faults,
    )


def geometries(wkb: NDArray[Any]) -> tuple[NDArray[Any], list[Fault]]:
    """Shapely geometries of WKB; rings GEOS refuses are closed or reported.

    Args:
        wkb: object (n,) bytes or None.

    Returns:
        object (n,) 2-D geometries, None where there is none or an unreadable one, and the faults.
    """
    with np.errstate(invalid="ignore"):
        geometry = shapely.from_wkb(wkb, on_invalid="ignore")
        refused = np.flatnonzero(shapely.is_missing(geometry) & ~pd.isna(wkb))
        faults: list[Fault] = []
        for row in refused:
            positions = ring_sizes(wkb[row])
            repaired = shapely.from_wkb(wkb[row], on_invalid="fix") if positions and min(positions) >= 3 else None
            if repaired is None and positions:
                faults.append(Fault(int(row), "ring_too_short", {"positions": min(positions)}))
            elif repaired is None:
                faults.append(Fault(int(row), "geometry_unreadable", {"problem": "broken well-known binary"}))
            else:
                geometry[row] = repaired
                faults.append(Fault(int(row), "ring_unclosed", {"positions": positions[0]}))
    # A geometry that is flat would only be copied.
    raised = shapely.get_coordinate_dimension(geometry) > 2
    geometry[raised] = shapely.force_2d(geometry[raised])
    return geometry, faults


def ring_sizes(wkb: bytes) -> list[int]:
    """Positions of each ring of a polygon or multipolygon in WKB; empty for anything else or for broken bytes."""
    try:
        return _polygon_sizes(wkb, 0)[0]
    except struct.error:
        return []


def _polygon_sizes(wkb: bytes, at: int) -> tuple[list[int], int]:
    order = "<" if wkb[at : at + 1] == b"\x01" else ">"
    kind, count = struct.unpack_from(order + "II", wkb, at + 1)
    plain = kind % 1000 if kind < 0x20000000 else kind & 0xFF
    width = 8 * (2 + (kind // 1000 in (1, 2)) + 2 * (kind // 1000 == 3) + bool(kind & 0x80000000))
    at += 9
    sizes: list[int] = []
    if plain == 6:
        for _ in range(count):
            part, at = _polygon_sizes(wkb, at)
            sizes += part
    elif plain == 3:
        for _ in range(count):
            (size,) = struct.unpack_from(order + "I", wkb, at)
            at += 4 + size * width
            if at > len(wkb):
                raise struct.error("ring runs beyond the bytes")
            sizes.append(size)
    return sizes, at


def _recoded(frame: pd.DataFrame) -> pd.DataFrame:
    """Text read byte by byte, decoded as UTF-8 where it is that, else as cp1252."""
    frame = frame.rename(columns=lambda name: decoded(str(name).encode("latin-1")))
    for name in frame.columns[[dtype.kind in "OU" for dtype in frame.dtypes]]:
        frame[name] = [
            decoded(value.encode("latin-1", "replace")) if isinstance(value, str) else value for value in frame[name]
        ]
    return frame


def decoded(content: bytes) -> str:
    """Text in the first encoding that fits: UTF-8, cp1252, latin-1 (which always does)."""
    for encoding in _ENCODINGS[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode(_ENCODINGS[-1])


def _crs_of(source: Any) -> str | None:
    """CRS of an open file; a damaged one is not the same as none, for degrees may not be assumed in its place."""
    try:
        return source.crs_wkt or None
    except _FIONA_ERRORS:
        return UNREADABLE_CRS


def _by_feature(path: Path, layer: str, encoding: str | None) -> Delivery:
    """Every feature on its own, so that one bad feature costs one row.

    Raises:
        UnreadableError: not even that works.
    """
    cells: list[dict[str, Any]] = []
    shapes: list[bytes | None] = []
    faults: list[Fault] = []
    try:
        with fiona.open(path, layer=layer, encoding=encoding) as source:
            crs = _crs_of(source)
            features = iter(source)
            while len(cells) < len(source):
                row = len(cells)
                try:
                    feature = next(features)
                    shape = None if feature.geometry is None else shapely.geometry.shape(feature.geometry)
                    cells.append(dict(feature.properties))
                    shapes.append(None if shape is None else shapely.to_wkb(shape))
                except StopIteration:
                    break
                except (*_FIONA_ERRORS, shapely.errors.ShapelyError, ValueError, TypeError) as error:
                    cells.append({})
                    shapes.append(None)
                    faults.append(Fault(row, "row_unreadable", {"problem": str(error)[:200]}))
    except (*_FIONA_ERRORS, OSError, ValueError) as error:
        raise UnreadableError("file_unreadable", problem=str(error)[:200]) from error
    wkb = np.empty(len(shapes), dtype=object)
    wkb[:] = shapes
    geometry, more = geometries(wkb)
    return Delivery(
        pd.DataFrame(cells, index=range(len(cells))),
        geometry,
        np.arange(1, len(cells) + 1),
        np.full((len(cells), 2), UNKNOWN_DECIMALS, dtype=np.int8),
        crs=crs,
        faults=[*faults, *more],
    )
