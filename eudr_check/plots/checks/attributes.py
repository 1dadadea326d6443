"""Years, hectares and countries as cooperatives write them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.names import code_of
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read import unread_areas
from eudr_check.plots.read.coordinates import written_number
from eudr_check.plots.read.join import Rows, only
from eudr_check.typing import Objects

M2_PER_HA = 10_000.0
FIRST_YEAR, LAST_YEAR = 1850, 2100


@dataclass
class Values:
    """Attributes as numbers and codes, one per row."""

    declared_area_ha: NDArray[np.float64]
    """NaN where none is declared or it cannot be read."""
    square_metres_ha: NDArray[np.float64]
    """Hectares of a column of square metres, NaN without; what is declared where no column of hectares says so."""
    area_unread: Objects
    """object, `UnreadArea` where a row declares an area and none could be read, else None."""
    planted_year: NDArray[np.float64]
    """NaN where unknown."""
    declared_country: Objects
    """object, ISO 3166-1 alpha-2 or None."""


def read(rows: Rows, log: FindingCollector) -> Values:
    """Attributes of all rows; a cell that cannot be read is logged and left empty."""
    hectares = _numbers(rows, "declared_area_ha", log, "[hectares, e.g. 2.5]", 1e-9, 1e7)
    square_metres = _numbers(rows, "declared_area_m2", log, "[square metres, e.g. 25000]", 1e-9, 1e11)
    square_metres /= M2_PER_HA
    area = np.where(np.isfinite(hectares), hectares, square_metres)
    years = _numbers(rows, "planted_year", log, "[a year, e.g. 2012]", FIRST_YEAR, LAST_YEAR)
    return Values(area, square_metres, _unread(rows, area), np.floor(years), _countries(rows, log))


def _unread(rows: Rows, area_ha: NDArray[np.float64]) -> NDArray[Any]:
    """Areas a row gives beside its columns of hectares or in them, where no number came of it."""
    found = rows.table["area_unread"].to_numpy(dtype=object, copy=True)
    found[np.isfinite(area_ha)] = None
    for field in unread_areas.AREAS:
        texts = rows.table[field]
        for row in np.flatnonzero(texts.notna().to_numpy() & ~np.isfinite(area_ha)).tolist():
            said = str(texts.iat[row])
            if unread_areas.says_something(said):
                found[row] = unread_areas.unread_area(field, said)
    return found


def _numbers(
    rows: Rows, field: str, log: FindingCollector, expected: str, lowest: float, highest: float
) -> NDArray[np.float64]:
    texts = rows.table[field]
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    for row in np.flatnonzero(texts.notna().to_numpy() & ~np.isfinite(numbers)).tolist():
        written = written_number(str(texts.iat[row]))
        numbers[row] = np.nan if written is None else float(written)
    wrong = texts.notna().to_numpy() & ~((numbers >= lowest) & (numbers <= highest))
    rows_wrong = np.flatnonzero(wrong)
    log.row(
        "value_unreadable",
        rows_wrong,
        field=field,
        value=[str(texts.iat[row])[:60] for row in rows_wrong.tolist()],
        expected=expected,
    )
    numbers[wrong] = np.nan
    return numbers


def _countries(rows: Rows, log: FindingCollector) -> NDArray[Any]:
    texts = rows.table["producer_country"]
    codes = {text: code_of(text) for text in texts.dropna().unique()}
    country = texts.map(codes).to_numpy(dtype=object)
    unread = np.flatnonzero(texts.notna().to_numpy() & pd.isna(country))
    log.row(
        "value_unreadable",
        unread,
        field="producer_country",
        value=[str(texts.iat[row])[:60] for row in unread.tolist()],
        expected="[a country, e.g. PE]",
    )
    default = rows.table["default_country"].to_numpy(dtype=object)
    empty = texts.isna().to_numpy()
    country = np.where(empty & ~pd.isna(default), default, country)
    return only(country, ~pd.isna(country))
