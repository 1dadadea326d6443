"""What a caller sends: a body of bounded size and time, and in it features and options, or ids of land."""

import asyncio
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from starlette.requests import Request

from eudr_check.names import code_of, commodity_of
from eudr_check.records import Json
from eudr_check.serve.answers import CallError
from eudr_check.serve.limits import Limits

WGS84 = ("EPSG:4326", "CRS84", "OGC:1.3:CRS84", "EPSG::4326")
UNITS = ("ha", "percent")
BRACKETS = 20
"""How deep brackets of a text may stand in each other: of hundreds of thousands GEOS ends the whole process."""
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Options:
    """`analysisOptions` of Whisp, and two of ours: `commodity` and `country`."""

    external_id: str | None = None
    unit: str = "ha"
    waits: bool = True
    commodity: str | None = None
    country: str | None = None


async def body(request: Request, limits: Limits) -> Json:
    """The JSON object of a call.

    Raises:
        CallError: too large, too slow, or no JSON object.
        ClientDisconnect: the caller went away half-way; nothing was kept.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:20]) > limits.body_bytes:
        raise _too_large(limits)
    content = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for chunk in request.stream():
                content += chunk
                if len(content) > limits.body_bytes:
                    raise _too_large(limits)
    except TimeoutError as error:
        raise CallError("validation_request_body_too_slow", seconds=limits.body_seconds) from error
    return await asyncio.to_thread(parsed, bytes(content))


def parsed(content: bytes) -> Json:
    """The JSON object that bytes hold."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
        if _HALF.search(content):
            # Half a surrogate pair is no character: it can be written into no file and no answer.
            json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise CallError("validation_missing_request_body", cause=" ".join(str(error).split())[:200]) from error
    if not isinstance(found, dict):
        raise CallError("validation_missing_request_body")
    return found


def features(content: Json, limits: Limits) -> list[Json]:
    """The Features of a FeatureCollection or of a single Feature or geometry, in their order.

    Only what no row can be made of is refused here: what is wrong with one plot is a finding of that plot.
    """
    _wgs84(content.get("crs"))
    kind = content.get("type")
    found: Any = content.get("features") if kind == "FeatureCollection" else [content]
    if kind not in ("FeatureCollection", "Feature", "Polygon", "MultiPolygon", "Point") or not isinstance(found, list):
        raise CallError("validation_invalid_geojson", problem="type, features")
    if not found:
        raise CallError("validation_invalid_geojson", problem="features: []")
    if len(found) > limits.plots:
        raise CallError("validation_too_many_geometries", most=limits.plots)
    return [_feature(one, number) for number, one in enumerate(found, start=1)]


def _feature(one: Any, number: int) -> Json:
    if isinstance(one, dict) and one.get("type") != "Feature" and "coordinates" in one:
        one = {"type": "Feature", "geometry": {key: one[key] for key in ("type", "coordinates") if key in one}}
    if not isinstance(one, dict) or one.get("type") != "Feature":
        raise CallError("validation_invalid_geojson", problem=f"features[{number - 1}].type")
    for name in ("geometry", "properties"):
        if not isinstance(one.get(name), dict | None):
            raise CallError("validation_invalid_geojson", problem=f"features[{number - 1}].{name}")
    return {"type": "Feature", "geometry": one.get("geometry"), "properties": one.get("properties") or {}}


def wkt(content: Json, limits: Limits) -> list[Json]:
    """The Features of a text in WKT: one for each part of a collection or of several points, one for all else.

    Raises:
        CallError: it is no WKT, holds no position or one that is no number, or holds too many plots.
    """
    text = content.get("wkt")
    if not isinstance(text, str):
        raise CallError("validation_invalid_wkt")
    if max(accumulate((character == "(") - (character == ")") for character in text or " ")) > BRACKETS:
        raise CallError("validation_invalid_wkt", cause="((((…")
    try:
        with np.errstate(over="ignore"):
            shape = shapely.force_2d(shapely.from_wkt(text))
    except shapely.GEOSException as error:
        raise CallError("validation_invalid_wkt", cause=" ".join(str(error).split())[:200]) from error
    parts = [part for part in _parts(shape) if not part.is_empty]
    if not parts or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise CallError("validation_invalid_wkt")
    if len(parts) > limits.plots:
        raise CallError("validation_too_many_geometries", most=limits.plots)
    return [{"type": "Feature", "geometry": json.loads(shapely.to_geojson(part)), "properties": {}} for part in parts]


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    if shape.geom_type not in ("GeometryCollection", "MultiPoint"):
        return [shape]
    return [part for one in shapely.get_parts(shape) for part in _parts(one)]


def options(content: Json) -> Options:
    """The options of a call; those of Whisp that mean nothing here (`nationalCodes`) are left alone."""
    given = content.get("analysisOptions") or {}
    if not isinstance(given, dict):
        raise CallError("validation_invalid_options", name="analysisOptions")
    for name in ("externalIdColumn", "unitType", "commodity", "country"):
        if not isinstance(given.get(name), str | None):
            raise CallError("validation_invalid_options", name=name)
    unit = given.get("unitType") or "ha"
    commodity, country = given.get("commodity"), given.get("country")
    if unit not in UNITS:
        raise CallError("validation_invalid_options", name="unitType")
    if commodity is not None and commodity_of(commodity) is None:
        raise CallError("validation_invalid_options", name="commodity")
    if country is not None and code_of(country) is None:
        raise CallError("validation_invalid_options", name="country")
    waits = given.get("async") is not True
    return Options(given.get("externalIdColumn") or None, unit, waits, commodity, country)


def external_ids(found: Sequence[Json], column: str | None) -> None:
    """Whether every Feature has the property that holds the caller's own id.

    Raises:
        CallError: one has not.
    """
    if column is None or all(column in one["properties"] for one in found):
        return
    common = set.intersection(*(set(one["properties"]) for one in found))
    raise CallError(
        "validation_invalid_external_id_column", column=column[:60], known=", ".join(sorted(common)[:20]) or "-"
    )


def geoids(content: Json, limits: Limits) -> list[str]:
    """The GeoIDs of a call."""
    found = content.get("geoIds")
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise CallError("validation_invalid_options", name="geoIds")
    if len(found) > limits.plots:
        raise CallError("validation_too_many_geometries", most=limits.plots)
    return found


def _wgs84(crs: Any) -> None:
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.upper().endswith(WGS84):
        raise CallError("validation_invalid_crs")


def _too_large(limits: Limits) -> CallError:
    return CallError("validation_request_body_too_large", most=limits.body_bytes // 1000)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)
