"""A harvest from its YAML to a finished package."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd

from eudr_check.config import Harvest
from eudr_check.run import inputs, papers, registration, stages
from eudr_check.run.folder import RunFolder
from eudr_check.run.measure import Measurements
from eudr_check.run.pieces import Piece
from eudr_check.run.stages import Progress, Run

STAGES = ("plots", "layers", "overlay", "assess", "package")


class Exit(IntEnum):
    """Exit codes of the command."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    OPEN_QUESTIONS = 3
    """Done, but some plots are undetermined or blocked."""
    INCOMPLETE = 4
    """Some layer or tile could not be read; run again."""


@dataclass(frozen=True)
class Finished:
    """What a run has to show; tables that were not reached are None, the others are read when they are asked for."""

    harvest: Harvest
    folder: RunFolder
    pieces: Mapping[str, Piece]
    """Finished pieces by stage."""
    package: Path | None
    measurements: pd.DataFrame

    @cached_property
    def plots(self) -> gpd.GeoDataFrame:
        """PLOTS."""
        return self.pieces["plots"].features("PLOTS")

    @cached_property
    def cooperatives(self) -> pd.Series:
        """Cooperative of every plot: all that the terminal shows of PLOTS, a hundredth of its bytes."""
        return self.pieces["plots"].table("PLOTS", ["cooperative"])["cooperative"]

    @cached_property
    def findings(self) -> pd.DataFrame:
        """FINDINGS."""
        return self.pieces["plots"].table("FINDINGS")

    @cached_property
    def sources(self) -> pd.DataFrame | None:
        """SOURCES, with the tiles that failed where the run came as far."""
        read = self.pieces.get("overlay") or self.pieces.get("layers")
        return None if read is None else read.table("SOURCES")

    @cached_property
    def assessments(self) -> pd.DataFrame | None:
        """ASSESSMENTS."""
        return self.pieces["assess"].table("ASSESSMENTS") if "assess" in self.pieces else None

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the papers of the harvest leave open, a sentence each."""
        if self.assessments is None:
            return ()
        piece = self.pieces["assess"]
        lots = piece.table("LOTS") if piece.has("LOTS") else None
        return papers.notes(self.harvest, papers.read(self.harvest), self.assessments, lots)

    @property
    def exit(self) -> Exit:
        """The exit code that tells the truth about this run."""
        if self.sources is not None and (self.sources["status"] == "failed").any():
            return Exit.INCOMPLETE
        blocked = (self.findings["severity"] == "block").any()
        unsettled = self.assessments is not None and (self.assessments["final_outcome"] == "undetermined").any()
        return Exit.OPEN_QUESTIONS if blocked or unsettled else Exit.DONE


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
        redacted: write a twin of the package without names of persons as well, in `package-redacted`.
        progress: called as work goes on.

    Raises:
        EudrCheckError: nothing can be delivered; the message says what to do. Finished pieces stay.
    """
    assert harvest.run.folder is not None
    folder = RunFolder(harvest.run.folder)
    measured = Measurements()
    inputs.bring(harvest, offline=offline)
    with folder.locked():
        job = Run(harvest, folder, offline, progress, measured)
        folder.log("start", harvest=harvest.harvest, until=until)
        wanted = STAGES[: STAGES.index(until) + 1]
        pieces: dict[str, Piece] = {}

        def do(stage: str, work: Callable[[], Piece]) -> Piece:
            progress(stage, 0, 1)
            with measured.stage(stage):
                pieces[stage] = work()
            folder.log("stage", stage=stage, digest=pieces[stage].digest, **measured.last)
            progress(stage, 1, 1)
            return pieces[stage]

        plots = do("plots", lambda: stages.plots(job))
        if "layers" in wanted:
            ground = do("ground", lambda: stages.tile_ground(job, plots))
            sources = do("layers", lambda: stages.sources(job, ground))
        if "overlay" in wanted:
            evidence = do("overlay", lambda: stages.evidence(job, plots, ground, sources))
        if "assess" in wanted:
            assessment = do("assess", lambda: stages.assessment(job, plots, evidence))
        # The tables come first: they are there for people even when no package may be written.
        shown = [pieces[stage] for stage in ("plots", "layers", "overlay", "assess") if stage in pieces]
        folder.publish("tables", shown)
        package = None
        if "package" in wanted:
            made = do("package", lambda: stages.package(job, plots, ground, sources, evidence, assessment, draft=draft))
            package = folder.publish("package", [made])
            if redacted:
                twin = do(
                    "redacted",
                    lambda: stages.package(
                        job, plots, ground, sources, evidence, assessment, draft=draft, redacted=True
                    ),
                )
                folder.publish("package-redacted", [twin])
        if harvest.register_file is not None and "overlay" in wanted:
            registration.record(harvest, harvest.register_file, pieces)
        folder.log("end", until=until)
    return Finished(
        harvest=harvest,
        folder=folder,
        pieces=pieces,
        package=package,
        measurements=measured.table(),
    )
