"""Outlines against GDAL's polygons of the same grids."""

import numpy as np
import pytest
import rasterio.features
import shapely

from eudr_check.overlay.polygonize import outlines


@pytest.mark.parametrize("seed", range(60))
def test_same_regions_as_gdal(seed):
    """On grids at random, sparse and dense, every region has the ground GDAL draws, holes included."""
    random = np.random.default_rng(seed)
    shape = random.integers(1, 40, 2)
    kinds = random.integers(1, 5)
    values = np.where(random.random(shape) < random.uniform(0.2, 0.95), random.integers(1, kinds + 1, shape), 0)
    values = values.astype(np.int16)
    found = outlines(values, np.arange(shape[1] + 1.0), np.arange(shape[0] + 1.0))
    shapes, value, region = found.polygons(), found.value, found.region
    drawn = list(rasterio.features.shapes(values, mask=values > 0, connectivity=4))
    theirs = [shapely.geometry.shape(one) for one, _ in drawn]

    assert shapely.is_valid(shapes).all()
    assert found.wkb().to_pylist() == list(shapely.to_wkb(shapes, byte_order=1))
    np.testing.assert_array_equal(found.bounds(), shapely.bounds(shapes).reshape(-1, 4))
    assert len(shapes) == len(theirs)
    row, column = np.nonzero(region >= 0)
    assert ((region >= 0) == (values > 0)).all()
    np.testing.assert_array_equal(np.bincount(region[row, column], minlength=len(shapes)), shapely.area(shapes))
    assert shapely.contains_xy(shapes[region[row, column]], column + 0.5, row + 0.5).all()
    for mine, other in zip(
        sorted(zip(value.tolist(), shapes, strict=True), key=_place),
        sorted(((int(kind), one) for one, (_, kind) in zip(theirs, drawn, strict=True)), key=_place),
        strict=True,
    ):
        assert mine[0] == other[0]
        assert shapely.equals(mine[1], other[1])


def _place(region):
    value, shape = region
    return value, shape.bounds, shape.area
