"""Degrees of many rings are those that Python writes one by one."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from eudr_check.package.action_plan import ring_text

DEGREES = (
    st.floats(-180, 180)
    | st.integers(-180_000_000, 180_000_000).map(lambda number: number / 1e6)
    | st.integers(-180_000_000, 180_000_000).map(lambda number: (number + 0.5) / 1e6)
    | st.sampled_from([-0.0, 0.0, 1e-9, -1e-9, 5e-7, -5e-7, 9.9999995, -99.9999995, 179.9999999])
)


def by_python(ring: shapely.Geometry) -> str:
    """Number by number."""
    return " ".join(f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(ring).tolist())


@given(st.lists(st.lists(st.tuples(DEGREES, DEGREES), min_size=3, max_size=6), max_size=4))
def test_degrees_are_rounded_as_python_rounds_them(outlines: list[list[tuple[float, float]]]) -> None:
    """Halves that no float holds, signs and zeros too."""
    shapes = np.array([shapely.Polygon(points) for points in outlines], dtype=object)

    assert ring_text.rings(shapes) == [[by_python(ring) for ring in shapely.get_rings(one)] for one in shapes]


@pytest.mark.parametrize("far", [999.9999999, 123456.7, float("inf")])
def test_what_is_no_degree_is_written_all_the_same(far: float) -> None:
    """A plot in metres has its outline."""
    shape = shapely.Polygon([(far, 1.0), (2.0, 3.0), (4.0, 5.5), (far, 1.0)])

    assert ring_text.rings(np.array([shape], dtype=object)) == [[by_python(shape)]]


def test_rings_follow_their_shape() -> None:
    """Each ring has a text of its own; what is no polygon has none."""
    holed = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    shapes = np.array([None, holed, shapely.Point(1, 1), shapely.MultiPolygon([holed, shapely.box(5, 5, 6, 6)])])

    assert [len(one) for one in ring_text.rings(shapes)] == [0, 2, 0, 3]
