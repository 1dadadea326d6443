"""One plot in plain words: from layers and hectares to rule to outcome."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import pandas as pd

from eudr_check.errors import PolicyError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.risk import noted
from eudr_check.risk.assess import uses
from eudr_check.risk.convergence.uses import mixed
from eudr_check.risk.policy import Convergence, Policy, Rule
from eudr_check.spelling import folded
from eudr_check.text import Sentence, number, recognised, say, sentence
from eudr_check.unread import unread
from eudr_check.use_tables import GROUND_USES
from eudr_check.variables import UNKNOWN, Variable

FIGURES = ("forest_2020_ha", "loss_after_2020_ha", "deforestation_ha", "agreed_deforestation_ha", "unknown_ha")


def explain(
    plot: str,
    plots: pd.DataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Policy,
    language: str,
) -> str:
    """Why a plot has its outcome, as lines of text.

    Args:
        plot: `cooperative/plot_id`.
        plots, assessments, reasons, evidence: the tables of these names.
        variables: meaning of the EVIDENCE columns.
        policy: the policy of the assessment.
        language: one that people work with (`choices.SPOKEN_LANGUAGES`).

    Raises:
        PolicyError: no such plot.
    """
    if plot not in assessments.index:
        raise PolicyError(_no_plot(plot, assessments.index))
    row, place = assessments.loc[[plot]].iloc[0], plots.loc[[plot]].iloc[0]
    mine = reasons.loc[reasons.index == plot]
    left = unread(assessments.loc[[plot]], mine).iloc[0]
    parts = [
        _head(plot, place, row, language),
        _figures(row, left, evidence.loc[evidence.index == plot], variables, language),
        _ground(
            plots.loc[[plot]],
            assessments.loc[[plot]],
            evidence.loc[evidence.index == plot],
            variables,
            policy,
            language,
        ),
        _why(mine, policy, language),
        _doubts(plot, row, evidence, plots["geometry"], language),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _no_plot(plot: str, known: Iterable[str]) -> Sentence:
    """What to say of a plot that is not there: the same code elsewhere first, then names that are nearly so written."""
    names = {folded(str(one)): str(one) for one in known}
    same = [name for form, name in names.items() if folded(plot) in (form, form.partition("/")[2])]
    near = same[:3] or [names[form] for form in get_close_matches(folded(plot), names, n=3, cutoff=0.75)]
    hint = sentence("start", "near_plots", plots=", ".join(near)) if near else ""
    return sentence("start", "no_plot", plot=plot, near=hint)


def _head(plot: str, place: pd.Series, row: pd.Series, language: str) -> list[str]:
    title = _say("heading", language, plot=plot, outcome=_say(str(row["final_outcome"]), language))
    lines = [title, _say("policy", language, policy=row["policy"])]
    if pd.isna(place["geometry_kind"]):
        return lines
    kind = _say(str(place["geometry_kind"]), language)
    if pd.isna(place["area_ha"]):
        return [*lines, _say("no_area", language, kind=kind)]
    return [*lines, _say("area", language, area=number(float(place["area_ha"]), language, 2), kind=kind)]


def _figure(name: str, value: float, unread_ha: float, language: str) -> str:
    """A figure as far as it was measured: what was not read is never written as nought."""
    if name == "unknown_ha":
        return _say(name, language, ha="–" if pd.isna(unread_ha) else number(unread_ha, language, 3))
    if unread_ha <= 0:
        return _say(name, language, ha=number(value, language, 3))
    least = _say(name, language, ha=f"≥ {number(value, language, 3)}" if value >= 0.0005 else "–")
    if pd.isna(unread_ha):
        return least
    return f"{least} {_say('of_it_unread', language, ha=number(unread_ha, language, 3))}"


def _figures(
    row: pd.Series, left: pd.Series, ground: pd.DataFrame, variables: Sequence[Variable], language: str
) -> list[str]:
    lines = [_say("figures_heading", language)]
    lines += [f"- {_figure(name, float(row[name]), float(left[name]), language)}" for name in FIGURES]
    kinds = [(name, float(left[name])) for name in ("type_2020_ha", "use_today_ha")]
    lines += [f"- {_say(name, language, ha=number(area, language, 3))}" for name, area in kinds if area > 0]
    shown = ground[ground["footprint"].isin(["polygon", "disc"])]
    lines += [f"- {_layer(shown, variable, language)}" for variable in variables if variable.column in shown.columns]
    by_sensor: dict[str, list[str]] = {}
    for variable in variables:
        if variable.role == "event":
            by_sensor.setdefault(variable.sensor, []).append(variable.column)
    for sensor, columns in sorted(by_sensor.items()):
        if len(columns) > 1:
            lines.append(f"- {_say('shared_sensor', language, columns=', '.join(columns), sensor=sensor)}")
    return lines


def _ground(
    plots: pd.DataFrame,
    assessments: pd.DataFrame,
    evidence: pd.DataFrame,
    variables: Sequence[Variable],
    policy: Policy,
    language: str,
) -> list[str]:
    """Hectares by what the ground is, and where a split may be considered that it is no more than that."""
    found = uses(plots, evidence, variables, policy)
    if found is None or found.empty:
        return []
    hectares = {name: float(found[f"{name}_ha"].iloc[0]) for name in GROUND_USES}
    lines = [say("uses", "heading", language)]
    for name, ha in hectares.items():
        if ha > 0:
            what = say("uses", name, language)
            lines.append(f"- {say('uses', 'line', language, what=what, ha=number(ha, language, 3))}")
    several = not mixed(plots, found, assessments).empty
    return [*lines, *([say("uses", "mixed", language)] if several else [])]


def _layer(ground: pd.DataFrame, variable: Variable, language: str) -> str:
    """Hectares a layer shows (an event: after 2020), and those it did not read."""
    value = ground[variable.column]
    shown = value > 2020 if variable.kind == "event" else value == 1
    unread = float(ground.loc[value == UNKNOWN, "area_ha"].sum())
    return _say(
        "variable_unread" if unread > 0 else "variable",
        language,
        column=variable.column,
        ha=number(float(ground.loc[shown, "area_ha"].sum()), language, 3),
        unread=number(unread, language, 3),
        layer=variable.layer,
        sensor=variable.sensor,
        since=variable.covers_from.isoformat(),
        until=variable.covers_through.isoformat(),
    )


def _why(reasons: pd.DataFrame, policy: Policy, language: str) -> list[str]:
    rules = {rule.code: rule for rule in policy.rules} if isinstance(policy, Convergence) else {}
    lines = [_say("reasons_heading", language)]
    for row in reasons.to_dict("records"):
        values = {
            name: "–" if pd.isna(row[name]) else number(float(row[name]), language, 3)
            for name in ("area_ha", "threshold_ha", "margin_ha")
        }
        lines.append(f"- {say('reasons', row['code'], language, layers=row['layers'], **values)}")
        if row["code"] in rules:
            lines.append(f"  {_rule(rules[row['code']], language)}")
    return lines


def _rule(rule: Rule, language: str) -> str:
    """A rule with its threshold; reason and source of a policy of one's own stand as it writes them."""
    share = ""
    if rule.share is not None and rule.share_hectares is not None:
        percent = f"{number(rule.share.value * 100, language)} %"
        share = _say("rule_share", language, share=percent, least=number(rule.share_hectares.value, language))
    figure = rule.hectares
    sign = ">" if rule.strictly_more else "≥"
    return _say(
        "rule",
        language,
        hectares=f"{sign} {number(figure.value, language)}",
        share=share,
        why=_of_policy(figure.reason, language),
        source=_of_policy(figure.source, language),
    )


