"""The client against the practice server: never twice, never lost, whatever the system or the machine does."""

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from eudr_check.errors import FilingError, RegisterError
from eudr_check.filing import client as room
from eudr_check.filing import practice
from eudr_check.filing.client import Client, PendingError, RefusedError
from eudr_check.filing.security import Credentials
from eudr_check.filing.transport import Link, NotSentError
from eudr_check.postgresql import Place
from eudr_check.register import content, outbox
from eudr_check.register.outbox import Sent
from tests.helpers.filing import PRACTICE, SD_PAYLOAD, payload, serving
from tests.helpers.quick_register import no_waiting_for_the_disk

ABOUT = Sent("", "", "submit", "", "", "pe-coffee-2026", "d1", "EXP-014", "statement-EXP-014")
REFERENCE = "pe-coffee-2026.EXP-014"
BEGIN = outbox.begin
QUARTER, HOUR = dt.timedelta(minutes=15), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks whether a register survives a power cut."""
    no_waiting_for_the_disk(monkeypatch)


class Clock:
    """A time that tests move."""

    def __init__(self) -> None:
        self.time = dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.time


@contextmanager
def filing(place: Place, system: practice.System, who: Credentials = PRACTICE) -> Iterator[Client]:
    """A client of a practice system, with a register and a clock of its own."""
    with serving(system) as address:
        link = Link(address, who, seconds_per_call=0)
        yield Client(link, place, "acceptance", Clock())


def row(client: Client, fid: int = -1) -> dict[str, Any]:
    """A row of the outbox; the last one unless said."""
    return outbox.sent(client.register)[fid]


def test_from_submission_to_withdrawal(place: Place) -> None:
    """A statement is filed, gets numbers, is verified, amended and withdrawn; every answer is kept word for word."""
    system = practice.System()
    with filing(place, system) as client:
        filed = client.submit(payload(), ABOUT)
        assert (filed["state"], filed["status"]) == ("accepted", None)
        while row(client)["status"] != "AVAILABLE":
            client.refresh()
        numbers = row(client)["reference_number"], row(client)["verification_number"]
        assert client.verify(*numbers).result == "EXISTING_USABLE"
        client.amend(payload(kg="42.5"), row(client))
        client.refresh()
        assert row(client)["version"] == 2
        assert client.withdraw(row(client, 0))["status"] == "WITHDRAWN"
        assert client.verify(*numbers).result == "EXISTING_NON_USABLE"
        assert client.verify("26XX0000000000", "00000").result == "NON_EXISTENT"

    assert [one["operation"] for one in outbox.sent(client.register)] == ["submit", "amend", "withdraw"]
    assert [one["http"] for one in outbox.answers(client.register, filed["fid"])][:2] == [500, 200]
    assert filed["uuid"] in outbox.answers(client.register, filed["fid"])[1]["answer"]
    assert len(system.records) == 1


def test_a_declaration_is_filed_like_a_statement(place: Place) -> None:
    """A simplified declaration is submitted, gets its numbers, is updated and withdrawn."""
    with filing(place, practice.System(polls=1)) as client:
        client.submit(SD_PAYLOAD, ABOUT)
        client.refresh()
        assert row(client)["reference_number"].startswith("S")
        assert client.amend(SD_PAYLOAD, row(client))["version"] == 2
        assert client.withdraw(row(client, 0))["status"] == "WITHDRAWN"


def test_the_same_is_not_filed_twice(place: Place) -> None:
    """A reference that was filed is refused; after withdrawal it may be filed again."""
    system = practice.System(polls=2)
    with filing(place, system) as client:
        client.submit(payload(), ABOUT)
        for again in (payload(), payload(kg="1")):
            with pytest.raises(RegisterError, match="was filed already"):
                client.submit(again, ABOUT)
        client.refresh()
        client.refresh()
        client.withdraw(row(client))
        client.submit(payload(), ABOUT)

    assert [one.status for one in system.records] == ["WITHDRAWN", "SUBMITTED"]


def test_an_answer_that_was_lost_is_looked_up(place: Place) -> None:
    """After a gateway's time-out nothing is repeated; the filing is found by its reference and keeps its numbers."""
    system = practice.System(quirks=("timeout-after-submit",))
    with filing(place, system) as client:
        with pytest.raises(PendingError, match="504") as pending:
            client.submit(payload(), ABOUT)
        with pytest.raises(RegisterError, match="answer is not known"):
            client.submit(payload(), ABOUT)
        client.refresh()

    assert "no se sabe si se tramitó. El registro lo guarda" in pending.value.args[0].in_language("es")
    assert (row(client)["state"], row(client)["uuid"]) == ("accepted", system.records[0].uuid)
    assert len(system.records) == 1


def test_not_found_proves_nothing_too_soon(place: Place) -> None:
    """What the system does not show yet is not sent again until the time it publishes has passed."""
    system = practice.System(quirks=("timeout-after-submit", "empty-at-first"))
    with filing(place, system) as client:
        with pytest.raises(PendingError):
            client.submit(payload(), ABOUT)
        client.now.time += QUARTER  # type: ignore[attr-defined]
        client.refresh()
        assert row(client)["state"] == "sending"
        client.refresh()

    assert row(client)["state"] == "accepted"
    assert len(system.records) == 1


