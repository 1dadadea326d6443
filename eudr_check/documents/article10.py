"""The assessment record: criteria (a) to (n) of Article 10(2), or the short list of Article 13.

Each is answered by the data, by the operator in its own words, or left visible as a question.
"""

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pandas as pd

from eudr_check import law
from eudr_check.assessment_record import WrittenRecord
from eudr_check.config import Harvest
from eudr_check.documents.answers import LETTERS, TOPICS
from eudr_check.documents.area_facts import LEGALITY, AreaFigures, noted, settled
from eudr_check.documents.legality import by_topic
from eudr_check.documents.scope import consequences
from eudr_check.text import number, say

ALSO = {"complexity": "i", "circumvention": "j", "mixing": "j"}
"""Letter of Article 10(2) whose answer also answers a point of the short list."""


Facts = tuple[dict[str, object], list[str]]
Answered = Callable[[str], tuple[Sequence[Mapping[str, object]], bool]]
"""Answers of the operator to a letter or point, and whether they speak of all the plots."""


class Criterion(TypedDict):
    """What is said to one letter or point."""

    letter: str
    state: str
    """`answered` by the data, `operator` or `question`."""
    facts: dict[str, object]
    """Figures and texts behind the sentence."""
    sources: list[str]
    noted: NotRequired[list[AreaFigures]]
    """What vector layers show; records of earlier versions say nothing of it."""
    answers: list[Mapping[str, object]]
    """Those of the operator."""


class Record(TypedDict):
    """What a due-diligence file says under Article 10(2) or 13, as JSON can hold it."""

    harvest: str
    on: str
    basis: str
    """`article_10`, or `article_13` for the short list."""
    concern: str | None
    criteria: list[Criterion]
    countries: list[dict[str, object]]
    """Class of each and what follows."""
    legality: list[dict[Hashable, object]]
    """State by topic, with the vector layers that bear on it."""
    draft_because: list[str]
    """What keeps the statement a draft."""


@dataclass(frozen=True)
class Added:
    """What people added to a harvest."""

    legality: pd.DataFrame | None = None
    """From `read_legality`; None without evidence."""
    broken: Mapping[str, str] | None = None
    """Documents whose files do not hold, from `broken_documents`."""
    areas: Sequence[AreaFigures] = ()
    """From `area_facts.AreaFacts.of`; a complete map of indigenous land answers criterion (c)."""
    answered: Answered = lambda letter: ((), False)
    """The operator's answers to a letter."""


NOTHING_ADDED = Added()


def record(
    harvest: Harvest,
    plots: pd.DataFrame,
    assessments: pd.DataFrame,
    sources: pd.DataFrame,
    on: dt.date,
    lots: pd.DataFrame | None = None,
    added: Added = NOTHING_ADDED,
) -> Record:
    """What a due-diligence file says under Article 10(2) or 13.

    Args:
        harvest: settings.
        plots, assessments, sources: the tables of these names; assessments after reviews.
        on: day of the assessment (an input, so that the record does not change with the clock).
        lots: LOTS; None without deliveries.
        added: what people added.
    """
    topics = by_topic(added.legality, on, added.broken, tuple(plots["cooperative"].unique()))
    known = sorted(plots["producer_country"].dropna().unique())
    short = not plots["producer_country"].isna().any() and law.record_of(known, on, harvest.concern) == "article_13"
    unclassed = _unclassed(plots, on)
    facts = (_short_facts if short else _facts)(plots, assessments, sources, lots, on)
    if not short and settled(added.areas):
        mine = [one for one in noted(added.areas, "c") if one["complete"]]
        facts["c"] = ({"overlapping": max(one["plots"] for one in mine)}, [one["title"] for one in mine])
    draft = [f"legality_{row.state}: {topic}" for topic, row in topics.iterrows() if row["state"] != "shown"]
    evidence = added.legality is not None and bool((topics["state"] == "shown").any())
    return {
        "harvest": harvest.harvest,
        "on": on.isoformat(),
        "basis": "article_13" if short else "article_10",
        "concern": harvest.concern,
        "criteria": [
            _criterion(letter, facts.get(letter), added, unclassed) for letter in (TOPICS if short else LETTERS)
        ],
        "countries": [vars(item) for item in consequences(known, on)],
        "legality": [
            {**row, "areas": [one for one in added.areas if row["topic"] in LEGALITY[one["topic"]]]}
            for row in topics.reset_index().to_dict("records")
        ],
        "draft_because": draft if evidence else ["no_legality_evidence"],
    }


def _criterion(letter: str, facts: Facts | None, added: Added, unclassed: Sequence[str | None]) -> Criterion:
    """One criterion: what the data answer stays ours, what the operator answers stays the operator's."""
    answers, whole = added.answered(letter)
    if not answers and letter in ALSO:
        answers, whole = added.answered(ALSO[letter])
    state = "answered" if facts is not None else "operator" if whole else "question"
    figures, sources = facts or ({"countries": list(unclassed)}, [])
    return {
        "letter": letter,
        "state": state,
        "facts": figures,
        "sources": sources,
        "answers": list(answers),
        "noted": noted(added.areas, letter),
    }


def _facts(
    plots: pd.DataFrame, assessments: pd.DataFrame, sources: pd.DataFrame, lots: pd.DataFrame | None, on: dt.date
) -> dict[str, Facts]:
    """What the data answer of Article 10(2)."""
    facts: dict[str, Facts] = {
        "b": _forest(assessments, sources),
        "f": _deforestation(assessments),
        "g": _reliability(assessments, sources),
        "i": _chain(plots, lots),
    }
    if lots is not None:
        facts["j"] = _mixing(lots)
    if len(plots) and not _unclassed(plots, on):
        entries = [law.country_entry(country, on) for country in sorted(plots["producer_country"].unique())]
        acts = sorted({entry.act for entry in entries if entry is not None})
        classes = {entry.country: str(entry.risk_class) for entry in entries if entry is not None}
        facts["a"] = ({"classes": classes, "act": ", ".join(acts)}, acts)
    return facts


