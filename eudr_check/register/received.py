"""Reference numbers received from suppliers: every check of them, with its date and the answer word for word."""

import datetime as dt
from dataclasses import asdict, dataclass, field

from eudr_check.postgresql import Place
from eudr_check.records import Row
from eudr_check.register import store
from eudr_check.register.outbox import refuse_mixed_systems


@dataclass(frozen=True)
class Check:
    """One question about a pair of numbers, and what came of it."""

    system: str
    """acceptance, production, or practice."""
    reference_number: str
    verification_number: str = field(repr=False)
    supplier: str | None
    lots: str | None
    """As the file of the supplier names them."""
    place: str
    """File and line in which the pair stands."""
    result: str
    """EXISTING_USABLE, EXISTING_NON_USABLE or NON_EXISTENT as the service says; unknown where it said none of them."""
    status: str | None = None
    answer: str | None = None
    """What the service answered, word for word, or why there is no answer."""


def keep(path: Place, check: Check, time: dt.datetime) -> None:
    """Keep a check; earlier ones stay.

    Args:
        path: the register; made where there is none, for a trader has no harvest.
        check: the question and its answer.
        time: now, with a time zone.

    Raises:
        RegisterError: the register belongs to another system.
    """
    with store.writing(path) as database:
        refuse_mixed_systems(database, path, check.system)
        store.insert(
            database, "received", checked=time.astimezone(dt.UTC).isoformat(timespec="seconds"), **asdict(check)
        )


def received(path: Place) -> list[Row]:
    """The last check of every pair of numbers, oldest first.

    Raises:
        RegisterError: the register cannot be read.
    """
    with store.reading(path) as database:
        rows = database.execute(
            "SELECT * FROM received WHERE fid IN "
            "(SELECT max(fid) FROM received GROUP BY system, reference_number, verification_number) ORDER BY fid"
        )
        return [dict(row) for row in rows]
