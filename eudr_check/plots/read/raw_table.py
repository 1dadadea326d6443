"""What a reader hands over: the rows of one file as they were written, and what could not be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.plots.read.datums import Datum
from eudr_check.typing import Geometries, Objects

UNKNOWN_DECIMALS = -1
ROWS_LOST = ("row_unreadable", "cells_misaligned", "quotes_unbalanced")
"""Faults of rows of which no cell can be trusted."""


@dataclass
class Fault:
    """A problem a reader met in one row."""

    position: int
    """Row of the delivery, from 0."""
    code: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Note:
    """Something a reader has to say about the whole file."""

    code: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Delivery:
    """The rows of one file (or of one table in it), before any check."""

    attributes: pd.DataFrame
    """Cells as text (None where empty) under the file's own headers, one row per feature or data row."""
    geometry: Geometries
    """object (n,) 2-D shapely geometries in `crs`, None where there is none."""
    source_rows: NDArray[np.int64]
    """int64 (n,) number of the feature or data row in the file, from 1."""
    decimals: NDArray[np.int8]
    """int8 (n, 2) most decimals written in any longitude and in any latitude; -1 where the format has no text."""
    crs: object = None
    """CRS the file itself declares (anything pyproj takes), None when it declares none."""
    crs_from: list[tuple[int, object]] = field(default_factory=list)
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
    places: Objects = field(default_factory=lambda: np.empty(0, dtype=object))
    """object (n,) how the file itself names the row: line of a text, `sheet!row`; None where features are counted."""
    accuracy_m: NDArray[np.float64] | None = None
    """float64 (n,) worst GPS accuracy of the row's positions, NaN where none is given."""

    dates: dict[str, list[int]] = field(default_factory=dict)
    """Header: positions of the rows whose cell is a date and not text."""
    restyled: dict[str, list[int]] = field(default_factory=dict)
    """Header: positions of the rows whose cell is a number, or true or false, that the sheet shows otherwise."""

    def __post_init__(self) -> None:
        self.crs_from = self.crs_from or [(0, self.crs)]
        if not len(self.places):
            self.places = np.full(len(self), None, dtype=object)

    def __len__(self) -> int:
        return len(self.source_rows)

    def placed_in(self, table: str) -> "Delivery":
        """The same rows, named as those of a table of the file: a sheet, a layer, a member."""
        named = [row if place is None else place for row, place in zip(self.source_rows, self.places, strict=True)]
        self.places = np.array([_within(table, str(place)) for place in named], dtype=object)
        return self

    def drop(self, rows: Iterable[int]) -> None:
        """Take some rows out; those that stay keep their numbers."""
        kept = np.ones(len(self), dtype=bool)
        kept[list(rows)] = False
        now = np.cumsum(kept) - kept

        def moved(marked: dict[int, Any]) -> dict[int, Any]:
            return {int(now[row]): value for row, value in marked.items() if kept[row]}

        def listed(marked: dict[str, list[int]]) -> dict[str, list[int]]:
            return {header: [int(now[row]) for row in found if kept[row]] for header, found in marked.items()}

        def start(row: int) -> int:
            return int(now[row]) if row < len(kept) else int(kept.sum())

        self.attributes = self.attributes[kept].reset_index(drop=True)
        self.geometry, self.decimals, self.places = self.geometry[kept], self.decimals[kept], self.places[kept]
        self.accuracy_m = None if self.accuracy_m is None else self.accuracy_m[kept]
        self.crs_from = [(start(row), crs) for row, crs in self.crs_from]
        self.files_from = [start(row) for row in self.files_from]
        self.crs_said, self.datums, self.zones = moved(self.crs_said), moved(self.datums), moved(self.zones)
        self.faults = [
            Fault(int(now[one.position]), one.code, one.details) for one in self.faults if kept[one.position]
        ]
        self.dates, self.restyled = listed(self.dates), listed(self.restyled)
        self.source_rows = self.source_rows[kept]

    def place_of(self, row: int) -> str:
        """How people find a row again: as the file names it, else its number."""
        return str(self.source_rows[row] if self.places[row] is None else self.places[row])


class UnreadableError(Exception):
    """A whole file cannot be read; carries the code of the finding it becomes."""

    def __init__(self, code: str, **details: object) -> None:
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
        places=np.concatenate([part.places for part in parts]),
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


def _within(table: str, place: str) -> str:
    return f"{table}{'!' if place.isdecimal() else '/'}{place}"


def _moved(marked: list[dict[str, list[int]]], counts: NDArray[np.int64]) -> dict[str, list[int]]:
    """Positions by header of several tables, in the rows of all of them."""
    return {
        header: [
            place + int(count) for one, count in zip(marked, counts, strict=False) for place in one.get(header, ())
        ]
        for header in sorted({header for one in marked for header in one})
    }
