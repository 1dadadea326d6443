"""Well-known binary from outside: geometry where it can be read or closed, a fault where not."""

import struct

import numpy as np
import pandas as pd
import shapely

from eudr_check.plots.read.raw_table import Fault
from eudr_check.typing import Geometries, Objects


def geometries(wkb: Objects) -> tuple[Geometries, list[Fault]]:
    """Shapely geometries of WKB; rings GEOS refuses are closed or reported.

    Args:
        wkb: object (n,) bytes or None.

    Returns:
        object (n,) 2-D geometries, None where there is none or an unreadable one, and the faults.
    """
    with np.errstate(invalid="ignore"):
        geometry = shapely.from_wkb(wkb, on_invalid="ignore")
        refused = np.flatnonzero(shapely.is_missing(geometry) & ~pd.isna(wkb))
        faults: list[Fault] = []
        for row in refused:
            positions = ring_sizes(wkb[row])
            repaired = shapely.from_wkb(wkb[row], on_invalid="fix") if positions and min(positions) >= 3 else None
            if repaired is None and positions:
                faults.append(Fault(int(row), "ring_too_short", {"positions": min(positions)}))
            elif repaired is None:
                faults.append(Fault(int(row), "geometry_unreadable", {"problem": "broken well-known binary"}))
            else:
                geometry[row] = repaired
                faults.append(Fault(int(row), "ring_unclosed", {"positions": positions[0]}))
    # A geometry that is flat would only be copied.
    raised = shapely.get_coordinate_dimension(geometry) > 2
    geometry[raised] = shapely.force_2d(geometry[raised])
    return geometry, faults


def ring_sizes(wkb: bytes) -> list[int]:
    """Positions of each ring of a polygon or multipolygon in WKB; empty for anything else or for broken bytes."""
    try:
        return _polygon_sizes(wkb, 0)[0]
    except struct.error:
        return []


def _polygon_sizes(wkb: bytes, at: int) -> tuple[list[int], int]:
    order = "<" if wkb[at : at + 1] == b"\x01" else ">"
    kind, count = struct.unpack_from(order + "II", wkb, at + 1)
    plain = kind % 1000 if kind < 0x20000000 else kind & 0xFF
    width = 8 * (2 + (kind // 1000 in (1, 2)) + 2 * (kind // 1000 == 3) + bool(kind & 0x80000000))
    at += 9
    sizes: list[int] = []
    if plain == 6:
        for _ in range(count):
            part, at = _polygon_sizes(wkb, at)
            sizes += part
    elif plain == 3:
        for _ in range(count):
            (size,) = struct.unpack_from(order + "I", wkb, at)
            at += 4 + size * width
            if at > len(wkb):
                raise struct.error("ring runs beyond the bytes")
            sizes.append(size)
    return sizes, at
