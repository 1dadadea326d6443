"""shipments.csv: what is shipped to whom, from which lots; one statement each.

A row is one commodity line of one shipment; a shipment of several products has several rows of its name. What is wrong
with a shipment refuses that shipment by name, and no other.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from eudr_check import law
from eudr_check.config import Harvest
from eudr_check.documents.csv_rows import rows_of, within
from eudr_check.shipments import Line, Shipment, Shipments, Withheld, grams, kilograms

COLUMNS = ("shipment", "lots", "net_mass_kg")
OPTIONAL = (
    "product",
    "contract",
    "container",
    "border_country",
    "date",
    "sales_reference",
    "supplementary_unit",
)
PAPERWORK = ("contract", "container", "border_country", "date", "sales_reference")
"""Columns that speak of the whole shipment, so its rows must agree in them."""
_NUMBER = re.compile(r"\d+([.,]\d+)?")
_GROUPED = re.compile(r"\d{1,3}([., ]\d{3})+")
_TAKEN = re.compile(r"(?P<lot>.*\S)\s*=\s*(?P<kg>[^=]+)")
_TONNES = (0.5, 1.5)
"""A net mass whose thousandfold lies between these shares of its lots was written in tonnes."""


class _RefusedError(Exception):
    """A row that cannot be taken."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.why = Withheld(code, values)


def read_shipments(path: Path, harvest: Harvest, held: Mapping[str, float]) -> Shipments:
    """Read shipments.csv and check it against the lots of the deliveries.

    Args:
        path: the file; columns separated by commas or semicolons, lots by semicolons (`C01-L1; C01-L2=1500`).
        harvest: gives products, activity and border country.
        held: kilograms of product in every lot of the deliveries, whether it is accepted or not.

    Raises:
        ConfigError: the file is missing, is no text, or lacks a column.
    """
    rows: dict[str, list[tuple[Mapping[str, str], str]]] = defaultdict(list)
    refused: dict[str, Withheld] = {}
    for row, place in rows_of(path, "shipments", COLUMNS):
        text = {name: (row.get(name) or "").strip() for name in (*COLUMNS, *OPTIONAL)}
        if any(text.values()):
            # The refusals stand in packages, where no path of a machine belongs.
            rows[text["shipment"]].append((text, within(place, path.name)))
    ready, ordered = [], {}
    for name, mine in rows.items():
        ordered[name] = sum(_mass(text["net_mass_kg"]) or 0.0 for text, _ in mine)
        try:
            ready.append(_shipment(name, mine, harvest, held))
        except _RefusedError as why:
            refused[name] = why.why
    refused |= _overdrawn(ready, held, path)
    return Shipments(tuple(one for one in ready if one.name not in refused), refused, ordered)


def _shipment(
    name: str, rows: Sequence[tuple[Mapping[str, str], str]], harvest: Harvest, held: Mapping[str, float]
) -> Shipment:
    first, place = rows[0]
    if not name:
        raise _RefusedError("unnamed", place=place)
    for text, other in rows[1:]:
        for column in PAPERWORK:
            if text[column] != first[column]:
                stated = {"column": column, "value": text[column], "other": first[column]}
                raise _RefusedError("contradiction", place=other, name=name, **stated)
    lines = tuple(_line(name, text, other, harvest, held) for text, other in rows)
    products = [line.product for line in lines]
    if len(set(products)) < len(products):
        raise _RefusedError("product_twice", place=place, name=name)
    return Shipment(
        name,
        lines,
        _border(name, first["border_country"], place, harvest),
        _date(name, first["date"], place),
        first["contract"],
        first["container"],
        first["sales_reference"],
    )


