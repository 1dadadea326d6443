"""One commodity line as the EU Information System takes it: code, unit, species, and what it would refuse."""

import csv
import datetime as dt
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

from eudr_check import law
from eudr_check.text import Sentence, sentence
from eudr_check.text.clean import clean
from eudr_check.trade import Product

facts = partial(sentence, "eu_facts")
"""One sentence about operator, products and their keys."""

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


def faults(product: Product, key: str, commodity: str, activity: str, on: dt.date) -> Iterator[Sentence]:
    """What the system would refuse in a product, each with key, value and remedy.

    Args:
        product: the commodity line.
        key: `product`, or `products.0`.
        commodity: of the harvest. activity: DOMESTIC, IMPORT or EXPORT. on: day of placing on the market.
    """
    digits = digits_of(product.hs_code)
    if not re.fullmatch(r"[0-9]{4,10}", digits):
        yield facts("hs_form", key=key, value=product.hs_code)
        return
    entry = law.entry_of(digits, on)
    if digits in OFFERED and OFFERED[digits] != digits:
        yield facts("hs_withdrawn", key=key, value=product.hs_code, instead=OFFERED[digits])
    elif entry is None:
        yield _out_of_scope(key, product.hs_code, digits, on)
    elif entry.commodity != commodity:
        yield facts("hs_commodity", key=key, value=product.hs_code, commodity=entry.commodity, harvest=commodity)
    if not clean(product.description):
        yield facts("description_empty", key=key)
    yield from _mass_faults(product, key, activity)
    yield from _unit_faults(product, key, activity, on)
    if commodity == "wood" and not product.all_species:
        yield facts("species_all", key=key)
    for number, one in enumerate(product.all_species):
        place = f"{key}.species.{number}" if product.species else key
        if commodity == "wood" and not (clean(one.scientific_name or "") and clean(one.common_name or "")):
            yield facts("species_both", key=place)
        for name in ("scientific_name", "common_name"):
            if len(getattr(one, name) or "") > 200:
                yield facts("too_long", key=f"{place}.{name}")


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


def _mass_faults(product: Product, key: str, activity: str) -> Iterator[Sentence]:
    mass, percent = product.net_mass_kg, product.deviation_percent
    if mass is not None and not mass > 0:
        yield facts("mass_zero", key=key, value=f"{mass:g}")
    elif mass is not None and mass >= MOST:
        yield facts("mass_long", key=key, value=f"{mass:g}")
    if activity != "DOMESTIC":
        if percent is not None:
            yield facts("deviation_out", key=key, value=f"{percent:g}", activity=activity)
    elif percent is None and product.supplementary_unit is None:
        yield facts("deviation_missing", key=key)
    elif percent is not None and not 0 <= percent <= MOST_DEVIATION:
        yield facts("deviation_range", key=key, value=f"{percent:g}")


def _unit_faults(product: Product, key: str, activity: str, on: dt.date) -> Iterator[Sentence]:
    quantity, qualifier = product.supplementary_unit, product.supplementary_unit_qualifier
    unit = unit_of(product.hs_code, on)
    if quantity is not None and not (math.isfinite(quantity) and 0 < quantity < MOST):
        yield facts("unit_zero", key=key, value=f"{quantity:g}")
    if quantity is None and qualifier is not None:
        yield facts("unit_missing", key=key, qualifier=qualifier)
    if activity == "DOMESTIC":
        if quantity is not None and qualifier_of(product, on) not in QUALIFIERS:
            yield facts("qualifier_among", key=key, value=qualifier, known=", ".join(QUALIFIERS))
    elif unit is None:
        if quantity is not None:
            yield facts("unit_none", key=key, value=f"{quantity:g}", code=product.hs_code)
    elif quantity is None and unit.demanded:
        yield facts("unit_needed", key=key, code=product.hs_code, unit=unit.qualifier)
    elif qualifier is not None and qualifier != unit.qualifier:
        yield facts("qualifier_other", key=key, value=qualifier, code=product.hs_code, unit=unit.qualifier)


def _out_of_scope(key: str, written: str, digits: str, day: dt.date) -> Sentence:
    later = law.entry_of(digits, dt.date.max)
    if later is not None:
        return facts("hs_later", key=key, value=written, since=str(later.valid_from), day=str(day))
    longer = sorted(entry.code for entry in law.annex_i(day) if entry.code.startswith(digits))
    if longer:
        return facts("hs_short", key=key, value=written, codes=", ".join(longer[:4]))
    return facts("hs_outside", key=key, value=written, day=str(day))


@cache
def _units() -> tuple[Unit, ...]:
    text = files(__package__).joinpath("supplementary_units.csv").read_text(encoding="utf-8")
    return tuple(
        Unit(row["heading"], row["qualifier"], row["demanded"] == "yes", dt.date.fromisoformat(row["valid_from"]))
        for row in csv.DictReader(text.splitlines())
    )
