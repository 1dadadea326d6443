"""Finished work on disk, named by the digest of what made it.

An artifact is a folder `artifacts/STAGE-DIGEST/` with its tables and `artifact.json`, which holds the SHA-256 of every
file. It is written under a temporary name and renamed, so that it is either complete or absent; when it is read its
files are hashed again, so that a damaged artifact counts as absent and is made again.

Where the run folder represents one in an object store, a finished artifact is sent there too, `artifact.json` last:
stores cannot rename, so that file marks a complete artifact. One that is not here is looked for there and hashed.
"""

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from xlsxwriter.exceptions import XlsxWriterException

from eudr_check import object_store, parquet, tables
from eudr_check.errors import FetchError, PackageError, RunError
from eudr_check.files import sha256
from eudr_check.run.graph import on_cores
from eudr_check.text import sentence

Value = str | int | float | bool | None
CONTENTS = "artifact.json"
NO_ROOM = 1 << 20
"""Bytes: a disk with less than this left when a library fails to write is taken for full."""


def digest(parts: Mapping[str, object]) -> str:
    """SHA-256 over named parts (anything JSON can hold), independent of their order."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def holds(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether a folder has files (SHA-256 by name) with the content they should have."""
    try:
        return _digests(folder, files) == files
    except OSError:
        return False


def _digests(folder: Path, names: Iterable[str] | None = None) -> dict[str, str]:
    """SHA-256 by name of some files of a folder, or of all.

    On all cores, for hashlib lets go of Python's lock: a nation's package has 1.8 GB.
    """
    if names is None:
        names = [path.relative_to(folder).as_posix() for path in _files(folder)]
    names = list(names)
    return dict(zip(names, on_cores(lambda name: sha256(folder / name), names), strict=True))


@dataclass(frozen=True)
class Artifact:
    """One finished artifact of work."""

    stage: str
    digest: str
    folder: Path

    def file(self, name: str) -> Path:
        """The Parquet file of a table."""
        return self.folder / f"{name}.parquet"

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table of the artifact without geometry, or some columns of it."""
        return parquet.frame(self.file(name), columns)

    def arrow(self, name: str) -> pa.Table:
        """A table of the artifact as it is stored."""
        # `read_table` gets ready for folders of files and takes twice as long for a small one.
        return pq.ParquetFile(self.file(name)).read()

    def features(self, name: str, columns: tuple[str, ...] | None = None) -> gpd.GeoDataFrame:
        """A table of the artifact with geometry (PLOTS or PATCHES), EPSG:4326, or some columns of it.

        The last one asked for is kept: three stages want PLOTS, whose outlines take a nation a second to read.
        """
        return _features(self.file(name), columns).copy(deep=False)

    def has(self, name: str) -> bool:
        """Whether the artifact holds a table."""
        return self.file(name).exists()

    def json(self, name: str) -> Any:
        """A JSON document of the artifact."""
        return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))

    def files(self) -> dict[str, str]:
        """SHA-256 of its files by name."""
        return dict(self.json(CONTENTS.removesuffix(".json"))["files"])


@lru_cache(maxsize=1)
def _features(path: Path, columns: tuple[str, ...] | None) -> gpd.GeoDataFrame:
    return parquet.features(path, columns)


def write_table(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Check a table against its contract, as every stage end does, and write it.

    Raises:
        EudrCheckError: the table breaks its contract.
    """
    save_table(folder, name, tables.check(tables.ALL[name], frame))


def save_table(folder: Path, name: str, table: pd.DataFrame | pa.Table) -> None:
    """Write a part of a table as (Geo)Parquet; the whole is checked when the parts are joined."""
    # A tile has a table that only joins others: SEAMS are PATCHES.
    parquet.write(folder / f"{name}.parquet", "PATCHES" if name == "SEAMS" else name, table)


