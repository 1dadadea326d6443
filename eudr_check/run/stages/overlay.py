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
from eudr_check.run import conservation, map_doubts, tile_index
from eudr_check.run.artifacts import Artifact, append_tables, digest, gathered, write_table
from eudr_check.run.graph import Result
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.tile import Shared, Task, Worked, tile_versions, unread, variables, with_failures, work
from eudr_check.steps import Made, Step
from eudr_check.tiles import Tile

WORKERS = "workers"
Done = Mapping[Tile, Worked | EudrCheckError]
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
        folder=run.folder.address,
        ground=ground.digest,
        definitions=definitions(run),
        offline=run.offline,
        made_by=tile_versions(),
        gps_error_m=run.harvest.gps_error_m,
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
        lambda made: run.name_of("evidence", {**made_of, "failures": _failures(shared, made["tiles"])}),
        lambda made, folder: _write(run, folder, _Parts(shared, tasks, made["tiles"], plots, read)),
        needs=("tiles",),
    )
    found: Artifact = run.graph.run([tiles, evidence])["evidence"]
    return found


def _done(run: Run, shared: Shared, tasks: Sequence[Task], ground: Artifact) -> Done:
    run.folder.artifacts.share(ground)
    run.graph.result(WORKERS)
    done: dict[Tile, Worked | EudrCheckError] = {}
    for task, result in run.workers.execute(work, shared, tasks, run.measured):
        done[task.tile] = result
        reasons = [str(result)] if isinstance(result, EudrCheckError) else list(result.failed.values())
        run.folder.log("tile", tile=task.tile.name, failed="; ".join(reasons) or None, of=len(tasks))
        run.progress("overlay", len(done), len(tasks))
    return done


def _failures(shared: Shared, done: Done) -> dict[str, dict[str, str]]:
    """Reason by layer of each tile in which something could not be read; all layers of a tile that was set aside."""
    found = {}
    for tile, result in done.items():
        if isinstance(result, EudrCheckError):
            found[tile.name] = {layer.id: str(result) for layer in shared.definitions}
        elif result.failed:
            found[tile.name] = dict(result.failed)
    return found


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
        return [result.artifact for result in results if isinstance(result, Worked)]

    def combined(self) -> pd.DataFrame:
        """EVIDENCE of all tiles."""
        found = []
        for task in self.tasks:
            result = self.done[task.tile]
            found.append(
                result.artifact.arrow("EVIDENCE")
                if isinstance(result, Worked)
                else pa.Table.from_pandas(unread(self.shared, task))
            )
        return overlay_room.combine(found) if found else _no_evidence(self.shared.definitions)


def _write(run: Run, folder: Path, parts: _Parts) -> None:
    """GEOS and Arrow leave Python's lock alone: patches are joined while evidence is added up, checked and written."""

    def conserve(made: Made) -> tuple[pd.DataFrame, Any]:
        return overlay_room.conserve(parts.plots.features("PLOTS"), made["combined"])

    def find(made: Made) -> None:
        kept, shortfalls = made["conserved"]
        findings = parts.plots.table("FINDINGS")
        if shortfalls:
            write_table(folder, "EVIDENCE", kept)
            findings = conservation.with_findings(findings, parts.plots.features("PLOTS"), shortfalls)
        if doubtful := map_doubts.doubts(kept, variables(parts.shared.definitions)):
            findings = map_doubts.with_findings(findings, doubtful)
        if shortfalls or doubtful:
            write_table(folder, "FINDINGS", findings)

    run.graph.run(
        [
            Step("joined", lambda made: _join_patches(folder, parts.finished), where="thread"),
            Step("combined", lambda made: parts.combined()),
            Step("conserved", conserve, needs=("combined",), where="thread"),
            Step("written", lambda made: write_table(folder, "EVIDENCE", made["combined"]), needs=("combined",)),
            Step("findings", find, needs=("written", "conserved")),
        ]
    )
    write_table(folder, "SOURCES", with_failures(parts.read, _failures(parts.shared, parts.done)))


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
    rows_of_tile = rows_by_tile(read)
    tasks = []
    for entry in tile_index.tiles(ground):
        rows = by_tile.get(entry.tile.name, read.iloc[:0])
        name = digest(
            {
                "base": base,
                "tile": entry.tile.name,
                "plots": entry.digest,
                "sources": rows_of_tile.get(entry.tile.name, []),
            }
        )
        origins = {href: supplied.origins[href] for href in rows["href"] if href in supplied.origins}
        tasks.append(Task(entry.tile, entry.row_group, name, rows, origins))
    return tasks


def rows_by_tile(sources: pd.DataFrame) -> dict[str, list[tuple[object, ...]]]:
    """The rows of SOURCES by tile, as JSON can tell them; asked of each tile's part, they take ten times as long."""
    found = defaultdict(list)
    rows = zip(*(sources[name].tolist() for name in sources.columns), strict=True)
    for tile, row in zip(sources["tile"], rows, strict=True):
        found[tile].append(row)
    return dict(found)
