"""The outbox: what was sent to the EU system, written before it is sent, and every answer word for word.

A row in state `sending` is all that is known of a request whose process was killed or whose answer never came: it may
have arrived. Nothing with the same reference goes out until somebody has asked the system what became of it.

| state | meaning |
|---|---|
| sending | written before it was sent; no answer is known |
| accepted | the system took it |
| refused | the system refused it, or no connection was made: it was not filed |
| lost | the system, asked long enough afterwards, has nothing of it: it was not filed |
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Literal

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.text import sentence

Operation = Literal["submit", "amend", "withdraw"]
State = Literal["sending", "accepted", "refused", "lost"]
ENDED = ("REJECTED", "WITHDRAWN")
"""Statuses after which the same goods may be filed again."""
LATEST = """
SELECT f.*, o.status, o.reference_number, o.verification_number, o.rejection_reason, o.communication, o.date,
    o.updated_by, o.version, o.seen, o.available
FROM filings f LEFT JOIN filing_overviews o ON o.uuid = f.uuid AND o.system = f.system
"""
"""SQL: every filing `f` with the last known state `o` of what it filed."""


@dataclass(frozen=True)
class Sent:
    """What is about to be sent."""

    system: str
    """acceptance, production, or practice."""
    kind: str
    """dds or sd."""
    operation: Operation
    internal_reference: str
    body_sha256: str
    """Of the body without any header."""
    harvest: str
    package_digest: str | None = None
    shipment: str | None = None
    statement: str | None = None
    """Its folder in the package."""
    uuid: str | None = None
    """What is amended or withdrawn; None for a first submission."""
    amends_version: int | None = None
    """Its version before."""


def begin(path: Place, sent: Sent, time: dt.datetime) -> int:
    """Write what is about to be sent, unless something forbids it; holds the lock, so one of two processes is refused.

    Args:
        path: the register.
        sent: the request.
        time: now, with a time zone.

    Returns:
        `fid` of the row.

    Raises:
        RegisterError: another system's filings are here, the answer to an earlier request is still to be asked for, or
            it was filed already.
    """
    with store.writing(path) as database:
        refuse_mixed_systems(database, path, sent.system)
        _refuse_open(database, sent)
        if sent.operation == "submit":
            _refuse_used(database, sent)
        if sent.operation != "withdraw":
            _refuse_same_body(database, sent)
        return store.insert(database, "filings", created=_text(time), state="sending", **asdict(sent))


def end(path: Place, fid: int, state: State, time: dt.datetime, *, uuid: str | None = None) -> None:
    """What became of a request."""
    with store.writing(path) as database:
        _end(database, fid, state, time, uuid)


def keep(
    path: Place,
    fid: int,
    request: str,
    answer: tuple[int, bytes],
    time: dt.datetime,
    *,
    became: tuple[State, str | None] | None = None,
) -> None:
    """Keep an answer word for word, in one transaction with what it makes of the request.

    Args:
        path: the register.
        fid: row of what was sent.
        request: name of the request that was answered.
        answer: HTTP status and body.
        time: now.
        became: state and uuid, where the answer decides.
    """
    with store.writing(path) as database:
        store.insert(
            database,
            "filing_answers",
            filing=fid,
            request=request,
            time=_text(time),
            http=answer[0],
            answer=answer[1].decode("utf-8", "backslashreplace"),
        )
        if became is not None:
            _end(database, fid, became[0], time, became[1])


def overview(path: Place, system: str, seen: Row, time: dt.datetime) -> None:
    """Keep the state of a filing as the system gave it; what it does not say any more is not forgotten.

    Args:
        path: the register.
        system: which system.
        seen: the ten fields of the overview by name; `uuid` and `status` are there.
        time: now; the first time at which a reference number is seen counts as when it was made available.
    """
    names = (
        "internal_reference", "status", "reference_number", "verification_number", "rejection_reason", "communication",
        "date", "updated_by", "version",
    )  # fmt: skip
    with store.writing(path) as database:
        before = database.execute(
            "SELECT * FROM filing_overviews WHERE uuid = ? AND system = ?", (seen["uuid"], system)
        ).fetchone()
        known = {name: None if before is None else before[name] for name in (*names, "available")}
        now = {name: known[name] if seen.get(name) is None else seen[name] for name in names}
        available = known["available"] or (_text(time) if now["reference_number"] else None)
        database.execute("DELETE FROM filing_overviews WHERE uuid = ? AND system = ?", (seen["uuid"], system))
        store.insert(
            database,
            "filing_overviews",
            uuid=seen["uuid"],
            system=system,
            seen=_text(time),
            available=available,
            **now,
        )
        if now["status"] == "WITHDRAWN":
            _release(database, seen["uuid"], system)


def sent(path: Place, system: str | None = None) -> list[Row]:
    """Everything that was sent, oldest first, each with the last known state of what it filed.

    Args:
        path: the register; nothing was sent where there is none.
        system: only of this one.

    Raises:
        RegisterError: it cannot be read.
    """
    if not store.there(path):
        return []
    with store.reading(path) as database:
        mine = "CAST(? AS TEXT) IS NULL OR f.system = ?"
        rows = database.execute(f"{LATEST} WHERE {mine} ORDER BY f.fid", (system, system))
        return [dict(row) for row in rows]


def one(path: Place, fid: int) -> Row:
    """One row of `sent`."""
    with store.reading(path) as database:
        return dict(database.execute(f"{LATEST} WHERE f.fid = ?", (fid,)).fetchone())


def answers(path: Place, fid: int) -> list[Row]:
    """Every answer to a request, oldest first."""
    with store.reading(path) as database:
        return [dict(row) for row in database.execute("SELECT * FROM filing_answers WHERE filing = ?", (fid,))]


def _end(database: store.Transaction, fid: int, state: State, time: dt.datetime, uuid: str | None) -> None:
    database.execute(
        "UPDATE filings SET state = ?, ended = ?, uuid = coalesce(?, uuid) WHERE fid = ?",
        (state, _text(time), uuid, fid),
    )


def refuse_mixed_systems(database: store.Transaction, path: Place, system: str) -> None:
    """Numbers of a rehearsal must never stand among those of the real system.

    Raises:
        RegisterError: the register belongs to another system.
    """
    systems = database.execute("SELECT system FROM filings UNION SELECT system FROM received")
    others = {name for (name,) in systems} - {system}
    by_hand = database.execute(
        "SELECT count(*) FROM numbers n WHERE n.reference_number NOT IN "
        "(SELECT reference_number FROM filing_overviews WHERE reference_number IS NOT NULL)"
    ).fetchone()[0]
    if by_hand and system != "production":
        others.add("production (noted by hand)")
    if others:
        raise RegisterError(
            sentence("filing", "mixed_systems", register=path.name, others=", ".join(sorted(others)), system=system)
        )


def _refuse_open(database: store.Transaction, sent: Sent) -> None:
    open_row = database.execute(
        "SELECT operation, created FROM filings WHERE state = 'sending' AND system = ? AND internal_reference = ?",
        (sent.system, sent.internal_reference),
    ).fetchone()
    if open_row is not None:
        raise RegisterError(
            sentence(
                "filing",
                "answer_open",
                reference=sent.internal_reference,
                operation=open_row["operation"],
                created=open_row["created"],
            )
        )


def _refuse_used(database: store.Transaction, sent: Sent) -> None:
    used = database.execute(
        f"SELECT uuid, status FROM ({LATEST}) AS filed WHERE operation = 'submit' AND state = 'accepted' "
        "AND system = ? AND internal_reference = ? ORDER BY fid DESC",
        (sent.system, sent.internal_reference),
    ).fetchone()
    if used is not None and used["status"] not in ENDED:
        status = used["status"] or sentence("filing", "state_not_asked")
        raise RegisterError(
            sentence("filing", "used_already", reference=sent.internal_reference, uuid=used["uuid"], status=status)
        )
    noted = database.execute(
        "SELECT n.reference_number FROM numbers n JOIN statements s ON s.fid = n.statement "
        "WHERE n.replaced = 0 AND s.harvest = ? AND s.internal_reference = ?",
        (sent.harvest, sent.internal_reference),
    ).fetchone()
    if noted is not None:
        raise RegisterError(
            sentence("filing", "number_already", reference=sent.internal_reference, number=noted["reference_number"])
        )


def _refuse_same_body(database: store.Transaction, sent: Sent) -> None:
    """The content a filing has now is not sent again; that of one rejected or withdrawn may be."""
    rows = database.execute(
        f"SELECT body_sha256, created, status FROM ({LATEST}) AS filed WHERE system = ? AND internal_reference = ? "
        "AND state = 'accepted' AND operation != 'withdraw' ORDER BY fid DESC LIMIT 1",
        (sent.system, sent.internal_reference),
    ).fetchall()
    for row in rows:
        if row["body_sha256"] == sent.body_sha256 and row["status"] not in ENDED:
            raise RegisterError(
                sentence("filing", "same_body", reference=sent.internal_reference, created=row["created"])
            )


def _release(database: store.Transaction, uuid: str, system: str) -> None:
    """Numbers of a withdrawn statement no longer hold, so its lots can be declared again."""
    database.execute(
        "UPDATE numbers SET replaced = 1 WHERE reference_number IN "
        "(SELECT reference_number FROM filing_overviews WHERE uuid = ? AND system = ?)",
        (uuid, system),
    )


def _text(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat(timespec="seconds")
