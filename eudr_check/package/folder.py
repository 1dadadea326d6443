"""Where a package is written: text in UTF-8, spreadsheets safe to open, nothing half named."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from eudr_check.errors import PackageError
from eudr_check.package.names import cells


@dataclass(frozen=True)
class Folder:
    """One package folder."""

    path: Path

    def bytes(self, name: str, content: bytes) -> None:
        """Write a file at a path within the package."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def json(self, name: str, content: Any) -> None:
        """Write JSON a person can read."""
        self.text(name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def text(self, name: str, content: str) -> None:
        """Write text in UTF-8."""
        self.bytes(name, content.encode("utf-8"))

    def csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table no spreadsheet can take for formulas."""
        self.text(name, cells(frame).to_csv(index=False, lineterminator="\n"))

    def copy(self, name: str, file: Path) -> None:
        """Take a file into the package.

        Raises:
            PackageError: the file cannot be read.
        """
        try:
            self.bytes(name, file.read_bytes())
        except OSError as error:
            raise PackageError(f"{file}: cannot be read ({error.strerror}); it belongs into the package") from error
