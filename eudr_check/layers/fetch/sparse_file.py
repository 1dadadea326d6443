"""The sparse local copy of a remote TIFF: as long as the original, holding only its header and the blocks needed.

GDAL reads a sparse copy like the original. A journal next to it lists which blocks are there, with their SHA-256; it is
only ever appended to, after the bytes are on disk, so that several harvests may fill one copy at once and a crash
costs at most the blocks on their way.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from eudr_check.layers.fetch.block_store import Store, key
from eudr_check.layers.fetch.cog_header import Layout

_GHOST = b"GDAL_STRUCTURAL_METADATA_SIZE="


@dataclass(frozen=True)
class SparseFile:
    """One remote file of one content (`etag`) on this disk."""

    store: Store
    href: str
    etag: str
    size: int

    @cached_property
    def path(self) -> Path:
        """The sparse file."""
        name = key(self.href, self.etag)
        return self.store.folder / "sparse" / name[:2] / f"{name}.tif"

    @property
    def journal(self) -> Path:
        """One line per block: offset, size, SHA-256."""
        return self.path.with_suffix(".blocks")

    def write_header(self, chunks: Sequence[tuple[int, bytes]], layout: Layout) -> None:
        """Lay down the header; overviews are cut off, because their blocks are not here."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as file:
            file.truncate(self.size)
            for start, content in chunks:
                file.seek(start)
                # The COG promise "every block is led by its size" does not hold for a sparse copy with gaps.
                file.write(content.replace(_GHOST, bytes(len(_GHOST))))
            position, width = layout.next_image
            file.seek(position)
            file.write(bytes(width))
            spans = [(start, min(start + len(content), self.size)) for start, content in chunks]
            lines = []
            for start, stop in spans:
                file.seek(start)
                lines.append(f"header {start} {stop} {hashlib.sha256(file.read(stop - start)).hexdigest()}\n")
        with self.journal.open("a", encoding="ascii") as journal:
            journal.write("".join(lines))

    def take_whole(self, arrived: Path, sha256: str) -> None:
        """Take a file that came whole, and say so in the journal."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        arrived.replace(self.path)
        self.journal.write_text(f"whole {sha256}\n", encoding="ascii")

    def add(self, blocks: Sequence[tuple[int, bytes]]) -> None:
        """Lay down blocks (offset, bytes), then say so in the journal."""
        with self._open() as file:
            for offset, content in blocks:
                file.seek(offset)
                file.write(content)
        lines = "".join(
            f"{offset} {len(content)} {hashlib.sha256(content).hexdigest()}\n" for offset, content in blocks
        )
        with self.journal.open("a", encoding="ascii") as journal:
            journal.write(lines)

    def present(self, offsets: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which blocks are here and unharmed; blocks of size 0 (not stored by the producer) count as here."""
        known = self._journalled()
        found = np.zeros(len(offsets), dtype=bool)
        if not self.path.is_file():
            return found
        with self.path.open("rb") as file:
            for index, (offset, size) in enumerate(zip(offsets.tolist(), sizes.tolist(), strict=True)):
                if size == 0:
                    found[index] = True
                elif (offset, size) in known:
                    file.seek(offset)
                    found[index] = hashlib.sha256(file.read(size)).hexdigest() == known[offset, size]
        return found

    def _journalled(self) -> dict[tuple[int, int], str]:
        known = {}
        if self.journal.is_file():
            for line in self.journal.read_text(encoding="ascii", errors="replace").splitlines():
                parts = line.split()
                # A line torn by a power failure is as if it had not been written.
                if len(parts) == 3 and parts[0].isdigit() and parts[1].isdigit():
                    known[int(parts[0]), int(parts[1])] = parts[2]
        return known

    def _open(self) -> IO[bytes]:
        """The file for writing in place, made when it is not there."""
        return os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644), "r+b")
