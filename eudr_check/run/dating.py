"""The date that a package carries: as the harvest states it, else the day of its first run, kept in the run folder.

A package of one day is the same package on any later day, so the day is noted once. What is newer than that day moves
it: no package is older than a document in it. The weeks of the action plan count from the day of the run that first saw
its outcomes, later than the package where plots or maps changed since: nothing is due before the plan was made.
"""

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from eudr_check import object_store
from eudr_check.config import Harvest
from eudr_check.documents.dossier import Dossier
from eudr_check.errors import RunError
from eudr_check.run.artifacts import reaching, refusal
from eudr_check.run.folder import RunFolder
from eudr_check.text import sentence

FIRST_RUN = "first-run.txt"


def day(harvest: Harvest, folder: RunFolder, documents: Dossier) -> dt.date | None:
    """Date of the package; None for a screening, which makes none.

    Args:
        harvest: the settings.
        folder: held by this process; the day of the first run is noted there.
        documents: what people added.

    Raises:
        RunError: the run folder cannot be read or written, or holds no day.
    """
    if harvest.screening:
        return None
    return harvest.package.date or max([_first_run(folder), *_days(documents)])


def of_plan(harvest: Harvest, package: dt.date) -> dt.date:
    """Day from which the weeks of an action plan that is made now count.

    Args:
        harvest: the settings; `package.date` is the operator's word for the plan too.
        package: date of the package; no plan in it is older.
    """
    return harvest.package.date or max(_today(), package)


def _days(documents: Dossier) -> Iterator[dt.date]:
    """Days on which something inside was written or happened; reviews that are refused for their date have none."""
    for review in documents.reviews:
        if not documents.broken_reviews.get(review.review, "").startswith("dated_in_future"):
            yield review.date
    for answer in documents.answers:
        yield answer.date
    if documents.deliveries is not None:
        for name in ("date", "mixed_on", "removed_on"):
            newest = documents.deliveries[name].max()
            if not pd.isna(newest):
                yield newest.date()


def _today() -> dt.date:
    """The clock, asked once in the life of a harvest, and once for each plan with other outcomes."""
    return dt.date.today()


def _first_run(folder: RunFolder) -> dt.date:
    path = folder.path / FIRST_RUN
    if folder.remote:
        with reaching():
            object_store.pull(path)
    try:
        if not path.is_file():
            path.write_text(f"{_today().isoformat()}\n", encoding="ascii")
            if folder.remote:
                with reaching():
                    object_store.put({path: path})
        return dt.date.fromisoformat(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise refusal(error, folder.path) from error
    except ValueError as error:
        raise RunError(sentence("refusals", "no_day", file=object_store.name(path))) from error
