"""Smooth noise from integer hashes: the same numbers on every machine, because only +, - and * are used."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MIX_1, _MIX_2, _MIX_3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def smooth(x: Array, y: Array, size_m: float, seed: int) -> Array:
    """Value noise in 0..1 whose bumps are about `size_m` metres wide; float64, shape of `x`."""
    column, row = np.floor(x / size_m), np.floor(y / size_m)
    across, along = _ease(x / size_m - column), _ease(y / size_m - row)
    corners = _corners(column.astype(np.int64), row.astype(np.int64), seed)
    lower = corners[0] * (1 - across) + corners[1] * across
    upper = corners[2] * (1 - across) + corners[3] * across
    return lower * (1 - along) + upper * along


def rough(x: Array, y: Array, size_m: float, seed: int, octaves: int = 3) -> Array:
    """Sum of `octaves` noises, each half as wide and half as strong; in 0..1, most values near 0.5."""
    total, weight = np.zeros_like(x), 0.0
    for octave in range(octaves):
        strength = 0.5**octave
        total = total + strength * smooth(x, y, size_m * strength, seed + 101 * octave)
        weight += strength
    return total / weight


def _ease(fraction: Array) -> Array:
    return fraction * fraction * (3 - 2 * fraction)


def _corners(i: NDArray[np.int64], j: NDArray[np.int64], seed: int) -> tuple[Array, Array, Array, Array]:
    """Numbers of the lattice points (i, j), (i + 1, j), (i, j + 1) and (i + 1, j + 1)."""
    if not i.size:
        return (np.zeros(i.shape),) * 4
    first_i, first_j = i.min(), j.min()
    width, height = int(i.max() - first_i) + 2, int(j.max() - first_j) + 2
    if width * height > i.size:
        return _lattice(i, j, seed), _lattice(i + 1, j, seed), _lattice(i, j + 1, seed), _lattice(i + 1, j + 1, seed)
    # Many positions share few lattice points: each point is worked out once.
    table = _lattice(first_i + np.arange(width)[None, :], first_j + np.arange(height)[:, None], seed).ravel()
    at = (j - first_j) * width + (i - first_i)
    return table[at], table[at + 1], table[at + width], table[at + width + 1]


def _lattice(i: NDArray[np.int64], j: NDArray[np.int64], seed: int) -> Array:
    """One number in 0..1 per lattice point (splitmix64 of its coordinates)."""
    state = (i.astype(np.uint64) * np.uint64(0x8DA6B343)) ^ (j.astype(np.uint64) * np.uint64(0xD8163841))
    state = state + np.uint64(seed * int(_MIX_1) % (1 << 64))
    state = (state ^ (state >> np.uint64(30))) * _MIX_2
    state = (state ^ (state >> np.uint64(27))) * _MIX_3
    state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) / float(1 << 53)
