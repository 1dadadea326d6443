"""Reviews: how people settle what the layers leave open, and contest what they say.

A review settles a plot only together with the evidence it was made on: when that changes, it is stale and says so.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check.documents.review import Review
from eudr_check.errors import ConfigError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.files import has_sha256
from eudr_check.spelling import folded, nearest
from eudr_check.text import sentence

NO_REVIEW = frozenset({"geometry_blocked", "not_assessed", "establishment_area_unknown"})
"""States a review cannot settle: the plot must be repaired, or a policy made."""
EXPLAINS = frozenset(
    {"send_polygon", "adjoining_plots", "tree_crop_2020", "planted_forest_2020", "whisp_columns_absent"}
)
"""Codes that explain and ask nothing a review could answer."""
UNKNOWN = "unknown_plot"
"""The fault of a review of a plot that the harvest does not have."""


@dataclass(frozen=True)
class Effect:
    """What one review does for one of its plots."""

    review: Review
    plot: str
    fault: str | None
    """Why it does not count, or, of a confirmed clearing, what its documents lack; None where nothing is wrong."""
    still_open: tuple[str, ...] = ()
    """Reasons of the plot that no sound review answers."""
    outcome: str | None = None
    """Final outcome of the plot; None for a plot the harvest does not have."""
    contested: bool = False
    """Whether another review confirms the clearing that this one contests."""

    @property
    def counts(self) -> bool:
        """Whether it has a say in the outcome: every confirmed clearing has, and every clearance without fault."""
        return self.outcome is not None and (self.review.decision == "confirm" or self.fault is None)


def broken_files(reviews: Sequence[Review], folder: Path) -> dict[str, str]:
    """Reviews whose evidence files are missing or changed: id of the review, and what is wrong."""
    broken: dict[str, str] = {}
    for review in reviews:
        for name, expected in review.evidence.items():
            if not (folder / name).is_file():
                broken[review.review] = f"evidence_missing:{name}"
            elif not has_sha256(folder / name, expected):
                broken[review.review] = f"evidence_changed:{name}"
    return broken


def in_future(reviews: Sequence[Review], last: dt.date) -> dict[str, str]:
    """Reviews dated after the last day they can have been made on: id of the review, and what is wrong."""
    return {review.review: f"dated_in_future:{review.date}" for review in reviews if review.date > last}


def apply(
    assessments: pd.DataFrame,
    reviews: Sequence[Review],
    evidence: pd.DataFrame,
    boundaries: pd.Series,
    broken: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """ASSESSMENTS with `review` and `final_outcome` filled; `outcome` stays.

    A plot is cleared (`cleared_by_review`, never `low`) when sound reviews answer every reason that asks something.
    A review that confirms deforestation makes the plot `high`, whatever the layers say and whatever its own documents
    lack: bad news stands, what is wrong with it is noted. A clearance needs all its documents: `undetermined` dated
    imagery after the cut-off; `high` two people and dated imagery; a self-declaration alone clears nothing. What a
    review could not do stands in `review` with its cause.

    Args:
        assessments: ASSESSMENTS.
        reviews: rows of reviews.csv.
        evidence: EVIDENCE of the harvest; a review made on other evidence is stale.
        boundaries: geometry of its PLOTS; one of another place is other evidence.
        broken: reviews whose files do not hold, from `broken_files`.

    Raises:
        ConfigError: a confirmed clearing names a plot of these cooperatives that is not there.
    """
    return judge(assessments, reviews, evidence, boundaries, broken)[0]


def judge(
    assessments: pd.DataFrame,
    reviews: Sequence[Review],
    evidence: pd.DataFrame,
    boundaries: pd.Series,
    broken: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, list[Effect]]:
    """As `apply`, and what every review does for each of its plots, in the order of the file.

    Raises:
        ConfigError: as `apply`.
    """
    if not reviews:
        return assessments.copy(), []
    refuse_strangers(reviews, assessments)
    named = _named(reviews, assessments)
    reviewed = sorted({plot for plots in named for plot in plots})
    digests = evidence_digest(evidence, boundaries, reviewed)
    result = assessments.copy()
    effects: list[Effect] = []
    for plot in reviewed:
        mine = [(review, plots[plot]) for review, plots in zip(reviews, named, strict=True) if plot in plots]
        row = assessments.loc[[plot]].iloc[0]
        outcome, text, found = _settle(row, mine, digests[plot], broken or {})
        result.loc[plot, ["review", "final_outcome"]] = [text, outcome]
        effects += found
    strangers = unknown_plots(reviews, assessments)
    effects += [Effect(one, plot, UNKNOWN) for one in reviews for plot in strangers.get(one.review, ())]
    order = {one.review: number for number, one in enumerate(reviews)}
    return result, sorted(effects, key=lambda one: order[one.review.review])


def refuse_strangers(reviews: Sequence[Review], assessments: pd.DataFrame) -> None:
    """Refuse a confirmed clearing of a plot that nobody knows: under its right id it would be `high`.

    Plots of cooperatives that are not in this harvest belong to another one, whose reviews may stand in the same file.
    """
    cooperatives = {folded(str(plot).partition("/")[0]) for plot in assessments.index}
    decisions = {review.review: review.decision for review in reviews}
    for name, plots in unknown_plots(reviews, assessments).items():
        for plot in plots:
            known = "/" not in plot or folded(plot.partition("/")[0]) in cooperatives
            if decisions[name] == "confirm" and known:
                near = nearest(plot, assessments.index)
                raise ConfigError(sentence("documents", "stranger_confirmed", review=name, plot=plot, near=near))


def refuse_misplaced(reviews: Sequence[Review], plots: Iterable[str], others: Iterable[str]) -> None:
    """Refuse a confirmed clearing under a cooperative that nobody knows, where a plot of this harvest has the id.

    Rightly written the plot would be `high`. A review meant for another harvest passes where no plot here has its id,
    or where that cooperative is known.

    Args:
        reviews: rows of reviews.csv.
        plots: plots of the harvest, COOPERATIVE/ID.
        others: cooperatives of other harvests.

    Raises:
        ConfigError: names the review, its plot and those here that have the id.
    """
    if all(review.decision != "confirm" for review in reviews):
        return
    mine = list(plots)
    known = {folded(name) for name in (*others, *(plot.partition("/")[0] for plot in mine))}
    for review in (one for one in reviews if one.decision == "confirm"):
        for plot in review.plots:
            cooperative, slash, name = plot.partition("/")
            same = [one for one in mine if folded(one.partition("/")[2]) == folded(name)]
            if slash and same and folded(cooperative) not in known:
                here = ", ".join(same[:5])
                facts = {"review": review.review, "plot": plot, "cooperative": cooperative, "here": here}
                raise ConfigError(sentence("documents", "misplaced_confirmed", **facts))


def unknown_plots(reviews: Sequence[Review], assessments: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Plots that reviews name and the harvest does not have, by review."""
    named = _named(reviews, assessments)
    strangers = {}
    for review, plots in zip(reviews, named, strict=True):
        found = set(plots) if review.decision == "clear" else {form for plot in plots for form in _forms(plot)}
        taken = (lambda plot: plot) if review.decision == "clear" else folded
        strangers[review.review] = tuple(plot for plot in review.plots if taken(plot) not in found)
    return {name: plots for name, plots in strangers.items() if plots}


