"""Reviews: how people settle what the layers leave open, and contest what they say.

A review settles a plot only together with the evidence it was made on: when that changes, it is stale and says so.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.persons import are_two, words_of
from eudr_check.errors import ConfigError
from eudr_check.evidence_digest import evidence_digest
from eudr_check.files import has_sha256, is_safe_name
from eudr_check.law.regulation import CUTOFF
from eudr_check.spelling import folded, nearest

COLUMNS = ("review", "plots", "decision", "reason", "grounds", "evidence", "imagery", "reviewer", "second_reviewer",
           "date", "evidence_digest")  # fmt: skip
DECISIONS = ("clear", "confirm")
"""`clear`: what the layers show was no deforestation. `confirm`: it was."""
GROUNDS = ("imagery", "field_visit", "official_record", "land_record", "self_declaration")
NO_REVIEW = frozenset({"geometry_blocked", "not_assessed"})
"""States a review cannot settle: the plot must be repaired, or a policy made."""
EXPLAINS = frozenset({"send_polygon", "adjoining_plots", "tree_crop_2020", "whisp_columns_absent"})
"""Codes that explain and ask nothing a review could answer."""
IMAGERY_SINCE = dt.date(2020, 1, 1)
"""Ours: an image older than a year before the cut-off shows the ground of another year."""
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True)
class Review:
    """One row of reviews.csv."""

    review: str
    plots: tuple[str, ...]
    decision: str
    reasons: tuple[str, ...]
    grounds: str
    evidence: Mapping[str, str]
    """File, relative to the CSV: SHA-256."""
    imagery: Mapping[str, dt.date]
    """Id of an image: its date."""
    reviewer: str
    second_reviewer: str
    date: dt.date
    digests: tuple[str, ...]
    """Digest of the evidence under the review, one per plot."""

    @property
    def fault(self) -> str | None:
        """What its documents lack, whatever the plot; None where they are whole."""
        if any(day > self.date for day in self.imagery.values()):
            return "image_after_review"
        if self.grounds == "self_declaration":
            return "self_declaration_alone"
        if not self.evidence and not self.imagery:
            return "no_evidence_named"
        return None

    def fault_for(self, outcome: str) -> str | None:
        """Why the review does not suffice for a plot of some outcome; None where it does."""
        telling = [day for day in self.imagery.values() if day >= IMAGERY_SINCE]
        if outcome in {"undetermined", "high"} and not telling:
            return "needs_dated_imagery"
        if outcome == "undetermined" and max(telling) <= CUTOFF:
            return "needs_imagery_after_cutoff"
        if outcome == "high" and not are_two(self.reviewer, self.second_reviewer):
            return "needs_second_reviewer"
        return None


def read_reviews(path: Path) -> tuple[Review, ...]:
    """Read reviews.csv.

    Lists are separated by semicolons: plots `coop/1; coop/2`, evidence `photo.jpg=SHA256`, imagery
    `S2B_18MTS_20201219=2020-12-19`, evidence_digest one per plot (`eudr-check explain` prints it).

    Raises:
        ConfigError: names file, row and what to do.
    """
    reviews = tuple(_review(row, place) for row, place in rows_of(path, "reviews", COLUMNS))
    repeated = [review.review for i, review in enumerate(reviews) if review.review in {r.review for r in reviews[:i]}]
    if repeated:
        raise ConfigError(f"{path}: review {repeated[0]} stands there twice; give every review its own id")
    return reviews


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
        broken: reviews whose files do not hold, from `broken_files`.

    Raises:
        ConfigError: a confirmed clearing names a plot of these cooperatives that is not there.
    """
    _refuse_strangers(reviews, assessments)
    named = _named(reviews, assessments)
    reviewed = sorted({plot for plots in named for plot in plots})
    digests = evidence_digest(evidence, reviewed)
    result = assessments.copy()
    for plot in reviewed:
        mine = [(review, plots[plot]) for review, plots in zip(reviews, named, strict=True) if plot in plots]
        row = assessments.loc[[plot]].iloc[0]
        outcome, text = _settle(row, mine, digests[plot], broken or {})
        result.loc[plot, ["review", "final_outcome"]] = [text, outcome]
    return result


