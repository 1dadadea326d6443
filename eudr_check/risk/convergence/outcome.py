"""The outcome of every plot under one set of thresholds, layers and areas."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.config import Production
from eudr_check.risk.convergence import points
from eudr_check.risk.convergence.evidence_arrays import EvidenceArrays, completed, grounds, joined
from eudr_check.risk.convergence.neighbours import adjoining, small_neighbours
from eudr_check.risk.convergence.observation import Observation, observe
from eudr_check.risk.convergence.roles import Roles
from eudr_check.risk.convergence.row_flags import best_filling, unknown_rows, worst_filling
from eudr_check.risk.convergence.rules import HIGH, LOW, Groups, Judgement, Levels, judge
from eudr_check.risk.convergence.sums import Hectares, Sums, add_up, rounding_ha
from eudr_check.risk.policy import Convergence
from eudr_check.typing import Mask

UNDETERMINED = 3
GAPS = ("unknown_baseline", "unknown_events", "unknown_type", "unknown_use")
"""Sums that say what was not read."""
OUTCOME = np.array(["low", "more_info_needed", "high", "undetermined"], dtype=object)


@dataclass(frozen=True)
class Case:
    """The plots of a harvest with their arrays."""

    main: EvidenceArrays
    """Polygons, and the declared discs of points: the ground that figures are given for."""
    wide: EvidenceArrays
    """Discs of twice the radius, of the points only."""
    cell: EvidenceArrays
    """The point's own cell, of the points only."""
    point: NDArray[np.int64]
    """Positions of the points among the plots."""
    groups: Groups
    """Adjoining plots of one producer."""
    small_neighbours: Groups
    """Adjoining small plots of any producer."""
    unusable: Mask
    """Stopped by a blocking finding."""
    not_assessed: Mask
    """Commodity the policy does not speak of."""
    no_ground: Mask
    """Cattle establishments given as a point without an area: they may be larger than the four hectares taken."""

    @property
    def count(self) -> int:
        """Number of plots."""
        return self.main.count

    def without_evidence(self, area: str = "area_ha") -> Mask:
        """Plots some footprint of which has no ground at all."""
        lacking = ~self.main.present(area)
        lacking[self.point] |= ~self.wide.present(area) | ~self.cell.present(area)
        return lacking


@dataclass(frozen=True)
class Outcomes:
    """What came out, and the figures behind it."""

    outcome: Levels
    """0 low, 1 more_info_needed, 2 high, 3 undetermined."""
    worst: Levels
    """Level if everything unknown were lost forest."""
    sums: Sums
    """Known hectares of the main arrays."""
    judgement: Judgement
    """Rules applied to the known hectares of the main arrays."""
    observation: Observation
    cell_agreed: Mask
    """Points whose own cell is agreed loss."""
    wider_disc: Mask
    """Points that only the wider disc keeps from `low`."""
    around: Mapping[str, Hectares]
    """Points: hectares of unread baseline, events, forest type and use in the wider disc or the own cell."""


def case(plots: pd.DataFrame, evidence: pd.DataFrame, roles: Roles, policy: Convergence) -> Case:
    """Sort the evidence of a harvest by footprint.

    Raises:
        PolicyError: see `arrays.grounds`.
    """
    point = np.flatnonzero((plots["geometry_kind"] == "point").to_numpy(dtype=bool))
    by_footprint = grounds(plots, evidence, roles.columns, ("polygon", "disc", "double_disc", "cell"))
    polygons = completed(by_footprint["polygon"], plots["area_ha"].to_numpy(dtype=np.float64))
    return Case(
        main=joined(polygons, by_footprint["disc"]),
        wide=by_footprint["double_disc"].at(point),
        cell=by_footprint["cell"].at(point),
        point=point,
        groups=adjoining(plots, policy),
        small_neighbours=small_neighbours(plots, policy),
        unusable=~plots["usable"].to_numpy(dtype=bool),
        not_assessed=~plots["commodity"].isin(policy.commodities).to_numpy(dtype=bool),
        no_ground=((plots["geometry_kind"] == "point") & (plots["commodity"] == "cattle")).to_numpy(dtype=bool)
        & plots["declared_area_ha"].isna().to_numpy(dtype=bool),
    )


