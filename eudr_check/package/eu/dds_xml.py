"""The statement as the EU Information System's interface takes it: `SubmitDdsRequest` of API V3, as XML and JSON.

Order, namespaces, cardinalities and lengths follow the interface of release 8.2.1 (WSDL and XSD of 4 September 2026)
and the Commission's Operator API Reference v1.0 (29 May 2026). Everything is checked before a file is written: what the
system would refuse, we refuse first.
"""

import base64
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from eudr_check import interface, law
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.interface import COMMON, DDS
from eudr_check.package import document_date
from eudr_check.package.eu import goods
from eudr_check.package.eu.elements import append
from eudr_check.package.eu.goods import facts
from eudr_check.records import Element
from eudr_check.text import Sentence, sentence
from eudr_check.text.clean import clean
from eudr_check.trade import Address, Operator, Product

NAMESPACES = {"dds": DDS, "eudrCommon": COMMON}
EORI = re.compile(r"[A-Z]{2}[A-Za-z0-9]{1,15}")
EMAIL = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}")
MOST_LINES_SURE = 100
"""Commodity lines that every source allows; the schema and the FAQ allow 200."""


@dataclass(frozen=True)
class Producer:
    """One producer entry: country, name and the GeoJSON of its plots."""

    country: str
    name: str | None
    geojson: bytes


@dataclass(frozen=True)
class Line:
    """One commodity line of a statement."""

    product: Product
    net_mass_kg: float | None
    supplementary_unit: float | None
    producers: Sequence[Producer]
    """At most 1,000; none in a statement that groups others."""


def fact_faults(harvest: Harvest) -> list[Sentence]:
    """Everything in operator, products and their keys that the EU system would refuse, each with its remedy."""
    if harvest.operator is None or not harvest.goods:
        return [facts("nothing_given")]
    return [*_operator_faults(harvest.operator), *_harvest_faults(harvest), *_goods_faults(harvest, harvest.operator)]


def doubts(harvest: Harvest) -> list[dict[str, object]]:
    """What public sources contradict one another on for this harvest: code and values, for the reader to know."""
    if harvest.operator is None:
        return []
    day = law.market_day(document_date.day(harvest))
    found: list[dict[str, Any]] = []
    for product in harvest.goods:
        found += goods.doubts(product, harvest.operator.activity, day)
    if len(harvest.goods) > MOST_LINES_SURE:
        found.append({"code": "lines_unsure", "lines": len(harvest.goods)})
    headings = [goods.hs_heading(product.hs_code) for product in harvest.goods]
    if len(set(headings)) < len(headings):
        found.append({"code": "same_hs"})
    if not _in_union(harvest.operator.country) and harvest.operator.representative is None:
        found.append({"code": "outside_union", "country": harvest.operator.country})
    return found


def country_of_activity(operator: Operator) -> str | None:
    """Where the economic activity takes place: as declared, else the operator's country where that is in the Union."""
    return operator.country_of_activity or (operator.country if _in_union(operator.country) else None)


def document(
    harvest: Harvest,
    lines: Sequence[Line],
    *,
    reference: str,
    border_country: str | None,
    grouped: Sequence[str] = (),
) -> dict[str, object]:
    """The request as nested names and values, in the order the interface wants.

    Args:
        harvest: gives operator and confidentiality, both without fault.
        lines: what is placed on the market.
        reference: internal reference number, 35 characters at most.
        border_country: country of entry or exit; None for DOMESTIC.
        grouped: reference numbers of statements this one groups.
    """
    operator = harvest.operator
    assert operator is not None and harvest.confidential is not None  # `fact_faults` found nothing to say
    day = law.market_day(document_date.day(harvest))
    statement: dict[str, Any] = {"internalReferenceNumber": reference, "activityType": operator.activity}
    if operator.representative is not None:
        statement["representedOperator"] = represented(operator)
    places = {"countryOfActivity": country_of_activity(operator), "borderCrossCountry": border_country}
    statement |= {name: place for name, place in places.items() if place is not None}
    statement["commodities"] = [_commodity(line, position, day) for position, line in enumerate(lines, start=1)]
    statement["geoLocationConfidential"] = harvest.confidential
    if grouped:
        statement["groupedDeclarations"] = [{"groupedDeclaration": number} for number in grouped]
    role = "OPERATOR" if operator.representative is None else "REPRESENTATIVE_OPERATOR"
    return {"operatorRole": role, "statement": statement}


def _commodity(line: Line, position: int, day: dt.date) -> dict[str, Any]:
    product = line.product
    measured = product.model_copy(update={"supplementary_unit": line.supplementary_unit})
    amounts = {
        "percentageEstimationOrDeviation": product.deviation_percent,
        "netWeight": line.net_mass_kg,
        "supplementaryUnit": line.supplementary_unit,
    }
    measure: dict[str, Any] = {name: decimal(value) for name, value in amounts.items() if value is not None}
    qualifier = goods.qualifier_of(measured, day)
    if qualifier is not None:
        measure["supplementaryUnitQualifier"] = qualifier
    content: dict[str, Any] = {
        "position": position,
        "descriptors": {"descriptionOfGoods": clean(product.description), "goodsMeasure": measure},
        "hsHeading": goods.hs_heading(product.hs_code),
    }
    names = [
        {"scientificName": clean(one.scientific_name or ""), "commonName": clean(one.common_name or "")}
        for one in product.all_species
    ]
    if names:
        content["speciesInfo"] = [{key: name for key, name in one.items() if name} for one in names]
    producers = [
        {"position": place, "country": producer.country}
        | ({"name": producer.name} if producer.name else {})
        | {"geometryGeojson": base64.b64encode(producer.geojson).decode("ascii")}
        for place, producer in enumerate(line.producers, start=1)
    ]
    return content | ({"producers": producers} if producers else {})


