"""What vector layers of protected, indigenous, zoned or titled land say of some plots, as facts of the record."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from eudr_check.assessment_record import AreaLayer

LETTERS = {"indigenous": ("c", "d", "e")}
"""Letters of Article 10(2) that areas of a topic bear on."""
OTHER_LETTERS = ("m",)
LEGALITY = {
    "protected": ("environment",),
    "indigenous": ("third_party_rights", "free_prior_informed_consent"),
    "zoning": ("forest_rules",),
    "tenure": ("land_use_rights", "third_party_rights"),
}
"""Topics of Article 2(40) that areas of a topic bear on."""


class AreaFigures(AreaLayer):
    """What a vector layer says of some plots."""

    plots: int
    """Plots that share ground with its areas."""
    overlap_ha: float
    unknown: int
    """Plots of which it could not be learned, without usable ground, or of whose country the layer says nothing."""


@dataclass(frozen=True)
class AreaFacts:
    """The vector layers of a harvest and what they say."""

    found: pd.DataFrame
    """AREAS."""
    looked: Sequence[AreaLayer]
    """Every layer that was looked at."""

    def of(self, plots: pd.DataFrame) -> list[AreaFigures]:
        """Figures of every layer for some PLOTS; of those without usable ground nothing was learned."""
        mine = self.found[self.found.index.isin(plots.index)]
        blind = set(plots.index[~plots["usable"].astype(bool)])
        rows = []
        for layer in self.looked:
            own = mine[mine["area"] == layer["area"]]
            hits, unread = own[own["status"] == "overlap"], own[own["status"] != "overlap"]
            rows.append(
                AreaFigures(
                    **layer,
                    plots=int(hits.index.nunique()),
                    overlap_ha=float(hits.loc[~hits.index.duplicated(), "together_ha"].sum()),
                    unknown=len(blind.union(unread.index)),
                )
            )
        return rows


def noted(facts: Sequence[AreaFigures], letter: str) -> list[AreaFigures]:
    """Facts that bear on a letter of Article 10(2)."""
    return [one for one in facts if letter in LETTERS.get(one["topic"], OTHER_LETTERS)]


def settled(facts: Sequence[AreaFigures]) -> bool:
    """Whether maps of indigenous land answer where there is some: one that is complete, and read for all plots."""
    return any(one["topic"] == "indigenous" and one["complete"] and not one["unknown"] for one in facts)
