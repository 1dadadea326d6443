"""Whether a file is, byte for byte, what it was when its SHA-256 was worked out, by hashing only what is opened.

The first look hashes the whole file, and keeps in the content store a SHA-256 per chunk of it. Later looks hash the
chunks that hold the header and the blocks needed, and compare; size and date of a file are never taken for its content.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eudr_check import files
from eudr_check.errors import LayersError
from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.raster import Raster
from eudr_check.text import sentence

CHUNK_BYTES = 1 << 20
_DIGEST = 64
MULTIHASHES = {"1114": "sha1", "1220": "sha256", "1340": "sha512", "d50110": "md5"}

Spans = Iterable[tuple[int, int]]


@dataclass
class HashedFile:
    """A whole file on disk; each of its chunks is hashed at most once."""

    path: Path
    store: Store
    recorded: str = ""
    """Multihash (as in `file:checksum`) it must have; empty: whichever it has."""
    _sha256: str = ""
    _chunks: str = ""
    _seen: set[int] = field(default_factory=set)

    def sha256(self, spans: Spans) -> str:
        """SHA-256 of the file, of which the spans (start, stop) are known to be a part by their own hashes.

        Raises:
            LayersError: the file is not the one that was registered, or changes while it is read.
        """
        spans = list(spans)
        if not self._sha256:
            self._recall()
        if not self._holds(spans):
            self._hash_whole()
            if not self._holds(spans):
                raise LayersError(sentence("layers", "changes_while_read", name=self.path.name))
        return self._sha256

    def is_still(self, sha256: str) -> bool:
        """Whether the file as a whole has a SHA-256; one not touched since it was hashed is not read again.

        Like a run, which looks into rasters again where size, inode or one of the two times differ: the change time is
        the system's own, and copying the dates of a file does not set it back.
        """
        entry = self.store.read("files", key(str(self.path.resolve())))
        try:
            if entry is not None and entry.get("touched") == _touched(self.path):
                return bool(entry["sha256"] == sha256)
            return files.sha256(self.path) == sha256
        except OSError:
            return False

    def _recall(self) -> None:
        entry = self.store.read("files", key(str(self.path.resolve())))
        if entry is None or entry["size"] != self.path.stat().st_size:
            return
        if not self.recorded or self.recorded in (f"1220{entry['sha256']}", entry["recorded"]):
            self._sha256, self._chunks = entry["sha256"], entry["chunks"]

    def _holds(self, spans: Spans) -> bool:
        """Whether the chunks that hold some spans are those of the file that was hashed."""
        if not self._sha256:
            return False
        numbers = {at for start, stop in spans for at in range(start // CHUNK_BYTES, -(-stop // CHUNK_BYTES))}
        with self.path.open("rb") as file:
            for number in sorted(numbers - self._seen):
                file.seek(number * CHUNK_BYTES)
                found = hashlib.sha256(file.read(CHUNK_BYTES)).hexdigest()
                if found != self._chunks[number * _DIGEST : (number + 1) * _DIGEST]:
                    return False
                self._seen.add(number)
        return True

    def _hash_whole(self) -> None:
        """Hash all of it, and refuse it where something else is recorded."""
        whole, registered, wanted, touched = hashlib.sha256(), None, "", _touched(self.path)
        for code, kind in MULTIHASHES.items():
            if self.recorded.startswith(code):
                registered, wanted = hashlib.new(kind, usedforsecurity=False), self.recorded.removeprefix(code)
        chunks, size = [], 0
        with self.path.open("rb") as file:
            while content := file.read(CHUNK_BYTES):
                size += len(content)
                whole.update(content)
                if registered is not None:
                    registered.update(content)
                chunks.append(hashlib.sha256(content).hexdigest())
        if registered is not None and registered.hexdigest() != wanted.lower():
            raise LayersError(sentence("layers", "changed_since_registered", name=self.path.name))
        self._sha256, self._chunks, self._seen = whole.hexdigest(), "".join(chunks), set()
        entry = {"size": size, "sha256": self._sha256, "chunks": self._chunks, "recorded": self.recorded}
        entry |= {"touched": touched}
        self.store.write("files", key(str(self.path.resolve())), entry)


def _touched(path: Path) -> list[int]:
    """What changes when somebody writes to a file or puts another in its place."""
    about = path.stat()
    return [about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino]


def spans_of(raster: Raster, needed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, stop) of the header of a raster and of the blocks needed of it: all that is opened."""
    layout = raster.layout
    offsets, sizes = layout.offsets[needed & layout.stored], layout.sizes[needed & layout.stored]
    return [*layout.header, *((int(at), int(at + size)) for at, size in zip(offsets, sizes, strict=True))]


def unharmed(raster: Raster, needed: NDArray[np.bool_], store: Store) -> bool:
    """Whether a raster of the store is as it came: its header, and of a whole file the blocks needed as well.

    Blocks of a file that holds only some are hashed when they are laid down and taken (`sparse`, `blocks_digest`). A
    file outside the store is compared with the whole that was hashed when it was first read.
    """
    journal = raster.path.with_suffix(".blocks")
    if not journal.is_file():
        return not raster.path.is_relative_to(store.folder)
    text = journal.read_text(encoding="ascii", errors="replace")
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for line in lines:
        if line[0] == "whole" and len(line) == 2:
            try:
                whole = HashedFile(raster.path, store, f"1220{line[1]}")
                return bool(whole.sha256(spans_of(raster, needed)))
            except LayersError:
                return False
    headers = {(line[1], line[2]): line[3] for line in lines if line[0] == "header" and len(line) == 4}
    with raster.path.open("rb") as file:
        for (start, stop), sha256 in headers.items():
            file.seek(int(start))
            if hashlib.sha256(file.read(int(stop) - int(start))).hexdigest() != sha256:
                return False
    return bool(headers)
