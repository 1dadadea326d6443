"""Filed statements: shown as they were filed while the tables still give the very same, and never to be filed again."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from eudr_check.config import Harvest
from eudr_check.package.eu import feature_text
from eudr_check.package.eu.consignment import Consignment
from eudr_check.package.eu.orders import orders
from eudr_check.package.eu.parts import Part, parts
from eudr_check.shipments import Filed, Shipments, Withheld, grams

FILED = "filed"
"""How the folder of a filed statement begins, where one that is still to be filed begins with `statement`."""


def shown_as_filed(
    harvest: Harvest,
    shipments: Shipments | None,
    filed: Sequence[Filed],
    settled: Consignment,
    features: pd.DataFrame,
    texts: Sequence[str],
) -> tuple[Part, ...]:
    """Filed statements as they would be made had nothing been filed, where they are the very same.

    Args:
        harvest: settings. shipments: None where no file names any. filed: statements of the harvest with a number.
        settled: plots and lots that may be declared.
        features: rows of `eu_geojson.Export.features`. texts: the same as lines of GeoJSON.
    """
    sizes = [len(text.encode()) for text in texts]
    asked = orders(harvest.harvest, harvest.goods, settled, shipments, (), draft=False)
    made = {part.reference: part for part in parts(harvest.harvest, asked.ready, settled, features, sizes)[0]}
    found = []
    for one in filed:
        part = made.get(one.reference)
        if part is None or part.lots != one.lots or grams(part.net_mass_kg) != grams(one.net_mass_kg):
            continue
        geojson = feature_text.collection([texts[row] for row in part.rows]).encode()
        if hashlib.sha256(geojson).hexdigest() == one.geojson_sha256:
            found.append(replace(part, filed=one, folder=FILED + part.folder.removeprefix("statement")))
    return tuple(found)


def rest_without_lots(
    made: list[Part], shown: Sequence[Part], filed: Sequence[Filed]
) -> tuple[list[Part], list[Withheld]]:
    """What is still to be filed; of a harvest without lots only as long as all that was filed is the very same.

    Args:
        made: statements that would be made. shown: those that are shown as filed. filed: all that were filed.
    """
    if not made or made[0].lots:
        return made, []
    same = {part.reference for part in shown}
    if {one.reference for one in filed} <= same:
        return [part for part in made if part.reference not in same], []
    # Without lots nobody can tell what of this the filed statement has declared already.
    record = ", ".join(f"{one.number} ({one.submitted})" for one in filed)
    return [], [Withheld("filed_without_lots", {"numbers": record})]
