"""Small pictures of plots: what they must have room for."""

import math

import pytest
import shapely

from eudr_check.geodesy import METRES_PER_DEGREE
from eudr_check.run.thumbnails import extents
from tests.helpers.risk_tables import plots, point_plots


@pytest.mark.parametrize(("declared", "hectares"), [(2.0, 2.0), (math.nan, 4.0)])
def test_a_point_has_room_for_the_disc_it_stands_for(declared: float, hectares: float) -> None:
    """Two hectares declared are a disc of 80 m, none declared the 113 m of four: a pin has no size of its own."""
    west, south, east, north = extents(point_plots(["coop/1"], declared))[0]

    assert (north - south) / 2 * METRES_PER_DEGREE == pytest.approx(math.sqrt(hectares * 1e4 / math.pi), rel=0.02)
    assert east - west == pytest.approx(north - south, rel=0.02)


def test_a_polygon_has_its_own_box() -> None:
    """Nothing is added to an outline; the margin comes with the window."""
    square = shapely.box(-76.0, -6.0, -75.999, -5.999)

    assert extents(plots({"coop/1": 1.2}, geometry=[square])).tolist() == [[-76.0, -6.0, -75.999, -5.999]]
