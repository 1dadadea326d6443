"""Plots cut into parts: grids of a few cells, checked by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.parts import GRID_DEG, Cells, split

CLEARED, UNKNOWN, FOREST, CROP, OTHER = 1, 3, 4, 5, 6
PART_OF = {CLEARED: CLEARED, 2: 2, UNKNOWN: UNKNOWN, FOREST: FOREST, CROP: OTHER, OTHER: OTHER}
STEP = 0.0009
"""Degrees: a cell has one hectare, near the equator."""


def cells(rows: list[list[int]], step: float = STEP) -> Cells:
    """A grid from its north-western corner at 0, 0."""
    kind = np.array(rows, dtype=np.int16)
    return Cells(kind, np.arange(kind.shape[1] + 1) * step, -np.arange(kind.shape[0] + 1) * step)


def box(left: float, top: float, right: float, bottom: float, step: float = STEP) -> shapely.Polygon:
    """A box counted in cells."""
    return shapely.box(left * step, -bottom * step, right * step, -top * step)


@dataclass(frozen=True)
class Part:
    """One part of a plot."""

    geometry: shapely.Polygon | shapely.MultiPolygon
    holds_ha: list[float]
    """By kind of ground."""


def cut(plot: shapely.Polygon, *grids: Cells) -> dict[int, Part]:
    """Parts by kind; forest, and crop and other ground, may move."""
    found = split(np.array([plot]), [grids], PART_OF, {FOREST, OTHER}, UNKNOWN)
    drawn = found.geometry(np.arange(len(found.plot)))
    return {
        int(kind): Part(geometry, holds.tolist())
        for kind, geometry, holds in zip(found.kind, drawn, found.holds_ha, strict=True)
    }


def same(part: Part, drawn: shapely.Polygon) -> bool:
    """Whether a part is a polygon, to less than a square millimetre."""
    return part.geometry.symmetric_difference(drawn).area < 1e-16


def test_sliver_of_cleared_ground_never_becomes_part_of_anything_better() -> None:
    """A cleared cell of 0.01 ha amid crop stays cleared, and so does an unread one."""
    rows = [[OTHER] * 7 for _ in range(3)]
    rows[1][1], rows[1][3], rows[1][5] = CLEARED, UNKNOWN, FOREST
    step = STEP / 10
    parts = cut(box(0, 0, 7, 3, step), cells(rows, step))

    assert sorted(parts) == [CLEARED, UNKNOWN, OTHER]
    assert same(parts[CLEARED], box(1, 1, 2, 2, step))
    assert same(parts[UNKNOWN], box(3, 1, 4, 2, step))
    assert parts[OTHER].holds_ha[FOREST] == pytest.approx(float(plot_area_ha(np.array([box(5, 1, 6, 2, step)]))[0]))


@pytest.mark.parametrize(("longest", "shortest"), [(OTHER, CLEARED), (CLEARED, OTHER)])
def test_sliver_goes_where_its_edge_is_longest(longest: int, shortest: int) -> None:
    """A forest cell of 0.09 ha with three sides on one kind of ground and one on another goes to the first."""
    step = 0.3 * STEP
    outer = [longest] * 3 + [shortest] * 2
    parts = cut(box(0, 0, 5, 3, step), cells([outer, [longest, longest, FOREST, shortest, shortest], outer], step))

    assert sorted(parts) == [CLEARED, OTHER]
    assert (parts[longest].holds_ha[FOREST] > 0, parts[shortest].holds_ha[FOREST]) == (True, 0)


def test_plot_over_cell_lines_is_cut_on_them() -> None:
    """A plot over the middle of two cells has two halves; crop and other ground are one part that tells both."""
    parts = cut(box(0.5, 0.5, 2.5, 1.5), cells([[FOREST, CROP, OTHER], [CLEARED, CROP, OTHER]]))

    assert same(parts[CLEARED], box(0.5, 1, 1, 1.5))
    assert same(parts[OTHER], box(1, 0.5, 2.5, 1.5))
    assert parts[OTHER].holds_ha[CROP] == pytest.approx(2 * parts[OTHER].holds_ha[OTHER], rel=1e-6)


def test_ground_without_cells_is_unknown_and_tiles_are_joined() -> None:
    """Two grids side by side make one part of what goes on across the seam; what neither holds is unread."""
    west, east = cells([[FOREST, FOREST]]), cells([[FOREST, CLEARED]])
    east = Cells(east.kind, east.x_lines + 2 * STEP, east.y_lines)
    parts = cut(box(0, 0, 5, 1), west, east)

    assert same(parts[FOREST], box(0, 0, 3, 1))
    assert same(parts[CLEARED], box(3, 0, 4, 1))
    assert same(parts[UNKNOWN], box(4, 0, 5, 1))


@pytest.mark.parametrize("nudge", [0.0, 1e-16, -3e-15, 2e-13, 1e-9])
def test_parts_are_what_shapely_cuts_out_cell_by_cell(nudge: float) -> None:
    """Many plots at once, over grids of their own, some edges on cell lines or a rounding error beside them.

    Without slivers that move, the part of a kind is the plot within the boxes of that kind.
    """
    random = np.random.default_rng(7)
    kinds = [CLEARED, UNKNOWN, FOREST, OTHER]
    grids = [cells(random.choice([0, *kinds], (6, 7)).tolist(), STEP / 5) for _ in range(60)]
    corners = [np.sort(random.integers(0, 7, (2, 2)), axis=0) for _ in grids]
    plots = []
    for number, (low, high) in enumerate(corners):
        around = shapely.box(low[0], -high[1] - 1, high[0] + 1, -low[1])
        if number % 3:
            turned = shapely.Point(low[0] + 2.3, -low[1] - 2.1).buffer(1.7, quad_segs=2)
            around = shapely.union(around, turned) if number % 3 == 1 else shapely.difference(turned, around)
        plots.append(shapely.transform(around, lambda at: at * STEP / 5 + nudge))
    plots = [one if not one.is_empty else shapely.box(0, -STEP, STEP, 0) for one in plots]
    found = split(np.array(plots), [[one] for one in grids], PART_OF, (), UNKNOWN)
    drawn = found.geometry(np.arange(len(found.plot)))

    for number, (plot, grid) in enumerate(zip(plots, grids, strict=True)):
        rows, columns = grid.kind.shape
        boxes = np.array([[box(x, y, x + 1, y + 1, STEP / 5) for x in range(columns)] for y in range(rows)])
        of_kind = {one: shapely.union_all(boxes[grid.kind == one]) for one in kinds}
        of_kind[UNKNOWN] = plot.difference(shapely.union_all([of_kind[one] for one in kinds if one != UNKNOWN]))
        mine = dict(zip(found.kind[found.plot == number].tolist(), drawn[found.plot == number], strict=True))
        for kind, ground in of_kind.items():
            expected = plot.intersection(ground)
            assert mine.get(kind, shapely.Polygon()).symmetric_difference(expected).area <= GRID_DEG * plot.length
        holds = found.holds_ha[found.plot == number]
        assert holds.sum() == pytest.approx(float(plot_area_ha(np.array([plot]))[0]), rel=1e-8)


def test_a_mesh_that_reaches_out_of_the_plot_is_none_of_it() -> None:
    """An edge a rounding error beside a cell line: GEOS finds the middle of a mesh outside within the plot."""
    west, east, low = -76.79899999999998, -76.79837499999998, -6.031124999999986
    north, south = -6.030624999999986, -6.031374999999986
    plot = shapely.Polygon([(west, south), (west, north), (east, low), (west, south)])
    kind = np.array([[1, 1, 1], [1, 1, 1], [2, 1, 1], [2, 1, 1]], dtype=np.int16)
    ground = Cells(kind, -76.8 + np.arange(4, 8) * 0.00025, -6.03 - np.arange(2, 7) * 0.00025)
    found = split(np.array([plot]), [[ground]], PART_OF, {FOREST, OTHER}, UNKNOWN)

    assert found.holds_ha.sum() == pytest.approx(float(plot_area_ha(np.array([plot]))[0]), rel=1e-8)
