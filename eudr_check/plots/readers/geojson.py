"""GeoJSON (RFC 7946), newline-delimited GeoJSON, and GeoJSON that nearly is."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from eudr_check.plots import reference_systems
from eudr_check.plots.delivery import Delivery, Fault, Note, UnreadableError, whole
from eudr_check.plots.outlines import Outlines

DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\x1e]*")


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class MisnestedError(ValueError):
    """Coordinates are not nested as their type wants."""


_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=Number)


def decode(text: str) -> Any:
    """JSON with every number kept as written.

    Raises:
        UnreadableError: not JSON, or nested deeper than any GeoJSON is.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            "file_unreadable", problem=f"JSON: {error.msg}, line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise UnreadableError("file_unreadable", problem="JSON nested too deep") from error


def is_geojson(content: Any) -> bool:
    """Whether decoded JSON is GeoJSON rather than a list of records."""
    if not isinstance(content, dict):
        return False
    return isinstance(content.get("features"), list) or content.get("type") in {*DEPTH, "Feature", "GeometryCollection"}


def read(text: str) -> Delivery:
    """One delivery from the text of a GeoJSON file.

    Raises:
        UnreadableError: no features can be found in it.
    """
    broken: str | None = None
    crs = None
    try:
        content = decode(text)
    except UnreadableError as error:
        features, broken = _salvage(text)
        if not features:
            raise error from None
    else:
        features = _features(content)
        crs = reference_systems.member(content)
    delivery = from_features(features)
    delivery.crs_from = [(0, crs)]
    if broken is not None:
        _add_broken_row(delivery, broken)
    return delivery


def _features(content: Any) -> list[Any]:
    if isinstance(content, dict):
        if isinstance(content.get("features"), list):
            return list(content["features"])
        if content.get("type") in {*DEPTH, "GeometryCollection"}:
            return [{"type": "Feature", "geometry": content, "properties": {}}]
        if content.get("type") == "Feature" or "geometry" in content:
            return [content]
    raise UnreadableError("file_unreadable", problem="JSON without a list of features")


def _salvage(text: str) -> tuple[list[Any], str | None]:
    """Features up to where the JSON breaks, one after the other or line by line."""
    found = _FEATURES.search(text)
    if found is None:
        return _lines(text)
    features: list[Any] = []
    position = found.end()
    while True:
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
        if text[position : position + 1] == "]":
            return features, "JSON: broken after the list of features"
        try:
            feature, position = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            line = text.count("\n", 0, position) + 1
            return features, f"JSON: broken at line {line}; nothing after it could be read"
        features.append(feature)


def _lines(text: str) -> tuple[list[Any], str | None]:
    """Newline-delimited features; a bad line is a row of its own."""
    features: list[Any] = []
    for line in text.splitlines():
        if not line.strip(" \t\x1e"):
            continue
        try:
            features.append(_DECODER.decode(line.strip(" \t\x1e")))
        except (json.JSONDecodeError, RecursionError) as error:
            features.append(UnreadableError("row_unreadable", problem=f"JSON: {getattr(error, 'msg', error)}"))
    if not any(isinstance(feature, dict) for feature in features):
        return [], None
    return features, None


def _add_broken_row(delivery: Delivery, problem: str) -> None:
    """One more row for what follows the break, so that the loss is seen and not only logged."""
    delivery.faults.append(Fault(len(delivery), "row_unreadable", {"problem": problem}))
    delivery.attributes = delivery.attributes.reindex(range(len(delivery) + 1))
    delivery.geometry = np.append(delivery.geometry, [None])
    delivery.decimals = np.append(delivery.decimals, np.array([[-1, -1]], dtype=np.int8), axis=0)
    delivery.source_rows = np.append(delivery.source_rows, len(delivery) + 1)


def from_features(features: list[Any]) -> Delivery:
    """A delivery from decoded features (numbers as `Number`)."""
    outlines = Outlines()
    cells: list[dict[str, str | None]] = []
    faults: list[Fault] = []
    for row, feature in enumerate(features):
        cells.append(_cells(feature))
        fault = _outline(outlines, row, feature)
        if fault is not None:
            faults.append(fault)
    geometry, decimals, ring_faults = outlines.build(len(features))
    attributes = pd.DataFrame(cells, index=range(len(features)), dtype=object)
    return Delivery(
        attributes,
        geometry,
        np.arange(1, len(features) + 1),
        decimals,
        crs_said=_crs_said(features),
        faults=[*faults, *ring_faults],
        notes=_misspelt(features),
    )


