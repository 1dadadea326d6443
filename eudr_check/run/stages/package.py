"""The package of a harvest, and its redacted edition."""

import datetime as dt
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from eudr_check import package as package_room
from eudr_check import register, risk
from eudr_check.config import Harvest
from eudr_check.documents import article10, dossier
from eudr_check.package import document_date
from eudr_check.package.codes import Codes
from eudr_check.package.gis import delivery, maps
from eudr_check.package.gis import edition as gis
from eudr_check.package.inputs import PackageInput
from eudr_check.package.report.thumbnail import Picture
from eudr_check.register import FilingState
from eudr_check.run import alone, conservation, dating, map_rasters, watched
from eudr_check.run.artifacts import Artifact, write_json
from eudr_check.run.graph import Result, on_cores
from eudr_check.run.records import records
from eudr_check.run.stages.areas import LOOKED, OUTLINES, facts
from eudr_check.run.stages.job import Run, definitions, supply_of
from eudr_check.run.thumbnails import baseline_of, pictures
from eudr_check.shipments import Filed
from eudr_check.steps import Call, Made, Step

WHERE = {
    "plots",
    "catalogues",
    "layers",
    "run",
    "animals",
    "deliveries",
    "shipments",
    "reviews",
    "legality",
    "answers",
    "register_file",
    "areas",
}
"""Settings that say where things lie, not what they are; their content is hashed instead."""

NEEDS = ("plots", "ground", "layers", "overlay", "assess", "splits")
PATCHES = "patches"
DRAWN = "patches.gpkg"
PLAN_DAY = "plan day"


@dataclass(frozen=True)
class _From:
    """The finished artifacts a package is made from."""

    plots: Artifact
    ground: Artifact
    layers: Artifact
    overlay: Artifact
    assess: Artifact
    splits: Artifact
    imagery: Artifact | None = None
    areas: Artifact | None = None
    plan_day: dt.date | None = None
    """Day of the action plan; None where none is asked for."""


def plan_day(run: Run) -> Result:
    """The day from which the weeks of the action plan count: that of the run which first saw these outcomes.

    A result of its own: found again as long as nothing changes, so that the same package stays the same on any day.
    """

    def key(made: Made) -> str:
        dates = {"stated": str(run.harvest.package.date), "package": str(run.made_on)}
        return run.name_of("plan_day", {"assessment": made["assess"].digest, **dates})

    def make(made: Made, folder: Path) -> None:
        write_json(folder, "day", dating.of_plan(run.harvest, document_date.day(run.dated)).isoformat())

    return Result(PLAN_DAY, "plan_day", key, make, needs=("assess",))


def patches(run: Run) -> Result:
    """The patches as a GeoPackage.

    A result of its own, named by what it shows: they are the longest table of a package, and neither a judgement nor
    most changes of a plot change them.
    """
    day = document_date.day(run.dated)

    def key(made: Made) -> str:
        return run.name_of("patches", {"patches": made["overlay"].files()["PATCHES.parquet"], "on": str(day)})

    def make(made: Made, folder: Path) -> Call:
        return delivery.drawing(folder / DRAWN, made["overlay"].file("PATCHES"), day)

    return Result(PATCHES, "patches", key, make, needs=("overlay",), where="process")


@dataclass(frozen=True)
class Edition:
    """Which package is written."""

    draft: bool
    redacted: bool = False
    shipment: str | None = None
    """The one shipment of it; None: the whole harvest."""


def package(run: Run, name: str, edition: Edition, *, after: str) -> Result:
    """The due-diligence package; its redacted edition without names of persons; that of one shipment."""
    filed, filings = _filed(run), _filings(run)

    def key(made: Made) -> str:
        return _key(run, _from(made), (*filed, *filings), edition)

    def make(made: Made, folder: Path) -> None:
        of = _from(made)
        given = replace(_given(run, of, filed), filings=filings, draft=edition.draft, redacted=edition.redacted)
        with TemporaryDirectory(dir=folder.parent, prefix=".looks-") as scratch:
            if edition.shipment is not None:
                alone.guard_declared(given, edition.shipment, made["package"].json("summary"))
                given = alone.input_of(given, edition.shipment, run.dated, run.documents, Path(scratch))
            _write(run, of, folder, replace(given, pictures=partial(_pictures, run, of, given)))

    whole = not edition.redacted and edition.shipment is None
    uses = (PATCHES,) if "gis" in run.harvest.package.outputs and whole else ()
    seen = [name for name in ("imagery", "areas") if getattr(run.harvest, name)]
    seen += [PLAN_DAY] if "action_plan" in run.harvest.package.outputs and edition.shipment is None else []
    after_whole = () if edition.shipment is None else ("package",)
    return Result(name, "package", key, make, needs=(*NEEDS, *seen, *after_whole, after), uses=uses)


def key_of_codes(run: Run, made: Made, shipment: str | None = None) -> pd.DataFrame:
    """Which name every code of the redacted edition stands for."""
    given = _given(run, _from(made), _filed(run))
    if shipment is not None:
        with TemporaryDirectory() as scratch:
            given = alone.input_of(given, shipment, run.dated, run.documents, Path(scratch))
    return Codes.of(given).key()


