"""JSON read so that nothing in it is lost: numbers as written, keys that stand twice noticed."""

import json
import re
from collections.abc import Iterator
from typing import Any

from eudr_check.numerals import Number
from eudr_check.plots.read.raw_table import UnreadableError

_LINE = re.compile(r"\r\n|\r|\n")
_HALF = re.compile(
    r"\\\\|(\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_EDGES = " \t\x1e\ufeff"


class Doubled(dict[str, Any]):
    """An object in which a key stands twice with different values; the last one is kept, as everywhere."""

    keys_twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice = sorted({key for key, value in pairs if made[key] != value})
    if not twice:
        return made
    doubled = Doubled(made)
    doubled.keys_twice = tuple(twice)
    return doubled


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_object)


def without_halves(text: str) -> str:
    """JSON without halves of surrogate pairs, which no file can store: each becomes U+FFFD."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _HALF.sub(lambda found: found[0] if found[1] is None else "\\ufffd", text)


def decode(text: str) -> Any:
    """JSON with every number kept as written.

    Raises:
        UnreadableError: not JSON, or nested deeper than any GeoJSON is.
    """
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            "file_unreadable", problem=f"JSON: {error.msg}, line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise UnreadableError("file_unreadable", problem="JSON nested too deep") from error


def lines(text: str) -> Iterator[Any]:
    """Values of newline-delimited JSON; a line that is none is an `UnreadableError`, given and not raised."""
    for line in _LINE.split(text):
        if not line.strip(_EDGES):
            continue
        try:
            yield DECODER.decode(line.strip(_EDGES))
        except (json.JSONDecodeError, RecursionError) as error:
            yield UnreadableError("row_unreadable", problem=f"JSON: {getattr(error, 'msg', error)}")


def twice_in(value: object) -> str | None:
    """The first key that stands twice with different values, anywhere in a value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Doubled):
            return one.keys_twice[0]
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list) and one and not isinstance(one[0], Number):
            waiting.extend(one)
    return None


def cell(value: object) -> str | None:
    """A value as the text of a cell: text and numbers as they stand, everything else as JSON."""
    if value is None or type(value) is Number:
        return value
    return str(value) if isinstance(value, str) else written(value)


def written(value: object) -> str:
    """JSON of a decoded value, its numbers again as they were written.

    Raises:
        UnreadableError: nested too deep.
    """
    try:
        return _written(value)
    except RecursionError as error:
        raise UnreadableError("file_unreadable", problem="JSON nested too deep") from error


def _written(value: Any) -> str:
    if type(value) is Number:
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
