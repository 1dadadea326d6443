"""Where positions fall between cell lines, and the examples the docstrings promise."""

import doctest

import numpy as np
import pytest

from eudr_check import geodesy
from eudr_check.overlay import coverage, crosstab
from eudr_check.overlay.grid import Lines


@pytest.mark.parametrize(
    "at",
    [
        np.linspace(0, 0.1, 1201),
        np.array([0, 1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9, 7e-9, 0.1]),
        np.sort(np.append(np.linspace(0, 0.1, 401), np.linspace(1e-9, 0.0999, 372))),
    ],
    ids=["equal", "crowded", "two products"],
)
def test_cell_of_agrees_with_search(at):
    """The look-up finds what a binary search finds: on lines, a hair beside them, between and far outside."""
    lines = Lines(at)
    beside = np.concatenate([at, np.nextafter(at, -1), np.nextafter(at, 1), (at[1:] + at[:-1]) / 2, [-7, 7]])

    np.testing.assert_array_equal(lines.cell_of(beside), np.searchsorted(at, beside, side="right") - 1)


def test_index_counts_cells():
    """A position is counted in cells from the first line and held to the grid."""
    lines = Lines(np.array([0.0, 1, 3]))
    position = np.array([-1, 0, 0.5, 1, 2, 3, 9])

    assert lines.index_of(position, lines.cell_of(position)).tolist() == [0, 0, 0.5, 1, 1.5, 2, 2]


@pytest.mark.parametrize("module", [geodesy, coverage, crosstab])
def test_examples_are_true(module):
    """Every example in a docstring gives what it shows."""
    found = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)

    assert found.attempted > 0
    assert found.failed == 0
