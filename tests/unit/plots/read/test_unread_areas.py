"""An area that was declared and not read is unknown: no point stands for four hectares because of it."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from eudr_check.cli import show
from tests.helpers.plot_files import codes, geojson, loaded, point, polygon, written

UNREAD, UNSIZED = "point_area_unread", "point_area_unsized"


@pytest.mark.parametrize(
    ("header", "said", "code"),
    [
        ("Área (manzanas)", "12", UNREAD),
        ("Área (manzanas)", "2", UNSIZED),
        ("Área (manzanas)", "4,5", UNSIZED),
        ("Área (manzanas)", "4,9", UNREAD),
        ("alqueires", "2", UNREAD),
        ("fanegas", "1", UNREAD),
        ("Área (topos)", "9", UNREAD),
        ("Área total", "12", UNREAD),
        ("Área total", "1.5", UNSIZED),
        ("area", "doce", UNREAD),
        ("area", "12 mz", UNREAD),
        ("area", "2 mz", UNSIZED),
        ("area_ha", "12 aprox", UNREAD),
        ("acres", "dos", UNREAD),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".geojson"])
def test_a_point_whose_area_was_not_read(tmp_path: Path, header: str, said: str, code: str, suffix: str) -> None:
    """Blocked where it may exceed four hectares; named where every known size keeps it at or under them."""
    content = f"id;lat;lon;{header}\nA;-6,041239;-76,101234;{said}\n"
    file = (
        written(tmp_path, "a.csv", content, producer_country="PE")
        if suffix == ".csv"
        else geojson(tmp_path, point("A", **{header: said}), producer_country="PE")
    )
    made, findings = loaded(file)

    assert codes(findings, 1) & {UNREAD, UNSIZED, "point_without_area"} == {code}
    assert made["usable"].tolist() == [code == UNSIZED]
    assert pd.isna(made["declared_area_ha"].item())


@pytest.mark.parametrize("said", ["", "-", "0", "n/a"])
def test_a_mark_for_nothing_declares_nothing(tmp_path: Path, said: str) -> None:
    """An empty cell, or one that says so, is a point without an area."""
    made, findings = loaded(geojson(tmp_path, point("A", mz=said), producer_country="PE"))

    assert codes(findings, 1) & {UNREAD, UNSIZED, "point_without_area"} == {"point_without_area"}
    assert made["usable"].all()


def test_an_area_beside_hectares_that_were_read_is_settled(tmp_path: Path) -> None:
    """Twelve manzanas beside three hectares, and beside a boundary, block nothing."""
    made, findings = loaded(geojson(tmp_path, point("A", area_ha=3, mz=12), polygon("B", mz=12)))

    assert not codes(findings) & {UNREAD, UNSIZED}
    assert made["usable"].all()


def test_of_two_columns_of_hectares_the_larger_counts(tmp_path: Path) -> None:
    """Nobody knows which of two is the plot's, so none is read; either may be more than four hectares."""
    columns = {"Área total (has)": "9", "Has. café": "2"}
    _, findings = loaded(geojson(tmp_path, point("A", **columns)))

    assert UNREAD in codes(findings, 1)


@pytest.mark.parametrize(("said", "code"), [("12", UNREAD), ("2", UNSIZED)])
def test_the_terminal_names_such_points(tmp_path: Path, said: str, code: str) -> None:
    """Neither a blocked point nor one looked at as four hectares is passed over at the end of a run."""
    _, findings = loaded(geojson(tmp_path, point("A", mz=said), producer_country="PE"))

    lines = list(show._causes(SimpleNamespace(findings=findings)))
    assert len(lines) == 1
    assert f"'mz' declares '{said}'" in lines[0]
    assert code in set(findings["code"])
