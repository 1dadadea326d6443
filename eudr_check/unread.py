"""How much of each figure of ASSESSMENTS nobody read: what `explain` and the report may claim."""

import numpy as np
import pandas as pd

UNREAD = (
    "forest_2020_ha",
    "loss_after_2020_ha",
    "deforestation_ha",
    "agreed_deforestation_ha",
    "unknown_ha",
    "type_2020_ha",
    "use_today_ha",
)
"""Figures of ASSESSMENTS, and the kind of forest in 2020 and the use of the land today, which have none there."""
NOBODY_LOOKED = (
    "geometry_blocked",
    "not_assessed",
    "no_evidence",
    "required_layer_absent",
    "establishment_area_unknown",
)
"""Reasons of plots whose ground, or what is on it, nobody knows; whatever was seen on them is a least figure."""


def unread(assessments: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Hectares that nobody read, by plot and figure.

    Args:
        assessments: ASSESSMENTS.
        reasons: REASONS.

    Returns:
        float64, plots of `assessments` x `UNREAD`: 0 where the figure stands as it is, hectares where layers left
        ground unread (of `unknown_ha`: its own hectares), NaN where no hectares can tell.
    """

    def most(code: str) -> pd.Series:
        area = reasons.loc[reasons["code"] == code, "area_ha"].astype(np.float64)
        return area.groupby(level=0).max().reindex(assessments.index).fillna(0.0)

    baseline, events = most("unknown_baseline"), most("unknown_events")
    ground = assessments["unknown_ha"].astype(np.float64).fillna(0.0)
    named = (baseline > 0) | (events > 0)
    either = pd.concat([baseline, events, ground], axis=1).max(axis=1)
    found = pd.DataFrame(
        {
            # Where no reason tells which of the two it was (Whisp), it was either.
            "forest_2020_ha": baseline.where(named, ground),
            "loss_after_2020_ha": events.where(named, ground),
            "deforestation_ha": either,
            "agreed_deforestation_ha": either,
            "unknown_ha": either,
            "type_2020_ha": most("unknown_forest_type"),
            "use_today_ha": most("unknown_use_today"),
        }
    )
    code = reasons["code"]
    # Whisp asks of forest and of loss one by one, so nobody knows how much of the loss lies on forest.
    whisp = assessments.index.isin(reasons.index[code.str.startswith("whisp_")])
    found.loc[whisp, ["deforestation_ha", "agreed_deforestation_ha"]] = np.nan
    found.loc[assessments.index.isin(reasons.index[code.isin(NOBODY_LOOKED)])] = np.nan
    return found
