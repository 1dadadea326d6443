"""One review: what somebody decided about plots, on which grounds, and how a row of reviews.csv is read."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eudr_check.documents.csv_rows import rows_of
from eudr_check.documents.persons import are_two, words_of
from eudr_check.errors import ConfigError
from eudr_check.files import is_safe_name, leads_outside
from eudr_check.law.regulation import CUTOFF
from eudr_check.names import plain
from eudr_check.text import sentence, topic

COLUMNS = ("review", "plots", "decision", "reason", "grounds", "evidence", "imagery", "reviewer", "second_reviewer",
           "date", "evidence_digest")  # fmt: skip
WRITTEN_BY_PEOPLE = ("decision", "grounds", "evidence", "reviewer", "second_reviewer", "date")
"""Columns that a machine leaves empty: a row with one of them holds a decision, or a part of one."""
DECISIONS = ("clear", "confirm")
"""`clear`: what the layers show was no deforestation. `confirm`: it was."""
GROUNDS = ("imagery", "field_visit", "official_record", "land_record", "self_declaration")
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
    reviews = tuple(review_of(row, place) for row, place in rows_of(path, "reviews", COLUMNS))
    repeated = [review.review for i, review in enumerate(reviews) if review.review in {r.review for r in reviews[:i]}]
    if repeated:
        raise ConfigError(f"{path}: review {repeated[0]} stands there twice; give every review its own id")
    for review in reviews:
        for name in review.evidence:
            if leads_outside(path.parent, name):
                place = f"{path}, review {review.review}"
                raise ConfigError(sentence("reviews", "outside", place=place, name=name))
    return reviews


def review_of(row: Mapping[str, str | None], place: str) -> Review:
    """One review from the cells of a row.

    Args:
        row: text by column.
        place: words that say where it stands.

    Raises:
        ConfigError: names place, cell and what to do.
    """
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    plots, digests = _list(text["plots"]), _list(text["evidence_digest"])
    for name in ("review", "plots", "reason", "reviewer"):
        if not text[name]:
            raise ConfigError(f"{place}: '{name}' is empty; every review needs it")
    if not words_of(text["reviewer"]):
        raise ConfigError(f"{place}: reviewer '{text['reviewer']}' is no name; write who made the review")
    text["decision"] = coded("decision", text["decision"])
    text["grounds"] = coded("grounds", text["grounds"])
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


def coded(column: str, written: str) -> str:
    """The code of a decision or of grounds that were written in words of a language; other text as it stands.

    >>> coded("decision", "Sin deforestación"), coded("grounds", "field_visit"), coded("decision", "ok")
    ('clear', 'field_visit', 'ok')
    """
    return _words(column).get(plain(written), written)


@cache
def _words(column: str) -> dict[str, str]:
    codes = DECISIONS if column == "decision" else GROUNDS
    return {plain(word): code for code in codes for word in topic("reviews")[f"{column}_{code}"].values()}


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
