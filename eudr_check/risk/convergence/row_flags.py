"""What each EVIDENCE row says, with the unknown filled for the better or for the worse.

A row is ground on which every layer holds one value. All results are boolean arrays over rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.risk.convergence.degradation import change
from eudr_check.risk.convergence.roles import Roles
from eudr_check.risk.policy import Convergence
from eudr_check.typing import Mask
from eudr_check.variables import UNKNOWN, YES

Values = Mapping[str, NDArray[np.int16]]
"""One entry per row, by EVIDENCE column."""


@dataclass(frozen=True)
class Unknown:
    """Rows the required layers leave unknown."""

    baseline: Mask
    events: Mask
    """No event layer whose "no" counts was read."""
    type_2020: Mask
    """Degradation is possible for want of the kind of forest in 2020; only where a policy asks for it."""
    use_now: Mask
    """Degradation is possible for want of the use of the land today; only where a policy asks for it."""

    @property
    def any(self) -> Mask:
        """The forest or its loss is unknown."""
        return self.baseline | self.events

    @property
    def degradation(self) -> Mask:
        """Degradation is neither shown nor denied."""
        return self.type_2020 | self.use_now


@dataclass(frozen=True)
class Cells:
    """Rows sorted by what a policy asks of them."""

    forest: Mask
    """Forest of the baseline, less tree crops of 2020."""
    tree_crop: Mask
    """Forest of the baseline that a map of 2020 shows as tree crop."""
    event: Mask
    """Event after the cut-off, any method, on any arrays."""
    agreed: Mask
    """Event of as many methods as the policy asks, on forest."""
    methods: Mapping[str, Mask]
    """Per method: its event on forest."""
    later: Mapping[str, Mask]
    """The same, less yearly detections of the first year, which may lie before the cut-off."""
    canopy: Mask
    """Degradation after the cut-off on forest."""
    disputed: Mask
    """Event on ground the baseline calls no forest and enough other maps of 2020 call forest."""
    seen_once: Mask
    """Forest without event whose every event layer already holds an earlier one, so that a new one cannot show."""
    changes: Mapping[str, Mask]
    """Per pathway of degradation, and conversion to farmland; empty where a policy does not ask for them."""


def unknown_rows(values: Values, roles: Roles, policy: Convergence) -> Unknown:
    """Rows whose baseline is unknown, or every required event layer is, or whether the forest was degraded."""
    assert roles.baseline is not None
    baseline = values[roles.baseline.column] == UNKNOWN
    events = np.ones_like(baseline)
    for variable in roles.required_layers:
        events &= values[variable.column] == UNKNOWN
    if not policy.asks_for_degradation:
        nothing = np.zeros_like(baseline)
        return Unknown(baseline, events, nothing, nothing)
    became = change(values, roles, _changed(values, roles, policy), events, policy.silent_methods)
    return Unknown(baseline, events, became.type_unread, became.use_unread)


def best_filling(values: Values, roles: Roles, policy: Convergence) -> Cells:
    """Rows as they are known: what is unknown is harmless (no forest, no event)."""
    assert roles.baseline is not None
    baseline = values[roles.baseline.column] == YES
    crop = _crops(values, roles, baseline)
    forest = baseline & ~crop
    nothing = np.zeros_like(baseline)
    methods: dict[str, Mask] = {}
    later: dict[str, Mask] = {}
    for variable in roles.events:
        event: Mask = values[variable.column] > policy.cutoff.year
        surely_after: Mask = event
        if variable.dating == "yearly":
            surely_after = event & (values[variable.column] != policy.cutoff.year + 1)
        methods[variable.method] = methods.get(variable.method, nothing) | event
        later[variable.method] = later.get(variable.method, nothing) | surely_after
    count: NDArray[np.int8] = np.sum(list(methods.values()), axis=0, dtype=np.int8)
    any_event: Mask = count > 0
    disputes = np.zeros(len(baseline), dtype=np.int8)
    for variable in roles.alternative_baselines:
        disputes += values[variable.column] == YES
    degraded = _any((values[variable.column] > policy.cutoff.year for variable in roles.degradations), baseline)
    return Cells(
        forest=forest,
        tree_crop=baseline & crop,
        event=any_event,
        agreed=forest & (count >= policy.agreeing_methods),
        methods={name: forest & mask for name, mask in methods.items()},
        later={name: forest & mask for name, mask in later.items()},
        canopy=forest & degraded,
        disputed=~baseline & any_event & (disputes >= policy.disputing_layers),
        seen_once=forest & ~any_event & _spent(values, roles, policy),
        changes=_changes(values, roles, policy, possible=False),
    )


def worst_filling(known: Cells, unknown: Mask, values: Values, roles: Roles, policy: Convergence) -> Cells:
    """The same rows with every unknown one filled as forest lost after the cut-off, to all methods there are.

    The whole row is doubted, not only its unread layer: where nobody looked for loss, a map that says "no forest"
    does not settle the plot alone. Only a known tree crop stays what it is.
    """
    crop = _crops(values, roles, unknown)
    lost = unknown & ~crop
    several = len(known.methods) >= policy.agreeing_methods
    return Cells(
        forest=known.forest | lost,
        tree_crop=known.tree_crop | (unknown & crop),
        event=known.event | unknown,
        agreed=known.agreed | lost if several else known.agreed,
        methods={name: mask | lost for name, mask in known.methods.items()},
        later={name: mask | lost for name, mask in known.later.items()},
        canopy=known.canopy | lost,
        disputed=known.disputed & ~unknown,
        seen_once=known.seen_once & ~unknown,
        changes=_changes(values, roles, policy, possible=True),
    )


def _changes(values: Values, roles: Roles, policy: Convergence, *, possible: bool) -> Mapping[str, Mask]:
    if not policy.asks_for_degradation:
        return {}
    events = unknown_rows(values, roles, policy).events
    became = change(values, roles, _changed(values, roles, policy), events, policy.silent_methods)
    return became.possible if possible else became.known


def _changed(values: Values, roles: Roles, policy: Convergence) -> Mask:
    """Rows with loss or disturbance after the cut-off."""
    assert roles.baseline is not None
    like = np.zeros(len(values[roles.baseline.column]), dtype=bool)
    return _any((values[one.column] > policy.cutoff.year for one in (*roles.events, *roles.degradations)), like)


def _crops(values: Values, roles: Roles, like: Mask) -> Mask:
    """Tree crops or planted forest of 2020, except where another map says that the forest was natural."""
    natural = (*roles.kinds.get("primary_2020", ()), *roles.kinds.get("regenerating_2020", ()))
    crop = _any((values[one.column] == YES for one in roles.tree_crops), like)
    return crop & ~_any((values[one.column] == YES for one in natural), like)


def _spent(values: Values, roles: Roles, policy: Convergence) -> Mask:
    """Rows where every event layer that was read already holds an event up to the cut-off.

    A year layer keeps one year per cell, whichever way it is dated, so such a layer cannot show a second clearing.
    """
    assert roles.baseline is not None
    read = np.zeros(len(values[roles.baseline.column]), dtype=bool)
    spent = np.ones_like(read)
    for variable in roles.required_layers:
        value = values[variable.column]
        earlier = (value > 0) & (value <= policy.cutoff.year)
        read |= earlier
        spent &= earlier | (value == UNKNOWN)
    return read & spent


def _any(masks: Iterable[Mask], like: Mask) -> Mask:
    total = np.zeros_like(like)
    for mask in masks:
        total |= mask
    return total
