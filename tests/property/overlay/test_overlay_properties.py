"""What must hold for every plot and every grid."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rioxarray  # noqa: F401
import shapely
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import cell_coverage, coverage, cross_tabulate

FEW = settings(max_examples=60, deadline=None, derandomize=True)
SIZE = 0.01


@st.composite
def rings(draw, low=0.0, high=SIZE):
    """Simple rings: corners on a circle's rays, in or out of a hundredth of a degree; often on round numbers."""
    count = draw(st.integers(3, 12))
    turns = draw(st.lists(st.floats(0.1, 1.0), min_size=count, max_size=count))
    radii = draw(st.lists(st.floats(0.05, 1.0), min_size=count, max_size=count))
    angle = 2 * np.pi * np.cumsum(turns) / np.sum(turns)
    middle, reach = (low + high) / 2, (high - low) / 2 * draw(st.sampled_from([0.2, 0.8, 1.5]))
    corners = middle + reach * np.column_stack([np.cos(angle), np.sin(angle)]) * np.array(radii)[:, None]
    return np.round(corners, draw(st.sampled_from([3, 4, 9])))


@st.composite
def plots(draw):
    """Valid polygons and multipolygons with positive area, some with holes."""
    shape = shapely.make_valid(shapely.Polygon(draw(rings())))
    if draw(st.booleans()):
        shape = shape.difference(shapely.make_valid(shapely.Polygon(draw(rings(0.003, 0.007)))))
    if draw(st.booleans()):
        shape = shape.union(shapely.box(0.0001, 0.0001, 0.0007, 0.0003))
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 1e-10]
    return shapely.MultiPolygon(parts) if parts else shapely.box(0.002, 0.002, 0.0031, 0.0047)


@st.composite
def lines(draw):
    """Cell lines over a hundredth of a degree: equal, or as two products' grids give them together."""
    equal = np.linspace(0, SIZE, draw(st.integers(2, 40)))
    if draw(st.booleans()):
        return equal
    step = draw(st.floats(0.0003, 0.003))
    other = np.arange(draw(st.floats(0.00001, 0.0003)), SIZE, step)
    found = np.unique(np.append(equal, other))
    return found[np.append(True, np.diff(found) > 1e-9)]


def within(shape, *box):
    """The polygons of a shape inside a box; where it only touches the box, GEOS adds points and lines."""
    parts = shapely.get_parts(shapely.intersection(shape, shapely.box(*box)))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def grid_of_shares(shape, x, y):
    _, row, column, share = cell_coverage([shape], x, y)
    found = np.zeros((len(y) - 1, len(x) - 1))
    np.add.at(found, (row, column), share)
    return found


def cube_of(x, y, seed=0, latitude=0.0):
    random = np.random.default_rng(seed)
    y = y + latitude
    shape = (len(y) - 1, len(x) - 1)
    layers = {"a.forest": random.integers(-1, 2, shape), "b.year": random.choice([0, 2021, 2024], shape)}
    return xr.Dataset(
        {name: (("y", "x"), values.astype(np.int16)) for name, values in layers.items()},
        coords={"y": (y[1:] + y[:-1]) / 2, "x": (x[1:] + x[:-1]) / 2, "x_edge": x, "y_edge": y},
    ).rio.write_crs("EPSG:4326")


def frame(*shapes):
    index = pd.Index([f"p{number}" for number in range(len(shapes))], name="plot")
    return gpd.GeoDataFrame(geometry=list(shapes), index=index, crs="EPSG:4326")


@FEW
@given(plots(), lines(), lines())
def test_shares_equal_geometric_intersection(shape, x, y):
    """Every cell's share is the area of its intersection with the plot, as GEOS cuts it."""
    y = y[::-1]
    cells = shapely.box(x[:-1][None, :], y[1:][:, None], x[1:][None, :], y[:-1][:, None])
    expected = shapely.area(shapely.intersection(cells, shape)) / shapely.area(cells)

    np.testing.assert_allclose(grid_of_shares(shape, x, y), expected, atol=1e-8)


@FEW
@given(plots(), lines(), lines(), st.sampled_from([-55.0, -6.0, 0.0, 12.0, 44.0]))
def test_rows_add_up_to_the_plot(shape, x, y, latitude):
    """EVIDENCE of the part inside the grid has the ellipsoidal area of that part, at any latitude."""
    shape = shapely.transform(shape, lambda vertices: vertices + np.array([0, latitude]))
    # So far from 0 the digits of a needle may round until it crosses itself, which the overlay rightly refuses.
    assume(shape.is_valid)
    inside = within(shape, 0, latitude, SIZE, latitude + SIZE)
    found = cross_tabulate(frame(shape), cube_of(x, y[::-1], latitude=latitude))

    assert (found["area_ha"] > 0).all()
    assert found["area_ha"].sum() == pytest.approx(plot_area_ha([inside])[0], rel=1e-8, abs=1e-9)


