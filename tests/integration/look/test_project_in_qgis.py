"""The GeoPackage and its project in a real QGIS, without a screen."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

from browser import needed

from eudr_check.package import palette
from eudr_check.package.gis import geopackage
from eudr_check.package.gis.edition import Edition
from tests.helpers import season_tables

SYSTEM_PYTHON = "/usr/bin/python3"


def look(folder: Path, count: int) -> dict[str, Any]:
    """What QGIS says of an invented season; pictures lie in the folder."""
    needed("qgis")
    season = season_tables.season(count, hostile=True)
    tables = season.tables() | season.files(folder) | {"bounds": geopackage.view(season.plots)}
    harvest = season_tables.harvest()
    edition = Edition.of(harvest, season_tables.VARIABLES)
    geopackage.draw(edition.geopackage(folder), patches=tables["patches"], day=edition.day)
    _, project = geopackage.write(folder, edition=edition, **tables)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    script = Path(__file__).with_name("qgis_look.py")
    done = subprocess.run(
        [SYSTEM_PYTHON, script, project, folder],
        # Only what it needs: the GIS libraries of this process name their own data folders in the environment.
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go."""
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    """What QGIS says of sixty plots."""
    return look(folder, 60)


def test_opens_without_a_word(seen: dict[str, Any]) -> None:
    """No warning and no error in QGIS's log; the project has its CRS and title."""
    assert seen["opened"]
    assert seen["messages"] == []
    assert seen["crs"] == "EPSG:4326"
    assert seen["title"] == "pe-coffee-2026: parcelas y evidencia"


def test_every_layer_is_valid_and_styled(seen: dict[str, Any]) -> None:
    """Map layers have categories, map tips and names for their fields, in the project and in the file itself."""
    assert len(seen["layers"]) == 9
    for layer in seen["layers"]:
        assert layer["valid"], layer["name"]
        assert all(layer["aliases"]), layer["name"]
        if layer["renderer"]:
            assert layer["renderer"] in ("categorizedSymbol", "RuleRenderer")
            assert layer["style_in_file"]
            assert layer["style_renderer"] == layer["renderer"]
            assert layer["map_tip"]
            assert layer["legend"]


def test_map_tips_show_text_and_no_markup(seen: dict[str, Any]) -> None:
    """Ids and messages that are HTML are shown as they are written, since QGIS opens tips in a browser."""
    tips = [tip for layer in seen["layers"] for tip in layer["tips"]]
    tags = {tag for tip in tips for tag in re.findall(r"<[^>]*>?", tip)}

    assert tags == {"<p>", "</p>", "<b>", "</b>"}
    assert any("&lt;script&gt;" in tip for tip in tips)
    assert not any("[%" in tip or "Eval Error" in tip for tip in tips)


def test_layers_are_grouped_by_question(seen: dict[str, Any]) -> None:
    """Outcome, faults, evidence, tables, in this order; plots carry labels."""
    groups = list(dict.fromkeys(layer["group"] for layer in seen["layers"]))

    assert [group.split(":")[0] for group in groups] == ["Resultado", "Fallas", "Evidencia", "Tablas"]
    assert all(layer["labels"] for layer in seen["layers"] if layer["name"].startswith("Parcelas"))


def test_view_opens_on_the_plots(seen: dict[str, Any]) -> None:
    """The first view holds the plots and little more."""
    west, south, east, north = season_tables.season(60).plots.total_bounds
    box = seen["extent"]

    assert box[0] < west < east < box[2]
    assert box[1] < south < north < box[3]
    assert box[2] - box[0] < 2 * max(east - west, north - south)


def test_map_and_layout_are_drawn(seen: dict[str, Any], folder: Path) -> None:
    """Colours of outcomes are really on both pictures."""
    assert seen["exported"] == [0]
    for name in ("map.png", "layout.png"):
        pixels = np.asarray(Image.open(folder / name).convert("RGB"), int).reshape(-1, 3)
        for outcome in ("low", "high"):
            colour = np.array(palette.rgb(palette.OUTCOMES[outcome].colour))
            assert (np.abs(pixels - colour).max(axis=1) <= 3).any(), (name, outcome)


def test_harvest_without_plots_opens_too(tmp_path: Path) -> None:
    """Empty layers are valid layers."""
    said = look(tmp_path, 0)

    assert said["opened"]
    assert said["messages"] == []
    assert all(layer["valid"] for layer in said["layers"])
