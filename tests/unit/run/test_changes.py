"""What changed since the last run of a folder."""

import datetime as dt
from hashlib import sha256
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from eudr_check import parquet, tables, text
from eudr_check.cli import progress
from eudr_check.package.report import changes as page
from eudr_check.run import changes
from eudr_check.run.folder import RunFolder


class Made:
    """An artifact of small tables."""

    def __init__(self, folder: Path, plots: dict[str, tuple[float, str]], lots: Any = (), off: Any = ()) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        index = pd.Index(list(plots), name="plot")
        places = [None if x != x else shapely.Point(x, -6) for x, _ in plots.values()]
        about = {
            "geometry_kind": "point",
            "declared_area_ha": 1.0,
            "area_ha": None,
            "usable": [bool(one) for _, one in plots.values()],
        }
        gpd.GeoDataFrame(about, geometry=places, index=index, crs=4326).to_parquet(folder / "PLOTS.parquet")
        assessed = {name: outcome for name, (_, outcome) in plots.items() if outcome}
        outcomes = {"outcome": list(assessed.values()), "final_outcome": list(assessed.values())}
        frame = pd.DataFrame(
            {**outcomes, "policy": "convergence@1", "review": None, "deforestation_ha": 0.25},
            pd.Index(assessed, name="plot"),
        )
        frame.to_parquet(folder / "ASSESSMENTS.parquet")
        evidence = {"footprint": "plot", "hansen_gfc.loss": 0, "area_ha": 1.0}
        pd.DataFrame(evidence, index=frame.index).to_parquet(folder / "EVIDENCE.parquet")
        found = pd.DataFrame({"plot": list(off), "code": "boundary_moved_off_loss"}, dtype="str")
        found.to_parquet(folder / "FINDINGS.parquet")
        if lots:
            kept = {"deliveries": 1, "removed": 0, "reasons": "", "warnings": "", "plots": [["a/1"]] * len(lots)}
            named = [{"lot": lot, "status": status, "kg_green": kg} for lot, status, kg in lots]
            rows = tables.typed(tables.LOTS, pd.DataFrame(named).assign(**kept))
            parquet.write(folder / "LOTS.parquet", "LOTS", rows)

    def file(self, name: str) -> Path:
        """A table of it."""
        return self.folder / f"{name}.parquet"

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return self.file(name).exists()

    def table(self, name: str, columns: list[str]) -> pd.DataFrame:
        """Some columns of it."""
        return parquet.frame(self.file(name), columns)


