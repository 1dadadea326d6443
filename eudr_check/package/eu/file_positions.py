"""Positions of a GeoJSON file as arrays: longitude and latitude in degrees, float64 (n, 2)."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

HIGHEST = np.array([180.0, 90.0])
"""Largest longitude and latitude, degrees."""


def usual_rings(drawn: Sequence[object]) -> list[NDArray[np.float64]] | None:
    """Rings as float64 (n, 2) where all are closed, of four or more pairs of numbers that are degrees; else None."""
    rings: Sequence[Any] = drawn
    if set(map(type, rings)) != {list} or min(map(len, rings)) < 4:
        return None
    positions = list(chain.from_iterable(rings))
    if set(map(type, positions)) != {list} or set(map(len, positions)) != {2}:
        return None
    flat = list(chain.from_iterable(positions))
    if not {int, float}.issuperset(map(type, flat)):
        return None
    try:
        found = np.array(flat, dtype=np.float64).reshape(-1, 2)
    except OverflowError:
        return None
    ends = np.cumsum(list(map(len, rings)))
    starts = np.concatenate([[0], ends[:-1]])
    if not (np.abs(found) <= HIGHEST).all() or (found[starts] != found[ends - 1]).any():
        return None
    return [found[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def numbers(positions: object) -> NDArray[np.float64] | None:
    """Longitude and latitude, or None where this is no list of positions."""
    if not isinstance(positions, list) or not positions:
        return None
    try:
        found = np.asarray(positions)
    except (ValueError, OverflowError):
        return _mixed(positions)
    if found.dtype.kind not in "if" or found.ndim != 2 or found.shape[1] < 2:
        return None
    return found[:, :2].astype(np.float64)


def _mixed(positions: list[Any]) -> NDArray[np.float64] | None:
    """Positions of which some carry a height and some do not."""
    if not all(isinstance(p, list) and len(p) >= 2 for p in positions):
        return None
    flat = [number for position in positions for number in position[:2]]
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in flat):
        return None
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def first_position(nested: object) -> Sequence[float] | None:
    """The first position in lists of any depth; None where there is none."""
    while isinstance(nested, list) and nested and isinstance(nested[0], list):
        nested = nested[0]
    found = numbers([nested])
    return None if found is None else [float(number) for number in found[0]]