def gathered(artifacts: Iterable[Artifact], name: str, schema: pa.Schema) -> gpd.GeoDataFrame:
    """Rows of the tables of a name (with geometry as WKB, EPSG:4326) of any number of artifacts, read in one go."""
    table = pa.concat_tables([schema.empty_table(), *(artifact.arrow(name) for artifact in artifacts)])
    frame = table.to_pandas(ignore_metadata=True)
    return gpd.GeoDataFrame(frame.assign(geometry=shapely.from_wkb(frame["geometry"].to_numpy())), crs="EPSG:4326")


def append_tables(folder: Path, name: str, artifacts: Iterable[Artifact], last: gpd.GeoDataFrame) -> None:
    """Write the tables of a name of many artifacts as one, a row group each, with the rows of `last` behind them.

    They go from file to file: a nation has two million patches, more than a laptop should hold as geometries.

    Raises:
        EudrCheckError: some row breaks the contract of the table.
    """
    end = parquet.arrow(name, last, index=False)
    about = json.loads(end.schema.metadata[b"geo"])
    # What the metadata says of the geometries of `last` need not be true of the others.
    for column in about["columns"].values():
        column.pop("bbox", None)
        column["geometry_types"] = []
    schema = end.schema.with_metadata({**end.schema.metadata, b"geo": json.dumps(about).encode()})
    # Their types are those of the schema, and as objects they would fill the memory.
    nested = [field.name for field in schema if pa.types.is_binary(field.type) or pa.types.is_list(field.type)]
    plain = []
    with pq.ParquetWriter(folder / f"{name}.parquet", schema, **parquet.form(schema.names)) as writer:
        for artifact in artifacts:
            table = artifact.arrow(name).select(schema.names).cast(schema)
            if len(table):
                writer.write_table(table)
                plain.append(table.drop_columns(nested))
        writer.write_table(end.cast(schema))
    plain.append(end.cast(schema).drop_columns(nested))
    # Once for all: looking at each of a nation's tiles takes as long as reading their rasters.
    tables.check(tables.ALL[name].remove_columns(nested), pa.concat_tables(plain).to_pandas(ignore_metadata=True))


