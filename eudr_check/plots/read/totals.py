"""Rows of a table that add up the rows above them: they are named in a finding, and are no plots."""

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import numerals
from eudr_check.names import is_total
from eudr_check.numerals import AmbiguousNumberError
from eudr_check.plots.read.columns import text_of
from eudr_check.plots.read.raw_table import ROWS_LOST, Delivery, Note

_AREAS = ("declared_area_ha", "declared_area_m2")
_FORMULA = re.compile(r"(?:of:)?=\s*(?:SUM|SUBTOTAL)\(", re.IGNORECASE)
_ROUNDING_SHARE = 0.001
_LEAST_ADDED = 2
"""Of fewer rows the area of a plot is their sum by chance, or by being the same."""
_MOST_LOOKED_AT = 1000
"""Rows without id and place; more of them are a list of something else."""
_LARGEST = 1e15
"""Square metres, or hectares, that the Earth does not have: added up, such figures are without end, as any sum is."""


def leave_out(delivery: Delivery, columns: Mapping[str, str], places: Iterable[str]) -> None:
    """Take the totals rows out of a delivery; each becomes a note that names it.

    A totals row has no place, no corner number and no id of its own, and says so in words (`TOTAL`, `Suma`,
    `Sous-total`), or holds numbers alone of which the area is the sum of those above it. A row that has a place is a
    plot, whatever it is called.

    Args:
        delivery: rows of a table before they get their geometry; changed in place.
        columns: our field: header.
        places: headers that hold coordinates or geometry.
    """
    if not len(delivery) or pd.isna(delivery.places).all():
        return
    frame = delivery.attributes
    placed = sorted({*places, *_headers(columns, ("longitude", "latitude", "geometry", "vertex"))})
    nowhere = frame[placed].isna().all(axis=1).to_numpy() & pd.isna(delivery.geometry)
    nowhere[[fault.position for fault in delivery.faults if fault.code in ROWS_LOST]] = False
    own = columns.get("plot_id")
    nameless = np.ones(len(frame), dtype=bool) if own is None else frame[own].isna().to_numpy()
    found = _words(frame, np.flatnonzero(nowhere), set() if own is None else {own}, nameless)
    found |= _sums(frame, columns, np.flatnonzero(nowhere & nameless), found)
    for row in sorted(found):
        delivery.notes.append(Note("totals_row", {"row": delivery.place_of(row), "said": found[row][:80]}))
    if found:
        delivery.drop(found)


def _headers(columns: Mapping[str, str], fields: Iterable[str]) -> list[str]:
    return [columns[field] for field in fields if field in columns]


def _words(
    frame: pd.DataFrame, rows: NDArray[np.int64], named_by: set[str], nameless: NDArray[np.bool_]
) -> dict[int, str]:
    """Rows that call themselves a sum, where their id is or where they have none, and how they say so."""
    found: dict[int, str] = {}
    for header in frame.columns:
        column = frame[header].iloc[rows]
        sums = {cell for cell in column if type(cell) is str and is_total(cell)}
        for row in rows[column.isin(sums).to_numpy()].tolist():
            if header in named_by or nameless[row]:
                found.setdefault(row, str(frame[header].iat[row]))
    return found


def _sums(
    frame: pd.DataFrame, columns: Mapping[str, str], rows: NDArray[np.int64], words: Mapping[int, str]
) -> dict[int, str]:
    """Rows of numbers alone whose area is the sum of all above, or of those since the last totals row."""
    header = next(iter(_headers(columns, _AREAS)), None)
    if header is None or not len(rows) or len(rows) > _MOST_LOOKED_AT:
        return {}
    texts: list[str | None] = text_of(frame[header]).tolist()
    area = _numbers(texts)
    sums, counts = _running(area, words)
    named = np.array(sorted(words), dtype=np.int64)
    found: dict[int, str] = {}
    for row in rows.tolist():
        cells = [str(cell) for cell in frame.iloc[row] if cell is not None]
        said = texts[row]
        if row in words or said is None or not all(map(_is_figure, cells)):
            continue
        last = max([-1, *found, *named[: np.searchsorted(named, row)][-1:]])
        wholes = [
            total
            for total, added in (
                (sums[row] - np.nansum(area[list(found)]), counts[row] - np.isfinite(area[list(found)]).sum()),
                (sums[row] - sums[last + 1], counts[row] - counts[last + 1]),
            )
            if added >= _LEAST_ADDED
        ]
        is_formula = _FORMULA.match(said) is not None
        if is_formula or any(abs(area[row] - whole) <= _ROUNDING_SHARE * whole for whole in wholes):
            found[row] = said
    return found


def _running(area: NDArray[np.float64], left_out: Iterable[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum and number of the areas above each row, (n + 1,), without some rows."""
    counted = np.isfinite(area)
    counted[list(left_out)] = False
    added = np.where(counted, area, 0.0)
    return np.append(0.0, np.cumsum(added)), np.append(0, np.cumsum(counted))


def _is_figure(cell: str) -> bool:
    return _FORMULA.match(cell) is not None or numerals.readings(cell) != (None, None)


def _numbers(texts: Sequence[str | None]) -> NDArray[np.float64]:
    """The areas as numbers, NaN where they are none or have two readings."""
    mark = numerals.decimal_mark(text for text in texts if type(text) is str)

    def number(text: str | None) -> float:
        try:
            plain_number = None if text is None else numerals.read(text, mark)
        except AmbiguousNumberError:
            return np.nan
        return np.nan if plain_number is None else float(plain_number)

    found = np.array([number(text) for text in texts], dtype=np.float64)
    return np.where(np.abs(found) < _LARGEST, found, np.nan)
