"""Orders cut into statements that keep the limits of the EU system: along lots, with the lots' own kilograms."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from eudr_check.errors import PackageError
from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.orders import Load, Order
from eudr_check.package.eu.reference import distinct, folder, reference
from eudr_check.shipments import Shipment, grams

LIMIT_BYTES = 18_000_000
"""GeoJSON of one statement: 25 MB as UTF-8 and as base64 (four bytes for three), with room for the wrapping."""
LIMIT_PRODUCERS = 1000
"""Producers per commodity line."""


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

    number: int
    shipment: Shipment | None
    lots: Mapping[str, float]
    """Kilograms of product it takes of every lot."""
    lines: tuple[Declared, ...]
    reference: str
    folder: str
    """Name of its folder in the package."""
    estimated: bool
    """Whether the limits cut through a lot (or there is none), so that kilograms are shared out by hectares."""

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


@dataclass(frozen=True)
class _Piece:
    """What is not cut further: a lot of a line, or as much of it as one statement holds."""

    load: int
    lot: str | None
    rows: list[int]
    grams: int
    partial: bool


def parts(
    harvest: str, orders: Sequence[Order], consignment: Consignment, features: pd.DataFrame, sizes: Sequence[int]
) -> list[Part]:
    """Statements of all orders, each a run of lots that keeps the limits.

    Args:
        harvest: its name.
        orders: what is to be declared.
        consignment: gives the plots of every lot.
        features: rows of `eu_geojson.Export.features`.
        sizes: bytes of every feature as GeoJSON.
    """
    cutter = _Cutter(consignment, features, sizes)
    made: list[Part] = []
    for order in orders:
        runs = list(cutter.runs(order))
        for run in runs:
            made.append(_part(harvest, order, run, len(made) + 1, whole=len(runs) == 1, keys=cutter.keys))
    references = [part.reference for part in made]
    twice = {one for one in references if references.count(one) > 1}
    if twice:
        raise PackageError(f"two statements have the reference {', '.join(sorted(twice))}; rename a shipment or lot")
    # To Windows and macOS, folders whose names differ in large and small letters alone are one folder.
    known = Counter(part.folder.casefold() for part in made)
    return [
        part if known[part.folder.casefold()] == 1 else replace(part, folder=distinct(part.folder, part.reference))
        for part in made
    ]


class _Cutter:
    """Features by plot, and what they weigh against the limits."""

    def __init__(self, consignment: Consignment, features: pd.DataFrame, sizes: Sequence[int]) -> None:
        self.keys = features["plot"].to_numpy(dtype=object)
        self._sizes = [size + 2 for size in sizes]
        self._producer = features.groupby(["name", "country"], sort=False, dropna=False).ngroup().tolist()
        self._area = features["area_ha"].fillna(POINT_AREA_HA).to_numpy()
        rows: dict[Any, list[int]] = defaultdict(list)
        for row, plot in enumerate(self.keys.tolist()):
            rows[plot].append(row)
        lots: Any = consignment.lots
        self._rows_of = {
            str(lot.lot): sorted(row for plot in set(lot.plots) & rows.keys() for row in rows[plot])
            for lot in lots.itertuples()
        }

    def runs(self, order: Order) -> Iterator[list[_Piece]]:
        """Pieces of an order, packed in their order into as few statements as follow one another."""
        run: list[_Piece] = []
        room = _Room()
        for piece in self._pieces(order):
            more = room.with_rows(piece, self._sizes, self._producer)
            if run and not more.fits:
                yield run
                run, more = [], _Room().with_rows(piece, self._sizes, self._producer)
            run.append(piece)
            room = more
        if run:
            yield run

    def _pieces(self, order: Order) -> Iterator[_Piece]:
        for number, load in enumerate(order.loads):
            for lot, mass, rows in self._lots(load):
                if not rows:
                    continue
                cut = list(self._cut(rows))
                hectares = [math.fsum(self._area[run]) for run in cut]
                for run, share in zip(cut, shared_out(mass, hectares), strict=True):
                    yield _Piece(number, lot, run, share, len(cut) > 1)

    def _lots(self, load: Load) -> Iterator[tuple[str | None, int, list[int]]]:
        """Lot, grams declared of it, and rows."""
        if not load.lots:
            yield None, grams(load.net_mass_kg), list(range(len(self.keys)))
            return
        taken = [grams(kg) for kg in load.lots.values()]
        for lot, share in zip(load.lots, shared_out(grams(load.net_mass_kg), taken), strict=True):
            yield lot, share, self._rows_of[lot]

    def _cut(self, rows: list[int]) -> Iterator[list[int]]:
        """Runs of rows that keep the limits; the features of one plot stay together."""
        run: list[int] = []
        producers: set[int] = set()
        size, start = 0, 0
        # Lists: reading one entry of an array takes ten times as long.
        keys, sizes, producer = self.keys.tolist(), self._sizes, self._producer
        while start < len(rows):
            end = start + 1
            while end < len(rows) and keys[rows[end]] == keys[rows[start]]:
                end += 1
            plot = rows[start:end]
            weight, who = sum(sizes[row] for row in plot), producer[plot[0]]
            full = size + weight > LIMIT_BYTES or (who not in producers and len(producers) == LIMIT_PRODUCERS)
            if run and full:
                yield run
                run, producers, size = [], set(), 0
            run += plot
            producers.add(who)
            size += weight
            start = end
        yield run


class _Room:
    """What a statement holds so far."""

    def __init__(self, rows: Mapping[int, frozenset[int]] | None = None, size: int = 0, producers: int = 0) -> None:
        self._rows = dict(rows or {})
        self._size, self._producers = size, producers

    def with_rows(self, piece: _Piece, sizes: list[int], producer: list[int]) -> "_Room":
        """The same with one more piece."""
        before = self._rows.get(piece.load, frozenset())
        mine = before | set(piece.rows)
        added = mine - before
        size = self._size + sum(sizes[row] for row in added)
        return _Room(self._rows | {piece.load: mine}, size, len({producer[row] for row in mine}))

    @property
    def fits(self) -> bool:
        """Whether it keeps the limits."""
        return self._size <= LIMIT_BYTES and self._producers <= LIMIT_PRODUCERS


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to weights that add up to a total.

    >>> shared_out(10, [1, 1, 1])
    [3, 4, 3]
    """
    whole = math.fsum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)]
    if whole == total and all(float(weight).is_integer() for weight in weights):
        return [int(weight) for weight in weights]
    ends = [round(total * (math.fsum(weights[: i + 1]) / whole)) for i in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _part(harvest: str, order: Order, run: list[_Piece], number: int, *, whole: bool, keys: Any) -> Part:
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
            kg = order.loads[piece.load].lots[piece.lot] if not piece.partial else piece.grams / 1000
            lots[piece.lot] = (grams(lots.get(piece.lot, 0.0)) + grams(kg)) / 1000
    cut = any(piece.partial for piece in run)
    detail = sorted({str(keys[row]) for piece in run for row in piece.rows}) if cut or not lots else []
    if not lots:
        detail += [str(piece.grams) for piece in run]
    named = list(lots)
    if order.shipment is not None:
        named = [order.shipment.name] if whole and not order.rest else [order.shipment.name, *named]
    estimated = cut or (not whole and any(load.supplementary_unit is not None for load in order.loads))
    stated = reference(harvest, named, detail)
    return Part(number, order.shipment, lots, tuple(lines), stated, folder(harvest, stated), estimated)
