"""Numbers of a file's columns, all read with the one decimal mark of the file."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from eudr_check import numerals
from eudr_check.numerals import AmbiguousNumberError, Number
from eudr_check.plots.read.area_units import area_unit, of_one_size
from eudr_check.plots.read.columns import text_of
from eudr_check.plots.read.raw_table import Delivery, Fault

_PLACES = ("longitude", "latitude")
_AREAS = ("declared_area_ha", "declared_area_m2")
_M2 = Decimal("0.0001")
_HECTARES = {"declared_area_ha": Decimal(1), "declared_area_m2": _M2}
"""What one of a column's unit is in hectares."""
_UNITS = {
    **dict.fromkeys(("has", "ha", "hectareas", "hectáreas", "hectares", "hectare", "hectarea", "hektar"), Decimal(1)),
    **dict.fromkeys(("m2", "m²", "sqm", "mt2", "mts2", "metros cuadrados", "metros quadrados"), _M2),
}
"""Words for units behind a number, and their hectares."""
_LEAST_M2 = 100
"""Fewer square metres are no plot: the other reading of the number may be meant."""


def settle(delivery: Delivery, columns: Mapping[str, str], country: str | None = None) -> None:
    """Write every number with a point before its decimals; one that has two readings is a fault of its row.

    Text that is no number stays as it is, for those who look at it later.

    Args:
        delivery: changed in place.
        columns: our field: header, as `columns.recognise` gives.
        country: where all plots of the file lie, ISO 3166-1 alpha-2; None where that is not known.
    """
    headers = {field: columns[field] for field in (*_PLACES, *_AREAS, "accuracy_m") if field in columns}
    if not headers or not len(delivery):
        return
    frame = delivery.attributes.copy(deep=False)
    named = {field: area_unit(header, country) if field in _AREAS else None for field, header in headers.items()}
    cells = {
        field: _cells(frame[header], field, unit.hectares if (unit := named[field]) else None)
        for field, header in headers.items()
    }
    mark = numerals.decimal_mark(cell for column, _ in cells.values() for cell in column if type(cell) is str)
    for field, header in headers.items():
        frame[header] = pd.Series(_read(delivery, field, *cells[field], mark), index=frame.index, dtype=object)
    delivery.attributes = frame


def _cells(column: pd.Series, field: str, unit: Decimal | None) -> tuple[NDArray[Any], dict[int, Decimal]]:
    """Cells as text without unit, numbers of the format as `Number`; and hectares of the unit where a cell has one.

    Args:
        column: as delivered. field: ours.
        unit: hectares of the unit that the header names, where it is no field of ours.
    """
    texts = text_of(column).to_numpy(dtype=object, copy=True)
    units: dict[int, Decimal] = {}
    for row, raw in enumerate(column.to_numpy(dtype=object)):
        if texts[row] is None:
            continue
        said = None
        if not isinstance(raw, str) or type(raw) is Number:
            texts[row] = Number(texts[row])
        elif field in _AREAS:
            texts[row], said = _without_unit(texts[row])
        if (one := said or unit) is not None:
            units[row] = one
    return texts, units


def _without_unit(text: str) -> tuple[str, Decimal | None]:
    lower = text.lower().rstrip(" .")
    unit = next((unit for unit in known_units() if lower.endswith(unit)), None)
    if unit is None or not lower[: -len(unit)].strip()[-1:].isdigit():
        return text, None
    return text[: len(lower) - len(unit)].strip(), known_units()[unit]


@cache
def known_units() -> dict[str, Decimal]:
    """Hectares of every unit that may stand behind a number, the longest words first."""
    known = _UNITS | {word: unit.hectares for word, unit in of_one_size(None).items()}
    return {word: known[word] for word in sorted(known, key=len, reverse=True)}


def _unread(field: str, cell: str) -> dict[str, str]:
    return {"field": field, "value": str(cell)[:60], "expected": "[an area, e.g. 2.5]"}


def _refuse_speck(text: str, number: str, unit: Decimal) -> None:
    """Refuse a number of square metres that is no plot as read, and one as it reads otherwise.

    Raises:
        AmbiguousNumberError: nobody knows which is meant.
    """
    point, comma = numerals.readings(text)
    if unit != _M2 or point is None or comma is None or point == comma:
        return
    if float(number) < _LEAST_M2 <= max(float(point), float(comma)):
        raise AmbiguousNumberError(text, (point, comma))


def _read(
    delivery: Delivery, field: str, cells: NDArray[Any], units: Mapping[int, Decimal], mark: str | None
) -> NDArray[Any]:
    found = cells.copy()
    for row, cell in enumerate(cells):
        if cell is None or (type(cell) is not str and row not in units):
            continue
        try:
            number = numerals.read(str(cell), mark if type(cell) is str else ".")
            if number is None and row in units and units[row] != _HECTARES[field]:
                # Without its unit the cell would be taken for hectares.
                delivery.faults.append(Fault(row, "value_unreadable", _unread(field, cell)))
                found[row] = None
            if number is None:
                continue
            if field in _AREAS:
                unit = units.get(row, _HECTARES[field])
                if type(cell) is str:
                    _refuse_speck(cell, number, unit)
                own = _HECTARES[field]
                found[row] = number if unit == own else format(Decimal(number) * unit / own, "f")
            else:
                found[row] = number
        except AmbiguousNumberError as error:
            details = {"field": field, "value": error.text[:60], "one": error.readings[0], "other": error.readings[1]}
            delivery.faults.append(Fault(row, "number_ambiguous", details))
            found[row] = None
    return found