class Published:
    """The files of a folder, as the run folder publishes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> dict[str, str]:
        """Names with their SHA-256."""
        return {path.name: sha256(path.read_bytes()).hexdigest() for path in self.folder.iterdir()}


LAST = {"a/1": (-76.0, "high"), "a/2": (-76.1, "low"), "a/3": (-76.2, "low"), "a/4": (-76.3, "low")}


def between(folder: Path, now: dict[str, tuple[float, str]], **more: Any) -> changes.Changes | None:
    """Changes from LAST to now."""
    Made(folder / "run" / "tables", LAST, more.pop("lots_before", ()))
    return changes.since_last(last_run(folder), stages(Made(folder / "now", now, **more)))


def last_run(folder: Path) -> RunFolder:
    """A run folder whose tables were shown."""
    found = RunFolder(folder / "run")
    found.path.mkdir(exist_ok=True)
    found.mark_shown()
    return found


def stages(made: Made) -> dict[str, Made]:
    """A run whose stages all made the same tables."""
    return dict.fromkeys(("plots", "overlay", "assess"), made)


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
    assert (found.new.to_dict(), found.gone.to_dict(), list(found.moved.index)) == (
        {"b/9": "low"},
        {"a/4": "low"},
        ["a/1"],
    )
    assert found.outcomes[["before", "after", "why"]].to_dict("index") == {
        "a/1": {"before": "high", "after": "more_info_needed", "why": (("geometry", ""),)},
        "a/2": {"before": "low", "after": "blocked", "why": (("removed", ""),)},
    }


@pytest.mark.parametrize(("usable", "cause"), [(False, "blocked"), (True, "unblocked")])
def test_a_finding_that_blocks_is_told_apart_from_one_that_is_gone(tmp_path: Path, usable: bool, cause: str) -> None:
    """A plot whose outcome changed since a finding came is not said to have lost one."""
    last, now = (
        Made(tmp_path / "run" / "tables", LAST),
        Made(tmp_path / "now", {**LAST, "a/2": (-76.1, "undetermined")}),
    )
    for made, one in ((last, not usable), (now, usable)):
        frame = parquet.features(made.file("PLOTS"))
        frame.loc["a/2", "usable"] = one
        frame.to_parquet(made.file("PLOTS"))
    found = changes.since_last(last_run(tmp_path), stages(now))

    assert found is not None
    assert found.outcomes.loc["a/2", "why"] == ((cause, ""),)


def test_a_point_with_another_area_is_another_place(tmp_path: Path) -> None:
    """Less declared area makes a smaller disc, on which less is looked at."""
    made = Made(tmp_path / "now", LAST)
    smaller = parquet.features(made.file("PLOTS"))
    smaller.loc["a/3", "declared_area_ha"] = 0.2
    smaller.to_parquet(made.file("PLOTS"))
    Made(tmp_path / "run" / "tables", LAST)
    found = changes.since_last(last_run(tmp_path), stages(made))

    assert found is not None
    assert list(found.moved.index) == ["a/3"]
    assert found.moved.loc["a/3", ["area_before", "area_after"]].tolist() == [1.0, 0.2]


LOTS = {
    "lots_before": [("L1", "refused", 500.0), ("L2", "accepted", 300.0), ("L3", "accepted", 80.0)],
    "lots": [("L1", "accepted", 450.0), ("L2", "refused", 300.0), ("L3", "accepted", 80.0), ("L4", "refused", 9.0)],
}


def test_lots_freed_and_held_are_told_with_their_kilograms(tmp_path: Path) -> None:
    """A lot accepted now, one refused now and a new one are changes; one that is as it was is none."""
    found = between(tmp_path, LAST, **LOTS)

    assert found is not None
    assert found.any
    assert found.lots.index.tolist() == ["L1", "L2", "L4"]
    assert found.freed["kg_after"].to_dict() == {"L1": 450.0}
    assert found.held["kg_before"].to_dict() == {"L2": 300.0}


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_page_tells_every_change_in_the_language_asked_for(tmp_path: Path, language: str) -> None:
    """Plots, outcomes with their cause, boundaries, lots with kilograms, and a name that would be markup as text."""
    now = {"a/1": (-76.01, "undetermined"), "a/2": (-76.1, ""), "a/3": (-76.2, "low"), "b/<b>9": (-76.9, "low")}
    found = between(tmp_path, now, **LOTS, off=["a/1"])
    assert found is not None
    page.write(tmp_path, found, "mi-cosecha", [language], dt.datetime(2026, 11, 29, 14, 3))
    said = (tmp_path / "changes.html").read_text(encoding="utf-8")

    def words(topic: str, key: str) -> str:
        return text.say(topic, key, language, lots=1, kg="450", harvest="mi-cosecha").replace("'", "&#x27;")

    assert "2026-11-29 14:03 UTC" in said
    for key in (
        "title",
        "stopped",
        "freed",
        "why_geometry",
        "why_removed",
        "blocked",
        "new",
        "gone",
        "moved",
        "area_after",
        "loss_before",
    ):
        assert words("changes", key) in said, key
    assert words("report", "outcome_high") in said
    assert "b/&lt;b&gt;9" in said and "<b>9" not in said


def test_the_table_has_a_row_for_every_change(tmp_path: Path) -> None:
    """What the page shows can be sorted in a spreadsheet."""
    now = {"a/1": (-76.01, "undetermined"), "a/2": (-76.1, ""), "a/3": (-76.2, "low"), "b/9": (-76.9, "low")}
    found = between(tmp_path, now, **LOTS, off=["a/1"])
    assert found is not None
    page.write(tmp_path, found, "mi-cosecha", ["es"], dt.datetime(2026, 11, 29, 14, 3))

    assert (tmp_path / "changes.csv").read_text(encoding="utf-8").splitlines() == [
        "what,name,before,after,kg_before,kg_after,area_before,area_after,loss_before,loss_after,why,detail",
        "moved_off_loss,a/1,,,,,,,,,,",
        "outcome,a/1,high,undetermined,,,1.0,1.0,0.25,,geometry,",
        "outcome,a/2,low,blocked,,,1.0,1.0,0.25,,removed,",
        "lot,L1,refused,accepted,500.0,450.0,,,,,,",
        "lot,L2,accepted,refused,300.0,300.0,,,,,,",
        "lot,L4,,refused,,9.0,,,,,,",
        "moved,a/1,,,,,1.0,1.0,0.25,,,",
        "new,b/9,,low,,,,,,,,",
        "gone,a/4,low,,,,,,,,,",
    ]


def test_plots_without_a_place_can_be_compared(tmp_path: Path) -> None:
    """A plot that lost its place was moved."""
    found = between(tmp_path, {**LAST, "a/4": (float("nan"), "")})

    assert found is not None
    assert list(found.moved.index) == ["a/4"]


def test_a_first_run_has_nothing_to_compare(tmp_path: Path) -> None:
    """Without tables of a last run nothing is said."""
    made = Made(tmp_path / "now", LAST)

    assert changes.since_last(last_run(tmp_path), stages(made)) is None
    Made(tmp_path / "run" / "tables", LAST)
    assert changes.since_last(last_run(tmp_path), {"plots": made}) is None


def test_a_run_that_stops_early_does_not_lose_what_the_next_is_compared_with(tmp_path: Path) -> None:
    """Tables without outcomes are passed over: those of the last run with outcomes are there still."""
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    whole, early, again = (Made(tmp_path / name, LAST) for name in ("whole", "early", "again"))
    for made in (early, again):
        made.file("ASSESSMENTS").unlink()
    again.file("EVIDENCE").unlink()
    folder.publish("tables", [Published(whole.folder)])
    folder.mark_shown()
    for made in (early, again):
        folder.publish("tables", [Published(made.folder)])
    found = changes.since_last(folder, stages(Made(tmp_path / "now", {**LAST, "a/1": (-76.0, "low")})))

    assert found is not None
    assert found.outcomes["after"].to_dict() == {"a/1": "low"}


def test_a_run_that_was_cut_short_is_no_last_run(tmp_path: Path) -> None:
    """Nobody was shown its outcomes: the runs after it are compared with the one before, until one ends."""
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    high, low, blocked = (
        Made(tmp_path / name, {**LAST, "a/1": (-76.0, name)}) for name in ("high", "low", "undetermined")
    )
    folder.publish("tables", [Published(high.folder)])
    folder.mark_shown()
    for cut_short in (blocked, low):
        folder.publish("tables", [Published(cut_short.folder)])
    found = changes.since_last(folder, stages(low))

    assert found is not None
    assert found.outcomes[["before", "after"]].to_dict("index") == {"a/1": {"before": "high", "after": "low"}}
    folder.mark_shown()
    again = changes.since_last(folder, stages(low))
    assert again is not None and not again.any


def test_without_a_terminal_progress_is_a_line_every_ten_seconds() -> None:
    """A minute of work leaves six lines in a log, a second of it none."""
    said: list[str] = []
    now = [0.0]
    report = progress.lines(lambda: now[0], said.append)
    for second in range(1, 61):
        now[0] = float(second)
        report("overlay", second, 60)

    assert said == [f"overlay {done}/60\n" for done in (10, 20, 30, 40, 50, 60)]
