"""What every review does, in one line each: counts or not, why, and what to add."""

from collections.abc import Iterable
from itertools import groupby
from typing import NotRequired, TypedDict

from eudr_check.choices import SPOKEN_LANGUAGES
from eudr_check.documents.reviews import Effect
from eudr_check.text import Sentence, sentence

_SHOWN = 3


class Stated(TypedDict):
    """What a review does for a plot, as JSON holds it."""

    review: str
    plot: str
    decision: str
    reasons: list[str]
    grounds: str
    evidence: dict[str, str]
    imagery: dict[str, str]
    reviewer: str
    second_reviewer: str
    date: str
    fault: str | None
    still_open: list[str]
    outcome: str | None
    contested: bool
    counts: bool
    said: NotRequired[dict[str, str]]
    """In words, by language."""


def stated(effects: Iterable[Effect]) -> list[Stated]:
    """Effects as JSON can hold them, a row per review and plot, with what each does in words (`said`, by language)."""
    rows: list[Stated] = [
        {
            "review": one.review.review,
            "plot": one.plot,
            "decision": one.review.decision,
            "reasons": list(one.review.reasons),
            "grounds": one.review.grounds,
            "evidence": dict(one.review.evidence),
            "imagery": {name: day.isoformat() for name, day in one.review.imagery.items()},
            "reviewer": one.review.reviewer,
            "second_reviewer": one.review.second_reviewer,
            "date": one.review.date.isoformat(),
            "fault": one.fault,
            "still_open": list(one.still_open),
            "outcome": one.outcome,
            "contested": one.contested,
            "counts": one.counts,
        }
        for one in effects
    ]
    return [
        row | {"said": {language: effect(row).in_language(language) for language in SPOKEN_LANGUAGES}} for row in rows
    ]


def lines(effects: Iterable[Stated]) -> list[Sentence]:
    """One line per review of `stated`, in their order."""
    return [_line(name, list(rows)) for name, rows in groupby(effects, key=lambda row: str(row["review"]))]


def does_all(effects: Iterable[Stated]) -> dict[str, bool]:
    """Whether a review does what it was made for on all of its plots, by its id."""
    found: dict[str, bool] = {}
    for row in effects:
        done = row["decision"] == "confirm" or row["outcome"] in ("cleared_by_review", "low")
        whole = row["counts"] and row["fault"] is None and done
        found[str(row["review"])] = found.get(str(row["review"]), True) and whole
    return found


def effect(row: Stated) -> Sentence:
    """What one review does for one plot."""
    fault = None if row["fault"] is None else _fault(str(row["fault"]))
    if row["decision"] == "confirm" and row["counts"]:
        return (
            sentence("reviews", "confirmed") if fault is None else sentence("reviews", "confirmed_lacking", why=fault)
        )
    if fault is not None:
        return sentence("reviews", "not_counted", why=fault)
    if row["contested"]:
        return sentence("reviews", "contested")
    if row["outcome"] == "low":
        return sentence("reviews", "low_anyway")
    if row["outcome"] != "cleared_by_review":
        return sentence("reviews", "still_open", codes=" ".join(row["still_open"]))
    return sentence("reviews", "cleared")


def _fault(fault: str) -> Sentence:
    if fault.startswith("stale:"):
        return sentence("reviews", fault)
    code, _, detail = fault.partition(":")
    return sentence("reviews", code, detail=detail)


def _line(name: str, rows: list[Stated]) -> Sentence:
    """Plots for which the review does the same are said together."""
    groups: dict[str, tuple[Sentence, list[str]]] = {}
    for row in rows:
        what = effect(row)
        groups.setdefault(str(what), (what, []))[1].append(str(row["plot"]))
    people = ", ".join(filter(None, (rows[0]["reviewer"], rows[0]["second_reviewer"])))
    if len(groups) == 1:
        what, plots = next(iter(groups.values()))
        return sentence("reviews", "line", review=name, plots=named(plots), reviewer=people, what=what)
    first, *rest = [sentence("reviews", "part", plots=named(plots), what=what) for what, plots in groups.values()]
    for one in rest:
        first = sentence("reviews", "and", first=first, second=one)
    return sentence("reviews", "line", review=name, plots=str(len(rows)), reviewer=people, what=first)


def named(plots: list[str]) -> str:
    """Some plots by name, the first few of many."""
    more = f" (+{len(plots) - _SHOWN})" if len(plots) > _SHOWN else ""
    return ", ".join(plots[:_SHOWN]) + more
