"""shipments.csv: each fault refuses its shipment by name with what to do, and leaves the others alone."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from eudr_check.documents.shipments import Shipments, read_shipments
from eudr_check.errors import ConfigError
from eudr_check.package.eu import shipments_json
from eudr_check.shipments import Filed, Withheld
from eudr_check.text import say
from tests.helpers import package_tables as six

HELD = {"A": 19500.0, "B": 600.25, "C/ñ 1": 100.0}
HEAD = "shipment,lots,net_mass_kg,product,border_country,date,container"
GOOD = "S0,C/ñ 1,,,,2026-11-09,EJIU1"


def read(folder: Path, *rows: str, head: str = HEAD, **changes: Any) -> Shipments:
    path = folder / "shipments.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_shipments(path, six.harvest(**changes), HELD)


def sentence(one: Withheld) -> str:
    return say("shipments", one.code, "en", **one.values)


def test_a_shipment_takes_lots_and_kilograms(tmp_path: Path) -> None:
    """A whole lot, a part of another, its papers, and the country of the harvest where the row names none."""
    (one,) = read(tmp_path, "S1,A; B=100.5,19200,0901 11,,2026-11-09,EJIU1").ready

    assert (one.name, one.net_mass_kg, one.border_country, one.date) == ("S1", 19200.0, "NL", dt.date(2026, 11, 9))
    assert dict(one.lines[0].lots) == {"A": None, "B": 100.5}
    assert one.container == "EJIU1"


def test_without_a_mass_a_shipment_is_what_its_lots_hold(tmp_path: Path) -> None:
    """An empty net mass is the kilograms of the lots, to the gram."""
    (one,) = read(tmp_path, "S1,B; C/ñ 1=50,,,,,").ready

    assert one.net_mass_kg == 650.25


def test_two_rows_of_a_shipment_are_two_commodity_lines(tmp_path: Path) -> None:
    """Each row names its product and its lots; the papers stand once."""
    goods = [
        {"hs_code": "0901 11", "description": "Green coffee"},
        {"hs_code": "0901 21", "description": "Roasted coffee"},
    ]
    found = read(tmp_path, "S1,A,19000,090111,,,X", "S1,B,600,Roasted coffee,,,X", product=None, products=goods)

    assert [line.product for line in found.ready[0].lines] == [0, 1]
    assert found.ready[0].net_mass_kg == 19600.0


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["S1,A; Z,100,,,,"], "lot 'Z' is in no delivery"),
        (["S1,,100,,,,"], "'lots' is empty"),
        ([",A,100,,,,"], "'shipment' is empty"),
        (["S1,A,19.5,,,,"], "net_mass_kg 19.5 looks like tonnes, for its lots hold 19500 kg; write kilograms"),
        (["S1,A,19501,,,,"], "is more than its lots hold (19500 kg)"),
        (["S1,B=100,100.01,,,,"], "is more than its lots hold (100 kg)"),
        (["S1,A,-5,,,,"], "'-5' is no number of kilograms"),
        (['S1,A,"19,200",,,,'], "'19,200' is no number of kilograms"),
        (["S1,A=742.125,700,,,,"], "'A=742.125' states no kilograms"),
        (["S1,A,19200 t,,,,"], "is no number of kilograms"),
        (["S1,A,1e4,,,,"], "is no number of kilograms"),
        (["S1,A=,100,,,,"], "'A=' is in no delivery"),
        (["S1,A=much,100,,,,"], "states no kilograms"),
        (["S1,A; A,100,,,,"], "lot 'A' stands twice"),
        (["S1,A,100,,PE,,"], "border_country 'PE' must be one of the 27"),
        (["S1,A,100,,,09/11/2026,"], "date '09/11/2026' is no date; write YYYY-MM-DD"),
        (["S1,A,100,1801,,,"], "product '1801' names no product of the harvest"),
        (["S1,A=100,100,,,,X", "S1,B=100,100,,,,Y"], "container 'Y' contradicts 'X'"),
        (["S1,A=100,100,,,,X", "S1,B=100,100,,,,X"], "two rows of the same product"),
        (["S1,B=600.26,600,,,,"], "take 600.26 kg of lot 'B', which holds 600.25 kg"),
        (["S1,A,100,,,,", "S2,A=100,100,,,,"], "state the kilograms each takes of it"),
        (["S1,B=300,300,,,,", "S2,B=300.26,300,,,,"], "S1, S2: take 600.26 kg of lot 'B'"),
    ],
)
def test_each_fault_refuses_its_shipment_and_no_other(tmp_path: Path, rows: list[str], told: str) -> None:
    """One sentence with file, shipment, value and remedy; the good shipment is still read."""
    found = read(tmp_path, GOOD, *rows)

    assert [one.name for one in found.ready] == ["S0"]
    assert found.refused
    for why in map(sentence, found.refused.values()):
        assert told in why
        assert why.startswith("shipments.csv") and "\n" not in why


def test_domestic_shipments_cross_no_border(tmp_path: Path) -> None:
    """A border country contradicts DOMESTIC; without one there is none to send."""
    operator = {"name": "Ejemplo BV", "country": "NL", "address": "Kade 1", "activity": "DOMESTIC"}
    found = read(tmp_path, "S1,A=100,100,,NL,,", "S2,B,600,,,,", operator=operator, border_country=None)

    assert "contradicts DOMESTIC" in sentence(found.refused["S1"])
    assert [(one.name, one.border_country) for one in found.ready] == [("S2", None)]


def test_each_shipment_has_its_own_supplementary_unit(tmp_path: Path) -> None:
    """The 120 tyres of the harvest are not those of each shipment: without a number of its own it is refused."""
    tyres = {"hs_code": "4011 10", "description": "Tyres", "net_mass_kg": 20000, "supplementary_unit": 120}
    head = "shipment,lots,net_mass_kg,supplementary_unit"
    found = read(tmp_path, "S1,A,19500,110", "S2,B,600,", head=head, commodity="rubber", product=tyres)

    assert [one.lines[0].supplementary_unit for one in found.ready] == [110.0]
    assert "supplementary_unit is missing" in sentence(found.refused["S2"])


def test_a_missing_border_country_is_asked_for(tmp_path: Path) -> None:
    """Neither row nor harvest names one: the shipment is refused, not guessed."""
    found = read(tmp_path, "S1,A,19200,,,,", border_country=None)

    assert "border_country is missing; write the country of entry" in sentence(found.refused["S1"])


def test_a_file_without_its_columns_is_an_error(tmp_path: Path) -> None:
    """The whole file is refused where nobody can tell lots from masses."""
    with pytest.raises(ConfigError, match="no column lots"):
        read(tmp_path, "S1,100", head="shipment,net_mass_kg")


def test_what_a_package_keeps_comes_back_the_same(tmp_path: Path) -> None:
    """A verifier reads the very shipments and filed statements the writer knew."""
    found = read(tmp_path, GOOD, "S1,A; B=100.5,19200,,,,X", "S2,Z,1,,,,")
    filed = (Filed("h.S9", "26NL000000AQ2S", dt.date(2026, 11, 1), 5.5, "S9", {"A": 5.5}),)

    assert shipments_json.from_content(shipments_json.content(found, filed)) == (found, filed)
    assert shipments_json.content(None, ()) is None
