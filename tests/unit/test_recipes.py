"""The recipes of docs/how-to/data.md, run as they stand there."""

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from tests.conftest import REPOSITORY
from tests.helpers import season_tables

SEASON = season_tables.season(60)
PAGE = REPOSITORY / "docs" / "how-to" / "data.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A package's tables and GeoPackage, and what the recipes leave behind."""
    folder = tmp_path_factory.mktemp("recipes")
    SEASON.gis(folder, season_tables.harvest())
    recipes = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for recipe in recipes:
            exec(recipe, names)
    return folder, names


def test_hectares_are_those_of_evidence(made: tuple[Path, dict[str, Any]]) -> None:
    """The sum by cooperative and year is the one a person would make of the table."""
    rows = SEASON.evidence[SEASON.evidence["footprint"] == "polygon"]
    lost = rows[(rows["jrc_gfc2020.forest"] == 1) & (rows["hansen.loss_year"] > 2020)]
    owner = SEASON.plots["cooperative"].reindex(lost.index)
    expected = lost.groupby([owner.to_numpy(), "hansen.loss_year"])["area_ha"].sum()

    found = made[1]["lost"].set_index(["cooperative", "year"])["hectares"]

    assert len(found) == len(expected) > 1
    assert found.to_dict() == pytest.approx(expected.to_dict())
    assert made[1]["unknown"].empty


def test_open_plots_are_written(made: tuple[Path, dict[str, Any]]) -> None:
    """As many features as there are usable plots that are neither low nor settled."""
    folder, names = made
    asking = SEASON.assessments["final_outcome"].isin(["high", "more_info_needed", "undetermined"])

    assert len(gpd.read_file(folder / "open.geojson")) == (asking & SEASON.plots["usable"]).sum() > 1
    assert names["behind"].sum() == 2 * len(SEASON.reasons)


def test_patches_and_units_are_found(made: tuple[Path, dict[str, Any]]) -> None:
    """Pairs after 2020 of the view; hectares as the unit of EVIDENCE."""
    _, names = made

    assert len(names["near"]) == (SEASON.patches["year"] > 2020).sum() > 1
    assert names["units"]["area_ha"] == "ha"
    assert names["units"]["jrc_gfc2020.forest"] == ""
