"""The library's face gives what the commands give, says nothing, and keeps nothing."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import rioxarray
import shapely
import xarray as xr

import eudr_check
from eudr_check import layers
from eudr_check.config import LayerChoice
from eudr_check.errors import PackageError, PlotsError
from eudr_check.run.harvest import run
from eudr_check.run.inputs import load
from tests.conftest import REPOSITORY
from tests.helpers.tiny_harvest import OUTCOMES, PLOTS, Tiny, place

LAYERS = ("jrc_gfc2020@V4", "hansen_gfc@v1.13", "jrc_tmf@v1.2025")


@pytest.fixture
def rows() -> gpd.GeoDataFrame:
    """The polygons of the tiny harvest by their names, and one whose ring crosses itself."""
    shapes = [shapely.box(*place(west, south), *place(east, north)) for west, north, east, south in PLOTS.values()]
    crossed = shapely.Polygon([place(20, 50), place(26, 56), place(26, 50), place(20, 58)])
    return gpd.GeoDataFrame(geometry=[*shapes, crossed], index=[*PLOTS, "bow-tie"], crs="EPSG:4326")


def test_rows_that_nobody_checked_are_refused_in_words(rows: gpd.GeoDataFrame) -> None:
    """Steps that want PLOTS say how they are made; they ended with the name of a missing column."""
    for step in (eudr_check.eu_geojson, lambda one: eudr_check.assess(one, pd.DataFrame(), LAYERS),
                 lambda one: eudr_check.tabulate(one, xr.Dataset())):  # fmt: skip
        with pytest.raises(PlotsError, match=r"eudr_check\.check"):
            step(rows)


def test_screen_gives_the_outcomes_of_a_run(
    tiny: Tiny, rows: gpd.GeoDataFrame, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every row comes back under its own index, in any CRS, with the outcome a run gives; nothing is printed."""
    known = {name.split("/")[1]: outcome for name, outcome in OUTCOMES.items()}
    found = eudr_check.screen(
        rows.to_crs("EPSG:32718"), catalogue=tiny.catalogue, layers=LAYERS, country="PE", folder=tmp_path / "kept"
    )

    assert list(found.index) == list(rows.index)
    assert found.loc[list(PLOTS), "outcome"].to_dict() == {name: known[name] for name in PLOTS}
    assert not found.loc["bow-tie", "usable"]
    assert pd.isna(found.loc["bow-tie", "outcome"])
    assert "self_crossing" in found.loc["bow-tie", "findings"]
    assert (tmp_path / "kept" / "run" / "tables").is_dir()
    assert capfd.readouterr() == ("", "")


def test_steps_give_the_evidence_of_a_run(tiny: Tiny, rows: gpd.GeoDataFrame) -> None:
    """Own rasters opened with rioxarray: the hectares are those of a run; what the cube does not hold is unknown."""
    rasters = tiny.catalogue.parent / "rasters"
    opened = {
        name: rioxarray.open_rasterio(next(rasters.glob(f"*_{name}_*.tif"))).squeeze("band", drop=True)
        for name in ("datamask", "lossyear")
    }
    lost = xr.where(opened["lossyear"] > 0, 2000 + opened["lossyear"].astype("int16"), 0).astype("int16")
    cube = xr.Dataset({"hansen.loss_year": lost.where(opened["datamask"] == 1, -1).astype("int16")})
    cube = cube.rio.write_crs("EPSG:4326")
    plots, findings = eudr_check.check(rows, country="PE")
    evidence = eudr_check.tabulate(plots, cube)
    loss = evidence[evidence["hansen.loss_year"] > 2020]["area_ha"].groupby("plot").sum()
    events = [
        one
        for one in layers.definition(LayerChoice(id="hansen_gfc@v1.13", source="-")).variables
        if one.kind == "event"
    ]
    assessments, _ = eudr_check.assess(plots, evidence, events)
    ran = run(load(tiny.config), until="assess").assessments

    assert findings.loc[findings["severity"] == "block", "code"].tolist() == ["self_crossing"]
    assert loss["screen/high-one"] == pytest.approx(ran.loc["norte/high-one", "loss_after_2020_ha"], abs=1e-9)
    assert (evidence.loc[["screen/outside"], "hansen.loss_year"] == -1).all()
    assert set(assessments.loc[plots["usable"], "outcome"]) == {"undetermined"}


def test_the_eu_file_is_one_that_the_eu_takes(rows: gpd.GeoDataFrame) -> None:
    """What is written passes the check of such files; what cannot be sent is refused by name."""
    plots, _ = eudr_check.check(rows, country="PE")
    made = eudr_check.eu_geojson(plots[plots["usable"]])
    plots.loc["screen/outside", "producer_country"] = None

    assert len(made["features"]) == len(PLOTS)
    assert eudr_check.eu_check(made) == eudr_check.eu_check(json.dumps(made)) == []
    with pytest.raises(PackageError, match="outside: producer without country"):
        eudr_check.eu_geojson(plots[plots["usable"]])


def test_ids_that_come_twice_are_refused(rows: gpd.GeoDataFrame) -> None:
    """An outcome could not be found again by its id."""
    with pytest.raises(PlotsError, match=r"more than once: .*'hole'"):
        eudr_check.screen(pd.concat([rows, rows.loc[["hole"]]]))


def test_import_is_light() -> None:
    """`import eudr_check` loads no package but its own; what it offers is there, and nothing else."""
    code = "import sys; before = set(sys.modules); import eudr_check; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {name.split(".")[0] for name in done.stdout.split()} <= {"eudr_check"} | sys.stdlib_module_names
    assert all(callable(getattr(eudr_check, name)) for name in eudr_check.__all__ if not name.startswith("_"))
    with pytest.raises(AttributeError, match="no attribute 'screeen'"):
        eudr_check.screeen  # noqa: B018


def test_the_notebook_says_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell of the notebook runs, and the outcomes printed in it are those of today."""
    monkeypatch.chdir(REPOSITORY)
    notebook = json.loads((REPOSITORY / "docs/notebooks/ten_lines.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    shown = []
    for cell in cells[:3]:
        *lines, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(lines, []), "cell", "exec"), names)
        with pd.option_context("display.width", 80, "display.max_columns", 20):
            shown.append(str(eval(compile(ast.Expression(last.value), "cell", "eval"), names)))

    printed = ["".join(cell["outputs"][0]["data"]["text/plain"]) for cell in cells]
    assert [text.split() for text in shown] == [text.split() for text in printed[:3]]
    assert set(names["result"]["outcome"]) == {"low", "more_info_needed"}
