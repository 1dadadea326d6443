"""What is shipped to whom, from which lots, and what was filed of it.

A statement declares a shipment. What a filed statement declared is used up: no later run may declare or change it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from eudr_check.text import Joined, Sentence, sentence, topic


@dataclass(frozen=True)
class Line:
    """One commodity line of a shipment."""

    product: int
    """Position in the products of the harvest."""
    lots: Mapping[str, float | None]
    """Kilograms of product taken of each lot; None: of the whole lot."""
    net_mass_kg: float
    supplementary_unit: float | None


@dataclass(frozen=True)
class Shipment:
    """One shipment, free of faults that its file and the deliveries show."""

    name: str
    lines: tuple[Line, ...]
    border_country: str | None
    date: dt.date | None
    contract: str
    container: str
    sales_reference: str

    @property
    def net_mass_kg(self) -> float:
        """Kilograms of all lines, to the gram."""
        return sum(grams(line.net_mass_kg) for line in self.lines) / 1000

    @property
    def lots(self) -> tuple[str, ...]:
        """Lots of all lines, in their order."""
        return tuple(dict.fromkeys(lot for line in self.lines for lot in line.lots))


@dataclass(frozen=True)
class Withheld:
    """Something asked for that is not declared, or not as it was asked for."""

    code: str
    """Key of its sentence in `text/shipments.yaml`."""
    values: Mapping[str, str]
    """What the sentence names."""

    @property
    def shipment(self) -> str | None:
        """The shipment it speaks of; None where it speaks of a lot or the harvest."""
        return self.values.get("name")


def in_words(code: str, values: Mapping[str, str]) -> Sentence:
    """The sentence of something withheld; faults of a lot (`code: plot, plot; code`) become sentences as well."""
    known = topic("faults")
    parts = [re.fullmatch(r"(\w+)(?:: (.+))?", part, re.DOTALL) for part in values.get("why", "").split("; ")]
    if not all(part and part[1] in known for part in parts):
        return sentence("shipments", code, **values)
    faults = [sentence("faults", part[1], names=f": {part[2]}" if part[2] else "") for part in parts if part]
    return sentence("shipments", code, **{**values, "why": Joined(faults)})


@dataclass(frozen=True)
class Shipments:
    """The shipments of a harvest, and those that are refused."""

    ready: tuple[Shipment, ...] = ()
    refused: Mapping[str, Withheld] = field(default_factory=dict)
    """Shipment: file, row, what is wrong and what to do."""
    ordered_kg: Mapping[str, float] = field(default_factory=dict)
    """Net mass of every shipment, refused ones as far as it can be read."""


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
    geojson_sha256: str | None = None
    """Of the plots it declared; None where an earlier version wrote this."""
    rehearsed: bool = False
    """Whether the number came from a system to try things in, and declares nothing."""


def kilograms(mass: float) -> str:
    """A mass in figures, to the gram.

    >>> kilograms(19200.0)
    '19200'
    """
    return f"{grams(mass) / 1000:.3f}".rstrip("0").rstrip(".")


def grams(kilograms: float) -> int:
    """Whole grams of a mass: sums of them are exact.

    >>> grams(0.1 + 0.2)
    300
    """
    return round(kilograms * 1000)
