"""Statements that were filed: what they declared is used up, and no later run may declare or change it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Filed:
    """One statement that has a number of the EU Information System."""

    reference: str
    """Internal reference."""
    number: str
    """Reference number of the EU system."""
    submitted: dt.date
    net_mass_kg: float
    shipment: str | None
    lots: Mapping[str, float]
    """Kilograms of product taken of every lot; empty for a statement without lots."""
