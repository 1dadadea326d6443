"""When what a statement declares was placed on the market or exported: from that day its evidence is kept."""

import datetime as dt

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.register import store
from eudr_check.register.clock import keep_until
from eudr_check.register.numbers import CURRENT, statement_of
from eudr_check.text import sentence


def place(
    path: Place, harvest: str, statement: str, placed: dt.date, *, package: str | None = None, replace: bool = False
) -> dict[str, str]:
    """Note a day on which the product of a statement was placed on the market or exported.

    A product that goes in several parts has several days; the last one counts. Noting the same again changes nothing.

    Args:
        path: the register.
        harvest: name of the harvest.
        statement: its folder (`statement-01`), its number or its internal reference.
        placed: the day.
        package: how the digest of the package begins; None takes the last one of the harvest.
        replace: put this day in the place of those noted before, which stay in the register, marked so.

    Returns:
        harvest, statement, reference_number, submitted, placed (the last day), keep_until (the later of both terms).

    Raises:
        RegisterError: no such statement, or none that was filed.
    """
    with store.reading(path):
        pass
    with store.writing(path) as database:
        found = statement_of(database, harvest, statement, package)
        number = database.execute(
            f"SELECT n.* FROM statements s JOIN numbers n ON n.fid = {CURRENT} WHERE s.fid = ?", (found["fid"],)
        ).fetchone()
        if number is None:
            raise RegisterError(
                sentence("register", "placed_before_filed", statement=found["statement"], harvest=harvest)
            )
        of = number["statement"]
        if replace:
            database.execute(
                "UPDATE placements SET replaced = 1 WHERE statement = ? AND placed != ?", (of, str(placed))
            )
        known = database.execute(
            "SELECT 1 FROM placements WHERE statement = ? AND placed = ? AND replaced = 0", (of, placed.isoformat())
        ).fetchone()
        if known is None:
            until = keep_until(placed).isoformat()
            store.insert(database, "placements", statement=of, placed=placed.isoformat(), keep_until=until)
        last, until = database.execute(
            "SELECT max(placed), max(keep_until) FROM placements WHERE statement = ? AND replaced = 0", (of,)
        ).fetchone()
        return {
            "harvest": harvest,
            "statement": found["statement"],
            "reference_number": number["reference_number"],
            "submitted": number["submitted"],
            "placed": last,
            "keep_until": max(number["keep_until"], until),
        }
