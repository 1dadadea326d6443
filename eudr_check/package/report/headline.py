"""The sentence at the head of a plot's page: what its outcome rests on, in one line of `text/report.yaml`."""

import pandas as pd

DEFORESTED = frozenset(
    {"agreed_deforestation", "deforestation_one_method", "forest_to_agriculture", "point_cell_agreed"}
)
"""Reasons of `high` that say deforestation (Article 2(3)): forest lost, or become farmland."""
DEGRADED = frozenset(
    {"primary_to_plantation", "regenerating_to_plantation", "natural_to_other_wooded", "primary_to_planted"}
)
"""Reasons of `high` that say degradation (Article 2(7)): forest that became another forest, which is no loss."""


def headlines(assessed: pd.DataFrame, reasons: pd.DataFrame) -> list[str]:
    """Key of the headline of each plot.

    Args:
        assessed: `outcome`, `final_outcome` and `deforestation_ha` per plot.
        reasons: REASONS.

    Returns:
        One key per row of `assessed`, in its order.
    """
    deforested, degraded = (reasons.index[reasons["code"].isin(codes)].unique() for codes in (DEFORESTED, DEGRADED))
    return [
        _headline(str(before), str(final), float(loss), lost, changed)
        for before, final, loss, lost, changed in zip(
            assessed["outcome"],
            assessed["final_outcome"],
            assessed["deforestation_ha"],
            assessed.index.isin(deforested).tolist(),
            assessed.index.isin(degraded).tolist(),
            strict=True,
        )
    ]


def _headline(before: str, final: str, deforestation_ha: float, deforested: bool, degraded: bool) -> str:
    if final == "low" and round(deforestation_ha, 4) > 0:
        return "says_low_below"
    if final != "high":
        return f"says_{final}"
    if before != "high":
        return "says_high_confirmed"
    if deforested and degraded:
        return "says_high_both"
    if degraded:
        return "says_high_degradation"
    return "says_high" if deforested else "says_high_other"
