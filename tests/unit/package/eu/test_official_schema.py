"""What leaves as dds.xml is valid under the Commission's own schema of release 8.2.1, case by case."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from eudr_check import package
from eudr_check.package.eu import dds_xml
from tests.helpers import package_tables as six
from tests.helpers.official_schema import official_schema

ADDRESS = {"street": "Kade 1", "postal_code": "3011 AA", "city": "Rotterdam"}
OPERATOR = {"name": "Ejemplo BV", "country": "NL", "address": ADDRESS, "eori": "NL000000000"}
PRODUCT = {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 5760}
WOOD = {
    "hs_code": "4412 31",
    "description": "Plywood",
    "net_mass_kg": 9000.25,
    "supplementary_unit": 18.5,
    "species": [
        {"scientific_name": "Cedrela odorata", "common_name": "Cedro"},
        {"scientific_name": "Swietenia macrophylla", "common_name": "Caoba"},
        {"scientific_name": "Virola sebifera", "common_name": "Cumala"},
    ],
}
CASES: dict[str, dict[str, Any]] = {
    "coffee import by polygon and point": {},
    "cocoa export": {
        "commodity": "cocoa",
        "operator": OPERATOR | {"activity": "EXPORT"},
        "product": PRODUCT | {"hs_code": "1801 00", "description": "Cocoa beans"},
    },
    "wood with three species and cubic metres": {"commodity": "wood", "product": WOOD},
    "live cattle by number": {
        "commodity": "cattle",
        "product": {"hs_code": "0102 29 05", "description": "Calves", "net_mass_kg": 9000, "supplementary_unit": 40},
    },
    "tyres by number": {
        "commodity": "rubber",
        "product": {"hs_code": "4011 10", "description": "Tyres", "net_mass_kg": 900, "supplementary_unit": 120},
    },
    "domestic with deviation": {
        "operator": OPERATOR | {"activity": "DOMESTIC"},
        "border_country": None,
        "product": PRODUCT | {"deviation_percent": 12.5},
    },
    "representative": {
        "operator": OPERATOR
        | {
            "representative": {"name": "Gemachtigde BV", "country": "NL"},
            "email": "eudr@ejemplo.example",
            "phone": "+31 10 000 0000",
            "identifiers": [{"type": "vat", "value": "NL000000000B01"}, {"type": "duns", "value": "000000000"}],
        }
    },
    "two commodity lines": {
        "product": None,
        "products": [PRODUCT, PRODUCT | {"hs_code": "0901 21", "description": "Roasted coffee", "net_mass_kg": 12.001}],
    },
    "not confidential": {"confidential": False},
}
MUST_HOLD = {
    "wood with three species and cubic metres": ("supplementaryUnitQualifier", ["MTQ"]),
    "live cattle by number": ("hsHeading", ["0102"]),
    "tyres by number": ("supplementaryUnitQualifier", ["NAR"]),
    "domestic with deviation": ("percentageEstimationOrDeviation", ["12.5"]),
    "representative": ("identifierType", ["eori", "vat", "duns"]),
    "two commodity lines": ("netWeight", ["5760", "12.001"]),
    "not confidential": ("geoLocationConfidential", ["false"]),
}


@pytest.mark.parametrize("case", CASES)
def test_written_payload_is_valid_under_the_official_schema(case: str, tmp_path: Path, shared_data: Path) -> None:
    """A whole package is written, and its dds.xml passes the Commission's schema and says what was declared."""
    changes = CASES[case]
    harvest = six.harvest(**changes)
    cattle = changes.get("commodity") == "cattle"
    plots = six.plots(commodity=harvest.commodity, **({"declared_area_ha": [None] * 6} if cattle else {}))
    animals = six.animals(("G1", "low", list(plots.index))) if cattle else None
    package.write(tmp_path, package.PackageInput(**six.package(harvest=harvest, plots=plots), animals=animals))
    root = etree.parse(str(six.statement(tmp_path) / "dds.xml")).getroot()
    schema = official_schema(shared_data)
    name, values = MUST_HOLD.get(case, ("borderCrossCountry", ["NL"]))

    assert schema.validate(root), schema.error_log
    assert [element.text for element in root.iter(f"{{*}}{name}")] == values
    domestic = case == "domestic with deviation"
    assert bool(root.findall(".//{*}borderCrossCountry")) is not domestic


def test_grouping_statement_is_valid_under_the_official_schema(shared_data: Path) -> None:
    """A statement that groups two filed ones names each by its reference number alone."""
    harvest = six.harvest()
    line = dds_xml.Line(harvest.goods[0], 36000.5, None, [dds_xml.Producer("PE", "norte", b"{}")])
    numbers = ["26NL000000AQ2S", "26NL000000AQ3S"]
    request = dds_xml.document(harvest, [line], reference="p.G", border_country="NL", grouped=numbers)
    root = etree.fromstring(dds_xml.xml(request, draft=False))
    schema = official_schema(shared_data)

    assert schema.validate(root), schema.error_log
    assert [element.text for element in root.iter("{*}groupedDeclaration")] == numbers


def test_official_schema_refuses_what_it_should(shared_data: Path) -> None:
    """The schema in use can say no: a country of activity outside the Union is refused."""
    harvest = six.harvest()
    line = dds_xml.Line(harvest.goods[0], 1.0, None, [dds_xml.Producer("PE", None, b"{}")])
    request = dds_xml.document(harvest, [line], reference="p", border_country="NL")
    root = etree.fromstring(dds_xml.xml(request, draft=False))
    root.find(".//{*}countryOfActivity").text = "PE"

    assert not official_schema(shared_data).validate(root)


def test_json_and_xml_say_the_same(tmp_path: Path) -> None:
    """Country of activity and of the border, kilograms and code stand in dds.json as they are sent."""
    package.write(tmp_path, package.PackageInput(**six.package(harvest=six.harvest(border_country="BE"))))
    root = etree.parse(str(six.statement(tmp_path) / "dds.xml")).getroot()
    told = pd.read_json(six.statement(tmp_path) / "dds.json", typ="series")

    assert told["operator"]["country_of_activity"] == root.findtext(".//{*}countryOfActivity") == "NL"
    assert told["operator"]["border_country"] == root.findtext(".//{*}borderCrossCountry") == "BE"
    assert told["products"][0]["hs_heading"] == root.findtext(".//{*}hsHeading") == "090111"
    assert told["products"][0]["net_mass_kg"] == float(root.findtext(".//{*}netWeight"))
    assert told["statement"]["reference"] == root.findtext(".//{*}internalReferenceNumber")
    assert root.findtext(".//{*}geoLocationConfidential") == str(told["confidential"]).lower()
