"""The command that makes dated pictures of plots."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from eudr_check.cli.app import AsJson, Config, Offline, app
from eudr_check.records import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eudr_check.config import Harvest


@app.command()
def imagery(
    config: Config,
    as_json: AsJson = False,
    offline: Offline = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask the catalogues again, though their list was frozen.")
    ] = False,
) -> None:
    """Dated satellite pictures of plots that are not low: before the cut-off, and now."""
    from eudr_check.run.inputs import load

    code = look(load(config), as_json=as_json, offline=offline, refresh=refresh)
    raise typer.Exit(code)


def look(harvest: "Harvest", *, as_json: bool, offline: bool, refresh: bool = False) -> int:
    """Make the pictures of a harvest, say what was found, and give the exit code."""
    from eudr_check.cli.changes import since_last
    from eudr_check.cli.progress import progress
    from eudr_check.run import harvest as run_harvest
    from eudr_check.run.exit import Exit
    from eudr_check.run.imagery.command import NAME, publish, require

    require(harvest)
    with progress() as report:
        finished = run_harvest.run(harvest, until="assess", offline=offline, progress=report)
        for change in since_last(finished):
            typer.echo(change, err=True)
        typer.echo(budget(harvest), err=True)
        made = publish(harvest, finished.made, offline=offline, refresh=refresh)
    said = made.json("summary")
    folder = finished.folder.path / NAME
    if as_json:
        typer.echo(json.dumps({**said, "folder": str(folder)}, ensure_ascii=False, indent=1))
    else:
        for line in read(said):
            typer.echo(line)
        typer.echo(f"imagery    {folder}")
    return Exit.INCOMPLETE if said["failed_searches"] else finished.exit


def budget(harvest: "Harvest") -> str:
    """What may be read for pictures, said before anything is."""
    assert harvest.imagery is not None
    return f"pictures: at most {harvest.imagery.megabytes} MB of raster blocks (imagery.megabytes)"


def read(said: "Json") -> "Iterator[str]":
    """What was read for pictures, what was seen, and what was left out."""
    counts = ", ".join(f"{count} {status}" for status, count in said["looks"].items())
    yield f"pictures   {said['plots']} plots, {counts}"
    months = said["months"]
    yield f"vegetation {months['known']} months known, {months['unknown']} unknown (one clear date a month since 2019)"
    if said["radar"]:
        yield f"radar      {said['radar']} plots, two medians each (no dated imagery)"
    yield f"read       {said['megabytes']} of {said['megabytes_allowed']} MB, {said['scenes']} scenes listed"
    if said["bands_left_out"]:
        yield f"left out   {said['bands_left_out']} bands did not fit the budget; raise imagery.megabytes"
    if months["left_out"]:
        more = "raise imagery.megabytes or imagery.vegetation_megabytes"
        yield f"left out   {months['left_out']} months of vegetation did not fit the budget; {more}"
    for line in said["failed_searches"]:
        yield f"failed     {line}"
