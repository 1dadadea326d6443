"""Why each plot has its outcome: codes with layers, hectares and margins."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from eudr_check import tables
from eudr_check.risk.convergence.outcome import GAPS, UNDETERMINED, Case, Outcomes
from eudr_check.risk.convergence.roles import Roles
from eudr_check.risk.convergence.rules import LOW, MORE_INFO
from eudr_check.risk.convergence.sums import TOLERANCE_HA, Hectares, by_method
from eudr_check.risk.policy import DEGRADATION, Convergence
from eudr_check.typing import Mask
from eudr_check.variables import Variable


@dataclass
class Report:
    """Reasons of all plots, gathered code by code in order of weight."""

    count: int
    codes_in_order: list[str] = field(default_factory=list)
    masks: list[Mask] = field(default_factory=list)
    parts: list[pd.DataFrame] = field(default_factory=list)

    @classmethod
    def of(cls, harvest: Case, found: Outcomes, parts: Roles, policy: Convergence) -> "Report":
        """All reasons of a verdict: what stopped the assessment, high rules, gaps, the other rules, what is clean."""
        report = cls(harvest.count)
        judgeable = report._add_states(harvest)
        report._add_points(harvest, found, judgeable, parts)
        report._add_rules("high", found, judgeable, parts, policy)
        report._add_gaps(found, judgeable & ~harvest.no_ground, parts)
        report._add_rules("more_info_needed", found, judgeable, parts, policy)
        report._add_groups(found, judgeable, parts)
        report._add_context(found, judgeable, parts, policy)
        return report

    def add(
        self,
        code: str,
        mask: Mask,
        layers: str | NDArray[np.object_] = "",
        area: Hectares | None = None,
        threshold: Hectares | None = None,
    ) -> None:
        """One code for the plots of a mask; arrays hold one entry per plot of the harvest."""
        rows = np.flatnonzero(mask)
        found = None if area is None else area[rows]
        limit = None if threshold is None else threshold[rows]
        part = {
            "position": rows,
            "rank": len(self.codes_in_order),
            "code": code,
            "layers": layers if isinstance(layers, str) else layers[rows],
            "area_ha": np.nan if found is None else found,
            "threshold_ha": np.nan if limit is None else limit,
            "margin_ha": np.nan if found is None or limit is None else found - limit,
        }
        self.codes_in_order.append(code)
        self.masks.append(mask)
        self.parts.append(pd.DataFrame(part))

    def rows(self, index: pd.Index) -> pd.DataFrame:
        """REASONS, ordered by plot and weight."""
        joined = pd.concat(self.parts, ignore_index=True).sort_values(["position", "rank"], ignore_index=True)
        joined["plot"] = index[joined["position"].to_numpy()]
        return tables.typed(tables.REASONS, joined.drop(columns=["position", "rank"]))

    def codes(self) -> NDArray[np.object_]:
        """Codes per plot, weightiest first, separated by spaces."""
        bits = np.zeros(self.count, dtype=np.int64)
        for rank, mask in enumerate(self.masks):
            bits |= mask.astype(np.int64) << rank
        return _written(bits, self.codes_in_order)

    def _add_states(self, harvest: Case) -> Mask:
        left = np.ones(self.count, dtype=bool)
        for code, mask in (
            ("geometry_blocked", harvest.unusable),
            ("not_assessed", harvest.not_assessed),
            ("no_evidence", harvest.without_evidence()),
        ):
            self.add(code, mask & left)
            left &= ~mask
        return left

    def _add_points(self, harvest: Case, found: Outcomes, judgeable: Mask, parts: Roles) -> None:
        point = np.zeros(self.count, dtype=bool)
        point[harvest.point] = True
        layers = _columns((*_baseline(parts), *parts.events))
        self.add("point_cell_agreed", found.cell_agreed & judgeable, layers)
        self.add("establishment_area_unknown", harvest.no_ground & judgeable)
        self.add("send_polygon", point & judgeable & (found.outcome == MORE_INFO))
        self.add("wider_disc_not_clean", found.wider_disc & judgeable, layers)

    def _add_rules(self, outcome: str, found: Outcomes, judgeable: Mask, parts: Roles, policy: Convergence) -> None:
        judged = found.judgement
        for rule in policy.rules:
            if rule.outcome != outcome:
                continue
            applies = judged.applies[rule.code] & judgeable
            layers = _layers_of(rule.quantity, found, parts, policy)
            area, limit = judged.quantities[rule.quantity], judged.thresholds[rule.code]
            self.add(rule.code, applies, layers, area, limit)

    def _add_gaps(self, found: Outcomes, judgeable: Mask, parts: Roles) -> None:
        sums, watched = found.sums, found.observation
        required_layers = _columns(parts.required_layers)
        open_ground = judgeable & (found.outcome != LOW)
        baseline, events, kind, use = (np.maximum(getattr(sums, name), found.around[name]) for name in GAPS)
        self.add("unknown_baseline", open_ground & (baseline > TOLERANCE_HA), _columns(_baseline(parts)), baseline)
        self.add("unknown_events", open_ground & (events > TOLERANCE_HA), required_layers, events)
        self.add("unknown_forest_type", open_ground & (kind > TOLERANCE_HA), _kinds(parts, "2020"), kind)
        self.add("unknown_use_today", open_ground & (use > TOLERANCE_HA), _kinds(parts, "now"), use)
        unread = np.max([baseline, events, kind, use], axis=0) > TOLERANCE_HA
        own = unread | watched.begins_late | watched.ends_early
        self.add("unknown_adjoining", judgeable & (found.outcome == UNDETERMINED) & ~own)
        self.add("production_before_cover", judgeable & watched.begins_late, required_layers)
        self.add("production_after_cover", judgeable & watched.ends_early, required_layers)

    def _add_groups(self, found: Outcomes, judgeable: Mask, parts: Roles) -> None:
        joined = np.zeros(self.count, dtype=bool)
        for mask in found.judgement.by_group.values():
            joined |= mask
        self.add("adjoining_plots", joined & judgeable, _columns((*_baseline(parts), *parts.events)))

    def _add_context(self, found: Outcomes, judgeable: Mask, parts: Roles, policy: Convergence) -> None:
        sums = found.sums
        crops = _columns((*_baseline(parts), *parts.tree_crops))
        planted = "planted_forest_2020" if policy.asks_for_degradation else "tree_crop_2020"
        self.add(planted, judgeable & (sums.tree_crop > policy.noise_floor.value), crops, sums.tree_crop)
        low = judgeable & (found.outcome == LOW)
        forest = sums.forest + sums.tree_crop
        lost = sums.forest_event + sums.tree_crop_event
        floor = np.full(self.count, policy.noise_floor.value)
        self.add("no_forest_2020", low & (forest <= TOLERANCE_HA), _columns(_baseline(parts)), forest)
        events = _columns((*_baseline(parts), *parts.events))
        self.add("no_event_on_forest", low & (forest > TOLERANCE_HA), events, lost, floor)


def absent(plots: pd.DataFrame, parts: Roles, policy: Convergence) -> pd.DataFrame:
    """REASONS of a harvest that lacks the baseline or every required event layer; names what is lacking."""
    lacking = [policy.baseline] if parts.baseline is None else []
    lacking += [] if parts.required_layers else ["event"]
    blocked = ~plots["usable"].to_numpy(dtype=bool)
    rows = pd.DataFrame({"plot": plots.index, "code": np.where(blocked, "geometry_blocked", "required_layer_absent")})
    rows["layers"] = np.where(blocked, "", " ".join(lacking))
    return tables.typed(tables.REASONS, rows)


def text_of(reasons: pd.DataFrame, index: pd.Index) -> NDArray[np.object_]:
    """Codes of REASONS per plot of an index, separated by spaces."""
    joined = reasons.groupby(level=0, sort=False)["code"].agg(" ".join)
    return joined.reindex(index).fillna("").to_numpy(dtype=object)


def _layers_of(quantity: str, found: Outcomes, parts: Roles, policy: Convergence) -> str | NDArray[np.object_]:
    """EVIDENCE columns behind a quantity: one text for all plots, or one per plot where methods matter."""
    base = _baseline(parts)
    fixed: dict[str, tuple[Variable, ...]] = {
        "event_on_tree_crop": (*base, *parts.tree_crops, *parts.events),
        "standing_forest": base,
        "canopy_disturbance": (*base, *parts.degradations),
        "event_on_disputed_forest": (*base, *parts.alternative_baselines, *parts.events),
        "forest_seen_once": (*base, *parts.required_layers),
    }
    if quantity in DEGRADATION:
        kinds = tuple(one for found in parts.kinds.values() for one in found)
        return _columns((*base, *kinds, *parts.events, *parts.degradations))
    if quantity in fixed:
        return _columns(fixed[quantity])
    sums = found.sums
    methods = list(sums.methods)
    if quantity in {"one_method_event_on_forest", "one_method_2021_only"}:
        after, first_year = by_method(sums, policy)
        strongest = np.argmax(after if quantity == "one_method_event_on_forest" else first_year, axis=0)
        bits = np.int64(1) << strongest.astype(np.int64)
    else:
        shown = sums.agreed_by_method if quantity == "agreed_event_on_forest" else sums.methods
        bits = np.zeros(len(sums.area), dtype=np.int64)
        for rank, method in enumerate(methods):
            bits |= (shown[method] > TOLERANCE_HA).astype(np.int64) << rank
    names = [_columns(tuple(item for item in parts.events if item.method == method)) for method in methods]
    return _written(bits, names, _columns(base))


def _written(bits: NDArray[np.int64], names: list[str], prefix: str = "") -> NDArray[np.object_]:
    """Names of the set bits, joined, behind a prefix; made once per combination that occurs."""
    number, combinations = pd.factorize(bits)
    texts = [
        " ".join([prefix, *(name for rank, name in enumerate(names) if combination >> rank & 1)]).strip()
        for combination in combinations
    ]
    return np.array(texts, dtype=object)[number]


def _columns(variables: tuple[Variable, ...]) -> str:
    return " ".join(dict.fromkeys(variable.column for variable in variables))


def _baseline(parts: Roles) -> tuple[Variable, ...]:
    return () if parts.baseline is None else (parts.baseline,)


def _kinds(parts: Roles, when: str) -> str:
    """Maps read of the kind of forest in 2020, or of the use today; empty where the harvest has none."""
    return _columns(tuple(one for role, found in parts.kinds.items() if role.endswith(when) for one in found))
