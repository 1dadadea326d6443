"""Which looks a plot wants: before the cut-off and now, before and after a loss; and in which order dates are tried."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from eudr_check.imagery.scenes import Overflight
from eudr_check.law.regulation import CUTOFF

BACK = dt.timedelta(days=730)
"""No look older than two years stands for a state."""
SEASON_DAYS = 45
"""Looks whose days of the year are closer than this show one season: leaf fall is not taken for clearing."""
HOPELESS_PERCENT = 80.0
"""Scenes with more cloud wait until all others were measured: some of them are clear on a plot all the same."""


@dataclass(frozen=True)
class Slot:
    """One look that is wanted."""

    name: str
    """before_cutoff, latest, before_loss or after_loss."""
    year: int | None
    """Of the loss."""
    since: dt.date
    until: dt.date
    anchor: dt.date
    """The nearer to it the better."""

    def gap_days(self, day: dt.date) -> int:
        """Days between a look and the anchor."""
        return abs((day - self.anchor).days)


def slots(loss_years: Iterable[int], last_day: dt.date) -> tuple[Slot, ...]:
    """Looks a plot wants: the last before the cut-off, the last of all, and one before and one after every loss year.

    Args:
        loss_years: years after the cut-off for which layers date a loss on the plot.
        last_day: day of the assessment.
    """
    wanted = [Slot("before_cutoff", None, CUTOFF - BACK, CUTOFF, CUTOFF)]
    for year in sorted(set(loss_years)):
        end, begin = dt.date(year - 1, 12, 31), dt.date(year + 1, 1, 1)
        if end > CUTOFF:
            wanted.append(Slot("before_loss", year, end - BACK, end, end))
        if begin <= last_day:
            wanted.append(Slot("after_loss", year, begin, min(begin + BACK, last_day), begin))
    wanted.append(Slot("latest", None, max(last_day - BACK, CUTOFF + dt.timedelta(days=1)), last_day, last_day))
    return tuple(wanted)


def candidates(slot: Slot, overflights: Iterable[Overflight], season: dt.date | None) -> tuple[Overflight, ...]:
    """Overflights of a slot in the order of trying: same season first, then nearness; hopeless scenes last.

    Args:
        slot: what is wanted.
        overflights: all that may show the plot.
        season: day of the look before the cut-off, whose season is kept; None: nearness alone.
    """
    fits = [one for one in overflights if slot.since <= one.day <= slot.until]
    return tuple(
        sorted(
            fits,
            key=lambda one: (
                one.cloud_percent > HOPELESS_PERCENT,
                season is not None and not same_season(one.day, season),
                slot.gap_days(one.day),
                one.cloud_percent,
                one.name,
            ),
        )
    )


def same_season(one: dt.date, other: dt.date) -> bool:
    """Whether two days lie within `SEASON_DAYS` of each other in the year.

    >>> same_season(dt.date(2020, 12, 20), dt.date(2026, 1, 10)), same_season(dt.date(2020, 7, 1), dt.date(2026, 9, 1))
    (True, False)
    """
    days = abs(one.timetuple().tm_yday - other.timetuple().tm_yday)
    return min(days, 365 - days) <= SEASON_DAYS
