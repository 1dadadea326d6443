"""What each statement is to declare, before the limits of the EU system cut it.

A statement declares a shipment; without shipments one statement declares all accepted lots, without lots all plots that
may go in. What was filed is used up: it is in no statement again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.reference import reference
from eudr_check.shipments import Filed, Shipment, Shipments, grams
from eudr_check.trade import Product


@dataclass(frozen=True)
class Load:
    """One commodity line."""

    product: int
    """Position in the products of the harvest."""
    lots: Mapping[str, float]
    """Kilograms of product taken of every lot; empty where the harvest has no lots."""
    net_mass_kg: float
    supplementary_unit: float | None


@dataclass(frozen=True)
class Order:
    """One statement, or several where the limits of the system ask for it."""

    shipment: Shipment | None
    loads: tuple[Load, ...]
    rest: bool = False
    """Part of the shipment was filed already."""


@dataclass(frozen=True)
class Orders:
    """Everything to be declared, and what is not."""

    ready: list[Order] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    """Sentences: what is not declared, by name, and what to do."""


def orders(
    harvest: str,
    products: Sequence[Product],
    consignment: Consignment,
    shipments: Shipments | None,
    filed: Sequence[Filed],
    *,
    draft: bool = False,
) -> Orders:
    """Orders of a harvest.

    Args:
        harvest: its name.
        products: its commodity lines.
        consignment: plots and lots that may be declared.
        shipments: None where no file names any: then all lots go into one order.
        filed: statements of this harvest that have a number.
        draft: declare lots that hold less than was ordered all the same.
    """
    if consignment.lots.empty and consignment.refused_lots.empty:
        return _of_plots(products, consignment, filed)
    held = dict(zip(consignment.lots["lot"].astype(str), consignment.lots["kg_green"].astype(float), strict=True))
    if shipments is None:
        return _of_lots(products, held, filed, draft=draft)
    found = Orders(withheld=list(shipments.refused.values()))
    refused = {
        str(lot): str(why)
        for lot, why in zip(consignment.refused_lots["lot"], consignment.refused_lots["reasons"], strict=True)
    }
    for shipment in shipments.ready:
        for made in _of_shipment(harvest, shipment, held, refused, filed):
            if isinstance(made, str):
                found.withheld.append(made)
            else:
                found.ready.append(made)
    return found


def changed_since(harvest: str, shipments: Shipments | None, filed: Sequence[Filed]) -> list[str]:
    """Shipments that say something else than what was filed for them, a sentence each."""
    planned = []
    for one in () if shipments is None else shipments.ready:
        whole = next((other for other in filed if other.reference == reference(harvest, (one.name,))), None)
        if whole is not None and (
            grams(whole.net_mass_kg) != grams(one.net_mass_kg) or set(whole.lots) != set(one.lots)
        ):
            planned.append(
                f"shipment '{one.name}' was filed on {whole.submitted} as {whole.number} with {whole.net_mass_kg:g} kg "
                f"of {', '.join(whole.lots)}; shipments.csv now says {one.net_mass_kg:g} kg of {', '.join(one.lots)}: "
                "amend it in the EU system, or put the file right; nothing of it is written again"
            )
    return planned


def _of_plots(products: Sequence[Product], consignment: Consignment, filed: Sequence[Filed]) -> Orders:
    if consignment.plots.empty:
        return Orders()
    loads = tuple(
        Load(number, {}, product.net_mass_kg or 0.0, product.supplementary_unit)
        for number, product in enumerate(products)
    ) or (Load(0, {}, 0.0, None),)
    return Orders([Order(None, loads)])


def _of_lots(products: Sequence[Product], held: Mapping[str, float], filed: Sequence[Filed], *, draft: bool) -> Orders:
    """One order of all lots of which nothing was filed."""
    used = {lot for one in filed for lot in one.lots}
    lots = {lot: kg for lot, kg in sorted(held.items()) if lot not in used}
    mass = sum(map(grams, lots.values())) / 1000
    wanted = next(iter(products), None)
    open_kg = (wanted.net_mass_kg or 0.0) if wanted is not None else 0.0
    open_kg -= sum(one.net_mass_kg for one in filed)
    if grams(open_kg) > grams(mass) and not draft:
        return Orders(withheld=[_lacking(mass, open_kg, bool(filed))])
    if not lots:
        return Orders()
    return Orders([Order(None, (Load(0, lots, mass, None if wanted is None else wanted.supplementary_unit),))])


def _lacking(held: float, wanted: float, filed: bool) -> str:
    left = " that are not filed" if filed else ""
    return (
        f"the accepted lots{left} hold {held:g} kg of green product, less than the {wanted:g} kg declared; "
        "lower product.net_mass_kg, or settle the refused lots (refused_lots.csv)"
    )


def _of_shipment(
    harvest: str,
    shipment: Shipment,
    held: Mapping[str, float],
    refused: Mapping[str, str],
    filed: Sequence[Filed],
) -> Iterator[Order | str]:
    mine = [one for one in filed if one.shipment == shipment.name]
    if any(one.reference == reference(harvest, (shipment.name,)) for one in mine):
        return
    gone = {lot for one in mine for lot in one.lots}
    taken: dict[str, float] = {}
    for one in filed:
        for lot, kg in one.lots.items() if one not in mine else ():
            taken[lot] = taken.get(lot, 0.0) + kg
    loads = []
    for line in shipment.lines:
        lots = {lot: held.get(lot, 0.0) if kg is None else kg for lot, kg in line.lots.items() if lot not in gone}
        fault = _fault(shipment.name, lots, held, refused, taken)
        if fault:
            yield fault
            return
        before = sum(one.lots[lot] for one in mine for lot in one.lots if lot in line.lots)
        mass = (grams(line.net_mass_kg) - grams(before)) / 1000
        if lots:
            loads.append(Load(line.product, lots, mass, line.supplementary_unit))
    if loads:
        yield Order(shipment, tuple(loads), rest=bool(mine))


def _fault(
    name: str,
    lots: Mapping[str, float],
    held: Mapping[str, float],
    refused: Mapping[str, str],
    taken: Mapping[str, float],
) -> str | None:
    """Why a shipment cannot be declared now that its lots are judged."""
    for lot, kg in lots.items():
        if lot not in held:
            return (
                f"shipment '{name}': lot '{lot}' is refused ({refused.get(lot, 'unknown')}); settle it, or take it out "
                "of 'lots' and lower net_mass_kg"
            )
        if grams(kg) > grams(held[lot]) - grams(taken.get(lot, 0.0)):
            left = (grams(held[lot]) - grams(taken.get(lot, 0.0))) / 1000
            return (
                f"shipment '{name}': {kg:g} kg of lot '{lot}', of which {left:g} kg are left after what was filed; "
                "lower it"
            )
    return None
