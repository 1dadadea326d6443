"""Tiles name the ground without gaps or overlaps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eudr_check.tiles import Tile, tiles_of


@pytest.mark.parametrize(
    ("longitude", "latitude", "name"),
    [
        (-76.098, -6.037, "S06.1W076.1"),
        (0.0, 0.0, "N00.0E000.0"),
        (-0.05, -0.05, "S00.1W000.1"),
        (108.2, 12.6, "N12.6E108.2"),
        (-76.3, 3.5, "N03.5W076.3"),
        (179.99, -16.6, "S16.6E179.9"),
    ],
)
def test_a_tile_is_named_by_its_south_west_corner(longitude: float, latitude: float, name: str):
    """All four hemispheres, and exact multiples."""
    tile = Tile.at(longitude, latitude)

    assert tile.name == name
    assert Tile.from_name(name) == tile


@given(st.integers(-1800, 1799), st.integers(-900, 899))
def test_neighbours_share_the_same_float(column: int, row: int):
    """The east edge of a tile is the west edge of the next, to the last bit."""
    assert Tile(column, row).bounds[2] == Tile(column + 1, row).bounds[0]
    assert Tile(column, row).bounds[3] == Tile(column, row + 1).bounds[1]
    assert Tile.from_name(Tile(column, row).name) == Tile(column, row)


def test_a_box_over_a_corner_belongs_to_four_tiles():
    """Tiles come from south to north, west to east; a box without geometry belongs to none."""
    boxes = np.array([[-76.11, -6.01, -76.09, -5.99], [np.nan] * 4, [-76.05, -6.05, -76.04, -6.04]])

    found = {tile: members.tolist() for tile, members in tiles_of(boxes).items()}

    assert list(found) == [Tile(-762, -61), Tile(-761, -61), Tile(-762, -60), Tile(-761, -60)]
    assert list(found.values()) == [[0], [0, 2], [0], [0]]


def test_without_boxes_there_are_no_tiles():
    """An empty harvest has no ground."""
    assert tiles_of(np.empty((0, 4))) == {}


@given(st.floats(-179, 179), st.floats(-80, 80), st.floats(0, 0.3), st.floats(0, 0.3))
def test_the_tiles_of_a_box_cover_it(west: float, south: float, width: float, height: float):
    """No part of a plot is left without a tile."""
    box = np.array([[west, south, west + width, south + height]])

    bounds = np.array([tile.bounds for tile in tiles_of(box)])

    assert bounds[:, 0].min() <= box[0, 0]
    assert bounds[:, 1].min() <= box[0, 1]
    assert bounds[:, 2].max() >= box[0, 2]
    assert bounds[:, 3].max() >= box[0, 3]
