"""The run folder: who works in it, what happened when, and the results people open.

::

    runs/HARVEST/
    ├── pieces/     finished work, named by digest
    ├── tables/     PLOTS, FINDINGS, SOURCES, EVIDENCE, PATCHES, ASSESSMENTS, REASONS as Parquet
    ├── package/    the due-diligence package
    └── log.jsonl   what was done when (the only place with times)
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eudr_check.errors import RunError
from eudr_check.run.pieces import Piece, Pieces, refusal


@dataclass(frozen=True)
class RunFolder:
    """Paths of one run."""

    path: Path

    @property
    def pieces(self) -> Pieces:
        return Pieces(self.path / "pieces")

    @property
    def tables(self) -> Path:
        return self.path / "tables"

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
            RunError: another process works in it, or it cannot be written.
        """
        try:
            (self.path / "pieces").mkdir(parents=True, exist_ok=True)
            stream = (self.path / ".lock").open("a+")
        except OSError as error:
            raise refusal(error, self.path) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                stream.seek(0)
                raise RunError(
                    f"{self.path}: process {stream.read().strip() or '?'} is working on this harvest; "
                    "wait until it ends, or stop it and run again (nothing finished is lost)"
                ) from error
            stream.truncate(0)
            stream.write(str(os.getpid()))
            stream.flush()
            yield

    def busy(self) -> bool:
        """Whether some process holds the folder now."""
        try:
            with (self.path / ".lock").open("r") as stream:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def log(self, event: str, **facts: object) -> None:
        """Append one line to the log; a damaged last line from a killed run does no harm."""
        line = json.dumps({"time": round(time.time(), 3), "event": event, **facts}, ensure_ascii=False)
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def history(self) -> list[dict[str, object]]:
        """The log lines that can be read, oldest first."""
        try:
            lines = (self.path / "log.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        entries = []
        for line in lines:
            try:
                entries.append(json.loads(line))
            except ValueError:
                continue
        return entries

    def publish(self, name: str, pieces: list[Piece]) -> Path:
        """Put the files of some pieces where people look for them, whole or not at all; later pieces win."""
        final, fresh, old = self.path / name, self.path / f".{name}.new", self.path / f".{name}.old"
        try:
            for leftover in (fresh, old):
                shutil.rmtree(leftover, ignore_errors=True)
            fresh.mkdir()
            for piece in pieces:
                shutil.copytree(
                    piece.folder,
                    fresh,
                    dirs_exist_ok=True,
                    copy_function=_copy,
                    ignore=shutil.ignore_patterns("piece.json"),
                )
            if final.exists():
                final.rename(old)
            fresh.rename(final)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise refusal(error, self.path) from error
        return final


def _copy(source: str, target: str) -> None:
    """Copy, never link: people may edit what they find, and a finished piece must not change under them."""
    Path(target).unlink(missing_ok=True)
    shutil.copyfile(source, target)