def _line(name: str, text: Mapping[str, str], place: str, harvest: Harvest, held: Mapping[str, float]) -> Line:
    lots = dict(_lots(name, text["lots"], place))
    unknown = [lot for lot in lots if lot not in held]
    if unknown:
        raise _RefusedError("lot_unknown", place=place, name=name, lot=", ".join(unknown))
    available = sum(grams(held[lot] if kg is None else kg) for lot, kg in lots.items())
    mass = _mass(text["net_mass_kg"]) if text["net_mass_kg"] else available / 1000
    if mass is None:
        raise _RefusedError("mass_unreadable", place=place, name=name, value=text["net_mass_kg"])
    if _TONNES[0] * available <= grams(mass) * 1000 <= _TONNES[1] * available:
        raise _RefusedError("tonnes", place=place, name=name, value=kilograms(mass), held=kilograms(available / 1000))
    if grams(mass) > available:
        stated = {"value": kilograms(mass), "held": kilograms(available / 1000)}
        raise _RefusedError("more_than_lots", place=place, name=name, **stated)
    unit = _mass(text["supplementary_unit"])
    if text["supplementary_unit"] and unit is None:
        raise _RefusedError("unit_unreadable", place=place, name=name, value=text["supplementary_unit"])
    product = _product(name, text["product"], place, harvest)
    if unit is None and harvest.goods[product].supplementary_unit is not None:
        # The harvest's quantity is that of everything ordered: no shipment may take it as its own.
        raise _RefusedError("unit_missing", place=place, name=name, product=harvest.goods[product].hs_code)
    return Line(product, lots, mass, unit)


def _lots(name: str, text: str, place: str) -> Iterator[tuple[str, float | None]]:
    """Lot and kilograms of every entry of the cell."""
    seen = set()
    for entry in (part.strip() for part in text.split(";")):
        if not entry:
            continue
        taken = _TAKEN.fullmatch(entry)
        lot, kg = (entry, None) if taken is None else (taken["lot"], _mass(taken["kg"]))
        if taken is not None and kg is None:
            raise _RefusedError("lot_kilograms", place=place, name=name, entry=entry, lot=lot)
        if lot in seen:
            raise _RefusedError("lot_twice", place=place, name=name, lot=lot)
        seen.add(lot)
        yield lot, kg
    if not seen:
        raise _RefusedError("lots_empty", place=place, name=name)


def _mass(text: str) -> float | None:
    """A quantity above zero; None where the text is none, or could be read in two ways (19,200)."""
    plain = text.removesuffix("kg").strip()
    if not _NUMBER.fullmatch(plain) or _GROUPED.fullmatch(plain):
        return None
    value = float(plain.replace(",", "."))
    return value if 0 < value < 1e10 else None


def _product(name: str, text: str, place: str, harvest: Harvest) -> int:
    def code(written: str) -> str:
        return written.replace(" ", "").replace(".", "")

    goods = harvest.goods
    if not text and len(goods) == 1:
        return 0
    found = [
        number
        for number, product in enumerate(goods)
        if text and (code(product.hs_code) == code(text) or product.description.casefold() == text.casefold())
    ]
    if len(found) != 1:
        known = "; ".join(f"{product.hs_code} ({product.description})" for product in goods)
        raise _RefusedError("product_unknown", place=place, name=name, value=text, known=known)
    return found[0]


def _border(name: str, text: str, place: str, harvest: Harvest) -> str | None:
    activity = "IMPORT" if harvest.operator is None else harvest.operator.activity
    border = text or harvest.border_country
    if activity == "DOMESTIC":
        if text:
            raise _RefusedError("border_domestic", place=place, name=name, value=text)
        return None
    if not border:
        raise _RefusedError(f"border_missing_{activity.lower()}", place=place, name=name)
    if border not in law.EU_COUNTRIES and border != "XI":
        raise _RefusedError("border_unknown", place=place, name=name, value=border)
    return border


def _date(name: str, text: str, place: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise _RefusedError("date_unreadable", place=place, name=name, value=text) from error


def _overdrawn(ready: Sequence[Shipment], held: Mapping[str, float], path: Path) -> dict[str, Withheld]:
    """Shipments that take of a lot what another has taken: each is refused, for nobody knows whose it is."""
    takers: dict[str, list[tuple[str, float | None]]] = defaultdict(list)
    for one in ready:
        for line in one.lines:
            for lot, kg in line.lots.items():
                takers[lot].append((one.name, kg))
    refused: dict[str, Withheld] = {}
    for lot, taken in takers.items():
        if len(taken) == 1 and taken[0][1] is None:
            continue
        stated = {"lot": lot, "names": ", ".join(dict.fromkeys(name for name, _ in taken))}
        if any(kg is None for _, kg in taken):
            code = "lot_shared"
        elif sum(grams(kg or 0.0) for _, kg in taken) > grams(held[lot]):
            code = "lot_overdrawn"
            stated |= {"taken": kilograms(sum(kg or 0.0 for _, kg in taken)), "held": kilograms(held[lot])}
        else:
            continue
        for name, _ in taken:
            refused.setdefault(name, Withheld(code, {"place": path.name, "name": name, **stated}))
    return refused
