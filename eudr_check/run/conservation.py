"""Plots of which the overlay lost or invented ground: set aside, and named in FINDINGS."""

from collections.abc import Sequence

import pandas as pd

from eudr_check import plots as plots_room
from eudr_check.overlay import Shortfall
from eudr_check.run.artifacts import Artifact

CODE = "area_not_conserved"
DIGITS = 4


def with_findings(findings: pd.DataFrame, plots: pd.DataFrame, shortfalls: Sequence[Shortfall]) -> pd.DataFrame:
    """FINDINGS with one more for every plot that was set aside.

    Args:
        findings: FINDINGS of the plots stage.
        plots: PLOTS.
        shortfalls: what does not add up; a plot is named with the first of its footprints.
    """
    first = pd.DataFrame(shortfalls).drop_duplicates("plot")
    figures = {name: [f"{hectares:.{DIGITS}g}" for hectares in first[name]] for name in ("found_ha", "expected_ha")}
    return plots_room.with_findings(findings, plots, CODE, first[["plot"]].assign(**figures))


def findings_of(*stages: Artifact | None) -> pd.DataFrame:
    """FINDINGS of the last of some stages that had to add some; the first is that of the plots."""
    return [one for one in stages if one is not None and one.has("FINDINGS")][-1].table("FINDINGS")
