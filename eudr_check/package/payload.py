"""The statement as the EU Information System's interface takes it: `SubmitDdsRequest` of API V3, as XML and JSON.

Order, namespaces, cardinalities and lengths follow the Commission's Operator API Reference v1.0 (29 May 2026) and the
V3 service description. Everything is checked before a file is written: what the system would refuse, we refuse first.
"""

import base64
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

from lxml import etree

from eudr_check import law
from eudr_check.config import Harvest, Operator, Product
from eudr_check.errors import PackageError
from eudr_check.package import stamp
from eudr_check.text.clean import clean

DDS = "http://ec.europa.eu/tracesnt/certificate/eudr/due-diligence-statement/v3"
COMMON = "http://ec.europa.eu/tracesnt/certificate/eudr/common/v3"
NAMESPACES = {"dds": DDS, "eudrCommon": COMMON}
HS_DIGITS = 6
"""V3 takes at most six digits; scope is decided on the full code."""
EORI = re.compile(r"[A-Z]{2}[A-Za-z0-9]{1,15}")
SUPPLEMENTARY_UNITS = ("010221", "010229", "4011", "4013", "4403", "4406", "4408", "4410", "4411", "4412", "4413",
                       "4701", "4702", "4704", "4705")  # fmt: skip
"""Headings for which import and export need a supplementary unit, which a harvest cannot declare yet."""


@dataclass(frozen=True)
class Producer:
    """One producer entry: country, name and the GeoJSON of its plots."""

    country: str
    name: str | None
    geojson: bytes


def fact_faults(harvest: Harvest) -> list[str]:
    """Everything in the harvest's operator and product that the EU system would refuse, each with its remedy."""
    if harvest.operator is None or harvest.product is None:
        return ["operator and product are needed for a statement; add both to the harvest YAML"]
    day = law.market_day(stamp.day(harvest))
    return [*_operator_faults(harvest.operator), *_product_faults(harvest.product, harvest.commodity, day)]


def document(
    operator: Operator, product: Product, producers: Sequence[Producer], *, net_mass_kg: float, reference: str
) -> dict[str, Any]:
    """The request as nested names and values, in the order the interface wants.

    Args:
        operator: who places the product on the market.
        product: what is placed on the market.
        producers: at most 1,000.
        net_mass_kg: net mass of this statement, kg, six decimals at most.
        reference: internal reference number, 35 characters at most.
    """
    european = operator.country_of_activity or (operator.country if operator.country in law.EU_COUNTRIES else None)
    commodity: dict[str, Any] = {
        "position": 1,
        "descriptors": {
            "descriptionOfGoods": clean(product.description),
            "goodsMeasure": {"netWeight": _decimal(net_mass_kg)},
        },
        "hsHeading": _digits(product.hs_code)[:HS_DIGITS],
    }
    species = {"scientificName": product.scientific_name, "commonName": product.common_name}
    if any(species.values()):
        commodity["speciesInfo"] = [{key: clean(value) for key, value in species.items() if value}]
    commodity["producers"] = [
        {"position": position, "country": producer.country}
        | ({"name": producer.name} if producer.name else {})
        | {"geometryGeojson": base64.b64encode(producer.geojson).decode("ascii")}
        for position, producer in enumerate(producers, start=1)
    ]
    statement: dict[str, Any] = {"internalReferenceNumber": reference, "activityType": operator.activity}
    if european is not None:
        statement["countryOfActivity"] = european
        statement["borderCrossCountry"] = european
    statement["commodities"] = [commodity]
    statement["geoLocationConfidential"] = False
    return {"operatorRole": "OPERATOR", "statement": statement}


def xml(request: Mapping[str, Any], *, draft: bool) -> bytes:
    """The request as `SubmitDdsRequest`, proved against our schema of API V3.

    Raises:
        PackageError: the schema refuses it; names element and reason.
    """
    root = etree.Element(f"{{{DDS}}}SubmitDdsRequest", nsmap=NAMESPACES)
    if draft:
        root.append(etree.Comment(" DRAFT: not to be submitted "))
    _append(root, request)
    fault = next(schema_faults(root), None)
    if fault is not None:
        raise PackageError(f"dds.xml would be refused: {fault}; correct operator or product in the harvest YAML")
    etree.indent(root)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def schema_faults(root: Any) -> Iterator[str]:
    """What our schema of API V3 refuses in a `SubmitDdsRequest` element."""
    schema = _schema()
    if not schema.validate(root):
        for entry in schema.error_log:
            yield re.sub(r"\{[^}]*\}", "", entry.message)[:300]
    for geometry in root.iter(f"{{{DDS}}}geometryGeojson"):
        # libxml2 skips characters outside the base64 alphabet, so the schema alone does not see them.
        try:
            base64.b64decode(geometry.text or "", validate=True)
        except ValueError:
            yield f"line {geometry.sourceline}: geometryGeojson is not base64"