def _crs_said(features: list[Any]) -> dict[int, str]:
    """CRS of the features that name one themselves or in their geometry."""
    said: dict[int, str] = {}
    for row, feature in enumerate(features):
        if isinstance(feature, dict):
            named = reference_systems.member(feature.get("geometry")) or reference_systems.member(feature)
            if named is not None:
                said[row] = named
    return said


def _cells(feature: Any) -> dict[str, str | None]:
    """Properties as text; the feature's own `id` stands beside them under the name `@id`."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    cells = {whole(key): _text(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    if "id" in feature:
        cells["@id"] = _text(feature["id"])
    return cells


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _outline(outlines: Outlines, row: int, feature: Any) -> Fault | None:
    """Hand the coordinates of one feature over; the fault when that is not possible."""
    if isinstance(feature, UnreadableError):
        return Fault(row, feature.code, feature.details)
    if not isinstance(feature, dict):
        return Fault(row, "row_unreadable", {"problem": "not a GeoJSON Feature"})
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    pieces = list(_pieces(geometry))
    if not pieces:
        return Fault(row, "geometry_unreadable", {"problem": "geometry without a known type"})
    before = len(outlines.faults)
    try:
        steps = [step for kind, coordinates in pieces for step in _steps(kind, coordinates)]
    except MisnestedError:
        return Fault(row, "wrong_nesting", {"type": pieces[0][0]})
    except (TypeError, ValueError, KeyError) as error:
        del outlines.faults[before:]
        return Fault(row, "geometry_unreadable", {"problem": str(error)[:200]})
    for name, arguments in steps:
        getattr(outlines, name)(row, *arguments)
    return None


def draw(outlines: Outlines, row: int, text: str) -> None:
    """Hand the coordinates of a GeoJSON geometry in a cell over.

    Raises:
        ValueError: it is no GeoJSON geometry.
    """
    try:
        content = decode(text)
    except UnreadableError as error:
        raise ValueError(error.details["problem"]) from error
    fault = _outline(outlines, row, {"geometry": content})
    if fault is not None:
        raise ValueError(fault.details.get("problem", "coordinates nested wrongly"))


def _pieces(geometry: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(geometry, dict):
        return
    kind = geometry.get("type")
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        for member in geometry["geometries"]:
            yield from _pieces(member)
    elif isinstance(kind, str) and kind in DEPTH:
        yield kind, geometry.get("coordinates")


def _steps(kind: str, coordinates: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """Calls on `Outlines` that draw one geometry.

    Raises:
        MisnestedError: the lists are nested less or more than the type wants.
        ValueError: a coordinate is no number.
    """
    if coordinates is None or coordinates == []:
        return []
    if _depth(coordinates) != DEPTH[kind]:
        raise MisnestedError
    if kind == "Point":
        x, y = _axes([coordinates])
        return [("point", (x[0], y[0]))]
    if kind == "MultiPoint":
        return [("point", pair) for pair in zip(*_axes(coordinates), strict=True)]
    if kind in ("LineString", "MultiLineString"):
        return [("line", _axes(line)) for line in ([coordinates] if kind == "LineString" else coordinates)]
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return [("polygon", ([_axes(ring) for ring in polygon],)) for polygon in polygons if polygon]


def _depth(coordinates: Any) -> int:
    """Levels of lists above a position, along the first branch."""
    depth = -1
    while isinstance(coordinates, list):
        depth += 1
        if not coordinates:
            break
        coordinates = coordinates[0]
    return depth


def _axes(positions: Any) -> tuple[list[str], list[str]]:
    """Longitudes and latitudes of a ring, as written."""
    x: list[str] = []
    y: list[str] = []
    for position in positions:
        if type(position) is not list:
            raise MisnestedError
        if len(position) < 2:
            raise ValueError("a position has fewer than two numbers")
        if type(position[0]) is not Number or type(position[1]) is not Number:
            if isinstance(position[0], list):
                raise MisnestedError
            raise ValueError(f"a coordinate is not a number: {str(position[:2])[:80]}")
        x.append(position[0])
        y.append(position[1])
    return x, y


def _misspelt(features: list[Any]) -> list[Note]:
    """Keys of a Feature that look like `geometry` or `properties` and are not."""
    seen: dict[str, int] = {}
    for feature in features:
        if isinstance(feature, dict) and not {"geometry", "properties"} <= feature.keys():
            for key in feature:
                seen[key] = seen.get(key, 0) + 1
    notes = []
    for key, count in sorted(seen.items()):
        near = get_close_matches(key.lower(), ["geometry", "properties"], n=1, cutoff=0.75)
        if near and key != near[0]:
            notes.append(Note("key_misspelt", {"key": whole(key)[:80], "rows": count, "meant": near[0]}))
    return notes
