"""Hectares per combination of values, on cubes a reader can check by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
import xarray as xr

from eudr_check.errors import OverlayError
from eudr_check.geodesy import cell_area_ha, plot_area_ha
from eudr_check.overlay import cross_tabulate, crosstab
from eudr_check.overlay.combinations import Layer, classify
from eudr_check.overlay.grid import Grid

FOREST = [[1, 1, 0], [1, 1, 0], [-1, 0, 0]]
YEAR = [[0, 2021, 0], [0, 2022, 2022], [-1, 0, 0]]


def frame(*geometries, names=None, crs="EPSG:4326"):
    index = pd.Index(names or [f"p{n}" for n in range(len(geometries))], name="plot")
    return gpd.GeoDataFrame(geometry=list(geometries), index=index, crs=crs)


def test_unknown_stays_unknown(make_cube):
    """A plot on a cell without data gets hectares of -1, never of 0: nothing unread may help a plot."""
    cube = make_cube(forest=FOREST, year=YEAR)
    found = cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)

    assert found[["forest", "year"]].to_numpy().tolist() == [[-1, -1]]
    assert found["area_ha"].item() == pytest.approx(1.2309072, abs=1e-7)


def test_loss_on_forest_is_told_from_loss_beside_it(make_cube):
    """The upper right four cells: one forest cell lost in 2021, one in 2022, and a 2022 loss off the forest."""
    cube = make_cube(forest=FOREST, year=YEAR)
    found = cross_tabulate(frame(shapely.box(0.001, 0.001, 0.003, 0.003)), cube)

    assert found[["forest", "year"]].to_numpy().tolist() == [[0, 0], [0, 2022], [1, 2021], [1, 2022]]
    np.testing.assert_allclose(found["area_ha"], 1.2309072, atol=1e-6)


def test_values_keep_their_type_and_the_index_its_name(make_cube):
    """The frame carries the plots' own index and the variables' own dtype, whatever their names."""
    cube = make_cube(forest=FOREST).assign(wide=(("y", "x"), np.full((3, 3), 2**40)))
    found = cross_tabulate(frame(shapely.box(0, 0, 0.003, 0.003), names=["rosa"]), cube)

    assert found.index.name == "plot"
    assert found.index.unique().tolist() == ["rosa"]
    assert found.dtypes.map(str).to_dict() == {"forest": "int16", "wide": "int64", "area_ha": "float64"}


def test_hole_in_the_data_and_hole_in_the_plot(make_cube):
    """The plot's hole lies over the nodata cell: nothing of the plot is unknown."""
    cube = make_cube(forest=[[1, 1, 1], [1, -1, 1], [1, 1, 1]])
    ring = shapely.Polygon(
        [(0, 0), (0.003, 0), (0.003, 0.003), (0, 0.003)],
        [[(0.001, 0.001), (0.002, 0.001), (0.002, 0.002), (0.001, 0.002)]],
    )
    found = cross_tabulate(frame(ring), cube)

    assert found["forest"].tolist() == [1]
    assert found["area_ha"].item() == pytest.approx(plot_area_ha([ring])[0], rel=1e-9)


def test_neighbouring_tiles_add_up(make_cube):
    """A plot across the seam: each tile counts its part, together they are the plot."""
    plot = frame(shapely.Polygon([(0.0004, 0.0002), (0.0051, 0.0011), (0.0042, 0.0028)]))
    west = cross_tabulate(plot, make_cube(forest=FOREST))
    east = cross_tabulate(plot, make_cube(west=0.003, forest=FOREST))

    together = west["area_ha"].sum() + east["area_ha"].sum()
    assert together == pytest.approx(plot_area_ha(plot.geometry.to_numpy())[0], rel=1e-9)


