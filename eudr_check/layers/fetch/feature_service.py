"""Areas of ArcGIS servers, OGC APIs and WFS, asked for with the box of some plots and nothing else.

A service answers whole or not at all: an answer cut short, an error sent as success, an outline that is missing or lies
elsewhere than it was asked for, is a `FetchError` with the reason. "Nothing there" is believed only where the answer
says so in its own form.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.area_answers import (
    MOST_PAGES,
    PAGE,
    Answer,
    Area,
    Box,
    area_of,
    asked,
    connected,
    features_of,
    in_form,
    refuse_other_crs,
    untrusted,
)
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.layers.fetch.web_feature_service import wfs
from eudr_check.text import sentence

AT_ONCE = 50
"""Outlines asked for by number in one request: servers cut longer answers short."""
ROUND = 50
"""Limits of servers are multiples of it: so many areas may be cut short, whatever the server counts."""


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
    with in_form(address), connected(address) as session:
        about = asked(session, address, {"f": "json"})
        if about.get("geometryType") != "esriGeometryPolygon":
            raise untrusted(address, "area_no_polygons")
        known = {str(field.get("name")) for field in about.get("fields") or ()}
        if gone := sorted(set(label) - known):
            raise FetchError(sentence("layers", "area_no_fields", url=unsigned(address), names=", ".join(gone)))
        query = f"{address}/query"
        listed = asked(session, query, {**_where(box), "returnIdsOnly": "true", "f": "json"})
        if not isinstance(listed.get("objectIds", 0), list | None) or listed.get("exceededTransferLimit"):
            raise untrusted(address, "area_cut_short")
        numbers, key = listed["objectIds"] or [], str(listed.get("objectIdFieldName") or "OBJECTID")
        fields = list(label) or [name for name in [about.get("displayField")] if name]
        found: dict[Any, Answer] = {}
        for first in range(0, len(numbers), AT_ONCE):
            some = numbers[first : first + AT_ONCE]
            answer = asked(session, query, _by_number(some, [key, *fields]))
            refuse_other_crs(answer, address)
            found |= {_number(feature, key): feature for feature in features_of(answer, address)}
        if found.keys() != set(numbers):
            raise untrusted(address, "area_cut_short")
        return [area_of(found[number], box, fields, address) for number in sorted(found)]


def ogc(address: str, box: Box, label: Sequence[str]) -> list[Area]:
    """Areas of a collection of an OGC API - Features that touch a box.

    Args:
        address: of the collection, without `/items`.
        box: ground asked for; longitude before latitude, as CRS84 has it.
        label: fields that name an area.

    Raises:
        FetchError: no answer, or one that cannot be trusted to be whole.
    """
    with in_form(address), connected(address) as session:
        return [area_of(one, box, label, address) for one in _pages(session, address, box)]


ASK: Mapping[str, Callable[[str, Box, Sequence[str]], list[Area]]] = {"arcgis": arcgis, "ogc": ogc, "wfs": wfs}
"""How each kind of service is asked."""


def _pages(session: GuardedSession, address: str, box: Box) -> Iterator[Answer]:
    query: dict[str, str] | None = {"bbox": _edges(box), "limit": str(PAGE), "f": "json"}
    following, came = f"{address}/items", 0
    for _ in range(MOST_PAGES):
        answer = asked(session, following, query)
        refuse_other_crs(answer, address)
        features = features_of(answer, address)
        if answer.get("numberReturned", len(features)) != len(features):
            raise untrusted(address, "area_cut_short")
        came += len(features)
        yield from features
        following = _next(answer)
        if not following:
            # A server without links that fills the page may have kept the rest.
            whole = answer.get("numberMatched", None if features and len(features) % ROUND == 0 else came)
            if whole != came or (came > 1 and not _links(address)):
                raise untrusted(address, "area_cut_short")
            return
        if not features:
            break
        query = None
    raise untrusted(address, "area_cut_short")


@cache
def _links(address: str) -> bool:
    """Whether a server that sends one area of several says where the next one is; asked once in a process."""
    with connected(address) as session:
        return bool(_next(asked(session, f"{address}/items", {"limit": "1", "f": "json"})))


def _next(answer: Answer) -> str:
    """Where a server says that the next page is; empty: it has none."""
    return next((str(link.get("href")) for link in answer.get("links") or () if link.get("rel") == "next"), "")


def _edges(box: Box) -> str:
    return ",".join(map(repr, box))


def _where(box: Box) -> dict[str, str]:
    return {
        "where": "1=1",
        "geometry": _edges(box),
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


def _number(feature: Answer, key: str) -> Any:
    """The number of an area, which stands beside its fields or among them."""
    return feature["id"] if feature.get("id") is not None else (feature.get("properties") or {}).get(key)
