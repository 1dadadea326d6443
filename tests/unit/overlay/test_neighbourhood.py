"""A polygon of many corners, cut along what is near: the same hectares, from a handful of corners."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import neighbourhood
from eudr_check.overlay.grid import Grid
from eudr_check.overlay.neighbourhood import area_within, around
from eudr_check.overlay.zones import ZoneMaps

WEST, SOUTH = 0.30, -0.70
"""Degrees as `ZoneMaps` counts them, from a whole degree near the tile."""


def coast(corners: int, seed: int = 0) -> shapely.Polygon:
    """Ground south of a line that goes up and down at every corner, through the middle of a tenth of a degree."""
    x = np.linspace(WEST, WEST + 0.1, corners)
    y = SOUTH + 0.05 + 0.03 * np.random.default_rng(seed).random(corners)
    return shapely.Polygon([(WEST, SOUTH), *zip(x, y, strict=True), (WEST + 0.1, SOUTH)])


def star(corners: int) -> shapely.Polygon:
    """Rays from the middle of that ground, long and short."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    far = 0.04 * (0.6 + 0.4 * np.random.default_rng(1).random(corners))
    return shapely.Polygon(np.column_stack([WEST + 0.05 + far * np.cos(turn), SOUTH + 0.05 + far * np.sin(turn)]))


def holes(across: int) -> shapely.Polygon:
    """A square with many square holes, whose sides lie on the lines of a grid."""
    step = 0.1 / across
    west, south = (
        one.ravel() + 0.25 * step
        for one in np.meshgrid(WEST + step * np.arange(across), SOUTH + step * np.arange(across))
    )
    rings = shapely.box(west, south, west + step / 2, south + step / 2)
    square = shapely.box(WEST, SOUTH, WEST + 0.1, SOUTH + 0.1)
    return shapely.Polygon(square.exterior.coords, [list(ring.exterior.coords) for ring in rings])


def islands(across: int) -> shapely.MultiPolygon:
    """The holes of `holes` as land."""
    return shapely.MultiPolygon([shapely.Polygon(ring) for ring in holes(across).interiors])


def plots(count: int = 40) -> Any:
    """Small squares all over that ground, some on grid lines."""
    corner = np.random.default_rng(2).random((count, 2)) * 0.09 + [WEST, SOUTH]
    corner[::4] = np.round(corner[::4], 3)
    return np.asarray(shapely.box(*corner.T, *(corner + 0.003).T), dtype=object)


POLYGONS: dict[str, Any] = {"coast": coast(3000), "star": star(1500), "holes": holes(30), "islands": islands(30)}


@pytest.mark.parametrize("polygon", POLYGONS.values(), ids=POLYGONS)
def test_what_lies_in_and_beside_is_the_same(polygon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hectares of both sides to 1e-9, whatever is cut."""
    monkeypatch.setattr(neighbourhood, "MANY_CORNERS", 10)
    shapes = plots()
    whole = np.full(len(shapes), polygon, dtype=object)
    near = around(whole, shapes)

    assert sum(one is not polygon for one in near) > len(shapes) / 2
    for cut in (shapely.intersection, shapely.difference):
        there, was = (plot_area_ha(np.asarray(cut(shapes, one))) for one in (near, whole))
        assert np.abs(there - was).max() < 1e-9


@pytest.mark.parametrize("polygon", POLYGONS.values(), ids=POLYGONS)
def test_area_in_a_box_is_that_of_the_intersection(polygon: Any) -> None:
    """Ring by ring, without GEOS: what it is checked against may not err with it."""
    for shape in plots():
        box = np.array(shape.bounds)
        assert area_within(polygon, box) == pytest.approx(shapely.intersection(polygon, shape).area, abs=1e-15)


def test_a_long_coast_is_cut_along_the_corners_that_are_near() -> None:
    """Five plots on a coast of 200,000 corners took a minute and more."""
    shapes = plots(5)
    near = around(np.full(5, coast(200_000), dtype=object), shapes)

    assert shapely.get_num_coordinates(near).max() < 10_000


def test_a_clip_that_is_not_whole_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """GEOS promises nothing of it: one that lacks ground, or is no valid polygon, gives the polygon itself."""
    polygon, shape = coast(20_000), np.array([shapely.box(WEST + 0.05, SOUTH + 0.06, WEST + 0.053, SOUTH + 0.063)])
    lacking, crossed = (
        shapely.box(WEST, SOUTH, WEST + 1e-5, SOUTH + 1e-5),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    )
    for wrong in (lacking, crossed):
        monkeypatch.setattr(shapely, "clip_by_rect", lambda *_, wrong=wrong: wrong)
        assert around(np.array([polygon], dtype=object), shape)[0] is polygon


def test_maps_are_cut_along_what_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """A map of zones gives every plot the hectares it had when the whole polygon cut it."""
    grid = Grid.of(np.linspace(WEST, WEST + 0.1, 401), np.linspace(SOUTH + 0.1, SOUTH, 401))
    zone = gpd.GeoDataFrame({"a.b": np.array([1], np.int16), "rest": [False]}, geometry=[coast(6000)], crs=4326)
    maps = ZoneMaps.of([zone], grid)
    shapes = plots()
    seen = {}
    for most in (10, 1_000_000):
        monkeypatch.setattr(neighbourhood, "MANY_CORNERS", most)
        pieces = maps.cut(shapes)
        inside = pieces.values[:, 0] == 1
        seen[most] = np.bincount(pieces.of[inside], plot_area_ha(pieces.shape[inside]), minlength=len(shapes))

    assert np.abs(seen[10] - seen[1_000_000]).max() < 1e-9 and seen[10].max() > 0
