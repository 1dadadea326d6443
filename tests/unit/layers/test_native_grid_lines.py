"""Which lines of a cube are a layer's own: what is drawn of one layer must not depend on the others."""

import numpy as np

from eudr_check.layers.raster import cut, open_raster
from eudr_check.layers.refinement import Refinement, expand, own_lines, refine
from eudr_check.tiles import Tile
from tests.helpers.rasters import write_raster


def test_lines_of_the_raster_and_of_the_frame(tmp_path):
    """Of lines at thirds of a cell every third is the raster's own, and the frame bounds the outermost cells."""
    raster = open_raster(write_raster(tmp_path / "a.tif", np.zeros((10, 10)), cell=0.03, west=0.0, north=0.3))
    x, y = own_lines(Refinement(np.arange(1, 8) * 0.01, np.arange(8, 1, -1) * 0.01), [raster])

    assert np.flatnonzero(x).tolist() == [0, 2, 5, 6]
    assert np.flatnonzero(y).tolist() == [0, 2, 5, 6]


def test_where_a_raster_is_sampled_every_line_counts(tmp_path):
    """A raster in UTM has no lines of longitude and latitude, so cells are what they were sampled to."""
    raster = open_raster(write_raster(tmp_path / "a.tif", np.zeros((10, 10)), cell=30, north=0.0, crs="EPSG:32718"))
    x, y = own_lines(Refinement(np.arange(4) * 0.01, np.arange(3, -1, -1) * 0.01), [raster])

    assert x.all()
    assert y.all()


def test_lines_that_others_drew_into_one_stay_between_cells(tmp_path):
    """Of rasters 0.9e-9 degree apart, those lines are a raster's own at which its cells change, no more and no less."""
    values = np.arange(100).reshape(10, 10)
    rasters = [
        open_raster(
            write_raster(tmp_path / f"{number}.tif", values, cell=0.001, west=-0.003 + 9e-10 * number, north=0.008)
        )
        for number in range(6)
    ]
    tile, box = Tile.from_name("N00.0E000.0"), np.array([0.0, 0.0, 0.006, 0.006])
    cells = refine(tile, box, rasters)
    for raster in rasters:
        x, y = own_lines(cells, [raster])
        read = cut(raster, box[None], box)
        laid = expand(raster, read, read.values, cells, -1)

        assert ((laid[:, 1:] != laid[:, :-1]).any(axis=0) == x[1:-1]).all()
        assert ((laid[1:] != laid[:-1]).any(axis=1) == y[1:-1]).all()
