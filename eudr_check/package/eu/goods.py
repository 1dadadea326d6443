"""One commodity line as the EU Information System takes it: code, unit, species, and what it would refuse."""

import csv
import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from eudr_check import law
from eudr_check.text.clean import clean
from eudr_check.trade import Product

HS_DIGITS = 6
"""V3 takes at most six digits; scope is decided on the full code."""
OFFERED = {"0102": "0102", "1201": "120190"}
"""Heading: the one code under it that the system offers since 18 September 2026."""
QUALIFIERS = ("KSD", "MTK", "MTQ", "MTR", "NAR", "NPR")
"""Units of DOMESTIC; import and export have those of the table."""
MOST = 1e10
SURE_DEVIATION, MOST_DEVIATION = 25.0, 50.0
"""Percent: sources agree up to the first, one allows the second."""


@dataclass(frozen=True)
class Unit:
    """The supplementary unit of a heading."""

    heading: str
    qualifier: str
    demanded: bool
    """False: public sources contradict one another."""
    valid_from: dt.date


def digits_of(hs_code: str) -> str:
    """The digits of a code, without blanks and dots."""
    return hs_code.replace(" ", "").replace(".", "")


def hs_heading(hs_code: str) -> str:
    """The code to send: the one the system offers, six digits at most.

    >>> hs_heading("0901.11.00"), hs_heading("0102 29 05")
    ('090111', '0102')
    """
    digits = digits_of(hs_code)
    if digits.startswith("0102"):
        return OFFERED["0102"]
    return digits[:HS_DIGITS]


def unit_of(hs_code: str, on: dt.date) -> Unit | None:
    """The supplementary unit of a code on a day; None where it has none."""
    digits = digits_of(hs_code)
    return next((unit for unit in _units() if digits.startswith(unit.heading) and unit.valid_from <= on), None)


def qualifier_of(product: Product, on: dt.date) -> str | None:
    """The unit to send: as declared, else that of the code; None without a quantity."""
    if product.supplementary_unit is None:
        return None
    unit = unit_of(product.hs_code, on)
    return product.supplementary_unit_qualifier or (None if unit is None else unit.qualifier)


def faults(product: Product, key: str, commodity: str, activity: str, on: dt.date) -> Iterator[str]:
    """What the system would refuse in a product, each with key, value and remedy.

    Args:
        product: the commodity line.
        key: `product`, or `products.0`.
        commodity: of the harvest. activity: DOMESTIC, IMPORT or EXPORT. on: day of placing on the market.
    """
    digits = digits_of(product.hs_code)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        yield f"{key}.hs_code '{product.hs_code}' must have four to ten digits"
        return
    entry = law.entry_of(digits, on)
    if digits in OFFERED and OFFERED[digits] != digits:
        yield (
            f"{key}.hs_code {product.hs_code} is no longer offered by the EU system (since 18 September 2026); "
            f"write {OFFERED[digits]}"
        )
    elif entry is None:
        yield _out_of_scope(key, product.hs_code, digits, on)
    elif entry.commodity != commodity:
        yield f"{key}.hs_code {product.hs_code} belongs to {entry.commodity}, but the harvest is {commodity}"
    if not clean(product.description):
        yield f"{key}.description is empty; write the trade name"
    yield from _mass_faults(product, key, activity)
    yield from _unit_faults(product, key, activity, on)
    if commodity == "wood" and not product.all_species:
        yield f"{key}.scientific_name and {key}.common_name are both needed for wood; name all species (species)"
    for number, one in enumerate(product.all_species):
        place = f"{key}.species.{number}" if product.species else key
        if commodity == "wood" and not (clean(one.scientific_name or "") and clean(one.common_name or "")):
            yield f"{place}.scientific_name and {place}.common_name are both needed for wood"
        for name in ("scientific_name", "common_name"):
            if len(getattr(one, name) or "") > 200:
                yield f"{place}.{name} is longer than 200 characters"