def write_json(folder: Path, name: str, content: object) -> None:
    """Write a JSON document with sorted keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


class Artifacts:
    """The finished artifacts of one run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, stage: str, digest: str) -> Artifact | None:
        """The artifact, if it is there and undamaged, here or in the object store.

        Raises:
            RunError: the object store cannot be reached.
        """
        folder = self._place(stage, digest)
        if _is_sound(folder, digest) or self._pulled(folder, digest):
            return Artifact(stage, digest, folder)
        return None

    @contextmanager
    def making(self, stage: str, digest: str) -> Iterator[Path]:
        """A temporary folder that becomes the artifact when the block ends without an error.

        Raises:
            RunError: the disk is full, the folder cannot be written or the object store not reached; nothing half-made
                stays behind.
        """
        temporary = self.folder / f".{stage}-{uuid.uuid4().hex}"
        try:
            temporary.mkdir(parents=True)
            yield temporary
            files = _digests(temporary)
            write_json(temporary, CONTENTS.removesuffix(".json"), {"digest": digest, "files": files, "stage": stage})
            # Sent before it is renamed: what is whole here is whole there.
            final = self._place(stage, digest)
            self._push(temporary, final)
            if final.exists():
                shutil.rmtree(final)
            _settle(temporary, final)
        except OSError as error:
            raise refusal(error, self.folder) from error
        except (RuntimeError, sqlite3.Error, XlsxWriterException, PackageError) as error:
            # GDAL, SQLite and XlsxWriter have words of their own for a full disk, also in a process of its own.
            if shutil.disk_usage(self.folder).free < NO_ROOM:
                raise refusal(OSError(errno.ENOSPC, str(error)), self.folder) from error
            raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def obtain(self, stage: str, digest: str, make: Callable[[Path], None]) -> Artifact:
        """The artifact, made by `make(folder)` where it is not there yet."""
        found = self.find(stage, digest)
        if found is None:
            with self.making(stage, digest) as folder:
                make(folder)
            found = self.made(stage, digest)
        return found

    def made(self, stage: str, digest: str) -> Artifact:
        """The artifact that was just made."""
        return Artifact(stage, digest, self._place(stage, digest))

    def share(self, artifact: Artifact) -> None:
        """See to it that workers on other machines find an artifact of this one, even if deleted in the store."""
        if object_store.origin(artifact.folder) is None:
            return
        with reaching():
            there = {name: size for name, (size, _) in object_store.listing(artifact.folder).items()}
        here = {path.relative_to(artifact.folder).as_posix(): path.stat().st_size for path in _files(artifact.folder)}
        if there != here:
            self._push(artifact.folder, artifact.folder)

    def tidy(self) -> None:
        """Remove what killed runs left half-made; only while nobody else works here."""
        for entry in self.folder.glob(".*"):
            shutil.rmtree(entry, ignore_errors=True)

    def _place(self, stage: str, digest: str) -> Path:
        return self.folder / f"{stage}-{digest[:24]}"

    def _push(self, made: Path, final: Path) -> None:
        """Send a whole artifact to where its final folder stands for."""
        if object_store.origin(final) is None:
            return
        files = {path: final / path.relative_to(made) for path in _files(made)}
        mark = made / CONTENTS
        with reaching():
            object_store.put({path: target for path, target in files.items() if path != mark})
            object_store.put({mark: files[mark]})

    def _pulled(self, final: Path, digest: str) -> bool:
        """Bring an artifact from the object store, if it is there whole and undamaged."""
        if object_store.origin(final) is None:
            return False
        temporary = self.folder / f".{uuid.uuid4().hex}"
        try:
            with reaching():
                if not object_store.get({final / CONTENTS: temporary / CONTENTS}):
                    return False
                names = _contents(temporary, digest)
                if names is None or not object_store.get({final / name: temporary / name for name in names}):
                    return False
            if not _is_sound(temporary, digest):
                return False
            # Never away with a sound artifact: another process of this machine may have brought it and be reading it.
            if not _settle(temporary, final) and not _is_sound(final, digest):
                shutil.rmtree(final, ignore_errors=True)
                _settle(temporary, final)
        except OSError as error:
            raise refusal(error, self.folder) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return True


def _contents(folder: Path, digest: str) -> dict[str, str] | None:
    """SHA-256 of the files an artifact must have, by name; None where its list is not that of this artifact."""
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        files = {str(name): str(sha256) for name, sha256 in contents["files"].items()}
        return files if contents["digest"] == digest and not any(map(_leads_out, files)) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _leads_out(name: str) -> bool:
    """Whether a listed file would lie outside of its artifact."""
    return PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts


def _is_sound(folder: Path, digest: str) -> bool:
    files = _contents(folder, digest)
    return files is not None and holds(folder, files)


def _settle(temporary: Path, final: Path) -> bool:
    """Give a whole artifact its name; False where an artifact of that name is there already."""
    try:
        temporary.rename(final)
    except OSError as error:
        # A worker given up for dead may finish the same artifact first; its bytes are the same.
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    return True


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@contextmanager
def reaching() -> Iterator[None]:
    """An object store that fails ends the run, not the tile: the tile is not to blame, and the rest would fail too."""
    try:
        yield
    except FetchError as error:
        raise RunError(sentence("run", "run_again", problem=error)) from error


def refusal(error: OSError, folder: Path) -> RunError:
    """An operating-system error in words that say what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RunError(sentence("run", "disk_full", folder=folder))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return RunError(sentence("run", "folder_not_written", folder=folder))
    return RunError(
        sentence(
            "run",
            "system_error",
            file=error.filename or folder,
            problem=os.strerror(error.errno) if error.errno else error,
        )
    )
