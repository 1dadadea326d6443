"""Geometry of rows that say it in their columns: WKT, lists, survey strings, longitude and latitude.

A plot has the place written for the plot. Where a file gives boundaries, a row without one has none: the point beside
it may be the house, or where somebody was asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from eudr_check.names import plain
from eudr_check.plots.read import cell as cells
from eudr_check.plots.read import coordinates, reference_systems
from eudr_check.plots.read.columns import is_of_house, is_of_plot, names_house, recognise
from eudr_check.plots.read.datums import Datum, datum_of
from eudr_check.plots.read.geojson import MisnestedError
from eudr_check.plots.read.geometry_builder import Outlines
from eudr_check.plots.read.positions import AXES, Positions, pair
from eudr_check.plots.read.raw_table import ROWS_LOST, Delivery, Fault

_SAMPLE = 50
_LIKELY = 0.5
"""Share of a column's first cells that have to look like geometry."""
FEWEST_CORNERS = 3
_NAMING = ("name", "folder", "nombre", "nom", "nome", "type", "tipo", "kind", "layer", "capa", "categoria", "category")


@dataclass(frozen=True)
class _Columns:
    """Columns that may say where a plot is."""

    boundaries: list[str]
    points: list[str]
    """Points of the plot, and those that say nothing of whose place they are."""
    houses: list[str]
    """Points that say they are of the house or the interview."""
    pair: tuple[str, str] | None
    """Longitude and latitude."""


def place(delivery: Delivery, columns: Mapping[str, str], *, said: str | None = None) -> None:
    """Give rows without a geometry the one their columns say; rows that have one keep it.

    Args:
        delivery: changed in place.
        columns: our field: header, as `columns.recognise` gives.
        said: the column of geometry the harvest names; no other is looked at then.
    """
    given = np.array([shape is not None for shape in delivery.geometry], dtype=bool)
    delivery.faults.extend(_houses(delivery, columns))
    systems = _name_systems(delivery, given)
    lost = {fault.position for fault in delivery.faults if fault.code in _UNPLACED}
    empty = np.array([row for row in np.flatnonzero(~given) if row not in lost], dtype=np.int64)
    if not len(empty):
        return
    known = _columns(delivery.attributes, columns, said)
    _corners_without_id(delivery, columns, known)
    read = _Reading(delivery, known, columns, said)
    for row in empty.tolist():
        read.row(row)
        if row in systems and row not in delivery.crs_said:
            delivery.crs_said[row] = systems[row]
    geometry, decimals, faults = read.outlines.build(len(delivery))
    for row in read.worth:
        decimals[row] = read.worth[row]
    delivery.geometry = delivery.geometry.copy()
    delivery.geometry[empty] = geometry[empty]
    delivery.decimals = delivery.decimals.copy()
    delivery.decimals[empty] = decimals[empty]
    delivery.faults.extend(faults)
    delivery.accuracy_m = _accuracies(delivery, columns, read.accuracy)


class _Reading:
    """Places of rows, read out of their columns one row after another."""

    def __init__(self, delivery: Delivery, known: _Columns, columns: Mapping[str, str], said: str | None) -> None:
        self._delivery, self._known, self._said = delivery, known, said
        self._texts = {
            header: delivery.attributes[header].to_numpy(dtype=object)
            for header in (*known.boundaries, *known.points, *known.houses)
        }
        self._bounded = _bounded(delivery, [self._texts[header] for header in known.boundaries], said)
        self._positions = Positions(delivery.attributes, columns) if columns.keys() >= set(AXES) else None
        self.outlines = Outlines()
        self.accuracy = np.full(len(delivery), np.nan)
        self.worth: dict[int, tuple[int, int]] = {}
        """Decimals of the points that were written as numbers, by row."""

    def row(self, row: int) -> None:
        """Read the place of a row; what is wrong with it is a fault of the delivery."""
        try:
            self._read(row)
        except MisnestedError as error:
            self._delivery.faults.append(Fault(row, "wrong_nesting", {"type": str(error)}))
        except ValueError as error:
            self._delivery.faults.append(Fault(row, "geometry_unreadable", {"problem": str(error)[:200]}))

    def _read(self, row: int) -> None:
        known, texts = self._known, self._texts
        filled = [header for header in texts if _filled(texts[header][row])]
        boundary = next((header for header in known.boundaries if header in filled), None)
        free = not self._bounded[row] or _says_none(known, texts, row)
        chosen = boundary or _own_point(known, filled, not free)
        if chosen is not None:
            self._draw(row, chosen)
            return
        written = self._positions.at(row) if self._positions is not None and (free or known.pair) else None
        more = [] if written is None or self._positions is None else self._positions.further(row)
        if written is not None and free and not more:
            x, y, self.worth[row] = written
            self.outlines.point(row, x, y)
        else:
            self._delivery.faults.extend(_placeless(known, row, filled, more, self._said, written is not None))

    def _draw(self, row: int, header: str) -> None:
        """The geometry of one cell."""
        cell = self._texts[header][row]
        one = pair(cell, header)
        if one is not None:
            x, y, self.worth[row] = one
            self.outlines.point(row, x, y)
            return
        self.accuracy[row] = cells.draw(self.outlines, row, cell)
        named = _system_in(cell)
        if named is not None:
            self._delivery.crs_said[row] = named


