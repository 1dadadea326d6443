"""`eudr-check register`: the register of all harvests, and the numbers people note in it."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli import language
from eudr_check.cli.app import AsJson, Commands, Register, app, echo_json
from eudr_check.errors import RegisterError
from eudr_check.text import sentence

TIMES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]

register = Commands(
    no_args_is_help=True, help="Harvests, outcomes, packages and statements, kept five years in one place."
)
app.add_typer(register, name="register")


@register.command("list")
def register_list(file: Register, as_json: AsJson = False) -> None:
    """Every harvest with its outcomes, package, statements, their numbers, and until when they are kept."""
    from eudr_check import register as room
    from eudr_check.cli import show_register

    found = room.harvests(file)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show_register.harvests(found)
        show_register.received(room.received(file), language.spoken())


@register.command("find", context_settings={"ignore_unknown_options": True})  # a longitude may begin with a minus
def register_find(
    file: Register,
    what: Annotated[
        str,
        typer.Argument(help="plot (COOPERATIVE/ID or ID), harvest, reference number, or LONGITUDE,LATITUDE"),
    ],
    as_json: AsJson = False,
) -> None:
    """Every harvest, outcome and statement that has a plot or a place."""
    from eudr_check import register as room
    from eudr_check.cli import show_register

    found = room.find(file, what)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        numbers = [one for one in room.received(file) if one["reference_number"] == what.strip().upper()]
        if found or not numbers:
            show_register.found(found, what)
        show_register.received(numbers, language.spoken())


@register.command("filings")
def register_filings(file: Register, as_json: AsJson = False) -> None:
    """What became of every shipment: not filed, pending, available, rejected and why, and until when to amend it."""
    from dataclasses import asdict

    from eudr_check import register as room
    from eudr_check.submission import refusal

    states = room.filing_states(file)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in states], ensure_ascii=False, indent=1))
        return
    for one in states:
        name = f"{one.harvest}, {one.shipment or one.internal_reference}"
        number = f" {one.reference_number}" if one.reference_number else ""
        typer.echo(f"{name}:{number} {one.words(language.spoken())}")
        for why in refusal(file, one, language.spoken()):
            typer.echo(f"  {why}")


@register.command("note")
def register_note(
    file: Register,
    harvest: Annotated[str, typer.Argument(help="name of the harvest")],
    statement: Annotated[
        str, typer.Argument(help="shipment or lot of the statement, its folder, or its internal reference")
    ],
    reference: Annotated[str, typer.Option(help="reference number the EU system gave (14 characters)")],
    verification: Annotated[str, typer.Option(help="verification number the EU system gave; confidential")],
    submitted: Annotated[
        dt.datetime, typer.Option(formats=TIMES, help="submission, YYYY-MM-DD or with its hour YYYY-MM-DDTHH:MM")
    ],
    available: Annotated[
        dt.datetime | None, typer.Option(formats=TIMES, help="when the reference number was made available")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help="first characters of the digest of an earlier package; default: the last")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Correct numbers noted before; they are kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Note that a statement was submitted and the numbers it got; from then on its package is never replaced."""
    from eudr_check import register as room
    from eudr_check.cli import show_register

    for option, time in (("--submitted", submitted), ("--available", available)):
        _refuse_future(option, time)
    noted = room.note(
        file,
        harvest,
        statement,
        reference=reference,
        verification=verification,
        submitted=submitted,
        package=package,
        replace=replace,
    )
    window = noted
    if available is not None:
        window = room.note_available(file, harvest, statement, available, package=package)
    if as_json:
        echo_json({**noted, **window})
        return
    typer.echo(language.say("register_noted", **noted))
    typer.echo(show_register.amendable(window))


@register.command("placed")
def register_placed(
    file: Register,
    harvest: Annotated[str, typer.Argument(help="name of the harvest")],
    statement: Annotated[str, typer.Argument(help="statement-01, its number, or its internal reference")],
    on: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="day of placing on the market or export")],
    package: Annotated[
        str | None, typer.Option(help="first characters of the digest of an earlier package; default: the last")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Correct days noted before; they are kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Note when the product of a filed statement was placed on the market or exported: evidence is kept from then."""
    from eudr_check import register as room

    _refuse_future("--on", on)
    noted = room.place(file, harvest, statement, on.date(), package=package, replace=replace)
    if as_json:
        echo_json(noted)
        return
    typer.echo(language.say("register_placed", **noted))
    if noted["placed"] < noted["submitted"]:
        typer.echo(language.say("register_placed_early", submitted=noted["submitted"]))


def _refuse_future(option: str, time: dt.datetime | None) -> None:
    if time is not None and time > dt.datetime.now():
        raise RegisterError(sentence("refusals", "day_still_to_come", option=option, day=str(time.date())))


@register.command("export")
def register_export(
    file: Register,
    folder: Annotated[Path, typer.Argument(help="new or empty folder")],
    with_verification: Annotated[
        bool, typer.Option("--with-verification", help="Put the verification numbers in; they are confidential.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Everything in the register as CSV and GeoJSON, for an auditor."""
    from eudr_check.run.register_export import export

    files(export(file, folder, with_verification=with_verification), as_json=as_json)


def files(written: Iterable[Path], *, as_json: bool) -> None:
    """The files a command has written, a line each or as JSON."""
    if as_json:
        echo_json(list(written))
        return
    for path in written:
        typer.echo(str(path))
