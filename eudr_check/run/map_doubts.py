"""Maps that say the same of all ground where others differ: seldom true, often a definition with a wrong value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eudr_check import plots as plots_room
from eudr_check.typing import Floats
from eudr_check.variables import NO, UNKNOWN, Variable

NOWHERE, EVERYWHERE = "map_nowhere", "map_everywhere"
PEERS = {
    "forest_2020": ("forest_2020", "tree_cover_2020"),
    "tree_cover_2020": ("forest_2020", "tree_cover_2020"),
    "event": ("event",),
    "degradation": ("degradation",),
}
"""Roles that speak of the same thing; context and crops are maps of their own."""

OWN_GROUND = ("polygon", "disc")
"""Footprints that are the plot itself, each hectare once."""


@dataclass(frozen=True)
class Doubt:
    """A variable that is one-sided on ground where another of its kind is not."""

    code: str
    layer: str
    figures: dict[str, object]
    """Figures of the message: column, ground_ha, other (column) and other_ha."""


def doubts(evidence: pd.DataFrame, columns: Sequence[Variable]) -> list[Doubt]:
    """Variables that are yes nowhere, or everywhere, on ground of which another of their kind says otherwise.

    Those of shipped definitions too: the raster that somebody registered under one may be another one.

    Args:
        evidence: EVIDENCE; of points the disc of their declared area counts.
        columns: the variables of the harvest.

    Returns:
        At most one for each variable, with the other that differs most, in the order of `columns`.
    """
    evidence = evidence[evidence["footprint"].isin(OWN_GROUND)]
    hectares = evidence["area_ha"].to_numpy(dtype=np.float64)
    found = []
    for one in columns:
        others = [other for other in columns if other.layer != one.layer and other.role in PEERS.get(one.role, ())]
        differing = max(_differing(evidence, hectares, one, others), key=lambda each: each[0], default=None)
        if differing is not None:
            found.append(differing[1])
    return found


def with_findings(findings: pd.DataFrame, doubtful: Sequence[Doubt]) -> pd.DataFrame:
    """FINDINGS with one more for every doubtful variable; its layer stands where plot files have their name."""
    return plots_room.with_layer_findings(findings, [(one.code, one.layer, one.figures) for one in doubtful])


def _differing(
    evidence: pd.DataFrame, hectares: Floats, one: Variable, others: Sequence[Variable]
) -> Iterator[tuple[float, Doubt]]:
    """Hectares of which another says what this one never does, where they are many."""
    own = evidence[one.column].to_numpy()
    for other in others:
        theirs = evidence[other.column].to_numpy()
        both = (own != UNKNOWN) & (theirs != UNKNOWN)
        ground = float(hectares[both].sum())
        if ground < plots_room.threshold("map_ground_ha"):
            continue
        for code, yes in ((NOWHERE, True), (EVERYWHERE, False)):
            if ((own[both] != NO) == yes).any():
                continue
            differs = float(hectares[both & ((theirs != NO) == yes)].sum())
            least = max(plots_room.threshold("map_peer_ha"), plots_room.threshold("map_peer_share") * ground)
            if differs >= least:
                figures: dict[str, object] = {"column": one.column, "other": other.column}
                hectares_of = {"ground_ha": round(ground, 1), "other_ha": round(differs, 1)}
                yield differs, Doubt(code, one.layer, figures | hectares_of)
