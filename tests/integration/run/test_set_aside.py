"""One plot that cannot be measured keeps nobody else from their outcome."""

from pathlib import Path

import pandas as pd
import pytest

from eudr_check import config
from eudr_check.run.harvest import Exit, run
from tests.helpers import tiny_harvest

EDGE = tiny_harvest.WINDOW[2]
"""Cells east of the seam at which every raster ends, inside a tile that they reach."""


def _triangle(u: float, v: float, side: float) -> str:
    x, y = tiny_harvest.place(u, v)
    return f'"POLYGON (({x:.7f} {y:.7f}, {x + side:.7f} {y:.7f}, {x:.7f} {y + side:.7f}, {x:.7f} {y:.7f}))"'


def _point(u: float, v: float) -> str:
    x, y = tiny_harvest.place(u, v)
    return f"POINT ({x:.7f} {y:.7f})"


UNKNOWN = {
    "triangle": (",", _triangle(300, 1900, 2e-6)),
    "at-the-edge": (",", _triangle(EDGE + 4, 20, 2e-5)),
    "at-the-corner": (",", _triangle(EDGE + 4, 160, 1e-4)),
    "declares-little": ("1e-6,", _point(150, 60)),
    "declares-nothing-much": ("1e-9,", _point(160, 160)),
}
"""Plots on ground that no raster reaches: declared hectares and geometry."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tiny_harvest.Tiny:
    """The tiny harvest that all tests here share."""
    return tiny_harvest.write(tmp_path_factory.mktemp("aside") / "tiny")


@pytest.fixture(scope="module")
def finished(tiny: tiny_harvest.Tiny):
    """The tiny harvest with all of them, run to the package."""
    plots = tiny.config.with_name("sur.csv")
    rows = [f"{name},Socia Ejemplo {name},{declared}{shape}\n" for name, (declared, shape) in UNKNOWN.items()]
    plots.write_text(plots.read_text(encoding="utf-8") + "".join(rows), encoding="utf-8")
    return run(config.load(tiny.config), offline=True)


def test_nobody_else_is_stopped(finished, tiny: tiny_harvest.Tiny):
    """Every other plot has the outcome it has without them, and the package is there."""
    outcomes = finished.assessments["final_outcome"].to_dict()

    assert {plot: outcomes[plot] for plot in tiny.outcomes} == dict(tiny.outcomes)
    assert {outcomes[f"sur/{name}"] for name in UNKNOWN} == {"undetermined"}
    assert finished.exit == Exit.OPEN_QUESTIONS
    assert list(finished.package.glob("*.zip"))


def test_the_plot_is_named(finished, tiny: tiny_harvest.Tiny):
    """A plot that vanishes in its cell is in the notes, in the FINDINGS people open, and in those of the package."""
    tables = tiny.config.with_name("run") / "tables"
    published = pd.read_parquet(tables / "FINDINGS.parquet")
    packed = pd.read_parquet(next(Path(finished.package).rglob("FINDINGS.parquet")))
    note = next(note for note in finished.notes if "sur/declares-nothing-much" in note)

    assert "was set aside" in note
    assert "se apartó: El terreno hallado en los mapas" in note.in_language("es")
    for findings in (finished.findings, published, packed):
        aside = findings[findings["code"] == "area_not_conserved"]
        assert aside["plot"].tolist() == ["sur/declares-nothing-much"]


def test_a_second_run_remakes_nothing(finished, tiny: tiny_harvest.Tiny):
    """A plot set aside is no failure: the next run finds every artifact."""
    artifacts = tiny.config.with_name("run") / "artifacts"
    before = {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")}
    again = run(config.load(tiny.config), offline=True)

    assert {path: path.stat().st_mtime_ns for path in artifacts.rglob("*")} == before
    assert again.notes == finished.notes
