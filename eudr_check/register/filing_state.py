"""What became of every statement of a harvest, shipment by shipment, and what may still be done with it.

Not filed, sent without an answer, pending, available, rejected, withdrawn: from the last package, the numbers people
noted and the outbox, each filing as the EU system last showed it.
"""

import datetime as dt
from dataclasses import dataclass

from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.register.clock import amend_window
from eudr_check.register.outbox import LATEST
from eudr_check.text import say, topic

_STATEMENTS = """
SELECT s.harvest, s.internal_reference, max(l.shipment) AS shipment
FROM statements s JOIN packages p ON p.fid = s.package LEFT JOIN statement_lots l ON l.statement = s.fid
WHERE p.draft = 0 AND (p.is_last = 1 OR s.fid IN (SELECT statement FROM numbers WHERE replaced = 0))
GROUP BY s.fid ORDER BY s.fid
"""
_NOTED = """
SELECT s.harvest, s.internal_reference, n.reference_number, coalesce(c.submitted, n.submitted) AS created, c.available
FROM numbers n JOIN statements s ON s.fid = n.statement LEFT JOIN clocks c ON c.number = n.fid
WHERE n.replaced = 0 ORDER BY n.fid
"""


@dataclass(frozen=True)
class FilingState:
    """The state of one statement or declaration."""

    harvest: str
    shipment: str | None
    internal_reference: str
    state: str
    """not_filed, or a state of the outbox."""
    status: str | None = None
    """Of the EU system, where it took the filing."""
    reference_number: str | None = None
    rejection_reason: str | None = None
    """In the words of the EU system."""
    created: str | None = None
    """When it was sent: UTC with its offset, or local time as people note it."""
    available: str | None = None
    """When its number was first seen, likewise."""
    system: str | None = None
    """None: noted by a person."""
    filing: int | None = None
    """Row of the outbox."""

    def words(self, language: str, zone: dt.tzinfo | None = None) -> str:
        """What it is, what may be done, and until when; times in `zone`, None for that of this machine."""
        return words(vars(self), language, zone)


def filing_states(path: Place, harvest: str | None = None) -> tuple[FilingState, ...]:
    """The state of every statement of the last packages and of everything that was filed.

    Args:
        path: the register; nothing where there is none.
        harvest: only of this one.

    Raises:
        RegisterError: it cannot be read.
    """
    if not store.there(path):
        return ()
    with store.reading(path) as database:
        found = {
            _key(row): FilingState(row["harvest"], row["shipment"], row["internal_reference"], "not_filed")
            for row in database.execute(_STATEMENTS)
        }
        for row in database.execute(_NOTED):
            before = found[_key(row)]
            found[_key(row)] = FilingState(
                before.harvest,
                before.shipment,
                before.internal_reference,
                "accepted",
                "AVAILABLE",
                row["reference_number"],
                created=row["created"],
                available=row["available"],
            )
        for row in _telling(database):
            noted = found.get(_key(row))
            # A number that a person noted holds, whatever became of an attempt before it.
            if noted is None or noted.status is None or row["state"] not in ("refused", "lost"):
                found[_key(row)] = _filed(row)
    mine = [one for one in found.values() if harvest in (None, one.harvest)]
    return tuple(sorted(mine, key=lambda one: (one.harvest, one.shipment or "", one.internal_reference)))


def words(row: Row, language: str, zone: dt.tzinfo | None = None) -> str:
    """The state of a filing in one sentence: what it is, what may be done, and until when.

    Args:
        row: a row of the outbox, or the fields of a `FilingState`.
        language: en, es, fr or pt.
        zone: of the time; None takes that of this machine.
    """
    if row["state"] != "accepted":
        return say("filing", f"state_{row['state']}", language)
    status = row["status"] or "SUBMITTED"
    until = ""
    if status == "AVAILABLE":
        available = None if row["available"] is None else dt.datetime.fromisoformat(row["available"])
        window = amend_window(dt.datetime.fromisoformat(row["created"]), available)
        until = window.safe.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    if f"status_{status}" not in topic("filing"):
        return say("filing", "status_other", language, status=status)
    return say("filing", f"status_{status}", language, until=until, reason=row["rejection_reason"] or "")


def _key(row: store.Row) -> tuple[str, str]:
    return row["harvest"], row["internal_reference"]


def _telling(database: store.Transaction) -> list[store.Row]:
    """Of every reference the row that tells its state: one without an answer, else the last that was taken."""
    rows: dict[tuple[str, str], store.Row] = {}
    weight = {"refused": 0, "lost": 0, "accepted": 1, "sending": 2}
    for row in database.execute(f"{LATEST} ORDER BY f.fid"):
        if row["operation"] != "submit" and row["state"] != "sending":
            continue
        before = rows.get(_key(row))
        if before is None or weight[row["state"]] >= weight[before["state"]]:
            rows[_key(row)] = row
    return list(rows.values())


def _filed(row: store.Row) -> FilingState:
    names = (
        "harvest", "shipment", "internal_reference", "state", "status", "reference_number", "rejection_reason",
        "created", "available", "system",
    )  # fmt: skip
    return FilingState(**{name: row[name] for name in names}, filing=row["fid"])
