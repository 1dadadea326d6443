"""Ordered, delivered, located, cleared, declared, missing: the kilograms of every shipment, step by step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from eudr_check.config import Harvest
from eudr_check.lookup import among
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.parts import Part
from eudr_check.shipments import Filed, Shipment, Shipments, grams

STEPS = ("ordered_kg", "delivered_kg", "located_kg", "cleared_kg", "declared_kg", "missing_kg")
COLUMNS = ("shipment", *STEPS, "state", "references", "filed_as", "filed_on")


def table(
    harvest: Harvest,
    parts: Sequence[Part],
    consignment: Consignment,
    shipments: Shipments | None,
    filed: Sequence[Filed],
    located: Mapping[str, int],
    lots: pd.DataFrame,
) -> pd.DataFrame:
    """One row a shipment, or one for the harvest where it names none.

    `delivered_kg` is what its lots hold, `located_kg` what of it came from usable plots, `cleared_kg` what lies in
    accepted lots, `declared_kg` what a statement or a filed statement declares, `missing_kg` what is still to come.
    `state` is filed, declared, partly or open.

    Args:
        harvest: its settings.
        parts: the statements.
        consignment: gives the refused lots.
        shipments: None where no file names any.
        filed: statements of this harvest that have a number.
        located: see `located`.
        lots: LOTS.
    """
    held = _grams_of(lots["lot"], lots["kg_green"])
    refused = set(consignment.refused_lots["lot"].astype(str))
    steps = {
        "delivered_kg": held,
        "located_kg": located,
        "cleared_kg": {lot: whole for lot, whole in held.items() if lot not in refused},
    }
    rows = [
        _row(name, taken, ordered, steps, parts, filed) for name, taken, ordered in _asked(harvest, shipments, held)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def located(plots: pd.DataFrame, deliveries: pd.DataFrame) -> dict[str, int]:
    """Grams of every lot that came from usable plots."""
    left = deliveries if "removed" not in deliveries else deliveries[~deliveries["removed"]]
    usable = plots.index[plots["usable"]]
    return _grams_of(left["lot"], left["kg_green"].where(among(left["plot"], usable), 0.0))


def _asked(
    harvest: Harvest, shipments: Shipments | None, held: Mapping[str, int]
) -> Iterator[tuple[str | None, Mapping[str, int], int]]:
    """Shipment, grams it takes of every lot, and grams ordered."""
    if shipments is None:
        wanted = [product.net_mass_kg for product in harvest.goods if product.net_mass_kg is not None]
        yield None, held, sum(map(grams, wanted)) if wanted else sum(held.values())
        return
    ready = {one.name: one for one in shipments.ready}
    for name, ordered in shipments.ordered_kg.items():
        one = ready.get(name)
        taken = {} if one is None else _taken(one, held)
        yield name, taken, grams(ordered) if one is None else grams(one.net_mass_kg)


def _taken(shipment: Shipment, held: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in shipment.lines:
        for lot, kg in line.lots.items():
            found[lot] = found.get(lot, 0) + (held.get(lot, 0) if kg is None else grams(kg))
    return found


def _row(
    name: str | None,
    taken: Mapping[str, int],
    ordered: int,
    steps: Mapping[str, Mapping[str, int]],
    parts: Sequence[Part],
    filed: Sequence[Filed],
) -> dict[str, Any]:
    mine = [part for part in parts if name is None or (part.shipment is not None and part.shipment.name == name)]
    done = [one for one in filed if name is None or one.shipment == name]
    declared = sum(grams(part.net_mass_kg) for part in mine) + sum(grams(one.net_mass_kg) for one in done)
    state = "partly" if declared else "open"
    if declared >= ordered > 0:
        state = "filed" if not mine else "declared"
    return {
        "shipment": name,
        "ordered_kg": ordered / 1000,
        **{
            step: sum(min(kg, of_lot.get(lot, 0)) for lot, kg in taken.items()) / 1000 for step, of_lot in steps.items()
        },
        "declared_kg": declared / 1000,
        "missing_kg": max(ordered - declared, 0) / 1000,
        "state": state,
        "references": "; ".join([*(part.reference for part in mine), *(one.reference for one in done)]),
        "filed_as": "; ".join(one.number for one in done),
        "filed_on": "; ".join(one.submitted.isoformat() for one in done),
    }


def _grams_of(lots: pd.Series, kilograms: pd.Series) -> dict[str, int]:
    return {str(lot): grams(float(kg)) for lot, kg in kilograms.groupby(lots.astype(str)).sum().items()}
