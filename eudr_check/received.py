"""Reference numbers that suppliers hand over: read from their file, asked of the EU system, kept in the register.

What the service does not say is unknown: no answer, a fault and "not found" are none of its three results.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from eudr_check.documents.csv_rows import rows_of
from eudr_check.errors import ConfigError, RegisterError
from eudr_check.filing import messages
from eudr_check.filing.answers import RESULTS, Fault
from eudr_check.filing.transport import Link, NoAnswerError, NotSentError
from eudr_check.postgresql import Place
from eudr_check.register.numbers import reference_number, verification_number
from eudr_check.register.received import Check, keep
from eudr_check.text import Sentence, sentence

COLUMNS = ("reference_number", "verification_number")
UNKNOWN = "unknown"
NOT_ASKED = "not asked"
USABLE = "EXISTING_USABLE"
MOST_SILENT = 3
"""Questions in a row without an answer after which the service counts as down, and no more are asked."""
_said = partial(sentence, "filing")


@dataclass(frozen=True)
class Pair:
    """A reference number with its verification number."""

    reference: str
    verification: str = field(repr=False)
    supplier: str
    lots: str
    place: str
    """File and line."""


@dataclass(frozen=True)
class Received:
    """What a file of a supplier holds."""

    pairs: tuple[Pair, ...]
    findings: tuple[Sentence, ...]
    """Rows that are no pair of numbers, or repeat another; one sentence each."""


@dataclass(frozen=True)
class Asked:
    """A question that was put, or could not be."""

    check: Check
    fault: Fault | None = None
    """Why the service refused to say."""
    heard: bool = True
    """Whether it said anything at all."""


def read(path: Path) -> Received:
    """Read references of suppliers; a row that holds no pair of numbers is a finding and stops no other.

    Args:
        path: CSV or XLSX with `reference_number` and `verification_number`, and `supplier` and `lots` where known;
            headers in English, Spanish, French or Portuguese.

    Raises:
        ConfigError: the file is missing, is no table, lacks a column, has a line that is no whole row, or no row.
    """
    found: dict[tuple[str, str], Pair] = {}
    findings: list[Sentence] = []
    for row, place in rows_of(path, "received", COLUMNS):
        text = {name: (row.get(name) or "").strip() for name in (*COLUMNS, "supplier", "lots")}
        if not any(text.values()):
            continue
        # The register is passed on, and no path of a machine belongs into it.
        where = place.replace(str(path), path.name)
        try:
            reference = reference_number(text["reference_number"])
        except RegisterError:
            stated = "".join(text["reference_number"].split())
            findings.append(_said("received_reference", place=where, value=stated, count=len(stated)))
            continue
        try:
            verification = verification_number(text["verification_number"])
        except RegisterError:
            count = len("".join(text["verification_number"].split()))
            findings.append(_said("received_verification", place=where, reference=reference, count=count))
            continue
        pair = Pair(reference, verification, text["supplier"], text["lots"], where)
        first = found.setdefault((reference, verification), pair)
        if first is not pair:
            findings.append(_said("received_twice", place=where, reference=reference, other=first.place))
    if not found and not findings:
        raise ConfigError(_said("received_none", file=str(path)))
    return Received(tuple(found.values()), tuple(findings))


def check(pairs: Sequence[Pair], link: Link, register: Place, system: str) -> Iterator[Asked]:
    """Ask for every pair of numbers, one call each, and keep each answer as soon as it is there.

    Where the service does not answer `MOST_SILENT` times in a row, or does not know its user, the others are unknown
    without having been asked: a user who goes on with a wrong key is locked out.

    Args:
        pairs: the numbers.
        link: the way to the service; it keeps to five calls a second.
        register: where date and answer are kept.
        system: acceptance, production, or practice.

    Yields:
        What came of each, in their order.

    Raises:
        RegisterError: the register belongs to another system, or cannot be written.
    """
    silent, locked = 0, False
    for pair in pairs:
        if locked or silent >= MOST_SILENT:
            asked = Asked(_kept(pair, system, UNKNOWN, answer=NOT_ASKED))
        else:
            asked = _asked(pair, link, system)
            silent = 0 if asked.heard else silent + 1
            locked = asked.fault is not None and asked.fault.kind in ("unauthenticated", "permission")
        keep(register, asked.check, dt.datetime.now(dt.UTC))
        yield asked


def _asked(pair: Pair, link: Link, system: str) -> Asked:
    try:
        answer, (_, raw) = link.send(messages.verify(pair.reference, pair.verification))
    except (NotSentError, NoAnswerError) as error:
        return Asked(_kept(pair, system, UNKNOWN, answer=str(error)), heard=False)
    said = raw.decode("utf-8", "backslashreplace")
    result = answer.result if answer.result in RESULTS else UNKNOWN
    return Asked(_kept(pair, system, result, status=answer.status, answer=said), answer.fault)


def _kept(pair: Pair, system: str, result: str, *, status: str | None = None, answer: str) -> Check:
    about = (pair.reference, pair.verification, pair.supplier or None, pair.lots or None, pair.place)
    return Check(system, *about, result, status, answer)
