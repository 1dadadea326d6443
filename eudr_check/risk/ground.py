"""EVIDENCE as arrays: rows with integer owners, per footprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.errors import PolicyError
from eudr_check.risk.cells import Mask
from eudr_check.risk.figures import Hectares
from eudr_check.variables import UNKNOWN

AREAS = ("area_ha", "area_inner_ha", "area_outer_ha")
LEAST_SHORTFALL = 1e-7
"""Share of a plot's area that evidence may lack before the rest counts as unread."""


@dataclass(frozen=True)
class Ground:
    """EVIDENCE rows of one footprint; `owner` is the position of the row's plot among `count` plots."""

    values: Mapping[str, NDArray[np.int16]]
    owner: NDArray[np.int64]
    areas: Mapping[str, Hectares]
    count: int

    def present(self, area: str) -> Mask:
        """Plots that have any ground by one of the areas."""
        return np.bincount(self.owner, weights=self.areas[area], minlength=self.count) > 0

    def at(self, positions: NDArray[np.int64]) -> "Ground":
        """The ground of some plots only, renumbered in the order given."""
        number = np.full(self.count, -1, dtype=np.int64)
        number[positions] = np.arange(len(positions))
        rows = np.flatnonzero(number[self.owner] >= 0)
        return Ground(
            {name: column[rows] for name, column in self.values.items()},
            number[self.owner[rows]],
            {name: column[rows] for name, column in self.areas.items()},
            len(positions),
        )


def grounds(
    plots: pd.DataFrame, evidence: pd.DataFrame, columns: Sequence[str], footprints: Sequence[str]
) -> dict[str, Ground]:
    """The rows of each footprint asked for.

    Args:
        plots: PLOTS; gives order and number of the plots.
        evidence: EVIDENCE, rows in any order.
        columns: layer columns to keep.
        footprints: which footprints.

    Raises:
        PolicyError: EVIDENCE lacks a column or speaks of a plot that is not in PLOTS.
    """
    missing = [name for name in columns if name not in evidence.columns]
    if missing:
        raise PolicyError(f"evidence has no column {', '.join(missing)}; run the overlay again with these layers")
    # A plot has many rows: its key is looked up once.
    number, keys = evidence.index.factorize()
    owner = plots.index.get_indexer(pd.Index(keys))[number].astype(np.int64)
    if (owner < 0).any():
        stranger = evidence.index[int(np.argmin(owner))]
        raise PolicyError(f"evidence speaks of plot {stranger}, which is not among the plots of the harvest")
    found = {}
    for name in footprints:
        rows = np.flatnonzero((evidence["footprint"] == name).to_numpy(dtype=bool))
        found[name] = Ground(
            {column: evidence[column].to_numpy()[rows] for column in columns},
            owner[rows],
            {column: evidence[column].to_numpy()[rows] for column in AREAS},
            len(plots),
        )
    return found


def joined(first: Ground, second: Ground) -> Ground:
    """Rows of both; for polygons and discs, which no plot has together."""
    if not len(second.owner):
        return first
    return Ground(
        {name: np.concatenate([column, second.values[name]]) for name, column in first.values.items()},
        np.concatenate([first.owner, second.owner]),
        {name: np.concatenate([column, second.areas[name]]) for name, column in first.areas.items()},
        first.count,
    )


def completed(ground: Ground, expected_ha: Hectares) -> Ground:
    """The ground with one wholly unknown row for every plot whose rows do not add up to its area.

    A tile that failed must not make its plots smaller: what nobody read is unknown.

    Args:
        ground: rows of polygons.
        expected_ha: area per plot; NaN where it is not known.
    """
    read = np.bincount(ground.owner, weights=ground.areas["area_ha"], minlength=ground.count)
    short = np.flatnonzero((expected_ha - read > LEAST_SHORTFALL * expected_ha) & (read > 0))
    if not len(short):
        return ground
    lacking = expected_ha[short] - read[short]
    unread = np.full(len(short), UNKNOWN, dtype=np.int16)
    rows = Ground(dict.fromkeys(ground.values, unread), short, dict.fromkeys(AREAS, lacking), ground.count)
    return joined(ground, rows)