def represented(operator: Operator) -> dict[str, object]:
    """The operator for whom a representative files."""
    numbers = [("eori", operator.eori)] if operator.eori else []
    numbers += [(one.type, one.value) for one in operator.identifiers]
    fields: dict[str, Any] = {
        "operatorReferenceNumber": [
            {"identifierType": kind, "identifierValue": clean(number)} for kind, number in numbers
        ]
    }
    if isinstance(operator.address, Address):
        fields["operatorAddress"] = {
            "country": operator.country,
            "street": clean(operator.address.street),
            "postalCode": clean(operator.address.postal_code),
            "city": clean(operator.address.city),
        }
    if operator.email:
        fields["operatorEmail"] = operator.email
    if operator.phone:
        fields["operatorPhone"] = clean(operator.phone)
    return fields | {"operatorName": clean(operator.name)}


def xml(request: Mapping[str, object], *, draft: bool) -> bytes:
    """The request as `SubmitDdsRequest`, proved against our schema of API V3.

    Raises:
        PackageError: the schema refuses it; names element and reason.
    """
    root = etree.Element(f"{{{DDS}}}SubmitDdsRequest", nsmap=NAMESPACES)
    if draft:
        root.append(etree.Comment(" DRAFT: not to be submitted "))
    append(root, request, DDS)
    fault = next(schema_faults(root), None)
    if fault is not None:
        raise PackageError(sentence("refusals", "dds_refused", problem=fault))
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def schema_faults(root: Element) -> Iterator[Sentence]:
    """What our schema of API V3 refuses in a `SubmitDdsRequest` element."""
    schema = interface.schema("dds")
    if not schema.validate(root):
        for entry in schema.error_log:
            said = re.sub(r"\{[^}]*\}", "", entry.message)[:300]
            yield sentence("differences", "schema_says", problem=said)
    for geometry in root.iter(f"{{{DDS}}}geometryGeojson"):
        # libxml2 skips characters outside the base64 alphabet, so the schema alone does not see them.
        try:
            base64.b64decode(geometry.text or "", validate=True)
        except ValueError:
            yield sentence("differences", "not_base64", line=geometry.sourceline)


def _in_union(country: str) -> bool:
    """Whether a country is one of the 27, or Northern Ireland."""
    return country in law.EU_COUNTRIES or country == "XI"


def _operator_faults(operator: Operator) -> Iterator[Sentence]:
    if not clean(operator.name):
        yield facts("name_empty")
    if not operator.address:
        yield facts("address_missing")
    if operator.email is not None and not (EMAIL.fullmatch(operator.email) and len(operator.email) <= 200):
        yield facts("email_form", value=operator.email)
    if operator.activity in ("IMPORT", "EXPORT") and not operator.eori:
        yield facts("eori_missing", activity=operator.activity)
    if operator.eori and not EORI.fullmatch(operator.eori):
        yield facts("eori_form", value=operator.eori)
    elif operator.eori and not _in_union(operator.eori[:2]):
        yield facts("eori_country", value=operator.eori)
    where = operator.country_of_activity
    if where is not None and not _in_union(where):
        yield facts("not_in_union", key="operator.country_of_activity", value=where)
    if not _in_union(operator.country):
        yield from _foreign_faults(operator)
    if operator.representative is not None:
        yield from _representative_faults(operator)


def _foreign_faults(operator: Operator) -> Iterator[Sentence]:
    """What does not go for an operator outside the Union."""
    if operator.activity != "IMPORT":
        yield facts("outside_activity", country=operator.country)
    if operator.country_of_activity is None:
        yield facts("outside_files", country=operator.country)
    for one in operator.identifiers:
        if one.type in ("tin", "cbr"):
            yield facts("outside_identifier", country=operator.country, type=one.type)


def _representative_faults(operator: Operator) -> Iterator[Sentence]:
    assert operator.representative is not None
    if not _in_union(operator.representative.country):
        yield facts("representative_outside", country=operator.representative.country)
    if operator.address and not isinstance(operator.address, Address):
        yield facts("address_parts", value=operator.address)
    if len(operator.identifiers) + bool(operator.eori) > 12:
        yield facts("identifiers_many")


def _harvest_faults(harvest: Harvest) -> Iterator[Sentence]:
    assert harvest.operator is not None
    activity, border = harvest.operator.activity, harvest.border_country
    if harvest.confidential is None:
        yield facts("confidential_missing")
    if activity == "DOMESTIC" and border is not None:
        yield facts("border_domestic", value=border)
    elif activity != "DOMESTIC" and border is None and harvest.shipments is None:
        yield facts("border_entry" if activity == "IMPORT" else "border_exit")
    elif border is not None and not _in_union(border):
        yield facts("not_in_union", key="border_country", value=border)


def _goods_faults(harvest: Harvest, operator: Operator) -> Iterator[Sentence]:
    day = law.market_day(document_date.day(harvest))
    for number, product in enumerate(harvest.goods):
        key = f"products.{number}" if harvest.products else "product"
        yield from goods.faults(product, key, harvest.commodity, operator.activity, day)
        if product.net_mass_kg is None and harvest.deliveries is None:
            yield facts("mass_missing", key=key)
    if len(harvest.goods) > 1 and harvest.deliveries is not None and harvest.shipments is None:
        yield facts("lines_without_shipments", count=len(harvest.goods))


def decimal(value: float) -> str:
    """A quantity with six decimals at most."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
