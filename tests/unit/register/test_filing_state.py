"""What became of every shipment, in one sentence each."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from eudr_check import register
from eudr_check.package.report import filing
from eudr_check.postgresql import Place
from eudr_check.register import Declared, filing_states, outbox
from eudr_check.register.filing_state import words
from eudr_check.text import LANGUAGES
from tests.helpers.quick_register import no_waiting_for_the_disk
from tests.helpers.register_tables import NUMBERS, record

ROW = {
    "state": "accepted",
    "status": "AVAILABLE",
    "created": "2026-12-01T08:00:00+00:00",
    "available": "2026-12-01T08:10:00+00:00",
    "rejection_reason": None,
}
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
BECAME: dict[str, tuple[outbox.State, str | None]] = {
    "B": ("accepted", None),
    "C": ("accepted", "AVAILABLE"),
    "D": ("accepted", "REJECTED"),
    "E": ("refused", None),
    "F": ("sending", None),
    "G": ("accepted", "WITHDRAWN"),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({}, "may be amended or withdrawn until 2026-12-04"),
        ({"status": None}, "pending"),
        ({"state": "sending"}, "nothing is sent again"),
        ({"state": "refused"}, "submit again"),
        ({"status": "REJECTED", "rejection_reason": "wrong land"}, "rejected: wrong land"),
        ({"status": "SUPERSEDED"}, "SUPERSEDED: a status this version has no words for"),
    ],
)
def test_a_state_says_what_is_left(changed: dict[str, Any], part: str) -> None:
    """A state in one sentence: what it is, what may be done, and until when by the stricter reading of 72 hours."""
    assert part in words(ROW | changed, "en")


@pytest.fixture
def file(place: Place) -> Place:
    """A register of eight shipments: one not filed, one noted by hand, and one of every state of the outbox."""
    path = place
    statements = [
        Declared(f"statement-{name}", f"pe.{name}", None, 1.0, name, ["coop/A"], name, {f"L{name}": 1.0})
        for name in "ABCDEFGH"
    ]
    record(path, "pe", {"A": "low"}, statements=statements)
    for name, (state, status) in BECAME.items():
        sent = outbox.Sent("production", "dds", "submit", f"pe.{name}", name, "pe", shipment=name)
        fid = outbox.begin(path, sent, NOON)
        if state == "sending":
            continue
        outbox.end(path, fid, state, NOON, uuid=None if state == "refused" else f"u-{name}")
        if status is not None:
            seen = {"uuid": f"u-{name}", "status": status, "reference_number": f"26PE0000000{name}00"}
            outbox.overview(path, "production", seen | {"rejection_reason": f"reason {name}"}, NOON)
    register.note(path, "pe", "H", **NUMBERS)
    return path


def test_every_shipment_has_one_state(file: Place) -> None:
    """Not filed, pending, available, rejected, refused, unanswered, withdrawn and noted by hand are told apart."""
    states = {one.shipment: one for one in filing_states(file, "pe")}
    said = {name: one.words("en", dt.UTC) for name, one in states.items()}

    assert {name: (one.state, one.status) for name, one in states.items()} == {
        "A": ("not_filed", None),
        "H": ("accepted", "AVAILABLE"),
        **BECAME,
    }
    assert said["A"] == "not filed yet"
    assert said["B"].startswith("pending")
    assert "until 2026-12-04 12:00 UTC" in said["C"]
    assert said["D"].startswith("rejected: reason D")
    assert (states["C"].reference_number, states["H"].reference_number) == ("26PE0000000C00", NUMBERS["reference"])
    assert filing_states(file, "gh") == ()
    assert filing_states(Path("none.gpkg")) == ()


def test_an_amendment_without_an_answer_is_told(file: Place) -> None:
    """While nobody knows whether an amendment arrived, that is the state; refused, the filing stands as it was."""
    sent = outbox.Sent("production", "dds", "amend", "pe.C", "other", "pe", shipment="C", uuid="u-C")
    fid = outbox.begin(file, sent, NOON)
    unanswered = {one.shipment: one.state for one in filing_states(file)}["C"]
    outbox.end(file, fid, "refused", NOON)
    after = {one.shipment: one for one in filing_states(file)}["C"]

    assert unanswered == "sending"
    assert (after.state, after.status) == ("accepted", "AVAILABLE")


def test_a_number_noted_by_hand_holds_after_a_refusal(file: Place) -> None:
    """Who is refused and files in the browser has filed."""
    register.note(file, "pe", "E", reference="26PE0000000E00", verification="V-12345", submitted=dt.date(2026, 12, 2))

    assert {one.shipment: one.status for one in filing_states(file)}["E"] == "AVAILABLE"


def test_the_report_says_it_in_every_language(file: Place) -> None:
    """Each shipment that was filed has a sentence in four languages, and times with their zone."""
    rows = filing.document(filing_states(file), LANGUAGES)

    assert [row["shipment"] for row in rows] == list("BCDEFGH")
    assert all(len({row[language] for language in LANGUAGES}) == len(LANGUAGES) for row in rows)
    assert rows[1]["es"].endswith("hasta 2026-12-04 12:00 UTC, salvo que la aduana la haya usado")
