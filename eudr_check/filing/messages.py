"""The requests of API V3 (release 8.2.1): thirteen operations of three services, as SOAP 1.1 envelopes.

The body of a request is proved against our schemas before it is sent. Its SHA-256, taken without any header, tells two
requests with the same content from each other's repetition: nonce and time of the security header differ every time.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from eudr_check import interface
from eudr_check.errors import FilingError
from eudr_check.filing.security import Credentials
from eudr_check.interface import COMMON, DDS, SD, VERIFY, Service
from eudr_check.records import Element
from eudr_check.text import sentence

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
BASE = "http://ec.europa.eu/sanco/tracesnt/base/v4"
BODY = "http://ec.europa.eu/tracesnt/body/v3"
MOST_UUIDS = 100
"""Of one request; Operator API Reference v1.0."""

Kind = Literal["dds", "sd"]
"""Due diligence statement or simplified declaration."""
NAMESPACES: dict[Service, str] = {"dds": DDS, "sd": SD, "verify": VERIFY}
SERVICES: dict[Service, str] = {
    "dds": "EUDRDueDiligenceStatementServiceV3",
    "sd": "EUDRSimplifiedDeclarationServiceV3",
    "verify": "EUDRVerifyDeclarationServiceV3",
}
_VERIFY_ACTION = "http://ec.europa.eu/tracesnt/certificate/eudr/verification/v3/verify-declaration"


@dataclass(frozen=True)
class Request:
    """One request without its headers."""

    service: Service
    body: bytes
    """The one element of the SOAP body, in exclusive canonical XML."""

    @property
    def name(self) -> str:
        """Local name of the element, such as `SubmitDdsRequest`."""
        return str(etree.QName(parse(self.body)).localname)

    @property
    def sha256(self) -> str:
        """SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def action(self) -> str:
        """SOAPAction. Those of `getSd...` lie in the namespace of statements: so the Commission's WSDL says."""
        if self.service == "verify":
            return _VERIFY_ACTION
        operation = self.name.removesuffix("Request")
        space = SD if operation in ("SubmitSd", "UpdateSd", "WithdrawSd") else DDS
        return f"{space}/{operation[0].lower()}{operation[1:]}"

    def envelope(self, credentials: Credentials) -> bytes:
        """The request as it is sent now, with a fresh security header."""
        return self._enveloped(credentials, credentials.security_header())

    def without_secrets(self, credentials: Credentials) -> bytes:
        """The same without the security header, to look at and to keep."""
        return self._enveloped(credentials, etree.Comment(" Security: made new for every request "))

    def _enveloped(self, credentials: Credentials, security: Any) -> bytes:
        root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
        header = etree.SubElement(root, f"{{{SOAP}}}Header")
        header.append(security)
        client = etree.SubElement(header, f"{{{BASE}}}WebServiceClientId", nsmap={"v4": BASE})
        client.text = credentials.client_id
        if credentials.operator is not None and self.service != "verify":
            identity = etree.SubElement(header, f"{{{BODY}}}BodyIdentity", nsmap={"body": BODY})
            # The schema leaves the children of this header without a namespace.
            etree.SubElement(identity, "OperatorAccessIdentifier").text = credentials.operator
        etree.SubElement(root, f"{{{SOAP}}}Body").append(parse(self.body))
        written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
        return written


