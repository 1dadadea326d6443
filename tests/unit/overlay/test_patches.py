"""PATCHES: outlines of event cells on and near plots."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check import overlay
from eudr_check.errors import OverlayError
from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import dissolve
from eudr_check.tables import PATCHES, check

SMALL = shapely.box(0.0012, 0.0012, 0.0014, 0.0014)
"""About 22 m wide, in the middle cell of 3 x 3 cells of 111 m: every other cell lies within 100 m."""

FIRST, SECOND = "c/1", "c/Doña Rosa, 'lote' 2/b"


def patches(plots, cube, columns):
    """PATCHES of a tile, on its seams or not."""
    return pd.concat(map(drawn, overlay.patches(plots, cube, columns)), ignore_index=True)


def drawn(stored):
    frame = stored.to_pandas()
    return gpd.GeoDataFrame(frame.assign(geometry=shapely.from_wkb(frame["geometry"])), crs="EPSG:4326")


def test_cells_that_share_an_edge_make_one_patch(make_cube, make_plots):
    """Two cells of 2021 side by side are one patch; the third only touches at a corner and stays its own."""
    cube = make_cube(a__year=[[2021, 2021, 0], [0, 0, 2021], [0, 0, 0]])
    found = patches(make_plots({"c/1": SMALL}), cube, ["a.year"])

    assert found["year"].tolist() == [2021, 2021]
    smaller, larger = found.geometry.iloc[found["area_ha"].argsort()]
    assert shapely.equals(larger, shapely.box(0, 0.002, 0.002, 0.003))
    assert shapely.equals(smaller, shapely.box(0.002, 0.001, 0.003, 0.002))
    np.testing.assert_allclose(found["area_ha"], plot_area_ha(found.geometry.to_numpy()), rtol=1e-12)
    check(PATCHES, found)


def test_years_and_variables_stay_apart(make_cube, make_plots):
    """Patches are ordered by variable, then year; unknown (-1) and no event (0) are none."""
    cube = make_cube(b__year=[[2022, 2021, 0], [-1, 0, 0], [0, 0, 0]], a__year=[[0, 0, 0], [0, 2023, 0], [0, 0, 0]])
    found = patches(make_plots({"c/1": SMALL}), cube, ["b.year", "a.year"])

    assert list(zip(found["column"], found["year"], strict=True)) == [
        ("a.year", 2023),
        ("b.year", 2021),
        ("b.year", 2022),
    ]


def test_hole_in_a_patch(make_cube, make_plots):
    """A ring of event cells keeps its hole."""
    cube = make_cube(a__year=[[2021, 2021, 2021], [2021, 0, 2021], [2021, 2021, 2021]])
    found = patches(make_plots({"c/1": SMALL}), cube, ["a.year"])

    assert len(found) == 1
    assert found["area_ha"].item() == pytest.approx(8 * 1.2309072, abs=1e-5)


def test_only_what_lies_within_100_m(make_cube, make_plots):
    """Of a row of event cells of 111 m only those that begin within 100 m of the plot are drawn."""
    cube = make_cube(north=0.001, a__year=[[2021] * 10])
    plot = shapely.box(0.0041, 0.0002, 0.0042, 0.0004)
    found = patches(make_plots({"c/1": plot}), cube, ["a.year"])

    assert found.geometry[0].bounds == pytest.approx((0.003, 0, 0.006, 0.001))


def test_cells_are_those_of_the_layer(make_cube, make_plots):
    """Lines that other layers bring into the cube do not cut a cell: near in part, it is drawn whole."""
    cube = make_cube(north=0.001, a__year=[[2021] * 12])
    own = np.zeros(13, dtype=bool)
    own[::4] = True
    cube["a.year"].attrs = {"x_lines": own, "y_lines": np.array([True, True])}
    plot = shapely.box(0.0051, 0.0002, 0.0052, 0.0004)
    found = patches(make_plots({"c/1": plot}), cube, ["a.year"])

    assert found.geometry[0].bounds == pytest.approx((0.004, 0, 0.008, 0.001))


def test_patch_names_its_plots(make_cube, make_plots):
    """Every plot on or within 100 m is named once, in order; a point counts by its disc."""
    cube = make_cube(north=0.001, a__year=[[2021] + [0] * 9 + [2021]])
    plots = make_plots(
        {
            "c/2": shapely.box(0.0002, 0.0002, 0.0003, 0.0003),
            "c/1": shapely.Point(0.0015, 0.0005),
            "c/3": shapely.box(0.0101, 0.0002, 0.0102, 0.0003),
        },
        declared={"c/1": 0.1},
    )
    found = patches(plots, cube, ["a.year"])

    assert [*map(list, found["plots"])] == [["c/1", "c/2"], ["c/3"]]


def test_seams_disappear(make_cube, make_plots):
    """A patch over two tiles becomes one and names the plots of both sides, whatever their ids hold."""
    west = make_cube(west=0.097, north=0.003, a__year=[[0, 0, 0], [0, 2021, 2021], [0, 0, 0]])
    east = make_cube(west=0.1, north=0.003, a__year=[[0, 0, 0], [2021, 0, 2021], [0, 0, 0]])
    west = west.assign_coords(x_edge=np.array([0.097, 0.098, 0.099, 0.1]))
    plots = make_plots(
        {
            FIRST: shapely.box(0.0981, 0.0012, 0.0983, 0.0014),
            SECOND: shapely.box(0.1012, 0.0012, 0.1014, 0.0014),
        }
    )
    whole, seams = (
        pd.concat(map(drawn, part), ignore_index=True)
        for part in zip(*(overlay.patches(plots, tile, ["a.year"]) for tile in (west, east)), strict=True)
    )
    found = pd.concat([dissolve(seams), whole], ignore_index=True)

    assert len(seams) == 2
    assert [shape.bounds for shape in found.geometry] == [
        pytest.approx((0.098, 0.001, 0.101, 0.002)),
        pytest.approx((0.102, 0.001, 0.103, 0.002)),
    ]
    assert [*map(list, found["plots"])] == [[FIRST, SECOND], [SECOND]]
    check(PATCHES, found)


def test_no_event_no_patch(make_cube, make_plots):
    """Without events the table is empty and keeps its contract."""
    found = patches(make_plots({"c/1": SMALL}), make_cube(a__year=np.zeros((3, 3))), ["a.year"])

    assert len(check(PATCHES, found)) == len(check(PATCHES, dissolve(found))) == 0


def test_no_event_layer_no_patch(make_cube, make_plots):
    """A harvest that looks at forest only has nothing to draw, and that is no fault."""
    assert len(check(PATCHES, patches(make_plots({"c/1": SMALL}), make_cube(a__forest=np.ones((3, 3))), []))) == 0


def test_unknown_column_is_named(make_cube, make_plots):
    """A variable the cube does not carry is a mistake, not an absence of events."""
    with pytest.raises(OverlayError, match=r"no variable b\.year; it carries a\.year"):
        patches(make_plots({"c/1": SMALL}), make_cube(a__year=np.zeros((3, 3))), ["b.year"])
