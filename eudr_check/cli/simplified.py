"""`eudr-check simplified`: the one declaration of a micro or small primary operator in a low-risk country."""

import json
from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, Config, app
from eudr_check.cli.language import say


@app.command()
def simplified(
    config: Config,
    folder: Annotated[Path, typer.Argument(help="new or empty folder for the declaration")],
    as_json: AsJson = False,
) -> None:
    """Write the simplified declaration (Annex III) of a finished run: pages, JSON and the payload `sd.xml`."""
    from eudr_check.run.inputs import load
    from eudr_check.run.simplified import declare

    answer = declare(load(config), folder)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    state = "simplified_ready" if answer["ready_to_sign"] else "simplified_draft"
    typer.echo(say(state, folder=folder, plots=answer["geolocation"]["plots"]))
    for point in answer["open_points"]:
        typer.echo(say("open_point", what=", ".join(str(value) for value in point.values())))
