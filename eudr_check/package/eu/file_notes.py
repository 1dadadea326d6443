"""What the EU system takes without a word in a GeoJSON file, and the operator should know of."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eudr_check.package.eu.file_text import bytes_of
from eudr_check.text import Sentence, sentence

DECIMALS = 6
"""Digits behind the point that Article 2(28) asks of latitude and longitude."""
_DEEPEST = 8
_POINTS = ("Point", "MultiPoint")


@dataclass(frozen=True, order=True)
class FileNote:
    """Something that is no reason to refuse a file."""

    feature: int
    """Feature in the file, from 1."""
    code: str
    message: Sentence


def notes_of(path: Path, *, cattle: bool = False) -> list[FileNote]:
    """Points whose area is left to the system, and coordinates it fills up with zeros; none where it is no GeoJSON.

    Args:
        path: the file.
        cattle: the file is for cattle: the area of an establishment decides nothing.

    Raises:
        PackageError: the file cannot be opened.
    """
    try:
        parsed = json.loads(bytes_of(path).decode("utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError):
        return []
    features = parsed.get("features") if isinstance(parsed, dict) else None
    if not isinstance(features, list):
        return []
    return [note for number, feature in enumerate(features, start=1) for note in _of_feature(number, feature, cattle)]


def _of_feature(number: int, feature: Any, cattle: bool) -> Iterator[FileNote]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return
    written = [_decimals(value) for value in _numbers(geometry.get("coordinates"))]
    if written and max(written) < DECIMALS:
        message = sentence("eu_file", "note_decimals", count=max(written), least=DECIMALS)
        yield FileNote(number, "decimals-few", message)
    properties = feature.get("properties")
    area = properties.get("Area") if isinstance(properties, dict) else None
    if geometry.get("type") in _POINTS and area is None and not cattle:
        yield FileNote(number, "point-without-area", sentence("eu_file", "note_point"))


def _numbers(nested: Any, depth: int = 0) -> Iterator[str | int]:
    """Longitudes and latitudes, as they are written; what stands behind the first two of a position is a height."""
    if not isinstance(nested, list) or depth > _DEEPEST:
        return
    if nested and not isinstance(nested[0], list):
        yield from (value for value in nested[:2] if isinstance(value, str | int))
        return
    for part in nested:
        yield from _numbers(part, depth + 1)


def _decimals(value: str | int) -> int:
    """Decimals as they are written; an exponent is what programs write for very small numbers, with all digits."""
    text = str(value)
    return DECIMALS if "e" in text.lower() else len(text.partition(".")[2])
