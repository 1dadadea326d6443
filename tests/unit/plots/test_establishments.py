"""Establishments of cattle: points of any size, whose ground somebody has to say."""

from tests.helpers.plot_files import (
    codes,
    geojson,
    loaded,
    point,
    polygon,
)


def test_cattle_establishments_are_points_of_any_size(tmp_path):
    """Art. 2(29): the 4 ha rule does not hold for cattle."""
    _, findings = loaded(geojson(tmp_path, point("A", area_ha=400)), commodity="cattle")

    assert not codes(findings) & {"point_over_4_ha", "establishment_without_area", "establishment_outlined"}


def test_cattle_point_without_area_is_no_ground(tmp_path):
    """An establishment may be any size: its point alone says nothing of the ground."""
    _, findings = loaded(geojson(tmp_path, point("A", area_ha=None)), commodity="cattle")

    assert "establishment_without_area" in codes(findings)
    assert "point_without_area" not in codes(findings)


def test_outline_of_an_establishment_is_asked_about(tmp_path):
    """The law asks for a point; whoever draws an outline says which ground the animals used."""
    _, cattle = loaded(geojson(tmp_path, polygon("A")), commodity="cattle")
    _, coffee = loaded(geojson(tmp_path, polygon("A")), commodity="coffee")

    assert "establishment_outlined" in codes(cattle)
    assert "establishment_outlined" not in codes(coffee)