def reach(
    harvest: Case,
    roles: Roles,
    policy: Convergence,
    production: Production | None,
    *,
    area: str = "area_ha",
    scale: Mapping[str, float] | None = None,
) -> Outcomes:
    """Apply a policy.

    Args:
        harvest: plots with their arrays.
        roles: variables to use; must be sufficient.
        policy: rules to use.
        production: dates of production; None in a screening.
        area: which area of EVIDENCE to sum.
        scale: factor on the rows where a variable (by column) shows forest or an event; for the error of sampling.
    """
    known, doubted = _fillings(harvest.main, roles, policy, area, scale)
    judgement = judge(known, policy, harvest.groups, harvest.small_neighbours)
    best = judgement.levels
    worst = best if doubted is known else judge(doubted, policy, harvest.groups, harvest.small_neighbours).levels
    unread = doubtful(known)
    cell_agreed = np.zeros(harvest.count, dtype=bool)
    wider_disc = np.zeros(harvest.count, dtype=bool)
    around = {name: np.zeros(harvest.count) for name in GAPS}
    if len(harvest.point):
        at = harvest.point
        wide = _fillings(harvest.wide, roles, policy, area, scale)
        cell = _fillings(harvest.cell, roles, policy, area, scale)
        best, worst = best.copy(), worst.copy()
        settled = points.settle(best[at], wide[0], cell[0], policy)
        doubted_points = points.settle(worst[at], wide[1], cell[1], policy)
        best[at], worst[at] = settled.levels, doubted_points.levels
        unread[at] |= doubtful(wide[0]) | doubtful(cell[0])
        cell_agreed[at], wider_disc[at] = settled.cell_agreed, settled.wider_disc
        for name, hectares in around.items():
            hectares[at] = np.maximum(getattr(wide[0], name), getattr(cell[0], name))
    arrays = harvest.main
    watched = observe(
        arrays.values, arrays.plot_index, arrays.areas["area_ha"], arrays.count, roles, policy, production
    )
    outcome = np.where(best == worst, best, UNDETERMINED).astype(np.int8)
    # What nobody read is not small: a noise floor is for what was seen.
    outcome[(best == LOW) & unread] = UNDETERMINED
    outcome[(best != HIGH) & (watched.begins_late | watched.ends_early)] = UNDETERMINED
    outcome[(best != HIGH) & harvest.no_ground] = UNDETERMINED
    outcome[harvest.unusable | harvest.not_assessed | harvest.without_evidence(area)] = UNDETERMINED
    return Outcomes(outcome, worst, known, judgement, watched, cell_agreed, wider_disc, around)


def doubtful(sums: Sums) -> Mask:
    """Plots with ground that the required layers leave open, however little; rounding is no arrays."""
    least = rounding_ha(sums.area)
    return (sums.unknown > least) | (sums.unknown_type > least) | (sums.unknown_use > least)


def _fillings(
    arrays: EvidenceArrays, roles: Roles, policy: Convergence, area: str, scale: Mapping[str, float] | None
) -> tuple[Sums, Sums]:
    """Hectares with the unknown filled for the best and for the worst; one object where nothing is unknown."""
    hectares = arrays.areas[area] if scale is None else arrays.areas[area] * _factor(arrays, roles, policy, scale)
    unknown = unknown_rows(arrays.values, roles, policy)
    known = best_filling(arrays.values, roles, policy)
    best = add_up(known, unknown, arrays.plot_index, hectares, arrays.count)
    if not (unknown.any | unknown.degradation).any() and not policy.asks_for_degradation:
        return best, best
    doubted = worst_filling(known, unknown.any, arrays.values, roles, policy)
    return best, add_up(doubted, unknown, arrays.plot_index, hectares, arrays.count)


def _factor(
    arrays: EvidenceArrays, roles: Roles, policy: Convergence, scale: Mapping[str, float]
) -> NDArray[np.float64]:
    """Factor per row: that of the first scaled variable that shows forest or an event there."""
    factor = np.ones(len(arrays.plot_index))
    for variable in roles.variables:
        if variable.column in scale:
            shown = arrays.values[variable.column] > (0 if variable.kind == "state" else policy.cutoff.year)
            factor[shown] = scale[variable.column]
    return factor
