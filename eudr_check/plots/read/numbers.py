"""Numbers of a file's columns, all read with the one decimal mark of the file."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import numerals
from eudr_check.numerals import AmbiguousNumberError, Number
from eudr_check.plots.read.columns import text_of
from eudr_check.plots.read.raw_table import Delivery, Fault

_PLACES = ("longitude", "latitude")
_AREAS = ("declared_area_ha", "declared_area_m2")
_UNITS = ("has", "ha", "m2", "m²", "hectareas", "hectares")


def settle(delivery: Delivery, columns: Mapping[str, str]) -> None:
    """Write every number with a point before its decimals; one that has two readings is a fault of its row.

    Text that is no number stays as it is, for those who look at it later.

    Args:
        delivery: changed in place.
        columns: our field: header, as `columns.recognise` gives.
    """
    headers = {field: columns[field] for field in (*_PLACES, *_AREAS, "accuracy_m") if field in columns}
    if not headers or not len(delivery):
        return
    frame = delivery.attributes.copy(deep=False)
    cells = {field: _cells(frame[header], field) for field, header in headers.items()}
    mark = numerals.decimal_mark(cell for column in cells.values() for cell in column if type(cell) is str)
    for field, header in headers.items():
        frame[header] = pd.Series(_read(delivery, field, cells[field], mark), index=frame.index, dtype=object)
    delivery.attributes = frame


def _cells(column: pd.Series, field: str) -> NDArray[Any]:
    """Cells as text without their unit; numbers of the format are `Number`."""
    texts = text_of(column).to_numpy(dtype=object, copy=True)
    for row, raw in enumerate(column.to_numpy(dtype=object)):
        if texts[row] is None:
            continue
        if not isinstance(raw, str) or type(raw) is Number:
            texts[row] = Number(texts[row])
        elif field in _AREAS:
            texts[row] = _without_unit(texts[row])
    return texts


def _without_unit(text: str) -> str:
    lower = text.lower().rstrip(" .")
    unit = next((unit for unit in _UNITS if lower.endswith(unit)), "")
    return text[: len(lower) - len(unit)].strip() if unit and lower[: -len(unit)].strip()[-1:].isdigit() else text


def _read(delivery: Delivery, field: str, cells: NDArray[Any], mark: str | None) -> NDArray[Any]:
    found = cells.copy()
    for row in np.flatnonzero([type(cell) is str for cell in cells]).tolist():
        try:
            found[row] = numerals.read(cells[row], mark) or cells[row]
        except AmbiguousNumberError as error:
            details = {"field": field, "value": error.text[:60], "one": error.readings[0], "other": error.readings[1]}
            delivery.faults.append(Fault(row, "number_ambiguous", details))
            found[row] = None
    return found