@FEW
@given(plots(), lines(), lines(), st.floats(0.001, 0.009))
def test_splitting_a_plot_adds_up(shape, x, y, cut):
    """Two halves of a plot have together the rows of the whole."""
    halves = [within(shape, -1, -1, cut, 1), within(shape, cut, -1, 1, 1)]
    halves = [half for half in halves if half.area > 1e-12]
    cube = cube_of(x, y[::-1])
    whole = cross_tabulate(frame(shape), cube).groupby(["a.forest", "b.year"])["area_ha"].sum()
    parts = cross_tabulate(frame(*halves), cube).groupby(["a.forest", "b.year"])["area_ha"].sum()

    assert whole.sub(parts, fill_value=0).abs().max() < 1e-6 * plot_area_ha([shape])[0] + 1e-9


@FEW
@given(plots(), st.integers(-3, 3), st.integers(-3, 3))
def test_shifting_by_whole_cells_changes_nothing(shape, east, north):
    """A plot moved by whole cells covers the same shares of the cells so many further."""
    x = np.arange(-8, 25) / 1024
    moved = shapely.transform(shape, lambda vertices: vertices + np.array([east, north]) / 1024)
    here, there = (cell_coverage([one], x, x[::-1]) for one in (shape, moved))
    first, second = (
        pd.Series(share, [row, column])
        for (_, row, column, share), (row, column) in (
            (here, (here[1] - north, here[2] + east)),
            (there, (there[1], there[2])),
        )
    )
    # Parts of one plot may share a cell, which then appears twice.
    first, second = (one.groupby(level=[0, 1]).sum() for one in (first, second))

    assert first.sub(second, fill_value=0).abs().max() < 1e-9


@FEW
@given(plots(), lines(), lines(), st.integers(0, 20), st.booleans())
def test_ring_direction_and_start_do_not_matter(shape, x, y, start, turned):
    """Any ring may run either way and begin at any corner."""

    def rewound(ring):
        corners = np.roll(np.asarray(ring.coords)[:-1], start, axis=0)
        return corners[::-1] if turned else corners

    other = shapely.MultiPolygon(
        [
            shapely.Polygon(rewound(part.exterior), [rewound(hole) for hole in part.interiors])
            for part in shapely.get_parts(shape)
        ]
    )
    one, two = (grid_of_shares(each, x, y[::-1]) for each in (shape, other))

    np.testing.assert_allclose(one, two, atol=1e-9)


@FEW
@given(plots(), plots(), lines(), lines())
def test_neighbours_do_not_change_a_digit(shape, other, x, y):
    """A plot's rows are the same to the last bit whatever other plots are tabulated with it."""
    cube = cube_of(x, y[::-1])
    alone = cross_tabulate(frame(shape), cube)
    among = cross_tabulate(frame(shape, other, other, shape), cube)

    pd.testing.assert_frame_equal(among.loc[["p0"]], alone, check_exact=True)


@FEW
@given(plots(), lines(), lines(), st.integers(1, 200), st.integers(2, 40))
def test_chunk_sizes_do_not_change_a_share(shape, x, y, cells, pieces):
    """However few cells and pieces are held at once, the shares are the same to the last bit."""
    whole = grid_of_shares(shape, x, y[::-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "CELLS_AT_ONCE", cells)
        patch.setattr(coverage, "PIECES_AT_ONCE", pieces)
        chunked = grid_of_shares(shape, x, y[::-1])

    np.testing.assert_array_equal(chunked, whole)


@FEW
@given(plots(), lines(), lines(), st.floats(0.002, 0.008))
def test_tiles_add_up_to_one_cube(shape, x, y, seam):
    """Cut along a line, the two cubes give together what the whole gives."""
    y = y[::-1]
    cube = cube_of(x, y)
    column = int(np.clip(np.searchsorted(x, seam), 1, len(x) - 2)) if len(x) > 2 else 0
    if not column:
        return
    west = cube.isel(x=slice(None, column), x_edge=slice(None, column + 1))
    east = cube.isel(x=slice(column, None), x_edge=slice(column, None))
    keys = ["plot", "a.forest", "b.year"]
    whole = cross_tabulate(frame(shape), cube).set_index(keys[1:], append=True)["area_ha"]
    parts = pd.concat([cross_tabulate(frame(shape), tile).reset_index() for tile in (west, east)])

    assert whole.sub(parts.groupby(keys)["area_ha"].sum(), fill_value=0).abs().max() < 1e-9
