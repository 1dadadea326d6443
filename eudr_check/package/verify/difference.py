"""What a check of a finished package reports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeGuard

from eudr_check.text import Sentence, sentence

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


def unlike(expected: object, found: object, place: str = "", key: str = "tables_give") -> Iterator[Sentence]:
    """Where two JSON values differ, as `place: says this, expected that`; `key`: the sentence that says it."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in [*expected, *(name for name in found if name not in expected)]:
            where = f"{place}.{name}" if place else str(name)
            if name not in found:
                yield sentence("differences", "missing", place=where)
            elif name not in expected:
                yield sentence("differences", "foreign", place=where)
            else:
                yield from unlike(expected[name], found[name], where, key)
    elif _is_list(expected) and _is_list(found) and len(expected) == len(found):
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from unlike(one, other, f"{place}[{number}]", key)
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield sentence("differences", key, place=place, says=_short(found), gives=_short(expected))


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