def test_what_never_arrived_is_sent_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that died before it sent anything leaves a row; half an hour later it is known to be lost."""
    system = practice.System()
    with filing(place, system) as client:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Client, "_strangers", killed)
            with pytest.raises(Killed):
                client.submit(payload(), ABOUT)
        client.refresh()
        assert row(client)["state"] == "sending"
        client.now.time += HOUR  # type: ignore[attr-defined]
        client.refresh()
        assert row(client)["state"] == "lost"
        client.submit(payload(), ABOUT)

    assert len(system.records) == 1


def test_what_was_given_up_and_arrived_is_ones_own(place: Place) -> None:
    """A statement that shows up after it was given up for lost is taken over, not filed again."""
    system = practice.System(quirks=("timeout-after-submit",))
    with filing(place, system) as client:
        with pytest.raises(PendingError):
            client.submit(payload(), ABOUT)
        outbox.end(client.register, row(client)["fid"], "lost", client.now())
        with pytest.raises(FilingError, match="arrived after all"):
            client.submit(payload(), ABOUT)

    assert [one["state"] for one in outbox.sent(client.register)] == ["accepted", "refused"]
    assert len(system.records) == 1


def test_what_somebody_else_filed_is_not_filed_again(place: Place, tmp_path: Path) -> None:
    """A reference that the system knows and the register does not is refused before anything is sent."""
    system = practice.System()
    with filing(place, system) as client:
        client.submit(payload(), ABOUT)
        other = Client(client.link, tmp_path / "other.gpkg", "acceptance", client.now)
        with pytest.raises(FilingError, match="by another program or by hand"):
            other.submit(payload(), ABOUT)

    assert len(system.records) == 1


def test_one_register_belongs_to_one_system(place: Place) -> None:
    """Numbers of a rehearsal cannot come to stand among those of the real system."""
    with filing(place, practice.System()) as client:
        client.submit(payload(), ABOUT)
        real = Client(client.link, client.register, "production", client.now)
        with pytest.raises(RegisterError, match="holds filings of acceptance"):
            real.submit(payload("pe-coffee-2026.B"), ABOUT)


def test_a_refusal_is_kept_and_can_be_mended(place: Place) -> None:
    """A business fault comes as HTTP 500, names its error, and the corrected payload may be sent at once."""
    with filing(place, practice.System()) as client:
        with pytest.raises(RefusedError, match="business rules") as refused:
            client.submit(payload().replace(b"090111", b"09"), ABOUT)
        client.submit(payload(), ABOUT)

    assert [error.id for error in refused.value.fault.errors] == ["EUDR-COMMODITIES-HS-CODE-INVALID"]
    assert [one["state"] for one in outbox.sent(client.register)] == ["refused", "accepted"]


def test_a_wrong_key_files_nothing(place: Place) -> None:
    """A wrong key is refused by its digest; neither the error nor the register holds it."""
    system = practice.System()
    wrong = Credentials(practice.USER, "wr0ng-key", practice.CLIENT_ID)
    with filing(place, system, wrong) as client, pytest.raises(RefusedError, match="Unauthenticated") as refused:
        client.submit(payload(), ABOUT)

    assert not system.records
    assert "wr0ng" not in str(refused.value)
    assert "wr0ng" not in str(content(client.register))


def test_without_a_connection_nothing_is_pending(place: Place) -> None:
    """Where nobody listens nothing was sent, and the same may be sent again."""
    with filing(place, practice.System()) as client:
        pass
    with pytest.raises(NotSentError, match="nothing was sent"):
        client.submit(payload(), ABOUT)

    assert row(client)["state"] == "refused"


@pytest.mark.parametrize("address", ["http://eudr.example/ws/", "ftp://127.0.0.1/", "http://127.0.0.1.example/"])
def test_nothing_goes_out_in_the_open(address: str) -> None:
    """Credentials travel by https, or stay on this machine."""
    with pytest.raises(FilingError, match="neither https nor on this machine"):
        Link(address, PRACTICE)


def test_an_early_amendment_is_refused_and_later_taken(place: Place) -> None:
    """The system refuses to amend what it has just made available; asked again later it agrees."""
    with filing(place, practice.System(polls=1, quirks=("amend-refused-early",))) as client:
        client.submit(payload(), ABOUT)
        client.refresh()
        with pytest.raises(RefusedError) as refused:
            client.amend(payload(kg="1"), row(client))
        client.refresh()
        client.amend(payload(kg="1"), row(client, 0))

    assert refused.value.fault.errors[0].id == "EUDR-API-AMEND-NOT-ALLOWED-FOR-STATUS"


def test_an_amendment_without_an_answer_is_known_by_its_version(place: Place) -> None:
    """Whether an amendment arrived shows in the version; one that did not is given up after the wait."""
    with filing(place, practice.System(polls=1)) as client:
        client.submit(payload(), ABOUT)
        client.refresh()
        for arrives in (True, False):
            before = row(client, 0)["version"]
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(outbox, "keep" if arrives else "begin", killed if arrives else begun_and_killed)
                with pytest.raises(Killed):
                    client.amend(payload(kg="7" if arrives else "8"), row(client, 0))
            client.now.time += HOUR  # type: ignore[attr-defined]
            client.refresh()
            assert row(client)["state"] == ("accepted" if arrives else "lost")
            assert row(client, 0)["version"] == before + arrives


def test_errors_after_withdrawal_lose_nothing(place: Place) -> None:
    """The system cannot show what was withdrawn; its numbers and status stay known, and others are still asked for."""
    with filing(place, practice.System(polls=1, quirks=("error-after-withdraw",))) as client:
        client.submit(payload(), ABOUT)
        client.submit(payload("pe-coffee-2026.B"), ABOUT)
        client.refresh()
        first = row(client, 0)
        client.withdraw(first)
        client.refresh()

    assert row(client, 0)["status"] == "WITHDRAWN"
    assert row(client, 0)["reference_number"] == first["reference_number"]
    assert row(client, 1)["status"] == "AVAILABLE"


def test_a_rejection_keeps_its_reason(place: Place) -> None:
    """A rejected statement says why, and may be filed again."""
    with filing(place, practice.System(polls=1, quirks=("reject",))) as client:
        client.submit(payload(), ABOUT)
        client.refresh()
        assert (row(client)["status"], row(client)["rejection_reason"]) == ("REJECTED", "Practice: rejected as asked")
        client.submit(payload(), ABOUT)


def test_a_burst_is_throttled_and_nothing_is_half_done(tmp_path: Path) -> None:
    """The sixth call within a second is refused with HTTP 429; the outbox knows that it was not handled."""
    system = practice.System(quirks=("throttle",))
    with filing(tmp_path / "register.gpkg", system) as client, pytest.raises(NotSentError, match="429"):
        for number in range(6):
            client.submit(payload(f"pe-coffee-2026.{number}"), ABOUT)

    assert len(system.records) == sum(one["state"] == "accepted" for one in outbox.sent(client.register))
    assert not [one for one in outbox.sent(client.register) if one["state"] == "sending"]


class Killed(BaseException):
    """The process ends here."""


def killed(*given: object, **named: object) -> None:
    """What a process does that is killed now."""
    raise Killed


def begun_and_killed(*given: Any) -> None:
    """A process that is killed as soon as its row is written."""
    BEGIN(*given)
    raise Killed


@contextmanager
def killed_at(moment: int) -> Iterator[None]:
    """Ends the process before or after the `moment`-th write of the register or call of the system."""
    count = 0

    def mortal(function: Any) -> Any:
        def wrapped(*given: Any, **named: Any) -> Any:
            nonlocal count
            for after in (False, True):
                if count == moment:
                    count += 1
                    raise Killed
                count += 1
                if not after:
                    made = function(*given, **named)
            return made

        return wrapped

    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("begin", "end", "keep", "overview"):
            patch.setattr(outbox, name, mortal(getattr(outbox, name)))
        patch.setattr(Link, "send", mortal(Link.send))
        yield


@pytest.fixture(scope="module")
def practising() -> Iterator[tuple[practice.System, str]]:
    """One server for all the deaths."""
    system = practice.System(polls=1)
    with serving(system) as address:
        yield system, address


@pytest.mark.parametrize("moment", range(25))
def test_killed_at_any_moment_it_files_once(
    moment: int, tmp_path: Path, practising: tuple[practice.System, str]
) -> None:
    """A process killed at any write or call is started again until it is done: one statement each, every number."""
    system, address = practising
    system.records.clear()
    references = {"pe-coffee-2026.A", "pe-coffee-2026.B"}
    client = Client(Link(address, PRACTICE, seconds_per_call=0), tmp_path / "r.gpkg", "acceptance", Clock())

    def habit() -> None:
        """What a person does: ask, file what is not filed, ask again."""
        client.refresh()
        filed = {
            one["internal_reference"] for one in outbox.sent(client.register) if one["state"] in ("accepted", "sending")
        }
        for reference in sorted(references - filed):
            client.submit(payload(reference), ABOUT)
        client.refresh()

    died = False
    try:
        with killed_at(moment):
            habit()
    except Killed:
        died = True
    client.now.time += HOUR  # type: ignore[attr-defined]
    habit()

    numbers = {
        one["internal_reference"]: one["reference_number"] for one in outbox.sent(client.register) if one["uuid"]
    }
    assert died
    assert sorted(one.reference for one in system.records) == sorted(references)
    assert numbers == {one.reference: one.reference_number for one in system.records}
    assert all(numbers.values())


def test_the_wait_is_the_published_one() -> None:
    """Half an hour, as the Operator API Reference asks."""
    assert dt.timedelta(minutes=30) == room.SETTLE
