"""Lots cut into pieces that keep the limits of the EU system, and pieces packed into statements."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.orders import Load, Order
from eudr_check.shipments import grams

LIMIT_BYTES = 18_000_000
"""GeoJSON of one statement: 25 MB as UTF-8 and as base64 (four bytes for three), with room for the wrapping."""
LIMIT_PRODUCERS = 1000
"""Producers per commodity line."""


@dataclass(frozen=True)
class Piece:
    """What is not cut further: a lot of a line, or as much of it as one statement holds."""

    load: int
    lot: str | None
    rows: list[int]
    grams: int
    """Net mass it declares."""
    taken: int
    """Grams it takes of its lot; more than it declares where a shipment is lighter than its lots."""
    partial: bool


class Cutter:
    """Features by plot, and what they weigh against the limits."""

    def __init__(self, consignment: Consignment, features: pd.DataFrame, sizes: Sequence[int]) -> None:
        self.keys = features["plot"].to_numpy(dtype=object)
        # Lists: reading one entry of an array takes ten times as long.
        self._plots: list[Any] = self.keys.tolist()
        self._sizes = [size + 2 for size in sizes]
        self._producer = features.groupby(["name", "country"], sort=False, dropna=False).ngroup().tolist()
        self._area = features["area_ha"].fillna(POINT_AREA_HA).to_numpy()
        rows: dict[Any, list[int]] = defaultdict(list)
        for row, plot in enumerate(self._plots):
            rows[plot].append(row)
        lots: Any = consignment.lots
        self._rows_of = {
            str(lot.lot): sorted(row for plot in set(lot.plots) & rows.keys() for row in rows[plot])
            for lot in lots.itertuples()
        }

    def runs(self, pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
        """Pieces of an order, packed in their order into as few statements as follow one another."""
        run: list[Piece] = []
        room = _Room()
        for piece in pieces:
            more = room.with_rows(piece, self._sizes, self._producer)
            if run and not more.fits:
                yield run
                run, more = [], _Room().with_rows(piece, self._sizes, self._producer)
            run.append(piece)
            room = more
        if run:
            yield run

    def pieces(self, order: Order) -> Iterator[Piece]:
        """The lots of an order, each whole or cut by the limits; a lot is cut alike whatever else is declared."""
        for number, load in enumerate(order.loads):
            for lot, mass, rows in self._lots(load):
                if not rows:
                    continue
                cut = list(self._cut(rows))
                hectares = [math.fsum(self._area[run]) for run in cut]
                taken = shared_out(0 if lot is None else grams(load.lots[lot]), hectares)
                for run, share, gone in zip(cut, shared_out(mass, hectares), taken, strict=True):
                    yield Piece(number, lot, run, share, gone, len(cut) > 1)

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
        keys, sizes, producer = self._plots, self._sizes, self._producer
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

    def with_rows(self, piece: Piece, sizes: list[int], producer: list[int]) -> "_Room":
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
