"""Assessment by Whisp's trees over the hectares of EVIDENCE (`whisp_pcrop`, `whisp_acrop`, `whisp_timber`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from eudr_check import tables
from eudr_check.risk.convergence import stability
from eudr_check.risk.convergence.evidence_arrays import EvidenceArrays, completed, grounds, joined
from eudr_check.risk.convergence.outcome import OUTCOME, UNDETERMINED
from eudr_check.risk.convergence.reasons import Report
from eudr_check.risk.convergence.rules import Levels
from eudr_check.risk.convergence.sums import Hectares, per_plot
from eudr_check.risk.policy import Measure, Whisp
from eudr_check.risk.whisp import trees
from eudr_check.typing import Mask
from eudr_check.variables import UNKNOWN, YES, Variable


@dataclass(frozen=True)
class Table:
    """Hectares per plot (by position) and column, as Whisp's statistics have them, and what was not read beside."""

    hectares: pd.DataFrame
    unread: pd.DataFrame
    area: pd.Series
    points: pd.Series
    columns: dict[str, list[str]]
    """Per indicator: columns of `hectares` that count."""
    layers: dict[str, str]
    """Per column of `hectares`: the EVIDENCE column behind it."""
    absent: tuple[str, ...]
    """Columns the policy considers whose layer is not in the harvest."""


