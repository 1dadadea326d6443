"""Well-known text, read leniently: a broken ring is reported, the digits are counted."""

import re
from typing import Any

from eudr_check.plots.read.geometry_builder import Outlines, Ring

_HEAD = re.compile(
    r"^\s*(?:SRID\s*=\s*(?P<srid>\d+)\s*;)?\s*(?P<kind>[A-Z]+)\s*(?:\b(?:ZM|Z|M)\b)?\s*(?P<body>\(.*\)|EMPTY)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_TOKEN = re.compile(r"[()]|[^()]+")
_NUMBER = re.compile(r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$|^nan$", re.IGNORECASE)
_KINDS = ("POINT", "MULTIPOINT", "LINESTRING", "MULTILINESTRING", "POLYGON", "MULTIPOLYGON")


def looks_like(text: str) -> bool:
    """Whether a cell holds WKT."""
    return _HEAD.match(text[:200] if text.rstrip().endswith("EMPTY") else text) is not None


def draw(outlines: Outlines, row: int, text: str) -> None:
    """Hand the coordinates of one WKT over.

    Raises:
        ValueError: it is no WKT, or of a type no plot can have.
    """
    head = _HEAD.match(text)
    if head is None:
        raise ValueError("not well-known text")
    kind = head["kind"].upper().removesuffix("ZM") if head["kind"].upper() not in _KINDS else head["kind"].upper()
    kind = kind if kind in _KINDS else kind.removesuffix("Z").removesuffix("M")
    if kind not in _KINDS:
        raise ValueError(f"well-known text of type {head['kind'][:30]}")
    if head["body"].upper() == "EMPTY":
        return
    sequences = _sequences(head["body"])
    if kind.endswith("POINT"):
        for _, (x, y) in sequences:
            for pair in zip(x, y, strict=True):
                outlines.point(row, *pair)
    elif kind.endswith("LINESTRING"):
        for _, (x, y) in sequences:
            outlines.line(row, x, y)
    else:
        parts: dict[int, list[Ring]] = {}
        for part, ring in sequences:
            parts.setdefault(part if kind == "MULTIPOLYGON" else 0, []).append(ring)
        for rings in parts.values():
            outlines.polygon(row, rings)


def _sequences(body: str) -> list[tuple[int, Ring]]:
    """Innermost lists of positions, with the number of the second-innermost list they stand in."""
    found: list[tuple[int, Ring]] = []
    depth, part, opened = 0, -1, 0
    for token in _TOKEN.findall(body):
        if token == "(":
            depth += 1
            opened = depth
        elif token == ")":
            depth -= 1
        elif token.strip(" ,\t\r\n"):
            found.append((part, _positions(token)))
        if token == "(" and depth == 2:
            part += 1
        if depth < 0 or opened > 3:
            raise ValueError("brackets of the well-known text do not match")
    if depth:
        raise ValueError("brackets of the well-known text do not match")
    return found


def _positions(token: str) -> Ring:
    x: list[str] = []
    y: list[str] = []
    for position in token.strip(" ,\t\r\n").split(","):
        values: list[Any] = position.split()
        if not 2 <= len(values) <= 4 or not (_NUMBER.match(values[0]) and _NUMBER.match(values[1])):
            raise ValueError(f"not a position: {position.strip()[:60]}")
        x.append(values[0])
        y.append(values[1])
    return x, y
