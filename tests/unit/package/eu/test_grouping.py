"""A shipment the limits cut is grouped once all of its parts are filed, and never before."""

import datetime as dt
from pathlib import Path

from lxml import etree

from eudr_check.package.eu.grouping import groups
from eudr_check.shipments import Filed, Line, Shipment, Shipments
from tests.helpers import package_tables as six
from tests.helpers.official_schema import official_schema

SHIPPED = Shipments((Shipment("S1", (Line(0, {"A": None, "B": None}, 300.5, None),), "NL", None, "", "", ""),))
DAY = dt.date(2026, 12, 1)
FIRST = Filed("h.S1-A-0000000000", "26NL000000AQ2S", DAY, 100.5, "S1", {"A": 100.5})
SECOND = Filed("h.S1-B-0000000000", "26NL000000AQ3S", DAY, 200.0, "S1", {"B": 200.0})


def test_all_parts_filed_make_a_group(shared_data: Path) -> None:
    """Both parts have numbers: the group names them, declares the whole mass, and passes the official schema."""
    ((name, content),) = groups(six.harvest(), SHIPPED, (FIRST, SECOND), [])
    root = etree.fromstring(content)
    schema = official_schema(shared_data)

    assert name == "prueba-2026.S1"
    assert schema.validate(root), schema.error_log
    assert [element.text for element in root.iter("{*}groupedDeclaration")] == [FIRST.number, SECOND.number]
    assert root.findtext(".//{*}netWeight") == "300.5"


def test_a_part_that_is_not_filed_keeps_the_group_back() -> None:
    """One number of two, or none, makes no group; neither does a shipment filed in one piece."""
    whole = Filed("prueba-2026.S1", "26NL000000AQ2S", DAY, 300.5, "S1", {"A": 100.5, "B": 200.0})

    assert list(groups(six.harvest(), SHIPPED, (FIRST,), [])) == []
    assert list(groups(six.harvest(), SHIPPED, (), [])) == []
    assert list(groups(six.harvest(), SHIPPED, (whole,), [])) == []
