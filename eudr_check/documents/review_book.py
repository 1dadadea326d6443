"""reviews.csv as the book of all reviews: decisions are added at its end, and nothing that stands in it is changed."""

import csv
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from eudr_check import delimited
from eudr_check.documents import headers, workbook
from eudr_check.documents.csv_rows import raise_all
from eudr_check.documents.decisions import Decision
from eudr_check.documents.persons import are_two, words_of
from eudr_check.documents.review import COLUMNS, Review, half_cleared, read_reviews, review_of
from eudr_check.errors import ConfigError, EudrCheckError
from eudr_check.files import is_safe_name, leads_outside, sha256
from eudr_check.text import Sentence, sentence

EVIDENCE = "evidence"
"""Folder of evidence files beside reviews.csv."""
TODO = "todo "
"""How the number of a row begins that a sheet of what is to be reviewed asks for."""
_NOT_IN_A_LIST = re.compile(r"[;=:/\\\x00-\x1f]")


@dataclass(frozen=True)
class Additions:
    """What some decisions add to the book."""

    reviews: tuple[Review, ...] = ()
    copies: Mapping[str, Path] = field(default_factory=dict)
    """Evidence files by their new name, relative to the book."""
    notes: tuple[Sentence, ...] = ()


def additions(
    book: Path,
    there: Sequence[Review],
    decisions: Sequence[Decision],
    digests: Mapping[str, str],
    commodity: str = "",
) -> Additions:
    """Decisions as reviews with ids, SHA-256 of evidence, digests and second reviewers filled in.

    A decision that stands in the book already is left out. Where another person has decided the same of the same plots,
    reasons and evidence, that person is the second reviewer of the new review, with the images and files of both.

    Args:
        book: reviews.csv, which need not be there.
        there: what it holds.
        decisions: what people decided.
        digests: evidence digest of every plot named, as it is today.
        commodity: what is decided on, see `read_reviews`.

    Raises:
        ConfigError: all decisions that are wrong, or whose evidence file without SHA-256 is not beside their file.
    """
    added: list[Review] = []
    copies: dict[str, Path] = {}
    notes: list[Sentence] = []
    problems: list[EudrCheckError] = []
    for one in decisions:
        known = [*there, *added]
        try:
            raise_all([ConfigError(half) for half in half_cleared(one.row["decision"], commodity, str(one.place))])
            review, found = _review(book, one, known, copies, digests)
        except ConfigError as error:
            problems.append(error)
            continue
        if any(_same(review, other) for other in known):
            notes.append(sentence("reviews", "already", place=one.place, plots=", ".join(review.plots)))
            continue
        second = next((other for other in known if _agrees(review, other)), None)
        if second is not None and not review.second_reviewer:
            review = _together(review, second)
            names = {"review": review.review, "second": second.reviewer, "other": second.review}
            notes.append(sentence("reviews", "second", **names))
        added.append(review)
        copies |= found
    raise_all(problems)
    return Additions(tuple(added), copies, tuple(notes))


def _review(
    book: Path, one: Decision, known: Sequence[Review], copies: Mapping[str, Path], digests: Mapping[str, str]
) -> tuple[Review, dict[str, Path]]:
    """A decision with all filled in that a machine may fill in, and the evidence files to copy."""
    row = dict(one.row)
    row["evidence"], found = _evidence(book, one, copies)
    # A sheet of what is to be reviewed was written on the evidence of its day: without that it fits none of today.
    known_now = {} if row["review"].startswith(TODO) else digests
    row["evidence_digest"] = row["evidence_digest"] or "; ".join(
        known_now.get(plot.strip(), "?") for plot in row["plots"].split(";") if plot.strip()
    )
    row["review"] = _free_id(row["review"], known)
    return review_of(row, one.place), found


def write(book: Path, there: Sequence[Review], new: Additions) -> None:
    """Copy the evidence and add the reviews; the book is replaced at once, and only by one that reads back as it must.

    Raises:
        ConfigError: the book is a workbook, or cannot hold a review.
    """
    made = book.with_name(book.name + ".new")
    made.write_bytes(_with(book, new.reviews))
    try:
        if read_reviews(made) != (*there, *new.reviews):
            raise ConfigError(sentence("documents", "decision_unwritable", file=str(book)))
        for name, source in new.copies.items():
            (book.parent / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, book.parent / name)
        made.replace(book)
    finally:
        made.unlink(missing_ok=True)


