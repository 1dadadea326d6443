"""EVIDENCE of points and polygons, tile by tile."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from eudr_check.errors import OverlayError
from eudr_check.geodesy import metres_per_degree, plot_area_ha
from eudr_check.overlay import combine, conserve, footprints, tabulate
from eudr_check.overlay.evidence import HECTARES
from eudr_check.overlay.footprints import grown
from eudr_check.tables import EVIDENCE, FOOTPRINTS, check


def combined(tiles):
    """EVIDENCE of tiles that were stored."""
    return check(EVIDENCE, combine([pa.Table.from_pandas(tile) for tile in tiles]))


HALVES = np.tile([1] * 5 + [0] * 5, (10, 1))


def test_uniform_ground_needs_no_second_look(make_cube, make_plots):
    """Where the surroundings hold one combination, the plot shrunk and grown stands on the same: all three equal."""
    cube = make_cube(north=0.01, a__forest=np.ones((10, 10)))
    found = tabulate(make_plots({"c/1": shapely.box(0.004, 0.004, 0.006, 0.006)}), cube, 5.0)

    assert found["a.forest"].tolist() == [1]
    assert found["area_inner_ha"].item() == found["area_outer_ha"].item() == found["area_ha"].item()


def test_boundary_moves_by_the_gps_error(make_cube, make_plots):
    """A plot that ends at the forest's edge: shrunk it loses 5 m of forest on three sides, grown it reaches past it."""
    cube = make_cube(north=0.01, a__forest=HALVES)
    plots = make_plots({"c/1": shapely.box(0.005, 0.004, 0.007, 0.006)})
    found = tabulate(plots, cube, 5.0).set_index("a.forest")
    parallel, meridian = metres_per_degree(0.005)
    width, height = 0.002 * parallel, 0.002 * meridian

    assert found.loc[0, "area_ha"] == pytest.approx(width * height / 10_000, rel=1e-6)
    assert found.loc[0, "area_inner_ha"] == pytest.approx((width - 10) * (height - 10) / 10_000, rel=1e-6)
    assert found.loc[1, "area_ha"] == found.loc[1, "area_inner_ha"] == 0
    # A strip of 5 m, with the two rounded corners of the grown plot.
    strip = 5 * height + 2 * np.pi / 4 * 25
    assert found.loc[1, "area_outer_ha"] == pytest.approx(strip / 10_000, rel=2e-3)


def test_without_gps_error_all_three_are_equal(make_cube, make_plots):
    """An error of 0 m moves nothing."""
    found = tabulate(
        make_plots({"c/1": shapely.box(0.004, 0.004, 0.006, 0.006)}), make_cube(north=0.01, a__f=HALVES), 0
    )

    np.testing.assert_array_equal(found["area_inner_ha"], found["area_ha"])
    np.testing.assert_array_equal(found["area_outer_ha"], found["area_ha"])


def test_narrow_plot_shrinks_to_nothing(make_cube, make_plots):
    """A strip 9 m wide is nowhere more than 5 m from its boundary: no hectare of it is certain."""
    cube = make_cube(north=0.01, a__forest=HALVES)
    found = tabulate(make_plots({"c/1": shapely.box(0.001, 0.005, 0.009, 0.00508)}), cube, 5.0)

    assert (found["area_inner_ha"] == 0).all()
    assert (found["area_ha"] > 0).all()


def test_point_has_three_footprints(make_cube, make_plots):
    """A point without declared area: a disc of exactly 4 ha, one of twice the radius, and its own cell."""
    cube = make_cube(north=0.01, a__forest=np.ones((10, 10)))
    plots = make_plots({"c/1": shapely.Point(0.0052, 0.0047)})
    found = tabulate(plots, cube, 5.0)

    assert found["footprint"].tolist() == ["disc", "double_disc", "cell"]
    assert found["area_ha"].tolist() == pytest.approx([4.0, 16.0, 1.2309072], abs=1e-6)
    assert conserve(plots, found)[1] == []


def test_declared_area_sizes_the_disc(make_plots):
    """The polygonised disc has the declared hectares to ten digits, in the tropics and far from them."""
    plots = make_plots({"c/1": shapely.Point(-76, -6), "c/2": shapely.Point(20, 60)}, declared={"c/1": 1.5, "c/2": 0.3})
    found = footprints(plots, 5.0)

    np.testing.assert_allclose(found.area_ha[found.footprint == "disc"], [1.5, 0.3], rtol=1e-10)
    np.testing.assert_allclose(found.area_ha[found.footprint == "double_disc"], [6.0, 1.2], rtol=1e-10)
    assert (found.geometry[found.footprint == "cell"] == plots.geometry).all()


