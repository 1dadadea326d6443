"""Plots that end up elsewhere: axes, units, signs and digits."""

import numpy as np
import shapely

from season import surveys
from season.outlines import ring_of
from season.rows import Row


def three_decimals(rows: list[Row], at: int) -> None:
    rows[at].raw = "|".join(f"{value:.3f}".replace(".", ",") for value in (rows[at].shape.x, rows[at].shape.y))


def swapped(rows: list[Row], at: int) -> None:
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: at[:, ::-1])


def utm(rows: list[Row], at: int) -> None:
    """Metres of UTM zone 18S pasted between degrees."""
    ring = np.array(
        [[325_000.4, 9_299_800.2], [325_110.9, 9_299_812.7], [325_096.3, 9_299_911.5], [325_000.4, 9_299_800.2]]
    )
    rows[at].shape = shapely.polygons(ring)


def out_of_range(rows: list[Row], at: int) -> None:
    """A degree typed twice."""
    _, longitude = surveys._angles(rows[at])
    rows[at].raw = f"95° 02' 11.400\" S|{longitude}"


def null_island(rows: list[Row], at: int) -> None:
    rows[at].raw = "<Point><coordinates>0.0000000,0.0000000,0</coordinates></Point>"
    rows[at].declared_ha = 1.0


def antimeridian(rows: list[Row], at: int) -> None:
    """A minus lost in one longitude: the plot goes round the world."""
    ring = ring_of(rows[at]).copy()
    ring[2, 0] = 177.4
    rows[at].shape = shapely.polygons(ring)


def abroad(rows: list[Row], at: int) -> None:
    """One digit of the latitude wrong: far inside Ecuador."""
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: (at + np.array([0.0, 1.6])).round(7))


def over_the_border(rows: list[Row], at: int) -> None:
    """A parcel on the river that is the border: the map has it on the other side."""
    west, south, _, _ = shapely.bounds(rows[at].shape)
    moved = np.array([-79.04 - west, -4.98 - south])
    rows[at].shape = shapely.transform(rows[at].shape, lambda at: (at + moved).round(7))


def at_sea(rows: list[Row], at: int) -> None:
    """-87 for -78."""
    rows[at].shape = shapely.points(rows[at].shape.x - 9, rows[at].shape.y)
