"""The ground a crossing outline encloses is kept whole, and no repair makes a plot better than it is."""

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check.geodesy import plot_area_ha
from eudr_check.plots.checks.enclosed_ground import crossings, enclosed
from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import codes, feature, geojson, loaded, polygon

SCALE = 1e-4


def outline(shell, *holes):
    """A polygon of rings in steps of 11 m, the closing corner left out."""
    return shapely.Polygon(np.array(shell) * SCALE, [np.array(hole) * SCALE for hole in holes])


def squares_of(shape):
    """Area in squares of 11 m."""
    return shapely.area(shape) / SCALE**2


def star(corners):
    """A star polygon that crosses itself at nearly every side."""
    turn = np.arange(corners) * 2 * np.pi * (corners // 2) / corners
    return shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * 0.01 + [-76.1, -6.0])


@pytest.mark.parametrize(
    ("shape", "squares", "doubtful"),
    [
        # Loop of the same direction: enclosed twice, so ground.
        (
            outline(
                [(0, 0), (10, 0), (10, 10), (0, 10), (0, 5), (4, 5), (4, 4), (6, 4), (6, 6), (4, 6), (4, 5), (0, 5)]
            ),
            100,
            0,
        ),
        # Loop against it: gone round once each way, which is no hole but a doubt.
        (
            outline(
                [(0, 0), (10, 0), (10, 10), (0, 10), (0, 5), (4, 5), (4, 6), (6, 6), (6, 4), (4, 4), (4, 5), (0, 5)]
            ),
            100,
            4,
        ),
        # The whole boundary walked twice.
        (outline([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (10, 0), (10, 10), (0, 10)]), 100, 0),
        # A bow tie lies in two pieces.
        (outline([(0, 0), (2, 2), (2, 0), (0, 2)]), 2, 0),
        # A hole that reaches out of the plot takes only what lies inside.
        (outline([(0, 0), (10, 0), (10, 10), (0, 10)], [(8, 8), (12, 8), (12, 12), (8, 12)]), 96, 0),
        # Two holes that overlap.
        (
            outline(
                [(0, 0), (10, 0), (10, 10), (0, 10)], [(2, 2), (5, 2), (5, 5), (2, 5)], [(4, 4), (7, 4), (7, 7), (4, 7)]
            ),
            83,
            0,
        ),
    ],
)
def test_enclosed_ground(shape, squares, doubtful):
    """Ground enclosed twice counts once, and what is gone round both ways is ground in doubt, never a hole."""
    found = enclosed(shape)

    assert squares_of(found.shape) == pytest.approx(squares)
    assert found.shape.is_valid
    assert found.area_ha == pytest.approx(plot_area_ha(np.array([found.shape]))[0])
    assert found.doubtful_ha / found.area_ha == pytest.approx(doubtful / squares, rel=1e-3, abs=1e-9)


def test_overlapping_parts_keep_their_overlap():
    """Two parts that overlap are the land of both, the overlap once."""
    parts = shapely.MultiPolygon([shapely.box(0, 0, 2 * SCALE, 2 * SCALE), shapely.box(SCALE, 0, 3 * SCALE, 2 * SCALE)])

    assert squares_of(enclosed(parts).shape) == pytest.approx(6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=4, max_size=14, unique=True))
def test_no_ground_inside_is_lost(corners):
    """Whatever way a ring runs, every place it goes round is in the enclosed ground, which has no holes."""
    drawn = outline(corners)
    found = enclosed(drawn)
    around = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(shapely.unary_union(drawn.exterior)))))

    assert found.shape.is_valid
    assert all(shapely.difference(face, found.shape).area < 1e-6 * SCALE**2 for face in around)
    assert all(not part.interiors for part in shapely.get_parts(found.shape) if part.geom_type == "Polygon")


@pytest.mark.parametrize("corners", [101, 501, 5001])
def test_tangle_is_refused_at_once(tmp_path, corners):
    """A star of any number of corners blocks its plot within seconds, and the others are delivered."""
    began = time.process_time()
    tangle = polygon("A", [[round(x, 7), round(y, 7)] for x, y in star(corners).exterior.coords])
    made, findings = loaded(geojson(tmp_path, tangle, polygon("B")))

    assert made["usable"].tolist() == [False, True]
    assert "self_crossing" in codes(findings, 1)
    assert "crossings" in findings.loc[findings["code"] == "self_crossing", "message"].item()
    assert time.process_time() - began < 30


def test_crossings_are_counted():
    """A simple ring has none, a bow tie one, a star more than the bound."""
    assert crossings(shapely.box(0, 0, 1, 1)) == 0
    assert crossings(outline([(0, 0), (2, 2), (2, 0), (0, 2)])) == 1
    assert crossings(star(101)) > threshold("repair_crossings_max")


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("side", "usable"), [(1, True), (6, False)])
def test_loop_over_a_loss_never_becomes_a_hole(tmp_path, turned, side, usable):
    """A small loop in the middle stays ground of the plot; one of some size blocks it where its direction says hole."""
    loop = [(20, 20), (20, 20 + side), (20 + side, 20 + side), (20 + side, 20)]
    loop = [loop[0], *loop[:0:-1]] if turned else loop
    corners = [(0, 0), (40, 0), (40, 40), (0, 40), (0, 20), *loop, (20, 20), (0, 20)]
    drawn = [[round(-76.1 + x * SCALE / 2, 7), round(-6.1 + y * SCALE / 2, 7)] for x, y in corners]
    made, findings = loaded(geojson(tmp_path, polygon("A", [*drawn, drawn[0]])))
    plot = made.iloc[0]

    assert plot["usable"] == (usable or turned)
    if plot["usable"]:
        assert not plot["geometry"].interiors
        assert plot["geometry"].area / (SCALE / 2) ** 2 == pytest.approx(1600)
        assert "self_crossing_repaired" in codes(findings)


def test_overlapping_parts_are_repaired_with_their_areas(tmp_path):
    """A multipolygon whose parts overlap becomes one part of their union."""
    parts = [
        [
            [
                [-76.1 + x, -6.1],
                [-76.1 + x + 0.002, -6.1],
                [-76.1 + x + 0.002, -6.098],
                [-76.1 + x, -6.098],
                [-76.1 + x, -6.1],
            ]
        ]
        for x in (0, 0.001)
    ]
    made, findings = loaded(geojson(tmp_path, feature("A", {"type": "MultiPolygon", "coordinates": parts})))
    found = findings[findings["code"] == "self_crossing_repaired"].iloc[0]

    assert made["geometry"].iloc[0].area == pytest.approx(0.003 * 0.002)
    assert found["area_before_ha"] == found["area_after_ha"] == pytest.approx(made["area_ha"].iloc[0])
