"""A file whose headers name no id: its content decides where it can, and the file is asked about where it cannot."""

import pandas as pd
import pytest
from openpyxl import Workbook

from eudr_check.plots.read.id_column import by_content
from tests.helpers.plot_files import codes, geojson, loaded, named, polygon, ring, written


def message(findings, code):
    """The message of the one finding of a code about a file."""
    return findings.loc[findings["code"] == code, "message"].item()


def test_a_padron_with_member_codes_gets_its_ids(tmp_path):
    """Number 14: `Cód. socio` and `Área café` of a list of members are id and area, and no farmer is blamed."""
    book = Workbook()
    for row in (
        ["Padrón 2026"],
        [],
        ["Cód. socio", "Socio", "Área café", "Latitud", "Longitud"],
        *[[f"S-{n:03}", f"Socia Ejemplo {n}", 1.5, -6.04 - n / 100 + 1e-6, -76.1 - 1e-6] for n in range(1, 5)],
    ):
        book.active.append(row)
    book.save(tmp_path / "padron.xlsx")
    plots, findings = loaded(named(tmp_path / "padron.xlsx"))

    assert plots["plot_id"].tolist() == ["S-001", "S-002", "S-003", "S-004"]
    assert plots["declared_area_ha"].tolist() == [1.5] * 4
    assert "'Cód. socio'" in message(findings, "id_by_content")
    assert "id_missing" not in set(findings["code"])


def test_where_no_column_can_be_the_id_all_are_named_once(tmp_path):
    """One finding of the file says the columns, before each row says that it has no id."""
    rows = [polygon("", ring(dx=0.01 * n)) | {"properties": {"nota": "x", "anexo": "y"}} for n in range(3)]
    _, findings = loaded(geojson(tmp_path, *rows))

    assert "the columns are: nota, anexo" in message(findings, "id_column_missing")
    assert (findings["code"] == "id_missing").sum() == 3


@pytest.mark.parametrize(
    ("values", "guessed"),
    [
        (["A-1", "A-2", "A-3"], True),
        (["A-1", "A-2", "A-2"], False),
        (["A-1", "A-2", "a-2"], False),
        (["A-1", "A-2", None], False),
        (["1", "2", "3"], False),
        (["María Tarrillo", "José Ríos", "Ana Vela"], False),
        (["1.5 ha", "1.6 ha", "1.7 ha"], False),
        (["2026-05-01 T", "2026-05-02 T", "2026-05-03 T"], False),
        (["A-1", "A-2"], False),
    ],
)
def test_an_id_is_short_mixed_and_different_in_every_row(values, guessed):
    """Running numbers, names, areas and dates are no ids, nor is what repeats."""
    found = by_content(pd.DataFrame({"código interno": values}), ["código interno"], [], bounded=True)

    assert (found is not None) == guessed


def test_two_candidates_are_none():
    """Nobody knows which of two is meant."""
    table = pd.DataFrame({"cod a": ["A1", "A2", "A3"], "cod b": ["B1", "B2", "B3"]})

    assert by_content(table, list(table), [], bounded=True) is None


def test_corners_are_never_taken_for_plots(tmp_path):
    """Rows that may be corners of one plot stay without id, whatever their corners are called."""
    rows = [f"{name};{x};{y}" for name, x, y in [("V1", -76.1, -6.04), ("V2", -76.098, -6.04), ("V3", -76.098, -6.038)]]
    plots, findings = loaded(written(tmp_path, "a.csv", "Punto;longitud;latitud\n" + "\n".join(rows) + "\n"))

    assert plots.empty
    assert "id_by_content" not in codes(findings)
    assert by_content(pd.DataFrame({"tramo": ["V1", "V2", "V3"]}), ["tramo"], [], bounded=False) is None
