"""Whose place a row gives: a house, or the corners of a boundary in one row, is never the point of a plot."""

import pytest

from tests.helpers.plot_files import codes, geojson, loaded, named, point, polygon, written


@pytest.mark.parametrize(
    "name", ["Casa de Rosa", "P1 casa", "oficina", "Maison", "Casa de la finca", "House 3", "Rumah Budi", "acopio"]
)
def test_point_of_a_house_beside_boundaries(tmp_path, name):
    """It is blocked by name, and the boundary stays usable."""
    made, findings = loaded(geojson(tmp_path, polygon("P1"), point(name, -76.2), producer_country="PE"))

    assert made["usable"].tolist() == [True, False]
    assert "point_of_house" in codes(findings, 2)


@pytest.mark.parametrize("name", ["P2", "Finca Casa Blanca", "Casanova", "Casma"])
def test_other_points_beside_boundaries(tmp_path, name):
    """A plot kept as a point is a plot, and so is one whose name says farm."""
    made, _ = loaded(geojson(tmp_path, polygon("P1"), point(name, -76.2), producer_country="PE"))

    assert made["usable"].all()


def test_points_alone_may_have_any_name(tmp_path):
    """A farm may be called Casa Blanca where no boundary says otherwise."""
    made, _ = loaded(geojson(tmp_path, point("Casa Blanca"), producer_country="PE"))

    assert made["usable"].all()


@pytest.mark.parametrize(
    "headers", ["lat;lon;lat2;lon2;lat3;lon3", "latitud;longitud;latitud_2;longitud_2;latitud_3;longitud_3",
                "y;x;y2;x2;y3;x3"],
)  # fmt: skip
def test_corners_in_one_row(tmp_path, headers):
    """Three positions in a row are a boundary; the first alone is not taken for the plot."""
    content = f"id;{headers}\nA;-6.040003;-76.100001;-6.040007;-76.098113;-6.038111;-76.098229\n"
    made, findings = loaded(written(tmp_path, "a.csv", content, producer_country="PE"))

    assert "corners_in_columns" in codes(findings, 1)
    assert not made["usable"].any()


def test_shared_places_of_houses(shared_data):
    """The rows without a boundary of their own stay without a place."""
    for name in ("house_latlon.csv", "kobo_house.csv"):
        file = shared_data / "faults" / "09-place-of-the-house-taken-for-the-plot" / name
        made, findings = loaded(named(file, producer_country="PE"))
        row = made.loc[made["plot_id"] == "P2"].iloc[0]

        assert not row["usable"]
        assert codes(findings, int(row["source_row"])) & {"boundary_missing", "geometry_empty"}
