"""A plot redrawn off its loss between two runs of the same harvest does not come out better without a finding."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from eudr_check import config, register
from eudr_check.documents.review import COLUMNS
from eudr_check.evidence_digest import evidence_digest
from eudr_check.run import history
from eudr_check.run.harvest import Finished, run
from tests.helpers import tiny_harvest
from tests.helpers.same_bytes import contents

HIGH = "norte/high-one"


def finished(tiny: tiny_harvest.Tiny) -> Finished:
    return run(config.load(tiny.config), offline=True, until="assess")


def change(tiny: tiny_harvest.Tiny, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edit the feature of the plot that is high."""
    path = tiny.config.with_name("norte.geojson")
    content = json.loads(path.read_text(encoding="utf-8"))
    (feature,) = [one for one in content["features"] if one["properties"]["codigo"] == "high-one"]
    edit(feature)
    path.write_text(json.dumps(content), encoding="utf-8")


def corners(west: float, north: float, east: float, south: float) -> list[list[float]]:
    places = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return [list(tiny_harvest.place(u + 0.0004, v + 0.0004)) for u, v in places]


def smaller(feature: dict[str, Any]) -> None:
    feature["geometry"]["coordinates"] = [corners(20, 14, 26, 16)]


def with_hole(feature: dict[str, Any]) -> None:
    feature["geometry"]["coordinates"].append(corners(20.2, 10.2, 25.8, 14.2)[::-1])


def renamed(feature: dict[str, Any]) -> None:
    smaller(feature)
    feature["properties"]["codigo"] = "nueva"


@pytest.mark.parametrize("with_register", [True, False], ids=["register", "run folder"])
def test_redrawn_after_a_run(tiny: tiny_harvest.Tiny, with_register: bool):
    """However it is redrawn, the plot is blocked by name, and nothing of it is declared."""
    if with_register:
        content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
        tiny.config.write_text(yaml.safe_dump({**content, "register": "register.gpkg"}), encoding="utf-8")
    before = finished(tiny)
    for edit in (smaller, with_hole, renamed):
        change(tiny, edit)
        now = finished(tiny)
        name = "norte/nueva" if edit is renamed else HIGH
        found = now.findings[now.findings["code"] == "boundary_moved_off_loss"]
        if with_register:
            (tiny.config.parent / "run" / "boundaries.gpkg").unlink(missing_ok=True)

        assert before.assessments.loc[HIGH, "final_outcome"] == "high"
        assert found["plot"].tolist() == [name]
        assert "norte/high-one" in found["message"].iloc[0] and "harvest tiny this" in found["message"].iloc[0]
        assert now.assessments.loc[name, ["outcome", "reasons"]].tolist() == ["undetermined", "geometry_blocked"]
        if edit is not renamed:
            tiny_harvest._write_geojson(tiny.config.with_name("norte.geojson"))


