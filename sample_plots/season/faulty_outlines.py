"""Boundaries that go wrong: rings, corners and shapes as phones and people make them."""

import numpy as np
import shapely

from season.members import to_degrees
from season.outlines import json_ring, metres_of, middle_of, ring_of, set_ring
from season.rows import Row


def unclosed(rows: list[Row], at: int) -> None:
    rows[at].raw = json_ring(ring_of(rows[at])[:-1])


def repeated_vertices(rows: list[Row], at: int) -> None:
    ring = ring_of(rows[at])
    rows[at].raw = json_ring(np.repeat(ring, [1, 2, 3] + [1] * (len(ring) - 3), axis=0))


def two_positions(rows: list[Row], at: int) -> None:
    rows[at].raw = json_ring(ring_of(rows[at])[:2])


def five_decimals(rows: list[Row], at: int) -> None:
    rows[at].raw = json_ring(ring_of(rows[at]), 5)


def rounded(rows: list[Row], at: int) -> None:
    """Coordinates rounded to four decimals and written with seven."""
    rows[at].shape = shapely.polygons(ring_of(rows[at]).round(4))


def crossing(rows: list[Row], at: int) -> None:
    """Two far corners walked in the wrong order."""
    ring = ring_of(rows[at])[:-1]
    half = len(ring) // 2
    ring = np.vstack([ring[:2], ring[half : half + 2][::-1], ring[2:half], ring[half + 2 :]])
    rows[at].shape = shapely.polygons(ring)


def small_crossing(rows: list[Row], at: int) -> None:
    """Out along a path and back over the same positions: safe to mend, no area is in it."""
    ring = ring_of(rows[at])[:-1]
    tip = (ring[0] + np.array([1.3e-4, 0.9e-4])).round(7)
    rows[at].shape = shapely.polygons(np.vstack([ring[:1], tip[None], ring]))


def line(rows: list[Row], at: int) -> None:
    positions = " ".join(f"{x:.7f},{y:.7f},0" for x, y in ring_of(rows[at])[: len(ring_of(rows[at])) // 2 + 1])
    rows[at].raw = f"<LineString><coordinates>{positions}</coordinates></LineString>"


def circle(rows: list[Row], at: int) -> None:
    angle = np.linspace(0, 2 * np.pi, 37)
    radius = np.sqrt(rows[at].parcel.area_ha * 10_000 / np.pi)
    set_ring(rows, at, middle_of(rows[at]) + radius * np.column_stack([np.cos(angle), np.sin(angle)]))


def square(rows: list[Row], at: int) -> None:
    side = np.sqrt(rows[at].parcel.area_ha * 10_000) / 2
    set_ring(rows, at, middle_of(rows[at]) + side * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]))


def spike(rows: list[Row], at: int) -> None:
    """One position 90 m away from the others: the phone lost its satellites."""
    ring = metres_of(rows[at])
    out = ring[0] - middle_of(rows[at])
    tip = ring[0] + 90 * out / np.hypot(*out)
    near = ring[0] + 0.05 * (ring[1] - ring[0])
    set_ring(rows, at, np.vstack([ring[:1], tip[None], near[None], ring[1:]]))


def sliver(rows: list[Row], at: int) -> None:
    ring = middle_of(rows[at]) + np.array([[0, 0], [95, 22], [95, 23.4], [0, 1.3], [0, 0]])
    set_ring(rows, at, ring)
    rows[at].declared_ha = 0.01


def tiny(rows: list[Row], at: int) -> None:
    set_ring(rows, at, middle_of(rows[at]) + np.array([[0, 0], [8, 1], [9, 7], [3, 9], [-1, 6], [0, 0]]))
    rows[at].declared_ha = 0.01


def collapsed(rows: list[Row], at: int) -> None:
    """Walked on the spot: nothing is left at six decimals."""
    rows[at].shape = None
    longitude, latitude = (float(value) for value in rows[at].parcel.site.to_degrees(*middle_of(rows[at])))
    steps = ((0, 0), (2e-7, 0), (2e-7, 2e-7), (0, 2e-7), (0, 0))
    x, y = round(longitude, 6), round(latitude, 6)
    positions = " ".join(f"{x + dx:.7f},{y + dy:.7f},1640" for dx, dy in steps)
    ring = f"<LinearRing><coordinates>{positions}</coordinates></LinearRing>"
    rows[at].raw = f"<Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"


def hole(rows: list[Row], at: int) -> None:
    outline = rows[at].parcel.outline
    house = shapely.buffer(shapely.point_on_surface(outline), 14.0, quad_segs=2)
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.difference(outline, house))


def many_vertices(rows: list[Row], at: int) -> None:
    """A track log with a position every few centimetres."""
    ring = shapely.get_exterior_ring(shapely.get_parts(rows[at].parcel.outline)[0])
    dense = shapely.segmentize(ring, shapely.length(ring) / 10_300)
    wavy = shapely.get_coordinates(dense)
    rows[at].shape = to_degrees(rows[at].parcel.site, shapely.polygons(wavy), 9)


def too_large(rows: list[Row], at: int) -> None:
    """The outline of the whole hamlet instead of the parcel."""
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = 470 + 60 * np.sin(3 * angle) + 35 * np.cos(5 * angle)
    ring = reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]) + np.array([-1400.0, 1350.0])
    set_ring(rows, at, np.vstack([ring, ring[:1]]))


def no_number(rows: list[Row], at: int) -> None:
    """A boundary with an empty coordinate."""
    ring = ring_of(rows[at]).copy()
    ring[2, 1] = np.nan
    with np.errstate(invalid="ignore"):
        rows[at].shape = shapely.polygons(ring)
