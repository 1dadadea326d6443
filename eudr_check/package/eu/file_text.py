"""The bytes of a file: how many there may be, and the JSON object in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eudr_check.errors import PackageError
from eudr_check.package.eu.file_faults import Fault, fault, words
from eudr_check.text import sentence

LIMIT_BYTES = 25_000_000


def bytes_of(path: Path) -> bytes:
    """The content of a file.

    Raises:
        PackageError: it cannot be opened.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackageError(
            sentence("refusals", "geojson_unreadable", file=str(path), problem=str(error.strerror))
        ) from error


def size_faults(content: bytes) -> Iterator[Fault]:
    """Faults of files that are too large, as they are or as base64."""
    base64_bytes = -(-len(content) // 3) * 4
    if len(content) > LIMIT_BYTES:
        yield fault("file-too-large", words("too_large", size=f"{len(content) / 1e6:.1f}"))
    elif base64_bytes > LIMIT_BYTES:
        sizes = {"size": f"{len(content) / 1e6:.1f}", "encoded": f"{base64_bytes / 1e6:.1f}"}
        yield fault("file-too-large", words("too_large_encoded", **sizes))


def parsed(content: bytes) -> Any:
    """The JSON object in the bytes, or the one fault that hides everything else."""
    known = _foreign_format(content)
    if known is not None:
        return known
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return fault("file-format", words("not_utf8", byte=error.start))
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return fault("file-format", words("not_json"))
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return fault("json-syntax", words("json_broken", line=error.lineno, column=error.colno))
    except _NoNumberError as error:
        return fault("json-syntax", words("json_number", word=str(error)))
    except (ValueError, RecursionError):
        return fault("json-syntax", words("json_deep"))
    if not isinstance(found, dict):
        return fault("file-format", words("not_object"))
    return found


class _NoNumberError(ValueError):
    """`NaN` or `Infinity`, which Python reads and JSON does not know."""


def _refuse_constant(word: str) -> float:
    raise _NoNumberError(word)


def _foreign_format(content: bytes) -> Fault | None:
    """Files that are no text at all, and those that ask for a password."""
    if content.startswith(b"PK\x03\x04") and len(content) > 6 and content[6] & 1:
        return fault("password-protected", words("zip_locked"))
    if content.startswith(b"%PDF") and b"/Encrypt" in content:
        return fault("password-protected", words("pdf_locked"))
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        return fault("password-protected", words("office_locked"))
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"SQLite format 3")):
        return fault("file-format", words("other_format"))
    return None
