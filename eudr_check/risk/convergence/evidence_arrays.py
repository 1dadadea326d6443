"""EVIDENCE as arrays: rows with integer plot_indices, per footprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check.errors import PolicyError
from eudr_check.risk.convergence.sums import Hectares
from eudr_check.text import sentence
from eudr_check.typing import Mask
from eudr_check.variables import UNKNOWN

AREAS = ("area_ha", "area_inner_ha", "area_outer_ha")
LEAST_SHORTFALL = 1e-7
"""Share of a plot's area that evidence may lack before the rest counts as unread."""


@dataclass(frozen=True)
class EvidenceArrays:
    """EVIDENCE rows of one footprint; `plot_index` is the position of the row's plot among `count` plots."""

    values: Mapping[str, NDArray[np.int16]]
    plot_index: NDArray[np.int64]
    areas: Mapping[str, Hectares]
    count: int

    def present(self, area: str) -> Mask:
        """Plots that have any ground by one of the areas."""
        return np.bincount(self.plot_index, weights=self.areas[area], minlength=self.count) > 0

    def at(self, positions: NDArray[np.int64]) -> "EvidenceArrays":
        """The ground of some plots only, renumbered in the order given."""
        number = np.full(self.count, -1, dtype=np.int64)
        number[positions] = np.arange(len(positions))
        rows = np.flatnonzero(number[self.plot_index] >= 0)
        return EvidenceArrays(
            {name: column[rows] for name, column in self.values.items()},
            number[self.plot_index[rows]],
            {name: column[rows] for name, column in self.areas.items()},
            len(positions),
        )


def grounds(
    plots: pd.DataFrame, evidence: pd.DataFrame, columns: Sequence[str], footprints: Sequence[str]
) -> dict[str, EvidenceArrays]:
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
        raise PolicyError(sentence("run", "evidence_lacks", columns=", ".join(missing)))
    # A plot has many rows: its key is looked up once.
    number, keys = evidence.index.factorize()
    plot_index = plots.index.get_indexer(pd.Index(keys))[number].astype(np.int64)
    if (plot_index < 0).any():
        stranger = evidence.index[int(np.argmin(plot_index))]
        raise PolicyError(sentence("run", "evidence_stranger", plot=stranger))
    found = {}
    for name in footprints:
        rows = np.flatnonzero((evidence["footprint"] == name).to_numpy(dtype=bool))
        found[name] = EvidenceArrays(
            {column: evidence[column].to_numpy()[rows] for column in columns},
            plot_index[rows],
            {column: evidence[column].to_numpy()[rows] for column in AREAS},
            len(plots),
        )
    return found


def joined(first: EvidenceArrays, second: EvidenceArrays) -> EvidenceArrays:
    """Rows of both; for polygons and discs, which no plot has together."""
    if not len(second.plot_index):
        return first
    return EvidenceArrays(
        {name: np.concatenate([column, second.values[name]]) for name, column in first.values.items()},
        np.concatenate([first.plot_index, second.plot_index]),
        {name: np.concatenate([column, second.areas[name]]) for name, column in first.areas.items()},
        first.count,
    )


def completed(arrays: EvidenceArrays, expected_ha: Hectares) -> EvidenceArrays:
    """The ground with one wholly unknown row for every plot whose rows do not add up to its area.

    A tile that failed must not make its plots smaller: what nobody read is unknown.

    Args:
        arrays: rows of polygons.
        expected_ha: area per plot; NaN where it is not known.
    """
    read = np.bincount(arrays.plot_index, weights=arrays.areas["area_ha"], minlength=arrays.count)
    short = np.flatnonzero((expected_ha - read > LEAST_SHORTFALL * expected_ha) & (read > 0))
    if not len(short):
        return arrays
    lacking = expected_ha[short] - read[short]
    unread = np.full(len(short), UNKNOWN, dtype=np.int16)
    rows = EvidenceArrays(dict.fromkeys(arrays.values, unread), short, dict.fromkeys(AREAS, lacking), arrays.count)
    return joined(arrays, rows)
