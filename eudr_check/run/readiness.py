"""What can be refused before a plot is read or a raster touched: facts of the statement, and files of people."""

from collections.abc import Iterator

import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.errors import PackageError
from eudr_check.package.eu import dds_xml
from eudr_check.shipments import grams


def check(harvest: Harvest, delivered: pd.DataFrame | None) -> None:
    """Refuse what the EU system would refuse, all of it at once, each with key, value and remedy.

    Args:
        harvest: the settings.
        delivered: its deliveries; None where it names none.

    Raises:
        PackageError: operator, products or a key of theirs is wrong or missing.
    """
    faults = dds_xml.fact_faults(harvest)
    if delivered is not None:
        faults += _in_tonnes(harvest, sum(map(grams, dossier.held(delivered).values())))
    if harvest.operator is not None and harvest.operator.role in ("trader", "downstream_operator"):
        faults.append(
            f"operator.role {harvest.operator.role} files no statement (Art. 5); take 'statement' out of "
            "package.outputs, or correct the role"
        )
    if faults:
        raise PackageError(f"harvest {harvest.harvest}: no statement can be made: " + "; ".join(faults))


def _in_tonnes(harvest: Harvest, held: int) -> Iterator[str]:
    """Net masses that hold what was delivered only when they are read as tonnes; `held` in grams."""
    masses = [product.net_mass_kg for product in harvest.goods]
    stated = [grams(mass) for mass in masses if mass]
    if stated and 0.5 * held <= sum(stated) * 1000 <= 1.5 * held:
        keys = (
            [f"products.{n}.net_mass_kg" for n in range(len(masses))] if harvest.products else ["product.net_mass_kg"]
        )
        named = ", ".join(f"{key} {mass:g}" for key, mass in zip(keys, masses, strict=True) if mass)
        yield f"{named} looks like tonnes, for the lots hold {held / 1000:,.0f} kg; write kilograms"
