"""`eudr-check watch`: new alerts on all filed land, for a timetable such as cron."""

from pathlib import Path
from typing import Annotated

import typer

from eudr_check.cli.app import AsJson, Register, app, echo_json
from eudr_check.cli.language import spoken


@app.command()
def watch(
    file: Register,
    catalogue: Annotated[
        Path | None, typer.Option(help="STAC folder; default: the published tiles, online", metavar="PATH")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """New alerts on all plots of filed statements since the last look; exit code 3 when there are any, 4 when only some
    could not be read."""
    from eudr_check.run import watch as room
    from eudr_check.run.watch_report import page, sentences
    from eudr_check.text import say

    with room.watch(file, catalogue=catalogue) as found:
        report = found.folder / "watch.html"
        report.write_text(page(found, spoken()), encoding="utf-8")
        if as_json:
            echo_json(
                {
                    "register": str(file),
                    "plots": found.plots,
                    "first": found.first,
                    "changes": found.changes,
                    "unknown": found.unknown,
                    "seen_until": found.seen_until,
                    "looked_on": found.look["on"],
                    "looks": len(found.before.looks) + 1,
                    "report": report,
                }
            )
        else:
            for _, said in sentences(found, spoken()):
                typer.echo(said)
            typer.echo(say("watch", "written", spoken(), file=report))
    raise typer.Exit(found.exit)
