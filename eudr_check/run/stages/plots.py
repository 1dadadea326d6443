"""PLOTS and FINDINGS of a harvest, and the tiles they lie in."""

import json
import shutil
from pathlib import Path

from eudr_check import plots as plots_room
from eudr_check import register
from eudr_check.files import hashes
from eudr_check.run import history, tile_index
from eudr_check.run.artifacts import CONTENTS, Artifact, save_table
from eudr_check.run.graph import Result, on_cores
from eudr_check.run.stages.job import Run
from eudr_check.steps import Made, Step


def plots(run: Run) -> Step:
    """PLOTS and FINDINGS from the plot files with a fix list per cooperative, less what earlier runs saw moved."""
    delivered = Result(
        "delivered", "plots", lambda made: _key(run), lambda made, folder: _read(run, folder), is_complete=_is_whole
    )
    guarded = Step(
        "guarded",
        lambda made: history.guarded(run.harvest, run.folder, _as_read(run, made["delivered"])),
        needs=("delivered",),
    )
    return Step("plots", lambda made: run.graph.run([delivered, guarded])["guarded"])


def _is_whole(delivered: Artifact) -> bool:
    """Whether no reader was interrupted: one that was killed, or had no memory, may read the file next time."""
    details = delivered.table("FINDINGS", ["details"])["details"]
    return not any(json.loads(one).get(plots_room.INTERRUPTED) for one in details if plots_room.INTERRUPTED in one)


def _as_read(run: Run, delivered: Artifact) -> Artifact:
    """The plots of this run, under a name of their own where the next run reads the same files again: what is made of
    these must not be found for those."""
    if _is_whole(delivered):
        return delivered
    name = run.name_of("plots", {"content": delivered.files()})

    def make(folder: Path) -> None:
        shutil.copytree(delivered.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(CONTENTS))

    return run.folder.artifacts.obtain("plots", name, make)


def _key(run: Run) -> str:
    harvest = run.harvest
    known = harvest.register_file
    # Where the YAML lies on this machine must not name the work: the declared path stands for the path.
    files = [
        {
            "content": hashes(file.path),
            "declared": file.declared,
            "as": file.model_dump(mode="json", exclude={"path"}),
        }
        for file in harvest.plots
    ]
    made_of = {
        "files": files,
        "commodity": harvest.commodity,
        "languages": harvest.package.languages,
        "harvest": harvest.harvest,
        "register": None if known is None else register.land_state(known, harvest.harvest),
    }
    return run.name_of("plots", made_of)


def _read(run: Run, folder: Path) -> None:
    harvest = run.harvest
    found, findings = plots_room.load(
        harvest.plots,
        commodity=harvest.commodity,
        register=harvest.register_file,
        harvest=harvest.harvest,
        each=on_cores,
    )

    def report() -> None:
        save_table(folder, "FINDINGS", findings)
        plots_room.write_fix_lists(folder / "fix_lists", found, findings, harvest.package.languages)

    # Both were checked as they were made. GEOS, Arrow and zlib leave Python's lock alone.
    run.graph.run(
        [
            Step("PLOTS", lambda made: save_table(folder, "PLOTS", found), where="thread"),
            Step("FINDINGS", lambda made: report()),
        ]
    )


def ground(run: Run) -> Result:
    """The plots of every tile with the ground they need."""

    def key(made: Made) -> str:
        return run.name_of("ground", {"plots": made["plots"].digest, "gps_error_m": run.harvest.gps_error_m})

    def make(made: Made, folder: Path) -> None:
        plots: Artifact = made["plots"]
        tile_index.write(folder, plots.file("PLOTS"), run.harvest.gps_error_m)

    return Result("ground", "ground", key, make, needs=("plots",))