def test_plot_outside_has_no_rows(make_cube):
    """A plot that does not reach the cube has no row; its neighbours are unmoved."""
    near, far = shapely.box(0, 0, 0.001, 0.001), shapely.box(1, 1, 1.001, 1.001)
    found = cross_tabulate(frame(far, near), make_cube(forest=FOREST))

    assert found.index.tolist() == ["p1"]
    assert list(cross_tabulate(frame(far), make_cube(forest=FOREST)).columns) == ["forest", "area_ha"]


def test_unequal_cells(make_cube):
    """With cells of 1 and 3 thousandths every cell keeps its own hectares."""
    x, y = [0, 0.001, 0.004], [0.004, 0.001, 0]
    cube = make_cube(x_edge=x, y_edge=y, forest=[[0, 1], [2, 3]])
    found = cross_tabulate(frame(shapely.box(0, 0, 0.004, 0.004)), cube)

    np.testing.assert_allclose(found["area_ha"], cell_area_ha(np.array(x), np.array(y)).ravel(), rtol=1e-10)


@pytest.mark.parametrize("latitude", [-55.0, -6.0, 60.0])
def test_tile_without_any_map(make_cube, latitude):
    """One cell 0.1 degree tall: the hectares of a small plot at its edge are true to 1e-9 all the same."""
    cube = make_cube(x_edge=[0, 0.1], y_edge=[latitude + 0.1, latitude], forest=[[-1]])
    plot = shapely.Polygon([(0.02, latitude + 0.0901), (0.03, latitude + 0.0999), (0.025, latitude + 0.0998)])
    found = cross_tabulate(frame(plot), cube)

    assert found["forest"].tolist() == [-1]
    assert found["area_ha"].item() == pytest.approx(plot_area_ha([plot])[0], rel=1e-9)


def test_twelve_year_layers():
    """Twelve layers of 1,000 different years each: the product of classes passes 2^119, the answer stays exact."""
    random = np.random.default_rng(1)
    size = 60
    years = {f"layer_{n}": (("y", "x"), random.integers(-500, 500, (size, size)).astype(np.int16)) for n in range(12)}
    at = 0.0005 + 0.001 * np.arange(size)
    cube = xr.Dataset(years, coords={"y": at[::-1], "x": at}).rio.write_crs("EPSG:4326")
    found = cross_tabulate(frame(shapely.box(0, 0, 0.06, 0.06)), cube)

    expected = np.unique(np.column_stack([values.values.ravel() for values in cube.data_vars.values()]), axis=0)
    np.testing.assert_array_equal(found.drop(columns="area_ha").to_numpy(), expected)
    assert found["area_ha"].sum() == pytest.approx(plot_area_ha([shapely.box(0, 0, 0.06, 0.06)])[0], rel=1e-12)


def test_few_cells_and_many_combinations(monkeypatch, make_cube):
    """Rows are the same whether combinations are counted or sorted."""
    cube = make_cube(forest=FOREST, year=YEAR)
    plots = frame(shapely.box(0.0002, 0.0003, 0.0027, 0.0026), shapely.box(0, 0, 0.001, 0.001))
    counted = cross_tabulate(plots, cube)
    monkeypatch.setattr(crosstab, "BINS_PER_CELL", 0)

    pd.testing.assert_frame_equal(cross_tabulate(plots, cube), counted)


def test_cube_without_variables(make_cube):
    """A cube of no variables has one combination: the plot's hectares inside the cube."""
    cube = make_cube(forest=FOREST).drop_vars("forest")
    found = cross_tabulate(frame(shapely.box(-0.001, 0, 0.001, 0.001)), cube)

    assert found["area_ha"].tolist() == pytest.approx([1.2309072], abs=1e-7)


@pytest.mark.parametrize("crs", [None, "EPSG:4674", "EPSG:32718"])
def test_cube_in_another_crs_is_refused(make_cube, crs):
    """No CRS, SIRGAS 2000 and UTM are refused by name; the layers stage has to bring them to EPSG:4326."""
    with pytest.raises(OverlayError, match=crs or "no CRS"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), make_cube(crs=crs, forest=FOREST))


