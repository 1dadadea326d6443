"""Which small plots lie so near each other that one clearing may be cut up among them."""

import geopandas as gpd
import pytest
from pyproj import Geod
from shapely.geometry import box

from eudr_check import risk
from eudr_check.risk.convergence import neighbours

POLICY = risk.policy("convergence@1")


@pytest.mark.parametrize("latitude", [0.0, -6.0, 45.0])
def test_plots_within_the_distance_are_near_wherever_they_lie(latitude: float) -> None:
    """A degree of latitude is shortest at the equator: there too no gap below the policy's figure parts a clearing."""
    gap = POLICY.adjoining.value - 0.05
    _, start, _ = Geod(ellps="WGS84").fwd(-75.0, latitude, 0.0, gap)
    shapes = [box(-75.0002, latitude - 0.0002, -75.0, latitude), box(-75.0002, start, -75.0, start + 0.0002)]
    plots = gpd.GeoDataFrame(
        {"area_ha": [0.05, 0.05], "usable": True, "geometry_kind": "polygon"}, geometry=shapes, crs="EPSG:4326"
    )

    assert len(set(neighbours.small_neighbours(plots, POLICY).group)) == 1
