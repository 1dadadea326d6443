"""The eight questions of a new harvest: what no file says, asked once, each with the answer that is taken for none."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from eudr_check.names import code_of, commodity_of
from eudr_check.setup.look import Found

Ask = Callable[[str, str], str]
"""Called with the key of a question and the answer taken for none; gives what was typed."""
_YES = {"y", "yes", "s", "si", "sí", "sim", "o", "oui", "true"}
_NO = {"n", "no", "non", "nao", "não", "false"}


@dataclass(frozen=True)
class Answers:
    """What was answered; empty where nobody knows yet, which the YAML marks."""

    commodity: str
    country: str
    first_day: str
    last_day: str
    operator: str
    operator_country: str
    eori: str
    confidential: str


def answers(found: Found, ask: Ask) -> Answers:
    """Ask what the files leave open.

    Args:
        found: what lies in the folder; it suggests commodity and country.
        ask: asks one question; asked again where the answer cannot be.
    """
    country = found.countries[0] if len(found.countries) == 1 else ""
    return Answers(
        commodity=_asked(ask, "commodity", found.commodity or "coffee", commodity_of),
        country=_asked(ask, "country", country, code_of),
        first_day=_asked(ask, "first_day", "", _day),
        last_day=_asked(ask, "last_day", "", _day),
        operator=_asked(ask, "operator", "", str.strip),
        operator_country=_asked(ask, "operator_country", "", code_of),
        eori=_asked(ask, "eori", "", str.strip),
        confidential=_asked(ask, "confidential", "", _truth),
    )


def _asked(ask: Ask, key: str, default: str, read: Callable[[str], str | None]) -> str:
    while True:
        typed = ask(key, default).strip()
        if typed in ("", default):
            return default
        answer = read(typed)
        if answer is not None:
            return answer


def _day(text: str) -> str | None:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _truth(text: str) -> str | None:
    folded = text.casefold()
    return "true" if folded in _YES else "false" if folded in _NO else None
