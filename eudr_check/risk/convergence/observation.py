"""From when to when the event layers really watched each plot, against the dates of production."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from eudr_check.config import Production
from eudr_check.risk.convergence.roles import Roles
from eudr_check.risk.convergence.row_flags import Values
from eudr_check.risk.convergence.sums import Hectares, per_plot, rounding_ha
from eudr_check.risk.policy import Convergence
from eudr_check.typing import Mask
from eudr_check.variables import UNKNOWN

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Observation:
    """First and last day watched, per plot, and what production leaves unwatched."""

    since: Days
    through: Days
    begins_late: Mask
    """Watching begins after production does, or after the day that follows the cut-off."""
    ends_early: Mask
    """Production ends longer after the last day watched than the policy allows."""
    unobserved: Mask
    """Production ends after the last day watched, or nobody said when it ends."""


def observe(
    values: Values,
    plot_index: NDArray[np.int64],
    area: Hectares,
    count: int,
    roles: Roles,
    policy: Convergence,
    production: Production | None,
) -> Observation:
    """How long the event layers that were really read watched each plot.

    A layer that holds no value on some ground does not watch it, however far its product reaches and however small
    that ground is. Where nothing was read the declared cover of the layers stands in (such a plot is
    undetermined for its unknown cells already). Without production dates, as in a screening, only the days after
    the cut-off are asked for.
    """
    least = rounding_ha(per_plot(plot_index, area, count))
    # EvidenceArrays that all of them read is watched as long as any of them watches; of a nation that leaves few rows.
    gaps = np.flatnonzero(np.any([values[variable.column] == UNKNOWN for variable in roles.required_layers], axis=0))
    values = {variable.column: values[variable.column][gaps] for variable in roles.required_layers}
    plot_index, area = plot_index[gaps], area[gaps]
    first = np.full(len(plot_index), np.datetime64("9999-12-31"))
    last = np.full(len(plot_index), np.datetime64("0001-01-01"))
    watched = np.zeros(len(plot_index), dtype=bool)
    for variable in roles.required_layers:
        known = values[variable.column] != UNKNOWN
        first = np.where(known, np.minimum(first, np.datetime64(variable.covers_from)), first)
        last = np.where(known, np.maximum(last, np.datetime64(variable.covers_through)), last)
        watched |= known
    starts = sorted({variable.covers_from for variable in roles.required_layers})
    ends = sorted({variable.covers_through for variable in roles.required_layers}, reverse=True)
    since = np.full(count, np.datetime64(starts[0]))
    through = np.full(count, np.datetime64(ends[0]))
    for later, earlier in zip(starts[1:], starts[:-1], strict=True):
        unwatched = per_plot(plot_index, area, count, watched & (first > np.datetime64(earlier)))
        since = np.where(unwatched > least, np.datetime64(later), since)
    for shorter, longer in zip(ends[1:], ends[:-1], strict=True):
        unwatched = per_plot(plot_index, area, count, watched & (last < np.datetime64(longer)))
        through = np.where(unwatched > least, np.datetime64(shorter), through)
    needed = policy.cutoff + timedelta(days=1)
    if production is None:
        never, always = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
        return Observation(since, through, since > np.datetime64(needed), ends_early=never, unobserved=always)
    gap = timedelta(days=int(policy.cover_gap.value))
    return Observation(
        since,
        through,
        begins_late=since > np.datetime64(min(production.since, needed)),
        ends_early=through < np.datetime64(production.until - gap),
        unobserved=through < np.datetime64(production.until),
    )
