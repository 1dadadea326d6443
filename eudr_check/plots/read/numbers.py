"""Numbers of a file's columns, all read with the one decimal mark of the file."""

from collections.abc import Mapping
from decimal import Decimal
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
_UNITS = {
    "has": "declared_area_ha",
    "ha": "declared_area_ha",
    "hectareas": "declared_area_ha",
    "hectáreas": "declared_area_ha",
    "hectares": "declared_area_ha",
    "hectare": "declared_area_ha",
    "hectarea": "declared_area_ha",
    "hektar": "declared_area_ha",
    "m2": "declared_area_m2",
    "m²": "declared_area_m2",
    "sqm": "declared_area_m2",
    "mt2": "declared_area_m2",
    "mts2": "declared_area_m2",
    "metros cuadrados": "declared_area_m2",
    "metros quadrados": "declared_area_m2",
}
_M2_PER_HA = 10_000
_LEAST_M2 = 100
"""Fewer square metres are no plot: the other reading of the number may be meant."""


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
    mark = numerals.decimal_mark(cell for column, _ in cells.values() for cell in column if type(cell) is str)
    for field, header in headers.items():
        frame[header] = pd.Series(_read(delivery, field, *cells[field], mark), index=frame.index, dtype=object)
    delivery.attributes = frame


def _cells(column: pd.Series, field: str) -> tuple[NDArray[Any], dict[int, str]]:
    """Cells as text without unit, numbers of the format as `Number`; and the unit where it is not the column's."""
    texts = text_of(column).to_numpy(dtype=object, copy=True)
    others: dict[int, str] = {}
    for row, raw in enumerate(column.to_numpy(dtype=object)):
        if texts[row] is None:
            continue
        if not isinstance(raw, str) or type(raw) is Number:
            texts[row] = Number(texts[row])
        elif field in _AREAS:
            texts[row], unit = _without_unit(texts[row])
            if unit not in (None, field):
                others[row] = str(unit)
    return texts, others


def _without_unit(text: str) -> tuple[str, str | None]:
    lower = text.lower().rstrip(" .")
    unit = next((unit for unit in sorted(_UNITS, key=len, reverse=True) if lower.endswith(unit)), None)
    if unit is None or not lower[: -len(unit)].strip()[-1:].isdigit():
        return text, None
    return text[: len(lower) - len(unit)].strip(), _UNITS[unit]


def _in_unit_of_column(number: str, unit: str) -> str:
    """A number of one unit of area in the other one."""
    factor = Decimal(_M2_PER_HA) if unit == "declared_area_ha" else 1 / Decimal(_M2_PER_HA)
    return format(Decimal(number) * factor, "f")


def _refuse_speck(text: str, number: str, field: str, unit: str | None) -> None:
    """Refuse a number of square metres that is no plot as read, and one as it reads otherwise.

    Raises:
        AmbiguousNumberError: nobody knows which is meant.
    """
    point, comma = numerals.readings(text)
    if (unit or field) != "declared_area_m2" or point is None or comma is None or point == comma:
        return
    if float(number) < _LEAST_M2 <= max(float(point), float(comma)):
        raise AmbiguousNumberError(text, (point, comma))


def _read(
    delivery: Delivery, field: str, cells: NDArray[Any], others: Mapping[int, str], mark: str | None
) -> NDArray[Any]:
    found = cells.copy()
    for row in np.flatnonzero([type(cell) is str for cell in cells]).tolist():
        try:
            number = numerals.read(cells[row], mark)
            if number is None:
                continue
            if field in _AREAS:
                _refuse_speck(cells[row], number, field, others.get(row))
            found[row] = _in_unit_of_column(number, others[row]) if row in others else number
        except AmbiguousNumberError as error:
            details = {"field": field, "value": error.text[:60], "one": error.readings[0], "other": error.readings[1]}
            delivery.faults.append(Fault(row, "number_ambiguous", details))
            found[row] = None
    return found
