"""`eudr-check init` and `eudr-check doctor`: from a folder of files to a harvest, on a machine that can run it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eudr_check import text
from eudr_check.cli import language as spoken_here
from eudr_check.cli.app import AsJson, Offline, app, echo_json
from eudr_check.errors import ConfigError
from eudr_check.run.exit import Exit
from eudr_check.text import worded

if TYPE_CHECKING:
    from eudr_check.setup.look import Found


@app.command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="folder with plot files, and rasters where you have them")],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; leave marked blanks.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look into the files of a folder, ask eight questions, and write the YAML of a harvest with templates."""
    from eudr_check.setup import begin, harvest_file, questions

    language = spoken_here.spoken()
    found = begin.seen(folder)
    if not as_json:
        _show(found, language)
    given = questions.answers(found, (lambda _, default: default) if yes else _ask, _refuse)
    begun = begin.begin(folder, found, given, language)
    if as_json:
        echo_json({"config": begun.config, "written": begun.written, "refused": begun.refused})
        return
    for name, why in begun.refused.items():
        typer.echo(text.say("init", "raster_refused", language, file=name, why=why))
    for path in begun.written:
        typer.echo(text.say("init", "wrote", language, file=os.path.relpath(path)))
    typer.echo(text.say("init", "next", language, file=os.path.relpath(begun.config), blank=harvest_file.BLANK))


@app.command()
def doctor(offline: Offline = False, as_json: AsJson = False) -> None:
    """What is installed, reachable and missing on this machine; exit code 1 when a run cannot do without it."""
    from eudr_check.layers.fetch.reach import answers
    from eudr_check.setup.doctor import look

    language = spoken_here.spoken()
    lines = []
    for line in look(Path.cwd(), None if offline else answers):
        words = text.say("doctor", line.key, language, **line.values)
        mark = "mark_ok" if line.ok else "mark_wrong" if line.needed else "mark_note"
        lines.append({"key": line.key, "ok": line.ok, "needed": line.needed, "text": words})
        if not as_json:
            typer.echo(f"{text.say('doctor', mark, language):<6} {words}")
    if as_json:
        echo_json(lines)
    wrong = any(line["needed"] and not line["ok"] for line in lines)
    raise typer.Exit(Exit.ERROR if wrong else Exit.DONE)


def _show(found: "Found", language: str) -> None:
    """What was found in the files, as the run will find it."""
    from eudr_check.plots import message
    from eudr_check.setup.look import SHOWN

    for file in found.files:
        mine = found.findings[found.findings["source_file"] == file.declared]
        rows = int((found.plots["source_file"] == file.declared).sum())
        typer.echo(text.say("init", "seen", language, file=file.declared, rows=rows))
        for row in mine[mine["code"].isin(["columns_unread", *SHOWN])].itertuples():
            typer.echo(f"  {message(str(row.code), str(row.details), language)}")
        blocked = int((mine["severity"] == "block").sum())
        if blocked:
            typer.echo("  " + text.say("init", "blocked", language, file=file.declared, count=blocked))
    for name, why in sorted(found.left.items()):
        reason = text.say("init", "no_places", language) if why is None else message(*why, language)
        typer.echo(text.say("init", "not_taken", language, file=name, why=reason))


def _refuse(why: ConfigError) -> None:
    typer.echo(spoken_here.in_words(worded(why)), err=True)


def _ask(key: str, default: str) -> str:
    question = text.say("init", f"ask_{key}", spoken_here.spoken())
    answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return answer
