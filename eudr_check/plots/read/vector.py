"""Vector files through GDAL: whole columns at once where the file is sound, feature by feature where it is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from eudr_check.plots.read import geometry_columns, salvage
from eudr_check.plots.read.raw_table import UNKNOWN_DECIMALS, Delivery, Fault, Note, UnreadableError, joined
from eudr_check.plots.read.wkb import geometries

ERRORS = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError, OSError)
UNREADABLE_CRS = "(unreadable)"
_EXACT_TO = 2**53
_FIRST = 50
_Raw = tuple[dict[str, Any], Any, Any, list[Any]]


@dataclass
class Source:
    """A file GDAL may open, and what is known of it without GDAL."""

    path: Path
    drivers: tuple[str, ...]
    """Drivers that may open it."""
    encoding: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """Rows of its layers, counted without GDAL."""
    skipped: tuple[str, ...] = ()
    """Layers that are not read; whoever made the source says why."""
    crs: str | None = None
    """CRS in place of the file's own."""
    declared: tuple[str, ...] = ()
    """Layers that declare a CRS: where GDAL finds none in them, theirs is damaged."""
    foreign: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Layer: rows whose own bytes name another CRS than the layer does, and which."""
    recode: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    """What makes text of cells read byte by byte."""


def read(source: Source, table: str | None) -> Delivery:
    """One delivery from all tables with geometry of a vector file, or from the one named.

    Raises:
        UnreadableError: GDAL cannot open it, it is another kind of file, or has no such table.
        CRSError: its coordinate reference system is damaged.
    """
    try:
        layers = [(str(name), kind) for name, kind in pyogrio.list_layers(source.path) if name not in source.skipped]
        driver = str(pyogrio.read_info(source.path, layer=layers[0][0])["driver"]) if layers else source.drivers[0]
    except CRSError:
        raise
    except ERRORS as error:
        raise UnreadableError("file_unreadable", problem=str(error)) from error
    if driver not in source.drivers:
        raise UnreadableError("file_unsafe", problem=f"{driver} in disguise")
    names = [name for name, _ in layers]
    notes: list[Note] = []
    if table is not None:
        if table not in names:
            raise UnreadableError("table_missing", table=table, known=", ".join(names))
        names = [table]
    else:
        plain = [name for name, kind in layers if kind is None]
        names = [name for name in names if name not in plain] or names
        notes = [_note_of(source, name) for name in plain if name not in names]
    parts = [_layer(source, name) for name in names]
    if len(parts) > 1:
        parts = [part.placed_in(name) for name, part in zip(names, parts, strict=True)]
        notes.append(Note("tables_joined", {"tables": ", ".join(names)}))
    if not parts:
        raise UnreadableError("file_empty")
    delivery = joined(parts)
    delivery.notes.extend(notes)
    return delivery


def _note_of(source: Source, layer: str) -> Note:
    """What to say of a table without geometry beside tables with it; it may be a list of plots all the same."""
    try:
        first = _delivery(source, _raw(source, layer, max_features=_FIRST))
    except ERRORS:
        return Note("table_unread", {"table": layer, "problem": "it is damaged"})
    if geometry_columns.gives_place(first, {}):
        return Note("table_unread", {"table": layer, "problem": "coordinates in columns, beside tables of boundaries"})
    return Note("table_ignored", {"table": layer, "rows": _count(source, layer)})


def _count(source: Source, layer: str) -> int:
    known = source.counts.get(layer)
    if known is not None:
        return known
    return int(pyogrio.read_info(source.path, layer=layer, force_feature_count=True)["features"])


def _layer(source: Source, layer: str) -> Delivery:
    count = source.counts.get(layer)
    try:
        raw = _raw(source, layer)
        if count is not None and len(_rows(raw)) != count:
            # GDAL went by a number the file keeps beside its rows; a filter makes it count them.
            raw = _raw(source, layer, where="1 = 1") if source.drivers[0] == "GPKG" else raw
    except CRSError:
        raise
    except ERRORS:
        return _with_foreign(source, layer, _by_feature(source, layer))
    found = len(_rows(raw))
    if count is not None and found < count:
        delivery = _by_feature(source, layer)
    else:
        delivery = _delivery(source, raw)
        _restore_long_numbers(source, layer, delivery)
    if delivery.crs_from[0][1] is None and layer in source.declared:
        delivery.crs_from = [(0, UNREADABLE_CRS)]
    if count is not None and found != count:
        delivery.notes.append(Note("count_differs", {"counts": f"{layer}: {count}, {found}"}))
    return _with_foreign(source, layer, delivery)


def _with_foreign(source: Source, layer: str, delivery: Delivery) -> Delivery:
    """The delivery, of which rows that name another CRS than their layer are not to be used."""
    crs = str(delivery.crs_from[0][1])
    delivery.faults.extend(
        Fault(row, "crs_contradicts", {"said": said, "crs": crs})
        for row, said in source.foreign.get(layer, {}).items()
        if row < len(delivery)
    )
    return delivery


def _raw(source: Source, layer: str, **window: Any) -> _Raw:
    raw: _Raw = pyogrio.raw.read(source.path, layer=layer, encoding=source.encoding, force_2d=True, **window)
    return raw


def _rows(raw: _Raw) -> Any:
    meta, _, wkb, columns = raw
    return wkb if wkb is not None else columns[0] if len(meta["fields"]) else ()


def _delivery(source: Source, raw: _Raw) -> Delivery:
    meta, _, wkb, columns = raw
    names = [str(name) for name in meta["fields"]]
    count = len(_rows(raw))
    whole = [str(kind).startswith(("int", "uint")) for kind in meta["dtypes"]]
    # Objects stay objects: pandas would copy every text into Arrow, only for it to be read cell by cell.
    series = [
        _whole(column) if is_whole and column.dtype.kind == "f" else _plain(column)
        for column, is_whole in zip(columns, whole, strict=True)
    ]
    frame = pd.DataFrame(dict(enumerate(series)), copy=False)
    frame.columns = pd.Index(names, dtype=object)
    frame = frame if len(names) else pd.DataFrame(index=range(count))
    if source.recode is not None:
        frame = source.recode(frame)
    geometry, more = geometries(wkb if wkb is not None else np.full(count, None, dtype=object))
    return Delivery(
        frame,
        geometry,
        np.arange(1, count + 1),
        np.full((count, 2), UNKNOWN_DECIMALS, dtype=np.int8),
        crs=source.crs or meta["crs"],
        faults=more,
        dates={
            name: np.flatnonzero(~np.isnat(column)).tolist()
            for name, column in zip(names, columns, strict=True)
            if column.dtype.kind == "M"
        },
    )


def _restore_long_numbers(source: Source, layer: str, delivery: Delivery) -> None:
    """Whole numbers that went through a double and are too long for one, once more and exactly."""
    frame = delivery.attributes
    long = [
        str(name)
        for position, name in enumerate(frame.columns)
        if frame.dtypes.iloc[position].kind == "O"
        and any(isinstance(value, int) and abs(value) >= _EXACT_TO for value in frame.iloc[:, position])
    ]
    if not long:
        return
    _, table = pyogrio.read_arrow(source.path, layer=layer, columns=long, read_geometry=False)
    for name in long:
        values = table.column(name).to_pylist() if name in table.column_names else []
        if len(values) == len(frame):
            frame[name] = np.array(values, dtype=object)


def _plain(column: Any) -> pd.Series:
    return pd.Series(column, dtype=object if column.dtype.kind == "O" else None)


def _whole(column: Any) -> pd.Series:
    """Whole numbers that came as doubles because some cells are empty."""
    return pd.Series([None if value != value else int(value) for value in column], dtype=object)


def _by_feature(source: Source, layer: str) -> Delivery:
    """Every feature that can be read, so that one bad feature costs one row.

    Raises:
        UnreadableError: not even that works.
    """
    try:
        crs = source.crs or pyogrio.read_info(source.path, layer=layer)["crs"]
        delivery = salvage.read(source.path, layer, source.drivers, source.counts.get(layer), source.encoding)
    except ERRORS as error:
        raise UnreadableError("file_unreadable", problem=str(error)) from error
    delivery.crs_from = [(0, crs)]
    if source.recode is not None:
        delivery.attributes = source.recode(delivery.attributes)
    return delivery
