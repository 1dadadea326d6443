"""`eudr-check layers`: bring the layers of a harvest, or ask every public place whether it still is as defined."""

from pathlib import Path
from typing import Annotated

import typer

from eudr_check import object_store
from eudr_check.cli.app import AsJson, Offline, app
from eudr_check.cli.runs import finish
from eudr_check.run.exit import Exit


@app.command("layers")
def layers(
    config: Annotated[
        Path | None,
        typer.Argument(help="YAML of the harvest; not needed with --live-check", parser=object_store.local),
    ] = None,
    live: Annotated[bool, typer.Option("--live-check", help="Ask every configured endpoint for one window.")] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Go as far as the SOURCES table; with --live-check compare public endpoints with the definitions."""
    from eudr_check.cli import show
    from eudr_check.config import LayerChoice
    from eudr_check.layers.definition import definition, shipped
    from eudr_check.layers.live_check import live_check
    from eudr_check.run.inputs import load

    if not live:
        if config is None:
            raise typer.BadParameter("give the YAML of a harvest, or --live-check")
        finish(load(config), "layers", as_json, offline)
    chosen = (
        [LayerChoice(id=name, source="live") for name in shipped()] if config is None else list(load(config).layers)
    )
    found = live_check([definition(choice) for choice in chosen])
    if as_json:
        typer.echo(found.to_json(orient="records", indent=1, force_ascii=False))
    else:
        show.frame(found, nothing="no layer to check")
    raise typer.Exit(Exit.DONE if found["agrees"].all() else Exit.ERROR)
