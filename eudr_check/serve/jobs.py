"""Jobs on disk: a folder each, that is there whole or not at all, and outlives the server."""

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eudr_check.records import Json
from eudr_check.serve.asked import Options

QUEUED, PROCESSING, COMPLETED = "analysis_queued", "analysis_processing", "analysis_completed"
OPEN = (QUEUED, PROCESSING)
KEY = "eudr_check_row"
"""Property that holds the number of a Feature, by which its plot is known."""
DAY = 86_400


@dataclass(frozen=True)
class Job:
    """One submission."""

    folder: Path

    @property
    def id(self) -> str:
        """Its token, in Whisp's words: what a caller asks by."""
        return self.folder.name

    @property
    def run(self) -> Path:
        """Its run folder, beside those of the others: blocks of rasters that one has fetched serve all."""
        return self.folder.parent / ".runs" / self.id

    @property
    def asked(self) -> Json:
        """Owner, number of plots and options."""
        return _read(self.folder / "request.json")

    @property
    def options(self) -> Options:
        """What the caller wanted."""
        return Options(**self.asked["options"])

    @property
    def state(self) -> Json:
        """Code, and where it failed the cause."""
        return _read(self.folder / "state.json")

    def becomes(self, code: str, cause: str | None = None) -> None:
        """Note its state, whole or not at all."""
        made = self.folder / f"state.{uuid.uuid4().hex}"
        _write(made, {"code": code, "cause": cause, "at": time.time()})
        made.replace(self.folder / "state.json")


@dataclass(frozen=True)
class Store:
    """All jobs of a server."""

    folder: Path
    _tidying: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)
    """Held where folders go and where all of them are looked through: many threads do both."""

    def add(self, owner: str, features: Sequence[Json], options: Options) -> Job:
        """A new job, to be found only once it is whole on the disk."""
        # Plots are somebody's land: nobody else on this machine reads them here.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        job = Job(self.folder / str(uuid.uuid4()))
        new = self.folder / f".new-{job.id}"
        new.mkdir()
        numbered = [
            {**one, "properties": {**one["properties"], KEY: str(row)}} for row, one in enumerate(features, start=1)
        ]
        _write(new / "plots.geojson", {"type": "FeatureCollection", "features": numbered})
        _write(new / "request.json", {"owner": owner, "plots": len(features), "options": asdict(options)})
        Job(new).becomes(QUEUED)
        new.rename(job.folder)
        return job

    def find(self, token: str, owner: str) -> Job | None:
        """A job by its token; None where there is none, or it is another's: nobody learns which."""
        try:
            name = str(uuid.UUID(token))
        except ValueError:
            return None
        job = Job(self.folder / name)
        return job if job.folder.is_dir() and job.asked["owner"] == owner else None

    def all(self) -> Iterator[Job]:
        """Every job, oldest first."""
        if self.folder.is_dir():
            whole = [one for one in self.folder.iterdir() if one.is_dir() and not one.name.startswith(".")]
            yield from map(Job, sorted(whole, key=lambda one: one.stat().st_ctime_ns))

    def unfinished(self, owner: str | None = None) -> list[Job]:
        """Jobs that still have to be done, of one owner or of all."""
        with self._tidying:
            mine = [job for job in self.all() if owner is None or job.asked["owner"] == owner]
            return [job for job in mine if job.state["code"] in OPEN]

    def sweep(self) -> None:
        """Delete what a killed server left half written: at the start only, later it is a job that is being written."""
        for half in self.folder.glob(".*-*"):
            shutil.rmtree(half)

    def tidy(self, keep_days: float) -> None:
        """Delete finished jobs that are older than `keep_days`."""
        with self._tidying:
            for job in self.all():
                state = job.state
                if state["code"] not in OPEN and time.time() - state["at"] > keep_days * DAY:
                    gone = self.folder / f".old-{job.id}"
                    job.folder.rename(gone)
                    shutil.rmtree(job.run, ignore_errors=True)
                    shutil.rmtree(gone)


def _read(path: Path) -> Json:
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write(path: Path, content: Any) -> None:
    with path.open("w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
