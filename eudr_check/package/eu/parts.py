"""Orders cut into statements that keep the limits of the EU system: along lots, with the lots' own kilograms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from eudr_check.errors import PackageError
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.cutting import Cutter, Piece
from eudr_check.package.eu.frozen import detail, named, rest
from eudr_check.package.eu.orders import Order
from eudr_check.package.eu.reference import distinct, folder, reference
from eudr_check.shipments import Filed, Shipment, Withheld, grams
from eudr_check.text import sentence


@dataclass(frozen=True)
class Declared:
    """One commodity line of a statement."""

    product: int
    rows: list[int]
    """Rows of the features of its plots."""
    net_mass_kg: float
    supplementary_unit: float | None


@dataclass(frozen=True)
class Part:
    """One statement of a harvest."""

    shipment: Shipment | None
    lots: Mapping[str, float]
    """Kilograms of product it takes of every lot."""
    lines: tuple[Declared, ...]
    reference: str
    folder: str
    """Name of its folder in the package."""
    estimated: bool
    """Whether the limits cut through a lot (or there is none), so that kilograms are shared out by hectares."""
    filed: Filed | None = None
    """What it was filed as; None for what is still to be filed."""

    @cached_property
    def rows(self) -> list[int]:
        """Rows of all features it declares, ascending."""
        return sorted({row for line in self.lines for row in line.rows})

    @property
    def net_mass_kg(self) -> float:
        """Kilograms of all lines, to the gram."""
        return sum(grams(line.net_mass_kg) for line in self.lines) / 1000

    @property
    def lot(self) -> str | None:
        """Its lots in one text; None without lots."""
        return "; ".join(self.lots) or None


def parts(
    harvest: str, orders: Sequence[Order], consignment: Consignment, features: pd.DataFrame, sizes: Sequence[int]
) -> tuple[list[Part], list[Withheld]]:
    """Statements of all orders, each a run of lots that keeps the limits, and what is left out because it was filed.

    Args:
        harvest: its name.
        orders: what is to be declared.
        consignment: gives the plots of every lot.
        features: rows of `eu_geojson.Export.features`.
        sizes: bytes of every feature as GeoJSON.
    """
    cutter = Cutter(consignment, features, sizes)
    made: list[Part] = []
    notes: list[Withheld] = []
    for order in orders:
        left = rest(harvest, order, list(cutter.pieces(order)), cutter.keys)
        notes += left.notes
        runs = list(cutter.runs(left.pieces))
        whole = len(runs) == 1 and not order.filed
        made += [_part(harvest, order, run, whole=whole, keys=cutter.keys) for run in runs]
    references = [part.reference for part in made]
    twice = {one for one in references if references.count(one) > 1}
    if twice:
        raise PackageError(sentence("refusals", "reference_twice", references=", ".join(sorted(twice))))
    # To Windows and macOS, folders whose names differ in large and small letters alone are one folder.
    known = Counter(part.folder.casefold() for part in made)
    distinguished = [
        part if known[part.folder.casefold()] == 1 else replace(part, folder=distinct(part.folder, part.reference))
        for part in made
    ]
    return distinguished, notes


def _part(harvest: str, order: Order, run: list[Piece], *, whole: bool, keys: Any) -> Part:
    lines = []
    for position, load in enumerate(order.loads):
        mine = [piece for piece in run if piece.load == position]
        if not mine:
            continue
        mass = sum(piece.grams for piece in mine)
        unit = load.supplementary_unit
        if unit is not None and not whole:
            unit = round(unit * mass / max(grams(load.net_mass_kg), 1), 6)
        rows = sorted({row for piece in mine for row in piece.rows})
        lines.append(Declared(load.product, rows, mass / 1000, unit))
    lots: dict[str, float] = {}
    for piece in run:
        if piece.lot is not None:
            lots[piece.lot] = (grams(lots.get(piece.lot, 0.0)) + piece.taken) / 1000
    cut = any(piece.partial for piece in run)
    marks = detail(run, keys)
    if not lots:
        marks = sorted({str(keys[row]) for piece in run for row in piece.rows}) + [str(one.grams) for one in run]
    estimated = cut or (not whole and any(load.supplementary_unit is not None for load in order.loads))
    stated = reference(harvest, named(order, list(lots), whole=whole), marks)
    return Part(order.shipment, lots, tuple(lines), stated, folder(harvest, stated), estimated)
