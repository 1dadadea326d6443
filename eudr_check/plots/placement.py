"""Geometry of rows that say it in their columns: WKT, survey strings, longitude and latitude."""

import re
from collections.abc import Mapping
from typing import TypeGuard

import numpy as np
import pandas as pd

from eudr_check.plots import coordinates, reference_systems
from eudr_check.plots.delivery import Delivery, Fault
from eudr_check.plots.outlines import Outlines
from eudr_check.plots.positions import AXES, Positions
from eudr_check.plots.readers import geojson, wkt

_SAMPLE = 50


def place(delivery: Delivery, columns: Mapping[str, str]) -> None:
    """Give rows without a geometry the one their columns say; rows that have one keep it.

    Args:
        delivery: changed in place.
        columns: our field: header, as `columns.recognise` gives.
    """
    empty = np.flatnonzero([shape is None for shape in delivery.geometry])
    already = {fault.position for fault in delivery.faults}
    empty = np.array([row for row in empty if row not in already], dtype=np.int64)
    if not len(empty):
        return
    outlines = Outlines()
    accuracy = np.full(len(delivery), np.nan)
    worth: dict[int, tuple[int, int]] = {}
    headers = geometry_headers(delivery.attributes, columns)
    positions = Positions(delivery.attributes, columns) if columns.keys() >= set(AXES) else None
    systems = reference_systems.of_rows(delivery.attributes)
    texts = {header: delivery.attributes[header].to_numpy(dtype=object) for header in headers}
    for row in empty.tolist():
        cell = next((str(texts[header][row]) for header in headers if _filled(texts[header][row])), None)
        try:
            if cell is not None:
                accuracy[row] = _draw(outlines, row, cell)
                named = reference_systems.in_text(cell)
                if named is not None:
                    delivery.crs_said[row] = named
            elif positions is not None:
                written = positions.at(row)
                if written is not None:
                    x, y, worth[row] = written
                    outlines.point(row, x, y)
        except ValueError as error:
            delivery.faults.append(Fault(row, "geometry_unreadable", {"problem": str(error)[:200]}))
        if row in systems and row not in delivery.crs_said:
            delivery.crs_said[row] = systems[row]
    delivery.zones = reference_systems.zones(delivery.attributes)
    geometry, decimals, faults = outlines.build(len(delivery))
    for row, decimals_worth in worth.items():
        decimals[row] = decimals_worth
    delivery.geometry = delivery.geometry.copy()
    delivery.geometry[empty] = geometry[empty]
    delivery.decimals = delivery.decimals.copy()
    delivery.decimals[empty] = decimals[empty]
    delivery.faults.extend(faults)
    if "accuracy_m" in columns and columns["accuracy_m"] in delivery.attributes:
        said = [_accuracy(value) for value in delivery.attributes[columns["accuracy_m"]]]
        accuracy = np.where(np.isfinite(said), said, accuracy)
    delivery.accuracy_m = accuracy


def geometry_headers(frame: pd.DataFrame, columns: Mapping[str, str]) -> list[str]:
    """Columns that hold geometry, the most telling first: the one mapped, areas, lines, points.

    A column counts when its first cells look like WKT, GeoJSON or survey positions.
    """
    ranked: list[tuple[int, int, str]] = []
    mapped = columns.get("geometry")
    coordinates_ = {columns.get("longitude"), columns.get("latitude")}
    for position, header in enumerate(frame.columns):
        if header == mapped:
            ranked.append((0, position, header))
            continue
        cells = [str(cell) for cell in frame[header].dropna().head(_SAMPLE)]
        if header in coordinates_ or not cells:
            continue
        ranks = [_rank(cell) for cell in cells]
        if all(rank is not None for rank in ranks):
            ranked.append((min(rank for rank in ranks if rank is not None), position, header))
    return [header for _, _, header in sorted(ranked)]


def _rank(cell: str) -> int | None:
    """1 area, 2 line, 3 point; None when the cell is no geometry."""
    if wkt.looks_like(cell):
        return 1 if "POLYGON" in cell[:40].upper() else 2 if "LINE" in cell[:40].upper() else 3
    if re.match(r'^\s*\{.*"coordinates"', cell[:200], re.DOTALL):
        return 1
    if coordinates.looks_like_survey(cell) and len(cell.split(";")[0].split()) >= 3:
        positions = [position.strip() for position in cell.split(";") if position.strip()]
        return 3 if len(positions) == 1 else 1 if positions[0].split()[:2] == positions[-1].split()[:2] else 2
    return None


def _filled(cell: object) -> TypeGuard[str]:
    return isinstance(cell, str) and bool(cell.strip())


def _draw(outlines: Outlines, row: int, cell: str) -> float:
    """Hand one cell over; the worst GPS accuracy in it, metres, NaN when it says none."""
    if wkt.looks_like(cell):
        wkt.draw(outlines, row, cell)
        return float("nan")
    if cell.lstrip().startswith("{"):
        geojson.draw(outlines, row, cell)
        return float("nan")
    x, y, accuracy = coordinates.survey_positions(cell)
    if len(x) == 1:
        outlines.point(row, x[0], y[0])
    elif (x[0], y[0]) == (x[-1], y[-1]) or _walked_round(x, y):
        outlines.polygon(row, [(x, y)])
    else:
        outlines.line(row, x, y)
    return accuracy


def _walked_round(x: list[str], y: list[str]) -> bool:
    """Whether a survey line comes back to near where it began: a boundary walked round, not a path.

    Near means a tenth of the way walked (`checks.yaml` has the figure's reason).
    """
    if len(x) < 3:
        return False
    points = np.column_stack([np.array(x, dtype=float), np.array(y, dtype=float)])
    points[:, 0] *= np.cos(np.radians(points[0, 1]))
    walked = np.hypot(*np.diff(points, axis=0).T).sum()
    return bool(walked > 0 and np.hypot(*(points[-1] - points[0])) <= 0.1 * walked)


def _accuracy(value: object) -> float:
    number = coordinates.written_number(value) if isinstance(value, str) else None
    return float(number) if number is not None else float("nan")
