"""The ordered list of rules, applied to hectares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.risk.convergence.sums import TOLERANCE_HA, Hectares, Sums, quantities
from eudr_check.risk.policy import Convergence, Quantity, Rule
from eudr_check.typing import Mask

Levels = NDArray[np.int8]
"""Outcome per plot as a number that grows with concern: 0 low, 1 more_info_needed, 2 high."""
LOW, MORE_INFO, HIGH = 0, 1, 2
LEVEL = {"low": LOW, "more_info_needed": MORE_INFO, "high": HIGH}


@dataclass(frozen=True)
class Judgement:
    """What the rules say of each plot."""

    levels: Levels
    quantities: Mapping[Quantity, Hectares]
    thresholds: Mapping[str, Hectares]
    """Per rule code: hectares at which it applies to the plot."""
    applies: Mapping[str, Mask]
    """Per rule code: whether it applies, by the plot itself or by its group."""
    by_group: Mapping[str, Mask]
    """Per rule code: applies only because the producer's adjoining plots are taken together."""


@dataclass(frozen=True)
class Groups:
    """Plots that adjoin and are judged together."""

    group: NDArray[np.int64]
    """Group of each plot, from 0; a plot without neighbour is a group of its own."""
    count: int


def is_small(area: Hectares, policy: Convergence) -> Mask:
    """Plots of which the noise floor would hide more than `noise_share`."""
    return area * policy.noise_share.value < policy.noise_floor.value


def threshold(rule: Rule, area: Hectares, policy: Convergence) -> Hectares:
    """Hectares at which a rule applies to plots of some area.

    The noise floor never hides more than `noise_share` of a plot: on a small plot the share is the threshold.
    """
    if rule.strictly_more:
        return np.minimum(rule.hectares.value, policy.noise_share.value * area)
    if rule.share is None or rule.share_hectares is None:
        return np.full(len(area), rule.hectares.value)
    small = np.maximum(rule.share.value * area, rule.share_hectares.value)
    return np.minimum(rule.hectares.value, small)


def reached(rule: Rule, hectares: Hectares, limit: Hectares) -> Mask:
    """Whether hectares reach (or, where the rule says so, exceed) their threshold."""
    return hectares > limit + TOLERANCE_HA if rule.strictly_more else hectares >= limit - TOLERANCE_HA


def judge(
    sums: Sums, policy: Convergence, groups: Groups | None = None, small_neighbours: Groups | None = None
) -> Judgement:
    """Apply every rule to every plot and to the groups it belongs to; the gravest that applies is the outcome.

    A group's rule counts against those of its plots that hold more than the rule's `piece` themselves. Small plots of
    any producer that adjoin are a group for the rules that ask, never for those that say `high`: they may be a farm cut
    into pieces, or neighbours.
    """
    own = quantities(sums, policy)
    levels = np.zeros(len(sums.area), dtype=np.int8)
    thresholds: dict[str, Hectares] = {}
    applies: dict[str, Mask] = {}
    by_group: dict[str, Mask] = {}
    together = [] if groups is None else [_Together.of(groups, sums, policy)]
    neighbours = [] if small_neighbours is None else [_Together.of(small_neighbours, sums, policy)]
    for rule in policy.rules:
        hectares = own[rule.quantity]
        thresholds[rule.code] = threshold(rule, sums.area, policy)
        alone = reached(rule, hectares, thresholds[rule.code])
        held = hectares > _piece(rule, sums.area, policy) + TOLERANCE_HA
        joined = np.zeros_like(alone)
        for one in (*together, *(neighbours if rule.outcome == "more_info_needed" else ())):
            joined |= ~alone & held & one.reaches(rule, policy)
        applies[rule.code] = alone | joined
        by_group[rule.code] = joined
        levels = np.where(applies[rule.code], np.maximum(levels, LEVEL[rule.outcome]), levels).astype(np.int8)
    return Judgement(levels, own, thresholds, applies, by_group)


def _piece(rule: Rule, area: Hectares, policy: Convergence) -> Hectares:
    """Hectares a plot must hold itself; a small plot cannot hold a piece made for large ones."""
    small = np.minimum(rule.piece.value, policy.noise_share.value * area)
    return np.where(is_small(area, policy), small, rule.piece.value)


@dataclass(frozen=True)
class _Together:
    """Groups with their totals."""

    groups: Groups
    area: Hectares
    quantities: Mapping[Quantity, Hectares]

    @classmethod
    def of(cls, groups: Groups, sums: Sums, policy: Convergence) -> "_Together":
        total = sums.grouped(groups.group, groups.count)
        return cls(groups, total.area, _of_groups(total, policy))

    def reaches(self, rule: Rule, policy: Convergence) -> Mask:
        """Per plot: whether its group reaches a rule's threshold."""
        limit = threshold(rule, self.area, policy)
        return reached(rule, self.quantities[rule.quantity], limit)[self.groups.group]


def _of_groups(together: Sums, policy: Convergence) -> dict[Quantity, Hectares]:
    """Quantities of groups; forest lost on one plot still counts as forest for its neighbours.

    Otherwise more loss on a plot could make its neighbour's remaining forest look too small to ask about.
    """
    return quantities(together, policy) | {"standing_forest": together.forest}
