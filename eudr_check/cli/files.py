"""Commands about single files: the EU system's own rules, and a finished package."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, app
from eudr_check.package import eu_check as rules
from eudr_check.package.verify import verify as check_package
from eudr_check.run.harvest import Exit
from eudr_check.run.recompute import recompute


@app.command("eu-check")
def eu_check(
    file: Annotated[Path, typer.Argument(help="GeoJSON file that is to be uploaded")],
    as_json: AsJson = False,
    cattle: Annotated[bool, typer.Option("--cattle", help="Cattle: points have no upper area.")] = False,
) -> None:
    """The EU Information System's own file rules, offline; exit code 1 when it would refuse or misread the file."""
    faults = rules.check_file(file, cattle=cattle)
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            where = "" if fault.feature is None else f"feature {fault.feature}: "
            typer.echo(f"{where}{fault.code} ({fault.eu_code}): {fault.message}")
        typer.echo(f"{file}: {len(faults)} faults" if faults else f"{file}: nothing the EU system is known to refuse")
    raise typer.Exit(Exit.ERROR if faults else Exit.DONE)


@app.command()
def verify(
    package: Annotated[Path, typer.Argument(help="package: the ZIP, the unpacked bag, or the folder")],
    as_json: AsJson = False,
) -> None:
    """Hash a finished package again, check the EU rules, and recompute its outcomes from the evidence inside."""
    differences = check_package(package, assess=recompute)
    if as_json:
        typer.echo(json.dumps([asdict(difference) for difference in differences], ensure_ascii=False, indent=1))
    else:
        for difference in differences:
            typer.echo(str(difference))
        typer.echo(f"{package}: {len(differences)} differences" if differences else f"{package}: as it was made")
    raise typer.Exit(Exit.ERROR if differences else Exit.DONE)
