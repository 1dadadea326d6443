"""The line through the years: which date of a month is measured, what the figures are, and what stays unknown."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from eudr_check.imagery import line
from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.imagery.looks import Subject
from eudr_check.imagery.offset import Claim
from eudr_check.imagery.scenes import Scene, join
from eudr_check.imagery.series import Month, ratio, series
from tests.helpers.scenes import CELLS, LATITUDE, LONGITUDE, bring, scene

LAST = dt.date(2026, 9, 30)
PLOT = Subject("c/1", shapely.box(LONGITUDE - 5e-4, LATITUDE - 5e-4, LONGITUDE + 5e-4, LATITUDE + 5e-4), (2023,))
FULL = "the byte budget is used up"


def measured(scenes: Sequence[Scene], subject: Subject = PLOT, fetch: object = bring) -> list[Month]:
    """Months of one plot."""
    return series([subject], join(scenes, [("one", "sentinel-2-l2a"), ("two", "sentinel-2-l2a")]), fetch, LAST)  # type: ignore[arg-type]


def test_one_clear_date_a_month(tmp_path: Path) -> None:
    """Of a month the least cloudy scene is measured first; its medians are those of the cells, by hand."""
    made = [
        scene(tmp_path, "2018-12-30"),
        scene(tmp_path, "2019-01-03", cloud=40.0),
        scene(tmp_path, "2019-01-13", cloud=5.0, add=1000, baseline="05.00"),
        scene(tmp_path, "2026-09-10"),
        scene(tmp_path, "2026-10-10"),
    ]
    asked: list[Wish] = []

    def counted(wishes: Sequence[Wish]) -> list[Held | Refused]:
        asked.extend(wishes)
        return bring(wishes)

    table = line.table(measured(made, fetch=counted))

    assert list(table["month"]) == ["2019-01", "2026-09"]
    assert list(table["date"]) == ["2019-01-13", "2026-09-10"]
    # Forest of 0.35 and 0.03 with a grain of 0 to 0.012: medians 0.356 and 0.036.
    assert table["ndvi"].tolist() == pytest.approx([0.32 / 0.392] * 2, abs=0.002)
    assert table["nbr"].tolist() == pytest.approx([0.256 / 0.456] * 2, abs=0.002)
    assert "2019-01-03" not in {str(wish.scene.day) for wish in asked}


def test_a_month_under_cloud_is_unknown(tmp_path: Path) -> None:
    """Where no date of a month is clear there is no figure, no date, and nothing from the neighbours."""
    made = [scene(tmp_path, "2019-01-03"), scene(tmp_path, "2019-02-03", classes=9), scene(tmp_path, "2019-03-03")]

    months = measured(made)
    table = line.table(months)

    assert table["tried"].tolist() == [1, 1, 1]
    assert table[["date", "ndvi", "nbr"]].iloc[1].isna().all()
    drawn = line.lines(months, [PLOT])["c/1"]
    assert [point[0] for point in drawn["points"]] == ["2019-01-03", "2019-03-03"]
    assert drawn["losses"] == [2023]


def test_a_contradicted_offset_gives_no_figure(tmp_path: Path) -> None:
    """Where metadata and pixels disagree on the offset, another date is taken; alone, it stays without a figure."""
    lying = Claim(-0.1, True, True)
    made = [
        scene(tmp_path, "2019-01-03", cloud=1.0, claim=lying),
        scene(tmp_path, "2019-01-13", cloud=9.0),
        scene(tmp_path, "2019-07-03", claim=lying),
    ]

    table = line.table(measured(made))

    assert table["date"].tolist() == ["2019-01-13", "2019-07-03"]
    assert table["ndvi"].isna().tolist() == [False, True]
    assert "contradict" in table["reason"].iloc[1]


def test_without_short_wave_infrared(tmp_path: Path) -> None:
    """A catalogue without B12, or one that refuses it, gives NDVI and no NBR."""
    none = scene(tmp_path, "2019-01-03")
    none = none.model_copy(update={"assets": {band: path for band, path in none.assets.items() if band != "swir"}})
    refused = scene(tmp_path, "2019-07-03")
    Path(refused.assets["swir"]).unlink()

    table = line.table(measured([none, refused]))

    assert table["ndvi"].notna().all() and table["nbr"].isna().all()
    assert table["reason"].fillna("").str.contains("403").tolist() == [False, True]


def test_the_other_copy_is_read(tmp_path: Path) -> None:
    """Where a band of one catalogue is refused, the copy of another is measured."""
    broken, whole = scene(tmp_path, "2019-01-03"), scene(tmp_path, "2019-01-03", catalogue="two")
    Path(broken.assets["nir"]).unlink()

    table = line.table(measured([broken, whole]))

    assert table["item_id"].tolist() == ["S2_two_2019-01-03"]


def test_an_exhausted_budget_leaves_wider_gaps(tmp_path: Path) -> None:
    """January and July are read first; what did not fit says so, and nothing more is asked for."""
    made = [scene(tmp_path, f"2019-{month:02d}-03") for month in range(1, 13)]
    asked: list[Wish] = []

    def poor(wishes: Sequence[Wish]) -> list[Held | Refused]:
        asked.extend(wishes)
        return bring(wishes) if len(asked) <= 12 else [Refused(FULL, budget=True) for _ in wishes]

    table = line.table(measured(made, fetch=poor))

    known = table[table["ndvi"].notna()]
    assert known["month"].tolist() == ["2019-01", "2019-07"]
    assert table[table["ndvi"].isna()]["reason"].str.contains(FULL).all()
    # Two classifications and eight bands, then two classifications more whose bands do not fit.
    assert len(asked) == 20


def test_only_the_plot_counts(tmp_path: Path) -> None:
    """Bare ground next to a plot changes nothing; a point is measured on the cells next to it."""
    made = scene(tmp_path, "2019-01-03")
    with rasterio.open(made.assets["nir"], "r+") as band:
        values = band.read(1)
        half = CELLS // 2
        values[half - 8 : half + 8, : half - 6] = 500
        band.write(values, 1)

    of = [measured([made], Subject("c/1", shape))[0] for shape in (PLOT.geometry, shapely.Point(LONGITUDE, LATITUDE))]

    assert [round(month.reading.ndvi, 1) for month in of if month.reading and month.reading.ndvi] == [0.8, 0.8]


def test_a_ratio_of_nothing() -> None:
    """Cells without data, or without any light, give no figure; one below 0 gives none outside of -1 to 1."""
    seen = np.array([True, True])

    assert ratio(np.float32([np.nan, 0]), np.float32([0.1, 0]), seen) is None
    assert ratio(np.float32([0.3, 0.3]), np.float32([-0.01, -0.01]), seen) == 1.0
