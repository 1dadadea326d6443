"""A harvest from its YAML to a finished package."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.package.bag import contents
from eudr_check.run import changes, conservation, history, inputs, readiness, registration, stages
from eudr_check.run.artifacts import Artifact
from eudr_check.run.changes import Changes
from eudr_check.run.drawing import Drawing
from eudr_check.run.executors import Workers
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.profile import Measurements
from eudr_check.run.stages import Progress, Run
from eudr_check.text import say

STAGES = ("plots", "layers", "overlay", "assess", "package")


@dataclass(frozen=True)
class Finished:
    """What a run has to show; tables that were not reached are None."""

    folder: RunFolder
    cooperatives: pd.Series
    """Cooperative of every plot: all that the terminal shows of PLOTS, a hundredth of its bytes."""
    findings: pd.DataFrame
    sources: pd.DataFrame | None
    assessments: pd.DataFrame | None
    package: Path | None
    notes: tuple[str, ...]
    """What the documents of the harvest leave open, a sentence each."""
    changes: Changes | None
    """What is not as the last run left it; None without a last run."""
    measurements: pd.DataFrame
    made: Mapping[str, Artifact]
    """Finished artifacts by stage."""

    @cached_property
    def plots(self) -> gpd.GeoDataFrame:
        """PLOTS, read when asked for: the geometries of a nation take two seconds."""
        return self.made["plots"].features("PLOTS")

    @property
    def exit(self) -> Exit:
        """The exit code that tells the truth about this run."""
        if self.sources is not None and (self.sources["status"] == "failed").any():
            return Exit.INCOMPLETE
        blocked = (self.findings["severity"] == "block").any()
        unsettled = self.assessments is not None and (self.assessments["final_outcome"] == "undetermined").any()
        return Exit.OPEN_QUESTIONS if blocked or unsettled or self.withheld else Exit.DONE

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """What no statement declares although it was asked for, a sentence each."""
        return () if self.package is None else tuple(contents.summary(self.package)["withheld"])

    @cached_property
    def filed_in_part(self) -> tuple[str, ...]:
        """Lots of which a part was filed and the rest is declared, a sentence each."""
        parts = () if self.package is None else contents.summary(self.package)["filed_in_part"]
        return tuple(say("shipments", "part_filed", "en", **one) for one in parts)


def run(
    harvest: Harvest,
    *,
    until: str = "package",
    offline: bool = False,
    draft: bool = False,
    redacted: bool = False,
    progress: Progress = lambda stage, done, of: None,
) -> Finished:
    """Do everything that is missing, up to a stage.

    Args:
        harvest: the settings.
        until: last stage, one of `STAGES`.
        offline: make no connection; what is not on this machine stays unknown.
        draft: write the package although plots are not settled, every file marked as draft.
        redacted: write a redacted edition of the package without names of persons as well, in `package-redacted`.
        progress: called as work goes on.

    Raises:
        EudrCheckError: nothing can be delivered; the message says what to do. Finished artifacts stay.
    """
    assert harvest.run.folder is not None
    folder = RunFolder(harvest.run.folder)
    measured = Measurements()
    inputs.bring(harvest, offline=offline)
    # Once, and before a raster is touched: what is wrong is said early, and all stages have the same documents.
    documents = dossier.read(harvest) if until in ("assess", "package") else dossier.Dossier()
    if until == "package" and "statement" in harvest.package.outputs and not draft:
        readiness.check(harvest, documents.deliveries)
    with folder.locked(), Workers(harvest.run) as workers, Drawing() as drawing:
        job = Run(harvest, folder, offline, progress, measured, workers, drawing, documents)
        folder.log("start", harvest=harvest.harvest, until=until)
        wanted = STAGES[: STAGES.index(until) + 1]
        artifacts: dict[str, Artifact] = {}

        def do(stage: str, work: Callable[[], Artifact]) -> Artifact:
            progress(stage, 0, 1)
            with measured.stage(stage):
                artifacts[stage] = work()
            folder.log("stage", stage=stage, digest=artifacts[stage].digest, **measured.last)
            progress(stage, 1, 1)
            return artifacts[stage]

        def guarded() -> Artifact:
            return history.guarded(harvest, folder, stages.plots(job, overlaid="overlay" in wanted))

        plots = do("plots", guarded)
        if "layers" in wanted:
            ground = do("ground", lambda: stages.tile_ground(job, plots))
            sources = do("layers", lambda: stages.sources(job, ground))
        if "overlay" in wanted:
            evidence = do("overlay", lambda: stages.evidence(job, plots, ground, sources))
        if "assess" in wanted:
            drawn = "package" in wanted and "gis" in harvest.package.outputs
            assessment = do("assess", lambda: stages.assessment(job, plots, evidence, drawn=drawn))
        if "overlay" in wanted:
            history.remember(harvest, folder, artifacts)
        changed = changes.since_last(folder, plots, artifacts.get("assess"))
        # The tables come first: they are there for people even when no package may be written.
        shown = [artifacts[stage] for stage in ("plots", "layers", "overlay", "assess") if stage in artifacts]
        folder.publish("tables", shown)
        package = None
        if "package" in wanted:
            made = do("package", lambda: stages.package(job, plots, ground, sources, evidence, assessment, draft=draft))
            package = folder.publish("package", [made])
            if redacted:
                redacted_package = do(
                    "redacted",
                    lambda: stages.package(
                        job, plots, ground, sources, evidence, assessment, draft=draft, redacted=True
                    ),
                )
                folder.publish("package-redacted", [redacted_package])
            if harvest.register_file is not None:
                registration.record(harvest, harvest.register_file, artifacts)
        folder.log("end", until=until)
    assessments = artifacts["assess"].table("ASSESSMENTS") if "assess" in artifacts else None
    findings = conservation.findings_of(plots, artifacts.get("overlay", plots))
    return Finished(
        folder=folder,
        cooperatives=plots.table("PLOTS", ["cooperative"])["cooperative"],
        findings=findings,
        sources=(artifacts.get("overlay") or artifacts["layers"]).table("SOURCES") if "layers" in wanted else None,
        assessments=assessments,
        package=package,
        notes=_notes(harvest, documents, artifacts, findings),
        changes=changed,
        measurements=measured.table(),
        made=artifacts,
    )


def _set_aside(findings: pd.DataFrame) -> list[str]:
    aside = findings[findings["code"] == "area_not_conserved"]
    return [f"plot {row.plot} was set aside: {row.message}" for row in aside.itertuples()]


def _notes(
    harvest: Harvest, documents: dossier.Dossier, made: Mapping[str, Artifact], findings: pd.DataFrame
) -> tuple[str, ...]:
    if "assess" not in made:
        return ()
    assessment = made["assess"]
    lots = assessment.table("LOTS") if assessment.has("LOTS") else None
    return (*_set_aside(findings), *dossier.notes(harvest, documents, assessment.table("ASSESSMENTS"), lots))
