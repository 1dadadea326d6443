"""What was filed stays as it was filed: which pieces of an order that is, and what is left."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eudr_check.package.eu.cutting import Piece
from eudr_check.package.eu.orders import Order, filed_grams, numbers
from eudr_check.package.eu.reference import reference
from eudr_check.shipments import Filed, Withheld, grams, kilograms
from eudr_check.typing import Objects

PART_FILED = "part_filed"
"""Code of the one sentence that withholds nothing: the rest of a lot is declared."""


@dataclass(frozen=True)
class Rest:
    """What of an order is still to be declared."""

    pieces: list[Piece]
    notes: list[Withheld]
    """Lots of which a part was filed, and what of them has changed since."""


def rest(harvest: str, order: Order, pieces: Sequence[Piece], keys: Sequence[str] | Objects) -> Rest:
    """Take out of an order what was filed of it.

    Lots are cut alike as long as they stay as they were, so every filed statement is some of the pieces: those of its
    lots and kilograms whose reference is its own. Where there are none, the lot has changed since, and nothing more
    of it is declared.

    Args:
        harvest: its name.
        order: names the statements that were filed of it.
        pieces: all of its pieces, as if nothing had been filed.
        keys: plot of every feature.
    """
    left: dict[str | None, list[Piece]] = defaultdict(list)
    for piece in pieces:
        left[piece.lot].append(piece)
    changed: dict[str, None] = {}
    for one in order.filed:
        mine = next((chosen for chosen in _chosen(order, left, one) if _is(harvest, order, chosen, one, keys)), None)
        if mine is None:
            changed |= dict.fromkeys(one.lots)
        for piece in mine or ():
            left[piece.lot].remove(piece)
    if changed and order.shipment is not None:
        stated = {"name": order.shipment.name, "numbers": ", ".join(one.number for one in order.filed)}
        return Rest([], [Withheld("rest_changed", stated)])
    for lot in changed:
        left.pop(lot, None)
    notes = [_sentence(lot, order, left) for lot in dict.fromkeys(lot for one in order.filed for lot in one.lots)]
    there = {id(piece) for mine in left.values() for piece in mine}
    return Rest([piece for piece in pieces if id(piece) in there], [one for one in notes if one is not None])


def named(order: Order, lots: Sequence[str], *, whole: bool) -> list[str]:
    """What the reference of a statement is made of: its lots, or its shipment and, where that is cut, its lots."""
    if order.shipment is None:
        return list(lots)
    return [order.shipment.name] if whole else [order.shipment.name, *lots]


def detail(pieces: Sequence[Piece], keys: Sequence[str] | Objects) -> list[str]:
    """What tells a statement that cuts a lot from others of the same lots: its plots."""
    cut = any(piece.partial for piece in pieces)
    return sorted({str(keys[row]) for piece in pieces for row in piece.rows}) if cut else []


def _sentence(lot: str, order: Order, left: Mapping[str | None, Sequence[Piece]]) -> Withheld | None:
    """A sentence on a lot of which a part was filed and the rest was not; None where all of it was filed."""
    asked = sum(grams(load.lots[lot]) for load in order.loads if lot in load.lots)
    done = filed_grams(lot, order.filed)
    if not asked or asked == done:
        return None
    stated = {"lot": lot, "kg": kilograms(done / 1000), "numbers": numbers(lot, order.filed)}
    there = sum(piece.taken for piece in left.get(lot, ()))
    if there + done != asked:
        return Withheld("lot_changed", stated)
    return Withheld(PART_FILED, stated | {"left": kilograms(there / 1000)})


def _chosen(order: Order, left: Mapping[str | None, Sequence[Piece]], one: Filed) -> Iterator[list[Piece]]:
    """Every way to make the lots and kilograms of a filed statement of pieces: of each line one piece of a lot."""
    ways = []
    for lot, kg in one.lots.items():
        mine = left.get(lot, ())
        lines = [[None, *(piece for piece in mine if piece.load == load)] for load in range(len(order.loads))]
        found = [[piece for piece in way if piece is not None] for way in itertools.product(*lines)]
        ways.append([way for way in found if way and sum(piece.taken for piece in way) == grams(kg)])
    for chosen in itertools.product(*ways):
        yield [piece for way in chosen for piece in way]


def _is(harvest: str, order: Order, chosen: Sequence[Piece], one: Filed, keys: Any) -> bool:
    if sum(piece.grams for piece in chosen) != grams(one.net_mass_kg):
        return False
    return reference(harvest, named(order, list(one.lots), whole=False), detail(chosen, keys)) == one.reference