def _short_facts(
    plots: pd.DataFrame, assessments: pd.DataFrame, sources: pd.DataFrame, lots: pd.DataFrame | None, on: dt.date
) -> dict[str, Facts]:
    """What the data answer of the short list."""
    return {"complexity": _chain(plots, lots)} | ({} if lots is None else {"mixing": _mixing(lots)})


def questions(record: Record, language: str) -> dict[str, str]:
    """Every open question of a record by its letter or point."""
    return {row["letter"]: row["question"] for row in _rows(record, language) if row["question"]}


def table(record: Record, language: str) -> pd.DataFrame:
    """The record as people read it.

    Returns:
        `letter`, `criterion`, `answer` (ours, from the data), `question` (empty where it is answered) and `operator`:
        the operator's answers with person, date, evidence and sha256.
    """
    return pd.DataFrame(_rows(record, language))


def _rows(record: Record, language: str) -> list[dict[str, Any]]:
    rows = []
    for item in record["criteria"]:
        letter, state = item["letter"], item["state"]
        values = {name: _written(value, language) for name, value in item["facts"].items()}
        answer = [say("article10", f"answer_{letter}", language, **values)] if state == "answered" else []
        rows.append(
            {
                "letter": letter,
                "criterion": say("article10", f"criterion_{letter}", language),
                "answer": " ".join([*answer, *(_noted(one, language) for one in item.get("noted", ()))]),
                "question": say("article10", f"question_{letter}", language, **values) if state == "question" else "",
                "operator": item["answers"],
            }
        )
    return rows


def _noted(one: AreaFigures, language: str) -> str:
    """What a vector layer shows, and that it is not whole where it is not."""
    shown = {"title": one["title"], "plots": one["plots"], "overlap_ha": one["overlap_ha"], "unknown": one["unknown"]}
    values = {name: _written(value, language) for name, value in shown.items()}
    said = say("article10", "noted_area", language, **values)
    return said if one["complete"] else f"{said} {say('article10', 'noted_incomplete', language)}"


def written(record: Record | None, languages: Sequence[str]) -> WrittenRecord:
    """The record in words; without one, nothing is answered and nothing asked."""
    if record is None:
        return WrittenRecord({})
    rows = {language: _rows(record, language) for language in languages}
    return WrittenRecord(rows, record["basis"], record["concern"], tuple(record["draft_because"]))


def _written(value: object, language: str) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {say('article10', f'class_{kind}', language)}" for name, kind in value.items())
    if isinstance(value, list):
        return ", ".join(say("article10", "no_country", language) if one is None else one for one in value)
    if isinstance(value, float):
        return number(value, language, 2)
    if isinstance(value, int):
        return number(value, language, 0)
    # Acts stand in the tables of the law with their English titles.
    english, own = (say("article10", "act_implementing", one) for one in ("en", language))
    return str(value).replace(english, own)


def _unclassed(plots: pd.DataFrame, on: dt.date) -> list[str | None]:
    """Countries whose class is not settled; None for plots that name none."""
    found = consequences(sorted(plots["producer_country"].dropna().unique()), on)
    unclassed = [item.country for item in found if item.risk_class is None]
    return [*unclassed, *([None] if plots["producer_country"].isna().any() else [])]


def _forest(assessments: pd.DataFrame, sources: pd.DataFrame) -> Facts:
    forest = assessments["forest_2020_ha"]
    names = sorted(set(sources["layer"]))
    baseline = next((name for name in names if name.startswith("jrc_gfc2020")), "–")
    facts: dict[str, object] = {
        "plots": len(assessments),
        "plots_with_forest": int((forest > 0).sum()),
        "forest_ha": float(forest.sum()),
        "layer": baseline,
    }
    return facts, [baseline]


def _deforestation(assessments: pd.DataFrame) -> Facts:
    final = assessments["final_outcome"]
    policies = sorted(assessments["policy"].unique())
    facts: dict[str, object] = {
        "high": int((final == "high").sum()),
        "undetermined": int((final == "undetermined").sum()),
        "cleared": int((final == "cleared_by_review").sum()),
        "deforestation_ha": float(assessments["deforestation_ha"].sum()),
        "policy": ", ".join(policies),
    }
    return facts, policies


def _reliability(assessments: pd.DataFrame, sources: pd.DataFrame) -> Facts:
    layers = sorted(set(sources["layer"]))
    facts: dict[str, object] = {
        "layers": ", ".join(layers),
        "failed": int((sources["status"] != "read").sum()),
        "fragile": int((assessments["stability"] == "fragile").sum()),
        "plots": len(assessments),
    }
    return facts, layers


def _chain(plots: pd.DataFrame, lots: pd.DataFrame | None) -> Facts:
    facts: dict[str, object] = {
        "plots": len(plots),
        "cooperatives": int(plots["cooperative"].nunique()),
        "polygons": int((plots["geometry_kind"] == "polygon").sum()),
        "lots": 0 if lots is None else len(lots),
    }
    return facts, sorted(plots["source_file"].unique())


def _mixing(lots: pd.DataFrame) -> Facts:
    accepted = lots["status"] == "accepted"
    facts: dict[str, object] = {
        "accepted": int(accepted.sum()),
        "accepted_kg": float(lots.loc[accepted, "kg_green"].sum()),
        "refused": int((~accepted).sum()),
    }
    return facts, ["deliveries"]
