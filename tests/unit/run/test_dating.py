"""The date of a package: true, the same in every later run, and never before what is inside."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from eudr_check.documents.answers import Answer
from eudr_check.documents.dossier import Dossier
from eudr_check.documents.review import Review
from eudr_check.errors import RunError
from eudr_check.run import dating
from eudr_check.run.folder import RunFolder
from tests.helpers import package_tables as six

FIRST = dt.date(2026, 10, 5)
NOTED = {"first-run.txt": "2026-10-05\n"}


def review(day: dt.date, name: str = "R1") -> Review:
    """A decision of a day."""
    return Review(name, ("norte/001",), "clear", ("x",), "field_visit", {}, {}, "Eva", "", day, ("0",))


def delivered(day: str) -> pd.DataFrame:
    """One delivery."""
    days = pd.to_datetime(pd.Series([day]))
    return pd.DataFrame({"date": days, "mixed_on": pd.Series([pd.NaT]), "removed_on": pd.Series([pd.NaT])})


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run folder whose first run was on 5 October."""
    for name, text in NOTED.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    return RunFolder(tmp_path)


def test_first_run_is_noted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is asked in the first run alone: a package of one day is the same on the next."""
    began = dt.date.today()
    first = dating.day(six.harvest(), RunFolder(tmp_path), Dossier())
    ended = dt.date.today()
    monkeypatch.setattr(dating.dt, "date", type("Later", (dt.date,), {"today": lambda: dt.date(2099, 1, 1)}))

    assert began <= first <= ended
    assert str(dating.day(six.harvest(), RunFolder(tmp_path), Dossier())) == str(first)


@pytest.mark.parametrize(
    ("documents", "day"),
    [
        (Dossier(), FIRST),
        (Dossier(reviews=(review(dt.date(2026, 10, 19)),)), dt.date(2026, 10, 19)),
        (Dossier(reviews=(review(dt.date(2026, 10, 1)),)), FIRST),
        (Dossier(answers=(Answer("d", "no", "", "", dt.date(2026, 11, 1), "Eva"),)), dt.date(2026, 11, 1)),
        (Dossier(deliveries=delivered("2026-10-30")), dt.date(2026, 10, 30)),
        (
            Dossier(reviews=(review(dt.date(2036, 1, 1)),), broken_reviews={"R1": "dated_in_future:2036-01-01"}),
            FIRST,
        ),
    ],
    ids=["none", "review", "older review", "answer", "delivery", "review of a day to come"],
)
def test_no_package_is_older_than_a_document_in_it(folder: RunFolder, documents: Dossier, day: dt.date) -> None:
    """A newer review, answer or delivery moves the date; one that is refused for its date does not."""
    assert dating.day(six.harvest(), folder, documents) == day


def test_stated_date_stands_and_a_screening_has_none(folder: RunFolder) -> None:
    """`package.date` is the operator's word; a look that declares nothing makes no package."""
    stated = six.harvest(package={"languages": ["es"], "date": "2026-11-02"})

    assert dating.day(stated, folder, Dossier()) == dt.date(2026, 11, 2)
    assert dating.day(six.harvest().for_screening(), folder, Dossier()) is None


def test_no_plan_is_older_than_its_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weeks count from today, from the package where that is newer, and from the operator's word where there is one."""
    monkeypatch.setattr(dating, "_today", lambda: dt.date(2026, 12, 20))
    stated = six.harvest(package={"languages": ["es"], "date": "2026-11-02"})

    assert dating.of_plan(six.harvest(), FIRST) == dt.date(2026, 12, 20)
    assert dating.of_plan(six.harvest(), dt.date(2027, 1, 5)) == dt.date(2027, 1, 5)
    assert dating.of_plan(stated, dt.date(2026, 11, 2)) == dt.date(2026, 11, 2)


def test_damaged_note_is_named(folder: RunFolder) -> None:
    """Nobody guesses a day."""
    (folder.path / dating.FIRST_RUN).write_text("yesterday", encoding="ascii")

    with pytest.raises(RunError, match=r"first-run\.txt: holds no day"):
        dating.day(six.harvest(), folder, Dossier())