def assess(
    plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable], policy: Whisp
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Outcome and reasons of every plot; see `eudr_check.risk.assess`.

    Points are judged by their own cell, as Whisp does. The figures of hectares are those of the plot's arrays.

    Raises:
        PolicyError: the evidence lacks a column of `variables`, or speaks of an unknown plot.
    """
    arrays = ground(plots, evidence, variables)
    table = tabulate(plots, arrays, variables, policy, "area_ha")
    stopped = _stopped(plots, arrays, variables, policy)
    indicators = indicators_of(table, policy)
    outcome = _outcome(indicators, policy, stopped["any"])
    fragile, flips = stability.gather(outcome, _variants(plots, arrays, variables, policy))
    report = _report(table, indicators, policy, stopped)
    reasons, figures = report.rows(plots.index), _figures(table)
    assessments = pd.DataFrame(
        {
            "plot": plots.index,
            "outcome": OUTCOME[outcome],
            "reasons": report.codes(),
            **figures,
            "margin_ha": _margin(table, indicators, policy, outcome),
            "stability": stability.worded(fragile, stability.without_ground(plots.index, reasons)),
            "flips": flips.to_numpy(),
            "policy": policy.full_name,
            "final_outcome": OUTCOME[outcome],
        }
    )
    return tables.typed(tables.ASSESSMENTS, assessments), reasons


def side_by_side(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """Our outcome and Whisp's for every plot, and where they differ the reasons of both.

    Args:
        ours: ASSESSMENTS under a policy of ours.
        theirs: ASSESSMENTS of the same plots under one of Whisp's trees.

    Returns:
        Columns `outcome`, `whisp`, `differs`, `why`, `whisp_why`; index of `ours`.
    """
    other = theirs.reindex(ours.index)
    differs = (ours["outcome"] != other["outcome"]).to_numpy()
    return pd.DataFrame(
        {
            "outcome": ours["outcome"],
            "whisp": other["outcome"],
            "differs": differs,
            "why": ours["reasons"].where(differs),
            "whisp_why": other["reasons"].where(differs),
        }
    )


def tabulate(
    plots: pd.DataFrame, arrays: EvidenceArrays, variables: Sequence[Variable], policy: Whisp, area: str
) -> Table:
    """Hectares per column the policy considers; a column whose variable is not among `variables` is absent."""
    hectares, unread, layers = {}, {}, {}
    columns: dict[str, list[str]] = {}
    absent = []
    by_name = {variable.column: variable for variable in variables}
    for indicator, names in policy.columns.items():
        columns[indicator] = []
        for name in names:
            found = _variables_of(policy.evidence.get(name), by_name)
            if not found:
                # A column that no table holds is unknown: a map that is not here never says "no".
                columns[indicator].append(name)
                absent += [name] if indicator in trees.USED[policy.tree] else []
            for variable in found:
                key = name if len(found) == 1 else f"{name}:{variable.column}"
                shown, unknown = _shown(arrays, variable, policy.evidence[name], policy)
                hectares[key] = per_plot(arrays.plot_index, arrays.areas[area], arrays.count, shown)
                unread[key] = per_plot(arrays.plot_index, arrays.areas[area], arrays.count, unknown)
                layers[key] = variable.column
                columns[indicator].append(key)
    return Table(
        pd.DataFrame(hectares, index=range(arrays.count)),
        pd.DataFrame(unread, index=range(arrays.count)),
        pd.Series(per_plot(arrays.plot_index, arrays.areas[area], arrays.count)),
        pd.Series((plots["geometry_kind"] == "point").to_numpy(dtype=bool)),
        columns,
        layers,
        tuple(dict.fromkeys(absent)),
    )


def ground(plots: pd.DataFrame, evidence: pd.DataFrame, variables: Sequence[Variable]) -> EvidenceArrays:
    """The ground of every plot as Whisp looks at it: polygons, and of points their own cell."""
    columns = [variable.column for variable in variables]
    by_footprint = grounds(plots, evidence, columns, ("polygon", "cell"))
    polygons = completed(by_footprint["polygon"], plots["area_ha"].to_numpy(dtype=np.float64))
    return joined(polygons, by_footprint["cell"])


def _stopped(
    plots: pd.DataFrame, arrays: EvidenceArrays, variables: Sequence[Variable], policy: Whisp
) -> dict[str, Mask]:
    """Plots that no tree may judge, by reason; a harvest in which nobody looked for loss has no others."""
    unusable = ~plots["usable"].to_numpy(dtype=bool)
    foreign = ~plots["commodity"].isin(policy.commodities).to_numpy(dtype=bool) & ~unusable
    empty = ~arrays.present("area_ha") & ~unusable & ~foreign
    unwatched = np.full(len(plots), not any(variable.role == "event" for variable in variables))
    return {
        "geometry_blocked": unusable,
        "not_assessed": foreign,
        "no_evidence": empty,
        "required_layer_absent": unwatched & ~unusable & ~foreign & ~empty,
        "any": unusable | foreign | empty | unwatched,
    }


def _variables_of(measure: Measure | None, by_name: dict[str, Variable]) -> list[Variable]:
    if measure is None or (measure.only_where is not None and measure.only_where not in by_name):
        return []
    if measure.column is not None:
        return [by_name[measure.column]] if measure.column in by_name else []
    return [variable for _, variable in sorted(by_name.items()) if variable.role == measure.role]


def _shown(arrays: EvidenceArrays, variable: Variable, measure: Measure, policy: Whisp) -> tuple[Mask, Mask]:
    """Rows that count for a column, and rows that may."""
    value = arrays.values[variable.column]
    shown: Mask = value == YES
    if measure.years == "before":
        shown = (value > 0) & (value <= policy.cutoff.year)
    elif measure.years == "after":
        shown = value > policy.cutoff.year
    unknown: Mask = value == UNKNOWN
    if measure.only_where is not None:
        where = arrays.values[measure.only_where]
        unknown = (unknown & (where != 0)) | (shown & (where == UNKNOWN))
        shown = shown & (where == YES)
    return shown, unknown


def indicators_of(table: Table, policy: Whisp) -> pd.DataFrame:
    """The indicators of a policy from its columns: yes, no, or missing where unread ground leaves it open."""
    percent = {name: min(figure.value, 100.0) for name, figure in policy.thresholds.items()}
    return trees.indicators(
        table.hectares, table.area, percent, points=table.points, unknown_ha=table.unread, columns=table.columns
    )


def _outcome(indicators: pd.DataFrame, policy: Whisp, stopped: Mask) -> Levels:
    outcome = trees.levels(policy.tree, indicators)
    outcome[stopped] = UNDETERMINED
    return outcome


def _variants(
    plots: pd.DataFrame, arrays: EvidenceArrays, variables: Sequence[Variable], policy: Whisp
) -> Iterator[tuple[str, Levels]]:
    stopped = _stopped(plots, arrays, variables, policy)["any"]
    table = tabulate(plots, arrays, variables, policy, "area_ha")
    for name, factor in (("thresholds_halved", stability.HALF), ("thresholds_doubled", stability.DOUBLE)):
        scaled = policy.times(factor)
        yield name, _outcome(indicators_of(table, scaled), scaled, stopped)
    for name, area in (("gps_inner", "area_inner_ha"), ("gps_outer", "area_outer_ha")):
        moved = tabulate(plots, arrays, variables, policy, area)
        yield name, _outcome(indicators_of(moved, policy), policy, stopped | ~arrays.present(area))
    used = {variable.layer for variable in variables if variable.column in table.layers.values()}
    for layer in sorted(used):
        fewer = [variable for variable in variables if variable.layer != layer]
        without = tabulate(plots, arrays, fewer, policy, "area_ha")
        blind = _stopped(plots, arrays, fewer, policy)["any"]
        yield f"without:{layer}", _outcome(indicators_of(without, policy), policy, blind)


def _report(table: Table, indicators: pd.DataFrame, policy: Whisp, stopped: dict[str, Mask]) -> Report:
    """The row of the tree that answered, then the indicators that are yes or unknown."""
    report = Report(len(indicators))
    for code in ("geometry_blocked", "not_assessed", "no_evidence"):
        report.add(code, stopped[code])
    report.add("required_layer_absent", stopped["required_layer_absent"], "event")
    judged = ~stopped["any"]
    row = trees.path(policy.tree, indicators)
    for number in range(1, len(trees.TREES[policy.tree]) + 1):
        report.add(f"whisp_{policy.tree}_row_{number}", judged & (row == number))
    for name in trees.USED[policy.tree]:
        value = indicators[name]
        layers = " ".join(dict.fromkeys(table.layers[key] for key in table.columns[name] if key in table.layers))
        largest = _largest(table, name)
        limit = policy.thresholds[name].value / 100 * table.area.to_numpy()
        yes = value.fillna(False).to_numpy(dtype=bool)
        report.add(f"whisp_{name}_yes", judged & yes, layers, largest, limit)
        report.add(f"whisp_{name}_unknown", judged & value.isna().to_numpy(), layers, largest, limit)
    if table.absent:
        report.add("whisp_columns_absent", judged, " ".join(table.absent))
    return report


def _largest(table: Table, indicator: str) -> Hectares:
    keys = [key for key in table.columns[indicator] if key in table.hectares.columns]
    if not keys:
        return np.zeros(len(table.hectares))
    return table.hectares[keys].max(axis=1).to_numpy(dtype=np.float64)


def _margin(table: Table, indicators: pd.DataFrame, policy: Whisp, outcome: Levels) -> Hectares:
    """Hectares by which the column nearest to its threshold would have to change for another answer."""
    nearest = np.full(len(outcome), np.inf)
    for name in trees.USED[policy.tree]:
        value = indicators[name]
        known = value.notna().to_numpy()
        other = indicators.assign(**{name: ~value})
        changes = known & (trees.levels(policy.tree, other) != outcome)
        distance = np.abs(_largest(table, name) - policy.thresholds[name].value / 100 * table.area.to_numpy())
        nearest = np.where(changes, np.minimum(nearest, distance), nearest)
    return np.where((outcome != UNDETERMINED) & np.isfinite(nearest), nearest, np.nan)


def _figures(table: Table) -> dict[str, Hectares]:
    """Hectares as far as this policy's columns tell them; agreement is not a notion of Whisp's, so it stays 0."""
    forest = _largest(table, "ind_01") if "ind_01" in table.columns else np.zeros(len(table.area))
    loss = _largest(table, "ind_04") if "ind_04" in table.columns else np.zeros(len(table.area))
    unread = table.unread.max(axis=1).fillna(0.0).to_numpy(dtype=np.float64)
    nothing = np.zeros(len(table.area))
    return {
        "forest_2020_ha": forest,
        "loss_after_2020_ha": loss,
        "deforestation_ha": nothing,
        "agreed_deforestation_ha": nothing,
        "unknown_ha": unread,
    }
