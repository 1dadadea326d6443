"""answers.csv: what the operator answers to the criteria that no data can answer, in its own words.

A row is one answer to one letter of Article 10(2), or to one topic of the short record of Article 13, with the person
who gave it, the day, and a file that shows it. Rows without an answer are open questions.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from eudr_check.documents.csv_rows import raise_all, rows_of, table_of
from eudr_check.errors import ConfigError
from eudr_check.files import is_safe_name, leads_outside, sha256
from eudr_check.text import Sentence, sentence

LETTERS = tuple("abcdefghijklmn")
TOPICS = ("complexity", "circumvention", "mixing")
"""What Article 13 still asks of a consignment only from low-risk countries."""
COLUMNS = ("letter", "answer", "evidence", "sha256", "date", "person")
WRITTEN = ("letter", "question", "answer", "evidence", "sha256", "date", "person", "cooperatives")
"""Columns of a file we write; `question` is for the person who fills it in."""
_said = partial(sentence, "documents")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[^\W_]{2}")


@dataclass(frozen=True)
class Answer:
    """One answer of the operator."""

    letter: str
    """a to n, or a topic of Article 13."""
    answer: str
    evidence: str
    """File relative to answers.csv; empty where none is named."""
    sha256: str
    date: dt.date
    person: str
    cooperatives: tuple[str, ...] = ()
    """Cooperatives it speaks of; empty: all of the harvest."""


def read_answers(path: Path, cooperatives: Sequence[str], last: dt.date) -> tuple[Answer, ...]:
    """Read answers.csv and check it against the files it names.

    Args:
        path: the file.
        cooperatives: those of the harvest.
        last: last day an answer can have been given on.

    Raises:
        ConfigError: all that is wrong with the file, each with row, column, value and remedy.
    """
    table = table_of(path, "answers", COLUMNS)
    faults: list[Sentence] = []
    found: list[tuple[Sentence, Answer]] = []
    for row, place in table.rows:
        text = {name: (row.get(name) or "").strip() for name in WRITTEN}
        wrong = [_said("at", place=place, problem=fault) for fault in _faults(text, path.parent, cooperatives, last)]
        faults += wrong
        if text["answer"] and not wrong:
            found.append((place, _answer(text)))
    raise_all([*table.broken, *(ConfigError(fault) for fault in (*faults, *_twice(found)))])
    return tuple(answer for _, answer in found)


def shown(answer: Answer) -> dict[str, object]:
    """An answer as statements show it, as JSON can hold it."""
    return vars(answer) | {"date": answer.date.isoformat(), "cooperatives": list(answer.cooperatives)}


def evidence_named(path: Path) -> set[str]:
    """Files that answers.csv names beside itself, whether they are there or not."""
    return {name for row, _ in rows_of(path, "answers", COLUMNS) if (name := (row.get("evidence") or "").strip())}


def given(answers: Sequence[Answer], letter: str, cooperatives: Sequence[str]) -> tuple[tuple[Answer, ...], bool]:
    """The answers to a letter that concern some cooperatives, naming no others, and whether they speak of all of
    those."""
    mine = tuple(
        replace(one, cooperatives=tuple(name for name in one.cooperatives if name in cooperatives))
        for one in answers
        if one.letter == letter and (not one.cooperatives or set(one.cooperatives) & set(cooperatives))
    )
    whole = any(not one.cooperatives for one in mine)
    spoken = {name for one in mine for name in one.cooperatives}
    return mine, whole or (bool(mine) and set(cooperatives) <= spoken)


def with_questions(path: Path, questions: Mapping[str, str]) -> str:
    """Text of answers.csv with a row for every open question; every row that is there stays as it says.

    A SHA-256 that was left out is filled in where its file is there.

    Args:
        path: the file, which need not be there.
        questions: question by letter or topic, in their order.

    Raises:
        ConfigError: the file is there and cannot be read.
    """
    rows = [dict(row) for row, _ in rows_of(path, "answers", COLUMNS)] if path.is_file() else []
    for row in rows:
        file = path.parent / (row["evidence"] or "").strip()
        if (row["evidence"] or "").strip() and not (row["sha256"] or "").strip() and file.is_file():
            row["sha256"] = sha256(file)
    there = {_letter(row["letter"] or "") for row in rows}
    rows += [{"letter": letter, "question": text} for letter, text in questions.items() if letter not in there]
    columns = list(dict.fromkeys([*WRITTEN, *(name for row in rows for name in row)]))
    made = io.StringIO()
    writer = csv.DictWriter(made, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()


def _letter(written: str) -> str:
    """A letter or topic as people write it: `(d)`, `D`, `d)`.

    >>> _letter(" (D) ")
    'd'
    """
    return written.strip().strip("().").casefold()


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))


def _answer(text: Mapping[str, str]) -> Answer:
    return Answer(
        _letter(text["letter"]),
        text["answer"],
        text["evidence"],
        text["sha256"].lower(),
        dt.date.fromisoformat(text["date"]),
        text["person"],
        _list(text["cooperatives"]),
    )


def _faults(text: Mapping[str, str], folder: Path, cooperatives: Sequence[str], last: dt.date) -> Iterator[Sentence]:
    """What is wrong with one row; an open question may lack everything but its letter."""
    if _letter(text["letter"]) not in (*LETTERS, *TOPICS):
        yield _said("letter_unknown", value=text["letter"], topics=", ".join(TOPICS))
    for name in _list(text["cooperatives"]):
        if name not in cooperatives:
            yield _said("no_cooperative", value=name, known=", ".join(sorted(set(cooperatives))))
    yield from _evidence_faults(text, folder)
    if not text["answer"]:
        return
    if not _WORD.search(text["answer"]):
        yield _said("answer_wordless", value=text["answer"])
    if not _WORD.search(text["person"]):
        yield _said("person_no_name", value=text["person"])
    try:
        day = dt.date.fromisoformat(text["date"])
    except ValueError:
        yield _said("answer_no_day", value=text["date"])
    else:
        if day > last:
            yield _said("answer_day_to_come", day=str(day), last=str(last))


def _evidence_faults(text: Mapping[str, str], folder: Path) -> Iterator[Sentence]:
    name, digest = text["evidence"], text["sha256"].lower()
    if not name:
        if digest:
            yield _said("sha256_alone")
        return
    if not is_safe_name(name) or re.search("[:~]", name) or leads_outside(folder, name):
        yield _said("answer_outside", name=name)
        return
    file = folder / name
    if not file.is_file():
        yield _said("answer_file_missing", name=name)
    elif not digest:
        yield _said("answer_no_sha256", name=name)
    elif not _SHA256.fullmatch(digest):
        yield _said("answer_sha256", value=text["sha256"])
    elif sha256(file) != digest:
        yield _said("answer_file_changed", name=name)


def _twice(found: Sequence[tuple[Sentence, Answer]]) -> Iterator[Sentence]:
    for position, (place, one) in enumerate(found):
        for earlier, other in found[:position]:
            if one.letter != other.letter:
                continue
            common = set(one.cooperatives) & set(other.cooperatives)
            if common:
                whom = ", ".join(sorted(common))
                yield _said("answered_twice_for", place=place, letter=one.letter, whom=whom, other=earlier)
            elif not one.cooperatives or not other.cooperatives:
                yield _said("answered_twice", place=place, letter=one.letter, other=earlier)
