"""Reference numbers along the chain: those of suppliers are checked, one's own are passed on to customers."""

import json
from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli import language
from eudr_check.cli.app import AsJson, app
from eudr_check.cli.app import Register as RegisterFile
from eudr_check.cli.register import files, register
from eudr_check.cli.target import Register, Target, targeted
from eudr_check.errors import FilingError
from eudr_check.run.exit import Exit


@app.command("verify-number")
@targeted
def verify_number(
    reference: Annotated[str, typer.Argument(help="reference number, 14 characters")],
    verification: Annotated[str, typer.Argument(help="verification number")],
    target: Target,
    as_json: AsJson = False,
) -> None:
    """Whether a reference number of a supplier exists in the EU system and may be used."""
    from eudr_check.filing import messages
    from eudr_check.filing.answers import RESULTS
    from eudr_check.filing.words import errors
    from eudr_check.register.numbers import reference_number, verification_number
    from eudr_check.text import sentence

    number = reference_number(reference)
    answer, _ = target.link().send(messages.verify(number, verification_number(verification)))
    if answer.result not in RESULTS:
        said = [] if answer.fault is None else errors(answer.fault, language.spoken())
        raise FilingError(
            sentence("filing", "no_state", number=number, answer=answer.name, why="".join(f"\n{one}" for one in said))
        )
    if as_json:
        stated = {"reference_number": number, "result": answer.result, "status": answer.status, "time": answer.time}
        typer.echo(json.dumps(stated))
    else:
        typer.echo(_line(number, answer.result, answer.status))
    raise typer.Exit(Exit.DONE if answer.result == "EXISTING_USABLE" else Exit.OPEN_QUESTIONS)


@app.command("verify-numbers")
@targeted
def verify_numbers(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: reference_number, verification_number, supplier, lots")],
    register: Register,
    target: Target,
    as_json: AsJson = False,
) -> None:
    """Check every reference number of a supplier's file, and keep day and answer of each in the register."""
    from eudr_check import received as room
    from eudr_check.filing.words import errors

    found = room.read(file)
    for finding in found.findings:
        typer.echo(language.in_words(finding), err=True)
    shown = []
    for asked in room.check(found.pairs, target.link(), register, target.name):
        one = asked.check
        shown.append(
            {
                "reference_number": one.reference_number,
                "supplier": one.supplier,
                "lots": one.lots,
                "place": one.place,
                "result": one.result,
                "status": one.status,
            }
        )
        if not as_json:
            supplier = f" ({one.supplier})" if one.supplier else ""
            typer.echo(_line(one.reference_number + supplier, one.result, one.status))
        if asked.fault is not None:
            typer.echo("\n".join(errors(asked.fault, language.spoken())), err=True)
    if as_json:
        findings = [language.in_words(one) for one in found.findings]
        typer.echo(json.dumps({"checks": shown, "findings": findings}, ensure_ascii=False, indent=1))
    results = {str(one["result"]) for one in shown}
    if room.UNKNOWN in results:
        raise typer.Exit(Exit.INCOMPLETE)
    raise typer.Exit(Exit.DONE if results == {room.USABLE} and not found.findings else Exit.OPEN_QUESTIONS)


@register.command("references")
def register_references(
    file: RegisterFile,
    harvest: Annotated[str, typer.Argument(help="name of the harvest")],
    folder: Annotated[Path, typer.Argument(help="new or empty folder")],
    shipment: Annotated[str | None, typer.Option(help="only this shipment, for its customer")] = None,
    with_verification: Annotated[
        bool, typer.Option("--with-verification", help="Put the verification numbers in; they are confidential.")
    ] = False,
    order: Annotated[
        Path | None, typer.Option(help="YAML with operator and order_item: the number as EUDR-X as well")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The reference numbers of a harvest for customers: CSV, JSON, and a sheet to print with a QR code each."""
    from eudr_check import eudr_x
    from eudr_check.passing_on import pass_on

    given = None if order is None else eudr_x.read(order)
    files(
        pass_on(file, harvest, folder, shipment=shipment, with_verification=with_verification, order=given),
        as_json=as_json,
    )


def _line(number: str, result: str, status: str | None) -> str:
    from eudr_check.text import say

    words = say("filing", f"verify_{result}", language.spoken(), status=status or "")
    return f"{number}: {result}: {words}"
