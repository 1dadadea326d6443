"""Regions that a file states stand in the place of production; nothing is guessed."""

from pathlib import Path

import pytest

from eudr_check import library
from eudr_check.plots.checks.region import regions
from tests.helpers.plot_files import codes, geojson, loaded, polygon, ring


@pytest.mark.parametrize(
    ("said", "place", "wanted"),
    [
        ("CAJAMARCA", "Caserío La Muestra", "Caserío La Muestra, Cajamarca"),
        ("huanuco", None, "Huánuco"),
        ("PE-CAJ", None, "Cajamarca"),
        ("Cajamarca", "La Muestra (Cajamarca)", "La Muestra (Cajamarca)"),
        ("Cajamarca", "Cajamarquilla", "Cajamarquilla, Cajamarca"),
    ],
)
def test_a_stated_region_goes_behind_the_place(tmp_path: Path, said: str, place: str | None, wanted: str) -> None:
    """By its name or code, in any case and without accents, and never twice."""
    made, findings = loaded(geojson(tmp_path, polygon("A", departamento=said, caserio=place, country="PE")))

    assert made["production_place"].tolist() == [wanted]
    assert "value_unreadable" not in codes(findings)


@pytest.mark.parametrize("said", ["Jaén", "Rondônia", "Cajamarca o Amazonas"])
def test_what_is_no_region_of_the_country_is_told_and_left_out(tmp_path: Path, said: str) -> None:
    """A province of a region, a region of a neighbour and a doubt: the place stays as it was, the plot usable."""
    made, findings = loaded(geojson(tmp_path, polygon("A", departamento=said, caserio="La Muestra", country="PE")))
    (told,) = findings.loc[findings["code"] == "value_unreadable", "message"]

    assert made["production_place"].tolist() == ["La Muestra"]
    assert made["usable"].tolist() == [True]
    assert said in told
    assert "Cajamarca" in told


def test_a_file_that_names_no_region_is_as_it_was(tmp_path: Path) -> None:
    """No plot gets a region from where it lies."""
    made, _ = loaded(geojson(tmp_path, polygon("A", caserio="La Muestra"), polygon("B", ring(dx=0.01))))

    assert made["production_place"].dropna().tolist() == ["La Muestra"]


def test_every_producing_country_has_regions() -> None:
    """The names come whole, and those of two languages answer to both."""
    assert all(len(regions(country)) > 3 for country in ("PE", "CO", "BR", "GH", "CI", "ID", "VN", "ET", "KE", "HN"))
    assert not [name for name in regions("PE").values() if "[" in name or ";" in name]
    assert regions("XX") == {}


def test_it_stands_in_the_file_for_the_eu(tmp_path: Path) -> None:
    """`ProductionPlace` says place and region."""
    made, _ = loaded(geojson(tmp_path, polygon("A", departamento="Cajamarca", caserio="La Muestra", country="PE")))
    (feature,) = library.eu_geojson(made)["features"]

    assert feature["properties"]["ProductionPlace"] == "La Muestra, Cajamarca"
