"""What the chain of establishments makes of a group of cattle: it is as strong as its weakest link.

Cattle are produced where they are born, reared, fattened and slaughtered (Regulation (EU) 2023/1115, Article 2(28) and
(29)): forest lost on one establishment disqualifies the animals that were kept there, and an establishment or a day
that nobody names is unknown, never sound.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from eudr_check import law, tables
from eudr_check.animal_tables import ANIMALS, CHAIN_OUTCOMES
from eudr_check.config import Harvest
from eudr_check.documents.animals import is_live
from eudr_check.text import Sentence, sentence

FAULTS: Mapping[str, str] = {
    "establishment_high": "high",
    "establishment_unknown": "undetermined",
    "establishment_blocked": "undetermined",
    "establishment_undetermined": "undetermined",
    "no_birth": "undetermined",
    "no_slaughter": "undetermined",
    "day_missing": "undetermined",
    "days_unknown": "undetermined",
    "establishment_more_info": "more_info_needed",
    "two_places": "more_info_needed",
    "order_wrong": "more_info_needed",
}
"""What a link or the lack of one makes of the whole chain, gravest first."""
_OF_OUTCOME = {
    "high": "establishment_high",
    "more_info_needed": "establishment_more_info",
    "undetermined": "establishment_undetermined",
}
SHOWN = 10
"""Names in a line of the terminal."""
_DAY = dt.timedelta(days=1)


class Stay(NamedTuple):
    """A group on an establishment; None for a day that nobody knows."""

    plot: str
    role: str
    since: dt.date | None
    until: dt.date | None


class Days(NamedTuple):
    """A stay of which both days are known."""

    plot: str
    since: dt.date
    until: dt.date


def assess(stays: pd.DataFrame, assessments: pd.DataFrame, plots: pd.DataFrame, harvest: Harvest) -> pd.DataFrame:
    """The outcome of every group of animals.

    Args:
        stays: STAYS.
        assessments: ASSESSMENTS after reviews.
        plots: PLOTS.
        harvest: its products say whether the animals live.

    Returns:
        ANIMALS, ordered by group.
    """
    links = _links(stays["plot"].unique(), assessments, plots)
    alive = bool(harvest.goods) and all(is_live(one.hs_code) for one in harvest.goods)
    groups: dict[str, list[Stay]] = {}
    columns = (stays[name] for name in ("group", "plot", "role", "since", "until"))
    for group, plot, role, since, until in zip(*columns, strict=True):
        groups.setdefault(str(group), []).append(Stay(str(plot), str(role), _day(since), _day(until)))
    return tables.typed(ANIMALS, [_chain(name, groups[name], links, alive=alive) for name in sorted(groups)])


def notes(harvest: Harvest, animals: pd.DataFrame | None, plots: pd.Index) -> tuple[Sentence, ...]:
    """What the person at the terminal must know of the animals; nothing where there are none but in a cattle harvest.

    Args:
        harvest: gives the commodity.
        animals: ANIMALS; None where the harvest names none.
        plots: keys of all establishments.
    """
    if harvest.commodity != "cattle" or harvest.screening:
        return ()
    if animals is None:
        return (sentence("documents", "note_animals_missing"),)
    low = int((animals["outcome"] == "low").sum())
    found = [sentence("documents", "note_animals", low=low, all=len(animals))]
    unnamed = sorted(set(plots) - {plot for keys in animals["plots"] for plot in keys})
    if unnamed:
        shown = ", ".join(unnamed[:SHOWN]) + (f" (+{len(unnamed) - SHOWN})" if len(unnamed) > SHOWN else "")
        found.append(sentence("documents", "note_establishments_unnamed", plots=shown))
    return tuple(found)


def _links(named: Iterable[str], assessments: pd.DataFrame, plots: pd.DataFrame) -> dict[str, str]:
    """The fault of every establishment that has one."""
    usable, final = plots["usable"].to_dict(), assessments["final_outcome"].to_dict()
    found = {}
    for plot in named:
        if plot not in usable:
            found[plot] = "establishment_unknown"
        elif not usable[plot]:
            found[plot] = "establishment_blocked"
        elif final.get(plot) not in tables.SETTLED:
            found[plot] = _OF_OUTCOME.get(str(final.get(plot)), "establishment_undetermined")
    return found


def _chain(name: str, stays: Sequence[Stay], links: Mapping[str, str], *, alive: bool) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for stay in stays:
        if stay.plot in links:
            found.setdefault(links[stay.plot], []).append(stay.plot)
    births, ends = (_of(stays, role) for role in ("birth", "slaughter"))
    if not births:
        found["no_birth"] = []
    if not ends and not alive:
        found["no_slaughter"] = []
    unknown = [stay.plot for stay in stays if stay.since is None or stay.until is None]
    if unknown:
        found["day_missing"] = unknown
    known = sorted(
        (Days(one.plot, one.since, one.until) for one in stays if one.since is not None and one.until is not None),
        key=lambda one: (one.since, one.until, one.plot),
    )
    born = min((one.since for one in births if one.since is not None), default=None)
    killed = max((one.until for one in ends if one.until is not None), default=None)
    of_days = {
        "days_unknown": list(_gaps(known)),
        "two_places": list(_overlaps(known)),
        "order_wrong": [one.plot for one in known if _outside(one, born, killed)],
    }
    found |= {code: more for code, more in of_days.items() if more}
    outcome = max((FAULTS[code] for code in found), key=CHAIN_OUTCOMES.index, default="low")
    before = born is not None and born < law.legal_day("made_before")
    return {
        "group": name,
        "born": None if born is None else str(born),
        "slaughtered": None if killed is None else str(killed),
        "stays": len(stays),
        "outcome": outcome,
        "reasons": "; ".join(_told(code, found[code]) for code in FAULTS if code in found),
        "warnings": f"born_before: {born}" if before else "",
        "plots": sorted({stay.plot for stay in stays}),
    }


def _of(stays: Sequence[Stay], role: str) -> list[Stay]:
    return [stay for stay in stays if stay.role == role]


def _outside(one: Days, born: dt.date | None, killed: dt.date | None) -> bool:
    return (born is not None and one.since < born) or (killed is not None and one.until > killed)


def _gaps(known: Sequence[Days]) -> Iterator[str]:
    """Days on no establishment, as `FIRST/LAST`; animals that leave one day may arrive on the next."""
    through = None
    for one in known:
        if through is not None and one.since > through + _DAY:
            yield f"{through + _DAY}/{one.since - _DAY}"
        through = one.until if through is None else max(through, one.until)


def _overlaps(known: Sequence[Days]) -> Iterator[str]:
    """Establishments where a group was while it was on another one too; the day of a move belongs to both."""
    last: dict[str, dt.date] = {}
    for one in known:
        if any(until > one.since for plot, until in last.items() if plot != one.plot):
            yield one.plot
        last[one.plot] = max(last.get(one.plot, one.until), one.until)


def _told(code: str, what: Sequence[str]) -> str:
    return f"{code}: {', '.join(sorted(set(what)))}" if what else code


def _day(text: Any) -> dt.date | None:
    return None if pd.isna(text) else dt.date.fromisoformat(str(text))