def _bounded(delivery: Delivery, boundaries: list[NDArray[Any]], said: str | None) -> NDArray[np.bool_]:
    """bool (n,) whether the file of a row (in an archive: the member) gives boundaries, so that each row needs one."""
    filled = np.array([shape is not None for shape in delivery.geometry], dtype=bool)
    for cells_of in boundaries:
        filled |= [_filled(cell) for cell in cells_of]
    file_of = np.searchsorted(delivery.files_from, np.arange(len(delivery)), side="right")
    return np.isin(file_of, file_of[filled]) | (said is not None)


def _placeless(
    known: _Columns, row: int, filled: list[str], more: list[str], said: str | None, written: bool
) -> list[Fault]:
    """Why a row with places in its columns has none of its own; nothing where it has no places at all."""
    if more:
        return [Fault(row, "corners_in_columns", {"headers": ", ".join(more)[:200]})]
    other = next((header for header in filled if header not in known.boundaries), None)
    if not written and other is None:
        return []
    where = other or (known.pair[0] if known.pair else "-")
    header = said or next(iter(known.boundaries), "geometry")
    return [Fault(row, "boundary_missing", {"header": header, "other": where})]


def _system_in(cell: str) -> str | None:
    srid = cells.srid_of_hex(cell)
    return reference_systems.in_text(cell) if srid is None else f"EPSG:{srid}"


def _name_systems(delivery: Delivery, given: NDArray[np.bool_]) -> dict[int, str]:
    """Set the datums and zones that columns name; the reference systems of the rows whose place stands in columns too.

    Where a format has a place of its own for coordinates and says their system, columns may still hold what they were
    measured in, and are not asked; GeoJSON says none.
    """
    systems, datums = reference_systems.of_rows(delivery.attributes)
    silent = all(crs is None for _, crs in delivery.crs_from)
    asked = {row: given[row] for row in range(len(delivery)) if silent or not given[row]}
    delivery.zones = {row: zone for row, zone in reference_systems.zones(delivery.attributes).items() if not given[row]}
    delivery.datums = {
        row: Datum(said, datum_of(said) or said, follows=not asked[row]) for row, said in datums.items() if row in asked
    }
    delivery.datums |= {row: Datum(code, code, follows=False) for row, code in systems.items() if asked.get(row)}
    return {row: code for row, code in systems.items() if not given[row]}


_UNPLACED = (*ROWS_LOST, "geometry_unreadable", "wrong_nesting", "ring_too_short", "coordinate_missing", "wrong_type")


def gives_place(delivery: Delivery, explicit: Mapping[str, str]) -> bool:
    """Whether rows have geometry, or columns that give one; `explicit` are those the harvest names."""
    if any(shape is not None for shape in delivery.geometry):
        return True
    headers = [str(header) for header in delivery.attributes.columns]
    taken = recognise(headers, {ours: theirs for ours, theirs in explicit.items() if theirs in headers})
    return set(AXES) <= taken.keys() or bool(geometry_headers(delivery.attributes, taken))


def geometry_headers(frame: pd.DataFrame, columns: Mapping[str, str]) -> list[str]:
    """Columns that hold geometry, the most telling first: the one mapped, areas, lines, points.

    A column counts when half of its first cells look like WKT, GeoJSON, a list of positions or survey positions.
    """
    return [header for _, _, header in _ranked(frame, columns)]


