"""A harvest from its YAML to a finished package."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.documents import amounts, chains, dossier
from eudr_check.package.bag import contents
from eudr_check.package.report.changes import Changes
from eudr_check.run import conservation, dating, inputs, map_doubts, readiness, stages
from eudr_check.run.artifacts import Artifact
from eudr_check.run.executors import Workers
from eudr_check.run.exit import Exit
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import Graph, collector_waiting
from eudr_check.run.profile import Measurements
from eudr_check.run.stages import Progress, Run
from eudr_check.shipments import in_words
from eudr_check.tables import SETTLED
from eudr_check.text import sentence

SHOWN = ("plots", "ground", "layers", "overlay", "areas", "assess", "splits", "imagery", "package", "redacted")
"""Steps that are measured, logged and shown."""


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
    shipments: tuple[Path, ...] = ()
    """Folders of the packages of one shipment each that were asked for, redacted editions among them."""

    @cached_property
    def plots(self) -> gpd.GeoDataFrame:
        """PLOTS, read when asked for: the geometries of a nation take two seconds."""
        return self.made["plots"].features("PLOTS")

    @property
    def exit(self) -> Exit:
        """The exit code that tells the truth about this run."""
        if self.sources is not None and (self.sources["status"] == "failed").any():
            return Exit.INCOMPLETE
        if "imagery" in self.made and self.made["imagery"].json("summary")["failed_searches"]:
            return Exit.INCOMPLETE
        if "areas" in self.made and (self.made["areas"].table("AREAS")["status"] == "unknown").any():
            return Exit.INCOMPLETE
        blocked = (self.findings["severity"] == "block").any()
        unsettled = self.assessments is not None and (self.assessments["final_outcome"] == "undetermined").any()
        return Exit.OPEN_QUESTIONS if blocked or unsettled or self.withheld else Exit.DONE

    @cached_property
    def withheld(self) -> tuple[str, ...]:
        """What no statement declares although it was asked for, a sentence each."""
        why = () if self.package is None else contents.summary(self.package)["withheld_because"]
        return tuple(in_words(one["code"], _values(one)) for one in why)

    @cached_property
    def filed_in_part(self) -> tuple[str, ...]:
        """Lots of which a part was filed and the rest is declared, a sentence each."""
        parts = () if self.package is None else contents.summary(self.package)["filed_in_part"]
        return tuple(sentence("shipments", "part_filed", **one) for one in parts)


def _values(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if name != "code"}


def run(
    harvest: Harvest,
    *,
    until: str = "package",
    offline: bool = False,
    draft: bool = False,
    redacted: bool = False,
    shipments: Sequence[str] = (),
    progress: Progress = lambda stage, done, of: None,
) -> Finished:
    """Do everything that is missing, up to a stage.

    Args:
        harvest: the settings.
        until: last stage, one of `STAGES`.
        offline: make no connection; what is not on this machine stays unknown.
        draft: write the package although plots are not settled, every file marked as draft.
        redacted: write a redacted edition of the package without names of persons as well, in `package-redacted`; with
            shipments, of the packages of these instead.
        shipments: write the package of each of these alone as well, in `shipment-NAME`.
        progress: called as work goes on.

    Raises:
        EudrCheckError: nothing can be delivered; the message says what to do. Finished artifacts stay.
    """
    assert harvest.run.folder is not None
    folder = RunFolder(harvest.run.folder)
    measured = Measurements()
    inputs.bring(harvest, offline=offline)
    # Once, and before a raster is touched: what is wrong is said early, and all stages have the same documents.
    with collector_waiting():
        documents = readiness.checked(harvest, until, draft=draft)
    watched = _Watch(folder, progress, measured)
    with folder.locked(), Workers(harvest.run) as workers, Graph(folder.artifacts, watched) as graph:
        on = dating.day(harvest, folder, documents)
        job = Run(harvest, folder, offline, progress, measured, workers, graph, documents, on)
        with folder.logged(harvest=harvest.harvest, until=until) as ending:
            made = graph.run(stages.steps(job, until, draft=draft, redacted=redacted, shipments=shipments))
            finished = _finished(harvest, folder, documents, measured, made)
            finished = replace(finished, shipments=_alone(job, made, shipments))
            ending["exit"] = int(finished.exit)
        if "assess" in made:
            folder.mark_shown()
    return finished


@dataclass(frozen=True)
class _Watch:
    """Measures the stages of a run and says how far it is."""

    folder: RunFolder
    progress: Progress
    measured: Measurements

    def __call__(self, step: str) -> AbstractContextManager[Callable[[Any], None]]:
        return self._stage(step) if step in SHOWN else nullcontext(lambda made: None)

    @contextmanager
    def _stage(self, stage: str) -> Iterator[Callable[[Any], None]]:
        def report(made: Artifact) -> None:
            self.folder.log("stage", stage=stage, digest=made.digest, **self.measured.last)
            self.progress(stage, 1, 1)

        self.progress(stage, 0, 1)
        with self.measured.stage(stage):
            yield report


def _finished(
    harvest: Harvest,
    folder: RunFolder,
    documents: dossier.Dossier,
    measured: Measurements,
    made: Mapping[str, Any],
) -> Finished:
    artifacts: dict[str, Artifact] = {stage: made[stage] for stage in SHOWN if stage in made}
    plots, read = artifacts["plots"], artifacts.get("overlay") or artifacts.get("layers")
    findings = conservation.findings_of(plots, artifacts.get("overlay"), artifacts.get("areas"))
    assessments = artifacts["assess"].table("ASSESSMENTS") if "assess" in artifacts else None
    return Finished(
        folder=folder,
        cooperatives=plots.table("PLOTS", ["cooperative"])["cooperative"],
        findings=findings,
        sources=None if read is None else read.table("SOURCES"),
        assessments=assessments,
        package=made.get("published"),
        notes=_notes(harvest, documents, artifacts, findings),
        changes=made["compared"],
        measurements=measured.table(),
        made=artifacts,
    )


def _alone(job: Run, made: Mapping[str, Any], shipments: Sequence[str]) -> tuple[Path, ...]:
    folders = stages.shipment_folders(job, shipments).values()
    steps = [f"published {kind}{folder}" for folder in folders for kind in ("", "redacted-")]
    return tuple(made[step] for step in steps if step in made)


def _set_aside(findings: pd.DataFrame) -> list[str]:
    aside = findings[findings["code"] == "area_not_conserved"]
    return [
        sentence("run", "plot_aside", plot=plot, problem=sentence("findings", code, **json.loads(details)))
        for plot, code, details in zip(aside["plot"], aside["code"], aside["details"], strict=True)
    ]


def _doubtful_maps(findings: pd.DataFrame) -> list[str]:
    doubtful = findings[findings["code"].isin([map_doubts.NOWHERE, map_doubts.EVERYWHERE])]
    return [
        sentence("findings", code, **json.loads(details))
        for code, details in zip(doubtful["code"], doubtful["details"], strict=True)
    ]


def _notes(
    harvest: Harvest, documents: dossier.Dossier, made: Mapping[str, Artifact], findings: pd.DataFrame
) -> tuple[str, ...]:
    if "assess" not in made:
        return ()
    assessment = made["assess"]
    lots = assessment.table("LOTS") if assessment.has("LOTS") else None
    animals = assessment.table("ANIMALS") if assessment.has("ANIMALS") else None
    plots = made["plots"].table("PLOTS", ["area_ha", "declared_area_ha", "producer_country", "usable"])
    settled = assessment.table("ASSESSMENTS")["final_outcome"].isin(SETTLED)
    return (
        *_set_aside(findings),
        *_doubtful_maps(findings),
        *dossier.notes(harvest, documents, assessment.json("reviews"), lots),
        *chains.notes(harvest, animals, plots.index),
        *amounts.doubts(harvest, plots[settled.reindex(plots.index, fill_value=False)], documents.deliveries),
    )
