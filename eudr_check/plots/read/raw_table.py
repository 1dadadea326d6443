"""What a reader hands over: the rows of one file as they were written, and what could not be read."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.plots.read.datums import Datum

UNKNOWN_DECIMALS = -1
ROWS_LOST = ("row_unreadable", "cells_misaligned", "quotes_unbalanced")
"""Faults of rows of which no cell can be trusted."""


@dataclass
class Fault:
    """A problem a reader met in one row."""

    position: int
    """Row of the delivery, from 0."""
    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class Note:
    """Something a reader has to say about the whole file."""

    code: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class Delivery:
    """The rows of one file (or of one table in it), before any check."""

    attributes: pd.DataFrame
    """Cells as text (None where empty) under the file's own headers, one row per feature or data row."""
    geometry: NDArray[Any]
    """object (n,) 2-D shapely geometries in `crs`, None where there is none."""
    source_rows: NDArray[np.int64]
    """int64 (n,) number of the feature or data row in the file, from 1."""
    decimals: NDArray[np.int8]
    """int8 (n, 2) most decimals written in any longitude and in any latitude; -1 where the format has no text."""
    crs: Any = None
    """CRS the file itself declares (anything pyproj takes), None when it declares none."""
    crs_from: list[tuple[int, Any]] = field(default_factory=list)
    """First position and CRS of each table, where a file has several; made from `crs` otherwise."""
    files_from: list[int] = field(default_factory=lambda: [0])
    """First position of each file, where an archive or folder has several."""
    crs_said: dict[int, str] = field(default_factory=dict)
    """Position: CRS a row names for itself; it goes before that of the file."""
    datums: dict[int, Datum] = field(default_factory=dict)
    """Position: datum a row names in a column, without the rest of a reference system."""
    zones: dict[int, str] = field(default_factory=dict)
    """Position: UTM zone a row names in a column."""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    label: str | None = None
    """Header that names the rows where no other column is recognised as their id (the name of a KML placemark)."""
    accuracy_m: NDArray[np.float64] | None = None
    """float64 (n,) worst GPS accuracy of the row's positions, NaN where none is given."""

    dates: dict[str, list[int]] = field(default_factory=dict)
    """Header: positions of the rows whose cell is a date and not text."""
    restyled: dict[str, list[int]] = field(default_factory=dict)
    """Header: positions of the rows whose cell is a number, or true or false, that the sheet shows otherwise."""

    def __post_init__(self) -> None:
        self.crs_from = self.crs_from or [(0, self.crs)]

    def __len__(self) -> int:
        return len(self.source_rows)


class UnreadableError(Exception):
    """A whole file cannot be read; carries the code of the finding it becomes."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def empty(notes: list[Note] | None = None) -> Delivery:
    """A delivery without rows."""
    return Delivery(
        pd.DataFrame(),
        np.empty(0, dtype=object),
        np.empty(0, dtype=np.int64),
        np.empty((0, 2), dtype=np.int8),
        notes=notes or [],
    )


def joined(parts: list[Delivery]) -> Delivery:
    """Several tables of one file as one delivery; rows are numbered on, each table keeps its CRS."""
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(int(part.source_rows.max(initial=0)) for part in parts)])
    counts = np.cumsum([0, *(len(part) for part in parts)])
    return Delivery(
        pd.concat([part.attributes for part in parts], ignore_index=True),
        np.concatenate([part.geometry for part in parts]),
        np.concatenate([part.source_rows + start for part, start in zip(parts, starts, strict=False)]),
        np.concatenate([part.decimals for part in parts]),
        crs_from=[
            (int(count) + start, crs)
            for part, count in zip(parts, counts, strict=False)
            for start, crs in part.crs_from
        ],
        crs_said={
            position + int(count): crs
            for part, count in zip(parts, counts, strict=False)
            for position, crs in part.crs_said.items()
        },
        datums={
            position + int(count): datum
            for part, count in zip(parts, counts, strict=False)
            for position, datum in part.datums.items()
        },
        zones={
            position + int(count): zone
            for part, count in zip(parts, counts, strict=False)
            for position, zone in part.zones.items()
        },
        label=parts[0].label,
        faults=[
            Fault(fault.position + int(count), fault.code, fault.details)
            for part, count in zip(parts, counts, strict=False)
            for fault in part.faults
        ],
        notes=[note for part in parts for note in part.notes],
        dates=_moved([part.dates for part in parts], counts),
        restyled=_moved([part.restyled for part in parts], counts),
        accuracy_m=np.concatenate(
            [np.full(len(part), np.nan) if part.accuracy_m is None else part.accuracy_m for part in parts]
        ),
    )


def _moved(marked: list[dict[str, list[int]]], counts: NDArray[np.int64]) -> dict[str, list[int]]:
    """Positions by header of several tables, in the rows of all of them."""
    return {
        header: [
            place + int(count) for one, count in zip(marked, counts, strict=False) for place in one.get(header, ())
        ]
        for header in sorted({header for one in marked for header in one})
    }