@pytest.mark.parametrize("crs", [None, "EPSG:3857"])
def test_plots_in_another_crs_are_refused(make_cube, crs):
    """Plots in metres, or without CRS, are refused."""
    with pytest.raises(OverlayError, match=crs or "no CRS"):
        cross_tabulate(frame(shapely.box(0, 0, 1, 1), crs=crs), make_cube(forest=FOREST))


@pytest.mark.parametrize(("axis", "order"), [("y", "descend"), ("x", "ascend")])
def test_axis_the_wrong_way_is_refused(make_cube, axis, order):
    """A cube upside down or mirrored is refused with the remedy, not read mirrored."""
    cube = make_cube(forest=FOREST).drop_vars(["x_edge", "y_edge"]).isel({axis: slice(None, None, -1)})
    with pytest.raises(OverlayError, match=rf"coordinate {axis} must {order}.*sortby"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


def test_rotated_cube_is_refused(make_cube):
    """A rotated geotransform cannot be read along rows and columns."""
    cube = make_cube(forest=FOREST).rio.write_transform(rasterio.Affine.rotation(10))
    with pytest.raises(OverlayError, match="rotated"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


def test_variable_on_another_grid_is_refused(make_cube):
    """A variable with dimensions of its own is named."""
    cube = make_cube(forest=FOREST).assign(coarse=(("y2", "x2"), np.zeros((1, 1), np.int16)))
    with pytest.raises(OverlayError, match="variable coarse"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


def test_fractions_are_refused(make_cube):
    """Values that are no whole numbers, NaN among them, are refused."""
    cube = make_cube(forest=FOREST).assign(tree=(("y", "x"), np.full((3, 3), np.nan)))
    with pytest.raises(OverlayError, match="variable tree holds float64"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


def test_unequal_centres_without_lines_are_refused(make_cube):
    """Unequal cells whose lines nobody gave cannot be guessed."""
    cube = make_cube(x_edge=[0, 0.001, 0.002, 0.005], forest=FOREST).drop_vars("x_edge")
    with pytest.raises(OverlayError, match=r"x are unequal.*x_edge"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


def test_lines_that_miss_the_centres_are_refused(make_cube):
    """Lines of another window than the centres would shift every value."""
    cube = make_cube(forest=FOREST)
    cube = cube.assign_coords(x_edge=cube.x_edge + 0.001)
    with pytest.raises(OverlayError, match="x_edge does not enclose"):
        cross_tabulate(frame(shapely.box(0, 0, 0.001, 0.001)), cube)


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (shapely.Polygon([(0, 0), (0.002, 0.002), (0.002, 0), (0, 0.001)]), "is invalid: Self-intersection"),
        (shapely.Polygon(), "is empty"),
        (None, "has no geometry"),
        (shapely.LineString([(0, 0), (1, 1)]), "is no polygon"),
    ],
)
def test_unfit_plot_is_named(make_cube, geometry, reason):
    """The error names the plot by its own key."""
    with pytest.raises(OverlayError, match=f"plot coop/7 {reason}"):
        cross_tabulate(frame(geometry, names=["coop/7"]), make_cube(forest=FOREST))


def test_cells_not_looked_at_are_never_counted():
    """A plot over a cell whose layers nobody looked at stops the overlay: an unread cell must not pass for a class."""
    grid = Grid.of(np.array([0.0, 0.001, 0.002]), np.array([0.002, 0.001, 0.0]))
    layer = Layer(np.array([[1, 0], [0, 0]]), row=np.arange(2), column=np.arange(2))
    classes = classify({"forest": layer}, 4, at=np.array([0, 1, 2]))

    assert classes.code.tolist() == [1, 0, 0, -1]
    with pytest.raises(OverlayError, match="not looked at"):
        crosstab.tally(np.array([shapely.box(0, 0, 0.002, 0.002)]), grid, classes)
