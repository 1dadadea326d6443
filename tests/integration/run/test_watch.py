"""Watching filed land: only what is new is told, once, and what could not be read is never "no change"."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

from eudr_check import register
from eudr_check.cli.commands import app
from eudr_check.config import LayerChoice
from eudr_check.geodesy import plot_area_ha
from eudr_check.layers.catalog import local
from eudr_check.layers.definition import definition
from eudr_check.run import watch as room
from eudr_check.run import watch_state
from eudr_check.run.exit import Exit
from eudr_check.text import say
from tests.helpers.command import ended
from tests.helpers.register_tables import NUMBERS, record

CELL = 0.00025
WEST, NORTH = -76.101, -6.038
"""The plots of `register_tables` are squares of four cells a side, eight cells apart, from -76.1, -6.04."""


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    """A register with a filed statement of two plots, a third that is not declared, and a harvest that is not filed."""
    path = tmp_path / "register.gpkg"
    record(path, "pe-2026", {"A": "low", "B": "low", "C": "high"})
    record(path, "pe-2027", {"D": "low"}, digest="d2" * 32, east=0.01)
    register.note(path, "pe-2026", "statement-01", **NUMBERS)
    return path


def alerts(folder: Path, cells: dict[tuple[int, int], int], unread: bool = False) -> Path:
    """A catalogue of GLAD alerts of 2026 with alerts in some cells, counted from the north-west corner."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    alert, date = np.zeros((16, 80), np.uint8), np.zeros((16, 80), np.uint16)
    for (row, column), day in cells.items():
        alert[row, column], date[row, column] = 3, day
    layer = definition(LayerChoice.model_validate({"id": "glad_l@2026", "from": "x"}))
    profile = {"driver": "GTiff", "count": 1, "width": 80, "height": 16, "crs": "EPSG:4326"}
    for name, values in (("alert", alert), ("date", date)):
        path = folder / f"{layer.assets[name].file}.tif".replace("{id}", "here")
        with rasterio.open(
            path, "w", dtype=values.dtype, transform=from_origin(WEST, NORTH, CELL, CELL), **profile
        ) as file:
            file.write(values, 1)
        local.add(folder / "catalogue", [path], layer, asset=name)
        if unread:
            path.write_bytes(path.read_bytes()[:200])
    return folder / "catalogue"


