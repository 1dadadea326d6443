"""Any GeoJSON file against the EU Information System's own file rules, offline.

The rules are the listed file errors of the Commission's Operator API Reference v1.0 (section 9.5) and of its live help
page, and the server's limits. Coordinates are cut (not rounded) to six decimals before geometry is judged, because
that is what the system does.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import shapely

from eudr_check.package.eu import ring_rules
from eudr_check.package.eu.file_faults import EU_CODES, Fault, fault, words
from eudr_check.package.eu.file_scan import Scan
from eudr_check.package.eu.file_text import LIMIT_BYTES, bytes_of, parsed, size_faults
from eudr_check.package.eu.file_words import PROPERTIES

__all__ = ["EU_CODES", "LIMIT_BYTES", "PROPERTIES", "Fault", "check", "check_file"]

HALF_THE_WORLD = 180.0
"""Degrees of longitude; no plot is wider, so a wider ring jumps from one side of the map to the other."""


def check_file(path: Path, *, cattle: bool = False) -> list[Fault]:
    """All faults of a file, in its order.

    Args:
        path: the file.
        cattle: the file is for cattle: points have no upper area.

    Raises:
        PackageError: the file cannot be opened.
    """
    return check(bytes_of(path), cattle=cattle)


def check(content: bytes, *, cattle: bool = False) -> list[Fault]:
    """All faults of the bytes of a file, in its order; an empty list means nothing the system is known to refuse."""
    faults = list(size_faults(content))
    found = parsed(content)
    if isinstance(found, Fault):
        return [*faults, found]
    scan = Scan(cattle)
    scan.file(found)
    return sorted([*faults, *scan.faults, *_ring_faults(scan)], key=lambda f: (f.feature or 0, f.code, f.message))


def _ring_faults(scan: Scan) -> Iterator[Fault]:
    """Faults of closed rings, judged at the six decimals the system keeps."""
    closed = {number: ring for number, ring in enumerate(scan.rings) if ring is not None}
    if not closed:
        return
    numbers, broken = list(closed), set[int]()
    for number, ring in closed.items():
        if np.ptp(ring[:, 0]) > HALF_THE_WORLD:
            yield fault("antimeridian", words("round_the_world"), scan.ring_feature[number], ring[0])
    for place, code, message, at in ring_rules.faults(list(closed.values())):
        broken.add(numbers[place])
        yield fault(code, message, scan.ring_feature[numbers[place]], at)
    for number, ring in closed.items():
        if np.ptp(ring[:, 0]) > HALF_THE_WORLD:
            yield fault("coordinate-range", words("antimeridian"), scan.ring_feature[number], ring[0])
    for feature, members in scan.groups:
        shells = [number for number in members if number in closed]
        if len(shells) > 1 and broken.isdisjoint(shells):
            parts = shapely.MultiPolygon([shapely.Polygon(ring_rules.cut(closed[number])) for number in shells])
            if not parts.is_valid:
                yield fault("overlapping-parts", words("parts_overlap"), feature, ring_rules.place(parts))