def _refuse_strangers(reviews: Sequence[Review], assessments: pd.DataFrame) -> None:
    """Refuse a confirmed clearing of a plot that nobody knows: under its right id it would be `high`.

    Plots of cooperatives that are not in this harvest belong to another one, whose reviews may stand in the same file.
    """
    cooperatives = {folded(str(plot).partition("/")[0]) for plot in assessments.index}
    decisions = {review.review: review.decision for review in reviews}
    for name, plots in unknown_plots(reviews, assessments).items():
        for plot in plots:
            known = "/" not in plot or folded(plot.partition("/")[0]) in cooperatives
            if decisions[name] == "confirm" and known:
                raise ConfigError(
                    f"reviews: {name} confirms a clearing on '{plot}', a plot this harvest does not have"
                    f"{nearest(plot, assessments.index)}; write its id as the plots have it"
                )


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
) -> tuple[str, str]:
    """Final outcome of a plot, and what each review did."""
    outcome = str(row["outcome"])
    codes = set(str(row["reasons"]).split())
    open_codes = codes - EXPLAINS
    notes, answered, confirmed = [], set(), False
    for review, made_on in reviews:
        fault = broken.get(review.review) or review.fault
        if review.decision == "clear" and codes & NO_REVIEW:
            fault = fault or "cannot_be_reviewed"
        if fault is None and review.decision == "clear":
            fault = review.fault_for(outcome) or (None if made_on == digest else "stale:evidence_changed")
        if review.decision == "confirm":
            notes.append(f"{review.review} confirm" + (f" ({fault})" if fault else ""))
            confirmed = True
            continue
        if fault is None and not codes & set(review.reasons):
            fault = "stale:reason_gone"
        notes.append(f"{review.review} {fault or 'clear'}")
        answered |= set() if fault else set(review.reasons)
    if confirmed:
        return "high", "; ".join(notes)
    left = sorted(open_codes - answered)
    if answered and left and outcome != "low":
        return outcome, "; ".join([*notes, f"still open: {' '.join(left)}"])
    return ("cleared_by_review" if answered and outcome != "low" else outcome), "; ".join(notes)


def _review(row: Mapping[str, str | None], place: str) -> Review:
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    plots, digests = _list(text["plots"]), _list(text["evidence_digest"])
    for name in ("review", "plots", "reason", "reviewer"):
        if not text[name]:
            raise ConfigError(f"{place}: '{name}' is empty; every review needs it")
    if not words_of(text["reviewer"]):
        raise ConfigError(f"{place}: reviewer '{text['reviewer']}' is no name; write who made the review")
    if text["decision"] not in DECISIONS:
        raise ConfigError(f"{place}: decision '{text['decision']}'; write one of {', '.join(DECISIONS)}")
    if text["grounds"] not in GROUNDS:
        raise ConfigError(f"{place}: grounds '{text['grounds']}'; write one of {', '.join(GROUNDS)}")
    if len(digests) != len(plots):
        raise ConfigError(
            f"{place}: {len(digests)} evidence digests for {len(plots)} plots; give one per plot, in the same order "
            "(`eudr-check explain CONFIG PLOT` prints it)"
        )
    evidence = _pairs(text["evidence"], place, "evidence")
    for name, digest in evidence.items():
        if ":" in name or not is_safe_name(name.replace("\\", "/")):
            raise ConfigError(f"{place}: evidence {name} lies outside the folder of the file; copy it there")
        if not _SHA256.match(digest):
            raise ConfigError(f"{place}: evidence {name} has no SHA-256 of 64 hexadecimal digits; `sha256sum` gives it")
    return Review(
        text["review"],
        plots,
        text["decision"],
        tuple(text["reason"].replace(";", " ").split()),
        text["grounds"],
        evidence,
        {
            name: _date(day, f"{place}, imagery {name}")
            for name, day in _pairs(text["imagery"], place, "imagery").items()
        },
        text["reviewer"],
        text["second_reviewer"],
        _date(text["date"], f"{place}, date"),
        digests,
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _pairs(text: str, place: str, column: str) -> dict[str, str]:
    pairs = {}
    for part in _list(text):
        name, sign, value = part.rpartition("=")
        if not sign or not name.strip():
            raise ConfigError(f"{place}: {column} '{part}'; write NAME=VALUE, several separated by semicolons")
        pairs[name.strip()] = value.strip()
    return pairs


def _date(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{place}: '{text}' is no date; write YYYY-MM-DD") from error
