"""EVIDENCE and PATCHES of a harvest: the work on its tiles, and what it adds up to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from eudr_check import overlay as overlay_room
from eudr_check import tables
from eudr_check.errors import EudrCheckError
from eudr_check.layers import LayerDefinition, Supply
from eudr_check.run import conservation, tile_index
from eudr_check.run.artifacts import Artifact, append_tables, digest, gathered, write_table
from eudr_check.run.graph import Result
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.tile import Shared, Task, tile_versions, unread, variables
from eudr_check.steps import Made, Step
from eudr_check.tiles import Tile

WORKERS = "workers"
Done = Mapping[Tile, Artifact | EudrCheckError]
"""Every tile with its artifact, or with the error that set it aside."""


def workers(run: Run) -> Step:
    """Those who do the tiles take seconds to come: they come while the ground and its rasters are looked up."""
    return Step(WORKERS, lambda made: run.workers.come(), needs=("plots",), where="thread")


def overlay(run: Run) -> Step:
    """EVIDENCE and PATCHES of all plots; SOURCES and FINDINGS with the tiles and plots that had to be set aside."""
    return Step(
        "overlay",
        lambda made: _evidence(run, made["plots"], made["ground"], made["layers"]),
        needs=("plots", "ground", "layers"),
        uses=(WORKERS,),
    )


def _evidence(run: Run, plots: Artifact, ground: Artifact, sources: Artifact) -> Artifact:
    read = sources.table("SOURCES")
    shared = Shared(
        run.folder.address,
        ground.digest,
        definitions(run),
        run.harvest.gps_error_m,
        run.offline,
        tile_versions(),
    )
    tasks = _tasks(shared, ground, read, supply_of(run, sources))
    made_of = {"tiles": [task.digest for task in tasks], "plots": plots.digest}
    # Where no tile failed the result is named without doing one.
    finished = run.folder.artifacts.find("evidence", run.name_of("evidence", {**made_of, "failures": {}}))
    if finished is not None:
        return finished
    tiles = Step("tiles", lambda made: _done(run, shared, tasks, ground))
    evidence = Result(
        "evidence",
        "evidence",
        lambda made: run.name_of("evidence", {**made_of, "failures": _failures(made["tiles"])}),
        lambda made, folder: _write(run, folder, _Parts(shared, tasks, made["tiles"], plots, read)),
        needs=("tiles",),
    )
    found: Artifact = run.graph.run([tiles, evidence])["evidence"]
    return found


def _done(run: Run, shared: Shared, tasks: Sequence[Task], ground: Artifact) -> Done:
    run.folder.artifacts.share(ground)
    run.graph.result(WORKERS)
    done: dict[Tile, Artifact | EudrCheckError] = {}
    for task, result in run.workers.execute(shared, tasks, run.measured):
        done[task.tile] = result
        failed = isinstance(result, EudrCheckError)
        run.folder.log("tile", tile=task.tile.name, failed=str(result) if failed else None, of=len(tasks))
        run.progress("overlay", len(done), len(tasks))
    return done


def _failures(done: Done) -> dict[str, str]:
    return {tile.name: str(result) for tile, result in done.items() if isinstance(result, EudrCheckError)}


@dataclass(frozen=True)
class _Parts:
    """What evidence is put together from."""

    shared: Shared
    tasks: Sequence[Task]
    done: Done
    plots: Artifact
    read: pd.DataFrame
    """SOURCES as they were brought."""

    @property
    def finished(self) -> list[Artifact]:
        """Artifacts of the tiles that were done, in the order of the tiles."""
        results = [self.done[task.tile] for task in self.tasks]
        return [result for result in results if isinstance(result, Artifact)]

    def combined(self) -> pd.DataFrame:
        """EVIDENCE of all tiles."""
        found = []
        for task in self.tasks:
            result = self.done[task.tile]
            found.append(
                result.arrow("EVIDENCE")
                if isinstance(result, Artifact)
                else pa.Table.from_pandas(unread(self.shared, task))
            )
        return overlay_room.combine(found) if found else _no_evidence(self.shared.definitions)


def _write(run: Run, folder: Path, parts: _Parts) -> None:
    """GEOS and Arrow leave Python's lock alone: patches are joined while evidence is added up, checked and written."""

    def conserve(made: Made) -> tuple[pd.DataFrame, Any]:
        return overlay_room.conserve(parts.plots.features("PLOTS"), made["combined"])

    def set_aside(made: Made) -> None:
        kept, shortfalls = made["conserved"]
        if shortfalls:
            write_table(folder, "EVIDENCE", kept)
            ground = parts.plots.features("PLOTS")
            findings = conservation.with_findings(parts.plots.table("FINDINGS"), ground, shortfalls)
            write_table(folder, "FINDINGS", findings)

    run.graph.run(
        [
            Step("joined", lambda made: _join_patches(folder, parts.finished), where="thread"),
            Step("combined", lambda made: parts.combined()),
            Step("conserved", conserve, needs=("combined",), where="thread"),
            Step("written", lambda made: write_table(folder, "EVIDENCE", made["combined"]), needs=("combined",)),
            Step("set aside", set_aside, needs=("written", "conserved")),
        ]
    )
    sources = _with_failures(parts.read, parts.shared.definitions, _failures(parts.done))
    write_table(folder, "SOURCES", sources)


