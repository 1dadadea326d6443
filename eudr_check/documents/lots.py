"""Lots: one delivery that may not go in taints all it was mixed with.

Coffee once mixed cannot be unmixed, so a lot with any delivery from a plot that is unknown, blocked, not settled or
that delivered more than it can grow is refused whole, unless a dated removal before mixing is recorded.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from eudr_check import tables
from eudr_check.config import Harvest
from eudr_check.documents.deliveries import removed
from eudr_check.spelling import folded
from eudr_check.yields import area_ha, plausible


@dataclass(frozen=True)
class Coverage:
    """Whether the accepted lots hold what the statement declares."""

    accepted_kg: float
    declared_kg: float

    @property
    def enough(self) -> bool:
        """Accepted kilograms reach the declared net mass (to the gram)."""
        return self.accepted_kg >= self.declared_kg - 0.001

    @property
    def more(self) -> bool:
        """They hold more than it."""
        return self.accepted_kg > self.declared_kg + 0.001


def assess(
    deliveries: pd.DataFrame,
    assessments: pd.DataFrame,
    plots: pd.DataFrame,
    harvest: Harvest,
    animals: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Accept or refuse every lot.

    Args:
        deliveries: from `read_deliveries`.
        assessments: ASSESSMENTS after reviews.
        plots: PLOTS.
        harvest: gives commodity and production dates.
        animals: ANIMALS; without it no lot of cattle is accepted.

    Returns:
        LOTS, ordered by lot. `kg_green` is the weight left in the lot, removed deliveries not counted.
    """
    seasons = yields(deliveries, plots, harvest.commodity)
    left = deliveries[~removed(deliveries)].copy()
    left["fault"] = _faults(left["plot"], assessments, plots, seasons)
    left["warning"] = _warnings(left, seasons, harvest)
    left["of_animals"] = _of_animals(left["group"], animals) if harvest.commodity == "cattle" else ""
    chains = {} if animals is None else dict(zip(animals["group"], animals["plots"], strict=True))
    meant, inside, sent = _meant(left["plot"], plots), _by_lot(left), Counter(deliveries["lot"].tolist())
    rows = []
    for lot in sorted(sent):
        taken = inside[lot]
        marks = (
            _told(((one.fault, one.plot) for one in taken), meant),
            _told(((one.of_animals, one.group or "") for one in taken), {}),
        )
        faults = "; ".join(filter(None, marks)) if taken else "all_removed"
        rows.append(
            {
                "lot": lot,
                "deliveries": len(taken),
                "removed": sent[lot] - len(taken),
                "kg_green": float(np.nansum([one.kg_green for one in taken])),
                "status": "refused" if faults else "accepted",
                "reasons": faults,
                "warnings": _told(((one.warning, one.plot) for one in taken), meant),
                "plots": sorted({plot for one in taken for plot in (one.plot, *chains.get(one.group, ()))}),
            }
        )
    return tables.typed(tables.LOTS, rows)


def coverage(lots: pd.DataFrame, harvest: Harvest) -> Coverage | None:
    """Kilograms of accepted lots against the declared net mass; None where the harvest orders none."""
    if harvest.product is None or harvest.product.net_mass_kg is None:
        return None
    accepted = lots.loc[lots["status"] == "accepted", "kg_green"]
    return Coverage(float(accepted.sum()), harvest.product.net_mass_kg)


def yields(deliveries: pd.DataFrame, plots: pd.DataFrame, commodity: str) -> pd.DataFrame:
    """What every plot that delivered yielded in the season, against what is plausible.

    Removed deliveries count: the plot grew them, or was said to.

    Returns:
        Index `plot`; `kg_green`, `area_ha`, `area_known`, `kg_ha`, `warn_kg_ha`, `block_kg_ha`. Plots that are not in
        PLOTS are left out.
    """
    total = deliveries.groupby("plot")["kg_green"].sum()
    known = plots.loc[plots.index.intersection(total.index)].sort_index()
    frame = pd.DataFrame({"kg_green": total.reindex(known.index), "area_ha": area_ha(known)})
    frame["area_known"] = known[["area_ha", "declared_area_ha"]].notna().any(axis=1)
    frame["kg_ha"] = frame["kg_green"] / frame["area_ha"]
    limits = [plausible(commodity, country) for country in known["producer_country"]]
    frame["warn_kg_ha"] = [np.inf if limit is None else limit.warn for limit in limits]
    frame["block_kg_ha"] = [np.inf if limit is None else limit.block for limit in limits]
    return frame


