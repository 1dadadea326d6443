"""Masses that can be meant but seldom are: each is asked about, none is changed."""

from collections.abc import Iterator

import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents.animals import is_live
from eudr_check.shipments import kilograms
from eudr_check.text import Sentence, sentence
from eudr_check.yields import ceiling, is_grown

BAG_KG = 60.0
"""A bag of coffee: a statement of less is a sample, or stands in tonnes."""
LEAST_SHARE = 0.01
"""A net mass of less of what the lots hold is asked about."""
LEAST_DELIVERY_KG = 5.0
LEAST_HEAD_KG, MOST_HEAD_KG = 20.0, 1500.0
"""Ours: a calf weighs more at birth, and hardly a bull as much."""
_SHOWN = 5


def doubts(harvest: Harvest, plots: pd.DataFrame, deliveries: pd.DataFrame | None) -> Iterator[Sentence]:
    """What a person should look at again among the masses of a harvest.

    Args:
        harvest: gives commodity and net masses.
        plots: PLOTS whose outcome is settled.
        deliveries: from `read_deliveries`; None where the harvest names none.
    """
    yield from _of_animals(harvest)
    yield from _of_products(harvest, plots, None if deliveries is None else float(deliveries["kg_green"].sum()))
    if deliveries is not None:
        small = deliveries[deliveries["kg"] < LEAST_DELIVERY_KG]
        if len(small):
            some = [f"{kg:g} kg ({plot}, {lot})" for kg, plot, lot in small[["kg", "plot", "lot"]].head(_SHOWN).values]
            some += [f"+{len(small) - _SHOWN}"] * (len(small) > _SHOWN)
            yield sentence("documents", "note_small_deliveries", count=len(small), some=", ".join(some))


def _of_animals(harvest: Harvest) -> Iterator[Sentence]:
    """Live cattle of which a head weighs what none does: kilograms or heads are others."""
    for one in harvest.goods:
        if is_live(one.hs_code) and one.net_mass_kg and one.supplementary_unit:
            each = one.net_mass_kg / one.supplementary_unit
            if not LEAST_HEAD_KG <= each <= MOST_HEAD_KG:
                said = {"mass": kilograms(one.net_mass_kg), "heads": f"{one.supplementary_unit:g}"}
                yield sentence("documents", "note_head_mass", code=one.hs_code, each=f"{each:.1f}", **said)


def _of_products(harvest: Harvest, plots: pd.DataFrame, delivered_kg: float | None) -> Iterator[Sentence]:
    masses = [one.net_mass_kg for one in harvest.goods if one.net_mass_kg is not None]
    if not masses:
        return
    if delivered_kg is not None:
        if sum(masses) < LEAST_SHARE * delivered_kg:
            yield sentence(
                "documents", "note_small_share", mass=kilograms(sum(masses)), delivered=kilograms(delivered_kg)
            )
        return
    for mass in masses:
        if mass < BAG_KG:
            yield sentence("documents", "note_small_mass", mass=kilograms(mass), tonnes=kilograms(mass * 1000))
    grown = sum(one.net_mass_kg or 0.0 for one in harvest.goods if is_grown(harvest.commodity, one.hs_code))
    usable = plots[plots["usable"].eq(True)]
    most = ceiling(usable, harvest.commodity)
    if len(usable) and grown > most.usual_kg:
        yield sentence(
            "documents",
            "note_above_usual",
            mass=kilograms(grown),
            area=f"{most.area_ha:.2f}",
            usual=kilograms(most.usual_kg),
        )
