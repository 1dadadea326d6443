"""Where a package is written: text in UTF-8, spreadsheets safe to open, nothing half named."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from eudr_check.errors import PackageError
from eudr_check.files import Attachment, is_safe_name
from eudr_check.package.csv_files import write_csv
from eudr_check.text import sentence


@dataclass(frozen=True)
class Folder:
    """One package folder."""

    path: Path

    def bytes(self, name: str, content: bytes) -> None:
        """Write a file at a path within the package."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def json(self, name: str, content: object) -> None:
        """Write JSON a person can read."""
        self.text(name, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def text(self, name: str, content: str) -> None:
        """Write text in UTF-8."""
        self.bytes(name, content.encode("utf-8"))

    def pieces(self, name: str, texts: Iterable[str]) -> None:
        """Write text in UTF-8 as it comes; no line ends become others."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(texts)

    def csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table no spreadsheet can take for formulas."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(path, frame)

    def attach(self, attachment: Attachment) -> None:
        """Take a file into the package.

        Raises:
            PackageError: the file cannot be read, is not what was signed off, or would lie outside the package.
        """
        if not is_safe_name(attachment.name):
            raise PackageError(sentence("refusals", "attachment_outside", name=attachment.name))
        try:
            content = attachment.file.read_bytes() if attachment.content is None else attachment.content
        except OSError as error:
            message = f"{attachment.name}: cannot be read ({error.strerror}); it belongs into the package"
            raise PackageError(message) from error
        if attachment.sha256 and hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise PackageError(sentence("refusals", "attachment_changed", name=attachment.name))
        self.bytes(attachment.name, content)
