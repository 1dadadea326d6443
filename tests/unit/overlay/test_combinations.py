"""Combinations of layer values, numbered."""

import numpy as np
import pytest

from eudr_check.overlay.combinations import Layer, classify, numbered

ROWS, COLUMNS = 60, 70


def layer(random, row, column, low, high):
    """A layer whose own cells begin at some rows and columns of the cube."""
    own = random.integers(low, high, (len(row), len(column))).astype(np.int16)
    return Layer(np.empty((ROWS, COLUMNS)), row, column).spread(own)


def lines(random, cells, count):
    return np.append(0, np.sort(random.choice(np.arange(1, cells), count - 1, replace=False)))


@pytest.mark.parametrize("seed", range(20))
def test_own_cells_give_the_numbers_of_the_cubes(seed):
    """Numbered on large cells of their own, layers give each cell the number that looking at all cells gives it."""
    random = np.random.default_rng(seed)
    coarse = lines(random, ROWS, 7), lines(random, COLUMNS, 9)
    coarser = lines(random, ROWS, 4), lines(random, COLUMNS, 5)
    every = np.arange(ROWS), np.arange(COLUMNS)
    grids = [coarser, every, coarse, coarser, coarse]
    values = [layer(random, *grid, low, low + 3) for grid, low in zip(grids, (-1, 0, 2020, -300, 5), strict=True)]
    at = np.flatnonzero(random.random(ROWS * COLUMNS) < 0.6)

    layers = {name: Layer(one, *grid) for name, one, grid in zip("dbeac", values, grids, strict=True)}
    found = classify(layers, ROWS * COLUMNS, at)

    rows, code = np.unique(np.column_stack([one.ravel()[at] for one in values]), axis=0, return_inverse=True)
    assert found.count == len(rows)
    np.testing.assert_array_equal(found.code[at], code.ravel())
    np.testing.assert_array_equal(np.column_stack(found.columns), rows)
    assert (np.delete(found.code, at) == -1).all()
    assert {column.dtype for column in found.columns} == {np.dtype(np.int16)}


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_values_at_the_ends_of_their_type(dtype):
    """The difference of the highest and the lowest value need not fit the type."""
    ends = np.iinfo(dtype)
    column = np.array([ends.max, ends.min, 0, ends.max, 1], dtype=dtype)
    found = numbered([column, np.array([True, False, True, False, True])], 5)

    pairs = sorted({(int(value), flag) for value, flag in zip(column, [True, False, True, False, True], strict=True)})
    assert list(zip(*(part.tolist() for part in found.columns), strict=True)) == pairs
    assert [found.columns[0][code] for code in found.code] == column.tolist()


def test_more_combinations_than_a_type_can_number():
    """Where columns together have more combinations than 64 bits can distinguish, rows still keep theirs."""
    random = np.random.default_rng(7)
    columns = [random.integers(1900, 2026, 500).astype(np.int16) for _ in range(12)]
    found = numbered(columns, 500)

    for column, values in zip(columns, found.columns, strict=True):
        np.testing.assert_array_equal(values[found.code], column)


def test_no_layer_is_one_combination():
    """A cube without any variable still has ground."""
    assert classify({}, 4, np.array([1, 2])).code.tolist() == [-1, 0, 0, -1]
