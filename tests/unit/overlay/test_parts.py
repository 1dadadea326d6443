"""Plots cut into parts: grids of a few cells, checked by hand."""

import numpy as np
import pytest
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.parts import Cells, Part, split

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


def cut(plot: shapely.Polygon, *grids: Cells) -> dict[int, Part]:
    """Parts by kind; forest, and crop and other ground, may move."""
    return {part.kind: part for part in split(plot, grids, PART_OF, {FOREST, OTHER}, UNKNOWN)}


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
