"""How long a statement and its evidence are kept, and until when a statement may be amended.

Regulation (EU) 2023/1115, Articles 4(3) and 9(1): the statement is kept five years from its submission, the evidence
five years from placing on the market or export. Our sources differ in where the 72 hours for amendments begin:
Implementing Regulation (EU) 2024/3084, Article 5(1), counts from the reference number being made available, the
service description of the EU system from submission.
"""

import datetime as dt
from typing import NamedTuple

from eudr_check.law.regulation import KEEP_YEARS

AMEND = dt.timedelta(hours=72)


class Window(NamedTuple):
    """Both readings of when the time for amending or withdrawing a statement ends."""

    from_submission: dt.datetime
    from_number: dt.datetime | None
    """None: nobody noted when the number was made available."""

    @property
    def safe(self) -> dt.datetime:
        """The earlier of the two."""
        return self.from_submission if self.from_number is None else min(self.from_submission, self.from_number)


def keep_until(day: dt.date) -> dt.date:
    """Last day of five years that begin on a day.

    >>> keep_until(dt.date(2026, 12, 1)).isoformat()
    '2031-12-01'
    """
    try:
        return day.replace(year=day.year + KEEP_YEARS)
    except ValueError:  # 29 February: a day longer rather than a day shorter
        return dt.date(day.year + KEEP_YEARS, 3, 1)


def amend_window(submitted: dt.datetime, available: dt.datetime | None) -> Window:
    """When the time for amending ends; a day without its hour counts from its beginning, the stricter reading.

    >>> amend_window(dt.datetime(2026, 12, 1, 14, 30), None).safe.isoformat()
    '2026-12-04T14:30:00'
    """
    return Window(submitted + AMEND, None if available is None else available + AMEND)
