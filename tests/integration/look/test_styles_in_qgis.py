"""The files of styles are styles of a real QGIS, and what QGIS saves over them is read as well."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parent))

from browser import needed
from test_project_in_qgis import SYSTEM_PYTHON, mapped

from eudr_check.package.gis import styles
from tests.conftest import REPOSITORY
from tests.helpers import season_tables

FILES = REPOSITORY / "eudr_check" / "package" / "gis" / "qml"


def legend(parts: list[ET.Element]) -> list[tuple[str | None, ...]]:
    """Value, filter and label of every entry of a style."""
    entries = [*parts[0].iter("category"), *parts[0].iter("rule")]
    # QGIS writes a rule for all rows without a filter.
    return [(one.get("value"), one.get("filter") or None, one.get("label")) for one in entries if one.get("label")]


def test_a_cartographer_opens_changes_and_saves_every_style(tmp_path: Path) -> None:
    """Each loads without a word into its layer; what QGIS saves of it gives the same legend in every language."""
    needed("qgis")
    season = season_tables.with_areas(season_tables.season(60))
    season = replace(season, splits=season_tables.proposed(season))
    mapped(tmp_path / "rasters", season)
    package, _ = season.gis(tmp_path, season_tables.harvest())
    folder = tmp_path / "saved"
    folder.mkdir()
    done = subprocess.run(
        [SYSTEM_PYTHON, Path(__file__).with_name("qgis_styles.py"), FILES, package, folder],
        # Only what it needs: the GIS libraries of this process name their own data folders in the environment.
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(done.stdout.splitlines()[-1])

    assert seen["messages"] == []
    assert set(seen["styles"]) == {path.stem for path in FILES.glob("*.qml")}
    for name, one in seen["styles"].items():
        assert (one["loaded"], one["saved"]) == (True, True), f"{name}: {one['said']}"
        assert one["renderer"] in ("categorizedSymbol", "RuleRenderer") and any(one["legend"]), name
        saved = (folder / f"{name}.qml").read_text(encoding="utf-8")
        assert len(saved) > len((FILES / f"{name}.qml").read_text(encoding="utf-8")), name
        for language in ("es", "fr"):
            ours, theirs = styles.style(name, language), styles.parts_of(saved, language)
            assert legend(theirs) == legend(ours), name
            assert {part.tag for part in ours} <= {part.tag for part in theirs}
            tips = [next((part.text for part in parts if part.tag == "mapTip"), None) for parts in (ours, theirs)]
            assert tips[0] == tips[1], name