def _faults(plot: pd.Series, assessments: pd.DataFrame, plots: pd.DataFrame, seasons: pd.DataFrame) -> pd.Series:
    """Why a delivery may not go in; empty where it may. The first that applies, gravest first."""
    fault = pd.Series("", index=plot.index, dtype=object)
    outcome = plot.map(assessments["final_outcome"])
    known = plot.isin(plots.index)
    usable = plot.map(plots["usable"]).eq(True)
    over = plot.isin(seasons.index[seasons["kg_ha"] > seasons["block_kg_ha"]])
    fault[over] = "quantity_implausible"
    fault[known & ~outcome.isin(tables.SETTLED)] = "not_settled"
    fault[known & ~usable] = "plot_blocked"
    fault[~known] = "unknown_plot"
    return fault


def _of_animals(group: pd.Series, animals: pd.DataFrame | None) -> pd.Series:
    """Why a delivery of cattle may not go in, whatever its last establishment is; empty where it may."""
    outcome = {} if animals is None else dict(zip(animals["group"], animals["outcome"], strict=True))
    fault = pd.Series("animals_not_settled", index=group.index, dtype=object)
    fault[group.map(outcome) == "low"] = ""
    fault[~group.isin(list(outcome))] = "animals_unknown"
    fault[group.isna()] = "animals_not_named"
    return fault


def _warnings(left: pd.DataFrame, seasons: pd.DataFrame, harvest: Harvest) -> pd.Series:
    """What a person should ask about a delivery that does not taint by itself."""
    warning = pd.Series("", index=left.index, dtype=object)
    if harvest.production is not None:
        warning[left["date"] < pd.Timestamp(harvest.production.since)] = "before_production"
    warning[left["plot"].isin(seasons.index[~seasons["area_known"]])] = "area_unknown"
    warning[left["plot"].isin(seasons.index[seasons["kg_ha"] > seasons["warn_kg_ha"]])] = "yield_above_usual"
    return warning


def _meant(delivered: pd.Series, plots: pd.DataFrame) -> dict[str, str]:
    """Of delivered ids that no plot has, those that are one in other letters, with the plot they may mean."""
    strangers = [str(plot) for plot in delivered.unique() if plot not in plots.index]
    forms = {folded(str(plot)): str(plot) for plot in plots.index} if strangers else {}
    near = {plot: forms.get(folded(plot)) for plot in strangers}
    return {plot: f"{plot} (≈ {other})" for plot, other in near.items() if other is not None}


def _by_lot(left: pd.DataFrame) -> Mapping[str, Sequence[Any]]:
    """Deliveries of each lot as plain rows: pandas takes longer to find the few of a lot than it takes to read them."""
    found: dict[str, list[Any]] = defaultdict(list)
    columns = ["lot", "plot", "kg_green", "fault", "warning", "of_animals", "group"]
    left = left.assign(group=left["group"].astype(object).where(left["group"].notna(), None))
    for one in left[columns].itertuples(index=False):
        found[str(one.lot)].append(one)
    return found


def _told(marks: Iterable[tuple[str, str]], meant: Mapping[str, str]) -> str:
    """`code: plot, plot; code: plot` for the deliveries of a lot; ids in other letters with the plot they may mean."""
    plots: dict[str, set[str]] = defaultdict(set)
    for code, plot in marks:
        if code:
            plots[code].add(plot)
    named = {code: ", ".join(meant.get(one, one) for one in sorted(plots[code]) if one) for code in sorted(plots)}
    return "; ".join(f"{code}: {names}" if names else code for code, names in named.items())
