"""Hectares per plot of everything the rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from eudr_check.risk.convergence.row_flags import Cells, Unknown
from eudr_check.risk.policy import Convergence, Quantity
from eudr_check.typing import Mask

Hectares = NDArray[np.float64]
"""One entry per plot (or per group of plots)."""
TOLERANCE_HA = 1e-9
"""Sums of binary fractions miss round thresholds by less than this (0.1 square centimetre)."""

ROUNDING = 1e-7
"""Share of a plot (hectares, on one larger than a hectare) that sums of shares of cells may invent."""


def rounding_ha(area: Hectares) -> Hectares:
    """Hectares per plot of some area that may be rounding, and no arrays."""
    return ROUNDING * np.minimum(area, 1.0)


def per_plot(plot_index: NDArray[np.int64], hectares: Hectares, count: int, mask: Mask | None = None) -> Hectares:
    """Hectares per plot (or group): rows of the mask, or all, added to their plot_index."""
    if mask is not None:
        rows = np.flatnonzero(mask)
        plot_index, hectares = plot_index[rows], hectares[rows]
    return np.bincount(plot_index, weights=hectares, minlength=count).astype(np.float64)


@dataclass(frozen=True)
class Sums:
    """Hectares that add up: over rows of a plot, over tiles, over plots of a group."""

    area: Hectares
    forest: Hectares
    tree_crop: Hectares
    event: Hectares
    forest_event: Hectares
    tree_crop_event: Hectares
    agreed: Hectares
    agreed_by_method: Mapping[str, Hectares]
    methods: Mapping[str, Hectares]
    later: Mapping[str, Hectares]
    canopy: Hectares
    disputed: Hectares
    seen_once: Hectares
    unknown_baseline: Hectares
    unknown_events: Hectares
    unknown_type: Hectares
    unknown_use: Hectares
    unknown: Hectares
    """Baseline or events unknown; forest whose degradation is open was read, so its figures stand."""
    changes: Mapping[str, Hectares]

    def grouped(self, group: NDArray[np.int64], count: int) -> "Sums":
        """Totals per group.

        Args:
            group: group of each plot, from 0.
            count: number of groups.
        """

        totals: dict[str, Any] = {
            name: {key: per_plot(group, part, count) for key, part in value.items()}
            if isinstance(value, Mapping)
            else per_plot(group, value, count)
            for name, value in vars(self).items()
        }
        return Sums(**totals)


def add_up(cells: Cells, unknown: Unknown, plot_index: NDArray[np.int64], area: Hectares, count: int) -> Sums:
    """Hectares per plot of each kind of row.

    Args:
        cells: rows sorted.
        unknown: rows the required layers leave unknown.
        plot_index: plot of each row, from 0.
        area: hectares of each row.
        count: number of plots.
    """

    def total(mask: Mask) -> Hectares:
        return per_plot(plot_index, area, count, mask)

    return Sums(
        area=per_plot(plot_index, area, count),
        forest=total(cells.forest),
        tree_crop=total(cells.tree_crop),
        event=total(cells.event),
        forest_event=total(cells.forest & cells.event),
        tree_crop_event=total(cells.tree_crop & cells.event),
        agreed=total(cells.agreed),
        agreed_by_method={name: total(cells.agreed & mask) for name, mask in cells.methods.items()},
        methods={name: total(mask) for name, mask in cells.methods.items()},
        later={name: total(mask) for name, mask in cells.later.items()},
        canopy=total(cells.canopy),
        disputed=total(cells.disputed),
        seen_once=total(cells.seen_once),
        unknown_baseline=total(unknown.baseline),
        unknown_events=total(unknown.events),
        unknown_type=total(unknown.type_2020),
        unknown_use=total(unknown.use_now),
        unknown=total(unknown.any),
        changes={name: total(mask) for name, mask in cells.changes.items()},
    )


def quantities(sums: Sums, policy: Convergence) -> dict[Quantity, Hectares]:
    """What the rules test, in hectares per plot.

    The noise floor holds for the total of events on forest, tree crop or not: below it there is no event, and the
    forest counts as standing.
    """
    floor = policy.noise_floor.value
    lost = sums.forest_event + sums.tree_crop_event
    after, first_year = by_method(sums, policy)
    return {
        "agreed_event_on_forest": sums.agreed,
        "one_method_event_on_forest": np.max(after, axis=0),
        "one_method_2021_only": np.max(first_year, axis=0),
        "event_on_forest": sums.forest_event,
        "event_on_tree_crop": np.where(sums.tree_crop_event > TOLERANCE_HA, lost, 0.0),
        "standing_forest": sums.forest - np.where(lost > floor + TOLERANCE_HA, sums.forest_event, 0.0),
        "canopy_disturbance": sums.canopy,
        "event_on_disputed_forest": sums.disputed,
        "forest_seen_once": sums.seen_once,
        **cast(Mapping[Quantity, Hectares], sums.changes),
    }


def by_method(sums: Sums, policy: Convergence) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hectares on forest per method and plot (n_methods, n), and the same where all of them may precede the cut-off.

    A method whose detections, but for less than the noise floor, are all of the first year of a yearly layer may have
    seen the last weeks before the cut-off: its hectares stand in the second array, otherwise in the first.
    """
    hectares = np.array(list(sums.methods.values()))
    dated_after = np.array(list(sums.later.values())) > policy.noise_floor.value + TOLERANCE_HA
    return np.where(dated_after, hectares, 0.0), np.where(dated_after, 0.0, hectares)
