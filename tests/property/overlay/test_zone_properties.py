"""Polygon maps: what must hold for every plot, every polygon and every grid, held against areas as GEOS cuts them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from eudr_check import overlay
from eudr_check.errors import OverlayError
from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay.zones import REST
from tests.property.overlay.test_overlay_properties import SIZE, cube_of, lines, plots, within

FEW = settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
FOREST, LOSS = "map.forest", "map.loss_year"
CELLS = ["a.forest", "b.year"]


@st.composite
def maps(draw):
    """Polygons with values, over one another or not, some with holes; often with ground that is the rest."""
    shapes = draw(st.lists(plots(), min_size=0, max_size=4))
    forest = draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=len(shapes), max_size=len(shapes)))
    year = draw(st.lists(st.sampled_from([-1, 0, 2019, 2022]), min_size=len(shapes), max_size=len(shapes)))
    rest = [shapely.box(-1, -1, draw(st.sampled_from([0.005, 2.0])), 2)] if draw(st.booleans()) else []
    return zone_of([*shapes, *rest], [*forest, *[0] * len(rest)], [*year, *[0] * len(rest)], len(rest))


def zone_of(shapes, forest, year, rest=0):
    columns = {FOREST: np.array(forest, np.int16), LOSS: np.array(year, np.int16)}
    flags = np.arange(len(shapes)) >= len(shapes) - rest
    return gpd.GeoDataFrame({**columns, REST: flags}, geometry=np.array(shapes, dtype=object), crs="EPSG:4326")


def plots_of(*shapes):
    names = [f"p{number}" for number in range(len(shapes))]
    areas = plot_area_ha(np.array(shapes, dtype=object))
    table = {"declared_area_ha": np.nan, "usable": True, "area_ha": areas}
    return gpd.GeoDataFrame(table, index=pd.Index(names, name="plot"), geometry=list(shapes), crs="EPSG:4326")


def with_places(cube):
    """The cube with the columns of the map in their place."""
    nothing = (("y", "x"), np.full((cube.sizes["y"], cube.sizes["x"]), -1, dtype=np.int16))
    values = {"a.forest": cube["a.forest"], FOREST: nothing, "b.year": cube["b.year"], LOSS: nothing}
    return xr.Dataset(values, coords=cube.coords)


def expected(shape, zone, column):
    """Hectares of a shape by value of a column, as unions and differences of whole polygons give them."""
    own, rest = zone[~zone[REST]], zone[zone[REST]]
    of = {value: shapely.union_all(group.geometry.to_numpy()) for value, group in own.groupby(column)}
    every = shapely.union_all(own.geometry.to_numpy())
    ground = {}
    for value in {*of, *rest[column]} - {-1}:
        others = shapely.union_all([other for key, other in of.items() if key != value])
        alone = shapely.difference(of.get(value, shapely.Point()), others)
        if (rest[column] == value).any():
            alone = shapely.union(alone, shapely.difference(shapely.union_all(rest.geometry.to_numpy()), every))
        ground[value] = shapely.intersection(shape, alone)
    found = {value: area(one) for value, one in ground.items()}
    return found | {-1: plot_area_ha([shape])[0] - sum(found.values())}


def area(shape):
    parts = [one for one in shapely.get_parts(shape) if one.geom_type in ("Polygon", "MultiPolygon")]
    return float(plot_area_ha(np.array(parts, dtype=object)).sum())


def inside(shape):
    return within(shape, 0, 0, SIZE, SIZE)


@FEW
@given(plots(), maps(), lines(), lines())
def test_hectares_are_those_that_polygons_share(shape, zone, x, y):
    """Each value has the ground of its polygons alone; where they differ, and where there is none, it is unknown."""
    shape = inside(shape)
    assume(not shape.is_empty)
    found = overlay.tabulate(plots_of(shape), with_places(cube_of(x, y[::-1])), 0.0, [zone])

    for column in (FOREST, LOSS):
        ours, wanted = found.groupby(column)["area_ha"].sum(), expected(shape, zone, column)
        assert ours.sub(pd.Series(wanted), fill_value=0).abs().max() < 1e-8 * plot_area_ha([shape])[0] + 1e-9


@FEW
@given(plots(), maps(), lines(), lines())
def test_jointly_with_cells(shape, zone, x, y):
    """Rows of cells and polygons together, added up over the map, are those of the cells, and of the plot."""
    shape, cube = inside(shape), cube_of(x, y[::-1])
    assume(not shape.is_empty)
    both = overlay.tabulate(plots_of(shape), with_places(cube), 0.0, [zone])
    alone = overlay.tabulate(plots_of(shape), cube, 0.0)
    limit = 1e-8 * plot_area_ha([shape])[0] + 1e-9

    difference = both.groupby(CELLS)["area_ha"].sum().sub(alone.set_index(CELLS)["area_ha"], fill_value=0)
    assert difference.abs().max() < limit
    assert abs(both["area_ha"].sum() - plot_area_ha([shape])[0]) < limit
    kept, shortfalls = overlay.conserve(plots_of(shape), both)
    assert not shortfalls and kept is both
    cell = shapely.box(x[0], y[-2], x[1], y[-1])
    value = {name: int(cube[name].to_numpy()[0, 0]) for name in CELLS}
    there = shapely.intersection(shape, cell)
    if there.area > 1e-9 and sum((cube["a.forest"] == value["a.forest"]).values.ravel()) == 1:
        rows = both[(both["a.forest"] == value["a.forest"]) & (both["b.year"] == value["b.year"])]
        assert abs(rows["area_ha"].sum() - area(there)) < limit


@settings(FEW, max_examples=12)
@given(st.lists(plots(), min_size=1, max_size=4), lines(), lines(), st.integers(0, 9), st.sampled_from([0.0, 5.0]))
def test_a_map_of_cell_outlines_is_the_raster(shapes, x, y, seed, error):
    """Polygons that are the cells of a raster give its hectares, those of the shrunk and grown plot too."""
    shapes = [one for one in map(inside, shapes) if not one.is_empty]
    assume(shapes)
    cube, y = cube_of(x, y[::-1], seed), y[::-1]
    boxes = shapely.box(x[:-1][None, :], y[1:][:, None], x[1:][None, :], y[:-1][:, None]).ravel()
    zone = zone_of(boxes, cube["a.forest"].to_numpy().ravel(), cube["b.year"].to_numpy().ravel())
    names = {FOREST: "a.forest", LOSS: "b.year"}
    bare = with_places(cube).drop_vars(CELLS)
    ours = overlay.tabulate(plots_of(*shapes), bare, error, [zone]).rename(columns=names)
    theirs = overlay.tabulate(plots_of(*shapes), cube, error)
    keys = ["footprint", *CELLS]
    ours, theirs = (one.set_index(keys, append=True).sort_index() for one in (ours, theirs))
    whole = plot_area_ha(np.array(shapes, dtype=object)).max()

    assert ours.sub(theirs, fill_value=0).abs().to_numpy().max() < 1e-9 * whole + 1e-10


@FEW
@given(plots(), maps(), lines(), lines(), st.randoms(use_true_random=False))
def test_order_and_neighbours_do_not_matter(shape, zone, x, y, random):
    """Polygons in any order, plots among others: the same hectares."""
    shape = inside(shape)
    assume(not shape.is_empty)
    cube = with_places(cube_of(x, y[::-1]))
    alone = overlay.tabulate(plots_of(shape), cube, 5.0, [zone])
    order = list(range(len(zone)))
    random.shuffle(order)
    among = overlay.tabulate(plots_of(shape, shape), cube, 5.0, [zone.iloc[order]])
    keys = ["footprint", *CELLS, FOREST, LOSS]
    one, two = alone.set_index(keys), among.loc[["p1"]].set_index(keys)

    assert one.sub(two, fill_value=0).abs().to_numpy().max() < 1e-8 * plot_area_ha([shape])[0] + 1e-9


@FEW
@given(plots(), maps(), plots(), st.sampled_from([-1, 2022]))
def test_more_loss_and_more_unknown_never_make_less_of_them(shape, zone, more, year):
    """A further polygon of loss, or of nothing known, only adds to what is lost or unknown."""
    shape, grid = inside(shape), np.linspace(0, SIZE, 9)
    assume(not shape.is_empty)
    cube = with_places(cube_of(grid, grid[::-1]))
    added = gpd.GeoDataFrame(pd.concat([zone_of([more], [-1], [year]), zone], ignore_index=True))

    def lost_or_unknown(one):
        found = overlay.tabulate(plots_of(shape), cube, 0.0, [one])
        return found[(found[LOSS] > 0) | (found[LOSS] == -1)]["area_ha"].sum()

    assert lost_or_unknown(added) >= lost_or_unknown(zone) - 1e-9 - 1e-8 * plot_area_ha([shape])[0]


@FEW
@given(plots(), maps(), st.floats(0.002, 0.008))
def test_tiles_add_up_to_one_cube(shape, zone, seam):
    """Cut along a seam, the two tiles give together what the whole gives."""
    shape = inside(shape)
    assume(not shape.is_empty)
    x, y = np.unique([0, seam, SIZE]), np.linspace(SIZE, 0, 5)
    cube = with_places(cube_of(x, y))
    west = cube.isel(x=slice(None, 1), x_edge=slice(None, 2))
    east = cube.isel(x=slice(1, None), x_edge=slice(1, None))
    keys = ["plot", *CELLS, FOREST, LOSS]
    whole = overlay.tabulate(plots_of(shape), cube, 0.0, [zone]).set_index(keys[1:], append=True)["area_ha"]
    parts = pd.concat([overlay.tabulate(plots_of(shape), one, 0.0, [zone]).reset_index() for one in (west, east)])

    difference = whole.sub(parts.groupby(keys)["area_ha"].sum(), fill_value=0).abs().max()
    assert difference < 1e-8 * plot_area_ha([shape])[0] + 1e-9


@FEW
@given(plots(), st.floats(0.002, 0.008), st.floats(-4e-10, 4e-10), st.integers(1, 30), st.sampled_from([-77.0, 12.0]))
def test_neighbours_that_meet_but_for_rounding_leave_no_gap(shape, edge, shift, corners, longitude):
    """Polygons that meet along an edge, of which one has more corners that rounding moved, leave nothing unknown."""
    shape = shapely.transform(inside(shape), lambda at: at + np.array([longitude, 0]))
    assume(not shape.is_empty and shape.is_valid)
    steps = np.linspace(-1, 2, corners + 2)
    west = [(longitude + edge + shift * (number % 2), step) for number, step in enumerate(steps)]
    zone = zone_of(
        [
            shapely.Polygon([(longitude - 1, -1), *west, (longitude - 1, 2)]),
            shapely.box(longitude + edge, -1, longitude + 1, 2),
        ],
        [1, 0],
        [0, 0],
    )
    grid = np.linspace(0, SIZE, 9)
    cube = with_places(cube_of(grid + longitude, grid[::-1]))
    found = overlay.tabulate(plots_of(shape), cube, 0.0, [zone])

    assert found.loc[found[FOREST] == -1, "area_ha"].sum() < 1e-10
    assert not overlay.conserve(plots_of(shape), found)[1]


@pytest.mark.parametrize("east", [0.00124, 0.00126, 0.0012])
def test_the_error_of_the_boundary_reaches_over_an_edge(east):
    """Plots inside one polygon, 1 m and 6 m from its edge, shrink and grow as on the raster of the same cells."""
    grid, plot = np.linspace(0, SIZE, 9), shapely.box(0.0002, 0.0002, east, 0.001)
    cube = cube_of(grid, grid[::-1])
    forest = np.where(np.arange(8) == 0, 1, 0)[None, :].repeat(8, axis=0).astype(np.int16)
    cube["a.forest"], cube["b.year"] = (("y", "x"), forest), (("y", "x"), np.zeros_like(forest))
    boxes = shapely.box(grid[:-1][None, :], grid[:-1][::-1][:, None], grid[1:][None, :], grid[1:][::-1][:, None])
    zone = zone_of(boxes.ravel(), forest.ravel(), np.zeros(64))
    ours = overlay.tabulate(plots_of(plot), with_places(cube).drop_vars(CELLS), 5.0, [zone])
    theirs = overlay.tabulate(plots_of(plot), cube, 5.0)

    assert ours[FOREST].tolist() == theirs["a.forest"].tolist() == ([1] if east == 0.0012 else [0, 1])
    for name in ("area_ha", "area_inner_ha", "area_outer_ha"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9, atol=1e-12)


def test_a_gap_and_an_overlap_that_show_are_unknown():
    """A centimetre between neighbours, or over one another, is ground of which the map does not say what it is."""
    grid, plot = np.linspace(0, SIZE, 9), shapely.box(0.001, 0.001, 0.009, 0.009)
    cube = with_places(cube_of(grid, grid[::-1]))
    for shift in (1e-7, -1e-7):
        halves = [shapely.box(0, 0, 0.005, 1), shapely.box(0.005 + shift, 0, 1, 1)]
        found = overlay.tabulate(plots_of(plot), cube, 0.0, [zone_of(halves, [1, 0], [0, 0])])

        unknown = found.loc[found[FOREST] == -1, "area_ha"].sum()
        assert unknown == pytest.approx(plot_area_ha([shapely.box(0, 0.001, 1e-7, 0.009)])[0], rel=1e-4)


def test_what_geos_cannot_cut_is_an_error_of_the_overlay(monkeypatch):
    """Only the tile is set aside then; an error of GEOS would end the whole run."""

    def fails(*_):
        raise shapely.errors.GEOSException("TopologyException: side location conflict")

    monkeypatch.setattr(shapely, "intersection", fails)
    grid, plot = np.linspace(0, SIZE, 9), shapely.box(0.001, 0.001, 0.009, 0.009)
    zone = zone_of([shapely.box(0, 0, 0.005, 1)], [1], [0])

    with pytest.raises(OverlayError, match="side location conflict"):
        overlay.tabulate(plots_of(plot), with_places(cube_of(grid, grid[::-1])), 0.0, [zone])


def test_no_map_changes_no_digit():
    """Without polygon maps the rows are those of the cells to the last bit."""
    grid, plot = np.linspace(0, SIZE, 9), shapely.box(0.001, 0.001, 0.009, 0.009)
    cube = cube_of(grid, grid[::-1])

    pd.testing.assert_frame_equal(
        overlay.tabulate(plots_of(plot), cube, 5.0, []), overlay.tabulate(plots_of(plot), cube, 5.0), check_exact=True
    )
