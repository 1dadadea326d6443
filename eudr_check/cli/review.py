"""`eudr-check review`: a sheet to decide in, and decisions taken into reviews.csv."""

import json
from pathlib import Path
from typing import Annotated

import typer

from eudr_check import object_store
from eudr_check.cli.app import AsJson, Commands, Config, Offline, app, echo_json
from eudr_check.cli.language import in_words, spoken

review = Commands(
    no_args_is_help=True, help="Decisions of people on plots: a sheet to decide in, and what was decided added."
)
app.add_typer(review, name="review")


@review.command("todo")
def review_todo(
    config: Config,
    out: Annotated[
        Path | None, typer.Option(help="sheet to write (XLSX); default: reviews-todo.xlsx in the run folder")
    ] = None,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """A sheet of the plots that a decision can settle: reasons, images and digests filled in, decisions left empty."""
    from eudr_check.cli.changes import since_last
    from eudr_check.cli.progress import progress
    from eudr_check.run import reviewing
    from eudr_check.run.inputs import load
    from eudr_check.text import sentence

    harvest = load(config)
    assert harvest.run.folder is not None
    path = out or harvest.run.folder / reviewing.SHEET
    with progress() as report:
        finished, count = reviewing.todo(harvest, path, spoken(), report, offline=offline)
    for change in since_last(finished):
        typer.echo(change, err=True)
    if as_json:
        echo_json({"file": object_store.name(path), "plots": count})
        return
    typer.echo(in_words(sentence("reviews", "sheet_todo", count=count, file=object_store.name(path))))


@review.command("add")
def review_add(
    config: Config,
    files: Annotated[
        list[Path],
        typer.Argument(
            help="decisions saved from the report page (JSON), sheets of `review todo`, or workbooks and maps of the"
            " action plan that were filled in"
        ),
    ],
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Add decisions to reviews.csv, copy their evidence beside it, assess again, and say what every review does."""
    from eudr_check.cli.changes import since_last
    from eudr_check.cli.progress import progress
    from eudr_check.run import reviewing
    from eudr_check.run.inputs import load
    from eudr_check.text import sentence

    harvest = load(config)
    with progress() as report:
        added = reviewing.add(harvest, config, files, report, offline=offline)
    for change in since_last(added.finished):
        typer.echo(change, err=as_json)
    if as_json:
        stated = {"added": added.count, "notes": added.notes, "reviews": added.finished.made["assess"].json("reviews")}
        typer.echo(json.dumps(stated, ensure_ascii=False, indent=1))
        return
    said = sentence("reviews", "added", count=added.count, file=str(harvest.reviews))
    again = [sentence("reviews", "run_again", config=str(config))] if added.count else []
    for line in (*added.notes, said, *added.lines, *again):
        typer.echo(in_words(line))
