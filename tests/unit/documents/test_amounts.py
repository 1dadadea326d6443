"""Masses that are seldom meant are asked about, with what to write; the usual ones are not."""

import pandas as pd
import pytest

from eudr_check.documents import amounts
from eudr_check.trade import Product
from tests.helpers.risk_tables import HARVEST, plots


def asked(net_mass_kg: float | None, *kg: float) -> list[str]:
    """What is asked, in Spanish, about a net mass and deliveries of so many kilograms of green coffee."""
    product = Product(hs_code="0901 11", description="Café verde", net_mass_kg=net_mass_kg)
    harvest = HARVEST.model_copy(update={"product": product})
    delivered = pd.DataFrame({"kg": kg, "kg_green": kg, "plot": "a/1", "lot": "L1"}) if kg else None
    return [one.in_language("es") for one in amounts.doubts(harvest, plots({"a/1": 2.0}), delivered)]


@pytest.mark.parametrize(("kg", "many"), [((4.99,), 1), ((5.0,), 0), ((1.25, 1250.0, 2.0), 1)])
def test_a_delivery_under_five_kilograms_is_asked_about(kg: tuple[float, ...], many: int) -> None:
    """Finding 8: 1.25 kg may be 1,250; the plot and the lot are named."""
    found = asked(None, *kg)

    assert len(found) == many
    assert all("5 kg" in said and f"{kg[0]:g} kg (a/1, L1)" in said for said in found)


@pytest.mark.parametrize(("mass", "many"), [(19.0, 1), (20.0, 0), (1900.0, 0)])
def test_a_mass_under_one_percent_of_the_deliveries_is_asked_about(mass: float, many: int) -> None:
    """Tonnes written where kilograms belong are a thousandth of what was delivered."""
    found = asked(mass, 1000.0, 1000.0)

    assert len(found) == many
    assert all("1 %" in said and "19" in said and "2000" in said for said in found)


@pytest.mark.parametrize(("mass", "tonnes"), [(3.4, "3400"), (59.9, "59900"), (60.0, None)])
def test_less_than_a_bag_is_asked_about_without_deliveries(mass: float, tonnes: str | None) -> None:
    """Number 7: with what to write, were it tonnes."""
    found = [said for said in asked(mass) if "60 kg" in said]

    assert len(found) == (tonnes is not None)
    assert all(str(tonnes) in said for said in found)
