"""Any plot on any ground: its parts divide it, and no ground becomes better than it is."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.parts import GRID_DEG, SLIVER_HA, Cells, split

KINDS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 6}
MOVING, UNKNOWN, SIDE = {4, 6}, 3, 9
STEP = 0.00025
"""Degrees: cells of 30 m."""
CORNER = np.array([-76.8, -6.03])
"""North-west of the grid: a rounding error there is 1.4e-14 degree."""


@st.composite
def grounds(draw: st.DrawFn) -> NDArray[np.int16]:
    cells = draw(st.lists(st.sampled_from([1, 2, 3, 4, 4, 4, 5, 6, 6]), min_size=SIDE**2, max_size=SIDE**2))
    return np.array(cells, dtype=np.int16).reshape(SIDE, SIDE)


@st.composite
def plots(draw: st.DrawFn) -> shapely.Polygon | shapely.MultiPolygon:
    """Polygons around the middle of the grid, some with a hole; corners off cell lines, on them, and just beside."""
    count = draw(st.integers(3, 9))
    angle = np.sort(
        draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count, unique_by=lambda one: round(one, 2)))
    )
    reach = np.array(draw(st.lists(st.sampled_from([1.0, 2.0, 2.5, 3.3, 4.0]), min_size=count, max_size=count)))
    ring = np.column_stack([np.cos(angle) * reach, np.sin(angle) * reach]) + SIDE / 2
    ring = np.round(ring * 4) / 4
    if draw(st.booleans()):
        west, north, east, south = draw(st.tuples(*[st.integers(low, low + 3) for low in (0, 0, 5, 5)]))
        ring = np.array([(west, north), (east, north), (east, south), (west, south)], dtype=np.float64)
    beside = draw(st.sampled_from([0.0, 1.4e-14, -1.4e-14, 3e-13]))
    shape = shapely.make_valid(shapely.Polygon(ring * STEP * [1, -1] + CORNER + beside), method="structure")
    west, north = CORNER
    hole = shapely.box(west + 4.2 * STEP, north - 5 * STEP, west + 5 * STEP, north - 4.5 * STEP)
    return shapely.difference(shape, hole) if draw(st.booleans()) else shape


@settings(max_examples=200, deadline=None)
@given(grounds(), plots())
def test_parts_divide_the_plot_and_nothing_gets_better(kind: NDArray[np.int16], plot: shapely.Polygon) -> None:
    """Hectares conserved to 1e-6; no overlap, no gap; every cleared, disputed and unread cell in a part of its kind."""
    area = float(plot_area_ha(np.array([plot]))[0]) if not plot.is_empty else 0.0
    if area < 0.01 or plot.geom_type not in ("Polygon", "MultiPolygon"):
        return
    lines = np.arange(SIDE + 1) * STEP
    whole = Cells(kind, CORNER[0] + lines, CORNER[1] - lines)
    cells = whole.part(*whole.windows(shapely.bounds([plot]))[0])
    found = split(np.array([plot]), [[cells]], KINDS, MOVING, UNKNOWN)
    shapes = found.geometry(np.arange(len(found.plot)))
    hectares, rounding = plot_area_ha(shapes), GRID_DEG * plot.length

    assert abs(hectares.sum() - area) <= 1e-6 * area
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), plot)) <= rounding
    for number, one in enumerate(shapes):
        assert shapely.is_valid(one)
        assert shapely.area(shapely.intersection(shapes[number + 1 :], one)).sum() <= rounding
    column, row = np.meshgrid(lines[:-1] + STEP / 2, lines[:-1] + STEP / 2)
    assert (np.abs(found.holds_ha.sum(axis=1) - hectares) <= 1e-6 * area).all()
    for part, shape in zip(found.kind.tolist(), shapes, strict=True):
        at = shapely.intersects_xy(shape, CORNER[0] + column, CORNER[1] - row)
        assert part in MOVING or set(np.unique(kind[at])) <= {part, *(one for one in KINDS if KINDS[one] in MOVING)}
    for fixed in (1, 2, 3):
        assert abs(found.holds_ha[found.kind != fixed, fixed].sum()) <= 1e-9 * area
    for part, shape in zip(found.kind.tolist(), shapes, strict=True):
        if part in MOVING and len(shapes) > 1 and plot.geom_type == "Polygon":
            assert plot_area_ha(shapely.get_parts(shape)).min() >= SLIVER_HA - 1e-9


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(grounds(), plots()), min_size=2, max_size=4))
def test_plots_cut_at_once_are_those_cut_alone(together: list[tuple[NDArray[np.int16], shapely.Polygon]]) -> None:
    """Plots that lie over one another, on grounds that differ, have nothing to do with each other."""
    lines = np.arange(SIDE + 1) * STEP
    some = [
        (plot, [Cells(kind, CORNER[0] + lines, CORNER[1] - lines)])
        for kind, plot in together
        if plot.geom_type in ("Polygon", "MultiPolygon") and not plot.is_empty
    ]
    if not some:
        return
    found = split(np.array([plot for plot, _ in some]), [ground for _, ground in some], KINDS, MOVING, UNKNOWN)
    shapes = found.geometry(np.arange(len(found.plot)))

    for number, (plot, ground) in enumerate(some):
        alone = split(np.array([plot]), [ground], KINDS, MOVING, UNKNOWN)
        mine = found.plot == number
        assert found.kind[mine].tolist() == alone.kind.tolist()
        np.testing.assert_array_equal(found.holds_ha[mine], alone.holds_ha)
        assert shapely.equals_exact(shapes[mine], alone.geometry(np.arange(len(alone.plot)))).all()
