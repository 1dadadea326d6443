"""What can be refused before a plot is read or a raster touched: facts of the statement, and files of people."""

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
    if delivered is not None and harvest.product is not None and harvest.product.net_mass_kg:
        mass, held = harvest.product.net_mass_kg, sum(map(grams, dossier.held(delivered).values()))
        if 0.5 * held <= grams(mass) * 1000 <= 1.5 * held:
            faults.append(
                f"product.net_mass_kg {mass:g} looks like tonnes, for the lots hold {held / 1000:,.0f} kg; "
                "write kilograms"
            )
    if harvest.operator is not None and harvest.operator.role in ("trader", "downstream_operator"):
        faults.append(
            f"operator.role {harvest.operator.role} files no statement (Art. 5); take 'statement' out of "
            "package.outputs, or correct the role"
        )
    if faults:
        raise PackageError(f"harvest {harvest.harvest}: no statement can be made: " + "; ".join(faults))
