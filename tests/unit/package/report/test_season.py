"""The page over a season."""

from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from eudr_check.package.report import season, sheet
from eudr_check.text import LANGUAGES
from tests.helpers import package_tables as six
from tests.helpers import season_tables


def part(name: str = "pe-coffee-2026", count: int = 30, *, hostile: bool = False, first: bool = False) -> season.Part:
    """One harvest, unchanged since its last run."""
    made = season_tables.season(count, hostile=hostile)
    before = None if first else made.assessments.copy()
    return season.Part(name, made.plots, made.assessments, before, f"{name}/package/report.html")


def test_changes_name_plot_before_and_now() -> None:
    """One plot turned high, one is new, one is gone."""
    one = part()
    keys = list(one.assessments.index)
    one.before.loc[keys[0], "final_outcome"] = "low"
    one.assessments.loc[keys[0], "final_outcome"] = "high"
    was = one.before.drop(index=keys[1])
    now = season.Part(one.name, one.plots, one.assessments.drop(index=keys[2]), was, one.report)

    found = season.changed(now)

    assert found.loc[keys[0]].tolist() == ["low", "high"]
    assert found["before"].isna().sum() == 1
    assert found["now"].isna().sum() == 1
    assert len(found) == 3


def test_land_of_two_cooperatives_is_found_once() -> None:
    """Squares share a quarter of 0.01 x 0.01 degree at the equator; overlap within a cooperative does not count."""
    one = part(count=4)
    one.plots["cooperative"] = ["a", "b", "b", "c"]
    one.plots["geometry_kind"] = "polygon"
    one.plots["usable"] = [True, True, False, True]
    one.plots["geometry"] = [shapely.box(x, x, x + 0.01, x + 0.01) for x in (0.0, 0.005, 0.0051, 1.0)]

    found = season.shared_land([one, one])

    assert len(found) == 2
    assert found["shared_ha"].iat[0] == pytest.approx(123.09 / 4, rel=1e-3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_carries_no_script_and_no_markup_of_names(tmp_path: Path, language: str) -> None:
    """Names are text; the page asks for nothing."""
    one = part(hostile=True)
    one.plots["cooperative"] = season_tables.HOSTILE
    page = season.write(tmp_path / "season.html", [one, part("zweite", first=True)], language).read_text()

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "://" not in page
    assert "\u202e" not in page
    assert 'href="pe-coffee-2026/package/report.html"' in page


def test_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """No clock in it."""
    pages = [season.write(tmp_path / name, [part()], "es").read_bytes() for name in ("a.html", "b.html")]

    assert pages[0] == pages[1]


def test_season_without_plots_has_a_page(tmp_path: Path) -> None:
    """Nothing to show is no error."""
    assert season.write(tmp_path / "season.html", [part(count=0)], "es").is_file()


def test_tables_that_scroll_are_reached_by_keyboard() -> None:
    """A wide table on a phone scrolls; without a place in the tab order no key moves it."""
    made = sheet.table(["<th>a</th>"], [["1"]])

    assert made.startswith('<div class="scroll" tabindex="0">')


def test_cattle_that_may_go_in_have_a_whole_chain() -> None:
    """A low establishment counts as ready only with a group of animals that is low from birth to slaughter."""
    plots = six.plots(commodity="cattle")
    one = season.Part("pe-cattle-2026", plots, six.assessments(), None, "report.html")
    animals = six.animals(("G1", "low", ["norte/001"]), ("G2", "undetermined", ["norte/001", "norte/002"]))

    assert not one.ready.any()
    assert one.ready.index[replace(one, animals=animals).ready].tolist() == ["norte/001"]


def test_cooperatives_are_called_as_people_know_them(tmp_path: Path) -> None:
    """One that has a name is shown by it, as text; another by its short name."""
    one = replace(part(), cooperatives={"coop-jaen": "Café & Hijos de Jaén"})
    page = season.write(tmp_path / "season.html", [one], "es").read_text(encoding="utf-8")

    assert "Café &amp; Hijos de Jaén" in page
    assert "coop-moyobamba" in page
    assert "<bdi>coop-jaen</bdi>" not in page