def look(path: Path, catalogue: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the command."""
    said = CliRunner().invoke(app, ["watch", str(path), "--catalogue", str(catalogue), "--json", "--language", "en"])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, json.loads(said.output)


FIRST = {(5, 4): 100, (5, 5): 100}
"""Two cells on plot A."""
MORE = {**FIRST, (6, 5): 250, (5, 12): 251, (5, 20): 252, (5, 44): 253}
"""One more on A, one on B, one on C and D, which nobody filed."""


def test_only_what_is_new_is_told_once(filed: Path, tmp_path: Path) -> None:
    """Hectares by hand; a second look at the same says nothing, new cells are told with what they add."""
    cell = float(plot_area_ha([register.filed_land(filed).geometry.iloc[0]])[0]) / 16

    code, first = look(filed, alerts(tmp_path / "a", FIRST))
    again, same = look(filed, alerts(tmp_path / "a", FIRST))
    later, second = look(filed, alerts(tmp_path / "a", MORE))
    gone, less = look(filed, alerts(tmp_path / "a", {}))
    back, known = look(filed, alerts(tmp_path / "a", MORE))

    assert (code, again, later, gone, back) == (3, 0, 3, 0, 3)
    assert (first["plots"], first["first"], same["first"]) == (2, True, False)
    assert [(one["plot"], one["year"]) for one in first["changes"]] == [("pe-2026/coop/A", 2026)]
    assert first["changes"][0]["new_ha"] == pytest.approx(2 * cell, abs=2e-4)
    assert first["changes"][0]["statements"] == NUMBERS["reference"]
    assert {one["plot"]: one["new_ha"] for one in second["changes"]} == {
        "pe-2026/coop/A": pytest.approx(cell, abs=2e-4),
        "pe-2026/coop/B": pytest.approx(cell, abs=2e-4),
    }
    assert same["changes"] == less["changes"] == []
    # What comes back after it was taken back may be another clearing.
    assert {one["plot"]: one["new_ha"] for one in known["changes"]} == {
        "pe-2026/coop/A": pytest.approx(3 * cell, abs=2e-4),
        "pe-2026/coop/B": pytest.approx(cell, abs=2e-4),
    }
    assert not any(one["unknown"] for one in (first, same, second, less, known))


def test_a_clearing_elsewhere_is_told_though_it_is_smaller(filed: Path, tmp_path: Path) -> None:
    """Alerts are taken back, then others come on the same plot in the same year: fewer hectares, and news."""
    look(filed, alerts(tmp_path / "a", FIRST))
    look(filed, alerts(tmp_path / "a", {}))
    code, found = look(filed, alerts(tmp_path / "a", {(6, 6): 300}))

    assert (code, [one["plot"] for one in found["changes"]]) == (3, ["pe-2026/coop/A"])


def test_alerts_that_move_between_two_looks_are_told(filed: Path, tmp_path: Path) -> None:
    """One of two cells is taken back, another one comes in the same year: the hectares are the same, and it is news."""
    cell = float(plot_area_ha([register.filed_land(filed).geometry.iloc[0]])[0]) / 16
    look(filed, alerts(tmp_path / "a", FIRST))
    code, found = look(filed, alerts(tmp_path / "a", {(5, 4): 100, (7, 7): 300}))
    again, same = look(filed, alerts(tmp_path / "a", {(5, 4): 100, (7, 7): 300}))

    assert [(one["plot"], one["new_ha"]) for one in found["changes"]] == [
        ("pe-2026/coop/A", pytest.approx(cell, abs=2e-4))
    ]
    assert (code, again, same["changes"]) == (3, 0, [])


def test_ground_that_was_known_is_kept_while_nobody_can_look(filed: Path, tmp_path: Path) -> None:
    """A look that reads nothing forgets no place: what comes beside it later is told, and what was there is not."""
    look(filed, alerts(tmp_path / "a", FIRST))
    look(filed, alerts(tmp_path / "a", MORE, unread=True))
    code, found = look(filed, alerts(tmp_path / "a", {(5, 4): 100, (7, 7): 300}))

    assert (code, [one["plot"] for one in found["changes"]]) == (3, ["pe-2026/coop/A"])


def test_a_look_without_news_is_on_record(filed: Path, tmp_path: Path) -> None:
    """Every look has its day, what it told and until when each layer had seen; the page counts them."""
    look(filed, alerts(tmp_path / "a", FIRST))
    code, quiet = look(filed, alerts(tmp_path / "a", FIRST))
    state = watch_state.read(tmp_path / "register-watch")
    page = (tmp_path / "register-watch" / "watch.html").read_text(encoding="utf-8")

    assert (code, quiet["looks"], quiet["looked_on"]) == (0, 2, date.today().isoformat())
    assert state is not None
    assert [(one["on"], one["plots"], one["changed"], one["unknown"]) for one in state.looks] == [
        (date.today().isoformat(), 2, changed, 0) for changed in (1, 0)
    ]
    assert state.seen_until == state.looks[1]["seen_until"] == quiet["seen_until"] != {}
    assert say("watch", "record", "en", day=date.today(), count=2, before=date.today()) in page


def test_two_looks_at_once_tell_the_news_once(filed: Path, tmp_path: Path) -> None:
    """Who looks while another look has not told its news is sent away, and finds them told afterwards."""
    catalogue = alerts(tmp_path / "a", FIRST)
    with room.watch(filed, catalogue=catalogue) as first:
        second = ended("watch", filed, "--catalogue", catalogue, "--language", "en")
    code, later = look(filed, catalogue)

    assert len(first.changes) == 1
    assert (second.returncode, second.stdout) == (Exit.BUSY, "") and "register-watch" in second.stderr
    assert (code, later["changes"], later["looks"]) == (0, [], 2)


def test_news_that_could_not_be_told_is_told_again(filed: Path, tmp_path: Path) -> None:
    """A look that ends before its news is out leaves nothing behind for the next."""
    catalogue = alerts(tmp_path / "a", FIRST)
    with pytest.raises(BrokenPipeError), room.watch(filed, catalogue=catalogue):
        raise BrokenPipeError
    code, later = look(filed, catalogue)

    assert (code, len(later["changes"]), later["looks"]) == (3, 1, 1)


def test_a_layer_that_says_no_day_is_not_said_to_have_stood_still(filed: Path, tmp_path: Path) -> None:
    """GLAD-L names no day of its last update: nobody knows whether it has seen further than at the last look."""
    look(filed, alerts(tmp_path / "a", FIRST))
    code, found = look(filed, alerts(tmp_path / "a", MORE))
    page = (tmp_path / "register-watch" / "watch.html").read_text(encoding="utf-8")

    assert code == 3 and {one["since"] for one in found["changes"]} == {None}
    assert say("watch", "seen_until", "en", layer="glad_l@2026", day="2026-01-01") in page
    assert "no further" not in page


def test_what_an_earlier_version_kept_is_read(filed: Path, tmp_path: Path) -> None:
    """A file of plots alone is no broken one: what it knew is no news."""
    look(filed, alerts(tmp_path / "a", FIRST))
    kept = tmp_path / "register-watch" / "seen.json"
    plots = json.loads(kept.read_text())["plots"]
    digest = hashlib.sha256(json.dumps(plots, sort_keys=True).encode()).hexdigest()
    kept.write_text(json.dumps({"plots": plots, "sha256": digest}))

    code, found = look(filed, alerts(tmp_path / "a", FIRST))

    assert (code, found["first"], found["looks"]) == (0, False, 1)


def test_what_cannot_be_read_is_unknown_and_forgets_nothing(filed: Path, tmp_path: Path) -> None:
    """A damaged raster is exit code 4 with the plots by name; when it can be read again, only what is new is told."""
    look(filed, alerts(tmp_path / "a", FIRST))
    code, gap = look(filed, alerts(tmp_path / "a", MORE, unread=True))
    back, known = look(filed, alerts(tmp_path / "a", FIRST))

    assert (code, back) == (4, 0) and gap["changes"] == known["changes"] == []
    assert {plot for one in gap["unknown"] for plot in one["plots"]} == {"pe-2026/coop/A", "pe-2026/coop/B"}
    assert {one["layer"] for one in gap["unknown"]} == {"glad_l@2026"}


def test_ground_that_no_layer_reaches_is_unknown(tmp_path: Path) -> None:
    """Where nobody looks, there is no "no change"."""
    path = tmp_path / "far.gpkg"
    record(path, "pe-2026", {"A": "low"}, east=1.0)
    register.note(path, "pe-2026", "statement-01", **NUMBERS)

    code, found = look(path, alerts(tmp_path / "a", FIRST))

    assert code == 4 and found["unknown"][0]["plots"] == ["pe-2026/coop/A"]


def test_ground_beside_a_raster_is_unknown(filed: Path, tmp_path: Path) -> None:
    """That the layer was read somewhere in its tile is no look at a plot that lies beyond the edge of the raster."""
    record(filed, "pe-2028", {"E": "low"}, digest="d3" * 32, east=0.05)
    register.note(filed, "pe-2028", "statement-01", **{**NUMBERS, "reference": "26PE7XTVCZAQ21"})

    code, found = look(filed, alerts(tmp_path / "a", {}))

    assert code == 4 and found["changes"] == []
    assert [one["plots"] for one in found["unknown"]] == [["pe-2028/coop/E"]]


def test_a_layer_that_was_not_read_has_seen_nothing(filed: Path, tmp_path: Path) -> None:
    """The end in its definition is no day until which anybody looked."""
    assert look(filed, alerts(tmp_path / "a", FIRST, unread=True))[1]["seen_until"] == {}


@pytest.mark.parametrize("language", ["es", "en", "fr", "pt"])
def test_the_page_says_it_in_words(filed: Path, tmp_path: Path, language: str) -> None:
    """Terminal and page have plot, number and layer; a broken state is refused, not begun anew in silence."""
    catalogue = alerts(tmp_path / "a", FIRST)
    command = ["watch", str(filed), "--catalogue", str(catalogue), "--language", language]
    said = CliRunner().invoke(app, command)
    page = (tmp_path / "register-watch" / "watch.html").read_text(encoding="utf-8")

    for text in (said.output, page):
        assert "pe-2026/coop/A" in text and NUMBERS["reference"] in text and "glad_l_2026.alert_year" in text
        assert "{" not in text.replace("{font", "").partition("<style>")[0]
    far = tmp_path / "far.gpkg"
    record(far, "pe-2026", {"A": "low"}, east=1.0)
    register.note(far, "pe-2026", "statement-01", **NUMBERS)
    unseen = CliRunner().invoke(app, ["watch", str(far), *command[2:]]).output
    assert say("watch", "unseen", language) in unseen
    seen = tmp_path / "register-watch" / "seen.json"
    seen.write_text(seen.read_text().replace("0.", "1.", 1))
    assert CliRunner().invoke(app, command).exit_code == 1
