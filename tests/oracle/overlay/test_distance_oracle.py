"""Which cells lie near which polygons, against the distances GEOS measures, on random polygons and grids."""

import numpy as np
import pytest
import shapely

from eudr_check.geodesy import metres_per_degree
from eudr_check.overlay import distance as vicinity
from eudr_check.overlay.distance import within
from eudr_check.overlay.grid import Grid

CLOSE_CALL_M = 1e-6


def some_polygons(random):
    """Stars, slivers, squares on cell lines and a ring with a hole, around 78 W 6 S."""
    shapes = []
    for _ in range(30):
        corners = int(random.integers(3, 30))
        angle = np.sort(random.uniform(0, 2 * np.pi, corners))
        size = 10.0 ** random.uniform(-4, -2.3) * random.uniform(0.2, 1, corners)
        x, y = random.uniform(-0.004, 0.004, 2)
        star = shapely.Polygon(np.column_stack([-78 + x + size * np.cos(angle), -6 + y + size * np.sin(angle)]))
        shapes.append(star)
    west, south = random.integers(-4, 3, 2) * 0.001
    square = shapely.box(-78 + west, -6 + south, -77.999 + west, -5.999 + south)
    hollow = shapely.box(-78.003, -6.003, -77.997, -5.997).difference(shapely.box(-78.002, -6.002, -77.998, -5.998))
    two = shapely.MultiPolygon([shapely.box(-78, -6, -77.9999, -5.9999), shapely.box(-77.998, -6, -77.9979, -5.9999)])
    shapes += [square, hollow, two]
    return np.array([shape for shape in shapes if shape.is_valid and shape.area > 1e-12], dtype=object)


def a_grid(random):
    """Cells of 10 to 600 m, unequal, around the polygons."""
    count = int(random.integers(3, 60))
    step = random.uniform(0.5, 1.5, (2, count))
    x, y = (-0.005 + 0.01 * np.append(0, np.cumsum(one)) / one.sum() for one in step)
    return Grid.of(-78 + x, -6 - y)


@pytest.mark.parametrize("seed", range(12))
def test_same_pairs_as_by_distance(seed, monkeypatch):
    """A cell is near exactly when GEOS measures less than the distance between it and the polygon, in metres."""
    monkeypatch.setattr(vicinity, "ROWS_AT_ONCE", 50)
    random = np.random.default_rng(seed)
    shapes, grid, metres = some_polygons(random), a_grid(random), float(random.choice([5.0, 30.0, 100.0]))
    cells = np.flatnonzero(random.random(grid.x.cells * grid.y.cells) < random.choice([0.1, 0.6, 1.0]))
    shape, cell = within(shapes, metres, grid, cells)
    found = np.zeros((len(shapes), len(cells)), dtype=bool)
    found[shape, cell] = True
    assert len(shape) == found.sum()

    row, column = np.divmod(cells, grid.x.cells)
    box = shapely.box(grid.x.at[column], -grid.y.at[row + 1], grid.x.at[column + 1], -grid.y.at[row])
    for number, polygon in enumerate(shapes):
        middle = (polygon.bounds[1] + polygon.bounds[3]) / 2
        true_length = np.array(metres_per_degree(middle))
        plane, cells_there = (
            shapely.transform(what, lambda at, by=true_length: (at - [-78, -6]) * by) for what in (polygon, box)
        )
        distance = shapely.distance(plane, cells_there)
        clear = np.abs(distance - metres) > CLOSE_CALL_M
        np.testing.assert_array_equal(found[number][clear], (distance < metres)[clear])
