"""The dated tables say what the acts say, and nothing where the acts are silent."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

from eudr_check import law

AFTER_START = dt.date(2027, 1, 15)


def test_annex_holds_the_same_codes_as_the_list_in_force(shared_data: Path) -> None:
    """Every code of the list of 18 September 2026 stands in ours with its commodity, extent and first day."""
    path = shared_data.parent / "reference" / "eu" / "annex_i_in_force_2026-09-18.csv"
    theirs = {
        (row["cn_code"], row["commodity"], row["ex"] == "1", row["valid_from"] or "2023-06-29")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
    entries = law.annex_i(dt.date(2027, 12, 30))

    assert {(e.code, e.commodity, e.extent == "part", e.valid_from.isoformat()) for e in entries} == theirs
    assert len(entries) == 93


def test_country_classes_are_those_of_the_act(shared_data: Path) -> None:
    """140 low and 4 high countries as listed, the other states standard."""
    path = shared_data.parent / "reference" / "eu" / "country_risk_2025_1093.csv"
    listed = [line.split(",") for line in path.read_text().split()[1:]]

    assert Counter(law.country_class(iso2, AFTER_START) for iso2, _ in listed) == {"low": 140, "high": 4}
    assert all(law.country_class(iso2, AFTER_START) == risk for iso2, risk in listed)


def test_neighbours_of_different_class_are_kept_apart() -> None:
    """Ghana is low, Cote d'Ivoire and Uganda are standard, Namibia's code is not read as missing."""
    classes = [law.country_class(iso2, AFTER_START) for iso2 in ("GH", "CI", "UG", "NA", "PE", "RU")]

    assert classes == ["low", "standard", "standard", "standard", "standard", "high"]


def test_territories_have_no_class() -> None:
    """The act settles nothing for territories, so neither do we."""
    assert [law.country_class(iso2, AFTER_START) for iso2 in ("HK", "GF", "ZZ", "")] == [None] * 4


def test_code_added_later_is_not_in_scope_yet() -> None:
    """Coffee extracts count from 30 December 2027 and not a day before."""
    assert law.product_commodity("21011100", dt.date(2027, 12, 29)) is None
    assert law.product_commodity("21011100", dt.date(2027, 12, 30)) == "coffee"


def test_codes_are_read_with_blanks_and_dots() -> None:
    """People write codes in groups."""
    assert [law.product_commodity(code, AFTER_START) for code in ("0901 11", "0901.21.00", "09", "1801")] == [
        "coffee",
        "coffee",
        None,
        "cocoa",
    ]


def test_nothing_is_due_before_general_application() -> None:
    """A harvest of spring 2026 is sold under the Annex of 30 December 2026 at the earliest."""
    assert law.market_day(dt.date(2026, 3, 1)) == dt.date(2026, 12, 30)
    assert law.market_day(dt.date(2027, 3, 1)) == dt.date(2027, 3, 1)
