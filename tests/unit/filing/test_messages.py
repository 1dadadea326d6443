"""Requests as the EU system takes them: every one that can be built is valid by the Commission's own schemas."""

import base64
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from eudr_check.errors import FilingError
from eudr_check.filing import messages, security
from tests.helpers.filing import CREDENTIALS, SD_PAYLOAD, UUID, payload
from tests.helpers.official_schema import official_schema

REQUESTS = {
    "submit": lambda: messages.submit(payload()),
    "amend": lambda: messages.amend(UUID, payload(kg="42.5")),
    "withdraw": lambda: messages.withdraw("dds", UUID),
    "overviews": lambda: messages.overviews("dds", [UUID] * 100),
    "by internal reference": lambda: messages.by_internal_reference("dds", "pe-coffee-2026.EXP-014"),
    "by numbers": lambda: messages.by_numbers("dds", "26BE7XTVCZAQ2S", "SFFCB4Y3"),
    "submit sd": lambda: messages.submit(SD_PAYLOAD),
    "update sd": lambda: messages.amend(UUID, SD_PAYLOAD),
    "withdraw sd": lambda: messages.withdraw("sd", UUID),
    "overviews sd": lambda: messages.overviews("sd", [UUID, UUID]),
    "by internal reference sd": lambda: messages.by_internal_reference("sd", "SD1"),
    "by numbers sd": lambda: messages.by_numbers("sd", "S26BECB39D2GRX", "H6ORMNTX"),
    "verify": lambda: messages.verify("26BE7XTVCZAQ2S", "SFFCB4Y3"),
}
ACTIONS = {
    "submit": "due-diligence-statement/v3/submitDds",
    "amend": "due-diligence-statement/v3/amendDds",
    "by internal reference": "due-diligence-statement/v3/getDdsByInternalReference",
    "submit sd": "simplified-declaration/v3/submitSd",
    "update sd": "simplified-declaration/v3/updateSd",
    "overviews sd": "due-diligence-statement/v3/getSd",
    "by internal reference sd": "due-diligence-statement/v3/getSdByInternalReference",
    "verify": "verification/v3/verify-declaration",
}


@pytest.fixture(scope="module")
def schemas(shared_data: Path) -> dict[str, Any]:
    """The Commission's schemas of the three services."""
    numbers = {"dds": 4, "sd": 4, "verify": 3}
    return {name: official_schema(shared_data, messages.SERVICES[name], number) for name, number in numbers.items()}


@pytest.mark.parametrize("case", REQUESTS)
def test_every_request_is_valid_officially(case: str, schemas: dict[str, Any]) -> None:
    """The body of every request, read out of its envelope, is valid by the Commission's schema of its service."""
    request = REQUESTS[case]()
    root = etree.fromstring(request.envelope(CREDENTIALS))
    (element,) = root.find(f"{{{messages.SOAP}}}Body")

    schemas[request.service].assertValid(etree.fromstring(etree.tostring(element)))


@pytest.mark.parametrize("case", ACTIONS)
def test_actions_are_those_of_the_wsdl(case: str, shared_data: Path) -> None:
    """The SOAPAction is the one the WSDL of its service states, also for reading declarations."""
    request = REQUESTS[case]()
    service = messages.SERVICES[request.service]
    wsdl = shared_data.parent / f"reference/eu/v3-8.2.1/{service}/{service}.wsdl"

    assert request.action == f"http://ec.europa.eu/tracesnt/certificate/eudr/{ACTIONS[case]}"
    assert f'soapAction="{request.action}"' in wsdl.read_text(encoding="utf-8")


def test_digest_is_over_the_raw_bytes_of_the_nonce() -> None:
    """The password digest can be made again from the decoded nonce, the time and the key, and only so."""
    root = etree.fromstring(messages.verify("26BE7XTVCZAQ2S", "SFFCB4Y3").envelope(CREDENTIALS))
    found = {etree.QName(one).localname: one.text for one in root.iter() if isinstance(one.tag, str)}
    nonce = base64.b64decode(found["Nonce"])
    raw = hashlib.sha1(nonce + found["Created"].encode() + CREDENTIALS.key.encode()).digest()

    assert found["Password"] == base64.b64encode(raw).decode()
    assert len(nonce) == 16
    assert CREDENTIALS.key.encode() not in etree.tostring(root)


def test_the_identity_of_the_body_is_valid(shared_data: Path) -> None:
    """An operator access identifier goes out as a BodyIdentity that its official schema takes; Verify has none."""
    schema = official_schema(shared_data, messages.SERVICES["dds"], 2)
    who = security.Credentials("user", "key", "client", "OP-1")
    identity = etree.fromstring(REQUESTS["withdraw"]().envelope(who)).find(f".//{{{messages.BODY}}}BodyIdentity")

    schema.assertValid(etree.fromstring(etree.tostring(identity)))
    assert b"BodyIdentity" not in REQUESTS["verify"]().envelope(who)


def test_the_hash_is_that_of_what_is_said() -> None:
    """The same statement has the same hash in every envelope and layout; another quantity has another."""
    root = etree.fromstring(payload())
    etree.indent(root)
    spaced = etree.tostring(root, encoding="UTF-16")

    assert messages.submit(payload()).sha256 == messages.submit(spaced).sha256
    assert messages.submit(payload()).envelope(CREDENTIALS) != messages.submit(payload()).envelope(CREDENTIALS)
    assert messages.submit(payload()).sha256 != messages.submit(payload(kg="1")).sha256


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (payload().replace(b"<dds:operatorRole>", b"<!-- DRAFT: not to be submitted --><dds:operatorRole>"), "draft"),
        (payload().replace(b">IMPORT<", b">TRADE<"), "would be refused"),
        (payload()[:-20], "no XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DTD"),
        (b"<kml/>", "no service"),
    ],
)
def test_what_would_be_refused_is_not_sent(content: bytes, words: str) -> None:
    """A draft, a broken payload and one the schema refuses are refused here, with the reason."""
    with pytest.raises(FilingError, match=words):
        messages.submit(content)


def test_a_payload_without_reference_is_refused() -> None:
    """Without an internal reference nothing sent could be found again."""
    with pytest.raises(FilingError, match="internalReferenceNumber is empty"):
        messages.internal_reference(payload(reference=""))


def test_credentials_come_from_the_environment_and_do_not_show_the_key() -> None:
    """Every missing variable is named, and neither text of the credentials nor an error holds the key."""
    given = {security.USER: "n001", security.KEY: "s3cret-key", security.CLIENT_ID: "mine"}
    found = security.credentials("acceptance", given)

    assert (found.user, found.key, found.client_id, found.operator) == ("n001", "s3cret-key", "mine", None)
    assert "s3cret" not in f"{found!r} {found}"
    with pytest.raises(FilingError, match="EUDR_CHECK_EU_USER and EUDR_CHECK_EU_CLIENT_ID"):
        security.credentials("acceptance", {security.KEY: "s3cret-key"})
    with pytest.raises(FilingError, match="EUDR_CHECK_EU_OPERATOR"):
        security.credentials("acceptance", given | {security.OPERATOR: "x" * 17})


def test_a_security_header_holds_five_minutes() -> None:
    """Created and Expires are UTC with milliseconds, five minutes from each other."""
    made = security.security_header(
        CREDENTIALS, bytes(16), dt.datetime(2026, 1, 15, 11, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    )
    times = [one.text for one in made.iter(f"{{{security.WSU}}}Created", f"{{{security.WSU}}}Expires")]

    assert times == ["2026-01-15T10:00:00.000Z", "2026-01-15T10:05:00.000Z", "2026-01-15T10:00:00.000Z"]
