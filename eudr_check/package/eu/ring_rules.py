"""What is wrong with a ring once its coordinates are cut to six decimals."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from eudr_check.package.eu.file_faults import words
from eudr_check.text import Sentence
from eudr_check.typing import Floats

RingFault = tuple[int, str, Sentence, Floats | None]


def cut(coordinates: Floats) -> Floats:
    """Degrees cut (not rounded) to six decimals, as the system does.

    Nine decimals are settled first: the nearest double to 0.29 lies just below it and must not become 0.289999.
    """
    return np.trunc(np.rint(coordinates * 1e9) / 1e3) / 1e6 + 0.0


def faults(rings: Sequence[Floats]) -> Iterator[RingFault]:
    """Number of the ring, code, message and place of every fault.

    Args:
        rings: closed rings, each float64 (n, 2) longitude and latitude, n >= 4.
    """
    plot_index = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    coordinates = cut(np.concatenate(rings))
    same = np.zeros(len(plot_index), dtype=bool)
    same[1:] = (plot_index[1:] == plot_index[:-1]) & (coordinates[1:] == coordinates[:-1]).all(axis=1)
    repeated = np.unique(plot_index[same], return_index=True)
    for ring, first in zip(*repeated, strict=True):
        at = coordinates[np.flatnonzero(same)[first]]
        message = words("corners_one", at=f"{at[0]:.6f}, {at[1]:.6f}")
        yield int(ring), "duplicate-6dp", message, at
    corners = np.bincount(plot_index[~same], minlength=len(rings))
    flat = corners < 4
    kept = ~same & ~flat[plot_index]
    starts = np.concatenate([[0], np.cumsum(corners[~flat])])
    polygons: Any = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, coordinates[kept], (starts, np.arange(len(starts)))
    )
    for ring in np.flatnonzero(flat):
        yield int(ring), "straight-line", words("ring_flat"), rings[int(ring)][0]
    standing = np.flatnonzero(~flat)
    for broken in np.flatnonzero(~shapely.is_valid(polygons)):
        ring = int(standing[broken])
        yield (ring, *_named(polygons[broken], rings[ring]))


def place(geometry: BaseGeometry) -> Floats | None:
    """Where GEOS says a geometry is invalid: longitude and latitude."""
    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(geometry))
    return None if found is None else np.array([float(found[1]), float(found[2])])


def _named(polygon: Any, original: Floats) -> tuple[str, Sentence, Floats | None]:
    """Code, message and place of an invalid ring."""
    at = place(polygon)
    where = "" if at is None else words("near", at=f"{at[0]:.6f}, {at[1]:.6f}")
    line = polygon.exterior
    coordinates = shapely.get_coordinates(line)
    if _on_one_line(coordinates):
        return "straight-line", words("on_one_line", where=where), at
    if shapely.length(shapely.union_all(shapely.LineString(coordinates))) < shapely.length(line) * (1 - 1e-9):
        return "overlapping-sides", words("side_runs_back", where=where), at
    _, count = np.unique(coordinates[:-1], axis=0, return_counts=True)
    if (count > 1).any():
        if len(np.unique(original[:-1], axis=0)) > len(count):
            return "duplicate-6dp", words("corners_meet", where=where), at
        if not _crosses(line):
            return "overlapping-sides", words("ring_folds", where=where), at
    return "crossing-lines", words("sides_cross", where=where), at


def _on_one_line(coordinates: Floats) -> bool:
    ints = np.rint((coordinates - coordinates[0]) * 1e6).astype(np.int64)
    far = ints[np.argmax(np.abs(ints).sum(axis=1))]
    return not (ints[:, 0] * far[1] - ints[:, 1] * far[0]).any()


def _crosses(line: Any) -> bool:
    """Whether sides meet anywhere but at corners."""
    noded = shapely.union_all(shapely.LineString(line))
    corners = {tuple(corner) for corner in shapely.get_coordinates(line)}
    return any(tuple(node) not in corners for node in shapely.get_coordinates(noded))