def _with(book: Path, reviews: Sequence[Review]) -> bytes:
    content = book.read_bytes() if book.is_file() else b""
    if content.startswith(workbook.MAGIC):
        raise ConfigError(sentence("reviews", "no_workbook", file=str(book)))
    text, header, delimiter = delimited.text_of(content), list(COLUMNS), ","
    end = "\r\n" if "\r\n" in text else "\n"
    if text.strip():
        table = delimited.read(text, lambda cells: len(set(headers.ours("reviews", cells)) & set(COLUMNS)))
        first = next(record for record in table.records if not record.is_blank)
        header, delimiter = headers.ours("reviews", first.cells), table.delimiter
    rows = io.StringIO()
    writer = csv.writer(rows, delimiter=delimiter, lineterminator=end)
    if not text.strip():
        writer.writerow(header)
    writer.writerows([cells(one).get(name, "") for name in header] for one in reviews)
    before = text if not text or text.endswith(("\n", "\r")) else text + end
    mark = "\ufeff" if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) else ""
    return (mark + before.lstrip("\ufeff") + rows.getvalue()).encode()


def cells(one: Review) -> dict[str, str]:
    """A review as the cells of its row, by column."""
    return {
        "review": one.review,
        "plots": "; ".join(one.plots),
        "decision": one.decision,
        "reason": " ".join(one.reasons),
        "grounds": one.grounds,
        "evidence": "; ".join(f"{name}={digest}" for name, digest in one.evidence.items()),
        "imagery": "; ".join(f"{name}={day.isoformat()}" for name, day in one.imagery.items()),
        "reviewer": one.reviewer,
        "second_reviewer": one.second_reviewer,
        "date": one.date.isoformat(),
        "evidence_digest": "; ".join(one.digests),
    }


def _evidence(book: Path, one: Decision, copies: Mapping[str, Path]) -> tuple[str, dict[str, Path]]:
    """The evidence cell with names relative to the book and SHA-256, and the files to copy there.

    A file that is not there, or holds something else than what was reviewed, keeps the name and SHA-256 it was given:
    the review then says so by itself.
    """
    named, found = [], dict[str, Path]()
    for part in filter(None, map(str.strip, one.row["evidence"].split(";"))):
        name, _, expected = part.rpartition("=") if "=" in part else (part, "", "")
        if ":" in name or not is_safe_name(name.strip().replace("\\", "/")):
            raise ConfigError(sentence("reviews", "outside", place=one.place, name=name.strip()))
        source = _source(book, one.file, name.strip(), expected.strip())
        if source is None and not expected.strip():
            names = {"place": one.place, "name": name.strip(), "file": one.file.name}
            raise ConfigError(sentence("reviews", "no_evidence_file", **names))
        digest = expected.strip() if source is None else sha256(source)
        if source is not None and source.is_relative_to(book.parent):
            target = source.relative_to(book.parent).as_posix()
        else:
            target = _target(book, name.strip(), digest, {**copies, **found})
            if source is not None:
                found[target] = source
        named.append(f"{target}={digest}")
    return "; ".join(named), found


def _source(book: Path, file: Path, name: str, expected: str) -> Path | None:
    """The evidence file: beside the file of decisions or beside the book, with the SHA-256 expected where one is."""
    for folder in (file.parent, file.parent / EVIDENCE, book.parent, book.parent / EVIDENCE):
        there = folder / name
        if there.is_file() and leads_outside(folder, name):
            raise ConfigError(sentence("reviews", "outside", place=str(file), name=name))
        if there.is_file() and (not expected or sha256(there) == expected):
            return there
    return None


def _target(book: Path, name: str, digest: str, copies: Mapping[str, Path]) -> str:
    """A name in the evidence folder that no other content has."""
    plain = _NOT_IN_A_LIST.sub("_", Path(name.replace("\\", "/")).name) or "file"
    for stem in (plain, f"{digest[:12]}-{plain}"):
        target = f"{EVIDENCE}/{stem}"
        held = copies.get(target) or book.parent / target
        if not held.is_file() or sha256(held) == digest:
            return target
    return f"{EVIDENCE}/{digest}-{plain}"


def _free_id(wished: str, known: Sequence[Review]) -> str:
    """The id a person gave, where it is free; else the next number."""
    taken = {one.review for one in known}
    if wished and not wished.startswith(TODO) and wished not in taken:
        return wished
    number = len(known) + 1
    while f"R{number:02}" in taken:
        number += 1
    return f"R{number:02}"


def _said(one: Review) -> tuple[object, ...]:
    return (one.plots, one.decision, frozenset(one.reasons), one.digests)


def _same(one: Review, other: Review) -> bool:
    """Whether two reviews are one decision of one person: the other may have got a second reviewer since."""
    if _said(one) != _said(other) or words_of(one.reviewer) != words_of(other.reviewer):
        return False
    held = set(one.evidence.values()) <= set(other.evidence.values()) and one.imagery.items() <= other.imagery.items()
    return held and one.grounds == other.grounds and one.date <= other.date


def _agrees(one: Review, other: Review) -> bool:
    """Whether another person cleared the same with documents that hold."""
    return _said(one) == _said(other) and other.fault is None and are_two(one.reviewer, other.reviewer)


def _together(one: Review, second: Review) -> Review:
    return replace(
        one,
        second_reviewer=second.reviewer,
        evidence={**second.evidence, **one.evidence},
        imagery={**second.imagery, **one.imagery},
        date=max(one.date, second.date),
    )
