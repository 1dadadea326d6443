"""The bytes of a file: how many there may be, and the JSON object in them."""

import json
from collections.abc import Iterator
from typing import Any

from eudr_check.package.eu.file_faults import Fault, fault

LIMIT_BYTES = 25_000_000


def size_faults(content: bytes) -> Iterator[Fault]:
    """Faults of files that are too large, as they are or as base64."""
    base64_bytes = -(-len(content) // 3) * 4
    if len(content) > LIMIT_BYTES:
        yield fault("file-too-large", f"{len(content) / 1e6:.1f} MB; the system takes 25 MB: split the file")
    elif base64_bytes > LIMIT_BYTES:
        message = f"{len(content) / 1e6:.1f} MB become {base64_bytes / 1e6:.1f} MB as base64; the system takes 25 MB"
        yield fault("file-too-large", f"{message}, and does not say of which: split the file")


def parsed(content: bytes) -> Any:
    """The JSON object in the bytes, or the one fault that hides everything else."""
    known = _foreign_format(content)
    if known is not None:
        return known
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return fault("file-format", f"not UTF-8 text (byte {error.start}); save the file as GeoJSON in UTF-8")
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return fault("file-format", "not GeoJSON: the file does not begin with '{'")
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return fault("json-syntax", f"line {error.lineno}, column {error.colno}: {error.msg}")
    except (ValueError, RecursionError) as error:
        return fault("json-syntax", str(error) or "nested too deeply")
    if not isinstance(found, dict):
        return fault("file-format", "not GeoJSON: expected one object with a 'type'")
    return found


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _foreign_format(content: bytes) -> Fault | None:
    """Files that are no text at all, and those that ask for a password."""
    if content.startswith(b"PK\x03\x04") and len(content) > 6 and content[6] & 1:
        return fault("password-protected", "a ZIP file with a password; send plain GeoJSON")
    if content.startswith(b"%PDF") and b"/Encrypt" in content:
        return fault("password-protected", "a PDF file with a password; send plain GeoJSON")
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        return fault("password-protected", "an Office file with a password; send plain GeoJSON")
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"SQLite format 3")):
        return fault("file-format", "a ZIP, PDF, Office, gzip or GeoPackage file; the system takes GeoJSON only")
    return None
