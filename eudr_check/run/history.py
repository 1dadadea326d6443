"""What earlier runs of the same harvest saw: boundaries with losses, kept in the run folder and in the register.

A boundary that is redrawn after a run showed its loss must not come out better in the next one. Only what is found
that way names the plots of a run, so that unchanged plots are found as they were. A harvest remembers from its first
run, also before its dates of production are known. A screening, which declares nothing, remembers nothing: it is for
trying things out.
"""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from eudr_check import object_store, parquet, register, tables
from eudr_check import plots as plots_room
from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.files import sha256
from eudr_check.run.artifacts import Artifact, digest, reaching, save_table, write_json
from eudr_check.run.folder import RunFolder
from eudr_check.run.versions import code_digest, made_by

REMEMBERED = "remembered"
"""Artifacts that tell how the register of the run folder was left."""
NAME = "boundaries.gpkg"
"""The register of a run folder: boundaries with losses that its runs saw."""


def guarded(harvest: Harvest, folder: RunFolder, plots: Artifact) -> Artifact:
    """The plots of a run, of which those moved off a loss that an earlier run saw are blocked.

    Raises:
        RegisterError: what earlier runs saw cannot be read.
    """
    if harvest.screening:
        return plots
    own = folder.path / NAME
    if folder.remote:
        with reaching():
            object_store.pull(own)
    kept = [place for place in (own, harvest.register_file) if place is not None and register.there(place)]
    seen = [register.boundaries_on_loss(path, harvest.harvest, own=True) for path in kept]
    if all(_as_seen(plots.file("PLOTS"), boundaries) for boundaries in seen):
        return plots
    table = plots.features("PLOTS")
    moved = plots_room.moved_in_reruns(kept, harvest.harvest, table)
    if moved.empty:
        return plots

    def make(made: Path) -> None:
        findings = plots_room.with_findings(plots.table("FINDINGS"), table, plots_room.MOVED_OFF_LOSS, moved)
        stopped = table.assign(usable=table["usable"] & ~table.index.isin(moved["plot"]))
        save_table(made, "PLOTS", tables.check(tables.PLOTS, stopped))
        save_table(made, "FINDINGS", findings)
        plots_room.write_fix_lists(made / "fix_lists", stopped, findings, harvest.package.languages)

    made_of = {"plots": plots.digest, "moved": moved.to_dict("records")}
    return folder.artifacts.obtain("plots", digest({"versions": made_by("plots"), **made_of}), make)


def _as_seen(plots: Path, boundaries: pd.DataFrame) -> bool:
    """Whether all boundaries that runs saw with a loss are delivered to the last byte: none has moved then.

    Nobody need read a nation's other outlines for that.
    """
    if boundaries.empty:
        return True
    names = (boundaries["cooperative"] + "/" + boundaries["plot_id"]).tolist()
    index, geometry = tables.PLOT_INDEX.name, "geometry"
    now = pq.read_table(plots, columns=[index, geometry], filters=pc.field(index).isin(names))
    delivered = dict(zip(now[index].to_pylist(), now[geometry].to_pylist(), strict=True))
    outlines = shapely.to_wkb(boundaries[geometry].to_numpy(dtype=object))
    return all(delivered.get(name) == outline for name, outline in zip(names, outlines, strict=True))


def remember(harvest: Harvest, folder: RunFolder, artifacts: Mapping[str, Artifact]) -> None:
    """Keep what this run saw, before anybody sees it.

    Where the register of the run folder is still as it was left after the same plots and patches, it holds them.

    Raises:
        RegisterError: the run folder or the register cannot be written.
    """
    if harvest.screening:
        return
    own = folder.path / NAME
    if harvest.register_file is not None:
        # Other harvests write there too.
        _remember(harvest, folder, own, artifacts)
        return
    made_of = {
        "code": code_digest("register", "run/history.py"),
        "harvest": harvest.harvest,
        "of": [artifacts[stage].digest for stage in ("plots", "overlay")],
    }
    done = folder.artifacts.find(REMEMBERED, digest(made_of))
    if done is None or done.json("left") != _state(own):
        _remember(harvest, folder, own, artifacts)
        with folder.artifacts.making(REMEMBERED, digest(made_of)) as made:
            write_json(made, "left", _state(own))


def _state(register_file: Path) -> str | None:
    return sha256(register_file) if register_file.is_file() else None


def _remember(harvest: Harvest, folder: RunFolder, own: Path, artifacts: Mapping[str, Artifact]) -> None:
    on = dossier.day(harvest)
    plots = artifacts["plots"].features("PLOTS")
    patches = parquet.patches_after_cutoff(artifacts["overlay"].file("PATCHES"))
    if register.remember(own, harvest.harvest, plots, patches, on) and folder.remote:
        with reaching():
            object_store.put({own: own})
    if harvest.register_file is not None:
        register.record_land(harvest.register_file, harvest.harvest, plots, patches, on)
