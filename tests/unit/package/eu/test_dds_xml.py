"""The payload has the structure of the Commission's sample, and what the system would refuse is refused first."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from eudr_check.choices import LANGUAGES
from eudr_check.package.eu import dds_xml
from eudr_check.package.eu.dds_xml import Producer
from tests.helpers import package_tables as six

OPERATOR = {"name": "Ejemplo BV", "country": "NL", "address": "Kade 1", "eori": "NL000000000"}
PRODUCT = {"hs_code": "0901 11", "description": "Green coffee", "net_mass_kg": 5760}


def request_xml(producers: list[Producer] | None = None, **product: Any) -> Any:
    harvest = six.harvest(product=PRODUCT | {"scientific_name": "Coffea arabica", "common_name": "Coffee"} | product)
    producers = producers or [Producer("PE", "norte", b"{}")]
    lines = [dds_xml.Line(harvest.goods[0], 200.5, None, producers)]
    content = dds_xml.document(harvest, lines, reference="pe-coffee-001", border_country="BE")
    return etree.fromstring(dds_xml.xml(content, draft=False))


def test_structure_is_that_of_the_sample_request(shared_data: Path) -> None:
    """Names, namespaces and order are the sample's, element by element; the sample adds a unit only wood needs."""
    path = shared_data.parent / "reference" / "eu" / "v3_submitDds_request_sample.xml"
    sample = next(etree.parse(str(path)).iter(f"{{{dds_xml.DDS}}}SubmitDdsRequest"))
    wood = {"supplementaryUnit", "supplementaryUnitQualifier"}

    def structure(element: Any) -> Any:
        kept = [child for child in element if etree.QName(child).localname not in wood]
        return element.tag, [structure(child) for child in kept]

    assert structure(request_xml()) == structure(sample)


def test_published_schema_fragment_accepts_ours(shared_data: Path) -> None:
    """The three types quoted from the live schema, closed with types of ours, validate our statement."""
    path = shared_data.parent / "reference" / "eu" / "v3_dds_types_fragment.xsd"
    schema = etree.parse(str(path)).getroot()
    xs = "{http://www.w3.org/2001/XMLSchema}"
    species = etree.SubElement(schema, f"{xs}complexType", name="SpeciesInformationType")
    sequence = etree.SubElement(species, f"{xs}sequence")
    for name in ("scientificName", "commonName"):
        etree.SubElement(sequence, f"{xs}element", name=name, type="xs:string")
    etree.SubElement(schema, f"{xs}element", name="statement", type="dds:DueDiligenceStatementBaseType")
    common = etree.Element(
        f"{xs}schema", nsmap=dict(schema.nsmap), targetNamespace=dds_xml.COMMON, elementFormDefault="qualified"
    )
    for name in ("InternalReferenceNumberType", "ActivityType", "EuropeanCountryType", "EditorialCommentType",
                 "HSHeadingType", "CountryType"):  # fmt: skip
        simple = etree.SubElement(common, f"{xs}simpleType", name=name)
        etree.SubElement(simple, f"{xs}restriction", base="xs:string")
    for name in ("EconomicOperatorIdentificationType", "GroupedDeclarationsType", "CommercialDescriptionType"):
        loose = etree.SubElement(etree.SubElement(common, f"{xs}complexType", name=name), f"{xs}sequence")
        etree.SubElement(loose, f"{xs}any", processContents="skip", minOccurs="0", maxOccurs="unbounded")

    class Common(etree.Resolver):
        def resolve(self, url: str, public: str, context: Any) -> Any:
            return self.resolve_string(etree.tostring(common), context) if url.endswith("common.xsd") else None

    schema.insert(0, etree.Element(f"{xs}import", namespace=dds_xml.COMMON, schemaLocation="common.xsd"))
    parser = etree.XMLParser()
    parser.resolvers.add(Common())
    compiled = etree.XMLSchema(etree.fromstring(etree.tostring(schema), parser))

    compiled.assertValid(request_xml().find(f"{{{dds_xml.DDS}}}statement"))


def test_geometry_comes_back_from_base64() -> None:
    """Each producer carries the GeoJSON of its own plots, byte for byte."""
    root = request_xml([Producer("PE", "norte", "{ñ}".encode()), Producer("BR", None, b"{}")])
    sent = [base64.b64decode(g.text) for g in root.iter(f"{{{dds_xml.DDS}}}geometryGeojson")]

    assert sent == ["{ñ}".encode(), b"{}"]


