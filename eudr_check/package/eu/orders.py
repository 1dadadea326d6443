"""What each statement is to declare, before the limits of the EU system cut it.

A statement declares a shipment; without shipments one statement declares all accepted lots, without lots all plots that
may go in. What was filed is in no statement again; an order names it, so that it can be taken out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.reference import reference
from eudr_check.shipments import Filed, Shipment, Shipments, Withheld, grams, kilograms
from eudr_check.trade import Product
from eudr_check.yields import ceiling, is_grown


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
    filed: tuple[Filed, ...] = ()
    """Statements that declare a part of it already."""


@dataclass(frozen=True)
class Orders:
    """Everything to be declared, and what is not."""

    ready: list[Order] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    """What is not declared, by name, and what to do."""


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
        return _of_plots(products, consignment, draft=draft)
    held = dict(zip(consignment.lots["lot"].astype(str), consignment.lots["kg_green"].astype(float), strict=True))
    refused = {
        str(lot): str(why)
        for lot, why in zip(consignment.refused_lots["lot"], consignment.refused_lots["reasons"], strict=True)
        if str(lot) not in held
    }
    found = Orders(withheld=list(_filed_refused(refused, filed)))
    if shipments is None:
        _of_lots(found, products, held, filed, draft=draft)
        return found
    found.withheld.extend(shipments.refused.values())
    for shipment in shipments.ready:
        made = _of_shipment(harvest, shipment, held, refused, filed)
        if isinstance(made, Withheld):
            found.withheld.append(made)
        elif made is not None:
            found.ready.append(made)
    return found


def changed_since(harvest: str, shipments: Shipments | None, filed: Sequence[Filed]) -> list[Withheld]:
    """Shipments that say something else than what was filed for them."""
    changed = []
    for one in () if shipments is None else shipments.ready:
        whole = next((other for other in filed if other.reference == reference(harvest, (one.name,))), None)
        if whole is not None and (
            grams(whole.net_mass_kg) != grams(one.net_mass_kg) or set(whole.lots) != set(one.lots)
        ):
            stated = {
                "name": one.name,
                "day": whole.submitted.isoformat(),
                "number": whole.number,
                "filed": kilograms(whole.net_mass_kg),
                "filed_lots": ", ".join(whole.lots),
                "asked": kilograms(one.net_mass_kg),
                "asked_lots": ", ".join(one.lots),
            }
            changed.append(Withheld("shipment_changed", stated))
    return changed


def filed_grams(lot: str, filed: Sequence[Filed]) -> int:
    """Grams of a lot that filed statements declare."""
    return sum(grams(one.lots[lot]) for one in filed if lot in one.lots)


def numbers(lot: str, filed: Sequence[Filed]) -> str:
    """Numbers of the filed statements that declare a lot."""
    return ", ".join(one.number for one in filed if lot in one.lots)


def _of_plots(products: Sequence[Product], consignment: Consignment, *, draft: bool) -> Orders:
    if consignment.plots.empty:
        return Orders()
    too_much = _above_yield(products, consignment)
    if too_much is not None and not draft:
        return Orders(withheld=[too_much])
    loads = tuple(
        Load(number, {}, product.net_mass_kg or 0.0, product.supplementary_unit)
        for number, product in enumerate(products)
    ) or (Load(0, {}, 0.0, None),)
    return Orders([Order(None, loads)])


def _above_yield(products: Sequence[Product], consignment: Consignment) -> Withheld | None:
    """More than all plots together can have grown in a year; no lots are there to say so plot by plot."""
    commodity = str(consignment.plots["commodity"].iloc[0])
    stated = sum(one.net_mass_kg or 0.0 for one in products if is_grown(commodity, one.hs_code))
    most = ceiling(consignment.plots, commodity)
    if stated <= most.possible_kg:
        return None
    values = {"stated": kilograms(stated), "area": f"{most.area_ha:.2f}", "most": kilograms(most.possible_kg)}
    return Withheld("mass_above_yield", values)


def _of_lots(
    found: Orders, products: Sequence[Product], held: Mapping[str, float], filed: Sequence[Filed], *, draft: bool
) -> None:
    """One order of all lots, whatever of them was filed."""
    left = sum(max(grams(kg) - filed_grams(lot, filed), 0) for lot, kg in held.items())
    wanted = next(iter(products), None)
    open_grams = grams(0.0 if wanted is None else wanted.net_mass_kg or 0.0)
    open_grams -= sum(grams(one.net_mass_kg) for one in filed)
    if open_grams > left and not draft:
        stated = {"held": kilograms(left / 1000), "wanted": kilograms(open_grams / 1000)}
        found.withheld.append(Withheld("lots_lack_rest" if filed else "lots_lack", stated))
        return
    if held:
        mass = sum(map(grams, held.values())) / 1000
        load = Load(0, dict(sorted(held.items())), mass, None if wanted is None else wanted.supplementary_unit)
        found.ready.append(Order(None, (load,), tuple(one for one in filed if set(one.lots) & set(held))))


def _filed_refused(refused: Mapping[str, str], filed: Sequence[Filed]) -> Iterator[Withheld]:
    """Lots that were filed and may not be declared any more."""
    for lot, why in refused.items():
        if filed_grams(lot, filed):
            yield Withheld("filed_refused", {"lot": lot, "numbers": numbers(lot, filed), "why": why})


def _of_shipment(
    harvest: str,
    shipment: Shipment,
    held: Mapping[str, float],
    refused: Mapping[str, str],
    filed: Sequence[Filed],
) -> Order | Withheld | None:
    mine = tuple(one for one in filed if one.shipment == shipment.name)
    if any(one.reference == reference(harvest, (shipment.name,)) for one in mine):
        return None
    others = [one for one in filed if one not in mine]
    loads = []
    for line in shipment.lines:
        lots = {lot: held.get(lot, 0.0) if kg is None else kg for lot, kg in line.lots.items()}
        fault = _fault(shipment.name, lots, held, refused, others)
        if fault is not None:
            return fault
        loads.append(Load(line.product, lots, line.net_mass_kg, line.supplementary_unit))
    return Order(shipment, tuple(loads), mine)


def _fault(
    name: str,
    lots: Mapping[str, float],
    held: Mapping[str, float],
    refused: Mapping[str, str],
    others: Sequence[Filed],
) -> Withheld | None:
    """Why a shipment cannot be declared now that its lots are judged, and others are filed."""
    for lot, kg in lots.items():
        if lot not in held:
            return Withheld("lot_refused", {"name": name, "lot": lot, "why": refused.get(lot, "unknown")})
        left = grams(held[lot]) - filed_grams(lot, others)
        if grams(kg) > left:
            stated = {"lot": lot, "wanted": kilograms(kg), "left": kilograms(left / 1000)}
            return Withheld("lot_used", {"name": name, **stated})
    return None
