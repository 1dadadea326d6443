"""What the practice system remembers and how it decides; faults and quirks are those reported from the real one."""

import base64
import binascii
import datetime as dt
import json
import secrets
import string
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from eudr_check.filing.messages import NAMESPACES, Kind
from eudr_check.records import Element

QUIRKS = (
    "amend-refused-early",
    "error-after-withdraw",
    "no-data-found",
    "throttle",
    "timeout-after-submit",
    "empty-at-first",
    "reject",
)
"""Behaviour of the real system that is switched on by name.

amend-refused-early: an amendment is refused until the statement has been seen AVAILABLE twice.
error-after-withdraw: the state of what was withdrawn comes as InternalSystemException.
no-data-found: content is not found by valid numbers.
throttle: the sixth request within a second gets HTTP 429.
timeout-after-submit: the first submission is taken, and its answer is lost.
empty-at-first: the first question about a statement has an empty answer.
reject: statements become REJECTED.
"""
_LETTERS = string.ascii_uppercase + string.digits
CALLS_PER_SECOND = 5


class Refusal(Exception):  # noqa: N818 -- an answer, not an error of this program
    """A fault of the system: name of the exception, fault string, and errors as (id, message, field)."""

    def __init__(self, name: str, text: str, *errors: tuple[str, str, str]) -> None:
        super().__init__(text)
        self.name, self.text, self.errors = name, text, errors


@dataclass
class Record:
    """One filing."""

    kind: Kind
    uuid: str
    reference: str
    statement: Element
    status: str = "SUBMITTED"
    polls: int = 0
    version: int = 1
    reference_number: str | None = None
    verification_number: str | None = None
    rejection_reason: str | None = None
    date: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"))


@dataclass
class System:
    """The state of the practice system."""

    polls: int = 2
    """Questions after which SUBMITTED becomes AVAILABLE."""
    quirks: Collection[str] = ()
    records: list[Record] = field(default_factory=list)
    nonces: set[bytes] = field(default_factory=set)
    calls: list[tuple[float, str]] = field(default_factory=list)
    """Monotonic time and name of every request."""
    lost_one: bool = False

    def submit(self, kind: Kind, request: Element) -> Record:
        """Take a statement or declaration."""
        statement = request.find(f"{{{NAMESPACES[kind]}}}statement")
        self._check(kind, statement)
        reference = statement.findtext(f"{{{NAMESPACES[kind]}}}internalReferenceNumber") or ""
        record = Record(kind, str(uuid.uuid4()), reference, statement)
        self.records.append(record)
        return record

    def change(self, kind: Kind, request: Element, action: Literal["amend", "withdraw"]) -> Record:
        """Amend or withdraw."""
        record = self._record(kind, request[0].text)
        early = "amend-refused-early" in self.quirks and record.polls < self.polls + 1
        if record.status != "AVAILABLE" or (action == "amend" and early):
            name = "AMEND" if action == "amend" else "AMEND-OR-WITHDRAW"
            raise _business(f"EUDR-API-{name}-NOT-ALLOWED-FOR-STATUS", "Not allowed for this status.", "status")
        if action == "withdraw":
            record.status = "WITHDRAWN"
        else:
            statement = request.find(f"{{{NAMESPACES[kind]}}}statement")
            self._check(kind, statement)
            record.statement = statement
            record.version += 1
        return record

    def seen(self, kind: Kind, uuids: Collection[str]) -> list[Record]:
        """State of some filings; asking brings them nearer to AVAILABLE."""
        found = [record for record in self.records if record.kind == kind and record.uuid in uuids]
        return self._polled(found)

    def by_reference(self, kind: Kind, reference: str) -> list[Record]:
        """State of the filings with an internal reference."""
        return self._polled([one for one in self.records if one.kind == kind and one.reference == reference])

    def by_numbers(self, reference: str, verification: str) -> Record | None:
        """The filing of a pair of numbers."""
        pair = (reference, verification)
        return next((one for one in self.records if (one.reference_number, one.verification_number) == pair), None)

    def throttled(self, now: float) -> bool:
        """Whether a request comes too soon after others."""
        recent = [time for time, _ in self.calls if now - time < 1.0]
        return "throttle" in self.quirks and len(recent) >= CALLS_PER_SECOND

    def loses_answer(self) -> bool:
        """Whether the answer to this submission is lost on the way."""
        loses = "timeout-after-submit" in self.quirks and not self.lost_one
        self.lost_one |= loses
        return loses

    def _record(self, kind: Kind, wanted: str | None) -> Record:
        for record in self.records:
            if (record.kind, record.uuid) == (kind, wanted):
                return record
        raise _business("EUDR-API-NO-DDS", "No declaration with this identifier.", "uuid")

    def _polled(self, found: list[Record]) -> list[Record]:
        if not found:
            raise Refusal("NotFoundException", "Data not found.")
        if "error-after-withdraw" in self.quirks and any(one.status == "WITHDRAWN" for one in found):
            raise Refusal("InternalSystemException", "InternalSystemException")
        shown = [one for one in found if one.polls or "empty-at-first" not in self.quirks]
        for one in found:
            one.polls += 1
            if one.status == "SUBMITTED" and one.polls >= self.polls:
                self._decide(one)
        return shown

    def _decide(self, record: Record) -> None:
        if "reject" in self.quirks:
            record.status, record.rejection_reason = "REJECTED", "Practice: rejected as asked"
            return
        record.status = "AVAILABLE"
        head = "26XX" if record.kind == "dds" else "S26XX"
        record.reference_number = head + "".join(secrets.choice(_LETTERS) for _ in range(14 - len(head)))
        record.verification_number = "".join(secrets.choice(_LETTERS) for _ in range(8))

    def _check(self, kind: Kind, statement: Any) -> None:
        """Rules of business; the geolocation is read first, and a fault in it hides the others."""
        geo = list(_geo_faults(statement))
        if geo:
            raise Refusal("BusinessRulesValidationException", "Some business rules are not met", *geo)
        rules = list(_rule_faults(kind, statement))
        numbers = {record.reference_number for record in self.records if record.status == "AVAILABLE"}
        rules += [
            ("EUDR-REFERENCED-STATEMENT-NOT-FOUND", "Referenced statement not found.", "groupedDeclarations")
            for one in statement.iter(f"{{{NAMESPACES[kind]}}}groupedDeclarations")
            if "".join(one.itertext()).strip() not in numbers
        ]
        if rules:
            raise Refusal("BusinessRulesValidationException", "Some business rules are not met", *rules)


