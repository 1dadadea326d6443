"""The assessment record of Article 10: criteria (a) to (n), answered by the data or left visible as questions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents.legality import TOPICS, by_topic
from eudr_check.documents.scope import consequences
from eudr_check.text import number, say

LETTERS = "abcdefghijklmn"
CLASS_ACT = "Implementing Regulation (EU) 2025/1093"


def record(
    harvest: Harvest,
    plots: pd.DataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    on: dt.date,
    *,
    lots: pd.DataFrame | None = None,
    legality: pd.DataFrame | None = None,
    broken: Mapping[str, str] | None = None,
    overlaps: pd.DataFrame | None = None,
    layers: Sequence[str] = (),
) -> dict[str, Any]:
    """What a due-diligence file says under Article 10(2), as JSON can hold it.

    Args:
        harvest: settings.
        plots, assessments, sources: the tables of these names; assessments after reviews.
        on: day of the assessment (an input, so that the record does not change with the clock).
        lots: LOTS; None without deliveries.
        legality: from `read_legality`; None without evidence.
        broken: documents whose files do not hold, from `broken_documents`.
        overlaps: from `legality.overlaps`; None without such layers.
        layers: names of the layers `overlaps` looked at; `indigenous` answers criterion (c).

    Returns:
        `harvest`, `on`, `criteria`: one per letter with `letter`, `state` (`answered` or `question`), `facts` (figures
        and texts behind the sentence) and `sources`; `countries`: class and what follows; `legality`: state by
        topic; `draft_because`: what keeps the statement a draft.
    """
    topics = by_topic(legality, on, broken)
    facts: dict[str, tuple[dict[str, Any], list[str]]] = {
        "b": _forest(assessments, sources),
        "f": _deforestation(assessments),
        "g": _reliability(assessments, sources),
        "i": _chain(plots, lots),
    }
    if lots is not None:
        facts["j"] = _mixing(lots)
    if "indigenous" in layers and overlaps is not None:
        touching = overlaps.loc[overlaps["layer"] == "indigenous", "plot"].nunique()
        facts["c"] = ({"overlapping": int(touching)}, ["layer `indigenous` supplied by the user"])
    shown = topics.index[topics["state"] == "shown"]
    if len(shown):
        left = [topic for topic in TOPICS if topic not in set(shown)]
        facts["n"] = ({"shown": len(shown), "open": ", ".join(left) or "–"}, list(topics.loc[shown, "documents"]))
    classes, unclassed = _classes(plots, on)
    if classes and not unclassed:
        facts["a"] = ({"classes": classes, "act": CLASS_ACT}, [CLASS_ACT])
    criteria = [
        {
            "letter": letter,
            "state": "answered" if letter in facts else "question",
            "facts": facts[letter][0] if letter in facts else {"countries": ", ".join(unclassed) or "–"},
            "sources": facts[letter][1] if letter in facts else [],
        }
        for letter in LETTERS
    ]
    draft = [f"legality_{row.state}: {topic}" for topic, row in topics.iterrows() if row["state"] != "shown"]
    return {
        "harvest": harvest.harvest,
        "on": on.isoformat(),
        "criteria": criteria,
        "countries": [vars(item) for item in consequences(_countries(plots), on)],
        "legality": topics.reset_index().to_dict("records"),
        "draft_because": draft if legality is not None and len(shown) else ["no_legality_evidence"],
    }


def table(record: Mapping[str, Any], language: str) -> pd.DataFrame:
    """The record as people read it: `letter`, `criterion`, `answer` and `question`, one of them empty."""
    rows = []
    for item in record["criteria"]:
        letter, answered = item["letter"], item["state"] == "answered"
        sentence = say(
            "article10",
            f"{'answer' if answered else 'question'}_{letter}",
            language,
            **{name: _written(value, language) for name, value in item["facts"].items()},
        )
        rows.append(
            {
                "letter": letter,
                "criterion": say("article10", f"criterion_{letter}", language),
                "answer": sentence if answered else "",
                "question": "" if answered else sentence,
            }
        )
    return pd.DataFrame(rows)


def _written(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {say('article10', f'class_{kind}', language)}" for name, kind in value.items())
    if isinstance(value, float):
        return number(value, language, 2)
    return number(value, language, 0) if isinstance(value, int) else str(value)


def _countries(plots: pd.DataFrame) -> list[str]:
    return sorted(plots["producer_country"].dropna().unique())


def _classes(plots: pd.DataFrame, on: dt.date) -> tuple[dict[str, str], list[str]]:
    """Class by country, and the countries (or `?` for plots that name none) whose class is not settled."""
    found = consequences(_countries(plots), on)
    classes = {item.country: str(item.risk_class) for item in found if item.risk_class is not None}
    unclassed = [item.country for item in found if item.risk_class is None]
    return classes, unclassed + (["?"] if plots["producer_country"].isna().any() else [])


def _forest(assessments: pd.DataFrame, sources: pd.DataFrame) -> tuple[dict[str, Any], list[str]]:
    forest = assessments["forest_2020_ha"]
    names = sorted(set(sources["layer"]))
    baseline = next((name for name in names if name.startswith("jrc_gfc2020")), "–")
    facts = {
        "plots": len(assessments),
        "plots_with_forest": int((forest > 0).sum()),
        "forest_ha": float(forest.sum()),
        "layer": baseline,
    }
    return facts, [baseline]


def _deforestation(assessments: pd.DataFrame) -> tuple[dict[str, Any], list[str]]:
    final = assessments["final_outcome"]
    policies = sorted(assessments["policy"].unique())
    facts = {
        "high": int((final == "high").sum()),
        "undetermined": int((final == "undetermined").sum()),
        "cleared": int((final == "cleared_by_review").sum()),
        "deforestation_ha": float(assessments["deforestation_ha"].sum()),
        "policy": ", ".join(policies),
    }
    return facts, policies


def _reliability(assessments: pd.DataFrame, sources: pd.DataFrame) -> tuple[dict[str, Any], list[str]]:
    layers = sorted(set(sources["layer"]))
    facts = {
        "layers": ", ".join(layers),
        "failed": int((sources["status"] != "read").sum()),
        "fragile": int((assessments["stability"] == "fragile").sum()),
        "plots": len(assessments),
    }
    return facts, layers


def _chain(plots: pd.DataFrame, lots: pd.DataFrame | None) -> tuple[dict[str, Any], list[str]]:
    facts = {
        "plots": len(plots),
        "cooperatives": int(plots["cooperative"].nunique()),
        "polygons": int((plots["geometry_kind"] == "polygon").sum()),
        "lots": 0 if lots is None else len(lots),
    }
    return facts, sorted(plots["source_file"].unique())


def _mixing(lots: pd.DataFrame) -> tuple[dict[str, Any], list[str]]:
    accepted = lots["status"] == "accepted"
    facts = {
        "accepted": int(accepted.sum()),
        "accepted_kg": float(lots.loc[accepted, "kg_green"].sum()),
        "refused": int((~accepted).sum()),
    }
    return facts, ["deliveries"]
