"""Commands about single files: the EU system's own rules, and a finished package."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from eudr_check import text
from eudr_check.cli import language
from eudr_check.cli.app import AsJson, app
from eudr_check.run.exit import Exit


def _of_file(key: str, /, **values: object) -> str:
    return text.say("eu_file", key, language.spoken(), **values)


def _said(spoken: str, key: str, /, **values: object) -> str:
    return text.say("verify", key, spoken, **values)


@app.command("eu-check")
def eu_check(
    file: Annotated[Path, typer.Argument(help="GeoJSON file that is to be uploaded")],
    as_json: AsJson = False,
    cattle: Annotated[bool, typer.Option("--cattle", help="Cattle: points have no upper area.")] = False,
) -> None:
    """The EU Information System's own file rules, offline; exit code 1 when it would refuse or misread the file."""
    from eudr_check.package.eu import file_notes, file_rules
    from eudr_check.run.graph import collector_waiting

    with collector_waiting():
        faults = file_rules.check_file(file, cattle=cattle)
        notes = file_notes.notes_of(file, cattle=cattle)
    if as_json:
        found = [{"kind": "fault", **asdict(fault), "eu_id": fault.eu_id} for fault in faults]
        known = [{"kind": "note", **asdict(note)} for note in notes]
        typer.echo(json.dumps([*found, *known], ensure_ascii=False, indent=1))
    else:
        for note in notes:
            said = language.in_words(note.message)
            typer.echo(_of_file("note", feature=note.feature, code=note.code, message=said))
        for fault in faults:
            said = f"{fault.code} ({fault.eu_id or _of_file('no_eu_error')}): {language.in_words(fault.message)}"
            typer.echo(said if fault.feature is None else _of_file("of_feature", feature=fault.feature, message=said))
        typer.echo(_of_file("faults" if faults else "nothing", file=file, count=len(faults)))
    raise typer.Exit(Exit.ERROR if faults else Exit.DONE)


@app.command()
def verify(
    package: Annotated[Path, typer.Argument(help="package: the ZIP, the unpacked bag, or the folder")],
    as_json: AsJson = False,
    public_key: Annotated[
        Path | None,
        typer.Option("--public-key", help="NAME.pub of the person who signed the ZIP"),
    ] = None,
) -> None:
    """Hash a finished package again, and make outcomes, statements and all other files once more from its tables.

    With `--public-key` the signature beside the ZIP must hold too; it vouches for what a package cannot prove itself.
    """
    from eudr_check.filing import signature
    from eudr_check.package.verify import only_a_signature
    from eudr_check.package.verify import verify as check_package
    from eudr_check.run.graph import collector_waiting
    from eudr_check.run.recompute import STAGES

    spoken = language.spoken()
    with collector_waiting():
        differences = check_package(package, stages=STAGES)
    signed = None if public_key is None else signature.check(package, public_key)
    if as_json:
        stated = {
            "differences": [asdict(difference) for difference in differences],
            "only_signature": only_a_signature(),
            "signed": None if signed is None else signed.statement,
        }
        typer.echo(json.dumps(stated, ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            typer.echo(f"{difference.file}: {difference.code}: {language.in_words(difference.message)}")
        if signed is None:
            typer.echo(_said(spoken, "only_intro"))
            for one in only_a_signature():
                typer.echo(f"- {language.in_words(one)}")
        else:
            typer.echo(_said(spoken, "signed", statement=signed.statement))
        typer.echo(_said(spoken, "differs" if differences else "same", package=package, count=len(differences)))
    raise typer.Exit(Exit.ERROR if differences else Exit.DONE)