def _forms(plot: str) -> set[str]:
    """What a plot may be called: with its cooperative or without, however its letters are written."""
    return {folded(plot), folded(plot.partition("/")[2])}


def _named(reviews: Sequence[Review], assessments: pd.DataFrame) -> list[dict[str, str]]:
    """Per review the plots of the harvest it is about, with the digest it names for each.

    A clearance is about the plots it names to the letter; a confirmed clearing also about those written in other
    letters.
    """
    plots = [str(plot) for plot in assessments.index]
    forms: dict[str, list[str]] = {}
    for plot in plots if any(review.decision == "confirm" for review in reviews) else ():
        for form in _forms(plot):
            forms.setdefault(form, []).append(plot)
    known = set(plots)
    found: list[dict[str, str]] = []
    for review in reviews:
        mine: dict[str, str] = {}
        for plot, digest in zip(review.plots, review.digests, strict=True):
            same = [plot] if plot in known else forms.get(folded(plot), []) if review.decision == "confirm" else []
            mine |= {one: digest for one in same if one not in mine}
        found.append(mine)
    return found


def _settle(
    row: pd.Series, reviews: Sequence[tuple[Review, str]], digest: str, broken: Mapping[str, str]
) -> tuple[str, str, list[Effect]]:
    """Final outcome of a plot, what each review did in one text, and one by one."""
    outcome, codes = str(row["outcome"]), set(str(row["reasons"]).split())
    faults = [_fault_on(review, made_on, outcome, codes, digest, broken) for review, made_on in reviews]
    notes, answered, confirmed = [], set(), False
    for (review, _), fault in zip(reviews, faults, strict=True):
        if review.decision == "confirm":
            notes.append(f"{review.review} confirm" + (f" ({fault})" if fault else ""))
            confirmed = True
            continue
        notes.append(f"{review.review} {fault or 'clear'}")
        answered |= set() if fault else set(review.reasons)
    left = tuple(sorted(codes - EXPLAINS - answered))
    if confirmed:
        outcome = "high"
    elif answered and left and outcome != "low":
        notes.append(f"still open: {' '.join(left)}")
    elif answered and outcome != "low":
        outcome = "cleared_by_review"
    effects = [
        Effect(review, str(row.name), fault, left, outcome, confirmed and review.decision == "clear")
        for (review, _), fault in zip(reviews, faults, strict=True)
    ]
    return outcome, "; ".join(notes), effects


def _fault_on(
    review: Review, made_on: str, outcome: str, codes: set[str], digest: str, broken: Mapping[str, str]
) -> str | None:
    """What is wrong with a review of a plot with some outcome, reason codes and evidence; None where it is sound."""
    fault = broken.get(review.review) or review.fault
    if review.decision == "confirm":
        return fault
    if codes & NO_REVIEW:
        fault = fault or "cannot_be_reviewed"
    fault = fault or review.fault_for(outcome) or (None if made_on == digest else "stale:evidence_changed")
    return fault or (None if codes & set(review.reasons) else "stale:reason_gone")
