"""The same land and moved boundaries are found at the next harvest."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from eudr_check.postgresql import Place
from eudr_check.register import record_land
from tests.helpers.plot_files import codes, geojson, loaded, named, point, polygon, ring


def season(register: Place, folder: Path, *features, patches=None, **settings) -> Place:
    """A register with one earlier harvest."""
    made, _ = loaded(geojson(folder, *features, name="earlier.geojson", **settings))
    record_land(register, "2025", made, patches)
    return register


def loss(box, year=2022):
    shape = shapely.box(*box)
    return gpd.GeoDataFrame(
        {"column": ["hansen.loss_year"], "year": [year], "area_ha": [1.0], "plots": ["coop-01/A"]},
        geometry=[shape],
        crs="EPSG:4326",
    )


def test_same_plot_again_is_no_news(place, tmp_path):
    """The boundary of last year raises nothing, and neither does this harvest's own entry."""
    register = season(place, tmp_path, polygon("A", area_ha=4.3))
    file = geojson(tmp_path, polygon("A", area_ha=4.3))
    made, findings = loaded(file, register=register, harvest="2026")
    record_land(register, "2026", made)
    _, again = loaded(file, register=register, harvest="2026")

    assert set(findings["severity"]) == set(again["severity"]) == {"info"}


def test_land_under_another_id_or_cooperative(place, tmp_path):
    """The land of last year's plot, delivered by another cooperative, is found."""
    register = season(place, tmp_path, polygon("A"), cooperative="coop-09")
    _, findings = loaded(geojson(tmp_path, polygon("Z", ring(dx=0.001))), register=register, harvest="2026")
    finding = findings[findings["code"] == "overlap_earlier"].iloc[0]

    assert "coop-09/A" in finding["message"]
    assert "2025" in finding["message"]


def test_changed_boundary(place, tmp_path):
    """A boundary that differs by more than a new walk would is said, also when the plot went elsewhere."""
    register = season(place, tmp_path, polygon("A"), polygon("B", ring(dx=0.01)))
    file = geojson(tmp_path, polygon("A", ring(dx=0.0005)), polygon("B", ring(dx=5)))
    _, findings = loaded(file, register=register, harvest="2026")

    assert codes(findings, 1) >= {"boundary_changed"}
    assert codes(findings, 2) >= {"boundary_changed"}


@pytest.mark.parametrize("now", [polygon("A", ring(dx=0.0008)), point("A", -76.0985, -6.039, area_ha=3)])
def test_boundary_moved_off_a_known_loss_is_blocked(place, tmp_path, now):
    """Drawing the plot smaller, or as a point, does not lose the loss."""
    register = season(place, tmp_path, polygon("A"), patches=loss((-76.1, -6.04, -76.0995, -6.0385)))
    made, findings = loaded(geojson(tmp_path, now), register=register, harvest="2026")

    assert "boundary_moved_off_loss" in codes(findings)
    assert not made["usable"].any()


def test_loss_before_the_cut_off_does_not_count(place, tmp_path):
    """Only losses after 2020 are remembered."""
    register = season(place, tmp_path, polygon("A"), patches=loss((-76.1, -6.04, -76.0995, -6.0385), year=2020))
    _, findings = loaded(geojson(tmp_path, polygon("A", ring(dx=0.0008))), register=register, harvest="2026")

    assert "boundary_moved_off_loss" not in codes(findings)


def test_leaving_a_plot_out_hides_no_loss(place, tmp_path):
    """A plot that last year's rerun left out is still known by its boundary when it comes back off the loss."""
    register = season(
        place, tmp_path, polygon("A"), polygon("B", ring(dx=0.01)), patches=loss((-76.1, -6.04, -76.0995, -6.0385))
    )
    without, _ = loaded(geojson(tmp_path, polygon("B", ring(dx=0.01)), name="rerun.geojson"))
    record_land(register, "2025", without)
    _, findings = loaded(geojson(tmp_path, polygon("A", ring(dx=0.0008))), register=register, harvest="2026")

    assert "boundary_moved_off_loss" in codes(findings)


def test_land_of_a_corrected_id_is_not_delivered_twice(place, tmp_path):
    """An id corrected in last year's rerun leaves no second plot on the same land."""
    register = season(place, tmp_path, polygon("A1"))
    corrected, _ = loaded(geojson(tmp_path, polygon("A01"), name="rerun.geojson"))
    record_land(register, "2025", corrected)
    _, findings = loaded(geojson(tmp_path, polygon("A01")), register=register, harvest="2026")

    assert "overlap_earlier" not in codes(findings)


def test_register_can_be_read_as_plots(tmp_path):
    """Its own index does not make it unsafe."""
    register = season(tmp_path / "season.gpkg", tmp_path, polygon("A"))
    made, _ = loaded(named(register, table="plots", cooperative="coop-02"))

    assert list(made.index) == ["coop-02/A"]
