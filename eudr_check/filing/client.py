"""Filing that never files twice: the outbox knows before anything is sent, and the system is asked before a repetition.

The interface has no key that makes a repeated submission harmless. So a request whose answer never came is looked up
by its internal reference; only when the system has had the time it publishes for making statements visible, and still
has nothing of it, may the same be sent again.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from eudr_check.errors import FilingError
from eudr_check.filing import messages
from eudr_check.filing.answers import Answer, Fault, Overview
from eudr_check.filing.messages import Kind, Request
from eudr_check.filing.transport import Link, NoAnswerError, NotSentError
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import outbox
from eudr_check.register.outbox import ENDED, Sent, State
from eudr_check.text import sentence

SETTLE = dt.timedelta(minutes=30)
"""What the Operator API Reference asks to wait before polling; sooner, "not found" proves nothing."""
KINDS: tuple[Kind, ...] = ("dds", "sd")
FINAL = (*ENDED, "ARCHIVED", "OBSOLETE")
"""Statuses that do not change any more."""


class RefusedError(FilingError):
    """The EU system refused a request; `fault` says why."""

    def __init__(self, words: str, fault: Fault) -> None:
        super().__init__(words)
        self.fault = fault


class PendingError(FilingError):
    """Whether something was filed is not known yet; ask again later."""


def _utc() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Client:
    """One system, one register."""

    link: Link
    register: Place
    system: str
    now: Callable[[], dt.datetime] = _utc
    settle: dt.timedelta = SETTLE

    def submit(self, payload: bytes, about: Sent) -> Row:
        """File a payload.

        Args:
            payload: `dds.xml` or `sd.xml`.
            about: harvest, package and statement; operation, reference and hash are set here.

        Returns:
            The row of the outbox.

        Raises:
            RefusedError: the system refused it.
            PendingError: no answer came; `refresh` finds out.
            NotSentError: no connection.
            RegisterError: it was filed before.
            FilingError: the system has a filing with this reference that the register does not know.
        """
        request = messages.submit(payload)
        kind = messages.kind_of(payload)
        about = replace(
            about,
            system=self.system,
            kind=kind,
            operation="submit",
            internal_reference=messages.internal_reference(payload),
            body_sha256=request.sha256,
        )
        fid = outbox.begin(self.register, about, self.now())
        try:
            foreign = [one for one in self._strangers(about, fid) if one.status not in ENDED]
        except FilingError:
            outbox.end(self.register, fid, "refused", self.now())
            raise
        if foreign:
            outbox.end(self.register, fid, "refused", self.now())
            self._refuse_late(about, foreign)
            first, reference = foreign[0], about.internal_reference
            raise FilingError(
                sentence("filing", "filed_elsewhere", reference=reference, uuid=first.uuid, status=first.status)
            )
        return self._send(request, fid)

    def amend(self, payload: bytes, filed: Row) -> Row:
        """Put a payload in the place of what was filed; a row of the outbox says what. Raises as `submit`."""
        request = messages.amend(str(filed["uuid"]), payload)
        if messages.internal_reference(payload) != filed["internal_reference"]:
            raise FilingError(sentence("filing", "other_statement", reference=filed["internal_reference"]))
        return self._change(request, filed, "amend")

    def withdraw(self, filed: Row) -> Row:
        """Withdraw what was filed; a row of the outbox says what. Raises as `submit`."""
        kind: Kind = filed["kind"]
        return self._change(messages.withdraw(kind, str(filed["uuid"])), filed, "withdraw")

    def refresh(self) -> list[Row]:
        """Find out what became of everything: look up what has no answer, and ask for the state of the rest.

        Returns:
            Every row of the outbox of this system.

        Raises:
            FilingError: the system cannot be reached.
        """
        for row in outbox.sent(self.register, self.system):
            if row["state"] == "sending":
                self._resolve(row)
        for kind in KINDS:
            self._poll(kind)
        return outbox.sent(self.register, self.system)

    def verify(self, reference: str, verification: str) -> Answer:
        """Whether a pair of numbers exists and is usable. Raises RefusedError."""
        return self._asked(messages.verify(reference, verification))

    def _refuse_late(self, about: Sent, found: Sequence[Overview]) -> None:
        """A submission given up for lost that shows up after all is the register's own."""
        lost = [
            row
            for row in outbox.sent(self.register, self.system)
            if row["state"] == "lost" and row["internal_reference"] == about.internal_reference
        ]
        if lost and len(found) == 1:
            outbox.end(self.register, lost[-1]["fid"], "accepted", self.now(), uuid=found[0].uuid)
            outbox.overview(self.register, self.system, asdict(found[0]), self.now())
            raise FilingError(
                sentence(
                    "filing",
                    "arrived_late",
                    reference=about.internal_reference,
                    created=lost[-1]["created"],
                    uuid=found[0].uuid,
                )
            )

    def _change(self, request: Request, filed: Row, operation: outbox.Operation) -> Row:
        names = ("kind", "internal_reference", "harvest", "package_digest", "shipment", "statement", "uuid")
        about = Sent(
            system=self.system,
            operation=operation,
            body_sha256=request.sha256,
            amends_version=filed["version"],
            **{name: filed[name] for name in names},
        )
        return self._send(request, outbox.begin(self.register, about, self.now()))

    def _send(self, request: Request, fid: int) -> Row:
        """Send what the outbox already has; its answer and what that means are kept in one transaction."""
        try:
            answer, raw = self.link.send(request)
        except NotSentError:
            outbox.end(self.register, fid, "refused", self.now())
            raise
        except NoAnswerError as error:
            raise PendingError(sentence("filing", "answer_kept", problem=error.args[0])) from error
        became: tuple[State, str | None] | None = ("accepted", answer.uuid)
        if answer.fault is not None:
            # An error inside the system says nothing of what it had done by then.
            became = None if answer.fault.kind == "other" else ("refused", None)
        elif answer.uuid is None:
            became = None
        outbox.keep(self.register, fid, request.name, raw, self.now(), became=became)
        if became is None:
            said = answer.name if answer.fault is None else answer.fault.text
            raise PendingError(sentence("filing", "answered_oddly", answer=said))
        if answer.fault is not None:
            raise RefusedError(sentence("filing", "refused", problem=answer.fault.text), answer.fault)
        if answer.status is not None:
            seen = {"uuid": answer.uuid, "status": answer.status, "version": answer.version}
            outbox.overview(self.register, self.system, seen, self.now())
        return outbox.one(self.register, fid)

    def _resolve(self, row: Row) -> None:
        """Find out what became of a request without an answer."""
        if row["operation"] == "submit":
            mine = self._strangers(Sent(**{name: row[name] for name in Sent.__dataclass_fields__}), row["fid"])
            if len(mine) > 1:
                uuids, reference = ", ".join(one.uuid for one in mine), row["internal_reference"]
                raise FilingError(
                    sentence("filing", "unknown_filings", reference=reference, count=len(mine), uuids=uuids)
                )
            arrived = mine[0] if mine else None
        else:
            arrived = self._changed(row)
        if arrived is not None:
            outbox.end(self.register, row["fid"], "accepted", self.now(), uuid=arrived.uuid)
            outbox.overview(self.register, self.system, asdict(arrived), self.now())
        elif self.now() - dt.datetime.fromisoformat(row["created"]) >= self.settle:
            outbox.end(self.register, row["fid"], "lost", self.now())

    def _changed(self, row: Row) -> Overview | None:
        """The state of a filing, where it shows that an amendment or withdrawal arrived."""
        for one in self._overviews(row["kind"], [row["uuid"]], row["fid"]):
            withdrawn = row["operation"] == "withdraw" and one.status == "WITHDRAWN"
            amended = row["operation"] == "amend" and (one.version or 0) > (row["amends_version"] or 1)
            if withdrawn or amended:
                return one
        return None

    def _strangers(self, about: Sent, fid: int) -> list[Overview]:
        """Filings the system has under a reference and the register does not know."""
        known = {row["uuid"] for row in outbox.sent(self.register, self.system) if row["uuid"]}
        request = messages.by_internal_reference(about.kind, about.internal_reference)  # type: ignore[arg-type]
        try:
            answer = self._asked(request, fid)
        except RefusedError as error:
            if error.fault.kind == "not_found":
                return []
            raise
        return [one for one in answer.overviews if one.uuid not in known]

    def _poll(self, kind: Kind) -> None:
        """Ask for the state of what may still change, 100 at a time."""
        rows = {
            row["uuid"]: row["fid"]
            for row in outbox.sent(self.register, self.system)
            if row["kind"] == kind and row["state"] == "accepted" and row["uuid"] and row["status"] not in FINAL
        }
        uuids = list(rows)
        for start in range(0, len(uuids), messages.MOST_UUIDS):
            batch = uuids[start : start + messages.MOST_UUIDS]
            for one in self._overviews(kind, batch, rows[batch[0]]):
                outbox.overview(self.register, self.system, asdict(one), self.now())

    def _overviews(self, kind: Kind, uuids: Sequence[str], fid: int) -> Iterable[Overview]:
        """Overviews; where one uuid makes the whole answer a fault, one by one. One that fails is not heard of now."""
        try:
            yield from self._asked(messages.overviews(kind, uuids), fid).overviews
        except RefusedError as error:
            if error.fault.kind not in ("not_found", "other"):
                raise
            if len(uuids) > 1:
                for uuid in uuids:
                    yield from self._overviews(kind, [uuid], fid)

    def _asked(self, request: Request, fid: int | None = None) -> Answer:
        """The answer to a question, which may be repeated without harm; kept where it belongs to a row."""
        answer, raw = self.link.send(request)
        if fid is not None:
            outbox.keep(self.register, fid, request.name, raw, self.now())
        if answer.fault is not None:
            raise RefusedError(
                sentence("run", "request_refused", name=request.name, problem=answer.fault.text), answer.fault
            )
        return answer
