"""The harvest before: two cooperatives as they sent their plots in 2025.

Between then and 2026 one boundary was surveyed anew, one parcel got another id, and one was redrawn so that the
clearing on it lies outside.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from season import files
from season.faults import Case
from season.members import Parcel, to_degrees
from season.rows import Row, rows_of

MEMBERS = {"coop-01": 36, "coop-05": 34}
"""Cooperatives and how many of their parcels were known in 2025."""
SURVEYED_ANEW = ("coop-01", 1)
RENUMBERED = ("coop-05", 2, "ML-2025-31")


def redraw(sent: Mapping[str, list[Row]]) -> Case:
    """Change the 2026 boundary of the first parcel with a clearing so that the clearing lies outside it."""
    for cooperative in MEMBERS:
        for row in sent[cooperative][: MEMBERS[cooperative]]:
            patch = row.parcel.patch
            if row.parcel.story == "new" and patch is not None:
                felled = shapely.buffer(shapely.Point(patch.x, patch.y), 1.2 * patch.radius_m + 8, quad_segs=3)
                left = shapely.difference(row.parcel.outline, felled)
                largest = max(shapely.get_parts(left), key=shapely.area)
                if shapely.area(largest) > 3000:
                    row.shape = to_degrees(row.parcel.site, largest)
                    return Case("boundary_moved_off_loss", cooperative, row.plot_id)
    raise ValueError("no parcel with a clearing is left to be redrawn")


def write(folder: Path, parcels: Mapping[str, Sequence[Parcel]]) -> list[Case]:
    """Write the files of 2025 below `folder/2025`; what the register finds in 2026."""
    there = folder / "2025"
    there.mkdir()
    sent = {cooperative: rows_of(parcels[cooperative][:count]) for cooperative, count in MEMBERS.items()}
    cooperative, at = SURVEYED_ANEW
    changed = sent[cooperative][at]
    changed.shape = shapely.transform(changed.shape, lambda at: (at + np.array([1.6e-4, -0.9e-4])).round(7))
    cases = [Case("boundary_changed", cooperative, changed.plot_id)]
    cooperative, at, before = RENUMBERED
    cases.append(Case("overlap_earlier", cooperative, sent[cooperative][at].plot_id))
    sent[cooperative][at].plot_id = before
    files.write_geojson(there / "coop-01.geojson", sent["coop-01"])
    files.write_csv(there / "coop-05.csv", sent["coop-05"])
    return cases
