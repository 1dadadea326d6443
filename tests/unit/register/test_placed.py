"""Terms that begin with a statement: five years of keeping, and the hours in which it may be amended."""

from datetime import date, datetime

import pytest

from eudr_check import register
from eudr_check.errors import RegisterError
from eudr_check.postgresql import Place
from tests.helpers.register_tables import NUMBERS, record

NOTED = NUMBERS | {"submitted": date(2026, 11, 20)}


@pytest.fixture
def path(place: Place) -> Place:
    """A register with one package of one statement."""
    record(place, "2026", {"A": "low"})
    return place


def statement(path: Place) -> dict[str, object]:
    """The only statement, as the list of harvests shows it."""
    found: dict[str, object] = register.harvests(path)[0]["packages"][0]["statements"][0]
    return found


@pytest.mark.parametrize(
    ("placed", "until"),
    [
        ([], "2031-11-20"),
        ([date(2027, 1, 15)], "2032-01-15"),
        ([date(2027, 3, 1), date(2027, 1, 15)], "2032-03-01"),
        ([date(2026, 11, 1)], "2031-11-20"),
    ],
)
def test_the_later_of_both_terms_counts(path: Place, placed: list[date], until: str) -> None:
    """Five years from submission for the statement, from the last placing for its evidence: the file stays for both."""
    register.note(path, "2026", "1", **NOTED)
    for day in placed:
        register.place(path, "2026", "1", day)

    assert statement(path)["keep_until"] == until
    assert register.harvests(path)[0]["keep_until"] == until
    assert statement(path)["placed"] == (max(placed).isoformat() if placed else None)


def test_a_wrong_day_is_corrected_and_kept(path: Place) -> None:
    """With `replace` only the new day counts; the register still holds the old one, marked."""
    register.note(path, "2026", "1", **NOTED)
    register.place(path, "2026", "1", date(2029, 1, 15))
    register.place(path, "2026", "1", date(2027, 1, 15), replace=True)
    kept = register.content(path)["placements"]

    assert statement(path)["keep_until"] == "2032-01-15"
    assert dict(zip(kept["placed"], kept["replaced"], strict=True)) == {"2029-01-15": 1, "2027-01-15": 0}


def test_nothing_is_placed_before_it_is_filed(path: Place) -> None:
    """Without a number there is no statement whose product could be placed."""
    with pytest.raises(RegisterError, match="has no number yet; note its numbers first"):
        register.place(path, "2026", "1", date(2027, 1, 15))


@pytest.mark.parametrize(
    ("submitted", "available", "from_submission", "from_number"),
    [
        (datetime(2026, 11, 20, 14, 30), None, "2026-11-23T14:30", None),
        (datetime(2026, 11, 20, 14, 30), datetime(2026, 11, 20, 15, 5), "2026-11-23T14:30", "2026-11-23T15:05"),
        (date(2026, 11, 20), None, "2026-11-23T00:00", None),
        (datetime(2026, 2, 27, 8, 0), datetime(2026, 3, 1, 9, 0), "2026-03-02T08:00", "2026-03-04T09:00"),
    ],
)
def test_the_72_hours_are_told_by_both_readings(
    path: Place, submitted: date, available: datetime | None, from_submission: str, from_number: str | None
) -> None:
    """From submission and from the number; a day without an hour counts from its beginning, the stricter reading."""
    noted = register.note(path, "2026", "1", **NUMBERS | {"submitted": submitted})
    if available is not None:
        noted = register.note_available(path, "2026", "1", available)
    shown = statement(path)

    for found in (noted, shown):
        assert (found["amend_from_submission"], found["amend_from_number"]) == (from_submission, from_number)
    window = register.amend_window(datetime(2026, 11, 20, 14, 30), datetime(2026, 11, 20, 15, 5))
    assert window.safe == window.from_submission


def test_an_hour_noted_once_is_not_lost(path: Place) -> None:
    """Noting the same number again with the day alone keeps the hours."""
    register.note(path, "2026", "1", **NUMBERS | {"submitted": datetime(2026, 11, 20, 14, 30)})
    register.note_available(path, "2026", "1", datetime(2026, 11, 20, 15, 5))
    register.note(path, "2026", "1", **NOTED)

    assert statement(path)["amend_from_submission"] == "2026-11-23T14:30"
    assert statement(path)["amend_from_number"] == "2026-11-23T15:05"


def test_a_number_is_not_available_before_submission(path: Place) -> None:
    """Two times that contradict each other are refused by both values."""
    register.note(path, "2026", "1", **NUMBERS | {"submitted": datetime(2026, 11, 20, 14, 30)})
    with pytest.raises(RegisterError, match=r"available 2026-11-20T13:00 lies before submitted 2026-11-20T14:30"):
        register.note_available(path, "2026", "1", datetime(2026, 11, 20, 13, 0))


def test_statements_that_were_not_filed_have_no_clock(path: Place) -> None:
    """Nothing is counted from a day that has not come."""
    shown = statement(path)

    assert (shown["keep_until"], shown["amend_from_submission"], shown["placed"]) == (None, None, None)
