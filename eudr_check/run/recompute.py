"""Outcomes once more from what a package holds, for whoever verifies it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eudr_check import risk
from eudr_check.config import Production
from eudr_check.variables import Variable


def recompute(
    plots: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Mapping[str, Any],
    production: Production | None,
) -> pd.DataFrame:
    """ASSESSMENTS under the policy as `policy.json` of the package writes it.

    Raises:
        PolicyError: this version of eudr-check cannot read that policy.
    """
    return risk.assess(plots, evidence, variables, risk.parse(policy, "policy.json"), production)[0]
