"""Areas of ArcGIS servers, OGC APIs and WFS, asked for with the box of some plots and nothing else.

A service answers whole or not at all: an answer cut short, an error sent as success, an outline that is missing or lies
elsewhere than it was asked for, is a `FetchError` with the reason. "Nothing there" is believed only where the answer
says so in its own form. Libraries for such services open connections of their own, past the guards of `session`: so
they are asked here.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import requests
import shapely
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from eudr_check.errors import FetchError
from eudr_check.layers.fetch import http
from eudr_check.layers.fetch.addresses import place
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.retries import AGAIN, why
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.text import Sentence, sentence

AT_ONCE = 50
"""Outlines asked for by number in one request: servers cut longer answers short."""
PAGE = 500
MOST_PAGES = 400
ROUND = 50
"""Limits of servers are multiples of it: so many areas may be cut short, whatever the server counts."""
BESIDE_DEG = 0.01
"""Servers thin outlines out; what lies further from the box asked for was not asked for."""
_DEGREES = "urn:ogc:def:crs:EPSG::4326"
_GET_FEATURE = {
    "service": "WFS",
    "version": "2.0.0",
    "request": "GetFeature",
    "outputFormat": "application/json",
    "srsName": _DEGREES,
}
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class Area:
    """One area as a service gives it."""

    outline: str
    """GeoJSON geometry, longitude and latitude."""
    label: str


def arcgis(address: str, box: Box, label: Sequence[str]) -> list[Area]:
    """Areas of one layer of an ArcGIS server that touch a box.

    The numbers of the areas are asked for first, which no server cuts short, then each by its number.

    Args:
        address: of the layer, `.../MapServer/1`.
        box: ground asked for.
        label: fields that name an area; none: the layer's own display field.

    Raises:
        FetchError: no answer, or one that cannot be trusted to be whole.
    """
    with _in_form(address), _session(address) as session:
        about = _ask(session, address, {"f": "json"})
        if about.get("geometryType") != "esriGeometryPolygon":
            raise _untrusted(address, "area_no_polygons")
        known = {str(field.get("name")) for field in about.get("fields") or ()}
        if gone := sorted(set(label) - known):
            raise FetchError(sentence("layers", "area_no_fields", url=unsigned(address), names=", ".join(gone)))
        query = f"{address}/query"
        listed = _ask(session, query, {**_where(box), "returnIdsOnly": "true", "f": "json"})
        if not isinstance(listed.get("objectIds", 0), list | None) or listed.get("exceededTransferLimit"):
            raise _untrusted(address, "area_cut_short")
        numbers, key = listed["objectIds"] or [], str(listed.get("objectIdFieldName") or "OBJECTID")
        fields = list(label) or [name for name in [about.get("displayField")] if name]
        found: dict[Any, Mapping[str, Any]] = {}
        for first in range(0, len(numbers), AT_ONCE):
            some = numbers[first : first + AT_ONCE]
            answer = _ask(session, query, _by_number(some, [key, *fields]))
            _refuse_other_crs(answer, address)
            found |= {_number(feature, key): feature for feature in _features(answer, address)}
        if found.keys() != set(numbers):
            raise _untrusted(address, "area_cut_short")
        return [_area(found[number], box, fields, address) for number in sorted(found)]


def ogc(address: str, box: Box, label: Sequence[str]) -> list[Area]:
    """Areas of a collection of an OGC API - Features that touch a box.

    Args:
        address: of the collection, without `/items`.
        box: ground asked for; longitude before latitude, as CRS84 has it.
        label: fields that name an area.

    Raises:
        FetchError: no answer, or one that cannot be trusted to be whole.
    """
    with _in_form(address), _session(address) as session:
        return [_area(one, box, label, address) for one in _pages(session, address, box)]


def wfs(address: str, box: Box, label: Sequence[str]) -> list[Area]:
    """Areas of one type of a Web Feature Service 2.0 that touch a box; the server must know GeoJSON, as GeoServer does.

    Servers differ in whether they take latitude first where that is asked. One that mistakes it looks at other
    ground and finds nothing: an empty answer is believed of a server that finds what it has where it says it is.

    Args:
        address: of the service with the type, `.../ows?typeNames=ide:areas`.
        box: ground asked for.
        label: fields that name an area.

    Raises:
        FetchError: no answer, or one that cannot be trusted to be whole.
    """
    with _in_form(address), _session(address) as session:
        features = _parts(session, address, {"bbox": _latitude_first(box)})
        properties = _finds_what_it_has(address) if not features else frozenset(features[0].get("properties") or {})
        if gone := sorted(set(label) - properties):
            raise FetchError(sentence("layers", "area_no_fields", url=unsigned(address), names=", ".join(gone)))
        return [_area(one, box, label, address) for one in features]


ASK: Mapping[str, Callable[[str, Box, Sequence[str]], list[Area]]] = {"arcgis": arcgis, "ogc": ogc, "wfs": wfs}
"""How each kind of service is asked."""


def _parts(session: GuardedSession, address: str, where: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """All features of a type in a box: part by part, until as many came as match, or nothing more comes."""
    found: dict[str, Mapping[str, Any]] = {}
    for _ in range(MOST_PAGES):
        # Servers that cannot order a type refuse any first number, also 0.
        further = {"startIndex": str(len(found))} if found else {}
        answer = _ask(session, address, {**_GET_FEATURE, **where, **further, "count": str(PAGE)})
        _refuse_other_crs(answer, address)
        features, before = _features(answer, address), len(found)
        found |= {str(feature["id"]): feature for feature in features}
        repeated = len(found) != before + len(features) or answer.get("numberReturned", len(features)) != len(features)
        matched = _counted(answer.get("numberMatched", answer.get("totalFeatures")))
        if matched == len(found) and not repeated and not (features and len(features) % ROUND == 0):
            return list(found.values())
        # Not every server counts; one that does must send what it counted, and no more.
        if repeated or (matched is not None and (matched < len(found) or (not features and matched > len(found)))):
            break
        if not features:
            return list(found.values())
    raise _untrusted(address, "area_cut_short")


def _counted(number: object) -> int | None:
    """How many a server says that there are; None where it does not count."""
    return int(str(number)) if re.fullmatch(r"[0-9]+", str(number)) else None


@cache
def _finds_what_it_has(address: str) -> frozenset[str]:
    """Fields of one of the areas of a service, which finds it where it says that it lies; asked once in a process."""
    with _session(address) as session:
        some = _features(_ask(session, address, {**_GET_FEATURE, "count": "1"}), address)
        if not some:
            raise _untrusted(address, "area_empty")
        west, south, east, north = shapely.bounds(shapely.from_geojson(json.dumps(some[0].get("geometry")))).tolist()
        box = (west, south, east, north)
        again = _features(_ask(session, address, {**_GET_FEATURE, "bbox": _latitude_first(box), "count": "1"}), address)
        # A map of the world has areas on swapped ground too.
        if not again or not _near(shapely.from_geojson(json.dumps(again[0].get("geometry"))), box):
            raise _untrusted(address, "area_axes")
    return frozenset(some[0].get("properties") or {})


def _latitude_first(box: Box) -> str:
    west, south, east, north = box
    return f"{south!r},{west!r},{north!r},{east!r},{_DEGREES}"


def _pages(session: GuardedSession, address: str, box: Box) -> Iterator[Mapping[str, Any]]:
    asked: dict[str, str] | None = {"bbox": ",".join(map(repr, box)), "limit": str(PAGE), "f": "json"}
    following, came = f"{address}/items", 0
    for _ in range(MOST_PAGES):
        answer = _ask(session, following, asked)
        _refuse_other_crs(answer, address)
        features = _features(answer, address)
        if answer.get("numberReturned", len(features)) != len(features):
            raise _untrusted(address, "area_cut_short")
        came += len(features)
        yield from features
        links = [link for link in answer.get("links") or () if link.get("rel") == "next"]
        if not links:
            # A server without links that fills the page may have kept the rest.
            whole = answer.get("numberMatched", None if features and len(features) % ROUND == 0 else came)
            if whole != came:
                raise _untrusted(address, "area_cut_short")
            return
        if not features:
            break
        following, asked = str(links[0].get("href")), None
    raise _untrusted(address, "area_cut_short")


@contextmanager
def _in_form(address: str) -> Iterator[None]:
    """Whatever does not have the form of an answer of such a service is none, wherever it shows."""
    try:
        yield
    except (TypeError, AttributeError, ValueError, LookupError) as error:
        raise _untrusted(address, "area_no_json") from error


def _session(address: str) -> GuardedSession:
    retry = Retry(
        total=http.PATIENCE.attempts,
        backoff_factor=http.PATIENCE.first_delay_s,
        backoff_max=http.PATIENCE.longest_delay_s,
        status_forcelist=sorted(AGAIN),
        redirect=0,
        raise_on_redirect=False,
        respect_retry_after_header=True,
    )
    return GuardedSession(frozenset({place(address)}), retry)


def _ask(session: GuardedSession, address: str, query: Mapping[str, str] | None) -> dict[str, Any]:
    """The JSON object a server answers; errors that come as success are errors."""
    try:
        response = session.get(address, params=query, timeout=http.PATIENCE.timeout_s)
    except (requests.RequestException, HTTPError) as error:
        raise FetchError(sentence("layers", "area_silent", url=unsigned(address), problem=why(error))) from error
    if response.status_code != 200:
        status = f"HTTP {response.status_code}"
        raise FetchError(sentence("layers", "area_silent", url=unsigned(address), problem=status))
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise _untrusted(address, "area_no_json") from error
    if not isinstance(answer, dict):
        raise _untrusted(address, "area_no_json")
    if "error" in answer:
        fault = answer["error"]
        message = str(fault.get("message", "") if isinstance(fault, dict) else fault)[:120]
        raise FetchError(sentence("layers", "area_silent", url=unsigned(address), problem=message or "error"))
    return answer


def _where(box: Box) -> dict[str, str]:
    return {
        "where": "1=1",
        "geometry": ",".join(map(repr, box)),
        "geometryType": "esriGeometryEnvelope",
        "inSR": "4326",
        "spatialRel": "esriSpatialRelIntersects",
    }


def _by_number(numbers: Sequence[int], fields: Sequence[str]) -> dict[str, str]:
    return {
        "objectIds": ",".join(map(str, numbers)),
        "outFields": ",".join(fields),
        "outSR": "4326",
        "returnGeometry": "true",
        "f": "geojson",
    }


def _features(answer: Mapping[str, Any], address: str) -> list[Mapping[str, Any]]:
    cut = answer.get("exceededTransferLimit") or (answer.get("properties") or {}).get("exceededTransferLimit")
    features = answer.get("features")
    if cut or not isinstance(features, list) or answer.get("type") != "FeatureCollection":
        raise _untrusted(address, "area_cut_short" if cut else "area_no_json")
    return features


def _number(feature: Mapping[str, Any], key: str) -> Any:
    """The number of an area, which stands beside its fields or among them."""
    return feature["id"] if feature.get("id") is not None else (feature.get("properties") or {}).get(key)


def _refuse_other_crs(answer: Mapping[str, Any], address: str) -> None:
    """GeoJSON is longitude and latitude; a server that names another system in it means that one."""
    named = str(((answer.get("crs") or {}).get("properties") or {}).get("name", "CRS84"))
    if not named.endswith(("CRS84", ":4326")):
        raise _untrusted(address, "area_other_crs")


def _area(feature: Mapping[str, Any], box: Box, label: Sequence[str], address: str) -> Area:
    """An area of an answer, when its outline lies where it was asked for."""
    outline = json.dumps(feature.get("geometry"))
    try:
        shape = shapely.from_geojson(outline)
    except shapely.errors.GEOSException as error:
        raise _untrusted(address, "area_no_outline") from error
    if shape is None or shapely.get_dimensions(shape) != 2 or shapely.is_empty(shape):
        raise _untrusted(address, "area_no_outline")
    if not _near(shape, box):
        raise _untrusted(address, "area_other_crs")
    properties = feature.get("properties") or {}
    return Area(outline, " · ".join(str(properties[name]) for name in label if properties.get(name) is not None))


def _near(shape: shapely.Geometry, box: Box) -> bool:
    """Whether an outline comes as near to a box as those that touch it do."""
    return bool(shapely.box(*shapely.bounds(shape)).intersects(shapely.box(*box).buffer(BESIDE_DEG)))


def _untrusted(address: str, code: str) -> FetchError:
    reason: Sentence = sentence("layers", code, url=unsigned(address))
    return FetchError(reason)
