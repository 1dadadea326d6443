"""Datums named in columns: coordinates on another datum are moved or blocked, never taken as they are."""

import json

import pytest

from tests.helpers.plot_files import codes, loaded, point, written

PSAD56 = (-76.103301, -6.044700)
"""Where -76.101234, -6.041239 on PSAD56 lies on WGS 84, as PROJ has it."""


def _place(tmp_path, header, said, **settings):
    content = f"id;lat;lon;{header}\nA;-6.041239;-76.101234;{said}\n"
    made, findings = loaded(written(tmp_path, "a.csv", content, producer_country="PE", **settings))
    shape = made["geometry"].iloc[0]
    return None if shape is None else (shape.x, shape.y), findings


@pytest.mark.parametrize("header", ["datum", "Datum GPS", "elipsoide", "crs", "Sistema de coordenadas", "proyeccion"])
@pytest.mark.parametrize("said", ["PSAD56", "psad-56", "PSAD 56", "Provisional South American Datum 1956", "EPSG:4248"])
def test_another_datum_is_followed(tmp_path, header, said):
    """Degrees on PSAD56 lie 450 metres from the same degrees on WGS 84."""
    place, findings = _place(tmp_path, header, said)

    assert place == (pytest.approx(PSAD56[0], abs=1e-5), pytest.approx(PSAD56[1], abs=1e-5))
    assert "columns_unread" not in codes(findings)


@pytest.mark.parametrize(
    "said", ["WGS84", "wgs-84", "WGS 1984", "SIRGAS 2000", "WGS 84 (EPSG:4326)", "", "2024", "GPS"]
)
def test_the_usual_datum_moves_nothing(tmp_path, said):
    """Nor does one that agrees with it, nor a word that names none."""
    place, findings = _place(tmp_path, "datum", said)

    assert place == (-76.101234, -6.041239)
    assert not (findings["severity"] == "block").any()


@pytest.mark.parametrize("said", ["Arc 1960", "Tokyo", "NAD27"])
def test_a_datum_of_another_part_of_the_world_is_a_contradiction(tmp_path, said):
    """PROJ moves nothing where a datum is not used, so the row is blocked."""
    place, findings = _place(tmp_path, "datum", said)

    assert place is None
    assert "crs_contradicts" in codes(findings, 1)


@pytest.mark.parametrize(("said", "fits"), [("PSAD56", False), ("WGS-84", True), ("SAD69", False), ("SIRGAS", True)])
def test_datum_against_the_crs_of_the_harvest(tmp_path, said, fits):
    """A column that names another datum than the harvest's CRS blocks its row, one that names its own does not."""
    content = f"id;este;norte;datum\nA;378128.86;9332113.51;{said}\n"
    made, findings = loaded(written(tmp_path, "a.csv", content, crs="EPSG:32718", producer_country="PE"))

    assert ("crs_contradicts" in codes(findings, 1)) is not fits
    assert (made["geometry"].iloc[0] is not None) is fits


@pytest.mark.parametrize(("key", "said"), [("datum", "PSAD56"), ("crs", "EPSG:4248"), ("epsg", "4248")])
def test_properties_of_geojson_that_contradict_it(tmp_path, key, said):
    """GeoJSON is on WGS 84; a property that says otherwise blocks its row."""
    content = json.dumps({"type": "FeatureCollection", "features": [point("A", **{key: said}), point("B", -76.2)]})
    made, findings = loaded(written(tmp_path, "a.geojson", content, producer_country="PE"))

    assert "crs_contradicts" in codes(findings, 1)
    assert made["usable"].tolist() == [False, True]
