"""Outlines of regions of equal cells, on grids a reader can draw."""

import numpy as np
import shapely

from eudr_check.overlay.polygonize import outlines


def drawn(rows: list[str]) -> tuple[list[shapely.Geometry], list[int]]:
    """Regions of a grid of unit cells written as digits, its north-west corner at 0, 0."""
    values = np.array([[int(cell) for cell in row] for row in rows], dtype=np.int16)
    found = outlines(values, np.arange(values.shape[1] + 1.0), -np.arange(values.shape[0] + 1.0))
    shapes = found.polygons()
    assert shapely.is_valid(shapes).all()
    row, column = np.indices(values.shape)
    around = shapely.contains_xy(shapes[:, None, None], column + 0.5, -row - 0.5)
    assert (around == (found.region == np.arange(len(shapes))[:, None, None])).all()
    return list(shapes), found.value.tolist()


def test_cells_across_a_corner_stay_apart():
    """Regions hang together by sides only."""
    shapes, value = drawn(["10", "01"])

    assert [shape.bounds for shape in shapes] == [(0, -1, 1, 0), (1, -2, 2, -1)]
    assert value == [1, 1]


def test_values_stay_apart():
    """Cells side by side with different values are different regions; a straight side has no corner in its middle."""
    shapes, value = drawn(["112", "112"])

    assert shapely.equals(shapes[0], shapely.box(0, -2, 2, 0))
    assert shapely.get_num_coordinates(shapes[0]) == 5
    assert value == [1, 2]


def test_region_that_closes_in_on_itself_at_a_corner():
    """A region that surrounds a cell and touches itself only at a corner has a hole, not a ring that meets itself."""
    shapes, _ = drawn(["110", "101", "111"])

    assert len(shapes) == 1
    assert shapes[0].area == 7
    assert len(shapes[0].interiors) == 1


def test_island_in_a_hole_and_hole_in_the_island():
    """Each hole goes to the region whose cells are around it, not to one that only surrounds it from afar."""
    shapes, _ = drawn(["1111111", "1000001", "1011101", "1010101", "1011101", "1000001", "1111111"])

    assert sorted((shape.area, len(shape.interiors)) for shape in shapes) == [(8.0, 1), (24.0, 1)]


def test_unequal_cells():
    """Corners lie on the lines given, however far apart these are."""
    found = outlines(np.array([[0, 5]], np.int16), np.array([0.0, 1.0, 5.0]), np.array([3.0, 1.0]))

    assert found.bounds().tolist() == [[1, 1, 5, 3]]


def test_nothing_to_draw():
    """A grid without any value above 0 has no outline; -1 (unknown) is no event."""
    found = outlines(np.array([[0, -1]], np.int16), np.arange(3.0), -np.arange(2.0))

    assert len(found) == len(found.value) == len(found.polygons()) == len(found.wkb()) == len(found.bounds()) == 0
    assert (found.region == -1).all()
