"""Odd vector files read feature by feature through fiona, so that one broken feature costs one row."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
from numpy.typing import NDArray

from eudr_check.plots.read import geojson
from eudr_check.plots.read.geometry_builder import Outlines
from eudr_check.plots.read.raw_table import UNKNOWN_DECIMALS, Delivery, Fault

BYTES_AS_TEXT = "ISO-8859-1"
"""Encoding that holds every byte as a character: no broken text can end the reading of a file."""
_NOT_READ = "GDAL cannot read the feature"
Errors = tuple[type[Exception], ...]


@dataclass
class _Table:
    """What has been read so far."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    """GDAL's number of each feature, -1 where it could not be read."""
    outlines: Outlines = field(default_factory=Outlines)
    faults: list[Fault] = field(default_factory=list)


def read(path: Path, layer: str, drivers: tuple[str, ...], count: int | None, encoding: str | None) -> Delivery:
    """Every feature of a layer in its order; one that cannot be read is a row with a blocking fault.

    The stream of features ends at the first that is broken in some formats. Those behind it are asked for by number,
    as long as the layer has features that were not seen.

    Args:
        path: file or folder.
        layer: name of the layer.
        drivers: drivers of GDAL that may open it.
        count: features the layer should have, as the file says where nobody has counted them.
        encoding: encoding of its texts where the file does not say it.

    Returns:
        A delivery without CRS.

    Raises:
        OSError: fiona cannot open the layer, or is not installed.
    """
    fiona, broken = _fiona()
    table = _Table()
    try:
        with fiona.open(path, layer=layer, enabled_drivers=list(drivers), encoding=encoding) as collection:
            kinds = {str(name): str(kind) for name, kind in collection.schema["properties"].items()}
            count = len(collection) if count is None else count
            for feature in _stream(collection, count, broken):
                _take(table, feature)
            last = max(table.numbers, default=-1)
            for number in range(last + 1, last + 1 + count - len(table.cells)):
                _take(table, _by_number(collection, number, broken))
    except fiona.errors.FionaError as error:
        raise OSError(str(error)) from error
    texts = [name for name, kind in kinds.items() if kind.startswith("str")]
    _report_broken_texts(table, path, layer, texts)
    return _delivery(table, list(kinds))


def _fiona() -> tuple[Any, Errors]:
    """The library, and what it raises of a broken feature."""
    try:
        # It has no wheel for every Python; pyproject.toml says for which.
        import fiona
        import fiona.errors
    except ImportError as error:
        raise OSError(f"{_NOT_READ}, and to read the others fiona is needed, which is not installed") from error
    return fiona, (fiona.errors.FionaError, ValueError, TypeError, LookupError, OSError)


def _stream(collection: Any, most: int, broken: Errors) -> Iterator[Any]:
    """Features up to the end of the stream; None for one that breaks while it is made."""
    features = iter(collection)
    for _ in range(most):
        try:
            yield next(features)
        except StopIteration:
            return
        except broken:
            yield None


def _by_number(collection: Any, number: int, broken: Errors) -> Any:
    try:
        return collection.get(number)
    except broken:
        return None


def _take(table: _Table, feature: Any) -> None:
    row = len(table.cells)
    if feature is None:
        table.cells.append({})
        table.numbers.append(-1)
        table.faults.append(Fault(row, "row_unreadable", {"problem": _NOT_READ}))
        return
    table.cells.append({name: _cell(value) for name, value in feature.properties.items()})
    table.numbers.append(int(feature.id))
    if feature.geometry is None:
        return
    try:
        geojson.draw(table.outlines, row, json.dumps(feature.geometry.__geo_interface__))
    except ValueError as error:
        table.faults.append(Fault(row, "geometry_unreadable", {"problem": str(error)[:200]}))


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _report_broken_texts(table: _Table, path: Path, layer: str, texts: list[str]) -> None:
    """Fiona gives an empty cell for a text it cannot decode; whether the file has one there, pyogrio says."""
    rows = [
        row
        for row, (cells, number) in enumerate(zip(table.cells, table.numbers, strict=True))
        if number >= 0 and any(cells.get(name) is None for name in texts)
    ]
    if not rows:
        return
    wanted = [table.numbers[row] for row in rows]
    meta, _, _, columns = pyogrio.raw.read(
        path, layer=layer, columns=texts, fids=wanted, encoding=BYTES_AS_TEXT, read_geometry=False
    )
    for place, row in enumerate(rows):
        pairs = zip(meta["fields"], columns, strict=True)
        broken = [str(name) for name, column in pairs if column[place] is not None and table.cells[row][name] is None]
        if broken:
            problem = f"text that cannot be decoded in {', '.join(broken)}"
            table.faults.append(Fault(row, "row_unreadable", {"problem": problem[:200]}))


def _delivery(table: _Table, names: list[str]) -> Delivery:
    count = len(table.cells)
    geometry, _, faults = table.outlines.build(count)
    decimals: NDArray[np.int8] = np.full((count, 2), UNKNOWN_DECIMALS, dtype=np.int8)
    frame = pd.DataFrame(
        {place: pd.Series([cells.get(name) for cells in table.cells], dtype=object) for place, name in enumerate(names)}
    )
    frame.columns = pd.Index(names, dtype=object)
    frame = frame if names else pd.DataFrame(index=range(count))
    return Delivery(frame, geometry, np.arange(1, count + 1), decimals, faults=[*table.faults, *faults])