_COMMON_ELEMENTS = frozenset(
    {"descriptionOfGoods", "goodsMeasure", "netWeight", "percentageEstimationOrDeviation", "supplementaryUnit",
     "supplementaryUnitQualifier", "groupedDeclaration"}
)  # fmt: skip


def _append(parent: Any, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            child = etree.SubElement(parent, f"{{{COMMON if name in _COMMON_ELEMENTS else DDS}}}{name}")
            if isinstance(item, Mapping):
                _append(child, item)
            else:
                child.text = str(item).lower() if isinstance(item, bool) else str(item)


@cache
def _schema() -> Any:
    with as_file(files(__package__).joinpath("dds_v3")) as folder:
        return etree.XMLSchema(etree.parse(str(folder / "due-diligence-statement.xsd")))


def _operator_faults(operator: Operator) -> Iterator[str]:
    if not clean(operator.name):
        yield "operator.name is empty; write the name of the undertaking"
    if not operator.address:
        yield "operator.address is missing; Annex II, point 1 asks for name and address"
    european = operator.country in law.EU_COUNTRIES or operator.country == "XI"
    if operator.activity in ("IMPORT", "EXPORT") and not operator.eori:
        yield f"operator.eori is missing; {operator.activity} needs one"
    if operator.eori and not EORI.fullmatch(operator.eori):
        yield f"operator.eori '{operator.eori}' is no EORI: two letters of the country and up to 15 letters or digits"
    if operator.activity != "IMPORT" and not european:
        yield f"operator.country {operator.country} lies outside the Union; such an operator may only use IMPORT"
    where = operator.country_of_activity
    if where is not None and where not in law.EU_COUNTRIES and where != "XI":
        yield f"operator.country_of_activity {where} must be one of the 27 Union countries or XI (Greece is GR)"
    if where is None and not european:
        yield "operator.country_of_activity is missing; name the Union country of the market"
    if operator.activity == "DOMESTIC":
        yield "operator.activity DOMESTIC needs a deviation in percent, which a harvest cannot declare; use IMPORT"


def _product_faults(product: Product, commodity: str, day: dt.date) -> Iterator[str]:
    digits = _digits(product.hs_code)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        yield f"product.hs_code '{product.hs_code}' must have four to ten digits"
        return
    entry = law.entry_of(digits, day)
    if entry is None:
        yield _out_of_scope(product.hs_code, digits, day)
    elif entry.commodity != commodity:
        yield f"product.hs_code {product.hs_code} belongs to {entry.commodity}, but the harvest is {commodity}"
    if digits.startswith(SUPPLEMENTARY_UNITS):
        yield f"product.hs_code {product.hs_code} needs a supplementary unit, which a harvest cannot declare"
    if not clean(product.description):
        yield "product.description is empty; write the trade name"
    if not product.net_mass_kg > 0:
        yield f"product.net_mass_kg is {product.net_mass_kg:g}; a statement needs a net mass above zero"
    elif product.net_mass_kg >= 1e10:
        yield f"product.net_mass_kg is {product.net_mass_kg:g}; the system takes 16 digits, six of them decimals"
    if commodity == "wood" and not (product.scientific_name and product.common_name):
        yield "product.scientific_name and product.common_name are both needed for wood"
    for key in ("scientific_name", "common_name"):
        if len(getattr(product, key) or "") > 200:
            yield f"product.{key} is longer than 200 characters"


def _out_of_scope(written: str, digits: str, day: dt.date) -> str:
    later = law.entry_of(digits, dt.date.max)
    if later is not None:
        return f"product.hs_code {written} is in Annex I only from {later.valid_from}; no statement is due on {day}"
    longer = sorted(entry.code for entry in law.annex_i(day) if entry.code.startswith(digits))
    if longer:
        return f"product.hs_code {written} is too short; Annex I names {', '.join(longer[:4])}"
    return f"product.hs_code {written} is not in Annex I on {day}; no statement is due for it"


def _digits(hs_code: str) -> str:
    return hs_code.replace(" ", "").replace(".", "")


def _decimal(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
