"""A harvest is refused before any raster is touched where its figures cannot be meant."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from eudr_check import config
from eudr_check.config import Catalogue
from eudr_check.errors import LayersError, PackageError
from eudr_check.run import readiness
from tests.helpers import package_tables as six
from tests.helpers.tiny_harvest import Tiny

GREEN = {"hs_code": "0901 11", "description": "Green coffee"}
ROASTED = {"hs_code": "0901 21", "description": "Roasted coffee"}
DAYS = {"date": dt.date(2026, 6, 1), "removed_on": None, "mixed_on": None}
DELIVERED = pd.DataFrame({"lot": ["A", "B"], "kg_green": [19200.0, 38400.0], **DAYS})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"product": GREEN | {"net_mass_kg": 57.6}}, "product.net_mass_kg 57.6"),
        ({"product": None, "products": [GREEN | {"net_mass_kg": 57.6}]}, "products.0.net_mass_kg 57.6"),
        (
            {"product": None, "products": [GREEN | {"net_mass_kg": 19.2}, ROASTED | {"net_mass_kg": 38.4}]},
            "products.0.net_mass_kg 19.2, products.1.net_mass_kg 38.4",
        ),
    ],
)
def test_tonnes_are_refused_in_one_product_and_in_a_list(changes: dict[str, Any], named: str) -> None:
    """57.6 of 57,600 kg delivered are tonnes, in whichever key they stand; the refusal names key, value and remedy."""
    with pytest.raises(PackageError) as refused:
        readiness.check(six.harvest(**changes), DELIVERED)

    assert f"{named} looks like tonnes, for the lots hold 57,600 kg; write kilograms" in str(refused.value)


def test_kilograms_are_not_taken_for_tonnes() -> None:
    """A product of 57,600 kg, or of fewer kilograms than were delivered, passes."""
    for mass in (57600, 19200, 500):
        readiness.check(six.harvest(product=GREEN | {"net_mass_kg": mass}), DELIVERED)


def test_only_catalogues_of_layers_have_to_be_there(tiny: Tiny) -> None:
    """A folder that no layer is read from stops nobody; the one they are read from does, before anything is made."""
    harvest = config.load(tiny.config)
    missing = Catalogue(folder=tiny.config.parent / "not-made-yet")
    spare = harvest.model_copy(update={"catalogues": {**harvest.catalogues, "spare": missing}})
    lost = harvest.model_copy(update={"catalogues": dict.fromkeys(harvest.catalogues, missing)})

    readiness.checked(spare, "layers", draft=False)
    with pytest.raises(LayersError, match="not-made-yet: no STAC folder"):
        readiness.checked(lost, "layers", draft=False)