def parse(content: bytes, *, dense: bool = False) -> Element:
    """The root of XML from outside: no DTD, no entities, nothing fetched.

    Args:
        content: the bytes.
        dense: drop white space between elements.

    Raises:
        ValueError: this is no XML, or it brings a DTD.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_blank_text=dense
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(sentence("filing", "no_xml", problem=str(error))) from error
    if root.getroottree().docinfo.doctype:
        raise ValueError(sentence("filing", "has_dtd"))
    return root


def faults(service: Service, element: Element) -> list[str]:
    """What our schema of a service refuses in the element of a body."""
    # A subtree still knows its envelope; the schema must see the element alone.
    alone = parse(etree.tostring(element))
    schema = interface.schema(service)
    if schema.validate(alone):
        return []
    return [re.sub(r"\{[^}]*\}", "", entry.message)[:300] for entry in schema.error_log]


def submit(payload: bytes) -> Request:
    """Submit a payload as a package holds it: `dds.xml` or `sd.xml`.

    Raises:
        FilingError: it is no payload, says DRAFT, or the interface would refuse it.
    """
    root = _payload(payload)
    kind = _kind(root)
    if etree.QName(root).localname not in ("SubmitDdsRequest", "SubmitSdRequest"):
        raise FilingError(sentence("filing", "not_submitted", element=etree.QName(root).localname))
    return _request(kind, root)


def amend(uuid: str, payload: bytes) -> Request:
    """Put the statement of a payload in the place of the one filed as `uuid`.

    Raises:
        FilingError: as for `submit`.
    """
    given = _payload(payload)
    kind = _kind(given)
    statement = given.find(f"{{{NAMESPACES[kind]}}}statement")
    name, identifier = {"dds": ("AmendDdsRequest", "uuid"), "sd": ("UpdateSdRequest", "sdIdentifier")}[kind]
    root = _element(kind, name)
    _child(root, identifier, uuid)
    root.append(statement)
    return _request(kind, root)


def withdraw(kind: Kind, uuid: str) -> Request:
    """Withdraw what was filed as `uuid`."""
    name, identifier = {"dds": ("WithdrawDdsRequest", "uuid"), "sd": ("WithdrawSdRequest", "sdIdentifier")}[kind]
    root = _element(kind, name)
    _child(root, identifier, uuid)
    return _request(kind, root)


def overviews(kind: Kind, uuids: Sequence[str]) -> Request:
    """Ask for the state of up to 100 filings.

    Raises:
        FilingError: none or more than 100.
    """
    if not 1 <= len(uuids) <= MOST_UUIDS:
        raise FilingError(sentence("filing", "too_many_uuids", count=len(uuids), most=MOST_UUIDS))
    root = _element(kind, "GetDdsRequest" if kind == "dds" else "GetSdRequest")
    for uuid in uuids:
        if kind == "dds":
            _child(root, "uuidList", uuid)
        else:
            of = etree.SubElement(root, f"{{{SD}}}uuidAndVersionNumberList")
            etree.SubElement(of, f"{{{COMMON}}}uuid").text = uuid
    return _request(kind, root)


def by_internal_reference(kind: Kind, reference: str) -> Request:
    """Ask which filings have an internal reference."""
    root = _element(kind, f"Get{kind.capitalize()}ByInternalReferenceRequest")
    _child(root, "internalReference", reference)
    return _request(kind, root)


def by_numbers(kind: Kind, reference: str, verification: str) -> Request:
    """Ask for the whole content of a filing by its numbers; not for small and medium-sized undertakings."""
    root = _element(kind, f"Get{kind.capitalize()}ByIdentifiersRequest")
    pair = etree.SubElement(root, f"{{{NAMESPACES[kind]}}}referenceAndVerificationNumber")
    etree.SubElement(pair, f"{{{COMMON}}}referenceNumber").text = reference
    etree.SubElement(pair, f"{{{COMMON}}}verificationNumber").text = verification
    return _request(kind, root)


def verify(reference: str, verification: str) -> Request:
    """Ask whether a pair of numbers exists and is usable."""
    root = _element("verify", "VerifyDeclarationRequest")
    _child(root, "referenceNumber", reference)
    _child(root, "verificationNumber", verification)
    return _request("verify", root)


def internal_reference(payload: bytes) -> str:
    """The internal reference a payload states; the system would make one up where it is empty, so it never is.

    Raises:
        FilingError: it has none.
    """
    root = _payload(payload)
    space = NAMESPACES[_kind(root)]
    stated = root.findtext(f"{{{space}}}statement/{{{space}}}internalReferenceNumber") or ""
    if not stated.strip():
        raise FilingError(sentence("filing", "no_internal_reference"))
    return stated


def kind_of(payload: bytes) -> Kind:
    """Whether a payload is a statement or a simplified declaration.

    Raises:
        FilingError: it is neither.
    """
    return _kind(_payload(payload))


def _payload(content: bytes) -> Any:
    try:
        root = parse(content, dense=True)
    except ValueError as error:
        raise FilingError(sentence("filing", "payload_unreadable", problem=error.args[0])) from error
    if any("DRAFT" in (comment.text or "") for comment in root.iter(etree.Comment)):
        raise FilingError(sentence("filing", "says_draft"))
    etree.strip_tags(root, etree.Comment)
    return root


def _kind(root: Any) -> Kind:
    name = etree.QName(root)
    for kind, space in (("dds", DDS), ("sd", SD)):
        if name.namespace == space:
            return kind  # type: ignore[return-value]
    raise FilingError(sentence("filing", "no_service", element=name.localname))


def _element(service: Service, name: str) -> Any:
    return etree.Element(f"{{{NAMESPACES[service]}}}{name}", nsmap={service: NAMESPACES[service], "eudrCommon": COMMON})


def _child(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}").text = text


def _request(service: Service, root: Any) -> Request:
    found = faults(service, root)
    if found:
        raise FilingError(sentence("filing", "request_refused", element=etree.QName(root).localname, problem=found[0]))
    return Request(service, etree.tostring(root, method="c14n", exclusive=True))
