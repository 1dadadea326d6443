"""From EVIDENCE to ASSESSMENTS under a policy."""

from collections.abc import Sequence

import pandas as pd

from eudr_check.config import Production
from eudr_check.risk.convergence import convergence
from eudr_check.risk.convergence import uses as ground_uses
from eudr_check.risk.policy import Policy, Whisp
from eudr_check.risk.whisp import whisp
from eudr_check.variables import Variable


def assess(
    plots: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Policy,
    production: Production | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcome and reasons of every plot.

    Args:
        plots: PLOTS.
        evidence: EVIDENCE of all usable plots, rows in any order.
        variables: meaning of the EVIDENCE columns.
        policy: what counts, and from how many hectares.
        production: dates of production, compared with the days the event layers cover; None in a screening.

    Returns:
        ASSESSMENTS in the order of `plots`, and REASONS ordered by plot and weight.

    Raises:
        PolicyError: the evidence lacks a column of `variables`, or speaks of an unknown plot.
    """
    if isinstance(policy, Whisp):
        return whisp.assess(plots, evidence, variables, policy)
    return convergence.assess(plots, evidence, variables, policy, production)


def uses(
    plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable], policy: Policy
) -> pd.DataFrame | None:
    """USES: hectares of every plot by what its ground is; None under a policy of Whisp, which sorts no ground.

    Args:
        plots: PLOTS. evidence: EVIDENCE. variables: meaning of its columns. policy: what counts.

    Raises:
        PolicyError: as `assess`.
    """
    return None if isinstance(policy, Whisp) else ground_uses.uses(plots, evidence, variables, policy)
