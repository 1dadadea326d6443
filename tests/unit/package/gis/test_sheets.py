"""What stands on the sheets of the layouts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from eudr_check.package.gis import sheets
from tests.helpers import season_tables

SEASON = season_tables.season(60)


def stored() -> pa.Table:
    """PLOTS as the package holds them."""
    return pa.Table.from_pandas(SEASON.plots.to_wkb().reset_index(), preserve_index=False)


def attention(pictures: Path | None = None) -> pd.DataFrame:
    """The plots with sheets, by plot."""
    names = {"coop-jaen": "Cooperativa Inventada de Jaén"}
    made = sheets.attention(stored(), SEASON.assessments, SEASON.reasons, names, pictures, "es")
    return pd.concat(made).set_index("plot")


def test_whoever_is_not_low_has_a_sheet() -> None:
    """Every usable plot that is high, undetermined or needs more information, once, and no other."""
    final = SEASON.assessments["final_outcome"]
    asking = SEASON.plots.index[SEASON.plots["usable"] & (final != "low") & (final != "cleared_by_review")]

    assert sorted(attention().index) == sorted(asking)


def test_the_gravest_come_first() -> None:
    """Within a cooperative: high, more information needed, undetermined; by hectares lost."""
    rank = {"high": 0, "more_info_needed": 1, "undetermined": 2}
    made = attention().reset_index()
    keys = list(zip(made["cooperative"], made["final_outcome"].map(rank), -made["deforestation_ha"], strict=True))

    assert keys == sorted(keys)
    assert set(made["cooperative_name"]) >= {"Cooperativa Inventada de Jaén", "coop-rodriguez"}


def test_parts_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plots drawn up a few at a time say the same in the same order."""
    whole = attention()
    monkeypatch.setattr(sheets, "ROWS", 7)

    parts = attention()

    assert len(whole) > 7
    pd.testing.assert_frame_equal(parts, whole)


def test_reasons_are_whole_sentences() -> None:
    """In the language of the harvest, with figures as it writes them."""
    made = attention()
    high = made[made["final_outcome"] == "high"].iloc[0]

    assert high["why"].startswith("Varios métodos ven perdidas después de 2020 las mismas 0,")
    assert "(umbral 0,100 ha)" in high["why"]


def test_pictures_are_dated_or_absent(tmp_path: Path) -> None:
    """A plot with a clear picture before the cut-off and none since says which there is; no date is borrowed."""
    first, second = attention().index[:2]
    looks = tmp_path / "looks.csv"
    rows = [f'"{first}",before_cutoff,2020-08-14', f'"{first}",latest,', f'"{second}",after_loss,2022-09-03']
    looks.write_text("\n".join(["plot,look,date", *rows]), encoding="utf-8")

    made = attention(looks)

    assert made.loc[first, "picture_before"] == "2020-08-14"
    assert pd.isna(made.loc[first, "picture_now"])
    assert made.loc[second, ["picture_before", "picture_now"]].isna().all()


@pytest.mark.parametrize(
    ("metres", "scale"), [(100, 5000), (600, 5000), (1000, 10_000), (3000, 25_000), (40_000, 500_000)]
)
def test_the_map_is_as_large_as_the_paper_allows(metres: float, scale: int) -> None:
    """A round scale at which the plot and a margin fit; never larger than 1:5 000."""
    half = metres / 2 / sheets.METRES_PER_DEGREE
    plots = stored()
    shape = shapely.to_wkb(shapely.box(-78 - half, 0.1 - half, -78 + half, 0.1 + half))
    place = plots.column_names.index("geometry")
    plots = plots.set_column(place, "geometry", pa.array([shape] * len(plots), pa.binary()))

    made = pd.concat(sheets.attention(plots, SEASON.assessments, SEASON.reasons, {}, None, "es"))

    assert set(made["scale"]) == {scale}
    assert set(made["projection"]) == {"EPSG:32618"}


def test_boxes_of_cooperatives_hold_usable_plots_only() -> None:
    """A blocked plot on the wrong side of the Earth moves no box and is not counted."""
    plots = stored()
    usable = plots["usable"].to_numpy()
    far = shapely.to_wkb(shapely.box(10, 50, 11, 51))
    shapes = [one if use else far for one, use in zip(plots["geometry"].to_pylist(), usable, strict=True)]
    place = plots.column_names.index("geometry")
    plots = plots.set_column(place, "geometry", pa.array(shapes, pa.binary()))

    made = sheets.cooperatives(plots, SEASON.assessments, {})

    assert not usable.all()
    assert np.allclose(made.total_bounds, SEASON.plots[SEASON.plots["usable"]].total_bounds, atol=5e-4)
    assert made[list(sheets.COUNTED)].to_numpy().sum() == usable.sum()
