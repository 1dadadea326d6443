"""What the EU system answers. Fault names and strings decide: nearly every fault comes as HTTP 500, whatever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from eudr_check.filing.messages import SOAP, parse
from eudr_check.text import sentence

FaultKind = Literal["business", "permission", "not_found", "unauthenticated", "schema", "other"]
RESULTS = ("EXISTING_USABLE", "EXISTING_NON_USABLE", "NON_EXISTENT")
"""What a verification may say."""
_BY_NAME: tuple[tuple[str, FaultKind], ...] = (
    ("businessrules", "business"),
    ("permissiondenied", "permission"),
    ("notfound", "not_found"),
    ("unauthenticated", "unauthenticated"),
    ("saxparse", "schema"),
    ("some business rules are not met", "business"),
    ("data not found", "not_found"),
    ("cvc-", "schema"),
)
"""What a name of the detail or the fault string contains, in lower case, and what it means."""


@dataclass(frozen=True)
class Fault:
    """Why a request was refused."""

    kind: FaultKind
    text: str
    """The fault string, word for word."""
    errors: tuple["Error", ...]


@dataclass(frozen=True)
class Error:
    """One broken rule."""

    id: str
    message: str
    field: str


@dataclass(frozen=True)
class Overview:
    """The state of one filing: the ten fields of the interface."""

    uuid: str
    internal_reference: str
    status: str
    reference_number: str | None = None
    verification_number: str | None = None
    rejection_reason: str | None = None
    communication: str | None = None
    """Of the competent authority, with its date in front."""
    date: str | None = None
    updated_by: str | None = None
    version: int | None = None


@dataclass(frozen=True)
class Answer:
    """One answer; what a field does not apply to is None."""

    name: str
    """Local name of the element in the body."""
    fault: Fault | None = None
    uuid: str | None = None
    status: str | None = None
    version: int | None = None
    result: str | None = None
    """Of a verification: one of `RESULTS`."""
    time: str | None = None
    overviews: tuple[Overview, ...] = ()


def read(content: bytes) -> Answer:
    """An answer of the EU system.

    Raises:
        ValueError: this is no SOAP answer, so whether the request was handled is not known.
    """
    root = parse(content)
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or not len(body):
        raise ValueError(sentence("filing", "no_soap", element=etree.QName(root).localname))
    element = next(one for one in body if isinstance(one.tag, str))
    name = etree.QName(element).localname
    if name == "Fault":
        return Answer(name, fault=_fault(element))
    version = _text(element, "version")
    return Answer(
        name,
        uuid=_text(element, "uuid") or _text(element, "sdIdentifier"),
        status=_text(element, "status"),
        version=None if version is None else int(version),
        result=_text(element, "result"),
        time=_text(element, "dateTime"),
        overviews=tuple(_overview(one) for one in element if _local(one) in ("ddsOverviewList", "sdOverviewList")),
    )


def _fault(element: Any) -> Fault:
    text = _text(element, "faultstring") or ""
    detail = next((one for one in element if _local(one) == "detail"), None)
    inside = [] if detail is None else [one for one in detail if isinstance(one.tag, str)]
    names = " ".join(_local(one) for one in inside)
    errors = tuple(error for one in inside for error in _errors(one))
    spoken = f"{names} {text}".lower()
    kind = next((kind for part, kind in _BY_NAME if part in spoken), "other")
    return Fault(kind, text, errors)  # type: ignore[arg-type]


def _errors(exception: Any) -> Iterator[Error]:
    """Errors of a fault: as the schema has them, and in small letters without an id, as a document prints them."""
    for one in exception.iter():
        if _local(one).lower() == "error":
            found = {_local(child).lower(): " ".join("".join(child.itertext()).split()) for child in one}
            yield Error(found.get("id", ""), found.get("message", ""), found.get("field", ""))
    for one in exception:
        if _local(one) in ("message", "errorMessage"):
            yield Error("", (one.text or "").strip(), "")


def _overview(element: Any) -> Overview:
    communication = next((one for one in element if _local(one) == "communicationToOperator"), None)
    said = None if communication is None else " ".join("".join(one.itertext()).strip() for one in communication)
    version = _text(element, "version")
    return Overview(
        uuid=_text(element, "uuid") or "",
        internal_reference=_text(element, "internalReferenceNumber") or "",
        status=_text(element, "status") or "",
        reference_number=_text(element, "referenceNumber"),
        verification_number=_text(element, "verificationNumber"),
        rejection_reason=_text(element, "rejectionReason"),
        communication=said,
        date=_text(element, "date"),
        updated_by=_text(element, "updatedBy"),
        version=None if version is None else int(version),
    )


def _local(element: Any) -> str:
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""


def _text(element: Any, name: str) -> str | None:
    """Text of the child of a local name, whatever its namespace; None where there is none or nothing in it."""
    child = next((one for one in element if _local(one) == name), None)
    text = "" if child is None else "".join(child.itertext()).strip()
    return text or None