def _geo_faults(statement: Any) -> Iterator[tuple[str, str, str]]:
    for element in statement.iter("{*}geometryGeojson"):
        try:
            content = json.loads(base64.b64decode(element.text or "", validate=True))
            pairs = list(_positions(content.get("features") or []))
        except (ValueError, binascii.Error, AttributeError, TypeError):
            yield ("EUDR-COMMODITIES-PRODUCER-GEO-INVALID", "Geolocation cannot be read.", "geometryGeojson")
            continue
        if any(abs(latitude) > 90 for _, latitude in pairs):
            yield ("EUDR-COMMODITIES-PRODUCER-GEO-LATITUDE-INVALID", "Latitude out of range.", "geometryGeojson")
        if not pairs:
            yield ("EUDR-COMMODITIES-PRODUCER-GEO-EMPTY", "No geolocation.", "geometryGeojson")


def _positions(value: Any) -> Iterator[tuple[float, float]]:
    """Longitude and latitude of everything below a list of features."""
    if isinstance(value, dict):
        for name in ("geometry", "geometries", "coordinates"):
            yield from _positions(value.get(name) or [])
    elif value and not isinstance(value[0], list | dict):
        yield float(value[0]), float(value[1])
    else:
        for one in value:
            yield from _positions(one)


def _rule_faults(kind: Kind, statement: Any) -> Iterator[tuple[str, str, str]]:
    activity = statement.findtext(f"{{{NAMESPACES[kind]}}}activityType")
    for line in statement.iter(f"{{{NAMESPACES[kind]}}}commodities"):
        heading = line.findtext(f"{{{NAMESPACES[kind]}}}hsHeading") or ""
        if len(heading) < 4:
            yield ("EUDR-COMMODITIES-HS-CODE-INVALID", f"HS code {heading} is not valid.", "hsHeading")
        names = {etree.QName(one).localname for one in line.iter() if isinstance(one.tag, str)}
        if activity != "DOMESTIC" and "netWeight" not in names:
            yield ("EUDR-COMMODITIES-DESCRIPTOR-NET-MASS-EMPTY", "Net mass is missing.", "netWeight")
        if activity != "DOMESTIC" and "percentageEstimationOrDeviation" in names:
            yield (
                "EUDR-COMMODITIES-DESCRIPTOR-PERCENTAGE-ESTIMATION-NOT-ALLOWED",
                "Percentage is not allowed.",
                "percentageEstimationOrDeviation",
            )


def _business(identifier: str, message: str, where: str) -> Refusal:
    return Refusal("BusinessRulesValidationException", "Some business rules are not met", (identifier, message, where))