def _of_policy(text: str, language: str) -> str:
    known = recognised("rules", text)
    return known.in_language(language) if isinstance(known, Sentence) else known


def _flip(written: str, language: str) -> str:
    """A change and the outcome it gives, as the report words them."""
    change, _, to = written.rpartition("=")
    layer = change.removeprefix("without:")
    if layer == change:
        words = say("report", f"flip_{change}", language)
    else:
        words = f"{say('report', 'flip_without', language)} {layer}"
    return f"{words} → {_say(to, language)}"


def _doubts(plot: str, row: pd.Series, evidence: pd.DataFrame, boundaries: pd.Series, language: str) -> list[str]:
    lines = []
    if pd.notna(row["margin_ha"]):
        lines.append(_say("margin", language, ha=number(float(row["margin_ha"]), language, 3)))
    flips = row["flips"]
    said = "" if pd.isna(flips) else "; ".join(_flip(one, language) for one in flips.split())
    lines.append(_say(f"outcome_is_{row['stability']}", language, flips=said))
    if pd.notna(row["unobserved_since"]):
        lines.append(_say("unobserved", language, date=row["unobserved_since"]))
    if pd.notna(row["review"]):
        outcome = _say(str(row["final_outcome"]), language)
        lines.append(_say("review", language, review=noted.in_words(str(row["review"]), language), outcome=outcome))
    digest = evidence_digest(evidence, boundaries, [plot])[plot]
    lines.append(_say("digest", language, digest=digest))
    return [*lines, _say("not_a_verdict", language)]


def _say(key: str, language: str, **values: object) -> str:
    return say("explain", key, language, **values)
