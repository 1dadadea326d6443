"""Pictures of a harvest: everything up to its outcomes, then the list of scenes, then looks at the plots."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eudr_check import layers
from eudr_check.config import Harvest
from eudr_check.documents import dossier
from eudr_check.errors import ConfigError
from eudr_check.imagery_settings import Imagery
from eudr_check.layers import Supply, restore
from eudr_check.layers.fetch.block_store import Store
from eudr_check.run import thumbnails
from eudr_check.run.artifacts import Artifact, digest
from eudr_check.run.folder import RunFolder
from eudr_check.run.graph import in_flight
from eudr_check.run.imagery.bands import MEGABYTE, Bands, is_budget
from eudr_check.run.imagery.stage import Seen, listing, write_list, write_looks
from eudr_check.run.results import ADDRESSES
from eudr_check.run.tile import variables
from eudr_check.run.versions import made_by
from eudr_check.text import sentence

NAME = "imagery"
"""The published folder in the run folder."""


@dataclass(frozen=True)
class Pictures:
    """The two artifacts of the stage, of a harvest whose outcomes are there."""

    harvest: Harvest
    folder: RunFolder
    offline: bool

    def made(self, before: Mapping[str, Artifact], *, refresh: bool = False) -> Artifact:
        """The looks; found or made.

        Args:
            before: finished artifacts: plots, layers, overlay, assess.
            refresh: look again what the catalogues have, though a list was frozen.
        """
        scenes = self._scenes(before, refresh=refresh)
        made_of = {"scenes": scenes.files(), **self._named(before), "layers": before["layers"].digest}
        made_of |= {"settings": self._settings(), "on": str(dossier.day(self.harvest))}
        made_of |= {"languages": self.harvest.package.languages}
        name = digest({"versions": made_by("imagery"), **made_of})
        found = self.folder.artifacts.find("imagery", name)
        if found is not None and (self.offline or not _lacks(found)):
            return found
        with self.folder.artifacts.making("imagery", name) as folder:
            self._look(folder, before, scenes)
        again = self.folder.artifacts.find("imagery", name)
        assert again is not None
        return again

    def _scenes(self, before: Mapping[str, Artifact], *, refresh: bool) -> Artifact:
        """The list of scenes: frozen once it is whole, until somebody asks for a fresh one."""
        catalogues = {
            name: _state(self.harvest, name)
            for name in self.harvest.imagery.sources  # type: ignore[union-attr]
        }
        made_of = {**self._named(before), "settings": self._settings(), "catalogues": catalogues}
        name = digest({"versions": made_by("scenes"), **made_of, "on": str(dossier.day(self.harvest))})
        found = self.folder.artifacts.find("scenes", name)
        if found is not None and not refresh and (self.offline or not listing(found.folder).failed):
            return found
        with self.folder.artifacts.making("scenes", name) as folder:
            write_list(folder, self.harvest, self._seen(before), self.folder.store, offline=self.offline)
        made = self.folder.artifacts.find("scenes", name)
        assert made is not None
        return made

    def _look(self, folder: Path, before: Mapping[str, Artifact], scenes: Artifact) -> None:
        seen, budget = self._seen(before), self.harvest.imagery.megabytes * MEGABYTE  # type: ignore[union-attr]
        bands = Bands(self.harvest.catalogues, Store(self.folder.store), self.offline, budget)
        definitions = [layers.definition(choice) for choice in self.harvest.layers]
        wanted = seen.plots.loc[[one.plot for one in seen.subjects(self.harvest)]]
        ground = thumbnails.around(
            wanted,
            before["overlay"].table("SOURCES"),
            definitions,
            thumbnails.baseline_of(definitions),
            self._supply(before["layers"]),
        )
        drawn = ground, before["overlay"].features("PATCHES")
        write_looks(folder, self.harvest, seen, listing(scenes.folder), bands, drawn)

    def _seen(self, before: Mapping[str, Artifact]) -> Seen:
        known = variables([layers.definition(choice) for choice in self.harvest.layers])
        return Seen(
            before["plots"].features("PLOTS"),
            before["assess"].table("ASSESSMENTS"),
            before["overlay"].table("EVIDENCE"),
            known,
        )

    def _supply(self, sources: Artifact) -> Supply:
        addresses = sources.json(ADDRESSES) if (sources.folder / f"{ADDRESSES}.json").is_file() else {}
        read = sources.table("SOURCES")
        origins = restore.origins(read, self.harvest.layers, self.harvest.catalogues, addresses)
        return Supply(self.folder.store, origins, self.offline, in_flight)

    def _named(self, before: Mapping[str, Artifact]) -> dict[str, Any]:
        return {stage: before[stage].digest for stage in ("plots", "overlay", "assess")}

    def _settings(self) -> dict[str, Any]:
        assert self.harvest.imagery is not None
        return self.harvest.imagery.model_dump(mode="json", by_alias=True)


def _lacks(found: Artifact) -> bool:
    """Whether something failed that may come right when it is tried again; an exhausted budget does not."""
    months = found.table("VEGETATION_SERIES")
    said = [found.table("LOOKS")["reason"], found.table("RADAR")["reason"], months["reason"][months["date"].isna()]]
    reasons = pd.concat(said).dropna()
    return bool(found.json("summary")["failed_searches"] or not all(is_budget(str(reason)) for reason in reasons))


def _state(harvest: Harvest, name: str) -> Any:
    """What a catalogue is; of a folder, what its files hold."""
    catalogue = harvest.catalogues[name]
    if catalogue.folder is None:
        return {"url": catalogue.url}
    return [
        (path.relative_to(catalogue.folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(catalogue.folder.rglob("*"))
        if path.is_file()
    ]


def require(harvest: Harvest) -> Imagery:
    """The settings of pictures.

    Raises:
        ConfigError: the harvest has none.
    """
    if harvest.imagery is None:
        raise ConfigError(sentence("run", "no_imagery", harvest=harvest.harvest))
    return harvest.imagery


def publish(harvest: Harvest, before: Mapping[str, Artifact], *, offline: bool, refresh: bool) -> Artifact:
    """Make the pictures of a harvest and put them where people look for them, in `imagery/` of the run folder.

    Raises:
        ConfigError: the harvest has no `imagery:`.
    """
    require(harvest)
    assert harvest.run.folder is not None
    folder = RunFolder(harvest.run.folder)
    with folder.locked(), folder.logged(harvest=harvest.harvest, until=NAME):
        made = Pictures(harvest, folder, offline).made(before, refresh=refresh)
        folder.publish(NAME, [made])
        folder.log("stage", stage=NAME, digest=made.digest)
    return made