def doubts(product: Product, activity: str, on: dt.date) -> Iterator[dict[str, object]]:
    """What public sources contradict one another on, or what was changed on the way: code and values."""
    digits = digits_of(product.hs_code)
    if digits.startswith("0102") and digits != "0102":
        yield {"code": "hs_mapped", "written": product.hs_code, "sent": hs_heading(digits)}
    elif len(hs_heading(digits)) < HS_DIGITS and not digits.startswith("0102"):
        yield {"code": "hs_short", "written": product.hs_code}
    unit = unit_of(digits, on)
    if unit is not None and not unit.demanded and product.supplementary_unit is None:
        yield {"code": "unit_unsure", "written": product.hs_code, "unit": unit.qualifier}
    if activity == "DOMESTIC" and (product.deviation_percent or 0) > SURE_DEVIATION:
        yield {"code": "deviation_unsure", "percent": f"{product.deviation_percent:g}"}


def _mass_faults(product: Product, key: str, activity: str) -> Iterator[str]:
    mass, percent = product.net_mass_kg, product.deviation_percent
    if mass is not None and not mass > 0:
        yield f"{key}.net_mass_kg is {mass:g}; a statement needs a net mass above zero"
    elif mass is not None and mass >= MOST:
        yield f"{key}.net_mass_kg is {mass:g}; the system takes 16 digits, six of them decimals"
    if activity != "DOMESTIC":
        if percent is not None:
            yield f"{key}.deviation_percent {percent:g} is not allowed for {activity}; take it out, net mass is exact"
    elif percent is None and product.supplementary_unit is None:
        yield (
            f"{key}.deviation_percent is missing; DOMESTIC needs the net mass with its deviation in percent (0 to 25), "
            "or a supplementary_unit"
        )
    elif percent is not None and not 0 <= percent <= MOST_DEVIATION:
        yield f"{key}.deviation_percent {percent:g} must lie between 0 and 25"


def _unit_faults(product: Product, key: str, activity: str, on: dt.date) -> Iterator[str]:
    quantity, qualifier = product.supplementary_unit, product.supplementary_unit_qualifier
    unit = unit_of(product.hs_code, on)
    if quantity is not None and not (math.isfinite(quantity) and 0 < quantity < MOST):
        yield f"{key}.supplementary_unit is {quantity:g}; write a quantity above zero"
    if quantity is None and qualifier is not None:
        yield f"{key}.supplementary_unit is missing beside qualifier {qualifier}; write the quantity"
    if activity == "DOMESTIC":
        if quantity is not None and qualifier_of(product, on) not in QUALIFIERS:
            yield f"{key}.supplementary_unit_qualifier '{qualifier}' must be one of {', '.join(QUALIFIERS)}"
    elif unit is None:
        if quantity is not None:
            yield f"{key}.supplementary_unit {quantity:g}: HS code {product.hs_code} has none; take it out"
    elif quantity is None and unit.demanded:
        yield (
            f"{key}.supplementary_unit is missing; HS code {product.hs_code} needs a supplementary unit, "
            f"its quantity in {unit.qualifier}"
        )
    elif qualifier is not None and qualifier != unit.qualifier:
        yield (
            f"{key}.supplementary_unit_qualifier {qualifier} contradicts HS code {product.hs_code}; "
            f"write {unit.qualifier}"
        )


def _out_of_scope(key: str, written: str, digits: str, day: dt.date) -> str:
    later = law.entry_of(digits, dt.date.max)
    if later is not None:
        return f"{key}.hs_code {written} is in Annex I only from {later.valid_from}; no statement is due on {day}"
    longer = sorted(entry.code for entry in law.annex_i(day) if entry.code.startswith(digits))
    if longer:
        return f"{key}.hs_code {written} is too short; Annex I names {', '.join(longer[:4])}"
    return f"{key}.hs_code {written} is not in Annex I on {day}; no statement is due for it"


@cache
def _units() -> tuple[Unit, ...]:
    text = files(__package__).joinpath("supplementary_units.csv").read_text(encoding="utf-8")
    return tuple(
        Unit(row["heading"], row["qualifier"], row["demanded"] == "yes", dt.date.fromisoformat(row["valid_from"]))
        for row in csv.DictReader(text.splitlines())
    )
