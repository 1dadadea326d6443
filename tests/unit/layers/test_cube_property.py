"""Whatever the grids, each cube cell holds the value of the raster cell under its centre, and -1 outside."""

import tempfile
from pathlib import Path

import numpy as np
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eudr_check import layers
from tests.helpers.rasters import STATE, TILE, Toy, write_raster

ASSETS = "{map: {legend: '0..1', nodata: 255}}"
FOREST = f"{{forest: {{{STATE}, when: {{map: 1}}}}}}"

grids = st.tuples(
    st.floats(0.004, 0.03),  # cell
    st.floats(-0.05, 0.09),  # west
    st.floats(0.02, 0.15),  # north
    st.integers(1, 12),  # columns
    st.integers(1, 12),  # rows
    st.booleans(),  # south-up
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=grids, second=grids, seed=st.integers(0, 99))
def test_cells_hold_what_lies_under_their_centres(
    first: tuple[float, ...], second: tuple[float, ...], seed: int
) -> None:
    """Two layers of any grid, north-up or south-up, on their common refinement."""
    dice = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        toys, values, transforms = [], [], []
        for name, (cell, west, north, columns, rows, south_up) in (("one", first), ("two", second)):
            toy = Toy(Path(folder) / name, ASSETS, FOREST, name=name)
            array = dice.choice(np.array([0, 1, 255]), (int(rows), int(columns)))
            there = Affine(cell, 0, west, 0, -cell, north)
            if south_up:
                there = Affine(cell, 0, west, 0, cell, north - cell * rows)
            toy.add(write_raster(Path(folder) / name / "a.tif", array, transform=there))
            toys.append(toy)
            values.append(array)
            transforms.append(there)
        choices = [toy.choice.model_copy(update={"source": toy.definition.name}) for toy in toys]
        catalogues = {toy.definition.name: toy.catalogues["local"] for toy in toys}
        sources = layers.prefetch({TILE: TILE.bounds}, choices, catalogues, Path(folder) / "store")
        cube = layers.cube(TILE, TILE.bounds, [toy.definition for toy in toys], sources, Path(folder) / "store")

    assert (cube["x_edge"].values[0], cube["x_edge"].values[-1]) == (TILE.bounds[0], TILE.bounds[2])
    assert (np.diff(cube["x_edge"].values) > 1e-9).all()
    assert (np.diff(cube["y_edge"].values) < -1e-9).all()
    x, y = np.meshgrid(cube["x"].values, cube["y"].values)
    for name, array, there in zip(("one", "two"), values, transforms, strict=True):
        columns = np.floor((x - there.c) / there.a).astype(int)
        rows = np.floor((y - there.f) / there.e).astype(int)
        inside = (columns >= 0) & (columns < array.shape[1]) & (rows >= 0) & (rows < array.shape[0])
        expected = np.full(x.shape, -1)
        expected[inside] = array[rows[inside], columns[inside]]
        expected[expected == 255] = -1
        # Lines within 1e-9 degree of one another are one, so slivers of that width belong to either side.
        assert (cube[f"{name}.forest"].values == expected).all()
