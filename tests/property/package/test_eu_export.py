"""Whatever valid polygon comes in, what goes out passes the EU's rules, lies where it lay, or is refused by name."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eudr_check.package.eu import feature_text, file_rules, geojson
from eudr_check.package.eu.split_holes import without_holes
from tests.helpers import package_tables

STEP = geojson.GRID_DEGREE


def star(random: np.random.Generator, centre: NDArray[np.float64], size: float, corners: int) -> Any:
    """A star-shaped ring: always simple before rounding."""
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = size * random.uniform(0.2, 1, corners)
    return shapely.Polygon(centre + np.column_stack([reach * np.cos(angles), reach * np.sin(angles)]))


def seeded_shapes(count: int) -> list[Any]:
    """Valid shapes from 1e-7 to 0.1 degree: stars, slivers, spikes, holes, many parts, points; on both hemispheres."""
    random = np.random.default_rng(20201231)
    shapes: list[Any] = []
    while len(shapes) < count:
        centre = random.uniform([-180, -60], [180, 60])
        size = 10 ** random.uniform(-7, -1)
        kind = len(shapes) % 7
        shape = star(random, centre, size, int(random.integers(3, 40)))
        if not shape.is_valid:
            continue
        if kind == 1:
            shape = shapely.affinity.scale(shape, 1, 10 ** random.uniform(-6, -1))
        elif kind == 2:
            shape = shape.difference(shapely.affinity.scale(shape, *random.uniform(0.1, 0.6, 2)))
        elif kind == 3:
            shape = shape | shapely.box(*centre, *np.add(centre, [size * 3, 10 ** random.uniform(-8, -5)]))
        elif kind == 4:
            parts = [
                star(random, np.add(centre, [3 * size * i, 0]), size, 9) for i in range(int(random.integers(2, 5)))
            ]
            shape = shapely.MultiPolygon([part for part in parts if part.is_valid])
        elif kind == 5:
            holes = [star(random, random.uniform(-0.3, 0.3, 2) * size + centre, size * 0.2, 7) for _ in range(4)]
            shape = shape.difference(shapely.union_all([hole for hole in holes if hole.is_valid]))
        elif kind == 6 and random.random() < 0.2:
            shape = shapely.Point(centre)
        if shape.is_valid and not shape.is_empty and shape.geom_type in ("Polygon", "MultiPolygon", "Point"):
            shapes.append(shape)
    return shapes


def exported(shapes: list[Any]) -> tuple[geojson.Export, dict[str, Any]]:
    """The export, and the ground every plot became."""
    plots = package_tables.plots({f"c/{i}": shape for i, shape in enumerate(shapes)})
    export = geojson.export(plots)
    ground = export.features.groupby("plot")["geometry"].agg(lambda parts: shapely.union_all(list(parts)))
    return export, ground.to_dict()


def assert_true_to(shapes: list[Any]) -> geojson.Export:
    """The promise of `eu_geojson.export`, for every shape."""
    export, ground = exported(shapes)
    changes = export.changes
    refused = set(changes.loc[changes["refused"], "plot"])
    thin = set(changes.loc[changes["code"] == "thin_part_dropped", "plot"])
    keys = {f"c/{i}" for i in range(len(shapes))}

    assert set(ground) | refused == keys
    assert not set(ground) & refused
    text = feature_text.collection(feature_text.feature_texts(export.features, names=True))
    if ground:
        assert file_rules.check(text.encode()) == []
    for key, now in ground.items():
        was = shapes[int(key.split("/")[1])]
        corners = shapely.points(shapely.get_coordinates(now))
        assert shapely.distance(corners, was.boundary if was.area else was).max() <= STEP, key
        if key not in thin:
            corners = shapely.points(shapely.get_coordinates(was))
            assert shapely.distance(corners, now).max() <= STEP, key
        assert abs(now.area - was.area) <= was.length * STEP + 4 * STEP**2, key
    return export


@pytest.mark.parametrize("count", [4_000, pytest.param(10_000, marks=pytest.mark.faults)])
def test_thousands_of_shapes_are_sent_truly_or_refused_by_name(count: int) -> None:
    """Stars, slivers, spikes, holes and parts of every size keep the promise."""
    export = assert_true_to(seeded_shapes(count))
    codes = set(export.changes["code"])

    assert {"collapses", "redrawn_at_six_decimals", "holes_cut", "thin_part_dropped", "below_1_m2"} <= codes


@settings(max_examples=60, deadline=None)
@given(
    ring=st.lists(st.tuples(st.integers(-400, 400), st.integers(-400, 400)), min_size=3, max_size=9, unique=True),
    unit=st.sampled_from([3e-8, 2.5e-7, 1e-6, 7.7e-6, 1e-4]),
    place=st.sampled_from([(-76.1, -6.05), (0.0, 0.0), (179.99, 17.0), (105.8, 21.0)]),
)
def test_any_valid_ring_is_sent_truly_or_refused_by_name(
    ring: list[tuple[int, int]], unit: float, place: tuple[float, float]
) -> None:
    """Rings with corners nearly on the grid, and sides nearly on corners, keep the promise."""
    shape = shapely.Polygon(np.array(ring) * unit + place)
    if shape.is_valid and shape.bounds[2] <= 180:
        assert_true_to([shape])


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), holes=st.integers(1, 6))
def test_holes_are_cut_without_losing_ground(seed: int, holes: int) -> None:
    """The pieces have no hole, do not overlap, use only corners that were there, and add up exactly."""
    random = np.random.default_rng(seed)
    shape = star(random, np.zeros(2), 100, 30)
    for _ in range(holes):
        shape = shape.difference(star(random, random.uniform(-40, 40, 2), 12, 6).buffer(0))
    for part in shapely.get_parts(shape):
        pieces = without_holes(part)

        assert all(piece.is_valid and not piece.interiors for piece in pieces)
        assert np.isclose(sum(piece.area for piece in pieces), part.area, rtol=1e-12, atol=0)
        assert np.isclose(shapely.union_all(pieces).symmetric_difference(part).area, 0, atol=1e-9)
        corners = {tuple(corner) for corner in shapely.get_coordinates(part)}
        assert {tuple(corner) for piece in pieces for corner in shapely.get_coordinates(piece)} <= corners


@given(st.lists(st.integers(-180_000_000, 180_000_000), min_size=1))
def test_coordinates_have_the_digits_python_writes(microdegrees: list[int]) -> None:
    """Six decimals, never an exponent, zero without a sign."""
    degrees = np.array(microdegrees) / geojson.PER_DEGREE
    written = feature_text._geometry_texts(shapely.points(degrees, degrees))

    assert written == [f'{{"type":"Point","coordinates":[{at:.6f},{at:.6f}]}}' for at in degrees + 0.0]
