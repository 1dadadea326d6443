"""The map to decide in, opened, filled in and saved by a real QGIS, and read back as a review.

QField opens the same project with the same library; it is not tried here.
"""

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))

from browser import needed

from eudr_check.documents import decisions, dossier, review_book
from eudr_check.documents.review import COLUMNS, DECISIONS, GROUNDS
from eudr_check.package import palette
from eudr_check.package.action_plan import decision_form, plan
from eudr_check.package.action_plan.cooperative import Ground, Settings, to_decide
from tests.helpers import season_tables

SYSTEM_PYTHON = "/usr/bin/python3"


def written(folder: Path) -> tuple[list[Path], dict[str, dict[str, Any]]]:
    """Action plans of sixty plots, and what is to be decided."""
    season = season_tables.season(60, hostile=True)
    to_review = dossier.to_review(season.assessments, season.evidence, season.plots.geometry)
    folder.mkdir(exist_ok=True)
    made = plan.write(
        folder,
        settings=Settings.of(season_tables.harvest()),
        ground=Ground(season.patches, to_decide(to_review)),
        **{name: season.tables()[name] for name in ("plots", "findings", "assessments", "reasons")},
    )
    return made, to_review


class Decided(NamedTuple):
    """A map in which QGIS decided on one plot."""

    seen: dict[str, Any]
    plot: str
    to_review: dict[str, dict[str, Any]]
    map: Path


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Decided:
    """What QGIS says of the map of one cooperative, on a copy as people make it."""
    needed("qgis")
    folder = tmp_path_factory.mktemp("decide")
    made, to_review = written(folder)
    project = next(path for path in made if path.name == "coop-moyobamba.qgz")
    plot = next(name for name in to_review if name.startswith("coop-moyobamba/"))
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    done = subprocess.run(
        [SYSTEM_PYTHON, Path(__file__).with_name("qgis_decide.py"), project, folder, plot],
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return Decided(json.loads(done.stdout.splitlines()[-1]), plot, to_review, project.with_suffix(".gpkg"))


def test_it_opens_without_a_word(decided: Decided) -> None:
    """Three valid layers, of which only that of decisions can be changed; marks stand where they are."""
    seen = decided.seen

    assert seen["opened"]
    assert seen["messages"] == []
    assert (seen["crs"], seen["ellipsoid"]) == ("EPSG:4326", "EPSG:7030")
    assert seen["valid"] == {"reviews": True, "plots": True, "losses": True}
    assert seen["fixed_layers"] == ["plots", "losses"]
    assert seen["rows"]["reviews"] == sum(name.startswith("coop-moyobamba/") for name in decided.to_review)
    assert seen["locked"] == "true"


def test_the_form_asks_for_words_a_date_and_a_photograph(decided: Decided) -> None:
    """Codes are chosen in words; the photograph lies beside the project; plot and evidence cannot be changed."""
    fields = decided.seen["fields"]
    words = {word: code for one in fields["decision"]["config"]["map"] for word, code in one.items()}

    assert words == {"sin deforestación": "clear", "deforestación": "confirm"}
    assert fields["grounds"]["widget"] == "ValueMap"
    assert fields["date"]["widget"] == "DateTime"
    assert fields["evidence"]["widget"] == "ExternalResource"
    assert str(fields["evidence"]["config"]["RelativeStorage"]) == "1"
    assert {name for name, one in fields.items() if one["fixed"]} == set(decision_form.FIXED)
    assert all(one["alias"] for name, one in fields.items() if name != "fid")
    assert decided.seen["tabs"] == ["La visita", "Más"]
    assert decided.seen["legend"] == ["Por decidir", "sin deforestación", "deforestación"]
    assert decided.seen["shown_as"] == '"plot_id"'


def test_marks_are_drawn(decided: Decided) -> None:
    """Plots to decide on are seen in their colour."""
    pixels = np.asarray(Image.open(decided.map.parent.parent / "decide.png").convert("RGB"), int).reshape(-1, 3)
    colour = np.array(palette.rgb(palette.OUTCOMES["more_info_needed"].colour))

    assert (np.abs(pixels - colour).max(axis=1) <= 3).sum() > 20


def test_what_qgis_saved_is_a_review(decided: Decided, tmp_path: Path) -> None:
    """Plot, reasons, date, photograph and evidence digest; all other rows wait."""
    assert decided.seen["saved"] == [True, True, []] or decided.seen["saved"][:2] == [True, True]
    photo = decided.map.parent / "DCIM" / "foto.jpg"
    photo.parent.mkdir(exist_ok=True)
    photo.write_bytes(b"photo")
    found, notes = decisions.read(decided.map, "any")
    (review,) = review_book.additions(tmp_path / "reviews.csv", (), found, {}).reviews
    asked = decided.to_review[decided.plot]

    assert (review.plots, review.decision, review.grounds) == ((decided.plot,), "clear", "field_visit")
    assert review.reasons == tuple(asked["reason"])
    assert review.digests == (asked["evidence_digest"],)
    assert (review.reviewer, review.date) == ("Elmer Inventado", dt.date(2026, 10, 5))
    assert dict(review.evidence) == {"evidence/foto.jpg": hashlib.sha256(b"photo").hexdigest()}
    assert [note.values["count"] for note in notes] == [decided.seen["rows"]["reviews"] - 1]


def test_the_layer_has_the_columns_of_the_book() -> None:
    """What people decide in a map is what reviews.csv holds, in the same words."""
    assert {*decision_form.FIELDS} == {*COLUMNS, *decision_form.SHOWN}
    assert decision_form.DECISIONS == DECISIONS
    assert set(decision_form.GROUNDS) == set(GROUNDS)


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    """The date of the package stands in the map, never the clock."""
    first, second = (written(tmp_path / name)[0] for name in "ab")
    maps = [path for path in first if path.suffix in (".gpkg", ".qgz")]

    assert len(maps) == 6
    assert all(path.read_bytes() == (second[0].parent / path.name).read_bytes() for path in maps)
