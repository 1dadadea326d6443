"""What a run draws of a plot of several uses, and when it draws nothing."""

import numpy as np
import pandas as pd
import pytest
import shapely

from eudr_check.geodesy import plot_area_ha
from eudr_check.overlay import Cells
from eudr_check.run.stages.splits import proposal
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


def test_parts_are_numbered_the_gravest_first() -> None:
    """Cleared, then standing, then other ground, each with what it holds."""
    plot, cells, uses = ground([[OTHER, FOREST, CLEARED]])
    rows = list(proposal("c/1", plot, [cells], uses))

    assert [(row["number"], row["part"]) for row in rows] == [(1, "cleared"), (2, "forest"), (3, "other")]
    assert sum(float(str(row["area_ha"])) for row in rows) == pytest.approx(float(uses.sum()), rel=1e-9)


def test_parts_that_are_not_the_evidence_are_not_drawn() -> None:
    """A raster that was replaced, a polygon map that cuts a cell: hectares differ, and nothing is proposed."""
    plot, cells, uses = ground([[OTHER, FOREST, CLEARED]])
    uses["cleared_ha"] += 1e-4
    uses["other_ha"] -= 1e-4

    assert list(proposal("c/1", plot, [cells], uses)) == []


def test_scattered_ground_is_not_drawn() -> None:
    """Forest in pieces of one cell of 0.06 ha amid crop is no part that anybody could walk around."""
    rows = [[FOREST if (row + column) % 2 else OTHER for column in range(8)] for row in range(8)]
    plot, cells, uses = ground(rows, STEP / 4)

    assert uses["forest_ha"] > 0.5
    assert list(proposal("c/1", plot, [cells], uses)) == []
