"""The simplified declaration as the EU Information System takes it: `SubmitSdRequest`, or `UpdateSdRequest`, of API V3.

Order, namespaces, cardinalities and lengths follow the interface of release 8.2.1 (WSDL and XSD of 4 September 2026).
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml import etree

from eudr_check import interface, law
from eudr_check.config import Harvest
from eudr_check.errors import PackageError
from eudr_check.interface import COMMON, SD
from eudr_check.package import document_date
from eudr_check.package.eu import dds_xml, goods
from eudr_check.package.eu.elements import append
from eudr_check.package.eu.goods import facts
from eudr_check.text import Joined, Sentence, sentence
from eudr_check.text.clean import clean
from eudr_check.trade import Product, Simplified

NAMESPACES = {"sd": SD, "eudrCommon": COMMON}


def reference(harvest: Harvest) -> str:
    """Internal reference of 14 characters at most: the name of the harvest, or what stands for a longer one."""
    if len(harvest.harvest) <= 14:
        return harvest.harvest
    return f"SD{hashlib.sha256(harvest.harvest.encode()).hexdigest()[:12].upper()}"


def obligation(harvest: Harvest, countries: Sequence[str]) -> law.Obligation:
    """Who files what for the yearly produce of a harvest.

    Args:
        harvest: gives operator and product.
        countries: countries of production of all its plots.
    """
    operator = harvest.operator
    assert operator is not None
    # A declaration speaks of all years to come, so the last day on which a duty begins is the one that counts.
    placed = max(law.market_day(document_date.day(harvest)), law.legal_day("small_application"))
    return law.obligation(
        law.Case(
            harvest.goods[0].hs_code,
            tuple(sorted(set(countries))),
            placed,
            None,
            operator.size,
            operator.established,
            operator.role,
            operator.country,
            harvest.concern is not None,
        )
    )


def faults(harvest: Harvest, countries: Sequence[str]) -> list[Sentence]:
    """Why no simplified declaration may be filed or would be taken, each with key, value and remedy."""
    if harvest.simplified is None:
        return [facts("simplified_missing")]
    if harvest.operator is None or not harvest.goods:
        return [facts("simplified_nothing")]
    found = list(_quantity_faults(harvest.simplified, harvest.goods))
    if not found:
        found = dds_xml.fact_faults(yearly(harvest))
    rules = obligation(harvest, countries)
    if "small_primary" not in rules.reasons:
        primary = [sentence("law", code) for code in rules.reasons if code.startswith("primary_")]
        why = Joined(primary) if primary else facts("simplified_role", role=harvest.operator.role)
        found.append(facts("simplified_out", why=why))
    return found


def _quantity_faults(simplified: Simplified, products: Sequence[Product]) -> Iterator[Sentence]:
    codes = [product.hs_code for product in products]
    for key in ("annual_kg", "annual_units"):
        for code, quantity in getattr(simplified, key).items():
            if code not in codes:
                yield facts("simplified_code", key=key, code=code, known=", ".join(codes))
            elif not 0 < quantity < goods.MOST:
                yield facts("simplified_quantity", key=key, code=code, value=f"{quantity:g}")
    for code in codes:
        if code not in simplified.annual_kg:
            yield facts("simplified_unnamed", code=code)


def yearly(harvest: Harvest) -> Harvest:
    """The harvest with the estimated yearly quantities as quantities of its products."""
    simplified = harvest.simplified
    assert simplified is not None
    products = tuple(
        product.model_copy(
            update={
                "net_mass_kg": simplified.annual_kg[product.hs_code],
                "supplementary_unit": simplified.annual_units.get(product.hs_code),
            }
        )
        for product in harvest.goods
    )
    one = {"product": products[0]} if harvest.product is not None else {"products": products}
    return harvest.model_copy(update=one | {"deliveries": None, "shipments": None})


def document(harvest: Harvest, geojson: bytes | None) -> dict[str, object]:
    """The request as nested names and values, in the order the interface wants.

    Args:
        harvest: without `faults`.
        geojson: geolocation of all plots; None where addresses or cadastral identifiers stand for it.
    """
    operator, simplified = harvest.operator, harvest.simplified
    assert operator is not None and simplified is not None and harvest.confidential is not None
    statement: dict[str, Any] = {"internalReferenceNumber": reference(harvest), "activityType": operator.activity}
    if operator.representative is not None:
        statement["representedOperator"] = dds_xml.represented(operator)
    places = {
        "countryOfActivity": dds_xml.country_of_activity(operator),
        "borderCrossCountry": harvest.border_country,
    }
    statement |= {name: place for name, place in places.items() if place is not None}
    producer = {"producerPosition": 1, "producerCountry": operator.country, "producerName": clean(operator.name)}
    location = _location(simplified, geojson)
    statement["commodities"] = [
        _commodity(harvest, product, position) | {"producers": [producer | {"producerLocation": location}]}
        for position, product in enumerate(yearly(harvest).goods, start=1)
    ]
    statement["geoLocationConfidential"] = harvest.confidential
    if simplified.update_of is not None:
        return {"sdIdentifier": simplified.update_of, "statement": statement}
    role = "MICRO_OPERATOR" if operator.representative is None else "REPRESENTATIVE_MSPO"
    return {"operatorRole": role, "statement": statement}


def _commodity(harvest: Harvest, product: Product, position: int) -> dict[str, Any]:
    amounts = {
        "percentageEstimationOrDeviation": product.deviation_percent,
        "netWeight": product.net_mass_kg,
        "supplementaryUnit": product.supplementary_unit,
    }
    measure: dict[str, Any] = {name: dds_xml.decimal(value) for name, value in amounts.items() if value is not None}
    qualifier = goods.qualifier_of(product, law.market_day(document_date.day(harvest)))
    if qualifier is not None:
        measure["supplementaryUnitQualifier"] = qualifier
    return {
        "position": position,
        "descriptors": {"descriptionOfGoods": clean(product.description), "goodsMeasure": measure},
        "hsHeading": goods.hs_heading(product.hs_code),
    }


def _location(simplified: Simplified, geojson: bytes | None) -> dict[str, Any]:
    if simplified.addresses:
        return {
            "postalAddress": [
                {
                    "producerStreet": clean(one.street),
                    "producerPostalCode": clean(one.postal_code),
                    "producerCity": clean(one.city),
                }
                for one in simplified.addresses
            ]
        }
    if simplified.cadastral:
        return {"cadastralIdentifier": [clean(one) for one in simplified.cadastral]}
    assert geojson is not None
    return {"geometryGeojson": base64.b64encode(geojson).decode("ascii")}


def xml(request: Mapping[str, object], *, draft: bool) -> bytes:
    """The request as XML, proved against our schema of API V3.

    Raises:
        PackageError: the schema refuses it; names element and reason.
    """
    name = "UpdateSdRequest" if "sdIdentifier" in request else "SubmitSdRequest"
    root = etree.Element(f"{{{SD}}}{name}", nsmap=NAMESPACES)
    if draft:
        root.append(etree.Comment(" DRAFT: not to be submitted "))
    append(root, request, SD)
    schema = interface.schema("sd")
    if not schema.validate(root):
        fault = re.sub(r"\{[^}]*\}", "", schema.error_log[0].message)[:300]
        raise PackageError(sentence("refusals", "sd_refused", problem=fault))
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"
