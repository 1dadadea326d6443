"""Covered share of cells, on grids of 3 x 3 cells that a reader can check by hand."""

import numpy as np
import pytest
import shapely

from eudr_check.errors import OverlayError
from eudr_check.overlay import cell_coverage, coverage

X = np.array([0.0, 1, 2, 3])
Y = np.array([3.0, 2, 1, 0])


def shares(*geometries, x=X, y=Y):
    """Covered shares (ny, nx), summed over the geometries."""
    _, row, column, share = cell_coverage(list(geometries), x, y)
    found = np.zeros((len(y) - 1, len(x) - 1))
    np.add.at(found, (row, column), share)
    return found


def test_one_whole_cell():
    """A plot that is a cell covers it wholly and no other, whichever way its ring runs."""
    expected = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]

    np.testing.assert_array_equal(shares(shapely.box(1, 1, 2, 2, ccw=True)), expected)
    np.testing.assert_array_equal(shares(shapely.box(1, 1, 2, 2, ccw=False)), expected)


def test_square_over_nine_cells():
    """A square from 0.5 to 2.5: corners a quarter, sides a half, the middle whole."""
    np.testing.assert_array_equal(
        shares(shapely.box(0.5, 0.5, 2.5, 2.5)), [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]]
    )


def test_triangle_along_the_diagonal():
    """A triangle under the diagonal: halves on the diagonal, wholes under it, nothing above."""
    triangle = shapely.Polygon([(0, 3), (0, 0), (3, 0)])

    np.testing.assert_allclose(shares(triangle), [[0.5, 0, 0], [1, 0.5, 0], [1, 1, 0.5]], atol=1e-12)


@pytest.mark.parametrize("turned", [False, True])
def test_hole_whatever_its_winding(turned):
    """A hole over the middle cell takes it away, also when it winds like its shell."""
    hole = [(1, 1), (2, 1), (2, 2), (1, 2)]
    plot = shapely.Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [hole[::-1] if turned else hole])

    np.testing.assert_array_equal(shares(plot), [[1, 1, 1], [1, 0, 1], [1, 1, 1]])


def test_parts_far_apart():
    """Two parts in opposite corners; the window between them stays empty."""
    plot = shapely.MultiPolygon([shapely.box(0, 0, 0.5, 1), shapely.box(2, 2, 3, 2.25)])

    np.testing.assert_array_equal(shares(plot), [[0, 0, 0.25], [0, 0, 0], [0.5, 0, 0]])


def test_unequal_cells():
    """Columns of 1 and 3, rows of 2 and 1: the same square covers other shares."""
    found = shares(shapely.box(0.5, 0.5, 2.5, 2), x=np.array([0.0, 1, 4]), y=np.array([3.0, 1, 0]))

    np.testing.assert_allclose(found, [[0.5 * 0.5, 0.5 * 0.5], [0.5 * 0.5, 0.5 * 0.5]], atol=1e-12)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((-5, 1, 1.5, 2), [[0, 0, 0], [1, 0.5, 0], [0, 0, 0]]),
        ((1.5, 1, 9, 2), [[0, 0, 0], [0, 0.5, 1], [0, 0, 0]]),
        ((1, 1.5, 2, 9), [[0, 1, 0], [0, 0.5, 0], [0, 0, 0]]),
        ((1, -9, 2, 0.5), [[0, 0, 0], [0, 0, 0], [0, 0.5, 0]]),
        ((-9, -9, 9, 9), [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
        ((-2, -2, -1, 9), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]),
        ((3, 0, 4, 3), [[0, 0, 0], [0, 0, 0], [0, 0, 0]]),
    ],
)
def test_only_the_part_inside_the_grid(box, expected):
    """What reaches out on any side, or lies wholly outside, is left out and moves nothing inside."""
    np.testing.assert_allclose(shares(shapely.box(*box)), expected, atol=1e-12)


def test_outsider_between_insiders():
    """A plot outside the grid between two inside leaves their numbers and shares alone."""
    geometry, row, column, share = cell_coverage(
        [shapely.box(0, 0, 1, 1), shapely.box(-9, 0, -8, 1), shapely.box(2, 2, 3, 3)], X, Y
    )

    assert geometry.tolist() == [0, 2]
    assert row.tolist() == [2, 0]
    assert column.tolist() == [0, 2]
    assert share.tolist() == [1, 1]


def test_slanted_edge_out_of_the_grid():
    """A triangle whose tip leaves the grid to the west: the tip is cut, the rest keeps its shape."""
    triangle = shapely.Polygon([(-1, 1), (1, 1), (1, 2)])

    np.testing.assert_allclose(shares(triangle), [[0, 0, 0], [0.75, 0, 0], [0, 0, 0]], atol=1e-12)


def test_vertices_on_cell_lines():
    """A diamond through the middles of the outer cells' lines: its corners lie on lines, its edges cross them."""
    diamond = shapely.Polygon([(1.5, 0), (3, 1.5), (1.5, 3), (0, 1.5)])

    np.testing.assert_allclose(
        shares(diamond), [[0.125, 0.75, 0.125], [0.75, 1, 0.75], [0.125, 0.75, 0.125]], atol=1e-12
    )


@pytest.mark.parametrize("cells", [4, 7])
@pytest.mark.parametrize("pieces", [2, 5])
def test_chunks_change_nothing(monkeypatch, cells, pieces):
    """However little is worked on at once, the shares are the same to the last bit."""
    plots = [
        shapely.Polygon([(0.1, 0.2), (2.7, 0.4), (2.2, 2.9), (1.1, 1.3)], [[(1.2, 0.6), (2, 0.7), (1.9, 1.2)]]),
        shapely.MultiPolygon([shapely.box(0, 0, 0.5, 1), shapely.box(2, 2, 3, 2.25)]),
        shapely.box(-1, -1, 4, 4),
    ]
    whole = cell_coverage(plots, X, Y)
    monkeypatch.setattr(coverage, "CELLS_AT_ONCE", cells)
    monkeypatch.setattr(coverage, "PIECES_AT_ONCE", pieces)

    for one, other in zip(whole, cell_coverage(plots, X, Y), strict=True):
        np.testing.assert_array_equal(one, other)


def test_no_geometry_no_cells():
    """Nothing in, nothing out."""
    assert [len(part) for part in cell_coverage([], X, Y)] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "has no geometry"),
        (shapely.Point(1, 1), "is no polygon"),
        (shapely.Polygon(), "is empty"),
        (shapely.Polygon([(0, 0), (1, 1), (2, 2)]), "has no area"),
        (shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 1)]), "is invalid"),
        (shapely.Polygon([(0, 0), (np.inf, 1), (2, 0)]), "is invalid: Invalid Coordinate"),
    ],
)
def test_unfit_geometry_is_named(geometry, reason):
    """What cannot be measured is refused with its place and the reason, never counted as nothing."""
    with pytest.raises(OverlayError, match=f"plot 1 .*{reason}"):
        cell_coverage([shapely.box(0, 0, 1, 1), geometry], X, Y)


@pytest.mark.parametrize(
    ("x", "y", "axis"),
    [([0, 1, 1], [2, 1, 0], "x"), ([2, 1, 0], [2, 1, 0], "x"), ([0, 1], [0, 1], "y"), ([0, 1], [np.nan, 0], "y")],
)
def test_lines_out_of_order_are_refused(x, y, axis):
    """Columns run east, rows run south, lines are distinct and finite."""
    with pytest.raises(OverlayError, match=f"cell lines in {axis}"):
        cell_coverage([shapely.box(0, 0, 1, 1)], x, y)
