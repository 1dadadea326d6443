"""GeoJSON of plots as text (RFC 7946): a Feature a line, outer rings counterclockwise, no null among properties."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from eudr_check.records import Row


def geometry(shape: BaseGeometry) -> dict[str, object]:
    """A geometry as GeoJSON has it, without heights."""
    made: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(shapely.force_2d(shape))))
    return made


def known(properties: Row) -> dict[str, object]:
    """Properties without those that nobody knows; hectares rounded to a tenth of a square metre."""
    return {
        key: round(value, 5) if isinstance(value, float) else value
        for key, value in properties.items()
        if not pd.isna(value)
    }


def collection(features: Iterable[Mapping[str, object] | str]) -> bytes:
    """A FeatureCollection, of Features or of their texts."""
    return "".join(pieces(features)).encode()


def pieces(features: Iterable[Mapping[str, object] | str]) -> Iterator[str]:
    """The text of a FeatureCollection, a Feature at a time."""
    yield '{"type": "FeatureCollection", "features": [\n'
    for number, one in enumerate(features):
        text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
        yield f",\n{text}" if number else text
    yield "\n]}\n"


def feature(shape: BaseGeometry, properties: Mapping[str, object]) -> dict[str, object]:
    """One Feature; a plot without geometry has none here either."""
    return {
        "type": "Feature",
        "geometry": None if shape is None or shape.is_empty else geometry(shape),
        "properties": known(properties),
    }
