"""Small pictures of the ground of a plot."""

import numpy as np
import shapely
from lxml import etree

from eudr_check.package.report.thumbnail import Picture, png, svg

GROUND = Picture(
    (-76.1, -6.04, -76.09, -6.03),
    np.array([[0, 1], [255, 1]], np.uint8),
    np.array([[0, 22], [0, 0]], np.uint8),
)


def test_the_outline_lies_on_the_ground():
    """A square over the middle of the window is drawn over the middle of the picture."""
    drawn = etree.fromstring(svg(GROUND, shapely.box(-76.0975, -6.0375, -76.0925, -6.0325)))

    path = drawn.find("{*}path").get("d")

    assert {corner.split(",")[0] for corner in path.strip("MZ").split(" L")} == {"120.0", "360.0"}
    assert drawn.find("{*}image").get("href").startswith("data:image/png;base64,")


def test_a_point_is_a_dot():
    """A point has no outline; it is drawn where it is."""
    drawn = etree.fromstring(svg(GROUND, shapely.Point(-76.095, -6.035)))

    assert drawn.find("{*}circle").get("cx") == "240.0"


def test_same_ground_same_bytes():
    """Nothing but the cells decides."""
    assert png(GROUND) == png(GROUND)
    assert png(GROUND).startswith(b"\x89PNG")


def test_each_piece_of_an_outline_is_drawn() -> None:
    """A plot of two pieces is two rings, and no dots."""
    west, east = shapely.box(-76.0975, -6.0375, -76.096, -6.0325), shapely.box(-76.094, -6.0375, -76.0925, -6.0325)
    drawn = etree.fromstring(svg(GROUND, shapely.MultiPolygon([west, east])))

    assert drawn.find("{*}path").get("d").count("M") == 2
    assert drawn.find("{*}circle") is None
