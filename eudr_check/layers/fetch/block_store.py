"""The content store: what was read from a catalogue, found again by address and content tag.

A folder shared by harvests. `places/` holds one small JSON per asset: which local file stands for it. A file of a
STAC folder stays where it is; a remote one has a sparse copy in `sparse/`, as long as the original but holding only the
header and the blocks that were needed.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident
from typing import Any

from eudr_check.errors import LayersError
from eudr_check.text import sentence


@dataclass(frozen=True)
class Store:
    """A content store in a folder (made when first written to)."""

    folder: Path

    def local_path(self, href: str, etag: str) -> Path:
        """File that stands for an asset.

        Raises:
            LayersError: nothing was stored for it.
        """
        entry = self.read("places", key(href, etag))
        if entry is None:
            raise LayersError(sentence("layers", "prefetch_first", href=href))
        return self.folder / str(entry["path"])

    def remember(self, href: str, etag: str, path: Path) -> None:
        """Note which file stands for an asset (inside the store: relative to it)."""
        inside = path.relative_to(self.folder) if path.is_relative_to(self.folder) else path.resolve()
        self.write("places", key(href, etag), {"href": href, "etag": etag, "path": str(inside)})

    def read(self, kind: str, name: str) -> Any:
        """A JSON entry; None when there is none, or it is not what was written: that is simply asked again."""
        try:
            entry = json.loads(self._path(kind, name).read_text(encoding="utf-8"))
            content = entry["content"]
            return content if entry["sha256"] == key(_text(content)) else None
        except (FileNotFoundError, ValueError, LookupError, TypeError, RecursionError):
            return None

    def write(self, kind: str, name: str, content: object) -> None:
        """Write a JSON entry whole or not at all; an equal one is left alone."""
        if self.read(kind, name) == content:
            return
        path = self._path(kind, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.tmp")
        temporary.write_text(_text({"content": content, "sha256": key(_text(content))}), encoding="utf-8")
        temporary.replace(path)

    def _path(self, kind: str, name: str) -> Path:
        return self.folder / kind / name[:2] / f"{name}.json"


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False)


def key(*parts: str) -> str:
    """Name of an entry: SHA-256 of its parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
