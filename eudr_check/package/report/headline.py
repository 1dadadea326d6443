"""The sentence at the head of a plot's page: what its outcome rests on, in one line of `text/report.yaml`."""

import numpy as np
import pandas as pd

DEFORESTED = frozenset(
    {"agreed_deforestation", "deforestation_one_method", "forest_to_agriculture", "point_cell_agreed"}
)
"""Reasons of `high` that say deforestation (Article 2(3)): forest lost, or become farmland."""
DEGRADED = frozenset(
    {"primary_to_plantation", "regenerating_to_plantation", "natural_to_other_wooded", "primary_to_planted"}
)
"""Reasons of `high` that say degradation (Article 2(7)): forest that became another forest, which is no loss."""
LEAST_SHOWN_HA = 0.00005
"""The page shows hectares to four decimals."""


def headlines(assessed: pd.DataFrame, reasons: pd.DataFrame) -> list[str]:
    """Key of the headline of each plot.

    Args:
        assessed: `outcome`, `final_outcome` and `deforestation_ha` per plot.
        reasons: REASONS.

    Returns:
        One key per row of `assessed`, in its order.
    """
    deforested, degraded = (
        assessed.index.isin(reasons.index[reasons["code"].isin(codes)].unique()) for codes in (DEFORESTED, DEGRADED)
    )
    before, final = (assessed[name].to_numpy(dtype=object, na_value="nan") for name in ("outcome", "final_outcome"))
    loss = assessed["deforestation_ha"].to_numpy(dtype=np.float64)
    high = final == "high"
    said = {
        "says_low_below": (final == "low") & (loss >= LEAST_SHOWN_HA),
        "says_high_confirmed": high & (before != "high"),
        "says_high_both": high & deforested & degraded,
        "says_high_degradation": high & degraded,
        "says_high": high & deforested,
        "says_high_other": high,
    }
    chosen = np.select(list(said.values()), list(said), default="")
    return [key or f"says_{outcome}" for key, outcome in zip(chosen.tolist(), final.tolist(), strict=True)]
