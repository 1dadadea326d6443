"""One statement over several: a shipment the limits of the EU system cut is brought together again once all is filed.

The grouping statement names the reference numbers of its parts. Public sources show its line with producers but do not
say whether it needs them again; geolocation that did not fit the first time is not repeated, and the file says so.
"""

from collections.abc import Iterator, Sequence

from eudr_check.config import Harvest
from eudr_check.package.eu import dds_xml
from eudr_check.package.eu.parts import Part
from eudr_check.package.eu.reference import reference
from eudr_check.shipments import Filed, Shipments, grams

MOST_SURE = 1000
"""Members of a group: the schema allows 2,000, the release notes 1,000."""


def groups(
    harvest: Harvest, shipments: Shipments | None, filed: Sequence[Filed], parts: Sequence[Part]
) -> Iterator[tuple[str, bytes]]:
    """Internal reference and payload of every shipment of which all parts are filed, and more than one."""
    open_names = {part.shipment.name for part in parts if part.shipment is not None}
    for one in () if shipments is None else shipments.ready:
        whole = reference(harvest.harvest, (one.name,))
        mine = [other for other in filed if other.shipment == one.name]
        complete = sum(grams(other.net_mass_kg) for other in mine) == grams(one.net_mass_kg)
        if not 1 < len(mine) <= MOST_SURE or one.name in open_names or not complete:
            continue
        lines = [
            dds_xml.Line(harvest.goods[line.product], line.net_mass_kg, line.supplementary_unit, ())
            for line in one.lines
        ]
        request = dds_xml.document(
            harvest,
            lines,
            reference=whole,
            border_country=one.border_country,
            grouped=[other.number for other in mine],
        )
        yield whole, dds_xml.xml(request, draft=False)
