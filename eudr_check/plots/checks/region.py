"""The place of production with the region that a file states, where ISO 3166-2 knows that region."""

from functools import cache

import numpy as np
import pycountry

from eudr_check.names import plain
from eudr_check.plots.findings import FindingCollector
from eudr_check.plots.read.join import Rows

NAMED = 30
"""Regions of a country that a finding lists."""


def complete(rows: Rows, log: FindingCollector) -> None:
    """Put stated regions behind the names of places (`Caserío La Muestra, Cajamarca`), or in their stead.

    A region is one of the first level below the country of the plot, by its name or code in ISO 3166-2. Another value
    is reported and not used; nothing is looked up by where a plot lies.
    """
    table = rows.table
    known, unknown = {}, []
    for row in np.flatnonzero((table["region"].notna() & table["producer_country"].notna()).to_numpy()).tolist():
        country, said = str(table["producer_country"].iat[row]), str(table["region"].iat[row])
        found = regions(country).get(plain(said))
        if found is None:
            unknown.append((row, said[:60], "; ".join(names(country)[:NAMED]) or "-"))
        else:
            known[table.index[row]] = _joined(table["production_place"].iat[row], found)
    log.row(
        "value_unreadable",
        np.array([row for row, _, _ in unknown], dtype=np.int64),
        field="region",
        value=[said for _, said, _ in unknown],
        expected=[listed for _, _, listed in unknown],
    )
    if known:
        places = table["production_place"].astype(object)
        places.loc[list(known)] = list(known.values())
        rows.table["production_place"] = places


@cache
def regions(country: str) -> dict[str, str]:
    """Name of every region of a country, by its plain name, code and the part of the code that is its own.

    >>> [regions("PE").get(one) for one in ("cajamarca", "pe_caj", "caj", "jaen")]
    ['Cajamarca', 'Cajamarca', 'Cajamarca', None]
    """
    found: dict[str, str] = {}
    for one in pycountry.subdivisions:
        if one.country_code == country and one.parent_code is None:
            # Some names stand in several languages.
            name, *others = (part.strip() for part in one.name.replace("]", "").replace("[", ";").split(";"))
            for known in (name, *others, one.code, one.code.partition("-")[2]):
                found.setdefault(plain(known), name)
    return found


@cache
def names(country: str) -> tuple[str, ...]:
    """Names of the regions of a country, sorted."""
    return tuple(sorted(set(regions(country).values())))


def _joined(place: object, region: str) -> str:
    """A place with its region, which is not said twice."""
    if not isinstance(place, str):
        return region
    return place if f"_{plain(region)}_" in f"_{plain(place)}_" else f"{place}, {region}"
