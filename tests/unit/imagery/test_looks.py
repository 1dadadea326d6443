"""Dated looks at plots: which dates are taken, and what is said where none is clear."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely

from eudr_check.imagery import looks
from eudr_check.imagery.ground import Held, Refused, Wish
from eudr_check.imagery.looks import Look, Subject
from eudr_check.imagery.offset import Claim
from eudr_check.imagery.scenes import Scene, join
from tests.helpers.scenes import LATITUDE, LONGITUDE, bring, scene

LAST = dt.date(2026, 9, 30)
PLOT = Subject("c/1", shapely.box(LONGITUDE - 0.0005, LATITUDE - 0.0005, LONGITUDE + 0.0005, LATITUDE + 0.0005))


def answers(scenes: Sequence[Scene], subject: Subject = PLOT, fetch: object = bring) -> dict[str, Look]:
    """Looks of one plot by slot (and year)."""
    found = looks.look([subject], join(scenes, [("one", "sentinel-2-l2a")]), fetch, LAST)  # type: ignore[arg-type]
    return {one.slot.name + (str(one.slot.year) if one.slot.year else ""): one for one in found}


def days(found: dict[str, Look]) -> dict[str, str]:
    """Status and day by slot."""
    return {name: f"{one.status} {one.view.scene.day if one.view else ''}".strip() for name, one in found.items()}


def test_before_and_after(tmp_path: Path) -> None:
    """The last clear look on or before the cut-off, and the latest of the same season, are taken."""
    made = [scene(tmp_path, day) for day in ("2020-08-02", "2020-10-11", "2021-01-01", "2026-09-14", "2026-09-25")]
    late = [scene(tmp_path, day) for day in ("2026-10-04",)]
    winter = [scene(tmp_path, "2026-06-01")]

    found = answers([*made, *late, *winter])

    assert days(found) == {"before_cutoff": "clear 2020-10-11", "latest": "clear 2026-09-25"}


def test_same_season_comes_before_nearness(tmp_path: Path) -> None:
    """A look of the same weeks of another year is taken before a newer one of another season."""
    found = answers([scene(tmp_path, day) for day in ("2020-07-20", "2025-08-01", "2026-09-25")])

    assert days(found)["latest"] == "clear 2025-08-01"


def test_loss_years(tmp_path: Path) -> None:
    """Where layers date a loss, one look before and one after that year are added."""
    made = ("2020-10-11", "2022-09-30", "2023-06-01", "2024-10-01", "2025-10-01", "2026-09-25")

    found = answers([scene(tmp_path, day) for day in made], Subject("c/1", PLOT.geometry, (2021, 2023)))

    assert days(found) == {
        "before_cutoff": "clear 2020-10-11",
        "after_loss2021": "clear 2022-09-30",
        "before_loss2023": "clear 2022-09-30",
        "after_loss2023": "clear 2024-10-01",
        "latest": "clear 2026-09-25",
    }


def test_cloud_is_measured_on_the_plot(tmp_path: Path) -> None:
    """A scene of 90 % cloud that is clear on the plot is taken; one of 1 % cloud that lies on the plot is not."""
    away, over = np.full((40, 40), 9, np.uint8), np.full((40, 40), 4, np.uint8)
    away[8:32, 8:32], over[15:25, 15:25] = 4, 9

    found = answers([
        scene(tmp_path, "2020-10-11", classes=away, cloud=90.0),
        scene(tmp_path, "2020-12-20", classes=over, cloud=1.0),
    ])  # fmt: skip

    assert days(found)["before_cutoff"] == "clear 2020-10-11"
    assert found["before_cutoff"].tried == 2


def test_partly_cloudy_only_where_nothing_is_clear(tmp_path: Path) -> None:
    """From 70 % a look is taken and marked when no date is clear; below that there is no clear look."""
    some, much = np.full((40, 40), 4, np.uint8), np.full((40, 40), 4, np.uint8)
    some[14:17, 18:22], much[16:24, 14:26] = 9, 9

    found = answers([
        scene(tmp_path, "2020-11-11", classes=some), scene(tmp_path, "2026-09-14", classes=much)
    ])  # fmt: skip

    assert days(found) == {"before_cutoff": "partly_cloudy 2020-11-11", "latest": "no_clear_look"}
    assert 0.70 <= found["before_cutoff"].view.clear_share < 0.95  # type: ignore[union-attr]
    assert found["latest"].tried == 1


def test_nothing_at_all(tmp_path: Path) -> None:
    """A plot that no catalogue has a look of gets the value `no_clear_look` for each that was wanted."""
    assert days(answers([])) == {"before_cutoff": "no_clear_look", "latest": "no_clear_look"}


def test_a_failing_copy_is_replaced(tmp_path: Path) -> None:
    """Where one catalogue refuses a band, the copy of the same overflight in another is read."""
    broken = scene(tmp_path, "2020-10-11", catalogue="one")
    Path(broken.assets["nir"]).unlink()
    sound = scene(tmp_path, "2020-10-11", catalogue="two")

    found = answers([broken, sound])["before_cutoff"]

    assert found.view is not None and found.view.scene.catalogue == "two"


def test_a_failing_date_is_said(tmp_path: Path) -> None:
    """Where no copy can be read another date is tried, and what failed stands with the look."""
    broken = scene(tmp_path, "2020-12-11")
    Path(broken.assets["scl"]).unlink()

    found = answers([broken, scene(tmp_path, "2020-10-11")])["before_cutoff"]

    assert found.view is not None and found.view.scene.day == dt.date(2020, 10, 11)
    assert found.reason == "2020-12-11: scl.tif: HTTP 403"


def test_budget(tmp_path: Path) -> None:
    """What the byte budget leaves out is no clear look, and says why."""

    def none(wishes: Sequence[Wish]) -> list[Held | Refused]:
        return [Refused("the byte budget is used up", budget=True) for _ in wishes]

    found = answers([scene(tmp_path, "2020-10-11")], fetch=none)["before_cutoff"]

    assert found.status == "no_clear_look" and "budget" in found.reason


def test_offset_that_lies_marks_the_look(tmp_path: Path) -> None:
    """Metadata that take 1000 off once too often are overruled by the pixels, and the look is marked."""
    found = answers([scene(tmp_path, "2020-10-11", claim=Claim(-0.1, True, True), baseline="05.00")])["before_cutoff"]

    assert found.view is not None and found.view.offset == (0.0, "contradicted")
    assert float(np.nanmin(found.view.bands["blue"])) == pytest.approx(0.03, abs=1e-6)


def test_two_baselines_show_one_forest(tmp_path: Path) -> None:
    """The same forest stored before and after baseline 04.00 has the same reflectance in both looks."""
    found = answers([scene(tmp_path, "2020-10-11"), scene(tmp_path, "2026-09-14", add=1000, baseline="05.10")])

    before, after = (found[name].view.bands for name in ("before_cutoff", "latest"))  # type: ignore[union-attr]
    assert all(np.allclose(before[band], after[band], atol=1e-6) for band in before)


def test_every_band_is_asked_for_once(tmp_path: Path) -> None:
    """Neighbours share the dates they try: one wish per scene and band serves them all."""
    asked: list[str] = []

    def counting(wishes: Sequence[Wish]) -> list[Held | Refused]:
        asked.extend(f"{wish.scene.day} {wish.band}" for wish in wishes)
        return bring(wishes)

    moved = Subject("c/2", shapely.transform(PLOT.geometry, lambda xy: xy + 0.0006))
    joined = join([scene(tmp_path, day) for day in ("2020-10-11", "2026-09-14")], [])
    looks.look([PLOT, moved], joined, counting, LAST)

    assert len(asked) == len(set(asked)) == 10


def test_real_romanian_forest(shared_data: Path) -> None:
    """Of 15 real dates the last look before the cut-off is one of the two that SOURCES allows, never a hazy one."""
    folder = shared_data / "sentinel2" / "rasters" / "nrt_romania"
    names = {"scl": "SCL", "blue": "B02", "green": "B03", "red": "B04", "nir": "B08"}
    real = [
        Scene(
            item_id=f"nrt_{day.name}", catalogue="nrt", collection="nrt", tile="34TGR",
            sensed=dt.datetime.fromisoformat(f"{day.name}T09:30:00+00:00"), strip=day.name, platform="sentinel-2",
            baseline="02.14", cloud_percent=None, sun_elevation_deg=None, claim=Claim(0.0, True, False),
            bbox=(22.14, 45.19, 22.16, 45.21),
            assets={band: str(day / f"{name}.tif") for band, name in names.items()},
        )
        for day in sorted(folder.iterdir()) if day.is_dir()
    ]  # fmt: skip
    places = [Subject(f"c/{n}", shapely.box(x, y, x + 0.003, y + 0.002)) for n, (x, y) in enumerate(
        [(22.1505, 45.2035), (22.148, 45.205), (22.154, 45.2005), (22.1525, 45.2065)])]  # fmt: skip

    found = looks.look(places, join(real, []), bring, dt.date(2021, 1, 31))

    before = [one for one in found if one.slot.name == "before_cutoff"]
    assert {one.view.scene.day for one in before if one.view} <= {dt.date(2020, 10, 3), dt.date(2020, 11, 7)}
    assert all(one.status == "clear" for one in before)
    assert [one.status for one in found if one.slot.name == "latest"] == ["no_clear_look"] * 4


def test_dates_are_measured_by_the_cloud_of_the_scene(tmp_path: Path) -> None:
    """The least cloudy scene is measured first, the nearest clear one is taken, and none that could not replace it."""
    clouds = {"2020-04-11": 20.0, "2020-08-02": 1.0, "2020-10-11": 30.0, "2020-12-10": 60.0, "2020-06-11": 5.0}
    made = [scene(tmp_path, day, cloud=cloud, classes=9 if day == "2020-12-10" else 4) for day, cloud in clouds.items()]
    asked: list[str] = []

    def counted(wishes: Sequence[Wish]) -> list[Held | Refused]:
        asked.extend(str(wish.scene.day) for wish in wishes if wish.band == "scl")
        return bring(wishes)

    found = answers(made, fetch=counted)

    assert asked == ["2020-08-02", "2020-10-11", "2020-12-10"]
    assert days(found)["before_cutoff"] == "clear 2020-10-11"
