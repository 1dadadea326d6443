"""One harvest on its way: what all of its steps share."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from eudr_check import layers
from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.layers import LayerDefinition, Supply, restore
from eudr_check.package import document_date
from eudr_check.run.artifacts import Artifact, digest
from eudr_check.run.executors import Workers
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import Graph, in_flight
from eudr_check.run.profile import Measurements
from eudr_check.run.results import ADDRESSES
from eudr_check.run.versions import made_by

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
    graph: Graph
    documents: dossier.Dossier = field(default_factory=dossier.Dossier)
    """The documents of the harvest, read once; empty where no stage needs them."""
    made_on: dt.date | None = None
    """Date of the package (`dating`)."""

    @property
    def dated(self) -> Harvest:
        """The settings with the date that the package carries, whether the harvest states it or not."""
        return document_date.on(self.harvest, self.made_on)

    def name_of(self, stage: str, made_of: Mapping[str, object]) -> str:
        """Digest of all that makes an artifact, code and libraries included."""
        return digest({"versions": made_by(stage), **made_of})


def definitions(run: Run) -> tuple[LayerDefinition, ...]:
    """The layer definitions of the harvest, in its order."""
    return tuple(layers.definition(choice) for choice in run.harvest.layers)


def supply_of(run: Run, sources: Artifact) -> Supply:
    """The content store of this machine, and where it is filled from."""
    harvest = run.harvest
    addresses = sources.json(ADDRESSES) if (sources.folder / f"{ADDRESSES}.json").is_file() else {}
    origins = restore.origins(sources.table("SOURCES"), harvest.layers, harvest.catalogues, addresses)
    return Supply(run.folder.store, origins, run.offline, in_flight)
