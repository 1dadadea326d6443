"""Rows of corners whose plot is unknown, and the plots that may have lost them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from eudr_check.plots.read.positions import AXES
from eudr_check.plots.read.raw_table import ROWS_LOST, Delivery, Fault
from eudr_check.typing import Ints


def faults(delivery: Delivery, columns: Mapping[str, str], plot_of: Ints, numbers: NDArray[np.float64]) -> list[Fault]:
    """Faults of the plots whose corners may not be complete, or not be theirs.

    - `corner_lost`: a row that nobody can assign stands next to rows of the plot. Where the rows of the plots are
      mixed, it may belong to any of them.
    - `corners_misnumbered`: one vertex number stands at two places.
    - `corners_skipped`: the vertex numbers leave one out, in a file that counts them one by one.

    Args:
        delivery: one row per corner.
        columns: our field: header; has `plot_id`, `vertex`, `longitude` and `latitude`.
        plot_of: int64 (n,) plot of each row; a row without an id is a plot of its own.
        numbers: float64 (n,) vertex numbers, NaN where there is none.
    """
    frame = delivery.attributes
    named = frame[columns["plot_id"]].notna().to_numpy()
    filled = frame[[columns["vertex"], *(columns[axis] for axis in AXES)]].notna().any(axis=1).to_numpy()
    lost = ~named & filled
    lost[[fault.position for fault in delivery.faults if fault.code in ROWS_LOST]] = True
    lost |= _lone(plot_of, numbers, named & ~lost)
    x, y = (frame[columns[axis]].tolist() for axis in AXES)
    places = np.fromiter(zip(x, y, strict=True), dtype=object, count=len(frame))
    misnumbered = _misnumbered(plot_of, numbers, places, named & ~lost)
    strayed = _away_from_others(plot_of, misnumbered, named & ~lost)
    found = [
        Fault(plot, "corners_misnumbered", {"number": f"{number:g}"}) for plot, number in sorted(misnumbered.items())
    ]
    for row, plots in _may_belong(plot_of, lost | strayed, named & ~lost & ~strayed).items():
        number = delivery.place_of(row)
        found += [Fault(plot, "corner_lost", {"row": number}) for plot in plots if plot not in misnumbered]
        if named[row] and not strayed[row]:
            found.append(Fault(int(plot_of[row]), "corner_lost", {"row": number}))
    return found + _skipped(plot_of, numbers, named & ~lost)


def _rows_of(plot_of: Ints, known: NDArray[np.bool_]) -> dict[int, Ints]:
    """Rows of each plot, in the order of the file."""
    rows = np.flatnonzero(known)
    order = np.argsort(plot_of[rows], kind="stable")
    plots, starts = np.unique(plot_of[rows][order], return_index=True)
    return dict(zip(plots.tolist(), np.split(rows[order], starts[1:]), strict=True))


def _lone(plot_of: Ints, numbers: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that are the only one of their id and yet no first vertex: a corner of a plot whose id is miswritten."""
    plots = _rows_of(plot_of, known)
    starts = [numbers[rows].min() for rows in plots.values() if len(rows) > 1]
    lone = np.zeros(len(plot_of), dtype=bool)
    if starts and len({*starts}) == 1 and np.isfinite(starts[0]):
        for rows in plots.values():
            lone[rows] = len(rows) == 1 and numbers[rows[0]] > starts[0]
    return lone


def _misnumbered(
    plot_of: Ints, numbers: NDArray[np.float64], places: NDArray[np.object_], known: NDArray[np.bool_]
) -> dict[int, float]:
    """Plots of which one vertex number stands at two places, and that number; not where all numbers are the same."""
    found: dict[int, float] = {}
    for plot, rows in _rows_of(plot_of, known).items():
        own = numbers[rows]
        values, times = np.unique(own[np.isfinite(own)], return_counts=True)
        if len(values) < 2 or not np.isfinite(own).all():
            continue
        for value in values[times > 1]:
            if len(set(places[rows[own == value]])) > 1:
                found.setdefault(plot, float(value))
    return found


def _away_from_others(plot_of: Ints, misnumbered: Mapping[int, float], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of a misnumbered plot that do not stand with most of its rows: their id may be that of another."""
    away = np.zeros(len(plot_of), dtype=bool)
    order = np.flatnonzero(known)
    run = np.cumsum(np.diff(plot_of[order], prepend=-1) != 0)
    for plot in misnumbered:
        mine = plot_of[order] == plot
        largest = np.bincount(run[mine]).argmax()
        away[order[mine & (run != largest)]] = True
    return away


def _may_belong(plot_of: Ints, lost: NDArray[np.bool_], known: NDArray[np.bool_]) -> dict[int, list[int]]:
    """The plots each lost row may belong to: those before and after it, or all where the plots' rows are mixed."""
    order = np.flatnonzero(known)
    if not len(order):
        return {int(row): [] for row in np.flatnonzero(lost)}
    sequence = plot_of[order]
    runs = int((np.diff(sequence) != 0).sum()) + 1
    every = np.unique(sequence).tolist()
    found: dict[int, list[int]] = {}
    for row in np.flatnonzero(lost).tolist():
        at = int(np.searchsorted(order, row))
        found[row] = every if runs > len(every) else np.unique(sequence[max(at - 1, 0) : at + 1]).tolist()
    if runs > len(every) and found:
        # Every row may belong to every plot: one of them says it for all.
        found = {row: every if place == 0 else [] for place, row in enumerate(found)}
    return found


def _skipped(plot_of: Ints, numbers: NDArray[np.float64], known: NDArray[np.bool_]) -> list[Fault]:
    steps = {
        plot: np.diff(np.unique(numbers[rows]))
        for plot, rows in _rows_of(plot_of, known).items()
        if np.isfinite(numbers[rows]).all()
    }
    every = np.concatenate([*steps.values(), np.empty(0)])
    if not len(every) or (every == 1).mean() <= 0.5:
        return []
    return [Fault(plot, "corners_skipped", {}) for plot, own in sorted(steps.items()) if (own != 1).any()]
