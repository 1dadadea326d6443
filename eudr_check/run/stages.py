"""The five stages of a harvest, each a function from finished artifacts to a finished artifact."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from eudr_check import layers, object_store, overlay, register, risk, tables
from eudr_check import package as package_room
from eudr_check import plots as plots_room
from eudr_check.config import Catalogue, Harvest
from eudr_check.documents import article10, dossier
from eudr_check.errors import EudrCheckError
from eudr_check.files import hashes
from eudr_check.layers import LayerDefinition, Supply, restore
from eudr_check.package import document_date, worker_process
from eudr_check.package.bag import contents
from eudr_check.package.gis import geopackage
from eudr_check.package.inputs import PackageInput
from eudr_check.package.report.thumbnail import Picture
from eudr_check.run import conservation, inputs, map_rasters, tile_index
from eudr_check.run.artifacts import Artifact, append_tables, digest, gathered, save_table, write_json, write_table
from eudr_check.run.drawing import Drawing
from eudr_check.run.executors import Workers
from eudr_check.run.folder import RunFolder
from eudr_check.run.profile import Measurements
from eudr_check.run.records import RecordOf, records
from eudr_check.run.results import ADDRESSES
from eudr_check.run.thumbnails import baseline_of, pictures
from eudr_check.run.tile import Shared, Task, tile_versions, unread, variables
from eudr_check.run.versions import made_by
from eudr_check.shipments import Filed
from eudr_check.tiles import Tile

WHERE = {
    "plots",
    "catalogues",
    "layers",
    "run",
    "deliveries",
    "shipments",
    "reviews",
    "legality",
    "answers",
    "register_file",
    "areas",
}
"""Settings that say where things lie, not what they are; their content is hashed instead."""

DRAWN = "patches.gpkg"

Progress = Callable[[str, int, int], None]
"""Called with stage, units done and units in all."""


@dataclass(frozen=True)
class Run:
    """One harvest on its way through the stages."""

    harvest: Harvest
    folder: RunFolder
    offline: bool
    progress: Progress
    measured: Measurements
    workers: Workers
    drawing: Drawing
    documents: dossier.Dossier = field(default_factory=dossier.Dossier)
    """The documents of the harvest, read once; empty where no stage needs them."""

    def name_of(self, stage: str, made_of: Mapping[str, Any]) -> str:
        """Digest of all that makes an artifact, code and libraries included."""
        return digest({"versions": made_by(stage), **made_of})

    def obtain(self, stage: str, made_of: Mapping[str, Any], make: Callable[[Path], None]) -> Artifact:
        """The artifact of a stage, found or made; what made it is its name."""
        return self.folder.artifacts.obtain(stage, self.name_of(stage, made_of), make)


def plots(run: Run, *, overlaid: bool) -> Artifact:
    """PLOTS and FINDINGS from the plot files, and a fix list per cooperative.

    Plots that were not read before lead to tiles that were not done before: where they are to be `overlaid`, the
    workers are called meanwhile.
    """
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

    def make(folder: Path) -> None:
        found, findings = plots_room.load(
            harvest.plots, commodity=harvest.commodity, register=known, harvest=harvest.harvest
        )
        # Plots are read on all cores; what comes now leaves one free.
        if overlaid:
            run.workers.call()
        # Both were checked as they were made. GEOS, Arrow and zlib leave Python's lock alone.
        with ThreadPoolExecutor(1) as background:
            written = background.submit(save_table, folder, "PLOTS", found)
            save_table(folder, "FINDINGS", findings)
            plots_room.write_fix_lists(folder / "fix_lists", found, findings, harvest.package.languages)
            written.result()

    made_of = {
        "files": files,
        "commodity": harvest.commodity,
        "languages": harvest.package.languages,
        "harvest": harvest.harvest,
        "register": None if known is None else register.land_state(known, harvest.harvest),
    }
    return run.obtain("plots", made_of, make)


def tile_ground(run: Run, plots: Artifact) -> Artifact:
    """The plots of every tile with the ground they need."""
    made_of = {"plots": plots.digest, "gps_error_m": run.harvest.gps_error_m}
    table = plots.file("PLOTS")
    return run.obtain("ground", made_of, lambda folder: tile_index.write(folder, table, run.harvest.gps_error_m))


def definitions(run: Run) -> tuple[LayerDefinition, ...]:
    """The layer definitions of the harvest, in its order."""
    return tuple(layers.definition(choice) for choice in run.harvest.layers)


def sources(run: Run, tiles: Artifact) -> Artifact:
    """SOURCES: every raster block the plots need, brought to this machine, and every gap."""
    harvest = run.harvest
    made_of = {
        "ground": tiles.digest,
        "layers": [item.model_dump(mode="json") for item in definitions(run)],
        "from": [choice.source for choice in harvest.layers],
        "collections": [choice.collection for choice in harvest.layers],
        "catalogues": {
            name: _state(catalogue, offline=run.offline) for name, catalogue in sorted(harvest.catalogues.items())
        },
    }
    name = run.name_of("sources", made_of)
    found = run.folder.artifacts.find("sources", name)
    if found is not None and not (found.table("SOURCES")["status"] == "failed").any():
        return found
    with run.folder.artifacts.making("sources", name) as folder:
        read = layers.prefetch(
            _windows(tiles), harvest.layers, harvest.catalogues, run.folder.store, offline=run.offline
        )
        write_table(folder, "SOURCES", read)
        addresses = restore.addresses(read, harvest.layers, harvest.catalogues, run.folder.store)
        if addresses:
            write_json(folder, ADDRESSES, addresses)
    made = run.folder.artifacts.find("sources", name)
    assert made is not None
    return made


def supply_of(run: Run, sources: Artifact) -> Supply:
    """The content store of this machine, and where it is filled from."""
    harvest = run.harvest
    addresses = sources.json(ADDRESSES) if (sources.folder / f"{ADDRESSES}.json").is_file() else {}
    origins = restore.origins(sources.table("SOURCES"), harvest.layers, harvest.catalogues, addresses)
    return Supply(run.folder.store, origins, run.offline)


def evidence(run: Run, plots: Artifact, tiles: Artifact, sources: Artifact) -> Artifact:
    """EVIDENCE and PATCHES of all plots; SOURCES and FINDINGS with the tiles and plots that had to be set aside."""
    read = sources.table("SOURCES")
    shared = Shared(
        run.folder.address,
        tiles.digest,
        definitions(run),
        run.harvest.gps_error_m,
        run.offline,
        tile_versions(),
    )
    tasks = _tasks(shared, tiles, read, supply_of(run, sources))
    made_of = {"tiles": [task.digest for task in tasks], "plots": plots.digest}
    finished = run.folder.artifacts.find("evidence", run.name_of("evidence", {**made_of, "failures": {}}))
    if finished is not None:
        return finished
    run.folder.artifacts.share(tiles)
    done: dict[Tile, Artifact | EudrCheckError] = {}
    for task, result in run.workers.execute(shared, tasks, run.measured):
        done[task.tile] = result
        failed = isinstance(result, EudrCheckError)
        run.folder.log("tile", tile=task.tile.name, failed=str(result) if failed else None, of=len(tasks))
        run.progress("overlay", len(done), len(tasks))
    failures = {tile.name: str(result) for tile, result in done.items() if isinstance(result, EudrCheckError)}

    def make(folder: Path) -> None:
        results = [done[task.tile] for task in tasks]
        finished = [result for result in results if isinstance(result, Artifact)]
        # GEOS and Arrow leave Python's lock alone: patches are joined while evidence is added up, checked and written.
        with ThreadPoolExecutor(2) as background:
            drawn = background.submit(_join_patches, folder, finished)
            found = [
                result.arrow("EVIDENCE") if isinstance(result, Artifact) else pa.Table.from_pandas(unread(shared, task))
                for task, result in zip(tasks, results, strict=True)
            ]
            combined = overlay.combine(found) if found else _no_evidence(shared.definitions)
            ground = plots.features("PLOTS")
            conserved = background.submit(overlay.conserve, ground, combined)
            write_table(folder, "EVIDENCE", combined)
            kept, shortfalls = conserved.result()
            if shortfalls:
                write_table(folder, "EVIDENCE", kept)
                findings = conservation.with_findings(plots.table("FINDINGS"), ground, shortfalls)
                write_table(folder, "FINDINGS", findings)
            drawn.result()
        write_table(folder, "SOURCES", _with_failures(read, shared.definitions, failures))

    return run.obtain("evidence", {**made_of, "failures": failures}, make)


def _join_patches(folder: Path, tiles: Sequence[Artifact]) -> None:
    """PATCHES of all tiles, joined across the seams between them."""
    append_tables(folder, "PATCHES", tiles, overlay.dissolve(gathered(tiles, "SEAMS", overlay.STORED)))


def drawn_patches(run: Run, evidence: Artifact) -> Artifact:
    """The patches as a GeoPackage, by a process of its own: GDAL holds Python's lock from the first to the last.

    An artifact of its own: they are the longest table of a package, and no judgement of plots changes them.
    """
    day = document_date.day(run.harvest)
    made_of = {"evidence": evidence.digest, "on": str(day)}

    def make(folder: Path) -> None:
        with worker_process.working(DRAWN) as worker:
            worker(geopackage.draw, geopackage=folder / DRAWN, patches=evidence.file("PATCHES"), day=day)

    return run.obtain("patches", made_of, make)


def assessment(run: Run, plots: Artifact, evidence: Artifact, *, drawn: bool) -> Artifact:
    """ASSESSMENTS and REASONS under the policy of the harvest, LOTS and the record under Article 10.

    Plots that were not judged before lead to a package that was not made before: where patches are to be `drawn` for
    it, that begins meanwhile.
    """
    harvest = run.harvest
    policy = risk.policy(harvest.policy)
    made_of = {
        "plots": plots.digest,
        "evidence": evidence.digest,
        "policy": policy.model_dump(mode="json"),
        "harvest": harvest.model_dump(
            mode="json", include={"production", "commodity", "product", "products", "operator", "concern"}
        ),
        "on": str(dossier.day(harvest)),
        **run.documents.digests,
    }

    def make(folder: Path) -> None:
        if drawn:
            run.drawing.begin(lambda: drawn_patches(run, evidence))
        table, ground = plots.features("PLOTS"), evidence.table("EVIDENCE")
        known = variables(definitions(run))
        assessments, reasons = risk.assess(table, ground, known, policy, harvest.production)
        added = run.documents
        assessments = dossier.assessed(harvest, added, assessments, ground)
        lots = dossier.lots_of(harvest, added, assessments, table)
        write_table(folder, "ASSESSMENTS", assessments)
        write_table(folder, "REASONS", reasons)
        if lots is not None:
            write_table(folder, "LOTS", lots)
        record = dossier.record(harvest, added, table, assessments, evidence.table("SOURCES"), lots)
        write_json(folder, "article10", record)

    return run.obtain("assessment", made_of, make)


def package(
    run: Run,
    plots: Artifact,
    tiles: Artifact,
    sources: Artifact,
    evidence: Artifact,
    assessment: Artifact,
    *,
    draft: bool,
    redacted: bool = False,
) -> Artifact:
    """The due-diligence package, or its redacted edition without names of persons."""
    policy = risk.policy(run.harvest.policy)
    # A policy of one's own by its name: where its file lies on this machine is nobody's business.
    harvest = run.harvest.model_copy(update={"policy": policy.full_name})
    filed = () if harvest.register_file is None else register.filed(harvest.register_file, harvest.harvest)
    made_of = {
        "assessment": assessment.digest,
        "evidence": evidence.digest,
        "plots": plots.digest,
        "harvest": harvest.model_dump(mode="json", exclude=WHERE),
        "draft": draft,
        "redacted": redacted,
        **run.documents.digests,
    }
    as_filed = _as_filed(run, made_of, filed)
    if as_filed is not None:
        return as_filed
    made_of["filed"] = [str(one) for one in filed]

    def make(folder: Path) -> None:
        drawn = run.drawing.begin(lambda: drawn_patches(run, evidence)) if "gis" in harvest.package.outputs else None
        added, record = run.documents, assessment.json("article10")
        supplied = supply_of(run, sources)
        if "rasters" in harvest.package.outputs:
            map_rasters.write(folder / "rasters", tiles, evidence.table("SOURCES"), definitions(run), supplied)
        given = PackageInput(
            harvest=harvest,
            plots=plots.features("PLOTS"),
            findings=conservation.findings_of(plots, evidence),
            sources=evidence.table("SOURCES"),
            evidence=evidence.file("EVIDENCE"),
            patches=evidence.file("PATCHES"),
            stored={"SOURCES": evidence.file("SOURCES")}
            | {name: assessment.file(name) for name in ("ASSESSMENTS", "REASONS")},
            drawn=None if drawn is None else lambda: drawn.result().folder / DRAWN,
            assessments=assessment.table("ASSESSMENTS"),
            reasons=assessment.table("REASONS"),
            variables=variables(definitions(run)),
            policy=policy,
            lots=assessment.table("LOTS") if assessment.has("LOTS") else None,
            article10=article10.written(record, harvest.package.languages),
            legality=added.legality,
            deliveries=dossier.with_removed(added),
            shipments=added.shipments,
            filed=filed,
            article10_of=None if record is None else _records(run, added, plots, evidence, assessment),
            attachments=added.attachments,
            definitions=definitions(run),
            pictures=pictures_of(run, plots, evidence, assessment, supplied)
            if "report" in harvest.package.outputs
            else None,
            draft=draft,
            redacted=redacted,
        )
        package_room.write(folder, given)

    return run.obtain("package", made_of, make)


def _records(run: Run, added: dossier.Dossier, plots: Artifact, evidence: Artifact, assessment: Artifact) -> RecordOf:
    lots = assessment.table("LOTS") if assessment.has("LOTS") else None
    read = (assessment.table("ASSESSMENTS"), evidence.table("SOURCES"), lots)
    return records(run.harvest, added, plots.features("PLOTS"), *read)


def _as_filed(run: Run, made_of: Mapping[str, Any], filed: Sequence[Filed]) -> Artifact | None:
    """The package that was filed without lots: it declares the very same, so noting its number redoes nothing."""
    if not filed or any(one.lots for one in filed):
        return None
    found = run.folder.artifacts.find("package", run.name_of("package", {**made_of, "filed": []}))
    if found is None:
        return None
    references = {line["reference"] for line in contents.summary(found.folder)["statements"]}
    return found if {one.reference for one in filed} <= references else None


def pictures_of(
    run: Run, plots: Artifact, evidence: Artifact, assessment: Artifact, supplied: Supply
) -> dict[str, Picture]:
    """Pictures of the plots that matter, for the report."""
    return pictures(
        plots.features("PLOTS"),
        assessment.table("ASSESSMENTS"),
        evidence.table("SOURCES"),
        definitions(run),
        baseline_of(definitions(run)),
        supplied,
    )


def _no_evidence(definitions: Sequence[LayerDefinition]) -> pd.DataFrame:
    """EVIDENCE of a harvest without a usable plot."""
    empty = tables.typed(tables.EVIDENCE, {"plot": []})
    columns = {item.column: pd.Series([], dtype="int16", index=empty.index) for item in variables(definitions)}
    return empty.assign(**columns)


def _tasks(shared: Shared, tiles: Artifact, read: pd.DataFrame, supplied: Supply) -> list[Task]:
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
    for entry in tile_index.tiles(tiles):
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


def _windows(tiles: Artifact) -> dict[Tile, NDArray[np.float64]]:
    path = tiles.folder / "GROUND.parquet"
    return {entry.tile: tile_index.boxes_of(path, entry.row_group) for entry in tile_index.tiles(tiles)}


def _state(catalogue: Catalogue, *, offline: bool) -> dict[str, Any]:
    """What a catalogue is, and for a folder what it holds now: names, sizes and change times (or tags) of its files."""
    if catalogue.folder is None:
        return catalogue.model_dump(mode="json")
    if object_store.origin(catalogue.folder) is not None:
        return {"objects": inputs.catalogue(catalogue.folder, offline=offline)}
    files = [
        (path.relative_to(catalogue.folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(catalogue.folder.rglob("*"))
        if path.is_file()
    ]
    # Rasters may lie anywhere. The change time is the system's own: copying the dates of a file does not set it back.
    rasters = [
        (about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
        for path in layers.catalogue.rasters(catalogue.folder)
        if path.is_file() and (about := path.stat())
    ]
    return {"files": files, "rasters": rasters}


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