def _ranked(frame: pd.DataFrame, columns: Mapping[str, str]) -> list[tuple[int, int, str]]:
    ranked: list[tuple[int, int, str]] = []
    mapped = columns.get("geometry")
    others = {columns.get("longitude"), columns.get("latitude")}
    for position, header in enumerate(frame.columns):
        found = [str(cell) for cell in frame[header].dropna().head(_SAMPLE)]
        ranks = [cells.rank(cell) for cell in found if cell.strip() not in cells.NONE]
        known = [rank for rank in ranks if rank is not None]
        if header not in others and ranks and len(known) >= _LIKELY * len(ranks):
            ranked.append((min(known), position, header))
        elif header == mapped:
            ranked.append((cells.AREA, position, header))
    return sorted(ranked, key=lambda one: (one[2] != mapped or one[0] == cells.POINT, one))


def _columns(frame: pd.DataFrame, columns: Mapping[str, str], said: str | None) -> _Columns:
    ranked = _ranked(frame, columns)
    if said is not None:
        return _Columns([said], [], [header for _, _, header in ranked if header != said], _axes(columns))
    points = [header for rank, _, header in ranked if rank == cells.POINT]
    return _Columns(
        [header for rank, _, header in ranked if rank != cells.POINT],
        sorted((header for header in points if not is_of_house(header)), key=lambda header: not is_of_plot(header)),
        [header for header in points if is_of_house(header)],
        _axes(columns),
    )


def _axes(columns: Mapping[str, str]) -> tuple[str, str] | None:
    return (columns["longitude"], columns["latitude"]) if {"longitude", "latitude"} <= columns.keys() else None


def _own_point(known: _Columns, filled: list[str], bounded: bool) -> str | None:
    """The column whose point is the plot's: any that is not of a house, or, where others have boundaries, one that
    says so."""
    return next((one for one in known.points if one in filled and (not bounded or is_of_plot(one))), None)


def _says_none(known: _Columns, texts: Mapping[str, Any], row: int) -> bool:
    """Whether the cell of the boundary says that there is none, as apps do for plots they keep as points."""
    return any(str(texts[header][row] or "").strip() in cells.NONE for header in known.boundaries)


def _houses(delivery: Delivery, columns: Mapping[str, str]) -> list[Fault]:
    """Faults `point_of_house` of points that a name, a folder or a kind calls a house, where others have boundaries."""
    kinds = shapely.get_type_id(delivery.geometry)
    if not np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)).any():
        return []
    frame = delivery.attributes
    naming = [h for h in frame.columns if h == columns.get("plot_id") or plain(str(h)) in _NAMING]
    names = {header: frame[header].to_numpy(dtype=object) for header in naming}
    found = []
    for row in np.flatnonzero(kinds == shapely.GeometryType.POINT).tolist():
        said = [str(cells_of[row]) for cells_of in names.values() if isinstance(cells_of[row], str)]
        house = next((text for text in said if names_house(text)), None)
        if house is not None:
            found.append(Fault(row, "point_of_house", {"name": house[:80]}))
    return found


def _corners_without_id(delivery: Delivery, columns: Mapping[str, str], known: _Columns) -> None:
    """A row with an id before several with a place and none may be the first corner of a boundary, not a plot."""
    if known.pair is None or "plot_id" not in columns or columns["plot_id"] not in delivery.attributes:
        return
    delivery.faults.extend(corner_faults(delivery, columns))


def corner_faults(delivery: Delivery, columns: Mapping[str, str]) -> list[Fault]:
    """Faults `corners_without_id` of the rows whose id may be meant for the rows after them too (merged cells).

    Args:
        delivery: rows of a table with `plot_id`, `longitude` and `latitude` among its columns.
        columns: our field: header.
    """
    frame = delivery.attributes
    named = frame[columns["plot_id"]].notna().to_numpy()
    placed = (frame[columns["longitude"]].notna() & frame[columns["latitude"]].notna()).to_numpy()
    group = np.cumsum(named)
    after = np.bincount(group[~named & placed], minlength=int(group.max(initial=0)) + 1)
    first = np.flatnonzero(named)
    return [
        Fault(int(row), "corners_without_id", {"rows": int(after[group[row]])})
        for row in first
        if placed[row] and after[group[row]] >= FEWEST_CORNERS - 1
    ]


def _filled(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str) and bool(cell.strip()) and cell.strip() not in cells.NONE


def _accuracies(delivery: Delivery, columns: Mapping[str, str], accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    """GPS accuracy of each row in metres, from its own column where there is one, else that of the positions."""
    if columns.get("accuracy_m") not in delivery.attributes:
        return accuracy
    measured = [_accuracy(value) for value in delivery.attributes[columns["accuracy_m"]]]
    return np.where(np.isfinite(measured), measured, accuracy)


def _accuracy(value: object) -> float:
    number = coordinates.written_number(value) if isinstance(value, str) else None
    return float(number) if number is not None else float("nan")
