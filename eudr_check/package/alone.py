"""What the package of one shipment says of itself, and of what lies outside of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from eudr_check.package.eu.reference import reference
from eudr_check.records import Json
from eudr_check.shipments import Shipment, Shipments, grams

KEY = "alone"
"""Of `summary.json`; the package of a whole harvest has none."""


@dataclass(frozen=True)
class Alone:
    """The one shipment of a package, and how much of what was judged hangs on others."""

    shipment: str
    judged_with_others: tuple[str, ...] = ()
    """Its plots whose outcome, or a reason or figure of it, hangs on adjoining plots that are not inside."""
    delivering_elsewhere: int = 0
    """Number of its plots that also delivered into lots that are not inside."""

    def coded(self, shipments: Mapping[str, str], plots: Mapping[str, str]) -> "Alone":
        """The same with codes for names."""
        judged = tuple(sorted(plots[plot] for plot in self.judged_with_others))
        return replace(self, shipment=shipments[self.shipment], judged_with_others=judged)


def bag_name(harvest: str, alone: Alone | None) -> str:
    """What a package is called: as its harvest, or as the statement of its one shipment is referred to."""
    return harvest if alone is None else reference(harvest, [alone.shipment])


def facts(alone: Alone | None, shipments: Shipments | None, lots: pd.DataFrame | None) -> dict[str, object]:
    """What `summary.json` says of it; nothing of a whole harvest.

    Args:
        alone: None for a whole harvest.
        shipments: the one shipment. lots: its LOTS.
    """
    if alone is None or shipments is None or lots is None:
        return {}
    held = dict(zip(lots["lot"].astype(str), lots["kg_green"].astype(float), strict=True))
    shared = [
        {"lot": lot, "held_kg": held[lot], "taken_kg": taken}
        for shipment in shipments.ready
        for lot, taken in takes(shipment).items()
        if lot in held and taken is not None and grams(taken) < grams(held[lot])
    ]
    return {
        KEY: {
            "shipment": alone.shipment,
            "lots_taken_in_part": shared,
            "judged_with_others": list(alone.judged_with_others),
            "delivering_elsewhere": alone.delivering_elsewhere,
        }
    }


def taken(alone: Alone | None, shipments: Shipments | None, lots: pd.DataFrame | None) -> pd.DataFrame | None:
    """LOTS with the kilograms that the one shipment takes of them; those of a whole harvest as they are."""
    if alone is None or shipments is None or lots is None:
        return lots
    kg = {lot: mass for shipment in shipments.ready for lot, mass in takes(shipment).items()}
    return lots.assign(kg_green=lots["lot"].map(kg).astype("float64").fillna(lots["kg_green"]))


def takes(shipment: Shipment) -> dict[str, float | None]:
    """Kilograms of product that a shipment takes of every lot, over all its lines; None: all of it."""
    taken: dict[str, float | None] = {}
    for line in shipment.lines:
        for lot, kg in line.lots.items():
            before = taken.get(lot, 0.0)
            taken[lot] = None if kg is None or before is None else (grams(before) + grams(kg)) / 1000
    return taken


def of_summary(summary: Json) -> Alone | None:
    """What a `summary.json` says of the one shipment of its package; None where it is that of a whole harvest.

    Raises:
        ValueError: it says something that none of ours says.
    """
    stated: Any = summary.get(KEY)
    if stated is None:
        return None
    plots, count = stated["judged_with_others"], stated["delivering_elsewhere"]
    if not isinstance(plots, list) or not isinstance(count, int) or isinstance(count, bool):
        raise ValueError(f"{KEY}: expected a list of plots and a number of them")
    return Alone(str(stated["shipment"]), tuple(map(str, plots)), count)
