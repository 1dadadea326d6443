"""Who files what: a pure function of size, founding, role, seat, countries, product and days.

The rules are those of Regulation (EU) 2023/1115 as amended by (EU) 2025/2650: Articles 2(15a), 4, 4a, 7, 13, 37 and 38.
What is not known never helps: it leaves the earlier date and the fuller duty, and is named in `open_points`.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eudr_check.law.annex_i import AnnexEntry, annex_i, entry_of, market_day
from eudr_check.law.countries import UNION_MARKET, country_class
from eudr_check.law.dates import legal_day

Size = Literal["natural_person", "micro", "small", "medium", "large"]
Role = Literal["operator", "primary_producer", "downstream_operator", "trader"]
Files = Literal["statement", "simplified_declaration", "nothing"]
Record = Literal["article_10", "article_13"]
SMALL = ("natural_person", "micro", "small")


@dataclass(frozen=True)
class Case:
    """Who places which product on the market or exports it, from where and when."""

    hs_code: str
    countries: tuple[str, ...]
    """Countries of production, ISO 3166-1 alpha-2."""
    placed: dt.date
    """Day of placing on the market or of export."""
    made_until: dt.date | None = None
    """Last day of production; for cattle the last day of birth, for wood of felling."""
    size: Size | None = None
    established: dt.date | None = None
    """Since when the undertaking exists in this size."""
    role: Role = "operator"
    seat: str | None = None
    """Country in which the person is established."""
    concern: bool = False
    """A substantiated concern or other sign of risk is known (Article 13)."""


@dataclass(frozen=True)
class Obligation:
    """What is filed, by whom, from when, and which record stands behind it."""

    files: Files
    filer: Literal["operator", "first_union_person"] | None
    """None where nothing is filed."""
    record: Record | None
    applies_from: dt.date | None
    """First day of the duty for this person; None where there is none at all."""
    reasons: tuple[str, ...]
    """Codes of the rules that led here; `text/law.yaml` has the words."""
    open_points: tuple[str, ...]
    """Codes of what was not known or is not settled, and was taken at its strictest."""


def obligation(case: Case) -> Obligation:
    """Who files what for a case.

    >>> obligation(Case("0901 11", ("PE",), dt.date(2027, 1, 15), role="operator", seat="NL", size="large")).files
    'statement'
    """
    entry = entry_of(case.hs_code, market_day(case.placed))
    if entry is None:
        return _nothing(_not_in_annex(case))
    partly = ("annex_part",) if entry.extent == "part" else ()
    if outside := _made_before(case, entry):
        return _nothing(outside, partly)
    if case.role in ("downstream_operator", "trader"):
        return _nothing("downstream", partly)
    filer, reasons, unknown = _filer(case)
    files: Files = "simplified_declaration" if "small_primary" in reasons else "statement"
    begins, why, dates_open = _application(case, entry, by_operator=filer == "operator")
    reasons, unknown = (*reasons, why), (*partly, *unknown, *dates_open)
    if entry.commodity == "wood" and _old(case):
        reasons = (*reasons, "old_wood_over")
    if case.placed < begins:
        return Obligation("nothing", None, None, begins, (*reasons, "not_yet"), unknown)
    record, because = _record(case)
    return Obligation(files, filer, record, begins, (*reasons, because), unknown)


def _nothing(reason: str, unknown: tuple[str, ...] = ()) -> Obligation:
    return Obligation("nothing", None, None, None, (reason,), unknown)


def _not_in_annex(case: Case) -> str:
    digits = case.hs_code.replace(" ", "").replace(".", "")
    if entry_of(digits, dt.date.max) is not None:
        return "in_annex_later"
    longer = any(entry.code.startswith(digits) for entry in annex_i(dt.date.max))
    return "code_too_short" if digits and longer else "not_in_annex"


def _old(case: Case) -> bool:
    return case.made_until is not None and case.made_until < legal_day("made_before")


def _made_before(case: Case, entry: AnnexEntry) -> str | None:
    """Why a product made before the law was in force is outside it, if it is."""
    if not _old(case):
        return None
    if entry.commodity != "wood":
        return "made_before"
    return "old_wood" if case.placed <= legal_day("old_wood_until") else None


def _filer(
    case: Case,
) -> tuple[Literal["operator", "first_union_person"], tuple[str, ...], tuple[str, ...]]:
    """Who files, the rules behind it, and what is open."""
    outside = case.seat is not None and case.seat not in UNION_MARKET
    if case.role == "primary_producer":
        lacking = tuple(_keeps_from_simplified(case))
        if not lacking:
            return "operator", ("small_primary",), ("outside_union_simplified",) if outside else ()
        filer, reasons, unknown = _ordinary_filer(case, outside=outside)
        return filer, (*lacking, *reasons), unknown
    return _ordinary_filer(case, outside=outside)


def _ordinary_filer(
    case: Case, *, outside: bool
) -> tuple[Literal["operator", "first_union_person"], tuple[str, ...], tuple[str, ...]]:
    if outside:
        return "first_union_person", ("outside_union",), ()
    return "operator", ("operator_files",), ("seat_unknown",) if case.seat is None else ()


def _keeps_from_simplified(case: Case) -> Iterator[str]:
    """Why a primary producer files a full statement all the same."""
    if case.size is None:
        yield "primary_size_unknown"
    elif case.size not in SMALL:
        yield "primary_not_small"
    day = market_day(case.placed)
    if case.seat is None or country_class(case.seat, day) != "low":
        yield "primary_seat_not_low"
    if set(case.countries) != {case.seat}:
        yield "primary_other_country"


def _application(case: Case, entry: AnnexEntry, *, by_operator: bool) -> tuple[dt.date, str, tuple[str, ...]]:
    """First day of the duty, the rule behind it, and what is open."""
    general, small = legal_day("general_application"), legal_day("small_application")
    if not by_operator:
        # The size that counts is that of the person in the Union, who is not known here.
        return general, "from_general", ()
    if case.size is None:
        return general, "from_general", ("size_unknown",)
    if case.size not in SMALL:
        return general, "from_general", ()
    if case.established is None:
        return general, "from_general", ("established_unknown",)
    if case.established > legal_day("established_by"):
        return general, "from_general_young", ()
    if entry.commodity == "wood":
        return general, "from_general_timber", ("timber_annex",)
    return small, "from_small", ()


def _record(case: Case) -> tuple[Record, str]:
    record = record_of(case.countries, case.placed, case.concern)
    if record == "article_13":
        return record, "record_short"
    without = record_of(case.countries, case.placed, None)
    return record, "record_full_concern" if without == "article_13" else "record_full"


def record_of(countries: Sequence[str], placed: dt.date, concern: object) -> Record:
    """The record of a consignment: the short one of Article 13 only where every country is low-risk.

    Args:
        countries: countries of production, all of them.
        placed: day of placing on the market or of export.
        concern: a substantiated concern or other sign of risk, if there is one.
    """
    day = market_day(placed)
    if concern or not countries or any(country_class(country, day) != "low" for country in countries):
        return "article_10"
    return "article_13"
