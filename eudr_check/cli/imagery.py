"""The command that makes dated pictures of plots."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from eudr_check.cli.app import AsJson, Config, Offline, app
from eudr_check.cli.language import spoken
from eudr_check.records import Json
from eudr_check.text import say

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
        typer.echo(_row("imagery", str(folder)))
    return Exit.INCOMPLETE if said["failed_searches"] else finished.exit


def budget(harvest: "Harvest") -> str:
    """What may be read for pictures, said before anything is."""
    assert harvest.imagery is not None
    return _say("budget", megabytes=harvest.imagery.megabytes)


def read(said: "Json") -> "Iterator[str]":
    """What was read for pictures, what was seen, and what was left out."""
    counts = ", ".join(f"{count} {_say(f'look_{status}')}" for status, count in said["looks"].items())
    yield _row("pictures", _say("plots", plots=said["plots"], counts=counts))
    months = said["months"]
    yield _row("vegetation", _say("months", known=months["known"], unknown=months["unknown"]))
    if said["radar"]:
        yield _row("radar", _say("radar_plots", plots=said["radar"]))
    figures = {"megabytes": said["megabytes"], "allowed": said["megabytes_allowed"], "scenes": said["scenes"]}
    yield _row("read", _say("megabytes", **figures))
    if said["bands_left_out"]:
        yield _row("left_out", _say("bands_left_out", bands=said["bands_left_out"]))
    if months["left_out"]:
        yield _row("left_out", _say("months_left_out", months=months["left_out"]))
    for line in said["failed_searches"]:
        yield _row("failed", line)


def _say(key: str, **values: object) -> str:
    return say("imagery_command", key, spoken(), **values)


def _row(label: str, words: str) -> str:
    return f"{_say(label):<10} {words}"
