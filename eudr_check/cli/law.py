"""`eudr-check law`: what the dated tables of the law say about a product, its countries and a day."""

import dataclasses
import datetime as dt
import json
from typing import Annotated, Any

import typer

from eudr_check import law as rules
from eudr_check.choices import Language
from eudr_check.cli.app import AsJson, app
from eudr_check.errors import ConfigError
from eudr_check.text import say, sentence


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
    language: Annotated[Language, typer.Option(help="language of the answer")] = "en",
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
    answer = _answer(case, language)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=str))
    else:
        for line in _lines(answer):
            typer.echo(line)


def _iso2(text: str) -> str:
    code = text.strip().upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise ConfigError(sentence("refusals", "country_code", country=text))
    return code


def _answer(case: rules.Case, language: Language) -> dict[str, Any]:
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


def _lines(answer: dict[str, Any]) -> list[str]:
    words, entry = answer["in_words"], answer["annex_i"]
    lines = [f"product    {answer['case']['hs_code']}: not in Annex I on {answer['case']['placed']}"]
    if entry is not None:
        part = ", in part (ex)" if entry["extent"] == "part" else ""
        lines = [f"product    {entry['code']} {entry['goods']} ({entry['commodity']}{part})"]
        lines.append(f"           in Annex I from {entry['valid_from']}, {entry['act']}")
    lines += [
        f"later      {one['code']} {one['goods']}: from {one['valid_from']}, {one['act']}"
        for one in answer["annex_i_later"]
    ]
    for one in answer["countries"]:
        if one["risk_class"] is None:
            lines.append(f"country    {one['country']}: no class determined; never read as low")
        else:
            lines.append(f"country    {one['country']}: {one['risk_class']}, from {one['valid_from']}, {one['act']}")
    lines += [f"files      {words['files']}", f"who        {words['filer']}", f"record     {words['record']}"]
    lines += [f"why        {sentence}" for sentence in words["reasons"]]
    lines += [f"open       {sentence}" for sentence in words["open_points"]]
    return lines
