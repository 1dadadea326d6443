"""Areas as people write them: unit in the cell, thousands, decimals; no plot gets smaller than it is in silence."""

from pathlib import Path

import pandas as pd
import pytest

from tests.helpers.plot_files import codes, geojson, loaded, point, written


def _area(tmp_path, header, said):
    content = f"id;lat;lon;{header}\nA;-6.041239;-76.101234;{said}\n"
    made, findings = loaded(written(tmp_path, "a.csv", content, producer_country="PE"))
    return made["declared_area_ha"].iloc[0], codes(findings, 1)


@pytest.mark.parametrize("header", ["area", "area_ha", "area_m2", "superficie"])
@pytest.mark.parametrize(
    "said", ["25000 m2", "25 000 m²", "2.5 ha", "2,5 has", "2.5 hectáreas", "25000 metros cuadrados"]
)
def test_the_unit_in_the_cell_goes_before_that_of_the_header(tmp_path, header, said):
    """2.5 hectares stay 2.5 hectares, whatever the column is called."""
    area, found = _area(tmp_path, header, said)

    assert area == pytest.approx(2.5)
    assert not found & {"point_over_4_ha", "value_unreadable", "number_ambiguous"}


@pytest.mark.parametrize("said", ["1.250", "12.500", "9.800"])
def test_square_metres_that_are_no_plot_are_asked_for(tmp_path, said):
    """The coordinates of the file have points for decimals, yet 1.250 m2 may be 1250: the row is blocked."""
    _, found = _area(tmp_path, "area_m2", said)

    assert "number_ambiguous" in found


@pytest.mark.parametrize(
    ("said", "area"), [("12,500", 1.25), ("12\u202f500", 1.25), ("12’500", 1.25), ("12500.5", 1.25005)]
)
def test_square_metres_with_one_reading(tmp_path, said, area):
    """Thousands written with the other mark, with blanks or with an apostrophe are read."""
    found, problems = _area(tmp_path, "area_m2", said)

    assert found == pytest.approx(area)
    assert "number_ambiguous" not in problems


@pytest.mark.parametrize(
    ("header", "cell", "hectares"),
    [
        ("Area (acres)", "2,5", 1.0117141056),
        ("acre", 10, 4.0468564224),
        ("area_rai", "12.5", 2.0),
        ("area_ha", "2.5 acres", 1.0117141056),
        ("area_m2", "2 rai", 0.32),
        ("acres", "1.5 ha", 1.5),
        ("acres", "1 manzana", None),
    ],
)
def test_units_of_one_size_are_converted(tmp_path: Path, header: str, cell: object, hectares: float | None) -> None:
    """Acres and rai by their legal size, in the header or behind the number; what is of no one size is not read."""
    made, findings = loaded(geojson(tmp_path, point("A", **{header: cell})))

    declared = made["declared_area_ha"].item()
    assert declared == pytest.approx(hectares) if hectares else pd.isna(declared)
    assert ("area_unit_known" in codes(findings)) == (header not in ("area_ha", "area_m2"))


def test_hectares_come_before_acres(tmp_path: Path) -> None:
    """Where a list gives both, hectares are read and the other column is named as unread."""
    made, findings = loaded(geojson(tmp_path, point("A", area_ha=2, acres=9)))

    assert made["declared_area_ha"].item() == 2
    assert "acres" in findings.loc[findings["code"] == "columns_unread", "message"].item()


def test_an_explicit_column_of_acres_is_converted_and_told(tmp_path: Path) -> None:
    """A harvest that names the column as its area: its header still says acres, and the file hears it."""
    settings = {"columns": {"declared_area_ha": "Area (acres)"}}
    made, findings = loaded(geojson(tmp_path, point("A", **{"Area (acres)": 2.5}), **settings))

    assert made["declared_area_ha"].item() == pytest.approx(1.0117141056)
    assert "area_unit_known" in codes(findings)


@pytest.mark.parametrize(("header", "cell"), [("acres", "dos"), ("area_ha", "2..5 m2"), ("acres", "2..5")])
def test_a_number_nobody_reads_never_loses_its_unit(tmp_path: Path, header: str, cell: str) -> None:
    """What is left of a cell without its unit would be taken for hectares: it is named, and nothing is taken."""
    made, findings = loaded(geojson(tmp_path, point("A", **{header: cell})))

    assert made["declared_area_ha"].isna().all()
    assert "value_unreadable" in codes(findings)
