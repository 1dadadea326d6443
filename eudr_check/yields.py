"""How much of a commodity a hectare can give in a year, and what the plots of a statement can have given together."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from eudr_check.law.regulation import POINT_AREA_HA

GROWN = {
    "cocoa": ("1801", "1802", "1803", "1804", "1805"),
    "coffee": ("0901",),
    "oil_palm": ("1207", "1511", "1513", "2306"),
    "rubber": ("4001",),
    "soya": ("1201", "1208", "1507", "2304"),
}
"""Headings whose goods weigh no more than what was harvested for them; others may hold much besides."""


@dataclass(frozen=True)
class Plausible:
    """Kilograms per hectare and year above which we ask, and above which we refuse."""

    warn: float
    block: float
    source: str


@dataclass(frozen=True)
class Ceiling:
    """What some plots together give in a year."""

    area_ha: float
    usual_kg: float
    """More is asked about."""
    possible_kg: float
    """More is refused."""


def plausible(commodity: str, country: object) -> Plausible | None:
    """Plausible yield of a commodity in a country, else anywhere; None where no figure is known."""
    table = _plausible()
    return table.get((commodity, str(country))) or table.get((commodity, ""))


def area_ha(plots: pd.DataFrame) -> pd.Series:
    """Hectares of every plot: measured, else declared, else the most that a point can stand for."""
    return plots["area_ha"].fillna(plots["declared_area_ha"]).fillna(POINT_AREA_HA)


def ceiling(plots: pd.DataFrame, commodity: str) -> Ceiling:
    """What plots together can have given of a commodity; without limit where one of them has no figure.

    Args:
        plots: PLOTS.
        commodity: of the harvest.
    """
    area = area_ha(plots)
    limits = [plausible(commodity, country) for country in plots["producer_country"]]
    warn = np.array([np.inf if one is None else one.warn for one in limits])
    block = np.array([np.inf if one is None else one.block for one in limits])
    return Ceiling(float(area.sum()), float((area * warn).sum()), float((area * block).sum()))


def is_grown(commodity: str, hs_code: str) -> bool:
    """Whether goods of a code weigh no more than their harvest, so that a yield limits their mass.

    >>> is_grown("coffee", "0901 11"), is_grown("rubber", "4011 10")
    (True, False)
    """
    return "".join(filter(str.isdigit, hs_code)).startswith(GROWN.get(commodity, ()))


@cache
def _plausible() -> dict[tuple[str, str], Plausible]:
    text = files("eudr_check").joinpath("yields.csv").read_text(encoding="utf-8")
    return {
        (row["commodity"], row["country"]): Plausible(
            float(row["warn_kg_ha"]), float(row["block_kg_ha"]), row["source"]
        )
        for row in csv.DictReader(text.splitlines())
    }
