"""`eudr-check submit` and what follows it: the way of a finished package into the EU system."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eudr_check.cli import language
from eudr_check.cli.app import AsJson, Commands, app, echo_json
from eudr_check.cli.target import Register, Target, targeted
from eudr_check.errors import FilingError
from eudr_check.records import Row
from eudr_check.run.exit import Exit
from eudr_check.text import sentence

if TYPE_CHECKING:
    from eudr_check.filing.client import Client
    from eudr_check.submission import Ready

submission = Commands(no_args_is_help=True, help="What became of what was filed in the EU system.")
app.add_typer(submission, name="submission")

Package = Annotated[Path, typer.Argument(help="ZIP or folder of a package, or the folder of a simplified declaration")]
Shipment = Annotated[str | None, typer.Option(help="shipment, lot or internal reference; default: all")]
Confirm = Annotated[
    list[str] | None, typer.Option(help="SHA-256 of the statement's PDF, which production asks for; once for each")
]


@app.command()
@targeted
def submit(
    package: Package,
    register: Register,
    target: Target,
    shipment: Shipment = None,
    confirm: Confirm = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the exact request, and send nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """File the statements of a package; what was filed before is refused, and nothing is ever sent twice."""
    from eudr_check import submission as room
    from eudr_check.filing import messages

    chosen = room.ready(package, register, shipment)
    if dry_run:
        _show([messages.submit(one.payload) for one in chosen], as_json)
        return
    client = _cleared(package, register, target, chosen, confirm)
    _each(chosen, lambda one: client.submit(one.payload, one.about), as_json)


@app.command()
@targeted
def amend(
    package: Package,
    register: Register,
    target: Target,
    shipment: Shipment = None,
    confirm: Confirm = None,
    as_json: AsJson = False,
) -> None:
    """Put the statements of a package in the place of those filed under the same references; their numbers stay."""
    from eudr_check import submission as room
    from eudr_check.filing import messages

    chosen = room.ready(package, register, shipment, amending=True)
    client = _cleared(package, register, target, chosen, confirm)

    def amended(one: "Ready") -> Row:
        return client.amend(one.payload, _filed(client, messages.internal_reference(one.payload)))

    _each(chosen, amended, as_json)


@app.command()
@targeted
def withdraw(
    reference: Annotated[str, typer.Argument(help="internal reference, reference number or uuid of what was filed")],
    register: Register,
    target: Target,
    as_json: AsJson = False,
) -> None:
    """Withdraw a statement or declaration; its goods may then be filed again."""
    client = target.client(register)
    _each([reference], lambda one: client.withdraw(_filed(client, one)), as_json)


@submission.command("status")
@targeted
def submission_status(
    register: Register,
    target: Target,
    wait: Annotated[bool, typer.Option("--wait", help="Ask again until everything has its numbers.")] = False,
    every: Annotated[float, typer.Option(min=0.01, help="minutes between questions; the EU system asks for 30")] = 30,
    as_json: AsJson = False,
) -> None:
    """Ask what became of everything that was sent, and note in the register the numbers that have come."""
    from eudr_check import submission as room

    if every < 30 and target.endpoint is None:
        raise FilingError(sentence("filing", "every_half_hour", every=f"{every:g}"))
    client = target.client(register)
    rows = room.refresh(client)
    while wait and _pending(rows):
        time.sleep(every * 60)
        rows = room.refresh(client)
    if as_json:
        echo_json([_public(row) for row in rows])
    else:
        for row in rows:
            typer.echo(_line(row))
    raise typer.Exit(Exit.INCOMPLETE if _pending(rows) else Exit.DONE)


@app.command("practice-server")
def practice_server(
    port: Annotated[int, typer.Option(help="port on this machine; 0 takes a free one")] = 8650,
    polls: Annotated[int, typer.Option(min=1, help="questions after which a statement has its numbers")] = 2,
    quirk: Annotated[
        list[str] | None, typer.Option(help="behaviour of the real system to switch on; a wrong name lists all")
    ] = None,
) -> None:
    """Rehearse filing on this machine: a server that behaves like the EU system and forgets everything at its end."""
    import uvicorn

    from eudr_check.filing import practice

    unknown = [name for name in quirk or [] if name not in practice.QUIRKS]
    if unknown:
        raise FilingError(sentence("filing", "no_such_quirk", name=unknown[0], known=", ".join(practice.QUIRKS)))
    typer.echo(
        f"practice server: http://127.0.0.1:{port}/ (user {practice.USER}, key {practice.KEY}, client id "
        f"{practice.CLIENT_ID}); its numbers are worth nothing. Stop it with Ctrl+C"
    )
    system = practice.System(polls=polls, quirks=tuple(quirk or ()))
    uvicorn.run(practice.application(system), host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _cleared(
    package: Path, register: Register, target: Target, chosen: "list[Ready]", confirm: list[str] | None
) -> "Client":
    """The client, once everything that forbids filing was looked for."""
    from eudr_check import submission as room

    client = target.client(register)
    if target.system == "production":
        room.refuse_unconfirmed(chosen, confirm or [])
    room.refuse_changed(package)
    return client


def _filed(client: "Client", reference: str) -> Row:
    """What was filed under a reference, a number or a uuid."""
    from eudr_check.register import outbox

    for row in reversed(outbox.sent(client.register, client.system)):
        names = (row["internal_reference"], row["reference_number"], row["uuid"])
        if row["operation"] == "submit" and row["state"] == "accepted" and reference in names:
            found: Row = row
            return found
    raise FilingError(sentence("filing", "not_filed_here", reference=reference, system=client.system))


def _show(requests: list[Any], as_json: bool) -> None:
    from eudr_check.filing.security import Credentials

    nobody = Credentials("USER", "", "CLIENT-ID")
    shown = [{"sha256": one.sha256, "request": one.without_secrets(nobody).decode("utf-8")} for one in requests]
    if as_json:
        echo_json(shown)
        return
    for one in shown:
        typer.echo(f"SHA-256 of the body: {one['sha256']}", err=True)
        typer.echo(one["request"])


def _each(chosen: "list[Ready] | list[str]", action: Any, as_json: bool) -> None:
    """Do every one; a refusal in plain words, the others go on."""
    from eudr_check.filing.client import PendingError, RefusedError
    from eudr_check.filing.words import errors

    code, done, said = Exit.DONE, [], []
    for one in chosen:
        try:
            row = action(one)
        except PendingError as error:
            said.append({"error": error.code, "message": language.in_words(error.args[0])})
            code = max(code, Exit.INCOMPLETE)
        except RefusedError as error:
            words = [language.in_words(error.args[0]), *errors(error.fault, language.spoken())]
            said.append({"error": error.code, "message": "\n".join(words)})
            code = Exit.ERROR
        else:
            done.append(_public(row))
            if not as_json:
                typer.echo(_line(row))
            continue
        typer.echo(said[-1]["message"], err=True)
        if code == Exit.ERROR:
            break
    if as_json:
        echo_json({"done": done, "errors": said})
    raise typer.Exit(code)


def _public(row: Row) -> Row:
    """A row of the outbox without what is confidential."""
    return {name: value for name, value in row.items() if name != "verification_number"}


def _line(row: Row) -> str:
    from eudr_check.register.filing_state import words

    number = "" if row["reference_number"] is None else f" {row['reference_number']}"
    return f"{row['internal_reference']} ({row['system']}, {row['operation']}):{number} {words(row, language.spoken())}"


def _pending(rows: list[Row]) -> bool:
    return any(
        row["state"] == "sending" or (row["state"] == "accepted" and row["status"] in (None, "SUBMITTED"))
        for row in rows
    )
