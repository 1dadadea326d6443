"""Hectares of plots and cells."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from eudr_check.geodesy import band_area_ha, cell_area_ha, eu_area_ha, metres_per_degree, plot_area_ha, rings_of

SQUARE = [(0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01)]
HOLE = [(0.002, 0.002), (0.004, 0.002), (0.004, 0.004), (0.002, 0.004)]
WGS84_HA = 51_006_562_172.409
"""Surface of the WGS84 ellipsoid (NGA.STND.0036, table 3.5: 510 065 621.724 square kilometres)."""


def test_whole_ellipsoid():
    """One-degree bands from pole to pole add up to the surface of WGS84."""
    assert band_area_ha(np.linspace(90, -90, 181)).sum() * 360 == pytest.approx(WGS84_HA, rel=1e-12)


def test_plot_equals_its_cells():
    """A box cut into a million cells has the area of the cells."""
    cells = cell_area_ha(np.linspace(-77, -76, 1001), np.linspace(-6, -7, 1001))

    assert plot_area_ha([shapely.box(-77, -7, -76, -6)])[0] == pytest.approx(cells.sum(), rel=1e-13)


@pytest.mark.parametrize("shell", [SQUARE, SQUARE[::-1]])
@pytest.mark.parametrize("hole", [HOLE, HOLE[::-1]])
def test_hole_is_taken_away_whatever_its_winding(shell, hole):
    """Shell and hole may wind either way: 100 cells less 4 cells."""
    area = plot_area_ha([shapely.Polygon(shell, [hole])])[0]

    assert area == pytest.approx(plot_area_ha([shapely.Polygon(SQUARE)])[0] * 0.96, rel=1e-6)


def test_parts_add_up():
    """A multipolygon is the sum of its parts, in its own place of the result."""
    near, far = shapely.box(0, 0, 0.001, 0.001), shapely.box(100, 50, 100.001, 50.001)
    one, two, both = plot_area_ha([near, far, shapely.MultiPolygon([near, far])])

    assert both == pytest.approx(one + two, rel=1e-14)


def test_what_has_no_area():
    """A point, a line and None have no area at all; an empty polygon has zero."""
    area = plot_area_ha([shapely.Point(1, 1), None, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])])

    np.testing.assert_array_equal(area, [np.nan, np.nan, 0, np.nan])


def test_nothing_at_all():
    """No geometries, no areas."""
    assert plot_area_ha([]).shape == (0,)


def test_huanuco_hole(shared_data):
    """The public Huánuco plot has a hole wound like its shell: 26.02 ha, not 26.73."""
    plots = gpd.read_file(shared_data / "real-plots-and-rasters" / "plots.geojson").set_index("user_id")

    assert plot_area_ha(plots.geometry.to_numpy())[list(plots.index).index(14)].round(2) == 26.02


def test_eu_figure_is_spherical_and_without_holes():
    """On the sphere a degree box at the equator is R^2 * dlon * sin(dlat), and the hole is not seen."""
    expected = 6_378_137.0**2 * np.radians(0.01) * np.sin(np.radians(0.01)) / 10_000
    area = eu_area_ha([shapely.Polygon(SQUARE, [HOLE])])[0]

    assert area == pytest.approx(expected, rel=1e-7)


def test_degrees_at_equator_and_pole():
    """One degree of the equator is 111 319.49 m; a meridian degree is 110 574 m there and 111 694 m at the pole."""
    parallel, meridian = metres_per_degree(np.array([0.0, 90.0]))

    np.testing.assert_allclose(parallel, [111_319.491, 0.0], atol=1e-3)
    np.testing.assert_allclose(meridian, [110_574.276, 111_693.980], atol=1e-2)


def test_rings_come_in_the_order_of_their_polygons():
    """One ring as it stands, holes behind their shell, parts one after another; nothing has no ring."""
    plain, holed = shapely.Polygon(SQUARE), shapely.Polygon(SQUARE, [HOLE])
    shapes = np.array(
        [holed, None, plain, shapely.MultiPolygon([plain, holed]), shapely.Polygon(), plain], dtype=object
    )
    found = rings_of(shapes)
    expected = [*SQUARE, SQUARE[0]], [*HOLE, HOLE[0]]
    rings = [found.coordinates[found.ring == number].tolist() for number in range(len(found.plot_index))]

    assert found.plot_index.tolist() == [0, 0, 2, 3, 3, 3, 5]
    assert found.outer.tolist() == [True, False, True, True, True, False, True]
    assert rings == [[list(map(float, xy)) for xy in expected[not outer]] for outer in found.outer]
