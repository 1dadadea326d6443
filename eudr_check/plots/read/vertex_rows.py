"""Tables with one row per vertex, as total stations and some survey forms write them."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from eudr_check.plots.read import lost_corners, reference_systems
from eudr_check.plots.read.datums import Datum, datum_of
from eudr_check.plots.read.geometry_builder import Outlines
from eudr_check.plots.read.geometry_columns import corner_faults
from eudr_check.plots.read.positions import Positions
from eudr_check.plots.read.raw_table import Delivery, Fault, Note

_NEEDED = {"plot_id", "vertex", "longitude", "latitude"}
_ROWS_PER_PLOT = 3


def are_rows(delivery: Delivery, columns: Mapping[str, str]) -> bool:
    """Whether each row is a vertex: there is a column that counts them, and most rows share their id with two more."""
    if not columns.keys() >= _NEEDED or not len(delivery):
        return False
    ids = delivery.attributes[columns["plot_id"]].dropna()
    times = ids.map(ids.value_counts())
    return bool(2 * (times >= _ROWS_PER_PLOT).sum() > len(ids))


def joined(delivery: Delivery, columns: Mapping[str, str]) -> Delivery:
    """One row per plot; rows without an id stay rows of their own, and lose their place: nobody knows their plot.

    Vertices go by their number where all of a plot have one, else by the order of the rows. A vertex that cannot be
    read makes its plot unreadable, and one whose plot is unknown every plot it may belong to: a boundary without it
    would be another boundary.
    """
    frame = delivery.attributes
    ids = frame[columns["plot_id"]].to_numpy(dtype=object)
    single = [f"\x00{row}" if value is None else str(value) for row, value in enumerate(ids)]
    groups = pd.Series(np.arange(len(frame))).groupby(single, sort=False)
    numbers = pd.to_numeric(frame[columns["vertex"]], errors="coerce").to_numpy(dtype=np.float64)
    outlines = Outlines()
    positions = Positions(frame, columns)
    faults: list[Fault] = []
    first_rows: list[int] = []
    places: list[str | None] = []
    cells: list[dict[Hashable, object]] = []
    plot_of = np.zeros(len(frame), dtype=np.int64)
    for position, (key, members) in enumerate(groups):
        plot_of[members.to_numpy()] = position
        rows = _in_order(members.to_numpy(), numbers)
        first_rows.append(int(delivery.source_rows[members.iloc[0]]))
        places.append(delivery.places[members.iloc[0]])
        cells.append({str(name): next((v for v in frame[name].iloc[rows] if v is not None), None) for name in frame})
        if str(key).startswith("\x00"):
            continue
        fault = _draw(outlines, position, delivery, positions, rows)
        if fault is not None:
            faults.append(fault)
    geometry, decimals, ring_faults = outlines.build(len(cells))
    known = [*delivery.faults, *corner_faults(delivery, columns)]
    faults.extend(Fault(int(plot_of[fault.position]), fault.code, fault.details) for fault in known)
    faults.extend(lost_corners.faults(delivery, columns, plot_of, numbers))
    note = Note("vertices_joined", {"rows": len(frame), "plots": len(cells)})
    attributes = pd.DataFrame(cells, columns=frame.columns, dtype=object)
    systems, datums = reference_systems.of_rows(attributes)
    return Delivery(
        attributes,
        geometry,
        np.array(first_rows, dtype=np.int64),
        decimals,
        crs_from=delivery.crs_from,
        crs_said=systems,
        datums={row: Datum(said, datum_of(said) or said, follows=True) for row, said in datums.items()},
        zones=reference_systems.zones(attributes),
        # A list of corners has no reason to repeat the first one: closing it is no repair.
        faults=[*faults, *(fault for fault in ring_faults if fault.code != "ring_unclosed")],
        dates={header: sorted({int(plot_of[row]) for row in found}) for header, found in delivery.dates.items()},
        restyled={header: sorted({int(plot_of[row]) for row in found}) for header, found in delivery.restyled.items()},
        notes=[*delivery.notes, note],
        places=np.array(places, dtype=object),
    )


def _in_order(rows: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    order = numbers[rows]
    return rows[np.argsort(order, kind="stable")] if np.isfinite(order).all() else rows


def _draw(
    outlines: Outlines, position: int, delivery: Delivery, positions: Positions, rows: np.ndarray
) -> Fault | None:
    x: list[str] = []
    y: list[str] = []
    for row in rows:
        try:
            written = positions.at(int(row))
            problem = "no coordinates"
        except ValueError as error:
            written, problem = None, str(error)
        if written is None:
            problem = f"vertex in row {delivery.place_of(int(row))}: {problem}"
            return Fault(position, "geometry_unreadable", {"problem": problem[:200]})
        x.append(written[0])
        y.append(written[1])
    if len(rows) == 1:
        outlines.point(position, x[0], y[0])
    else:
        outlines.polygon(position, [(x, y)])
    return None
