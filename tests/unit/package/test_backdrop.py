"""Borders and coasts behind the plots, without network."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from eudr_check.package.backdrop import around


def plots(*boxes: tuple[float, float, float, float], usable: bool = True) -> gpd.GeoDataFrame:
    """Plots of which only place and use are read."""
    return gpd.GeoDataFrame(
        {"usable": np.full(len(boxes), usable)}, geometry=[shapely.box(*box) for box in boxes], crs="EPSG:4326"
    )


def test_border_in_sight_is_drawn_with_both_countries() -> None:
    """North of Jaén the border of Peru and Ecuador runs through the map; it lies between the two names."""
    shown = around(plots((-78.8, -5.2, -78.7, -5.1)))
    (ecuador,) = [one for one in shown["countries"] if one[0] == "EC"]
    (peru,) = [one for one in shown["countries"] if one[0] == "PE"]
    border = shapely.MultiLineString([list(zip(line[::2], line[1::2], strict=True)) for line in shown["lines"]])

    assert border.length > 1
    assert shapely.LineString([ecuador[1:], peru[1:]]).intersects(border)
    assert border.bounds[0] > -79.9 and border.bounds[2] < -77.6


def test_no_line_where_no_border_is() -> None:
    """The edge of the map is no border: inside Brazil there is a name and no line."""
    shown = around(plots((-52.0, -10.0, -51.9, -9.9)))

    assert shown["lines"] == [] and [one[0] for one in shown["countries"]] == ["BR"]


@pytest.mark.parametrize("given", [plots(), plots((-78.8, -5.2, -78.7, -5.1), usable=False)])
def test_nothing_without_usable_plots(given: gpd.GeoDataFrame) -> None:
    """A blocked plot may lie anywhere, so it draws no map."""
    assert around(given) == {"lines": [], "countries": []}
