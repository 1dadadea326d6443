"""What vector layers of protected, indigenous, zoned or titled land say of some plots, as facts of the record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

LETTERS = {"indigenous": ("c", "d", "e")}
"""Letters of Article 10(2) that areas of a topic bear on."""
OTHER_LETTERS = ("m",)
NOTED = frozenset([*(letter for letters in LETTERS.values() for letter in letters), *OTHER_LETTERS])
LEGALITY = {
    "protected": ("environment",),
    "indigenous": ("third_party_rights", "free_prior_informed_consent"),
    "zoning": ("forest_rules",),
    "tenure": ("land_use_rights", "third_party_rights"),
}
"""Topics of Article 2(40) that areas of a topic bear on."""


@dataclass(frozen=True)
class AreaFacts:
    """The vector layers of a harvest and what they say."""

    found: pd.DataFrame
    """AREAS."""
    looked: Sequence[Mapping[str, Any]]
    """Every layer that was looked at: `area`, `title`, `topic`, `complete`."""

    def of(self, plots: Iterable[str]) -> list[dict[str, Any]]:
        """Figures of every layer for some plots.

        Returns:
            The layer with `plots` (that share ground with its areas), `overlap_ha`, and `unknown`: plots of which it
            could not be learned, or of whose country the layer says nothing.
        """
        mine = self.found[self.found.index.isin(list(plots))]
        rows = []
        for layer in self.looked:
            own = mine[mine["area"] == layer["area"]]
            hits, open_ = own[own["status"] == "overlap"], own[own["status"] != "overlap"]
            figures = {
                "plots": int(hits.index.nunique()),
                "overlap_ha": float(hits["overlap_ha"].sum()),
                "unknown": int(open_.index.nunique()),
            }
            rows.append({**layer, **figures})
        return rows


def noted(facts: Sequence[Mapping[str, Any]], letter: str) -> list[Mapping[str, Any]]:
    """Facts that bear on a letter of Article 10(2)."""
    return [one for one in facts if letter in LETTERS.get(one["topic"], OTHER_LETTERS)]


def settled(facts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether maps of indigenous land answer where there is some: one that is complete, and read for all plots."""
    return any(one["topic"] == "indigenous" and one["complete"] and not one["unknown"] for one in facts)
