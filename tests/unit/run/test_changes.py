"""What changed since the last run of a folder."""

from pathlib import Path

import pandas as pd
import shapely

from eudr_check.cli import progress
from eudr_check.run import changes
from eudr_check.run.folder import RunFolder


class Made:
    """An artifact of two small tables."""

    def __init__(self, folder: Path, plots: dict[str, tuple[float, str]]) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        index = pd.Index(list(plots), name="plot")
        places = [None if x != x else shapely.Point(x, -6).wkb for x, _ in plots.values()]
        pd.DataFrame({"geometry": places}, index=index).to_parquet(folder / "PLOTS.parquet")
        assessed = {name: outcome for name, (_, outcome) in plots.items() if outcome}
        pd.DataFrame(
            {"final_outcome": list(assessed.values())}, index=pd.Index(list(assessed), name="plot")
        ).to_parquet(folder / "ASSESSMENTS.parquet")

    def file(self, name: str) -> Path:
        """A table of it."""
        return self.folder / f"{name}.parquet"


LAST = {"a/1": (-76.0, "high"), "a/2": (-76.1, "low"), "a/3": (-76.2, "low"), "a/4": (-76.3, "low")}


def between(folder: Path, now: dict[str, tuple[float, str]]) -> changes.Changes | None:
    """Changes from LAST to now."""
    Made(folder / "run" / "tables", LAST)
    made = Made(folder / "now", now)
    return changes.since_last(RunFolder(folder / "run"), made, made)  # type: ignore[arg-type]


def test_nothing_changed(tmp_path: Path) -> None:
    """The same plots with the same outcomes are no change."""
    found = between(tmp_path, LAST)

    assert found is not None
    assert not found.any


def test_each_change_is_named(tmp_path: Path) -> None:
    """A plot moved off, one blocked, one gone, one new: each is in its place."""
    now = {"a/1": (-76.01, "more_info_needed"), "a/2": (-76.1, ""), "a/3": (-76.2, "low"), "b/9": (-76.9, "low")}
    found = between(tmp_path, now)

    assert found is not None
    assert (found.new, found.gone, found.moved) == (("b/9",), ("a/4",), ("a/1",))
    assert found.outcomes.to_dict("index") == {
        "a/1": {"before": "high", "after": "more_info_needed"},
        "a/2": {"before": "low", "after": "blocked"},
    }


def test_plots_without_a_place_can_be_compared(tmp_path: Path) -> None:
    """A plot that lost its place was moved."""
    found = between(tmp_path, {**LAST, "a/4": (float("nan"), "")})

    assert found is not None
    assert found.moved == ("a/4",)


def test_a_first_run_has_nothing_to_compare(tmp_path: Path) -> None:
    """Without tables of a last run nothing is said."""
    made = Made(tmp_path / "now", LAST)

    assert changes.since_last(RunFolder(tmp_path / "run"), made, made) is None  # type: ignore[arg-type]
    assert changes.since_last(RunFolder(tmp_path / "run"), made, None) is None  # type: ignore[arg-type]


def test_without_a_terminal_progress_is_a_line_every_ten_seconds() -> None:
    """A minute of work leaves six lines in a log, a second of it none."""
    said: list[str] = []
    now = [0.0]
    report = progress.lines(lambda: now[0], said.append)
    for second in range(1, 61):
        now[0] = float(second)
        report("overlay", second, 60)

    assert said == [f"overlay {done}/60\n" for done in (10, 20, 30, 40, 50, 60)]
