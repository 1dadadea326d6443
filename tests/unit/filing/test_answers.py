"""Answers of the EU system: every sample of the Commission's documents is read, and faults by what they say."""

from pathlib import Path

import pytest

from eudr_check.filing import answers
from eudr_check.filing.answers import Error, Overview

FOLDERS = ("v3-samples", "v1-v2-era")
FAULTS = {
    "downstream-1.0_Fault_BusinessRulesValidationException.xml": "business",
    "downstream-1.0_Fault_PermissionDeniedException.xml": "permission",
    "error4.xml": "business",
    "error5.xml": "business",
    "submission-error-response.xml": "permission",
}


def samples(shared_data: Path) -> dict[str, bytes]:
    """Every answer in the reference by its name."""
    root = shared_data.parent / "reference" / "eu"
    files = [path for folder in FOLDERS for path in (root / folder).glob("*.xml")]
    return {path.name: path.read_bytes() for path in files if not path.name.split("-")[-2:][0].endswith("Request.xml")}


def test_every_sample_is_read(shared_data: Path) -> None:
    """No answer and no fault that the Commission printed stops the reader, and none comes out empty."""
    found = {name: answers.read(content) for name, content in samples(shared_data).items() if "Request" not in name}

    assert len(found) >= 22
    for name, answer in found.items():
        said = (answer.fault, answer.uuid, answer.status, answer.result, *answer.overviews)
        assert any(said) or "ByIdentifiersResponse" in name, name


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_what_they_say(name: str, shared_data: Path) -> None:
    """The kind of a fault is read from its detail or its string, with every error in it."""
    fault = answers.read(samples(shared_data)[name]).fault

    assert fault is not None
    assert fault.kind == FAULTS[name]
    assert fault.errors
    assert all(error.message for error in fault.errors)


def test_errors_keep_id_message_and_field(shared_data: Path) -> None:
    """Two broken rules are two errors with their own words."""
    fault = answers.read(samples(shared_data)["error4.xml"]).fault

    assert fault is not None
    assert fault.errors == (
        Error("EUDR-REFERENCE-NUMBER-INVALID", "Has not allowed characters", "Reference number"),
        Error("EUDR-VERIFICATION-NUMBER-TOO-LONG", "Too long.", "Verification number"),
    )


def test_an_overview_has_its_ten_fields(shared_data: Path) -> None:
    """All that the interface says of a filing is kept."""
    answer = answers.read(samples(shared_data)["operator-1.0_GetDdsResponse.xml"])

    assert answer.overviews == (
        Overview(
            "071874bd-8c62-4cac-8eb6-b2fbe003410c",
            "26BEDWNW9JD1TN",
            "AVAILABLE",
            "26BE7XTVCZAQ2S",
            "SFFCB4Y3",
            date="2026-05-20T09:55:01.000Z",
            updated_by="User3 User3",
            version=1,
        ),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Data not found.", "not_found"),
        ("eu.europa.UnauthenticatedException", "unauthenticated"),
        ("org.xml.sax.SAXParseException; cvc-enumeration-valid: Value 'PE'", "schema"),
        ("InternalSystemException", "other"),
    ],
)
def test_bare_fault_strings_decide(text: str, kind: str) -> None:
    """A fault without a detail is known by its string."""
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    said = f"<S:Fault><faultstring>{text}</faultstring></S:Fault>"
    content = f'<S:Envelope xmlns:S="{soap}"><S:Body>{said}</S:Body></S:Envelope>'
    fault = answers.read(content.encode()).fault

    assert fault is not None
    assert (fault.kind, fault.text) == (kind, text)


@pytest.mark.parametrize(
    "content", [b"<html><body>Bad gateway</body></html>", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_what_is_no_answer_is_not_taken_for_one(content: bytes) -> None:
    """The page of a gateway, nothing at all, and a DTD are no answer."""
    with pytest.raises(ValueError, match=r"no SOAP answer|no XML|DTD"):
        answers.read(content)
