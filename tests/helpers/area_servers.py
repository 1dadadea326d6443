"""Servers of areas on loopback: an ArcGIS layer, a collection of an OGC API and a WFS, with faults on order."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely

from tests.helpers.answers import Reply

Change = Callable[[str, dict[str, Any]], Any]
"""Kind of an answer (`about`, `numbers`, `areas`, `page`) and its content, to what is sent instead."""


def arcgis(areas: Mapping[int, shapely.Geometry], change: Change = lambda kind, content: content) -> Any:
    """An ArcGIS layer of polygons with numbers; it answers about itself, which numbers touch a box, and by number."""

    def answer(path: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if not urlsplit(path).path.endswith("/query"):
            about: dict[str, Any] = {"geometryType": "esriGeometryPolygon", "displayField": "nombre", "name": "Areas"}
            about["fields"] = [{"name": "OBJECTID"}, {"name": "nombre"}]
            return _sent(change("about", about))
        if query.get("returnIdsOnly") == "true":
            box = shapely.box(*map(float, query["geometry"].split(",")))
            touched = [number for number, shape in areas.items() if shape.intersects(box)]
            return _sent(change("numbers", {"objectIdFieldName": "OBJECTID", "objectIds": touched or None}))
        wanted = [int(number) for number in query["objectIds"].split(",")]
        features = [_feature(number, areas[number]) for number in wanted]
        return _sent(change("areas", {"type": "FeatureCollection", "features": features}))

    return answer


def ogc(areas: Sequence[shapely.Geometry], page: int = 2, change: Change = lambda kind, content: content) -> Any:
    """A collection that sends a few areas a page, with links to the next one."""

    def answer(path: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        box, first = shapely.box(*map(float, query["bbox"].split(","))), int(query.get("offset", 0))
        touched = [number for number, shape in enumerate(areas) if shape.intersects(box)]
        content: dict[str, Any] = {
            "type": "FeatureCollection",
            "numberMatched": len(touched),
            "features": [_feature(number, areas[number]) for number in touched[first : first + page]],
            "links": [],
        }
        if first + page < len(touched):
            following = f"http://{headers['host']}{urlsplit(path).path}?bbox={query['bbox']}&offset={first + page}"
            content["links"] = [{"rel": "next", "href": following}]
        return _sent(change("page", content))

    return answer


def wfs(
    areas: Sequence[shapely.Geometry],
    page: int = 2,
    change: Change = lambda kind, content: content,
    swapped: bool = False,
) -> Any:
    """A type of a WFS 2.0 as GeoServer has it, which sends a few areas at once and says how many match.

    Boxes come latitude first, as the name of the CRS behind them says; `swapped`: the server takes longitude first.
    """

    def answer(path: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        asked = ("service", "version", "request", "outputFormat", "srsName", "typeNames")
        assert [query[name] for name in asked] == [
            "WFS", "2.0.0", "GetFeature", "application/json", "urn:ogc:def:crs:EPSG::4326", "ide:areas",
        ]  # fmt: skip
        touched = list(enumerate(areas))
        if "bbox" in query:
            *edges, crs = query["bbox"].split(",")
            assert crs == "urn:ogc:def:crs:EPSG::4326"
            south, west, north, east = map(float, edges)
            box = shapely.box(south, west, north, east) if swapped else shapely.box(west, south, east, north)
            touched = [(number, shape) for number, shape in touched if shape.intersects(box)]
        first = int(query.get("startIndex", 0))
        some = touched[first : first + min(page, int(query["count"]))]
        features = [{**_feature(number, shape), "id": f"areas.{number}"} for number, shape in some]
        counts = {"totalFeatures": len(touched), "numberMatched": len(touched), "numberReturned": len(some)}
        crs_named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
        content = {"type": "FeatureCollection", "features": features, **counts, "crs": crs_named}
        return _sent(change("sample" if "bbox" not in query else "page", content))

    return answer


def _feature(number: int, shape: shapely.Geometry) -> dict[str, Any]:
    outline = json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "id": number, "properties": {"nombre": f"area {number}"}, "geometry": outline}


def _sent(content: Any) -> Reply:
    if isinstance(content, tuple):
        return content
    return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()
