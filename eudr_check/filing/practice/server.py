"""The practice system over HTTP: requests are proved by our schemas; digest, nonce and clock are checked."""

import base64
import binascii
import datetime as dt
import time
from typing import Any

from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request as Call
from starlette.responses import Response
from starlette.routing import Route

from eudr_check.filing import messages
from eudr_check.filing.messages import BASE, NAMESPACES, SERVICES, SOAP, Request
from eudr_check.filing.practice.system import Record, Refusal, System
from eudr_check.filing.security import LIFE, WSSE, WSU, digest
from eudr_check.interface import COMMON, ERROR, Service

USER, KEY, CLIENT_ID = "practice", "practice-key", "practice"
"""Credentials of the practice system; a real key has no business here."""


def application(system: System) -> Starlette:
    """The three services of the interface below `/`, as the real ones lie below `/tracesnt/ws/`."""

    def route(service: Service) -> Route:
        async def handle(call: Call) -> Response:
            return _answer(system, service, call.headers.get("SOAPAction", ""), await call.body())

        return Route(f"/{SERVICES[service]}", handle, methods=["POST"])

    return Starlette(routes=[route(service) for service in SERVICES])


def _answer(system: System, service: Service, action: str, content: bytes) -> Response:
    now = time.monotonic()
    if system.throttled(now):
        return Response("Too many requests", 429, headers={"Retry-After": "1"})
    try:
        element = _element(system, service, action, content)
        name = etree.QName(element).localname
        system.calls.append((now, name))
        made = _handle(system, service, name, element)
    except Refusal as refusal:
        # The real system answers nearly every fault with this code.
        return _xml(_fault(service, refusal), 500)
    if name.startswith("Submit") and system.loses_answer():
        return Response("<html><body>504 Gateway Time-out</body></html>", 504, media_type="text/html")
    return _xml(made, 200)


def _element(system: System, service: Service, action: str, content: bytes) -> Any:
    """The one element of the body, after everything around it was checked."""
    try:
        root = messages.parse(content)
        (element,) = root.find(f"{{{SOAP}}}Body")
    except (ValueError, TypeError) as error:
        raise Refusal("SAXParseException", "org.xml.sax.SAXParseException; no SOAP envelope with one body") from error
    _authenticate(system, root)
    if service != "verify" and not root.findtext(f"{{{SOAP}}}Header/{{{BASE}}}WebServiceClientId"):
        raise Refusal("UnauthenticatedException", "UnauthenticatedException: WebServiceClientId is missing")
    broken = messages.faults(service, element)
    if broken:
        raise Refusal("SAXParseException", f"org.xml.sax.SAXParseException; cvc-complex-type: {broken[0]}")
    if action.strip('"') != Request(service, etree.tostring(element)).action:
        raise Refusal("ActionNotSupported", f"The SOAPAction {action} does not fit the body")
    return element


def _authenticate(system: System, root: Any) -> None:
    found = {name: root.findtext(f".//{{{WSSE}}}{name}") or "" for name in ("Username", "Password", "Nonce")}
    created = root.findtext(f".//{{{WSSE}}}UsernameToken/{{{WSU}}}Created") or ""
    try:
        nonce = base64.b64decode(found["Nonce"], validate=True)
        age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(created)
    except (ValueError, TypeError, binascii.Error) as error:
        raise Refusal("UnauthenticatedException", "UnauthenticatedException: no UsernameToken") from error
    if abs(age) > LIFE:
        raise Refusal("UnauthenticatedException", "UnauthenticatedException: Created is not within five minutes")
    if nonce in system.nonces or not nonce:
        raise Refusal("UnauthenticatedException", "UnauthenticatedException: nonce used before")
    if (found["Username"], found["Password"]) != (USER, digest(nonce, created, KEY)):
        raise Refusal("UnauthenticatedException", "UnauthenticatedException: user or digest is wrong")
    system.nonces.add(nonce)


def _handle(system: System, service: Service, name: str, element: Any) -> Any:
    if service == "verify":
        return _verified(system, element)
    made = etree.Element(f"{{{NAMESPACES[service]}}}{name.removesuffix('Request')}Response")
    if name.startswith("Submit"):
        _add(made, "uuid" if service == "dds" else "sdIdentifier", system.submit(service, element).uuid)
    elif name.startswith(("Amend", "Update", "Withdraw")):
        record = system.change(service, element, "withdraw" if name.startswith("Withdraw") else "amend")
        _add(made, "uuid", record.uuid)
        if service == "sd":
            _add(made, "version", str(record.version))
        _add(made, "status", record.status)
    elif name.endswith("ByIdentifiersRequest"):
        reference, verification = (one.text for one in element[0])
        found = system.by_numbers(reference, verification)
        if found is None or "no-data-found" in system.quirks:
            raise Refusal("NotFoundException", "Data not found.")
        made.append(messages.parse(etree.tostring(found.statement)))
    elif name.endswith("ByInternalReferenceRequest"):
        _list(made, service, system.by_reference(service, element[0].text))
    else:
        uuids = [text for one in element for text in [(one.text if service == "dds" else one[0].text)]]
        _list(made, service, system.seen(service, uuids))
    return made


def _verified(system: System, element: Any) -> Any:
    record = system.by_numbers(element[0].text, element[1].text)
    made = etree.Element(f"{{{NAMESPACES['verify']}}}VerifyDeclarationResponse")
    result = "NON_EXISTENT"
    if record is not None:
        result = "EXISTING_USABLE" if record.status in ("AVAILABLE", "GROUPED") else "EXISTING_NON_USABLE"
    _add(made, "result", result)
    if record is not None:
        _add(made, "status", record.status)
    _add(made, "dateTime", dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"))
    return made


def _list(made: Any, service: Service, records: list[Record]) -> None:
    for record in records:
        one = etree.SubElement(made, f"{{{NAMESPACES[service]}}}{service}OverviewList")
        stated = {
            "uuid": record.uuid,
            "internalReferenceNumber": record.reference,
            "referenceNumber": record.reference_number,
            "verificationNumber": record.verification_number,
            "status": record.status,
            "rejectionReason": record.rejection_reason,
            "date": record.date,
            "updatedBy": "Practice User",
            "version": str(record.version),
        }
        for name, value in stated.items():
            if value is not None:
                etree.SubElement(one, f"{{{COMMON}}}{name}").text = value


def _fault(service: Service, refusal: Refusal) -> Any:
    fault = etree.Element(f"{{{SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "S:Client"
    etree.SubElement(fault, "faultstring").text = refusal.text
    if refusal.name.endswith(("ValidationException", "DeniedException", "NotFoundException")):
        detail = etree.SubElement(fault, "detail")
        exception = etree.SubElement(detail, f"{{{NAMESPACES[service]}}}{refusal.name}")
        for identifier, message, where in refusal.errors:
            error = etree.SubElement(exception, f"{{{ERROR}}}Error")
            for name, value in {"ID": identifier, "Message": message, "Field": where}.items():
                etree.SubElement(error, f"{{{ERROR}}}{name}").text = value
    return fault


def _xml(element: Any, status: int) -> Response:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"S": SOAP})
    etree.SubElement(root, f"{{{SOAP}}}Body").append(element)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(content, status, media_type="text/xml")


def _add(parent: Any, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}").text = text
