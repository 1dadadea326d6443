"""A reference system is followed wherever a file names it, or its rows are blocked: no place moves in silence."""

import json

import pytest

from eudr_check.plots.read.reference_systems import member
from tests.helpers.plot_files import codes, loaded, named, polygon, ring, written

METRES = [378128.86, 9332113.51]
FORMS = (
    {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32718"}}},
    {"crs": {"type": "EPSG", "properties": {"code": 32718}}},
    {"crs": {"type": "link", "properties": {"href": "http://www.opengis.net/def/crs/EPSG/0/32718", "type": "ogcwkt"}}},
    {"crs": {"type": "link", "properties": {"href": "https://epsg.io/32718"}}},
    {"crs": "EPSG:32718"},
    {"crs": 32718},
    {"coordRefSys": "http://www.opengis.net/def/crs/EPSG/0/32718"},
    {"coordRefSys": {"type": "Reference", "href": "http://www.opengis.net/def/crs/EPSG/0/32718"}},
    {"spatialReference": {"wkid": 32718}},
    {"srid": "32718"},
)


@pytest.mark.parametrize("level", ["collection", "feature", "geometry"])
def test_a_system_is_followed_wherever_it_is_named(tmp_path, level):
    """In the collection, each feature or each geometry: metres of UTM 18 south come out where they lie."""
    features = []
    for n, form in enumerate(FORMS):
        geometry = {"type": "Point", "coordinates": METRES} | (form if level == "geometry" else {})
        feature = {"type": "Feature", "properties": {"plot_id": f"P{n}"}, "geometry": geometry}
        features.append(feature | (form if level == "feature" else {}))
    content = {"type": "FeatureCollection", "features": features} | (FORMS[1] if level == "collection" else {})
    made, _ = loaded(written(tmp_path, "a.geojson", json.dumps(content)))

    assert len(made) == len(FORMS)
    for place in made["geometry"]:
        assert (place.x, place.y) == (pytest.approx(-76.101234, abs=1e-5), pytest.approx(-6.041239, abs=1e-5))


@pytest.mark.parametrize(
    "form", [{"crs": {"type": "name", "properties": {"name": "Sistema de la finca"}}}, {"crs": {"odd": [1]}}]
)
def test_an_unknown_system_blocks(tmp_path, form):
    """A system nobody knows is never taken for degrees."""
    content = {"type": "FeatureCollection", "features": [polygon("A")], **form}
    made, findings = loaded(written(tmp_path, "a.geojson", json.dumps(content)))

    assert member(form) is not None
    assert not made["usable"].any()
    assert "crs_unknown" in codes(findings)


def test_ewkt_is_followed(shared_data):
    """SRID=4248 moves the point by some 450 m, and the next row without one stays."""
    made, _ = loaded(named(shared_data / "faults/14-ewkt-srid/e1.csv", producer_country="PE"))
    first, second = made["geometry"]

    assert (first.x, first.y) == (pytest.approx(-76.103301, abs=1e-4), pytest.approx(-6.0447, abs=1e-4))
    assert (second.x, second.y) == (-76.101234, -6.051239)


@pytest.mark.parametrize("header", ["srid", "epsg", "CRS"])
def test_a_column_names_the_system_of_its_rows(tmp_path, header):
    """Rows may each name their own, and one against the harvest is blocked."""
    content = f"id;x;y;{header}\nA;378128.86;9332113.51;EPSG:32718\nB;-76.111234;-6.051239;4326\n"
    made, _ = loaded(written(tmp_path, "a.csv", content))
    against, findings = loaded(written(tmp_path, "b.csv", content, crs="EPSG:32718"))

    assert made["geometry"].iloc[0].x == pytest.approx(-76.101234, abs=1e-5)
    assert made["geometry"].iloc[1].x == pytest.approx(-76.111234)
    assert against["geometry"].isna().tolist() == [False, True]
    assert "crs_contradicts" in codes(findings, 2)


def test_a_zone_of_another_system_is_blocked(shared_data):
    """The row of zone 17M under EPSG:32718 has no place; the rows of 18M keep theirs."""
    made, findings = loaded(
        named(shared_data / "faults/16-utm-zone-column/zona.csv", crs="EPSG:32718", producer_country="PE")
    )

    assert made["usable"].tolist() == [True, False, True]
    assert "crs_contradicts" in codes(findings, 2)


@pytest.mark.parametrize(
    ("header", "cells", "placed"),
    [
        ("zona", ("18", "17"), (True, False)),
        ("huso", ("18 S", "17 S"), (True, False)),
        ("utm_zone", ("18L", "18N"), (True, False)),
        ("Zona UTM", ("UTM 18S", "UTM 19S"), (True, False)),
        ("zona", ("3", "7"), (True, True)),
        ("zona", ("alta", "baja"), (True, True)),
    ],
)
def test_zones_are_told_from_villages(tmp_path, header, cells, placed):
    """A UTM zone that is not the file's blocks its row; a column that counts villages is left alone."""
    rows = "".join(f"P{n};378{n}28.86;9332113.51;{cell}\n" for n, cell in enumerate(cells))
    made, _ = loaded(written(tmp_path, "a.csv", f"id;este;norte;{header}\n{rows}", crs="EPSG:32718"))

    assert tuple(~made["geometry"].isna()) == placed


def test_degrees_among_metres_are_blocked(shared_data):
    """A row of degrees in a file of metres is blocked by a finding that says so."""
    made, findings = loaded(
        named(shared_data / "faults/17-degrees-among-metres/mezcla_ke.csv", crs="EPSG:32637", producer_country="KE")
    )

    assert made["usable"].tolist() == [True, False]
    assert "degrees_as_metres" in codes(findings, 2)


def test_a_polygon_of_degrees_under_a_metric_system_is_blocked(tmp_path):
    """Whole boundaries too, whatever the format."""
    content = {"type": "FeatureCollection", "features": [polygon("A", ring())], "crs": "EPSG:32718"}
    made, findings = loaded(written(tmp_path, "a.geojson", json.dumps(content)))

    assert not made["usable"].any()
    assert "degrees_as_metres" in codes(findings, 1)
