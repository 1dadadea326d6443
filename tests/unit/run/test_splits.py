"""What a run draws of a plot of several uses, and when it draws nothing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import Cells
from eudr_check.run.tile_splits import proposals
from eudr_check.use_tables import GROUND_USES

STEP = 0.0009
"""Degrees: a cell has one hectare."""
CLEARED, FOREST, OTHER = (1 + GROUND_USES.index(name) for name in ("cleared", "forest", "other"))


def ground(rows: list[list[int]], step: float = STEP) -> tuple[shapely.Polygon, Cells, pd.Series]:
    """A plot over all cells, and its row of USES."""
    kind = np.array(rows, dtype=np.int16)
    x, y = np.arange(kind.shape[1] + 1) * step, -np.arange(kind.shape[0] + 1) * step
    plot = shapely.box(x[0], y[-1], x[-1], y[0])
    share = float(plot_area_ha(np.array([plot]))[0]) / kind.size
    # Rows of cells near the equator differ by less than a square decimetre.
    uses = pd.Series({f"{name}_ha": share * (kind == place).sum() for place, name in enumerate(GROUND_USES, start=1)})
    return plot, Cells(kind, x, y), uses


def drawn(plot: shapely.Polygon, cells: Cells, uses: pd.Series) -> pd.DataFrame:
    """What is proposed for it."""
    return proposals(gpd.GeoSeries([plot], index=["c/1"]), [[cells]], pd.DataFrame([uses], index=["c/1"]))


def test_parts_are_numbered_the_gravest_first() -> None:
    """Cleared, then standing, then other ground, each with what it holds."""
    plot, cells, uses = ground([[OTHER, FOREST, CLEARED]])
    found = drawn(plot, cells, uses)

    assert list(zip(found["number"], found["part"], strict=True)) == [(1, "cleared"), (2, "forest"), (3, "other")]
    assert found["area_ha"].sum() == pytest.approx(float(uses.sum()), rel=1e-9)


def test_plots_keep_their_own_rows() -> None:
    """Of three plots the second is of one use; the others have their parts, numbered from 1 again."""
    made = [ground(rows) for rows in ([[OTHER, FOREST]], [[FOREST, FOREST]], [[CLEARED, FOREST, OTHER]])]
    keys = ["c/1", "c/2", "c/3"]
    shapes = gpd.GeoSeries([plot for plot, _, _ in made], index=keys)
    found = proposals(shapes, [[cells] for _, cells, _ in made], pd.DataFrame([uses for *_, uses in made], index=keys))

    assert found.index.tolist() == ["c/1", "c/1", "c/3", "c/3", "c/3"]
    assert found["number"].tolist() == [1, 2, 1, 2, 3]
    assert found["part"].tolist() == ["forest", "other", "cleared", "forest", "other"]
    assert found["forest_ha"].to_numpy() == pytest.approx([made[0][2]["forest_ha"], 0, 0, made[2][2]["forest_ha"], 0])


def test_parts_that_are_not_the_evidence_are_not_drawn() -> None:
    """A raster that was replaced, a polygon map that cuts a cell: hectares differ, and nothing is proposed."""
    plot, cells, uses = ground([[OTHER, FOREST, CLEARED]])
    uses["cleared_ha"] += 1e-4
    uses["other_ha"] -= 1e-4

    assert drawn(plot, cells, uses).empty


def test_scattered_ground_is_not_drawn() -> None:
    """Forest in pieces of one cell of 0.06 ha amid crop is no part that anybody could walk around."""
    rows = [[FOREST if (row + column) % 2 else OTHER for column in range(8)] for row in range(8)]
    plot, cells, uses = ground(rows, STEP / 4)

    assert uses["forest_ha"] > 0.5
    assert drawn(plot, cells, uses).empty
