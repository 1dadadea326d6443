"""Keys and values of a GeoJSON file: what is read, what was probably meant, and how a message shows it."""

import json
import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeGuard

from eudr_check.text import Sentence, sentence

PROPERTIES = ("ProducerName", "ProducerCountry", "ProductionPlace", "Area")
MEMBERS = ("type", "geometry", "properties", "features", "coordinates", "geometries")

_OTHER_NAMES = {"countrycode": "ProducerCountry", "producercountrycode": "ProducerCountry"}
"""Keys that other systems write for a property, and what the EU system reads instead."""


def near(key: str, known: Sequence[str]) -> str | None:
    """The known word a key was probably meant to be."""
    squeezed = {_squeezed(word): word for word in known}
    meant = _squeezed(key)
    if meant in squeezed:
        return squeezed[meant]
    if meant in _OTHER_NAMES and _OTHER_NAMES[meant] in known:
        return _OTHER_NAMES[meant]
    close = get_close_matches(meant, squeezed, n=1, cutoff=0.8)
    # A slip of the pen is as long as the word and has as many parts; `area_ha` and `geometry_name` are other words.
    if close and abs(len(close[0]) - len(meant)) <= 1 and len(_parts(key)) <= len(_parts(squeezed[close[0]])):
        return squeezed[close[0]]
    return None


def _squeezed(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _parts(key: str) -> list[str]:
    """The words of a key: `ProducerName` and `producer_name` have two."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", key)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a JSON number that a computer can hold; `1e400` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def shown(value: object) -> str | Sentence:
    """A value for a message; lists and objects by their kind, since they may be as deep as the file."""
    if isinstance(value, dict | list):
        return sentence("eu_file", "an_object" if isinstance(value, dict) else "a_list")
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."
