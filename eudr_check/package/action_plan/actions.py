"""What has to be done, by whom and by when; and how far a cooperative is. Pure: tables in, tables out."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from eudr_check import tables
from eudr_check.lookup import among
from eudr_check.package import splits as proposals
from eudr_check.records import Json
from eudr_check.resources import read_yaml
from eudr_check.text import filled, say, topic
from eudr_check.text.many import numbers

COLUMNS = [
    "plot",
    "plot_id",
    "cooperative",
    "kg",
    "area_ha",
    "code",
    "severity",
    "kind",
    "who",
    "by",
    "wrong",
    "todo",
    "place",
    "source_file",
    "source_row",
    "source_place",
    "longitude",
    "latitude",
]
TEXTS = [name for name in COLUMNS if name not in ("kg", "area_ha", "by", "source_row", "longitude", "latitude")]

CONFIRMED = {"kind": "desk", "who": "exporter"}
"""Who acts on a deforestation that people confirmed, and how: product is kept back."""


@dataclass(frozen=True)
class Score:
    """One line of the scorecard."""

    name: str
    reached: float
    """Plots, kilograms or documents that are as they should be."""
    whole: float
    """Out of how many; 0 where the line cannot be measured."""
    target: float
    """Share aimed at, 0 to 1; for `documents` the count aimed at."""
    unknown: float = 0.0
    """Plots of which nobody can say; they are in `whole`, not in `reached`."""

    @property
    def share(self) -> float | None:
        """Share reached; None where nothing could be counted."""
        return self.reached / self.whole if self.whole else None

    @property
    def done(self) -> bool:
        """True where the target is met."""
        if self.name == "documents":
            return self.reached <= self.target
        return self.share is not None and self.share >= self.target


def actions(
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    assessments: pd.DataFrame,
    reasons: pd.DataFrame,
    deliveries: pd.DataFrame | None,
    *,
    start: dt.date,
    language: str,
    splits: Mapping[str, Sequence[proposals.Part]] | None = None,
) -> pd.DataFrame:
    """Every action of a harvest, those with most kilograms at stake first.

    Args:
        plots: PLOTS. findings: FINDINGS. assessments: ASSESSMENTS. reasons: REASONS.
        deliveries: `plot` and `kg_green` per delivery; None where the harvest has no list.
        start: day from which the weeks of `actions.yaml` count.
        language: of `wrong` and `todo`.
        splits: parts that are proposed, by plot; None where no plot holds several uses.

    Returns:
        One row per plot (or file) and code, columns `COLUMNS`; `kg` as delivered, whatever the form; `longitude` and
        `latitude` in degrees.
    """
    found = pd.concat(
        [
            _from_findings(findings, start, language),
            _from_reasons(plots, assessments, reasons, start, language),
            _from_splits(splits or {}, start, language),
        ],
        ignore_index=True,
    ).reindex(columns=[*COLUMNS, "rank"])
    where = _places(plots)
    at = plots.index.get_indexer(pd.Index(found["plot"]))
    for column, values in {
        "plot_id": plots["plot_id"],
        "area_ha": plots["area_ha"].fillna(plots["declared_area_ha"]),
        "place": plots["production_place"],
        "kg": _kilograms(plots, deliveries),
        "cooperative": plots["cooperative"],
        "source_file": plots["source_file"],
        "source_row": plots["source_row"].astype("Int64"),
        "source_place": plots["source_place"],
        "longitude": where["longitude"],
        "latitude": where["latitude"],
    }.items():
        of_plot = pd.Series(values.array.take(at, allow_fill=True), index=found.index)
        given = found[column].astype(of_plot.dtype)
        found[column] = given.where(given.notna(), of_plot)
    found = found.astype(dict.fromkeys(TEXTS, "str"))
    found["kg"] = found["kg"].fillna(0.0)
    weight = found["kg"] if deliveries is not None else found["area_ha"].fillna(0.0)
    order = found[["plot", "rank", "source_file", "source_row", "code"]].fillna({"plot": "", "source_row": 0})
    order = order.assign(weight=-weight)
    order = order.sort_values(["weight", "plot", "rank", "source_file", "source_row", "code"], kind="stable")
    return found.loc[order.index, COLUMNS].reset_index(drop=True)


def scorecard(
    plots: gpd.GeoDataFrame,
    findings: pd.DataFrame,
    assessments: pd.DataFrame,
    todo: pd.DataFrame,
    deliveries: pd.DataFrame | None,
) -> list[Score]:
    """How far the plots given are: every line with what is reached, out of how many, and the target.

    Args:
        plots: PLOTS of one cooperative. findings: FINDINGS about them.
        assessments: ASSESSMENTS; rows of other plots are ignored.
        todo: what `actions` gave for them.
        deliveries: list of deliveries, or None.
    """
    count = float(len(plots))
    final = assessments["final_outcome"].reindex(plots.index)
    settled = final.isin(tables.SETTLED)
    known = plots.geometry.notna() & ~plots.geometry.is_empty
    blocked = {
        name: findings.loc[findings["code"].isin(codes) & (findings["severity"] != "info"), "plot"]
        for name, codes in _rules()["scores"].items()
    }
    kg = _kilograms(plots, deliveries)
    compared = known & ~plots.index.isin(blocked["not_compared"])
    return [
        Score("mapped", float(known.sum()), count, 1.0),
        Score("valid", float(plots["usable"].sum()), count, 1.0),
        Score(
            "unique",
            float((compared & ~plots.index.isin(blocked["unique"])).sum()),
            count,
            1.0,
            float((~compared).sum()),
        ),
        Score("country", float((known & ~plots.index.isin(blocked["country"])).sum()), count, 1.0),
        Score("assessed", float((final.notna() & (final != "undetermined")).sum()), count, 1.0),
        Score("settled", float(settled.sum()), count, 1.0),
        Score("documents", float((todo["kind"] == "evidence").sum()), count, 0.0),
        Score("volume", float(kg[settled].sum()), float(kg.sum()), 1.0),
    ]


@cache
def _rules() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(__package__, "actions.yaml")
    return content


def rule_of(code: str) -> dict[str, str] | None:
    """Who settles a reason and how; None where the reason only explains."""
    reasons: dict[str, dict[str, str]] = _rules()["reasons"]
    return reasons.get("whisp" if code.startswith("whisp_") else code)


def _from_findings(findings: pd.DataFrame, start: dt.date, language: str) -> pd.DataFrame:
    asking = findings[findings["severity"] != "info"]
    rules, sentences = _rules(), {code: said[language] for code, said in topic("findings").items()}
    kinds = dict.fromkeys(rules["findings_in_the_field"], "field") | dict.fromkeys(
        rules["findings_by_evidence"], "evidence"
    )
    kind = asking["code"].map(kinds).fillna("desk")
    weeks = np.where(kind == "evidence", rules["weeks"]["evidence"], asking["severity"].map(rules["weeks"]))
    look = topic("plan")["do_look"][language]
    halves = [
        _told(sentences[code], json.loads(details), language, look) if code in sentences else _halves(message, look)
        for code, details, message in zip(asking["code"], asking["details"], asking["message"], strict=True)
    ]
    return pd.DataFrame(
        {
            "plot": asking["plot"],
            "cooperative": asking["cooperative"],
            "code": asking["code"],
            "severity": asking["severity"],
            "kind": kind,
            "who": kind,
            "by": [start + dt.timedelta(weeks=int(many)) for many in weeks],
            "wrong": [first for first, _ in halves],
            "todo": [second for _, second in halves],
            "source_file": asking["source_file"],
            "source_row": asking["source_row"].astype("Int64"),
            "source_place": asking["source_place"],
            "longitude": asking["longitude"],
            "latitude": asking["latitude"],
            "rank": asking["severity"].map({"block": 0, "warn": 3}),
        }
    )


def _told(sentence: str, details: Json, language: str, otherwise: str) -> tuple[str, str]:
    """The halves of a sentence with what stands in them: an id such as `Sr. Rosa` ends no sentence."""
    wrong, todo = (filled(half, language, **details) for half in _halves(sentence, otherwise))
    return wrong, todo


def _halves(sentence: str, otherwise: str) -> tuple[str, str]:
    """What was found, and what to do: findings say it in this order, in two sentences or more.

    >>> _halves("The plot has no id. Give it one.", "Look.")
    ('The plot has no id.', 'Give it one.')
    >>> _halves("መለያ የለውም። መለያ ይስጡት።", "ይመልከቱ።")
    ('መለያ የለውም።', 'መለያ ይስጡት።')
    """
    parts = re.split(r"(?<=[.።]) ", sentence, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and parts[1] else (sentence, otherwise)


def _from_reasons(
    plots: gpd.GeoDataFrame, assessments: pd.DataFrame, reasons: pd.DataFrame, start: dt.date, language: str
) -> pd.DataFrame:
    open_plots = assessments.index[~assessments["final_outcome"].isin(tables.SETTLED)]
    asking = reasons[among(reasons.index, open_plots) & among(reasons.index, plots.index)].reset_index()
    rules = {code: rule_of(code) for code in asking["code"].unique()}
    asking = asking[asking["code"].isin([code for code, rule in rules.items() if rule is not None])]
    settled = among(asking["plot"], confirmed(assessments))
    # What people confirmed is one row, and no visit.
    kept = ~settled | ~asking["plot"].duplicated()
    asking, by_people = asking[kept].reset_index(drop=True), settled[kept]
    weeks = _rules()["weeks"]
    by = start + dt.timedelta(weeks=weeks["evidence"])
    outcome = asking["plot"].map(assessments["final_outcome"])

    def of_code(known: Mapping[str, str], confirmed: str) -> pd.Series:
        return asking["code"].map(known).where(~by_people, confirmed)

    ruled = {code: rule for code, rule in rules.items() if rule is not None}
    advice = {code: topic("plan")[_step(code)][language] for code in ruled}
    return pd.DataFrame(
        {
            "plot": asking["plot"],
            "code": asking["code"],
            "severity": np.where(outcome == "high", "block", "warn"),
            **{
                name: of_code({code: rule[name] for code, rule in ruled.items()}, CONFIRMED[name])
                for name in ("kind", "who")
            },
            "by": by,
            "wrong": _reasons(asking, language),
            "todo": of_code(advice, topic("plan")["do_confirmed"][language]),
            "rank": np.where(outcome == "high", 1, 2),
        }
    )


def _from_splits(splits: Mapping[str, Sequence[proposals.Part]], start: dt.date, language: str) -> pd.DataFrame:
    """One row per plot of several uses: whether they are harvested separately is asked on the ground."""
    return pd.DataFrame(
        {
            "plot": list(splits),
            "code": proposals.CODE,
            "severity": "warn",
            "kind": "field",
            "who": "field",
            "by": start + dt.timedelta(weeks=_rules()["weeks"]["evidence"]),
            "wrong": [
                say("uses", "wrong", language, uses=proposals.in_words(proposals.together(parts), language))
                for parts in splits.values()
            ],
            "todo": say("uses", "todo", language),
            "rank": 4,
        },
        columns=[*COLUMNS, "rank"],
    )


def _step(code: str) -> str:
    return "do_whisp" if code.startswith("whisp_") else f"do_{code}"


def _reasons(asking: pd.DataFrame, language: str) -> list[str]:
    """Reasons in words, with their hectares; code by code, because each has a sentence of its own."""
    written = np.empty(len(asking), dtype=object)
    for code, rows in asking.groupby("code").indices.items():
        written[rows] = _said(str(code), asking.iloc[rows], language)
    found: list[str] = written.tolist()
    return found


def _said(code: str, rows: pd.DataFrame, language: str) -> list[str]:
    """The sentence of one code for each of its rows."""
    if code not in topic("reasons"):
        areas = numbers(rows["area_ha"].to_numpy(float), language, 2)
        return [
            f"{code} ({area} ha)" if known else code for area, known in zip(areas, rows["area_ha"].notna(), strict=True)
        ]
    sentence = topic("reasons")[code][language]
    fields = sorted({name for _, name, _, _ in Formatter().parse(sentence) if name})
    columns = [
        rows[name].tolist() if name == "layers" else numbers(rows[name].to_numpy(float), language, 3) for name in fields
    ]
    said = (dict(zip(fields, values, strict=True)) for values in zip(*columns, strict=True))
    return [sentence.format(**values) for values in said] if fields else [sentence.format()] * len(rows)


def confirmed(assessments: pd.DataFrame) -> pd.Index:
    """Plots on which a review confirms deforestation: nothing is left to find out there."""
    reviewed = assessments["review"].fillna("").astype(str)
    by_review = (assessments["outcome"] != "high") | reviewed.str.contains(r"(?:^|; )[^;]* confirm(?: \(|;|$)")
    return assessments.index[(assessments["final_outcome"] == "high") & by_review]


def _places(plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """A position on each plot, degrees; NaN where the plot has no geometry."""
    inside = shapely.point_on_surface(plots.geometry.to_numpy())
    return pd.DataFrame(
        {"longitude": shapely.get_x(inside), "latitude": shapely.get_y(inside)}, index=plots.index
    ).round(6)


def _kilograms(plots: gpd.GeoDataFrame, deliveries: pd.DataFrame | None) -> pd.Series:
    """Kilograms of product delivered per plot; 0 where nothing was."""
    if deliveries is None:
        return pd.Series(0.0, index=plots.index)
    total = deliveries.groupby("plot")["kg_green"].sum()
    return total.reindex(plots.index).fillna(0.0).astype(float)