def _from(made: Made) -> _From:
    day = dt.date.fromisoformat(made[PLAN_DAY].json("day")) if PLAN_DAY in made else None
    return _From(**{name: made[name] for name in (*NEEDS, "imagery", "areas") if name in made}, plan_day=day)


def _harvest(run: Run) -> Harvest:
    """A policy of one's own by its name: where its file lies on this machine is nobody's business."""
    return run.dated.model_copy(update={"policy": risk.policy(run.harvest.policy).full_name})


def _filed(run: Run) -> Sequence[Filed]:
    known = run.harvest.register_file
    return () if known is None else register.filed(known, run.harvest.harvest)


def _filings(run: Run) -> Sequence[FilingState]:
    """What became of everything that was sent."""
    known = run.harvest.register_file
    states = () if known is None else register.filing_states(known, run.harvest.harvest)
    return [one for one in states if one.state != "not_filed"]


def _key(run: Run, of: _From, filed: Sequence[Filed | FilingState], edition: Edition) -> str:
    made_of = {
        "assessment": of.assess.digest,
        "evidence": of.overlay.digest,
        "plots": of.plots.digest,
        "splits": of.splits.digest,
        "harvest": _harvest(run).model_dump(mode="json", exclude=WHERE),
        "edition": asdict(edition),
        "looks": None if of.imagery is None else of.imagery.digest,
        "plan_day": str(of.plan_day),
        **run.documents.digests,
    }
    return run.name_of("package", {**made_of, "filed": [str(one) for one in filed]})


def _given(run: Run, of: _From, filed: Sequence[Filed]) -> PackageInput:
    harvest, added, record = _harvest(run), run.documents, of.assess.json("article10")
    plots, sources = of.plots.features("PLOTS"), of.overlay.table("SOURCES")
    assessments = of.assess.table("ASSESSMENTS")
    lots = of.assess.table("LOTS") if of.assess.has("LOTS") else None
    return PackageInput(
        harvest=harvest,
        plan_day=of.plan_day,
        plots=plots,
        findings=conservation.findings_of(of.plots, of.overlay, of.areas),
        sources=sources,
        evidence=of.overlay.file("EVIDENCE"),
        patches=of.overlay.file("PATCHES"),
        stored={"SOURCES": of.overlay.file("SOURCES")}
        | {name: of.assess.file(name) for name in ("ASSESSMENTS", "REASONS")},
        uses=of.assess.table("USES") if of.assess.has("USES") else None,
        splits=None if (parts := of.splits.features("SPLITS")).empty else parts,
        assessments=assessments,
        reasons=of.assess.table("REASONS"),
        variables=watched.variables(definitions(run), sources),
        policy=risk.policy(run.harvest.policy),
        areas=None if of.areas is None else of.areas.table("AREAS"),
        area_outlines=None if of.areas is None else of.areas.features(OUTLINES),
        area_layers=() if of.areas is None else of.areas.json(LOOKED),
        lots=lots,
        article10=article10.written(record, harvest.package.document_languages),
        legality=added.legality,
        deliveries=dossier.delivered(added),
        stays=added.animals,
        animals=of.assess.table("ANIMALS") if of.assess.has("ANIMALS") else None,
        shipments=added.shipments,
        filed=filed,
        # From the tables above: those of a nation fill the memory once.
        article10_of=None
        if record is None
        else records(run.dated, added, plots, assessments, sources, lots, facts(of.areas)),
        reviews=of.assess.json("reviews"),
        to_review=of.assess.json("to_review"),
        attachments=added.attachments,
        definitions=definitions(run),
        looks=None if of.imagery is None else of.imagery.json("shown"),
        imagery=None if of.imagery is None else of.imagery.folder,
    )


def _write(run: Run, of: _From, folder: Path, given: PackageInput) -> None:
    every = "rasters" in given.harvest.package.outputs
    if every or "gis" in given.harvest.package.outputs:
        read = given.sources, definitions(run), supply_of(run, of.layers)
        mine = None if given.alone is None else given.plots.index
        map_rasters.write(folder / maps.FOLDER, of.ground, *read, every=every, of=mine)
    if given.redacted or given.alone is not None:
        # Patches drawn beforehand name their plots.
        run.graph.run(package_room.steps(folder, given, on_cores, run.graph.queued))
        return
    target = gis.Edition.of(given.harvest, given.variables).geopackage(folder)

    def drawn(made: Made) -> None:
        shutil.copyfile(made[PATCHES].folder / DRAWN, target)

    begun = Step(package_room.DRAWN, drawn, needs=(PATCHES,), where="thread")
    steps = package_room.steps(folder, given, on_cores, run.graph.queued)
    run.graph.run([begun if step.name == begun.name else step for step in steps])


def _pictures(run: Run, of: _From, given: PackageInput) -> dict[str, Picture]:
    """Pictures of the plots that matter, for the report."""
    return pictures(
        given.plots,
        given.assessments,
        given.sources,
        definitions(run),
        baseline_of(definitions(run)),
        supply_of(run, of.layers),
    )
