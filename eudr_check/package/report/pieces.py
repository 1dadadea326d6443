"""The data of the page as JSON, piece by piece: columns stay arrays, and no piece holds much of a nation's text."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PIECE = 1 << 14
"""Items of a list, rows of an array or members of an object that become text at a time."""
_PLAIN = 1e-4, 1e10
"""Between them Arrow writes a number without exponent, as Python does."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class Items:
    """A list whose items are made when they are written; once only."""

    of: Iterable[object]


@dataclass(frozen=True)
class Members:
    """An object whose members are made when they are written; once only."""

    of: Iterable[tuple[str, object]]


@dataclass(frozen=True)
class Keyed:
    """An object with whole numbers as names and a list of numbers under each."""

    keys: NDArray[np.integer]
    rows: NDArray[np.float64]
    """(names, numbers)."""


def members(of: Iterable[tuple[str, object]]) -> Iterator[str]:
    """An object as `encoded` writes it; each member is let go of before the next one is asked for."""
    yield "{"
    comma = ""
    for name, content in of:
        yield f"{comma}{_text(name)}:"
        yield from encoded(content)
        comma = ","
        del content
    yield "}"


def encoded(content: object) -> Iterator[str]:
    """JSON that can stand inside a script element: no `<`, no line separators of JavaScript.

    Args:
        content: what `json.dumps` takes; also, at any place in mappings, `Items`, `Members`, `Keyed` and arrays of
            numbers (n,) or (rows, n), of which NaN becomes null.

    Raises:
        ValueError: NaN or an infinite number outside of arrays.
    """
    if isinstance(content, Mapping):
        yield from members(content.items())
    elif isinstance(content, Members):
        yield from _enclosed("{", (_text(dict(some))[1:-1] for some in _batches(content.of)), "}")
    elif isinstance(content, Keyed):
        yield from _enclosed("{", _keyed(content), "}")
    elif isinstance(content, np.ndarray):
        parts = (content[start : start + PIECE] for start in range(0, len(content), PIECE))
        yield from _enclosed("[", (_joined(_words(part)) for part in parts), "]")
    elif isinstance(content, Items) or (isinstance(content, list) and len(content) > PIECE):
        items = content.of if isinstance(content, Items) else content
        yield from _enclosed("[", (_text(some)[1:-1] for some in _batches(items)), "]")
    else:
        yield _text(content)


def _enclosed(first: str, parts: Iterable[str], last: str) -> Iterator[str]:
    yield first
    for number, part in enumerate(parts):
        yield f",{part}" if number else part
    yield last


def _batches(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    left = iter(items)
    while some := list(islice(left, PIECE)):
        yield some


def _text(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _keyed(content: Keyed) -> Iterator[str]:
    for start in range(0, len(content.keys), PIECE):
        here = slice(start, start + PIECE)
        names = pa.array(content.keys[here]).cast(pa.string())
        yield _joined(pc.binary_join_element_wise('"', names, '":', _words(content.rows[here]), ""))


def _words(values: NDArray[np.generic]) -> pa.StringArray:
    """Every number as `json.dumps` writes it; every row of numbers as a list."""
    flat = _numbers(values.ravel())
    if values.ndim == 1:
        return flat
    ends = pa.array(np.arange(len(values) + 1, dtype=np.int32) * np.int32(values.shape[1]))
    return pc.binary_join_element_wise("[", pc.binary_join(pa.ListArray.from_arrays(ends, flat), ","), "]", "")


def _numbers(values: NDArray[np.generic]) -> pa.StringArray:
    numbers = pa.array(values, from_pandas=True)
    if not pa.types.is_floating(numbers.type):
        return numbers.cast(pa.string())
    size = np.abs(values)
    if ((size >= _PLAIN[1]) | ((size > 0) & (size < _PLAIN[0]))).any():
        return pa.array([_text(value) for value in numbers.to_pylist()], pa.string())
    # Arrow writes 2.0 as 2.
    ending = pc.if_else(pc.equal(pc.trunc(numbers), numbers), ".0", "")
    return pc.fill_null(pc.binary_join_element_wise(numbers.cast(pa.string()), ending, ""), "null")


def _joined(words: pa.StringArray) -> str:
    together = pa.ListArray.from_arrays(pa.array([0, len(words)], pa.int32()), words)
    text: str = pc.binary_join(together, ",")[0].as_py()
    return text
