"""What the terminal shows: progress on stderr while work goes on, one table on stdout at the end."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from eudr_check import object_store, plots
from eudr_check.cli import changes
from eudr_check.cli.language import in_words, say, spoken
from eudr_check.package.bag import contents
from eudr_check.package.report.changes import PAGE
from eudr_check.package.statement.ledger import STEPS
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished
from eudr_check.run.status import Status
from eudr_check.text import number, recognised

COLOURS = {
    "low": "green",
    "more_info_needed": "yellow",
    "high": "red",
    "undetermined": "blue",
    "cleared_by_review": "cyan",
}
NARROWEST = 11
"""Characters of a column of names, which go on in the next line where they are longer; `coopérative` has as many."""
CAUSES = 5
"""Causes of blocked rows that are named."""


def result(finished: Finished, *, as_json: bool, profile: bool, plots: bool = False) -> None:
    """Outcomes per cooperative and the paths of what was made, as a table or as JSON."""
    console = Console(markup=False, emoji=False)
    if as_json:
        console.file.write(
            json.dumps(summary(finished) | (_plots(finished) if plots else {}), ensure_ascii=False, indent=1) + "\n"
        )
        return
    for line in finished.withheld:
        console.print(say("not_declared", what=line), highlight=False)
    for line in finished.filed_in_part:
        console.print(in_words(line), highlight=False)
    _whole(console, _outcomes(finished))
    blocked = finished.findings[(finished.findings["severity"] == "block") & finished.findings["source_row"].isna()]
    for file, message in zip(blocked["source_file"], map(_message, blocked.itertuples()), strict=True):
        console.print(f"{file}: {message}", highlight=False, markup=False, soft_wrap=True)
    for line in _causes(finished):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for line in (*changes.unread(finished), *changes.since_last(finished)):
        console.print(line, highlight=False, soft_wrap=True)
    for note in finished.notes:
        console.print(in_words(note), highlight=False)
    _shipments(finished, console)
    places = [f"{say(label):<10} {path}" for label, path in _places(finished).items()]
    for line in (*places, *_alone(finished)):
        console.print(line, highlight=False, soft_wrap=True)
    if finished.exit in (Exit.OPEN_QUESTIONS, Exit.INCOMPLETE):
        console.print(say(f"exit_{int(finished.exit)}"), highlight=False, soft_wrap=True)
    if profile:
        console.print(finished.measurements.to_string(index=False), highlight=False)


def _causes(finished: Finished) -> Iterator[str]:
    """Why rows are blocked: the number of each cause, with its first sentence; then files that name no plots, and
    points of unread area."""
    blocked = finished.findings[(finished.findings["severity"] == "block") & finished.findings["source_row"].notna()]
    groups = sorted(blocked.groupby(["source_file", "code"], sort=True), key=lambda group: -len(group[1]))
    for (file, _), rows in groups[:CAUSES]:
        yield say("blocked_for", file=file, count=len(rows), why=_message(next(rows.itertuples())))
    if len(groups) > CAUSES:
        yield say("blocked_more", count=sum(len(rows) for _, rows in groups[CAUSES:]))
    unnamed = finished.findings[finished.findings["code"] == "id_column_missing"]
    for row in unnamed.itertuples():
        yield f"{row.source_file}: {_message(row)}"
    unsized = finished.findings[finished.findings["code"] == "point_area_unsized"]
    for file, rows in unsized.groupby("source_file", sort=True):
        yield say("taken_as_4_ha", file=file, count=len(rows), why=_message(next(rows.itertuples())))


def status(state: Status, *, as_json: bool) -> None:
    """How far a run is, in a few lines or as JSON."""
    console = Console(markup=False, emoji=False)
    if as_json:
        console.file.write(json.dumps(asdict(state)) + "\n")
        return

    def line(label: str, words: str) -> None:
        console.print(f"{say(f'status_{label}'):<10} {words}", highlight=False, soft_wrap=True)

    begun = state.stages or state.tiles_done or state.tiles_failed
    how = "running" if state.running else "complete" if state.complete else "not_finished" if begun else "not_begun"
    line("state", say(f"status_{how}"))
    line("stages", ", ".join(say(f"stage_{stage}") for stage in state.stages) or "-")
    if state.tiles_done or state.tiles_failed or state.tiles_left:
        left = "" if state.seconds_left is None else say("status_seconds", seconds=f"{state.seconds_left:.0f}")
        counts = {"done": state.tiles_done, "failed": state.tiles_failed, "left": state.tiles_left}
        line("tiles", say("status_counts", **counts) + left)
    for reason in state.unread:
        line("unread", in_words(recognised("layers", reason)))
    for href in state.replaced:
        line("raster", say("status_replaced", file=href))


def frame(rows: pd.DataFrame, *, nothing: str) -> None:
    """Any small table, or a word where it has no row."""
    console = Console(markup=False, emoji=False)
    if rows.empty:
        console.print(nothing)
        return
    table = Table()
    for name in rows.columns:
        table.add_column(str(name), overflow="fold")
    for row in rows.itertuples(index=False):
        table.add_row(*("" if value is None or value is pd.NA or value != value else str(value) for value in row))
    console.print(table)


def summary(finished: Finished) -> dict[str, object]:
    """Counts and paths, as `--json` prints them."""
    counts = per_cooperative(finished)
    return {
        "exit": int(finished.exit),
        "cooperatives": {name: {key: int(value) for key, value in row.items()} for name, row in counts.iterrows()},
        "notes": list(finished.notes),
        "withheld": list(finished.withheld),
        "files": _places(finished),
        **({"shipments": [_zip(folder) for folder in finished.shipments]} if finished.shipments else {}),
    }


def _plots(finished: Finished) -> dict[str, Any]:
    """Every plot with its outcome and the code and message of its findings."""
    outcomes = {} if finished.assessments is None else finished.assessments["final_outcome"].to_dict()
    findings = finished.findings[finished.findings["plot"].notna()]
    said: dict[str, list[dict[str, str]]] = {}
    for row in findings.itertuples():
        said.setdefault(str(row.plot), []).append({"code": str(row.code), "message": _message(row)})
    listed = [
        {"plot": plot, "outcome": outcomes.get(plot), "findings": said.get(str(plot), [])}
        for plot in finished.cooperatives.index
    ]
    return {"plots": listed}


def per_cooperative(finished: Finished) -> pd.DataFrame:
    """Counts per cooperative: plots, one column per outcome reached, rows blocked."""
    cooperatives = finished.cooperatives
    counts = cooperatives.groupby(cooperatives).size().rename("plots").to_frame()
    if finished.assessments is not None:
        outcomes = finished.assessments["final_outcome"].reindex(cooperatives.index)
        for name in COLOURS:
            if name != "cleared_by_review" or (outcomes == name).any():
                counts[name] = (outcomes == name).groupby(cooperatives).sum()
    blocked = finished.findings[finished.findings["severity"] == "block"]
    rows = blocked.drop_duplicates(["source_file", "source_row"]).groupby("cooperative").size()
    return counts.join(rows.rename("blocked"), how="outer").fillna(0).astype(int).sort_index()


def _outcomes(finished: Finished) -> Table:
    counts = per_cooperative(finished)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column(say("cooperative"), overflow="fold", min_width=NARROWEST)
    for name in counts.columns:
        words = "\n".join(say(name).split())
        table.add_column(words, justify="right", style=COLOURS.get(name), no_wrap=True)
    for cooperative, row in counts.iterrows():
        table.add_row(str(cooperative), *(number(value, spoken(), 0) for value in row))
    table.add_section()
    table.add_row(say("all"), *(number(value, spoken(), 0) for value in counts.sum()))
    return table


def _whole(console: Console, table: Table) -> None:
    """A table with all its cells: where the window is narrower than the figures, its lines go on in the next."""
    texts = [column for column in table.columns if not column.no_wrap]
    for column in texts:
        column.max_width = column.min_width
    least = Measurement.get(console, console.options.update(width=sys.maxsize), table).minimum
    for column in texts:
        column.max_width = None
    Console(width=max(console.width, least), markup=False, emoji=False).print(table)


def _shipments(finished: Finished, console: Console) -> None:
    """Kilograms of every shipment from order to statement."""
    if finished.package is None:
        return
    kilograms = contents.shipments(finished.package)
    if kilograms.empty:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=0)
    table.add_column(say("shipment"), overflow="fold", min_width=NARROWEST)
    for step in STEPS:
        table.add_column(say(step.removesuffix("_kg")), justify="right", no_wrap=True)
    table.add_column(say("state"), overflow="fold", min_width=NARROWEST)
    for row in kilograms.to_dict("records"):
        filed = f" {row['filed_as']} {row['filed_on']}" if row["filed_as"] else ""
        masses = (number(float(row[step]), spoken(), 0) for step in STEPS)
        table.add_row(row["shipment"] or say("all_lots"), *masses, f"{say(str(row['state']))}{filed}")
    _whole(console, table)


def _message(finding: Any) -> str:
    return plots.message(str(finding.code), str(finding.details), spoken())


def _alone(finished: Finished) -> Iterator[str]:
    """Packages of one shipment, and what of them no program can cut."""
    for folder in finished.shipments:
        yield f"{say('shipment'):<10} {_zip(folder)}"
        files = contents.files_of_people(folder)
        if files:
            more = [f"(+{len(files) - CAUSES})"] if len(files) > CAUSES else []
            yield say("read_before", count=len(files), some=", ".join([*files[:CAUSES], *more]))


def _zip(package: Path) -> str:
    """What is handed on of a package."""
    return object_store.name(next(iter(sorted(package.glob("*.zip"))), package))


def _places(finished: Finished) -> dict[str, str]:
    places = {"tables": finished.folder.tables}
    if finished.changes is not None and finished.changes.any:
        places["changes"] = finished.folder.path / PAGE
    if finished.package is not None:
        places["package"] = finished.package
        report = finished.package / "report.html"
        if report.exists():
            places["report"] = report
    return {label: object_store.name(path) for label, path in places.items()}
