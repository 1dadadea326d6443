"""LOTS as a table for people: kilograms, shipments and plots of every lot, a row each."""

import pandas as pd

from eudr_check.package.alone import takes
from eudr_check.shipments import Shipments, kilograms

NAME = "lots.csv"
COLUMNS = ("lot", "kg_green", "status", "shipments", "deliveries", "removed", "reasons", "warnings", "plots")
SEPARATOR = "; "
SHIPMENTS = "shipments that take of the lot: `SHIPMENT=KILOGRAMS`, or `SHIPMENT` where it takes the whole lot"
"""What the one column holds that LOTS does not have."""


def table(lots: pd.DataFrame, shipments: Shipments | None) -> pd.DataFrame:
    """The rows, in the order of LOTS.

    Args:
        lots: LOTS.
        shipments: None where no file names any.

    Returns:
        `COLUMNS`; lists as one text with `SEPARATOR`.
    """
    taken: dict[str, list[str]] = {}
    for shipment in () if shipments is None else shipments.ready:
        for lot, kg in takes(shipment).items():
            taken.setdefault(lot, []).append(shipment.name if kg is None else f"{shipment.name}={kilograms(kg)}")
    shown = lots.assign(
        shipments=[SEPARATOR.join(taken.get(str(lot), ())) for lot in lots["lot"]],
        plots=[SEPARATOR.join(map(str, keys)) for keys in lots["plots"]],
    )
    return shown.reindex(columns=COLUMNS)
