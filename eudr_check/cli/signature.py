"""`eudr-check sign`: the signature of the person who answers for a package."""

from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, app, echo_json
from eudr_check.cli.language import say

VARIABLE = "EUDR_CHECK_KEY_PASSWORD"
Password = Annotated[
    str, typer.Option(prompt=True, hide_input=True, envvar=VARIABLE, help="of the key; asked for if it is not given")
]
NewPassword = Annotated[
    str,
    typer.Option(
        prompt=True,
        confirmation_prompt=True,
        hide_input=True,
        envvar=VARIABLE,
        help="of the key; asked for twice if it is not given",
    ),
]


@app.command("new-key")
def new_key(
    name: Annotated[Path, typer.Argument(help="path without ending: NAME.key stays with you, NAME.pub goes to others")],
    password: NewPassword,
    as_json: AsJson = False,
) -> None:
    """Make the key with which a person signs packages, locked by a password."""
    from eudr_check.filing import signature

    secret, public = signature.new_key(name, password)
    if as_json:
        echo_json({"secret": secret, "public": public})
        return
    typer.echo(say("key_secret", file=secret))
    typer.echo(say("key_public", file=public))


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(help="the ZIP of a package")],
    key: Annotated[Path, typer.Option("--key", help="the file that ends in .key")],
    person: Annotated[str, typer.Option("--person", help="name of who signs; it stands in the signature")],
    password: Password,
    as_json: AsJson = False,
) -> None:
    """Sign the ZIP of a package: FILE.minisig, which `verify --public-key` checks, and minisign's own programs too."""
    import datetime as dt

    from eudr_check.filing import signature

    signed = signature.sign(file, key, password, person, dt.date.today())
    if as_json:
        echo_json({"signature": signed, "person": person})
    else:
        typer.echo(say("signed", file=signed, person=person))
