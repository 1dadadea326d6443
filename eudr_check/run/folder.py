"""The run folder: who works in it, what happened when, and the results people open.

::

    runs/HARVEST/
    ├── artifacts/     finished work, named by digest
    ├── tables/     PLOTS, FINDINGS, SOURCES, EVIDENCE, PATCHES, ASSESSMENTS, REASONS as Parquet
    ├── tables-before/   the tables of the last run that showed outcomes, where they were others
    ├── changes.html, changes.csv   what the last run that changed anything changed
    ├── package/    the due-diligence package
    ├── package-redacted/, redacted-key.csv   its edition without names, and what the codes in it stand for
    ├── shipment-NAME/, redacted-shipment-NAME/   packages of one shipment each, where they were asked for
    ├── first-run.txt   the day of the first run: the date of the package where the harvest states none
    └── log.jsonl   what was done when (times stand here and on the page of changes only)

A folder in an object store has a local copy, in which the work is done; artifacts, tables, package and log
are sent to the store.
"""

import datetime as dt
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import portalocker

from eudr_check import __version__, object_store
from eudr_check.errors import BusyError, EudrCheckError
from eudr_check.run import lock
from eudr_check.run.artifacts import Artifact, Artifacts, holds, reaching, refusal
from eudr_check.run.graph import on_cores
from eudr_check.text import sentence

LOG = "log.jsonl"
LOCK = ".lock"
TABLES_SHOWN = ".tables-shown"
HOLDER = ".lock-holder"
"""The number of the process that holds the lock: where Windows locks a file, nobody else can read it."""


