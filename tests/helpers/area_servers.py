"""Servers of areas on loopback: an ArcGIS layer, a collection of an OGC API and a WFS, with faults on order."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import shapely
from pyproj import Transformer

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


TO_METRES = Transformer.from_crs(4326, 3857, always_xy=True)


def ogc(
    areas: Sequence[shapely.Geometry], page: int = 2, change: Change = lambda kind, content: content, links: bool = True
) -> Any:
    """A collection that sends a few areas a page, with links to the next one."""

    def answer(path: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        edges, first = query.get("bbox", "-180,-90,180,90"), int(query.get("offset", 0))
        most = min(page, int(query.get("limit", page)))
        box = shapely.box(*map(float, edges.split(",")))
        touched = [number for number, shape in enumerate(areas) if shape.intersects(box)]
        content: dict[str, Any] = {
            "type": "FeatureCollection",
            "numberMatched": len(touched),
            "features": [_feature(number, areas[number]) for number in touched[first : first + most]],
            "links": [],
        }
        if links and first + most < len(touched):
            following = f"http://{headers['host']}{urlsplit(path).path}?bbox={edges}&offset={first + most}"
            content["links"] = [{"rel": "next", "href": following}]
        return _sent(change("page" if "bbox" in query else "sample", content))

    return answer


def wfs(
    areas: Sequence[shapely.Geometry],
    page: int = 2,
    change: Change = lambda kind, content: content,
    swapped: bool = False,
    writes_latitude_first: bool = False,
    knows_metres: bool = True,
) -> Any:
    """A type of a WFS 2.0 as GeoServer has it, which sends a few areas at once and says how many match.

    Boxes come latitude first, as the name of the CRS behind them says; `swapped`: the server takes longitude first.
    Metres are easting and northing in whatever order degrees are written.
    """

    def answer(path: str, headers: dict[str, str]) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        asked = ("service", "version", "request", "outputFormat", "typeNames")
        assert [query[name] for name in asked] == [
            "WFS", "2.0.0", "GetFeature", "application/json", "ide:areas",
        ]  # fmt: skip
        metres = knows_metres and query["srsName"] == "urn:ogc:def:crs:EPSG::3857"
        assert metres or not knows_metres or query["srsName"] == "urn:ogc:def:crs:EPSG::4326"
        touched = list(enumerate(areas))
        if "bbox" in query:
            *edges, crs = query["bbox"].split(",")
            assert crs == "urn:ogc:def:crs:EPSG::4326"
            south, west, north, east = map(float, edges)
            box = shapely.box(south, west, north, east) if swapped else shapely.box(west, south, east, north)
            touched = [(number, shape) for number, shape in touched if shape.intersects(box)]
        first = int(query.get("startIndex", 0))
        some = touched[first : first + min(page, int(query["count"]))]
        written = _in_metres if metres else _swapped if writes_latitude_first else _as_it_is
        features = [{**_feature(number, written(shape)), "id": f"areas.{number}"} for number, shape in some]
        counts = {"totalFeatures": len(touched), "numberMatched": len(touched), "numberReturned": len(some)}
        crs_named = {"type": "name", "properties": {"name": query["srsName"]}}
        content = {"type": "FeatureCollection", "features": features, **counts, "crs": crs_named}
        return _sent(change("page" if "bbox" in query else "metres" if metres else "sample", content))

    return answer


def _in_metres(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: np.column_stack(TO_METRES.transform(*xy.T)))


def _as_it_is(shape: shapely.Geometry) -> shapely.Geometry:
    return shape


def _swapped(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


def _feature(number: int, shape: shapely.Geometry) -> dict[str, Any]:
    outline = json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "id": number, "properties": {"nombre": f"area {number}"}, "geometry": outline}


def _sent(content: Any) -> Reply:
    if isinstance(content, tuple):
        return content
    return 200, {"Content-Type": "application/json"}, json.dumps(content).encode()
