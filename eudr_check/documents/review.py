"""One review: what somebody decided about plots, on which grounds, and how a row of reviews.csv is read."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from eudr_check.documents.csv_rows import raise_all, refuse, table_of
from eudr_check.documents.persons import are_two, words_of
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.files import is_safe_name, leads_outside
from eudr_check.law.regulation import CUTOFF
from eudr_check.names import spelled
from eudr_check.text import Sentence, sentence, topic
from eudr_check.text.decided import both, decision

COLUMNS = ("review", "plots", "decision", "reason", "grounds", "evidence", "imagery", "reviewer", "second_reviewer",
           "date", "evidence_digest")  # fmt: skip
WRITTEN_BY_PEOPLE = ("decision", "grounds", "evidence", "reviewer", "second_reviewer", "date")
"""Columns that a machine leaves empty: a row with one of them holds a decision, or a part of one."""
DECISIONS = ("clear", "confirm")
"""`clear`: what the layers show was no deforestation, of wood no degradation either. `confirm`: it was."""
GROUNDS = ("imagery", "field_visit", "official_record", "land_record", "self_declaration")
COMPOSITE = "radar_median"
"""Part of the names of pictures made of several days."""
IMAGERY_SINCE = dt.date(2020, 1, 1)
"""Ours: an image older than a year before the cut-off shows the ground of another year."""
NOTHING = hashlib.sha256(b"").hexdigest()
"""SHA-256 of a file that holds nothing, as of a photograph that never arrived."""
_said = partial(sentence, "documents")
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
    def dated(self) -> Mapping[str, dt.date]:
        """Images of one day; a median of several days has no date."""
        return {name: day for name, day in self.imagery.items() if COMPOSITE not in name.lower()}

    @property
    def fault(self) -> str | None:
        """What its documents lack, whatever the plot; None where they are whole."""
        if any(day > self.date for day in self.imagery.values()):
            return "image_after_review"
        if self.date <= CUTOFF:
            return "made_before_cutoff"
        if self.grounds == "self_declaration":
            return "self_declaration_alone"
        if set(self.evidence.values()) <= {NOTHING} and not self.dated:
            return "no_evidence_named"
        return None

    def fault_for(self, outcome: str) -> str | None:
        """Why the review does not suffice for a plot of some outcome; None where it does."""
        telling = [day for day in self.dated.values() if day >= IMAGERY_SINCE]
        if outcome in {"undetermined", "high"} and not telling:
            return "needs_dated_imagery"
        if outcome == "undetermined" and max(telling) <= CUTOFF:
            return "needs_imagery_after_cutoff"
        if outcome == "high" and not are_two(self.reviewer, self.second_reviewer):
            return "needs_second_reviewer"
        return None


def read_reviews(path: Path, commodity: str = "") -> tuple[Review, ...]:
    """Read reviews.csv.

    Lists are separated by semicolons: plots `coop/1; coop/2`, evidence `photo.jpg=SHA256`, imagery
    `S2B_18MTS_20201219=2020-12-19`, evidence_digest one per plot (`eudr-check explain` prints it).

    Args:
        path: the file.
        commodity: what is decided on; of wood, words for "no deforestation" alone are no decision.

    Raises:
        ConfigError: all that is wrong with the file, each with row and what to do.
    """
    table = table_of(path, "reviews", COLUMNS)
    problems: list[EudrCheckError] = [*table.broken]
    reviews: list[Review] = []
    for row, place in table.rows:
        try:
            reviews.append(review_of(row, place, commodity))
        except ConfigError as error:
            problems.append(error)
            continue
        problems += [
            ConfigError(sentence("reviews", "outside", place=place, name=name))
            for name in reviews[-1].evidence
            if leads_outside(path.parent, name)
        ]
    times = Counter((row.get("review") or "").strip() for row, _ in table.rows)
    problems += [
        ConfigError(_said("review_twice", file=str(path), review=name))
        for name, many in times.items()
        if name and many > 1
    ]
    raise_all(problems)
    return tuple(reviews)


def review_of(row: Mapping[str, str | None], place: str, commodity: str = "") -> Review:
    """One review from the cells of a row.

    Args:
        row: text by column.
        place: words that say where it stands.
        commodity: what is decided on, see `read_reviews`.

    Raises:
        ConfigError: all that is wrong with it, each with place, cell and what to do.
    """
    text = {name: (row.get(name) or "").strip() for name in COLUMNS}
    half = half_cleared(text["decision"], commodity, place)
    text |= {name: coded(name, text[name]) for name in ("decision", "grounds")}
    refuse([*half, *_faults(text, place), *_evidence_faults(text, place), *_day_faults(text, place)])
    return Review(
        text["review"],
        _list(text["plots"]),
        text["decision"],
        tuple(text["reason"].replace(";", " ").split()),
        text["grounds"],
        _pairs(text["evidence"]),
        {name: dt.date.fromisoformat(day) for name, day in _pairs(text["imagery"]).items()},
        text["reviewer"],
        text["second_reviewer"],
        dt.date.fromisoformat(text["date"]),
        _list(text["evidence_digest"]),
    )


def _faults(text: Mapping[str, str], place: str) -> Iterator[Sentence]:
    for name in ("review", "plots", "reason", "reviewer"):
        if not text[name]:
            yield _said("review_cell_empty", place=place, column=name)
    if text["reviewer"] and not words_of(text["reviewer"]):
        yield _said("reviewer_no_name", place=place, value=text["reviewer"])
    for name, known in (("decision", DECISIONS), ("grounds", GROUNDS)):
        if text[name] not in known:
            yield _said("not_one_of", place=place, column=name, value=text[name], known=", ".join(known))
    digests, plots = len(_list(text["evidence_digest"])), len(_list(text["plots"]))
    if digests != plots:
        yield _said("digests_differ", place=place, digests=digests, plots=plots)


def _evidence_faults(text: Mapping[str, str], place: str) -> Iterator[Sentence]:
    for column in ("evidence", "imagery"):
        for part in _list(text[column]):
            name, sign, _ = part.rpartition("=")
            if not sign or not name.strip():
                yield _said("no_pair", place=place, column=column, value=part)
    for name, digest in _pairs(text["evidence"]).items():
        if ":" in name or not is_safe_name(name.replace("\\", "/")):
            yield sentence("reviews", "outside", place=place, name=name)
        elif not _SHA256.match(digest):
            yield _said("evidence_no_sha256", place=place, name=name)


def _day_faults(text: Mapping[str, str], place: str) -> Iterator[Sentence]:
    days = [("date", text["date"]), *((f"imagery {name}", day) for name, day in _pairs(text["imagery"]).items())]
    for column, day in days:
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            yield _said("no_day", place=place, column=column, value=day)


def coded(column: str, written: str) -> str:
    """The code of a decision or of grounds that were written in words of a language; other text as it stands.

    >>> coded("decision", "Sin deforestación"), coded("grounds", "field_visit"), coded("decision", "ok")
    ('clear', 'field_visit', 'ok')
    """
    return _words(column).get(spelled(written), written)


def half_cleared(written: str, commodity: str, place: str) -> list[Sentence]:
    """What is wrong with clearing wood in the words of other commodities: nobody was asked about degradation."""
    others = {spelled(word) for word in decision("clear", "coffee").everywhere()}
    if commodity != "wood" or spelled(written) not in others:
        return []
    words = "; ".join(dict.fromkeys(decision("clear", commodity).everywhere()))
    return [sentence("reviews", "half_cleared", place=place, value=written, known=words)]


@cache
def _words(column: str) -> dict[str, str]:
    if column == "decision":
        return {spelled(word): code for code in DECISIONS for words in both(code) for word in words.everywhere()}
    return {spelled(word): code for code in GROUNDS for word in topic("reviews")[f"grounds_{code}"].everywhere()}


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _pairs(text: str) -> dict[str, str]:
    """The NAME=VALUE of a cell."""
    parts = [part.rpartition("=") for part in _list(text)]
    return {name.strip(): value.strip() for name, sign, value in parts if sign and name.strip()}
