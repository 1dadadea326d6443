"""Plots of which the overlay lost or invented ground: set aside, and named in FINDINGS."""

from collections.abc import Sequence

import pandas as pd

from eudr_check import plots as plots_room
from eudr_check import tables
from eudr_check.overlay import Shortfall
from eudr_check.run.artifacts import Artifact

DIGITS = 4


def with_findings(findings: pd.DataFrame, plots: pd.DataFrame, shortfalls: Sequence[Shortfall]) -> pd.DataFrame:
    """FINDINGS with one more for every plot that was set aside.

    Args:
        findings: FINDINGS of the plots stage.
        plots: PLOTS.
        shortfalls: what does not add up; a plot is named with the first of its footprints.
    """
    first = {one.plot: one for one in reversed(shortfalls)}
    log = plots_room.FindingCollector()
    rows = plots.loc[list(first), ["cooperative", "source_file", "source_row"]].reset_index().assign(file_order=0)
    log.row(
        "area_not_conserved",
        range(len(rows)),
        found_ha=[f"{one.found_ha:.{DIGITS}g}" for one in first.values()],
        expected_ha=[f"{one.expected_ha:.{DIGITS}g}" for one in first.values()],
    )
    boxes = plots.loc[list(first)].geometry.bounds.to_numpy()
    added = log.table(rows, (boxes[:, :2] + boxes[:, 2:]) / 2)
    return tables.check(tables.FINDINGS, pd.concat([findings, added], ignore_index=True))


def findings_of(plots: Artifact, evidence: Artifact) -> pd.DataFrame:
    """FINDINGS of the plots stage, or of the overlay where it had to add some."""
    return (evidence if evidence.has("FINDINGS") else plots).table("FINDINGS")
