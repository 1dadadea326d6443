"""Smooth noise from integer hashes: the same numbers on every machine, because only +, - and * are used."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MIX_1, _MIX_2, _MIX_3 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def smooth(x: Array, y: Array, size_m: float, seed: int) -> Array:
    """Value noise in 0..1 whose bumps are about `size_m` metres wide; float64, shape of `x`."""
    column, row = np.floor(x / size_m), np.floor(y / size_m)
    across, along = _ease(x / size_m - column), _ease(y / size_m - row)
    i, j = column.astype(np.int64), row.astype(np.int64)
    lower = _lattice(i, j, seed) * (1 - across) + _lattice(i + 1, j, seed) * across
    upper = _lattice(i, j + 1, seed) * (1 - across) + _lattice(i + 1, j + 1, seed) * across
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


def _lattice(i: NDArray[np.int64], j: NDArray[np.int64], seed: int) -> Array:
    """One number in 0..1 per lattice point (splitmix64 of its coordinates)."""
    with np.errstate(over="ignore"):
        state = (i.astype(np.uint64) * np.uint64(0x8DA6B343)) ^ (j.astype(np.uint64) * np.uint64(0xD8163841))
        state = state + np.uint64(seed) * _MIX_1
        state = (state ^ (state >> np.uint64(30))) * _MIX_2
        state = (state ^ (state >> np.uint64(27))) * _MIX_3
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) / float(1 << 53)
