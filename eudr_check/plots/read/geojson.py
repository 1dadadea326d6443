"""GeoJSON (RFC 7946), newline-delimited GeoJSON, and GeoJSON that nearly is."""

import json
import re
from collections.abc import Iterator
from copy import copy
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from eudr_check.delimited import MOST_CELLS
from eudr_check.numerals import Number
from eudr_check.plots.read import jsontext, reference_systems
from eudr_check.plots.read.geometry_builder import Outlines
from eudr_check.plots.read.raw_table import Delivery, Fault, Note, UnreadableError

DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_PLAIN = re.compile(r"^[+-]?\d+(?:\.\d+)?$", re.ASCII)
_BETWEEN = re.compile(r"[\s,\x1e]*")


class MisnestedError(ValueError):
    """Coordinates are not nested as their type wants."""


def is_geojson(content: object) -> bool:
    """Whether decoded JSON is GeoJSON rather than a list of records."""
    if not isinstance(content, dict):
        return False
    return isinstance(content.get("features"), list) or _type(content) in {*DEPTH, "Feature", "GeometryCollection"}


def read(text: str) -> Delivery:
    """One delivery from the text of a file that is no whole JSON: lines of features, or GeoJSON that breaks off.

    Raises:
        UnreadableError: no features can be found in it.
    """
    try:
        return from_content(jsontext.decode(text))
    except UnreadableError as error:
        features, broken = _salvage(text)
        if not features:
            raise error from None
    delivery = from_features([one for feature in features for one in _each(feature)])
    if broken is not None:
        _add_broken_row(delivery, broken)
    return delivery


def _each(member: Any) -> list[Any]:
    """A line may hold a whole collection."""
    return features_on_system(member) if is_geojson(member) else [member]


def from_content(content: object) -> Delivery:
    """One delivery from decoded GeoJSON.

    Raises:
        UnreadableError: it has no features.
    """
    delivery = from_features(features_of(content))
    delivery.crs_from = [(0, reference_systems.member_or_about(content))]
    return delivery


def features_of(content: object) -> list[object]:
    """Features of decoded GeoJSON.

    Raises:
        UnreadableError: it has none.
    """
    if isinstance(content, dict):
        if isinstance(content.get("features"), list):
            return [feature for member in content["features"] for feature in _flat(member)]
        if _type(content) in {*DEPTH, "GeometryCollection"}:
            return [{"type": "Feature", "geometry": content, "properties": {}}]
        if _type(content) == "Feature" or "geometry" in content:
            return [content]
    raise UnreadableError("file_unreadable", problem="JSON without a list of features")


def _flat(member: Any) -> list[Any]:
    """The features of a collection that stands where a feature should; anything else is itself."""
    inner = isinstance(member, dict) and isinstance(member.get("features"), list)
    return features_on_system(member) if inner and not isinstance(member, jsontext.Doubled) else [member]


def features_on_system(content: object) -> list[object]:
    """Features of one collection among several, each with the reference system the collection names.

    Raises:
        UnreadableError: it has none.
    """
    named, found = reference_systems.member_or_about(content), features_of(content)
    if named is None:
        return found
    features = [copy(feature) for feature in found]
    for feature in features:
        if isinstance(feature, dict):
            feature.setdefault("crs", named)
    return features


def _type(content: dict[str, Any]) -> str:
    kind = content.get("type")
    return kind if isinstance(kind, str) else ""


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
            feature, position = jsontext.DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            line = text.count("\n", 0, position) + 1
            return features, f"JSON: broken at line {line}; nothing after it could be read"
        features.append(feature)


def _lines(text: str) -> tuple[list[Any], str | None]:
    """Newline-delimited features; a bad line is a row of its own."""
    features = list(jsontext.lines(text))
    if not any(isinstance(feature, dict) for feature in features):
        return [], None
    return features, None


def _add_broken_row(delivery: Delivery, problem: str) -> None:
    """One more row for what follows the break, so that the loss is seen and not only logged."""
    delivery.faults.append(Fault(len(delivery), "row_unreadable", {"problem": problem}))
    delivery.attributes = delivery.attributes.reindex(range(len(delivery) + 1))
    delivery.geometry = np.append(delivery.geometry, [None])
    delivery.decimals = np.append(delivery.decimals, np.array([[-1, -1]], dtype=np.int8), axis=0)
    delivery.places = np.append(delivery.places, [None])
    delivery.source_rows = np.append(delivery.source_rows, len(delivery) + 1)


def from_features(features: list[object]) -> Delivery:
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
    width = len({key for row in cells for key in row})
    if width * len(cells) > MOST_CELLS:
        raise UnreadableError("file_too_large", problem=f"{len(cells)} features with {width} different properties")
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
    cells = {key: jsontext.cell(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    if "id" in feature:
        cells["@id"] = jsontext.cell(feature["id"])
    return cells


def _outline(outlines: Outlines, row: int, feature: Any) -> Fault | None:
    """Hand the coordinates of one feature over; the fault when that is not possible."""
    if isinstance(feature, UnreadableError):
        return Fault(row, feature.code, feature.details)
    if not isinstance(feature, dict):
        return Fault(row, "row_unreadable", {"problem": "[not a Feature]"})
    twice = jsontext.twice_in(feature)
    if twice is not None:
        return Fault(row, "row_unreadable", {"problem": f"'{twice[:60]}' [stands twice]"})
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    pieces = list(_pieces(geometry))
    if not pieces:
        return Fault(row, "geometry_unreadable", {"problem": "[no known type]"})
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
    """Hand the coordinates of GeoJSON in a cell over.

    Raises:
        ValueError: it is no GeoJSON with a geometry.
    """
    try:
        content = jsontext.decode(text)
    except UnreadableError as error:
        raise ValueError(error.details["problem"]) from error
    draw_content(outlines, row, content)


def draw_content(outlines: Outlines, row: int, content: object) -> None:
    """Hand the coordinates of a decoded geometry, or of a collection's or Feature's only one, over.

    Raises:
        ValueError: it is no GeoJSON with a geometry.
    """
    if isinstance(content, dict) and (_type(content) == "Feature" or isinstance(content.get("features"), list)):
        features = features_of(content)
        if len(features) != 1 or not isinstance(features[0], dict):
            raise ValueError(f"GeoJSON of {len(features)} features in one cell")
        content = features[0].get("geometry")
    fault = _outline(outlines, row, {"geometry": content})
    if fault is not None and fault.code == "wrong_nesting":
        raise MisnestedError(fault.details["type"])
    if fault is not None:
        raise ValueError(fault.details.get("problem", ""))


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
    if depth_of(coordinates) != DEPTH[kind]:
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


def depth_of(coordinates: object) -> int:
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
            x.append(_written(position[0], position))
            y.append(_written(position[1], position))
            continue
        x.append(position[0])
        y.append(position[1])
    return x, y


def _written(coordinate: Any, position: list[Any]) -> str:
    """A coordinate that is a number, or a text of nothing but one."""
    if type(coordinate) is Number or (isinstance(coordinate, str) and _PLAIN.match(coordinate.strip())):
        return coordinate.strip()
    raise ValueError(f"a coordinate is not a number: {str(position[:2])[:80]}")


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
            notes.append(Note("key_misspelt", {"key": key[:80], "rows": count, "meant": near[0]}))
    return notes
