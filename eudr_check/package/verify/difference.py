"""What a check of a finished package reports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

MOST = 20
"""Differences of one kind that are named one by one."""


@dataclass(frozen=True, order=True)
class Difference:
    """One thing in a package that is not as it says."""

    file: str
    code: str
    message: str


def some(found: Iterable[Difference]) -> Iterator[Difference]:
    """The first differences of a kind: a package rewritten from end to end needs no list of a million."""
    yield from islice(found, MOST)


def unlike(expected: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ, as `place: says this, expected that`."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for key in [*expected, *(key for key in found if key not in expected)]:
            where = f"{place}.{key}" if place else str(key)
            if key not in found:
                yield f"{where} is missing"
            elif key not in expected:
                yield f"{where} does not belong there"
            else:
                yield from unlike(expected[key], found[key], where)
    elif _listed(expected) and _listed(found) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from unlike(one, other, f"{place}[{number}]")
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{place}: says {_short(found)}, the tables give {_short(expected)}"


def _listed(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
