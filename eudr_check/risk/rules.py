"""The ordered list of rules, applied to hectares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eudr_check.risk.cells import Mask
from eudr_check.risk.figures import TOLERANCE_HA, Hectares, Sums, quantities
from eudr_check.risk.policy import Convergence, Quantity, Rule

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
    """Adjoining plots of one producer."""

    group: NDArray[np.int64]
    """Group of each plot, from 0; a plot without neighbour is a group of its own."""
    count: int


def threshold(rule: Rule, area: Hectares) -> Hectares:
    """Hectares at which a rule applies to plots of some area."""
    if rule.share is None or rule.share_hectares is None:
        return np.full(len(area), rule.hectares.value)
    small = np.maximum(rule.share.value * area, rule.share_hectares.value)
    return np.minimum(rule.hectares.value, small)


def reached(rule: Rule, hectares: Hectares, limit: Hectares) -> Mask:
    """Whether hectares reach (or, where the rule says so, exceed) their threshold."""
    return hectares > limit + TOLERANCE_HA if rule.strictly_more else hectares >= limit - TOLERANCE_HA


def judge(sums: Sums, policy: Convergence, groups: Groups | None = None) -> Judgement:
    """Apply every rule to every plot and to the group it belongs to; the gravest that applies is the outcome.

    A group's rule counts against those of its plots that hold more than the rule's `piece` themselves.
    """
    own = quantities(sums, policy)
    together = None if groups is None else sums.grouped(groups.group, groups.count)
    group_quantities = None if together is None else _of_groups(together, policy)
    levels = np.zeros(len(sums.area), dtype=np.int8)
    thresholds: dict[str, Hectares] = {}
    applies: dict[str, Mask] = {}
    by_group: dict[str, Mask] = {}
    for rule in policy.rules:
        hectares = own[rule.quantity]
        thresholds[rule.code] = threshold(rule, sums.area)
        alone = reached(rule, hectares, thresholds[rule.code])
        joined = np.zeros_like(alone)
        if groups is not None and together is not None and group_quantities is not None:
            group_reached = reached(rule, group_quantities[rule.quantity], threshold(rule, together.area))
            joined = ~alone & group_reached[groups.group] & (hectares > rule.piece.value + TOLERANCE_HA)
        applies[rule.code] = alone | joined
        by_group[rule.code] = joined
        levels = np.where(applies[rule.code], np.maximum(levels, LEVEL[rule.outcome]), levels).astype(np.int8)
    return Judgement(levels, own, thresholds, applies, by_group)


def _of_groups(together: Sums, policy: Convergence) -> dict[Quantity, Hectares]:
    """Quantities of groups; forest lost on one plot still counts as forest for its neighbours.

    Otherwise more loss on a plot could make its neighbour's remaining forest look too small to ask about.
    """
    return quantities(together, policy) | {"standing_forest": together.forest}
