"""`eudr-check law`: what the dated tables of the law say about a product, its countries and a day."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from eudr_check import law as rules
from eudr_check.choices import SpokenLanguage
from eudr_check.cli import language as speech
from eudr_check.cli.app import AsJson, app
from eudr_check.errors import ConfigError
from eudr_check.text import say, sentence, topic


@app.command()
def law(
    hs_code: Annotated[str, typer.Argument(help="product code, e.g. '0901 11'")],
    country: Annotated[list[str], typer.Option(help="country of production (two letters); may be given again")],
    on: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="day of placing on the market or export")],
    made: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day of production")] = None,
    size: Annotated[rules.Size | None, typer.Option(help="size of the undertaking")] = None,
    established: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="since when")] = None,
    role: Annotated[rules.Role, typer.Option(help="part in the supply chain")] = "operator",
    seat: Annotated[str | None, typer.Option(help="country in which the undertaking is established")] = None,
    language: Annotated[SpokenLanguage | None, typer.Option(help="language of the answer")] = None,
    as_json: AsJson = False,
) -> None:
    """What applies to a product, its countries and a day: Annex I, country class, who files what, by which act."""
    digits = hs_code.replace(" ", "").replace(".", "")
    if not (digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 10):
        raise ConfigError(sentence("refusals", "product_code", code=hs_code))
    countries = tuple(dict.fromkeys(_iso2(code) for code in country))
    case = rules.Case(
        hs_code,
        countries,
        on.date(),
        made_until=None if made is None else made.date(),
        size=size,
        established=None if established is None else established.date(),
        role=role,
        seat=None if seat is None else _iso2(seat),
    )
    spoken = language or speech.spoken()
    answer = _answer(case, spoken)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=str))
    else:
        for line in _lines(answer, spoken):
            typer.echo(line)


def _iso2(text: str) -> str:
    code = text.strip().upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise ConfigError(sentence("refusals", "country_code", country=text))
    return code


def _answer(case: rules.Case, language: str) -> dict[str, Any]:
    day = rules.market_day(case.placed)
    entry = rules.entry_of(case.hs_code, day)
    found = rules.obligation(case)
    later = [one for one in rules.annex_i(dt.date.max) if one.valid_from > day and _touches(one.code, case.hs_code)]
    return {
        "case": dataclasses.asdict(case),
        "annex_i": None if entry is None else dataclasses.asdict(entry),
        "annex_i_later": [dataclasses.asdict(one) for one in later],
        "countries": [_country(code, day) for code in case.countries],
        "obligation": dataclasses.asdict(found),
        "in_words": {
            "files": say("law", f"files_{found.files}", language),
            "filer": say("law", f"filer_{found.filer or 'none'}", language),
            "record": say("law", f"record_{found.record or 'none'}", language),
            "reasons": [say("law", code, language) for code in found.reasons],
            "open_points": [say("law", code, language) for code in found.open_points],
        },
    }


def _touches(code: str, asked: str) -> bool:
    digits = asked.replace(" ", "").replace(".", "")
    return digits.startswith(code) or code.startswith(digits)


def _country(code: str, day: dt.date) -> dict[str, Any]:
    entry = rules.country_entry(code, day)
    if entry is None:
        return {"country": code, "risk_class": None, "act": None}
    return dataclasses.asdict(entry)


def _lines(answer: dict[str, Any], language: str) -> list[str]:
    def word(key: str, **values: object) -> str:
        return say("law_command", key, language, **values)

    def row(label: str, text: str) -> str:
        return f"{word(label) if label else '':<10} {text}"

    words, entry, case = answer["in_words"], answer["annex_i"], answer["case"]
    lines = [row("product", word("not_listed", code=case["hs_code"], day=case["placed"]))]
    if entry is not None:
        commodity = say("statement", f"commodity_{entry['commodity']}", language)
        part = word("in_part") if entry["extent"] == "part" else ""
        lines = [row("product", f"{entry['code']} {_goods(entry, language)} ({commodity}{part})")]
        lines.append(row("", word("listed", day=entry["valid_from"], act=_act(entry["act"], language))))
    lines += [
        row("later", f"{one['code']} {_goods(one, language)}: {word('since', day=one['valid_from'])}, {act}")
        for one in answer["annex_i_later"]
        for act in (_act(one["act"], language),)
    ]
    for one in answer["countries"]:
        if one["risk_class"] is None:
            lines.append(row("country", word("no_class", country=one["country"])))
            continue
        risk, since = word(f"class_{one['risk_class']}"), word("since", day=one["valid_from"])
        lines.append(row("country", f"{one['country']}: {risk}, {since}, {_act(one['act'], language)}"))
    lines += [row("files", words["files"]), row("who", words["filer"]), row("record", words["record"])]
    lines += [row("why", text) for text in words["reasons"]]
    return lines + [row("open", text) for text in words["open_points"]]


def _goods(entry: Mapping[str, Any], language: str) -> str:
    """What a code of Annex I covers, in few words; English where no translation is at hand, and marked as such."""
    key = f"goods_{entry['code']}"
    if language == "en" or key not in topic("law_command"):
        return entry["goods"] if language == "en" else say("law_command", "in_english", language, goods=entry["goods"])
    return say("law_command", key, language)


def _act(act: str, language: str) -> str:
    kind, _, number = act.partition(" (EU) ")
    return say("law_command", f"act_{kind.split()[0].lower()}", language, number=number)
