"""Watching filed land on published tiles, by a server of our own that answers as the producers' do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from eudr_check import register
from eudr_check.cli.commands import app
from eudr_check.config import LayerChoice
from eudr_check.layers.definition import definition
from eudr_check.run import watch as room
from eudr_check.run import watch_state
from tests.helpers.answers import Stage, ranged, stage
from tests.helpers.rasters import write_raster
from tests.helpers.register_tables import NUMBERS, record

CELL, WEST, NORTH = 0.00025, -76.101, -6.038
DAY = "Updated Fri {} 14:27:01 2026 UTC"


class Tiles:
    """DIST-ALERT as it lies at its producer, on this machine: three rasters and the day of upload."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day: str | None = DAY.format("Apr 10")
        self.files: dict[str, bytes] = {}
        self.lay({})

    def lay(self, cells: dict[tuple[int, int], int], empty: tuple[tuple[int, int], ...] = ()) -> None:
        """Alerts by cell, as days since the end of 2020, and cells that have no value."""
        anomaly, count, date = (np.zeros((16, 80), kind) for kind in (np.uint8, np.uint8, np.int16))
        for at, day in cells.items():
            anomaly[at], count[at], date[at] = 80, 5, day
        for at in empty:
            anomaly[at] = count[at] = 255
        for name, values in (("anomaly", anomaly), ("count", count), ("date", date)):
            path = self.folder / f"{name}.tif"
            path.unlink(missing_ok=True)
            self.files[f"/{name}.tif"] = write_raster(path, values, cell=CELL, west=WEST, north=NORTH).read_bytes()

    def __call__(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """The answer to a request."""
        if path == "/uploadDate.txt":
            return (404, {}, b"") if self.day is None else (200, {}, self.day.encode())
        content = self.files.get(path)
        return (404, {}, b"") if content is None else ranged(content, headers, ETag=f'"{hash(content)}"')


@pytest.fixture
def tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tiles]:
    """The shipped definition of DIST-ALERT, its place and grid alone changed to those of the server."""
    made = Tiles(tmp_path)
    with stage(made) as here:
        path = _definition(tmp_path, here)
        monkeypatch.setattr(room, "_choices", lambda _: (LayerChoice(definition=path, source="alerts"),))
        yield made


def _definition(folder: Path, here: Stage) -> Path:
    shipped = definition(LayerChoice(id="dist_alert@current", source="x"))
    place: dict[str, Any] = {"naming": "file", "box": [-77, -7, -76, -6], "url": f"{here.url}/{{asset}}.tif"}
    place |= {"assets": {name: name for name in shipped.assets}}
    place |= {"replaced": True, "updated_file": f"{here.url}/uploadDate.txt"}
    own = {"id": "alerts@now", "name": "alerts", "title": "Alerts of now", "crs": "EPSG:4326"}
    content = shipped.model_dump(mode="json", by_alias=True, exclude_none=True) | own | {"resolution": "1/4000 degree"}
    content |= {"found": [{"tiles": place}]}
    path = folder / "alerts.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture
def filed(tmp_path: Path) -> Path:
    """A register with two filed plots, squares of four cells a side, eight cells apart."""
    path = tmp_path / "register.gpkg"
    record(path, "pe-2026", {"A": "low", "B": "low"})
    register.note(path, "pe-2026", "statement-01", **NUMBERS)
    return path


def look(path: Path) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of the command."""
    said = CliRunner().invoke(app, ["watch", str(path), "--json", "--language", "en"])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, json.loads(said.output)


def test_news_of_published_tiles_is_told_with_the_days_between(tiles: Tiles, filed: Path, tmp_path: Path) -> None:
    """Files are asked for again at every look; what is new came after the day of the last upload that was read."""
    tiles.lay({(5, 4): 1900})
    code, first = look(filed)
    tiles.day = DAY.format("Apr 17")
    quiet, same = look(filed)
    tiles.lay({(5, 4): 1900, (5, 12): 1940})
    tiles.day = DAY.format("May 1")
    later, second = look(filed)
    state = watch_state.read(tmp_path / "register-watch")

    assert (code, quiet, later) == (3, 0, 3)
    assert [one["since"] for one in first["changes"]] == [None]
    assert [(one["plot"], one["since"]) for one in second["changes"]] == [("pe-2026/coop/B", "2026-04-17")]
    assert [one["seen_until"] for one in (first, same, second)] == [
        {"alerts@now": day} for day in ("2026-04-10", "2026-04-17", "2026-05-01")
    ]
    assert state is not None and [one["changed"] for one in state.looks] == [1, 0, 1]
    assert not any(one["unknown"] for one in (first, same, second))


def test_what_is_first_seen_on_a_plot_came_after_no_day(tiles: Tiles, filed: Path) -> None:
    """A plot that is filed later, and one that could not be read before: its alerts may be older than the last look."""
    tiles.lay({}, empty=((5, 4),))
    look(filed)
    record(filed, "pe-2027", {"D": "low"}, digest="d2" * 32, east=0.01)
    register.note(filed, "pe-2027", "statement-01", **{**NUMBERS, "reference": "26PE7XTVCZAQ21"})
    tiles.lay({(5, 4): 1900, (5, 12): 1940, (5, 44): 1900})
    tiles.day = DAY.format("May 1")
    _, found = look(filed)

    assert {one["plot"]: one["since"] for one in found["changes"]} == {
        "pe-2026/coop/A": None,
        "pe-2026/coop/B": "2026-04-10",
        "pe-2027/coop/D": None,
    }


def test_a_layer_that_has_seen_no_further_says_so(tiles: Tiles, filed: Path, tmp_path: Path) -> None:
    """An older copy, or one whose day nobody says, takes nothing back of what was seen until when."""
    look(filed)
    tiles.day = DAY.format("Apr 3")
    code, older = look(filed)
    page = (tmp_path / "register-watch" / "watch.html").read_text(encoding="utf-8")
    state = watch_state.read(tmp_path / "register-watch")

    assert (code, older["seen_until"]) == (0, {"alerts@now": "2026-04-03"})
    assert "alerts@now has seen until 2026-04-03, no further than at an earlier look" in page
    assert state is not None and state.seen_until == {"alerts@now": "2026-04-10"}


def test_cells_without_a_value_are_unseen_and_forget_nothing(tiles: Tiles, filed: Path) -> None:
    """Nodata on a plot is no look at it; when the cells have a value again, what was known is no news."""
    tiles.lay({(5, 4): 1900})
    look(filed)
    tiles.lay({}, empty=((5, 4), (6, 40)))
    code, gap = look(filed)
    tiles.lay({(5, 4): 1900})
    back, known = look(filed)

    assert (code, gap["changes"]) == (4, [])
    assert [(one["layer"], one["plots"]) for one in gap["unknown"]] == [("alerts@now", ["pe-2026/coop/A"])]
    assert gap["unknown"][0]["reason"] == "a part of the ground has no value in its raster"
    assert (back, known["changes"], known["unknown"]) == (0, [], [])


def test_a_server_that_is_away_leaves_filed_land_unknown(tiles: Tiles, filed: Path) -> None:
    """No raster, no look: exit code 4 with every plot by name."""
    tiles.files.clear()
    code, gap = look(filed)

    assert (code, gap["changes"], gap["seen_until"]) == (4, [], {})
    assert {plot for one in gap["unknown"] for plot in one["plots"]} == {"pe-2026/coop/A", "pe-2026/coop/B"}
