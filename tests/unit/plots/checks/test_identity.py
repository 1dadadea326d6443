"""Ids that look like names of persons are said once for a file, and codes are left alone."""

import json
from pathlib import Path

import pytest

from eudr_check.plots import load
from tests.helpers.plot_files import codes, geojson, polygon, ring


@pytest.mark.parametrize(
    ("plot_id", "producer", "told"),
    [
        ("María Tarrillo", None, True),
        ("TARRILLO QUISPE, María", None, True),
        ("maria-tarrillo-2", "María Tarrillo Vásquez", True),
        ("Finca TARRILLO", "Maria Tarrillo", True),
        ("Rosa", "Rosa Quispe", True),
        ("P-001", "María Tarrillo", False),
        ("MAYO/023", None, False),
        ("El Mirador", None, False),
        ("Flor-15", "Socia Ejemplo 15", False),
        ("Fundo San José", "María Tarrillo", False),
        ("007", None, False),
    ],
)
def test_ids_that_look_like_names(tmp_path: Path, plot_id: str, producer: str | None, told: bool) -> None:
    """A word of the producer's own name, or a first name with a surname where no producer is named."""
    _, findings = load(
        [geojson(tmp_path, polygon("A-1"), polygon(plot_id, ring(dx=0.01), producer_name=producer))], commodity="coffee"
    )

    assert ("id_looks_like_a_name" in codes(findings)) == told


def test_a_file_of_names_is_one_finding(tmp_path: Path) -> None:
    """Two hundred placemarks called by their growers are one line, which says how many and where, and names nobody."""
    features = [
        polygon(f"María Tarrillo {number}", ring(dx=number / 100), producer_name="M. Tarrillo") for number in range(5)
    ]
    _, findings = load([geojson(tmp_path, polygon("A-1", ring(dx=-0.01)), *features)], commodity="coffee")
    (found,) = findings[findings["code"] == "id_looks_like_a_name"].itertuples()

    assert json.loads(found.details) == {"row": 2, "rows": 5}
    assert "Tarrillo" not in found.message


def test_an_id_of_many_rows_names_whole_rows_and_counts_the_others(tmp_path: Path) -> None:
    """A row number that is cut short is that of another row."""
    file = geojson(tmp_path, *(polygon("A", ring(dx=0.01 * step)) for step in range(40)))
    _, findings = load([file], commodity="coffee")
    named = json.loads(findings.loc[findings["code"] == "id_repeated", "details"].iloc[0])["rows"]

    assert named.count(",") == 9
    assert named.endswith(" 10 (+30)")
