"""Outlines as KML writes them: degrees with six decimals, many at a time."""

from itertools import pairwise

import numpy as np
import shapely

from eudr_check.typing import Floats, Geometries, Positions

_MILLION, _THOUSAND = 10**6, 1_000
_NEAR_HALF = 1e-4


def _table(texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Texts of up to four bytes, those that are missing zero."""
    return np.frombuffer("".join(one.ljust(4, "\0") for one in texts).encode(), np.uint32)


_WHOLE_TEXTS = [f"{sign}{whole}" for sign in ("", "-") for whole in range(_THOUSAND)]
_WHOLE, _LENGTHS = _table(_WHOLE_TEXTS), np.array([len(one) + len(".000000,") for one in _WHOLE_TEXTS])
_MIDDLE = _table([f".{part:03}" for part in range(_THOUSAND)])
_LAST = np.array([_table([f"{part:03}{mark}" for part in range(_THOUSAND)]) for mark in ", "])


def rings(shapes: Geometries) -> list[list[str]]:
    """The rings of every shape as `longitude,latitude longitude,latitude ...`; none of what is no area.

    >>> rings(np.array([shapely.Polygon([(0, 0), (-77.5, 5), (1e-7, 5)]), None], dtype=object))
    [['0.000000,0.000000 -77.500000,5.000000 0.000000,5.000000 0.000000,0.000000'], []]
    """
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    found, part = shapely.get_rings(parts, return_index=True)
    of_shape = of_part[part]
    points, of_ring = shapely.get_coordinates(found, return_index=True)
    written: list[list[str]] = [[] for _ in shapes]
    for shape, text in zip(of_shape.tolist(), _texts(points, np.bincount(of_ring, minlength=len(found))), strict=True):
        written[shape].append(text)
    return written


def _texts(points: Floats, counts: Positions) -> list[str]:
    """The text of every ring, from the points of all and how many each has."""
    values = points.ravel()
    size = np.abs(values)
    if not (size < _THOUSAND - 1).all():
        by_ring = np.split(points, np.cumsum(counts)[:-1])
        return [" ".join(f"{x:.6f},{y:.6f}" for x, y in ring.tolist()) for ring in by_ring]
    scaled = size * _MILLION
    millionths = np.rint(scaled).astype(np.int64)
    # Near a half the product may have been rounded the other way.
    for at in np.flatnonzero(np.abs(scaled - np.floor(scaled) - 0.5) < _NEAR_HALF).tolist():
        millionths[at] = int(f"{size[at]:.6f}".replace(".", ""))
    whole, decimals = np.divmod(millionths, _MILLION)
    whole += _THOUSAND * np.signbit(values)
    middle, last = np.divmod(decimals, _THOUSAND)
    words = np.empty((len(values), 3), np.uint32)
    words[:, 0], words[:, 1] = _WHOLE[whole], _MIDDLE[middle]
    words[0::2, 2], words[1::2, 2] = _LAST[0, last[0::2]], _LAST[1, last[1::2]]
    text = words.tobytes().translate(None, b"\0").decode("ascii")
    ends = np.append(0, np.cumsum(_LENGTHS[whole]))[2 * np.append(0, np.cumsum(counts))].tolist()
    return [text[start : max(start, end - 1)] for start, end in pairwise(ends)]
