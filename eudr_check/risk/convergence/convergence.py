"""Assessment by hectares of loss on forest and by agreement of methods (`convergence@1`)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from eudr_check import tables
from eudr_check.config import Production
from eudr_check.risk.convergence import stability
from eudr_check.risk.convergence.outcome import OUTCOME, UNDETERMINED, Case, Outcomes, case, reach
from eudr_check.risk.convergence.reasons import Report, absent, text_of
from eudr_check.risk.convergence.roles import Roles, roles
from eudr_check.risk.convergence.rules import LEVEL
from eudr_check.risk.convergence.sums import Hectares, rounding_ha
from eudr_check.risk.policy import Convergence
from eudr_check.variables import Variable


def assess(
    plots: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Convergence,
    production: Production | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcome and reasons of every plot; see `eudr_check.risk.assess`."""
    parts = roles(variables, policy)
    if not parts.sufficient:
        return _without_layers(plots, parts, policy)
    harvest = case(plots, evidence, parts, policy)
    found = reach(harvest, parts, policy, production)
    fragile, flips = stability.gather(found.outcome, stability.variants(harvest, parts, policy, production))
    report = Report.of(harvest, found, parts, policy)
    reasons = report.rows(plots.index)
    sums = found.sums
    unread = stability.without_ground(plots.index, reasons) | (sums.unknown >= sums.area - rounding_ha(sums.area))
    nobody_looked = (found.outcome == UNDETERMINED) & unread
    unobserved = found.observation.unobserved
    assessments = pd.DataFrame(
        {
            "plot": plots.index,
            "outcome": OUTCOME[found.outcome],
            "reasons": report.codes(),
            "forest_2020_ha": sums.forest + sums.tree_crop,
            "loss_after_2020_ha": sums.event,
            "deforestation_ha": sums.forest_event,
            "agreed_deforestation_ha": sums.agreed,
            "unknown_ha": sums.unknown,
            "margin_ha": margin(harvest, found, policy),
            "stability": stability.worded(fragile, nobody_looked),
            "flips": flips.to_numpy(),
            "unobserved_since": pd.Series(found.observation.through.astype(str)).where(unobserved).to_numpy(),
            "policy": policy.full_name,
            "review": None,
            "final_outcome": OUTCOME[found.outcome],
        }
    )
    return tables.typed(tables.ASSESSMENTS, assessments), reasons


def margin(harvest: Case, found: Outcomes, policy: Convergence) -> Hectares:
    """Hectares between each plot and the nearest threshold at which its outcome would change; NaN where undetermined.

    A plot leaves its outcome downwards when the last rule that holds it fails, and upwards when the first graver rule
    applies.
    """
    count = harvest.count
    upwards = np.full(count, np.inf)
    downwards = np.full(count, -np.inf)
    judged = found.judgement
    for rule in policy.rules:
        distance = judged.quantities[rule.quantity] - judged.thresholds[rule.code]
        level = LEVEL[rule.outcome]
        graver = found.outcome < level
        upwards = np.where(graver, np.minimum(upwards, np.abs(distance)), upwards)
        holds = (found.outcome == level) & judged.applies[rule.code]
        downwards = np.where(holds, np.maximum(downwards, np.abs(distance)), downwards)
    nearest = np.minimum(upwards, np.where(np.isfinite(downwards), downwards, np.inf))
    settled = (found.outcome != UNDETERMINED) & np.isfinite(nearest)
    return np.where(settled, nearest, np.nan)


def _without_layers(plots: pd.DataFrame, parts: Roles, policy: Convergence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All plots undetermined, because the harvest has no baseline or no event layer that can say "no"."""
    reasons = absent(plots, parts, policy)
    assessments = pd.DataFrame(
        {
            "plot": plots.index,
            "outcome": OUTCOME[UNDETERMINED],
            "reasons": text_of(reasons, plots.index),
            "forest_2020_ha": 0.0,
            "loss_after_2020_ha": 0.0,
            "deforestation_ha": 0.0,
            "agreed_deforestation_ha": 0.0,
            "unknown_ha": plots["area_ha"].fillna(0.0).to_numpy(),
            "stability": "unknown",
            "policy": policy.full_name,
            "final_outcome": OUTCOME[UNDETERMINED],
        }
    )
    return tables.typed(tables.ASSESSMENTS, assessments), reasons
