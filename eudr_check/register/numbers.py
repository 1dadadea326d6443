"""The numbers the EU Information System gave a statement, noted by a person, and the terms that begin with them.

Formats: "Operator API Reference" v1.0 of the Commission (29 May 2026). A reference number has 14 characters; a
verification number, which is confidential, 5 to 35.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import reduce

from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from eudr_check.register import store
from eudr_check.register.clock import amend_window, keep_until
from eudr_check.text import sentence

MOST_NAMED = 12
"""Statements a message lists by name."""

CURRENT = """(
SELECT max(noted.fid) FROM numbers noted JOIN statements t ON t.fid = noted.statement
WHERE noted.replaced = 0 AND t.harvest = s.harvest AND t.internal_reference = s.internal_reference
    AND t.geojson_sha256 = s.geojson_sha256 AND t.net_mass_kg = s.net_mass_kg)"""
"""SQL: the number that holds for a statement `s`. It belongs to what was declared, so a package made again that
declares the very same has it too."""


def reference_number(text: str) -> str:
    """A reference number in the one way it is written.

    >>> reference_number(" 26be7xtvczaq2s ")
    '26BE7XTVCZAQ2S'

    Raises:
        RegisterError: no reference number.
    """
    number = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z0-9]{14}", number):
        raise RegisterError(sentence("register", "reference_number", number=text, count=len(number)))
    return number


def verification_number(text: str) -> str:
    """A verification number as the EU system gave it; nothing but its length is documented.

    Raises:
        RegisterError: no verification number; it is confidential, so the message does not repeat it.
    """
    number = "".join(text.split())
    if not 5 <= len(number) <= 35:
        raise RegisterError(sentence("register", "verification_number", count=len(number)))
    return number


def note(
    path: Place,
    harvest: str,
    statement: str,
    *,
    reference: str,
    verification: str,
    submitted: dt.date,
    package: str | None = None,
    replace: bool = False,
) -> dict[str, str | None]:
    """Note that a statement was submitted, and the numbers it was given.

    Noting the same again changes nothing. Numbers that are replaced stay in the register, marked so.

    Args:
        path: the register.
        harvest: name of the harvest.
        statement: its shipment or lot, its folder (`statement-EXP-014`) or its internal reference.
        reference: reference number.
        verification: verification number.
        submitted: day of submission, or its time where that is known.
        package: how the digest of the package begins; None takes the last one of the harvest.
        replace: put these numbers in the place of others noted before.

    Returns:
        harvest, statement, internal_reference, reference_number, submitted, keep_until, and until when the statement
        may be amended: amend_from_submission, amend_from_number (None before `note_available`).

    Raises:
        RegisterError: no such statement, no valid number, or other numbers stand there.
    """
    time = submitted if isinstance(submitted, dt.datetime) else dt.datetime.combine(submitted, dt.time.min)
    numbers = {
        "reference_number": reference_number(reference),
        "verification_number": verification_number(verification),
        "submitted": time.date().isoformat(),
    }
    # Asked before the lock is taken, so that a wrong path makes no empty register.
    with store.reading(path):
        pass
    with store.writing(path) as database:
        found = statement_of(database, harvest, statement, package)
        until = keep_until(time.date()).isoformat()
        fid = _kept(database, found, numbers, until, replace=replace)
        window = _clock(database, fid, time)
    return {
        "harvest": harvest,
        "statement": found["statement"],
        "internal_reference": found["internal_reference"],
        "reference_number": numbers["reference_number"],
        "submitted": numbers["submitted"],
        "keep_until": until,
        **window,
    }


def _kept(
    database: store.Transaction, found: store.Row, numbers: Mapping[str, str], until: str, *, replace: bool
) -> int:
    """The entry of the numbers of a statement, made where they are not noted yet.

    Raises:
        RegisterError: other numbers stand there, or the reference number at another statement (not with `replace`).
    """
    before = database.execute(
        f"SELECT n.* FROM statements s JOIN numbers n ON n.fid = {CURRENT} WHERE s.fid = ?", (found["fid"],)
    ).fetchone()
    others = [name for name, value in numbers.items() if before is not None and before[name] != value]
    if before is not None and not others:
        return int(before["fid"])
    if not replace:
        _refuse_to_overwrite(found, before, others)
        _refuse_to_repeat(database, found, numbers["reference_number"])
    # A correction stands where the number stood: at the package that was submitted.
    of = found["fid"] if before is None else before["statement"]
    database.execute("UPDATE numbers SET replaced = 1 WHERE statement = ?", (of,))
    return store.insert(database, "numbers", statement=of, **numbers, keep_until=until)


def note_available(
    path: Place, harvest: str, statement: str, available: dt.datetime, *, package: str | None = None
) -> dict[str, str | None]:
    """Note when the reference number of a statement was made available: from then one reading counts the 72 hours.

    Args:
        path: the register.
        harvest: name of the harvest.
        statement: its folder (`statement-01`), its number or its internal reference.
        available: the time.
        package: how the digest of the package begins; None takes the last one of the harvest.

    Returns:
        amend_from_submission, amend_from_number.

    Raises:
        RegisterError: no such statement, none with a number, or a time before its submission.
    """
    with store.writing(path) as database:
        found = statement_of(database, harvest, statement, package)
        clock = database.execute(
            f"SELECT c.* FROM statements s JOIN clocks c ON c.number = {CURRENT} WHERE s.fid = ?", (found["fid"],)
        ).fetchone()
        if clock is None:
            raise RegisterError(sentence("register", "no_number", statement=found["statement"], harvest=harvest))
        submitted = dt.datetime.fromisoformat(clock["submitted"])
        if available < submitted:
            times = {"available": f"{available:%Y-%m-%dT%H:%M}", "submitted": f"{submitted:%Y-%m-%dT%H:%M}"}
            raise RegisterError(sentence("register", "available_too_early", **times))
        text = available.isoformat(timespec="minutes")
        database.execute("UPDATE clocks SET available = ? WHERE fid = ?", (text, clock["fid"]))
        return amend_texts(submitted, available)


def _clock(database: store.Transaction, number: int, submitted: dt.datetime) -> dict[str, str | None]:
    """Keep when the 72 hours of a number begin; an hour that was known is not lost by noting the day alone."""
    before = database.execute("SELECT * FROM clocks WHERE number = ?", (number,)).fetchone()
    available = None
    if before is not None:
        known = dt.datetime.fromisoformat(before["submitted"])
        if known.date() == submitted.date() and submitted.time() == dt.time.min:
            submitted = known
        available = before["available"]
    database.execute("DELETE FROM clocks WHERE number = ?", (number,))
    time = submitted.isoformat(timespec="minutes")
    store.insert(database, "clocks", number=number, submitted=time, available=available)
    return amend_texts(submitted, None if available is None else dt.datetime.fromisoformat(available))


def amend_texts(submitted: dt.datetime, available: dt.datetime | None) -> dict[str, str | None]:
    """Both readings of the end of the 72 hours, as text."""
    window = amend_window(submitted, available)
    from_number = None if window.from_number is None else window.from_number.isoformat(timespec="minutes")
    return {
        "amend_from_submission": window.from_submission.isoformat(timespec="minutes"),
        "amend_from_number": from_number,
    }


def statement_of(database: store.Transaction, harvest: str, statement: str, package: str | None) -> store.Row:
    """The statement of one package of a harvest.

    Raises:
        RegisterError: there is none, or its package is a draft.
    """
    chosen = _package(database, harvest, package)
    if chosen["draft"]:
        raise RegisterError(sentence("register", "draft", harvest=harvest))
    rows = database.execute(
        "SELECT * FROM statements WHERE package = ? ORDER BY statement", (chosen["fid"],)
    ).fetchall()
    for row in rows:
        folder = row["statement"]
        if statement in (folder, folder.removeprefix("statement-"), row["internal_reference"]):
            found: store.Row = row
            return found
    for row in rows:
        # Earlier versions numbered their folders.
        if statement.isdecimal() and row["statement"] == f"statement-{int(statement):02}":
            return row  # type: ignore[no-any-return]
    if not rows:
        why = chosen["withheld"] or sentence("register", "none_asked_for")
        raise RegisterError(sentence("register", "no_statement", harvest=harvest, statement=statement, why=why))
    names = ", ".join(row["statement"] for row in rows[:MOST_NAMED])
    if len(rows) > MOST_NAMED:
        names = sentence("register", "and_more", names=names, count=len(rows) - MOST_NAMED)
    raise RegisterError(sentence("register", "no_such_statement", harvest=harvest, statement=statement, names=names))


def _package(database: store.Transaction, harvest: str, package: str | None) -> store.Row:
    rows = database.execute(
        "SELECT * FROM packages WHERE harvest = ? ORDER BY is_last DESC, fid", (harvest,)
    ).fetchall()
    chosen = [row for row in rows if row["package_digest"].startswith(package)] if package else rows[:1]
    if len(chosen) == 1:
        only: store.Row = chosen[0]
        return only
    if rows:
        kept = ", ".join(row["package_digest"][:12] for row in rows)
        wording = "several_packages" if chosen else "no_such_package"
        raise RegisterError(sentence("register", wording, harvest=harvest, package=package, known=kept))
    known = [name for (name,) in database.execute("SELECT DISTINCT harvest FROM packages ORDER BY harvest")]
    if known:
        raise RegisterError(sentence("register", "other_harvests", harvest=harvest, known=", ".join(known)))
    raise RegisterError(sentence("register", "no_harvest", harvest=harvest))


def _refuse_to_overwrite(found: store.Row, before: store.Row | None, others: Sequence[str]) -> None:
    if before is not None:
        has = {
            "reference_number": sentence("register", "has_reference_number", number=before["reference_number"]),
            "verification_number": sentence("register", "has_verification_number"),
            "submitted": sentence("register", "has_submitted", day=before["submitted"]),
        }
        said = reduce(
            lambda first, second: sentence("filing", "both", first=first, second=second), [has[name] for name in others]
        )
        raise RegisterError(
            sentence("register", "has_others", statement=found["statement"], harvest=found["harvest"], others=said)
        )


def _refuse_to_repeat(database: store.Transaction, found: store.Row, reference: str) -> None:
    """One number belongs to one statement; an amended one keeps it from package to package."""
    other = database.execute(
        "SELECT s.* FROM numbers n JOIN statements s ON s.fid = n.statement WHERE n.reference_number = ? "
        "AND n.replaced = 0 AND NOT (s.harvest = ? AND s.internal_reference = ?)",
        (reference, found["harvest"], found["internal_reference"]),
    ).fetchone()
    if other is not None:
        place = {"statement": other["statement"], "harvest": other["harvest"]}
        raise RegisterError(sentence("register", "number_at_another", number=reference, **place))
