"""What changed since the last run of the same folder, whose tables are still there when this one's are made."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check.run.artifacts import Artifact
from eudr_check.run.folder import RunFolder


@dataclass(frozen=True)
class Changes:
    """Plots that are not as the last run left them."""

    new: tuple[str, ...]
    gone: tuple[str, ...]
    moved: tuple[str, ...]
    """Plots with another boundary or point."""
    outcomes: pd.DataFrame
    """Index `plot`; `before`, `after`: final outcomes, `blocked` where a finding stops the plot."""

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.new or self.gone or self.moved or len(self.outcomes))


def since_last(folder: RunFolder, plots: Artifact, assessment: Artifact | None) -> Changes | None:
    """Compare this run with the tables of the last one.

    Args:
        folder: the run folder, before this run's tables are put there.
        plots: plots of this run.
        assessment: its outcomes; None where it did not go so far.

    Returns:
        None where there is nothing to compare: no last run with outcomes, or none now.
    """
    old = folder.tables / "PLOTS.parquet", folder.tables / "ASSESSMENTS.parquet"
    if assessment is None or not all(path.is_file() for path in old):
        return None
    before = _state(*old)
    after = _state(plots.file("PLOTS"), assessment.file("ASSESSMENTS"))
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="inner")
    changed = both[both["outcome_before"] != both["outcome_after"]]
    return Changes(
        new=tuple(after.index.difference(before.index)),
        gone=tuple(before.index.difference(after.index)),
        moved=tuple(both.index[both["geometry_before"] != both["geometry_after"]]),
        outcomes=changed[["outcome_before", "outcome_after"]].set_axis(["before", "after"], axis=1),
    )


def _state(plots: Path, assessments: Path) -> pd.DataFrame:
    """Geometry as bytes and final outcome of every plot; text for what is nowhere."""
    places = pd.read_parquet(plots, columns=["geometry"])
    outcomes = pd.read_parquet(assessments, columns=["final_outcome"])["final_outcome"].astype(object)
    return pd.DataFrame(
        {
            "geometry": places["geometry"].where(places["geometry"].notna(), b""),
            "outcome": outcomes.reindex(places.index).fillna("blocked"),
        }
    )
