"""`eudr-check register`: the register of all harvests, and the numbers people note in it."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, app
from eudr_check.errors import RegisterError

register = typer.Typer(
    no_args_is_help=True, help="Harvests, outcomes, packages and statements, kept five years in one file."
)
app.add_typer(register, name="register")

Register = Annotated[Path, typer.Argument(help="the file a harvest names as 'register'")]


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
        show_register.found(found, what)


@register.command("note")
def register_note(
    file: Register,
    harvest: Annotated[str, typer.Argument(help="name of the harvest")],
    statement: Annotated[
        str, typer.Argument(help="shipment or lot of the statement, its folder, or its internal reference")
    ],
    reference: Annotated[str, typer.Option(help="reference number the EU system gave (14 characters)")],
    verification: Annotated[str, typer.Option(help="verification number the EU system gave; confidential")],
    submitted: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="day of submission, YYYY-MM-DD")],
    package: Annotated[
        str | None, typer.Option(help="first characters of the digest of an earlier package; default: the last")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Correct numbers noted before; they are kept.")] = False,
) -> None:
    """Note that a statement was submitted and the numbers it got; from then on its package is never replaced."""
    from eudr_check import register as room

    day = submitted.date()
    if day > dt.datetime.now().astimezone().date():
        raise RegisterError(f"--submitted {day}: this day is still to come; give the day of submission as YYYY-MM-DD")
    noted = room.note(
        file,
        harvest,
        statement,
        reference=reference,
        verification=verification,
        submitted=day,
        package=package,
        replace=replace,
    )
    typer.echo(
        f"{noted['statement']} of {noted['harvest']} ({noted['internal_reference']}): {noted['reference_number']}, "
        f"submitted {noted['submitted']}, keep until {noted['keep_until']}"
    )


@register.command("export")
def register_export(
    file: Register,
    folder: Annotated[Path, typer.Argument(help="new or empty folder")],
    with_verification: Annotated[
        bool, typer.Option("--with-verification", help="Put the verification numbers in; they are confidential.")
    ] = False,
) -> None:
    """Everything in the register as CSV and GeoJSON, for an auditor."""
    from eudr_check.run.register_export import export

    for path in export(file, folder, with_verification=with_verification):
        typer.echo(str(path))