@dataclass(frozen=True)
class RunFolder:
    """Paths of one run."""

    path: Path

    @property
    def address(self) -> str:
        """The folder as any machine finds it: an address of an object store, or an absolute path."""
        return object_store.origin(self.path) or str(self.path.absolute())

    @property
    def remote(self) -> bool:
        """Whether it stands for a folder in an object store."""
        return object_store.origin(self.path) is not None

    @property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.path / "artifacts")

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    @property
    def tables_before(self) -> Path:
        """Tables of the last run that showed outcomes and whose tables were others."""
        return self.path / "tables-before"

    @property
    def are_shown(self) -> bool:
        """Whether the tables are those of a run that had outcomes and came to its end."""
        return (self.path / TABLES_SHOWN).exists()

    def mark_shown(self) -> None:
        """Note that a run with outcomes came to its end: the next one is compared with its tables."""
        try:
            (self.path / TABLES_SHOWN).touch()
        except OSError as error:
            raise refusal(error, self.path) from error

    @property
    def package(self) -> Path:
        return self.path / "package"

    @property
    def store(self) -> Path:
        """Raster blocks fetched from the network, shared by all runs beside this one."""
        return self.path.parent / "store"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one process.

        Raises:
            BusyError: another process works in it.
            RunError: it cannot be written.
        """
        try:
            (self.path / "artifacts").mkdir(parents=True, exist_ok=True)
            stream = (self.path / LOCK).open("a")
        except OSError as error:
            raise refusal(error, self.path) from error
        with stream:
            if not _ours(stream):
                raise BusyError(
                    sentence("refusals", "busy", folder=object_store.name(self.path), process=str(self._holder()))
                )
            try:
                (self.path / HOLDER).write_text(str(os.getpid()), encoding="ascii")
            except OSError as error:
                raise refusal(error, self.path) from error
            self.artifacts.tidy()
            self._end_torn_line()
            if not self.remote:
                yield
                return
            with lock.held(self.path / LOCK):
                self._pull_log()
                try:
                    yield
                finally:
                    self._push_log()

    def _holder(self) -> str:
        try:
            return (self.path / HOLDER).read_text(encoding="ascii").strip() or "?"
        except OSError:
            return "?"

    def busy(self) -> bool:
        """Whether some process holds the folder now."""
        try:
            with (self.path / LOCK).open("r") as stream:
                if not _ours(stream):
                    return True
        except FileNotFoundError:
            pass
        if not self.remote:
            return False
        with reaching():
            other = lock.holder(self.path / LOCK)
        return other is not None and not other.gone

    def log(self, event: str, **facts: object) -> None:
        """Append one line to the log; a damaged last line from a killed run does no harm."""
        line = json.dumps({"time": _now(), "event": event, **facts}, ensure_ascii=False)
        try:
            with (self.path / LOG).open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
        except OSError as error:
            raise refusal(error, self.path) from error

    @contextmanager
    def logged(self, **facts: object) -> Iterator[dict[str, object]]:
        """Write down that a run begins, and how it ends: `end`, or `error` with what was said.

        Yields:
            A dict; what is put into it stands in the line of the end.
        """
        run, ending = uuid.uuid4().hex, dict[str, object]()
        self.log("start", run=run, version=__version__, **facts)
        try:
            yield ending
        except EudrCheckError as error:
            self.log("error", run=run, error=error.code, message=str(error))
            raise
        self.log("end", run=run, until=facts["until"], **ending)

    def history(self) -> list[dict[str, object]]:
        """The log lines that can be read, oldest first."""
        self._pull_log()
        try:
            # A line may have been torn within a letter.
            lines = (self.path / LOG).read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []
        entries = []
        for line in lines:
            try:
                entries.append(json.loads(line))
            except ValueError:
                continue
        return entries

    def publish(self, name: str, artifacts: list[Artifact]) -> Path:
        """Put the files of some artifacts where people look for them, whole or not at all; later artifacts win.

        What is there already stays only if it is the same to the last byte: hashing the 1.8 GB of a nation's package
        takes a second where copying them takes four, and unlike dates it finds every edit.
        """
        final, fresh, old = self.path / name, self.path / f".{name}.new", self.path / f".{name}.old"
        try:
            for leftover in (fresh, old):
                shutil.rmtree(leftover, ignore_errors=True)
            if not _is_whole(final, artifacts):
                fresh.mkdir()
                # Later artifacts win: one source per file, all of them copied at once.
                sources = {file: artifact.folder / file for artifact in artifacts for file in artifact.files()}
                list(on_cores(lambda file: _copy(sources[file], fresh / file), sources))
                if final.exists():
                    final.rename(old)
                if name == self.tables.name:
                    self._set_aside(old)
                fresh.rename(final)
                shutil.rmtree(old, ignore_errors=True)
            self._push(final)
        except OSError as error:
            raise refusal(error, self.path) from error
        return final

    def _set_aside(self, tables: Path) -> None:
        """Keep tables that were shown; killed at any point, the next run compares with the right tables or none."""
        kept = tables.exists() and self.are_shown
        if kept:
            shutil.rmtree(self.tables_before, ignore_errors=True)
        (self.path / TABLES_SHOWN).unlink(missing_ok=True)
        if kept:
            tables.rename(self.tables_before)

    def pull(self, name: str) -> Path:
        """The published folder of a name, brought here where it lies in an object store."""
        folder = self.path / name
        if self.remote:
            with reaching():
                object_store.pull_folder(folder)
        return folder

    def _push(self, folder: Path) -> None:
        """Send a published folder; what is not in it any more goes last, so that nobody finds less than a package."""
        if not self.remote:
            return
        made = _files(folder)
        with reaching():
            object_store.put({path: path for path in made})
            object_store.remove([folder / name for name in object_store.listing(folder) if folder / name not in made])

    def _end_torn_line(self) -> None:
        """Close what a killed run left half-written, or the next line would be lost with it."""
        try:
            with (self.path / LOG).open("r+b") as stream:
                length = stream.seek(0, os.SEEK_END)
                stream.seek(max(length - 1, 0))
                if length and stream.read(1) != b"\n":
                    stream.write(b"\n")
        except FileNotFoundError:
            pass
        except OSError as error:
            raise refusal(error, self.path) from error

    def _pull_log(self) -> None:
        """Go on where another machine stopped; lines of a killed run here are kept."""
        if not self.remote:
            return
        path = self.path / LOG
        with reaching():
            there = object_store.read(path)
        if there is not None and not (path.is_file() and path.read_bytes().startswith(there)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(there)

    def _push_log(self) -> None:
        path = self.path / LOG
        if path.is_file():
            with reaching():
                object_store.put({path: path})


def _now() -> str:
    return dt.datetime.fromtimestamp(time.time(), dt.UTC).isoformat(timespec="milliseconds")


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _is_whole(published: Path, artifacts: Sequence[Artifact]) -> bool:
    """Whether a published folder holds the files of some artifacts, untouched, and nothing else."""
    files = {name: sha256 for artifact in artifacts for name, sha256 in artifact.files().items()}
    there = {path.relative_to(published).as_posix() for path in _files(published)}
    return there == files.keys() and holds(published, files)


def _copy(source: Path, target: Path) -> None:
    """Copy, never link: people may edit what they find, and a finished artifact must not change under them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)


def _ours(stream: IO[str]) -> bool:
    """Lock an open file until it is closed; False where another process has it locked."""
    try:
        portalocker.lock(stream, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked:
        return False
    return True