def test_point_on_a_cell_line_belongs_east_and_north(make_cube, make_plots):
    """A point where four cells meet lies in one cell only: the one east and north of it."""
    cube = make_cube(a__f=[[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    x, y = float(cube.x_edge[1]), float(cube.y_edge[1])
    found = tabulate(make_plots({"c/1": shapely.Point(x, y)}), cube, 0.0)

    assert found.loc[found.footprint == "cell", "a.f"].tolist() == [2]


def test_point_on_the_seam_belongs_to_one_tile(make_cube, make_plots):
    """Four tiles meet at the point: exactly one of them gives its cell."""
    plots = make_plots({"c/1": shapely.Point(0.003, 0.003)})
    tiles = [
        make_cube(west=west, north=north, x_edge=x, y_edge=y, a__f=np.full((3, 3), code))
        for code, (west, x) in enumerate([(0, [0, 0.001, 0.002, 0.003]), (1, [0.003, 0.004, 0.005, 0.006])])
        for north, y in [(0, [0.003, 0.002, 0.001, 0]), (1, [0.006, 0.005, 0.004, 0.003])]
    ]
    found = combined([tabulate(plots, tile, 5.0) for tile in tiles])

    assert (found["footprint"] == "cell").sum() == 1
    assert conserve(plots, found)[1] == []


def test_tiles_add_up_in_tile_order(make_cube, make_plots):
    """A plot over two tiles: equal combinations become one row, inner and outer hectares of both tiles included."""
    plots = make_plots({"c/1": shapely.box(0.002, 0.001, 0.004, 0.002)})
    tiles = [make_cube(a__f=np.ones((3, 3))), make_cube(west=0.003, a__f=np.ones((3, 3)))]
    found = combined([tabulate(plots, tile, 5.0) for tile in tiles])
    shape = plots.geometry.to_numpy()

    assert len(found) == 1
    assert found["area_ha"].item() == pytest.approx(plot_area_ha(shape)[0], rel=1e-9)
    assert found["area_inner_ha"].item() == pytest.approx(plot_area_ha(grown(shape, -5.0))[0], rel=1e-9)
    assert found["area_outer_ha"].item() == pytest.approx(plot_area_ha(grown(shape, 5.0))[0], rel=1e-9)
    assert conserve(plots, found)[1] == []


def test_combined_rows_are_sorted(make_cube, make_plots):
    """By plot, footprint in the order of the table, then values."""
    plots = make_plots({"c/2": shapely.box(0.001, 0, 0.003, 0.003), "c/1": shapely.Point(0.0015, 0.0015)}, {"c/1": 1.0})
    found = combined([tabulate(plots, make_cube(a__f=[[0, 1, 0], [1, 0, 1], [-1, 1, -1]]), 0.0)])

    keys = list(zip(found.index, found["footprint"].map(list(FOOTPRINTS).index), found["a.f"], strict=True))
    assert keys == sorted(keys)
    check(EVIDENCE, found)


def test_unusable_plots_are_left_out(make_cube, make_plots):
    """What the plots stage blocked is not tabulated, whatever its geometry."""
    plots = make_plots({"c/1": None, "c/2": shapely.box(0, 0, 0.001, 0.001)}, unusable=("c/1",))

    assert tabulate(plots, make_cube(a__f=np.ones((3, 3))), 5.0).index.unique().tolist() == ["c/2"]


@pytest.mark.parametrize(
    ("geometry", "declared", "reason"),
    [
        (shapely.Point(), {}, "has an empty point"),
        (shapely.Point(0, 0), {"c/1": 0.0}, "declares an area that is not positive"),
        (shapely.Polygon(), {}, "is empty"),
    ],
)
def test_unfit_footprint_is_named(make_plots, geometry, declared, reason):
    """A usable plot that cannot be measured is a mistake upstream and is named."""
    with pytest.raises(OverlayError, match=f"plot c/1 {reason}"):
        footprints(make_plots({"c/1": geometry}, declared), 5.0)


@pytest.mark.parametrize(
    "change", [lambda rows: rows.iloc[1:], lambda rows: pd.concat([rows, rows.iloc[:1]]), lambda rows: rows.iloc[:0]]
)
def test_plot_with_lost_or_doubled_area_is_set_aside(make_cube, make_plots, change):
    """Rows that go missing, or come twice, leave their plot wholly unknown with its own area, and no other plot."""
    plots = make_plots({"c/1": shapely.box(0, 0, 0.002, 0.002), "c/2": shapely.Point(0.0015, 0.0015)}, {"c/2": 0.1})
    found = combined([tabulate(plots, make_cube(a__f=[[1, 1, 1], [0, 1, 1], [1, 1, 0]]), 0.0)])
    mine = found.index == "c/1"
    kept, shortfalls = conserve(plots, pd.concat([change(found[mine]), found[~mine]]))

    assert [(one.plot, one.footprint) for one in shortfalls] == [("c/1", "polygon")]
    assert shortfalls[0].expected_ha == pytest.approx(plots.loc["c/1", "area_ha"])
    assert kept.loc[["c/1"], "a.f"].tolist() == [-1]
    assert kept.loc["c/1", HECTARES].tolist() == [plots.loc["c/1", "area_ha"]] * 3
    pd.testing.assert_frame_equal(kept.loc[["c/2"]], found.loc[["c/2"]])
    check(EVIDENCE, kept)


def test_point_that_is_set_aside_is_unknown_in_all_its_footprints(make_cube, make_plots):
    """A point whose disc lost ground says nothing by its wider disc and its cell either."""
    plots = make_plots({"c/1": shapely.Point(0.0015, 0.0015)}, {"c/1": 0.1})
    found = combined([tabulate(plots, make_cube(a__f=np.ones((3, 3))), 0.0)])
    kept, _ = conserve(plots, found[found["footprint"] != "disc"])

    assert kept["footprint"].tolist() == ["disc", "double_disc", "cell"]
    assert kept["a.f"].tolist() == [-1, -1, -1]
    assert kept["area_ha"].tolist() == pytest.approx([0.1, 0.4, found["area_ha"].iloc[-1]])


def test_conserved_evidence_is_left_as_it_is(make_cube, make_plots):
    """Where everything adds up, the very table comes back."""
    plots = make_plots({"c/1": shapely.box(0, 0, 0.002, 0.002)})
    found = tabulate(plots, make_cube(a__f=np.ones((3, 3))), 0.0)
    kept, shortfalls = conserve(plots, found)

    assert kept is found
    assert shortfalls == []


@pytest.mark.parametrize("side", [3e-6, 1e-5, 5e-5, 1e-4])
@pytest.mark.parametrize("corner", [(0.1003, 0.05), (0.15, 0.0997), (0.1, 0.0)])
def test_small_plots_in_wide_cells_are_conserved(make_cube, make_plots, side, corner):
    """Where no layer reaches, a cell is a tile wide: its rounding is not taken for ground that was lost."""
    cube = make_cube(x_edge=[0.1, 0.2], y_edge=[0.1, 0.0], a__f=[[-1]])
    x, y = corner
    plots = make_plots(
        {"c/1": shapely.Polygon([(x, y), (x + side, y), (x, y + side)]), "c/2": shapely.Point(0.16, 0.05)},
        {"c/2": 1e-6},
    )

    assert conserve(plots, tabulate(plots, cube, 0.0))[1] == []


def test_plot_smaller_than_the_rounding_is_set_aside(make_cube, make_plots):
    """Ground of a tenth of a square centimetre vanishes in a wide cell: the plot is named and unknown."""
    cube = make_cube(x_edge=[0.1, 0.2], y_edge=[0.1, 0.0], a__f=[[0]])
    plots = make_plots({"c/1": shapely.Point(0.16, 0.05)}, {"c/1": 1e-9})
    kept, shortfalls = conserve(plots, tabulate(plots, cube, 0.0))

    assert {one.plot for one in shortfalls} == {"c/1"}
    assert (kept["a.f"] == -1).all()


def test_evidence_of_another_run_is_refused(make_cube, make_plots):
    """Rows of a plot that is not among the plots come from another run: no plot can be set aside for them."""
    plots = make_plots({"c/1": shapely.box(0, 0, 0.002, 0.002), "c/2": shapely.box(0, 0, 0.001, 0.001)})
    found = tabulate(plots, make_cube(a__f=np.ones((3, 3))), 0.0)
    with pytest.raises(OverlayError, match=r"plot c/2: evidence for a polygon that is no footprint of a usable plot"):
        conserve(plots.loc[["c/1"]], found)


def test_tiles_with_different_variables_are_refused(make_cube, make_plots):
    """Tiles that carry different columns would leave gaps that read as values."""
    plots = make_plots({"c/1": shapely.box(0, 0, 0.001, 0.001)})
    one = tabulate(plots, make_cube(a__f=np.ones((3, 3))), 0.0)
    with pytest.raises(OverlayError, match=r"tiles carry different variables: .*a\.f.*b\.g"):
        combined([one, tabulate(plots, make_cube(b__g=np.ones((3, 3))), 0.0)])


def test_boxes_leave_room_for_error_and_patches(make_plots):
    """The box a cube must cover reaches 105 m beyond the plot on every side, at any latitude."""
    for latitude in (0.0, 45.0, 70.0):
        plots = make_plots({"c/1": shapely.box(10, latitude, 10.001, latitude + 0.001)})
        box = footprints(plots, 5.0).iloc[0]
        grown_box = grown(plots.geometry.to_numpy(), 105.0)[0].bounds

        assert box.west <= grown_box[0] and box.south <= grown_box[1]
        assert box.east >= grown_box[2] and box.north >= grown_box[3]
