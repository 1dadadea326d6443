"""Radar medians: one orbit in both windows, enough passes, known values only, and nothing with a date."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
import shapely
from affine import Affine

from eudr_check.imagery import passes, radar
from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.imagery.looks import Subject
from eudr_check.imagery.passes import Orbit, Pass
from tests.helpers import scenes

LAST = dt.date(2026, 11, 2)
BEFORE = ("2020-08-10", "2020-08-22", "2020-09-03", "2020-09-15", "2020-09-27")
NOW = ("2026-08-10", "2026-08-22", "2026-09-03", "2026-09-15")
PLOT = Subject("c/1", shapely.box(scenes.LONGITUDE - 5e-4, scenes.LATITUDE - 5e-4, scenes.LONGITUDE, scenes.LATITUDE))


def passing(folder: Path, day: str, power: float = 0.1, *, orbit: int = 142, unknown: bool = False) -> Pass:
    """A pass whose files lie in a folder: one power everywhere, or no data."""
    here = folder / f"{day}_{orbit}"
    here.mkdir()
    for name, value in (("vv", power), ("vh", power / 4)):
        values = np.full((scenes.CELLS, scenes.CELLS), -32768 if unknown else value, np.float32)
        with rasterio.open(
            here / f"{name}.tif", "w", driver="GTiff", width=scenes.CELLS, height=scenes.CELLS, count=1,
            dtype="float32", crs=scenes.CRS, transform=Affine(10, 0, scenes.WEST, 0, -10, scenes.NORTH),
        ) as dataset:  # fmt: skip
            dataset.write(values, 1)
    return Pass(
        item_id=f"S1A_{day}_{orbit}_rtc",
        catalogue="sky",
        collection="sentinel-1-rtc",
        sensed=dt.datetime.fromisoformat(f"{day}T10:56:00+00:00"),
        orbit=Orbit("descending", orbit),
        platform="sentinel-1a",
        bbox=(-77.0, -6.1, -76.6, -5.8),
        assets={name: str(here / f"{name}.tif") for name in ("vv", "vh")},
    )


def found(members: Sequence[Pass]) -> list[radar.Median]:
    """The medians of the plot."""
    return radar.medians([PLOT], members, scenes.bring, LAST)


def test_the_median_of_power_in_decibels(tmp_path: Path) -> None:
    """Powers 0.1, 0.1, 0.2, 0.4, 0.4 have the median 0.2, which is -6.99 dB; VH is a quarter of it."""
    powers = (0.1, 0.1, 0.2, 0.4, 0.4)
    members = [passing(tmp_path, day, power) for day, power in zip(BEFORE, powers, strict=True)]
    before, now = found([*members, *(passing(tmp_path, day) for day in NOW)])

    assert (len(before.passes), len(now.passes)) == (5, 4)
    assert before.decibels is not None and now.decibels is not None
    assert np.allclose(before.decibels["vv"], -6.99, atol=0.01)
    assert np.allclose(now.decibels["vv"] - now.decibels["vh"], 6.02, atol=0.01)
    assert before.chip == now.chip


def test_both_windows_come_from_one_orbit(tmp_path: Path) -> None:
    """An orbit that has many passes before and none now is not mixed with another: the orbit with both is taken."""
    many = [passing(tmp_path, day, orbit=18) for day in BEFORE]
    both = [passing(tmp_path, day, orbit=142) for day in (*BEFORE[:4], *NOW)]

    assert {one.orbit for one in found([*many, *both])} == {Orbit("descending", 142)}
    alone = found([*many, *(one for one in both if one.day.year == 2026)])
    assert [one.status for one in alone] == ["too_few_passes"] * 2


@pytest.mark.parametrize("how", ["no pass", "no data", "refused"])
def test_three_passes_make_no_picture(tmp_path: Path, how: str) -> None:
    """Where one of four passes is not there, has no data on the plot or cannot be read, neither picture is made."""
    fourth = [] if how == "no pass" else [passing(tmp_path, NOW[3], unknown=how == "no data")]
    if how == "refused":
        Path(fourth[0].assets["vh"]).unlink()
    members = [*(passing(tmp_path, day) for day in (*BEFORE, *NOW[:3])), *fourth]
    before, now = found(members)

    assert [(one.status, one.chip, one.decibels) for one in (before, now)] == [("too_few_passes", None, None)] * 2
    assert len(now.passes) == 3
    assert ("403" in now.reason) == (how == "refused")


def test_two_slices_of_one_day_count_once(tmp_path: Path) -> None:
    """Two Items of one overflight are one pass."""
    members = [passing(tmp_path, day) for day in (*BEFORE, *NOW[:3])]
    twice = members[-1].model_copy(update={"item_id": "S1A_again_rtc"})

    assert [one.status for one in found([*members, twice])] == ["too_few_passes"] * 2


def test_days_of_other_seasons_do_not_count(tmp_path: Path) -> None:
    """Passes after the window, also before the cut-off, are left alone."""
    members = [passing(tmp_path, day) for day in (*BEFORE, *NOW[:3], "2026-11-09", "2020-12-20")]

    assert [one.status for one in found(members)] == ["too_few_passes"] * 2


def test_cells_known_too_seldom_are_grey() -> None:
    """A cell with three known values of five has no figure and is drawn as no data."""
    stack = np.full((5, 1, 2), 0.1, np.float32)
    stack[:2, 0, 1] = np.nan
    made = radar._decibels(stack)
    shown = radar.colours({"vv": made, "vh": made - 6})

    assert np.isnan(made[0, 1]) and made[0, 0] == pytest.approx(-10)
    assert tuple(shown[0, 1]) == radar.NO_DATA
    # -10 of -20..0 and -16 of -25..-5 and 6 of 0..15, each as share of 255.
    assert shown[0, 0].tolist() == [128, 115, 102]


def test_none_before_the_cutoff() -> None:
    """An assessment before the cut-off has no after."""
    assert radar.windows(dt.date(2020, 12, 31)) == ()
    assert radar.windows(dt.date(2024, 2, 29))[0].until == dt.date(2020, 2, 29)


def test_a_budget_is_said(tmp_path: Path) -> None:
    """Passes that are not asked for, for want of budget, are named."""
    members = [passing(tmp_path, day) for day in (*BEFORE, *NOW)]

    def broke(wishes: Sequence[Wish]) -> list[Held | Refused]:
        return [Refused("used up", budget=True) for _ in wishes]

    poor = radar.medians([PLOT], members, broke, LAST)
    assert [(one.status, "used up" in one.reason) for one in poor] == [("too_few_passes", True)] * 2


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"sat:orbit_state": None}, "no orbit"),
        ({"sat:relative_orbit": "142"}, "no orbit"),
        ({"sat:relative_orbit": 176}, "no orbit"),
        ({"asset": "vh"}, "no VH"),
        ({"id": "a;b=c"}, "no plain name"),
        ({"datetime": None}, "no date"),
    ],
)
def test_items_that_are_no_use_say_why(spoilt: dict[str, object], why: str) -> None:
    """An Item that lacks orbit, date or a polarisation is named, not guessed at."""
    properties = {"sat:orbit_state": "descending", "sat:relative_orbit": 142}
    properties |= {key: value for key, value in spoilt.items() if key.startswith("sat:")}  # type: ignore[misc]
    day = dt.datetime(2020, 9, 1, tzinfo=dt.UTC)
    item = pystac.Item(str(spoilt.get("id", "S1A")), None, [-77, -7, -76, -5], day, properties)
    for name in ("vv", "vh"):
        if spoilt.get("asset") != name:
            item.add_asset(name, pystac.Asset(f"{name}.tif"))
    if "datetime" in spoilt:
        item.datetime = None
    whole = passes.read(item, "sky", "sentinel-1-rtc")

    assert isinstance(whole, str) and why in whole


def test_an_item_becomes_a_pass() -> None:
    """Direction and relative orbit are read as the Planetary Computer writes them."""
    properties = {"sat:orbit_state": "descending", "sat:relative_orbit": 142, "platform": "SENTINEL-1A"}
    item = pystac.Item("S1A_x_rtc", None, [-77, -7, -76, -5], dt.datetime(2020, 9, 1), properties)
    for name in ("vv", "vh"):
        item.add_asset(name, pystac.Asset(f"{name}.tif"))
    made = passes.read(item, "sky", "sentinel-1-rtc")

    assert isinstance(made, Pass)
    assert (made.orbit, made.tile, made.day) == (Orbit("descending", 142), "descending_142", dt.date(2020, 9, 1))
    assert made.may_show(-76.5, -6.0) and not made.may_show(-75.5, -6.0)
    across = made.model_copy(update={"bbox": (179.0, -17.0, -179.0, -16.0)})
    assert across.may_show(179.9, -16.5) and across.may_show(-179.9, -16.5) and not across.may_show(0.0, -16.5)