def test_only_six_digits_travel() -> None:
    """V3 takes six digits at most; the full code decides scope before."""
    assert request_xml(hs_code="0901.11.00").findtext(".//{*}hsHeading") == "090111"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"product": PRODUCT | {"hs_code": "1801"}}, "belongs to cocoa, but the harvest is coffee"),
        ({"product": PRODUCT | {"hs_code": "0902"}}, "not in Annex I"),
        ({"product": PRODUCT | {"hs_code": "2101 11 00"}}, "only from 2027-12-30"),
        ({"product": PRODUCT | {"hs_code": "coffee"}}, "four to ten digits"),
        ({"product": PRODUCT | {"net_mass_kg": 0}}, "net mass above zero"),
        ({"product": PRODUCT | {"net_mass_kg": float("nan")}}, "net mass above zero"),
        ({"product": PRODUCT | {"net_mass_kg": 1e11}}, "16 digits"),
        ({"product": PRODUCT | {"description": " \n"}}, "description is empty"),
        ({"operator": OPERATOR | {"eori": None}}, "IMPORT needs one"),
        ({"operator": OPERATOR | {"eori": "12"}}, "is no EORI"),
        ({"operator": OPERATOR | {"country": "PE"}}, "country_of_activity is missing"),
        ({"operator": OPERATOR | {"country": "PE", "country_of_activity": "PE"}}, "27 Union countries"),
        (
            {"operator": OPERATOR | {"country": "PE", "activity": "EXPORT", "country_of_activity": "NL"}},
            "only use IMPORT",
        ),
        ({"operator": OPERATOR | {"country_of_activity": "EL"}}, "Greece is GR"),
        ({"operator": OPERATOR | {"activity": "DOMESTIC"}}, "deviation_percent is missing"),
        ({"operator": OPERATOR | {"activity": "DOMESTIC"}}, "border_country NL contradicts DOMESTIC"),
        (
            {
                "operator": OPERATOR | {"activity": "DOMESTIC"},
                "border_country": None,
                "product": PRODUCT | {"deviation_percent": 51},
            },
            "between 0 and 25",
        ),
        ({"product": PRODUCT | {"deviation_percent": 5}}, "deviation_percent 5 is not allowed for IMPORT"),
        ({"confidential": None}, "true: plots are not disclosed down the supply chain; false: every later"),
        ({"border_country": None}, "border_country is missing; write the country of entry"),
        ({"border_country": None, "operator": OPERATOR | {"activity": "EXPORT"}}, "the country of exit"),
        ({"border_country": "PE"}, "border_country PE must be one of the 27"),
        ({"border_country": "EL"}, "Greece is GR"),
        ({"operator": OPERATOR | {"eori": "PE20512345678"}}, "must begin with a Union country"),
        ({"operator": OPERATOR | {"email": "josé@ejemplo.pe"}}, "operator.email 'josé@ejemplo.pe'"),
        ({"operator": OPERATOR | {"representative": {"name": "R", "country": "NL"}}}, "given by its parts"),
        ({"operator": OPERATOR | {"representative": {"name": "R", "country": "PE"}}}, "lies outside the Union"),
        (
            {
                "operator": OPERATOR
                | {"country": "PE", "country_of_activity": "NL", "identifiers": [{"type": "tin", "value": "1"}]}
            },
            "identifiers tin is not allowed",
        ),
        ({"commodity": "soya", "product": PRODUCT | {"hs_code": "1201"}}, "no longer offered"),
        ({"product": PRODUCT | {"supplementary_unit": 3}}, "has none; take it out"),
        ({"product": PRODUCT | {"supplementary_unit_qualifier": "NAR"}}, "supplementary_unit is missing beside"),
        ({"commodity": "cattle", "product": PRODUCT | {"hs_code": "0102 29"}}, "its quantity in NAR"),
        (
            {
                "commodity": "rubber",
                "product": PRODUCT
                | {"hs_code": "4011", "supplementary_unit": 3, "supplementary_unit_qualifier": "MTQ"},
            },
            "contradicts HS code 4011; write NAR",
        ),
        ({"product": None, "products": [PRODUCT, {**PRODUCT, "hs_code": "1801"}]}, "products.1.hs_code 1801 belongs"),
        ({"commodity": "wood", "product": PRODUCT | {"hs_code": "4407"}}, "both needed for wood"),
        ({"commodity": "wood", "product": PRODUCT | {"hs_code": "4403 11"}}, "supplementary unit"),
    ],
)
def test_what_the_system_would_refuse_is_refused_first(changes: dict[str, Any], told: str) -> None:
    """Each wrong fact is named with its remedy."""
    faults = dds_xml.fact_faults(six.harvest(**changes))

    assert any(told in fault for fault in faults), faults
    assert not [fault for fault in faults for language in LANGUAGES[1:] if fault.in_language(language) == fault]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"product": PRODUCT | {"hs_code": "0901"}}, ["hs_short"]),
        ({"product": PRODUCT | {"hs_code": "0901 11"}}, []),
        ({"commodity": "cattle", "product": PRODUCT | {"hs_code": "0102 29 05"}}, ["hs_mapped"]),
        ({"commodity": "wood", "product": PRODUCT | {"hs_code": "4407 11"}}, ["unit_unsure"]),
        ({"commodity": "wood", "product": PRODUCT | {"hs_code": "4407 11", "supplementary_unit": 2}}, []),
        ({"product": None, "products": [PRODUCT, PRODUCT]}, ["same_hs"]),
        ({"operator": OPERATOR | {"country": "PE", "country_of_activity": "NL"}}, ["outside_union"]),
        (
            {
                "operator": OPERATOR | {"activity": "DOMESTIC"},
                "product": PRODUCT | {"deviation_percent": 30},
            },
            ["deviation_unsure"],
        ),
    ],
)
def test_what_sources_contradict_one_another_on_is_said(changes: dict[str, Any], codes: list[str]) -> None:
    """Nothing the public sources differ on is chosen in silence."""
    assert [one["code"] for one in dds_xml.doubts(six.harvest(**changes))] == codes


def test_right_facts_have_no_fault() -> None:
    """The plain harvest passes."""
    assert dds_xml.fact_faults(six.harvest()) == []


def test_schema_sees_what_is_too_long_or_no_base64() -> None:
    """Lengths and the base64 alphabet are proved before anything is written."""
    root = request_xml()
    root.find(".//{*}hsHeading").text = "0901110"
    root.find(".//{*}geometryGeojson").text = "@@@@"
    faults = list(dds_xml.schema_faults(root))

    assert any("0901110" in fault for fault in faults)
    assert any("not base64" in fault for fault in faults)


def test_hostile_names_stay_names() -> None:
    """Markup, quotes, directions and controls in names cannot become structure."""
    name = 'Ana <b>&"María" \u202emoc.live\n=cmd\x00'
    root = request_xml([Producer("PE", dds_xml.clean(name), json.dumps(name).encode())])

    assert root.findtext(".//{*}name") == 'Ana <b>&"María" moc.live =cmd'