def test_no_review_clears_a_plot_that_was_moved_off_its_loss(tiny: tiny_harvest.Tiny):
    """Whole papers for the new boundary leave it undetermined and say so; the loss is reviewed where it lies inside."""
    finished(tiny)
    change(tiny, smaller)
    blocked = finished(tiny)
    digest = evidence_digest(blocked.made["overlay"].table("EVIDENCE"), blocked.plots.geometry, [HIGH])[HIGH]
    cells = {
        "review": "R-1", "plots": HIGH, "decision": "clear", "grounds": "imagery", "reviewer": "Ana Pérez",
        "second_reviewer": "Luis Rojas", "reason": "geometry_blocked boundary_moved_off_loss agreed_deforestation",
        "imagery": "S2B=2026-07-19", "date": "2026-10-01", "evidence_digest": digest,
    }  # fmt: skip
    rows = [",".join(COLUMNS), ",".join(cells.get(column, "") for column in COLUMNS)]
    tiny.config.with_name("reviews.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    content = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    tiny.config.write_text(yaml.safe_dump({**content, "reviews": "reviews.csv"}), encoding="utf-8")
    reviewed = finished(tiny).assessments.loc[HIGH]

    assert blocked.assessments.loc[HIGH, "final_outcome"] == "undetermined"
    assert reviewed["final_outcome"] == "undetermined"
    assert reviewed["review"] == "R-1 cannot_be_reviewed"


def test_redrawn_after_a_run_without_dates(tiny: tiny_harvest.Tiny):
    """A run before the dates of production are known remembers its losses for the one that declares."""
    dated = yaml.safe_load(tiny.config.read_text(encoding="utf-8"))
    undated = {key: value for key, value in dated.items() if key not in ("production", "package")}
    tiny.config.write_text(yaml.safe_dump({**undated, "package": {"outputs": ["report"]}}), encoding="utf-8")
    before = finished(tiny)
    tiny.config.write_text(yaml.safe_dump(dated), encoding="utf-8")
    change(tiny, smaller)
    now = finished(tiny)
    found = now.findings[now.findings["code"] == "boundary_moved_off_loss"]

    assert before.assessments.loc[HIGH, "final_outcome"] == "high"
    assert found["plot"].tolist() == [HIGH]
    assert "tiny " in found["message"].iloc[0] and "nan" not in found["message"].iloc[0]
    assert now.assessments.loc[HIGH, "outcome"] == "undetermined"


def test_unchanged_plots_are_found_as_they_were(tiny: tiny_harvest.Tiny):
    """What a run remembers makes the next one of the same plots redo nothing; the boundary drawn back is as before."""
    first = finished(tiny)
    folder = tiny.config.with_name("run")
    artifacts = {path: path.stat().st_mtime_ns for path in (folder / "artifacts").rglob("*")}
    remembered = (folder / "boundaries.gpkg").read_bytes()
    second = finished(tiny)
    again = {path: path.stat().st_mtime_ns for path in (folder / "artifacts").rglob("*")}
    change(tiny, smaller)
    blocked, still = finished(tiny), finished(tiny)
    tiny_harvest._write_geojson(tiny.config.with_name("norte.geojson"))
    back = finished(tiny)

    assert again == artifacts
    assert (folder / "boundaries.gpkg").read_bytes() == remembered
    assert [one.made["plots"].digest for one in (second, back)] == [first.made["plots"].digest] * 2
    assert still.made["assess"].digest == blocked.made["assess"].digest != first.made["assess"].digest
    assert back.assessments.loc[HIGH, "final_outcome"] == "high"
    assert contents(folder / "tables")


def test_nothing_is_looked_at_twice_of_plots_that_are_as_they_were(
    tiny: tiny_harvest.Tiny, monkeypatch: pytest.MonkeyPatch
):
    """Neither outlines nor losses are compared again; a register of the run that was deleted is made again."""
    first = finished(tiny)
    own = tiny.config.with_name("run") / "boundaries.gpkg"
    seen = register.boundaries_on_loss(own, "tiny", own=True)
    with monkeypatch.context() as patch:
        for of, name in ((history.plots_room, "moved_in_reruns"), (history.register, "remember")):
            patch.setattr(of, name, lambda *_: pytest.fail("looked at again"))
        second = finished(tiny)
    own.unlink()
    third = finished(tiny)
    change(tiny, smaller)
    moved = finished(tiny)

    assert second.made["assess"].digest == third.made["assess"].digest == first.made["assess"].digest
    kept = register.boundaries_on_loss(own, "tiny", own=True)
    assert kept["geometry"].tolist()[: len(seen)] == seen["geometry"].tolist()
    assert len(seen)
    assert "boundary_moved_off_loss" in moved.findings["code"].tolist()


def test_the_page_of_changes_stays_beside_the_package(tiny: tiny_harvest.Tiny):
    """A first run shows none; a redrawn boundary is on it with its outcomes; a run that changes nothing keeps it."""
    folder = tiny.config.with_name("run")
    run(config.load(tiny.config), offline=True)
    first = contents(folder / "package")
    pages = [(folder / "changes.html").exists()]
    change(tiny, smaller)
    finished(tiny)
    told = (folder / "changes.html").read_text(encoding="utf-8")
    rows = (folder / "changes.csv").read_text(encoding="utf-8").splitlines()
    finished(tiny)
    kept = (folder / "changes.html").read_text(encoding="utf-8")
    tiny_harvest._write_geojson(tiny.config.with_name("norte.geojson"))
    run(config.load(tiny.config), offline=True)

    assert pages == [False]
    assert f"moved_off_loss,{HIGH},,,,,,,,,," in rows
    assert f"outcome,{HIGH},high,undetermined,,,2.7546,0.9182,0.4591,,geometry blocked," in rows
    assert "ahora la detiene un hallazgo" in told
    assert "Dibujadas fuera de una pérdida (1)" in told and "Drawn off a loss (1)" in told
    assert kept == told
    assert contents(folder / "package") == first
    assert "high-one" in (folder / "changes.html").read_text(encoding="utf-8")
