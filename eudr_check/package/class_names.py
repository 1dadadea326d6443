"""What values of a map mean in words, where its definition names them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eudr_check.records import Json

MOST = 12
"""Classes named at once; a page that lists fifty is not read."""


def counting(layers: Sequence[Json]) -> dict[str, str]:
    """The classes that make a variable 1, by EVIDENCE column; variables whose values have no names are left out.

    Args:
        layers: definitions as `layers.json` holds them.

    >>> asset = {"classes": {"3": "Forest", "4": "Savanna", "21": "Mosaic"}}
    >>> forest = {"when": {"class": "3..4"}}
    >>> counting([{"name": "mapa", "assets": {"class": asset}, "encodings": {"forest": forest}}])
    {'mapa.forest': '3 Forest, 4 Savanna'}
    """
    found = {}
    for layer in layers:
        for variable, encoding in layer["encodings"].items():
            named = [*_named(layer["assets"], encoding.get("when") or {})]
            if named:
                more = [f"… (+{len(named) - MOST})"] if len(named) > MOST else []
                found[f"{layer['name']}.{variable}"] = ", ".join([*named[:MOST], *more])
    return found


def _named(assets: Mapping[str, Any], when: Mapping[str, str]) -> Iterator[str]:
    for asset, values in when.items():
        ranges = [_range(part) for part in values.split(",") if part.strip()]
        for value, name in assets[asset].get("classes", {}).items():
            if any(low <= int(value) <= high for low, high in ranges):
                yield f"{value} {name}"


def _range(part: str) -> tuple[int, int]:
    """`3` or `3..5`."""
    low, _, high = part.strip().partition("..")
    return int(low), int(high or low)