def _join_patches(folder: Path, tiles: Sequence[Artifact]) -> None:
    """PATCHES of all tiles, joined across the seams between them."""
    append_tables(folder, "PATCHES", tiles, overlay_room.dissolve(gathered(tiles, "SEAMS", overlay_room.STORED)))


def _no_evidence(definitions: Sequence[LayerDefinition]) -> pd.DataFrame:
    """EVIDENCE of a harvest without a usable plot."""
    empty = tables.typed(tables.EVIDENCE, {"plot": []})
    columns = {item.column: pd.Series([], dtype="int16", index=empty.index) for item in variables(definitions)}
    return empty.assign(**columns)


def _tasks(shared: Shared, ground: Artifact, read: pd.DataFrame, supplied: Supply) -> list[Task]:
    by_tile = dict(list(read.groupby("tile", sort=False)))
    common = {
        "layers": [item.model_dump(mode="json") for item in shared.definitions],
        "gps_error_m": shared.gps_error_m,
        "versions": shared.made_by,
    }
    base = digest(common)
    rows_of_tile = defaultdict(list)
    for tile, row in zip(read["tile"], _rows(read), strict=True):
        rows_of_tile[tile].append(row)
    tasks = []
    for entry in tile_index.tiles(ground):
        rows = by_tile.get(entry.tile.name, read.iloc[:0])
        name = digest(
            {"base": base, "tile": entry.tile.name, "plots": entry.digest, "sources": rows_of_tile[entry.tile.name]}
        )
        origins = {href: supplied.origins[href] for href in rows["href"] if href in supplied.origins}
        tasks.append(Task(entry.tile, entry.row_group, name, rows, origins))
    return tasks


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a table as JSON can tell them; asked of each tile's part, they take ten times as long."""
    return list(zip(*(table[name].tolist() for name in table.columns), strict=True))


def _with_failures(
    read: pd.DataFrame, definitions: Sequence[LayerDefinition], failures: Mapping[str, str]
) -> pd.DataFrame:
    rows = [
        {"tile": tile, "layer": item.id, "status": "failed", "reason": reason, "sampled": False}
        for tile, reason in sorted(failures.items())
        for item in definitions
    ]
    if not rows:
        return read
    kept = read[~read["tile"].isin(list(failures))]
    merged = pd.concat([kept, tables.typed(tables.SOURCES, rows)], ignore_index=True)
    return merged.sort_values(["tile", "layer"], kind="stable", ignore_index=True)
