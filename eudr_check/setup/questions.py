"""The eight questions of a new harvest: what no file says, asked once, each with the answer that is taken for none."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from eudr_check.errors import ConfigError
from eudr_check.names import code_of, commodity_of
from eudr_check.setup.look import Found
from eudr_check.text import sentence

Ask = Callable[[str, str], str]
"""Called with the key of a question and the answer taken for none; gives what was typed."""
Refuse = Callable[[ConfigError], None]
"""Called with the reason why an answer cannot be, before its question comes again."""
_YES = {"y", "yes", "s", "si", "sí", "sim", "o", "oui", "ya", "có", "co", "ndiyo", "አዎ", "አዎን", "true"}
_NO = {"n", "no", "non", "nao", "não", "tidak", "không", "khong", "hapana", "አይ", "አይደለም", "false"}


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


def answers(found: Found, ask: Ask, refuse: Refuse) -> Answers:
    """Ask what the files leave open.

    Args:
        found: what lies in the folder; it suggests commodity and country.
        ask: asks one question; asked again where the answer cannot be.
        refuse: says why it cannot.
    """
    country = found.countries[0] if len(found.countries) == 1 else ""
    asked = partial(_asked, ask, refuse)
    return Answers(
        commodity=asked("commodity", found.commodity or "coffee", commodity_of),
        country=asked("country", country, code_of),
        first_day=(first := asked("first_day", "", _day)),
        last_day=asked("last_day", "", partial(_day, first=first)),
        operator=asked("operator", "", str.strip),
        operator_country=asked("operator_country", "", code_of),
        eori=asked("eori", "", str.strip),
        confidential=asked("confidential", "", _truth),
    )


def _asked(ask: Ask, refuse: Refuse, key: str, default: str, read: Callable[[str], str | None]) -> str:
    while True:
        typed = ask(key, default).strip()
        if typed in ("", default):
            return default
        try:
            answer = read(typed)
            if answer is not None:
                return answer
            raise ConfigError(sentence("init", "again", value=typed))
        except ConfigError as why:
            refuse(why)


def _day(text: str, first: str = "") -> str:
    try:
        day = dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ConfigError(sentence("init", "again_day", value=text)) from error
    if day < first:
        raise ConfigError(sentence("init", "again_before", value=day, first=first))
    return day


def _truth(text: str) -> str | None:
    folded = text.casefold()
    return "true" if folded in _YES else "false" if folded in _NO else None
