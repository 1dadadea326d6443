"""Areas of a Web Feature Service 2.0, asked for in GeoJSON.

Servers differ in whether they take latitude first where it is asked, and in whether they write longitude first as
GeoJSON has it. One that mistakes either looks at other ground and finds nothing there, and many send fewer areas than
they have. So nothing is believed before the server found an area of its own where it says in degrees that it lies, and
where it says in metres, whose order nobody mistakes; and every answer is read on until nothing more comes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import shapely
from pyproj import Transformer

from eudr_check.errors import FetchError
from eudr_check.layers.fetch.area_answers import (
    BESIDE_DEG,
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
    near,
    refuse_other_crs,
    untrusted,
)
from eudr_check.layers.fetch.credentials import unsigned
from eudr_check.layers.fetch.session import GuardedSession
from eudr_check.text import sentence

_DEGREES = "urn:ogc:def:crs:EPSG::4326"
_METRES = "urn:ogc:def:crs:EPSG::3857"
_GET_FEATURE = {"service": "WFS", "version": "2.0.0", "request": "GetFeature", "outputFormat": "application/json"}


def wfs(address: str, box: Box, label: Sequence[str]) -> list[Area]:
    """Areas of one type of a Web Feature Service 2.0 that touch a box; the server must know GeoJSON, as GeoServer does.

    Args:
        address: of the service with the type, `.../ows?typeNames=ide:areas`.
        box: ground asked for.
        label: fields that name an area.

    Raises:
        FetchError: no answer, or one that cannot be trusted to be whole.
    """
    with in_form(address), connected(address) as session:
        features = _parts(session, address, {"bbox": _latitude_first(box)})
        areas = [area_of(one, box, label, address) for one in features]
        known = _finds_what_it_has(address)
        if gone := sorted(set(label) - known):
            raise FetchError(sentence("layers", "area_no_fields", url=unsigned(address), names=", ".join(gone)))
        return areas


def _get(session: GuardedSession, address: str, crs: str = _DEGREES, **more: str) -> Answer:
    return asked(session, address, {**_GET_FEATURE, "srsName": crs, **more})


def _parts(session: GuardedSession, address: str, where: Mapping[str, str]) -> list[Answer]:
    """All features of a type in a box: part by part, until nothing more comes, whatever the server counts."""
    found: dict[str, Answer] = {}
    matched: int | None = None
    for _ in range(MOST_PAGES):
        # Servers that cannot order a type refuse any first number, also 0.
        further = {"startIndex": str(len(found))} if found else {}
        try:
            answer = _get(session, address, **where, **further, count=str(PAGE))
        except FetchError:
            if found and matched == len(found) and _sends_more(session, address, len(found)):
                return list(found.values())
            raise
        refuse_other_crs(answer, address)
        features, before = features_of(answer, address), len(found)
        found |= {str(feature["id"]): feature for feature in features}
        repeated = len(found) != before + len(features) or answer.get("numberReturned", len(features)) != len(features)
        matched = _counted(answer.get("numberMatched", answer.get("totalFeatures")))
        # Not every server counts; one that does must send what it counted, and no more.
        if repeated or (matched is not None and (matched < len(found) or (not features and matched > len(found)))):
            break
        if not features:
            return list(found.values())
    raise untrusted(address, "area_cut_short")


def _sends_more(session: GuardedSession, address: str, count: int) -> bool:
    """Whether a server that cannot go on sends more areas at once than it did: then no limit cut them short."""
    return len(features_of(_get(session, address, count=str(count + 1)), address)) > count


def _counted(number: object) -> int | None:
    """How many a server says that there are; None where it does not count."""
    return int(str(number)) if re.fullmatch(r"[0-9]+", str(number)) else None


@cache
def _finds_what_it_has(address: str) -> frozenset[str]:
    """Fields of one of the areas of a service, which finds it where it says that it lies; asked once in a process."""
    with connected(address) as session:
        some = features_of(_get(session, address, count="1"), address)
        if not some:
            raise untrusted(address, "area_empty")
        box = _box(some[0])
        again = features_of(_get(session, address, bbox=_latitude_first(box), count="1"), address)
        # A map of the world has areas on swapped ground too.
        if not again or not near(shapely.from_geojson(json.dumps(again[0].get("geometry"))), box):
            raise untrusted(address, "area_axes")
        # A server that errs in what it reads and in what it writes finds it too.
        answer = _get(session, address, _METRES, count="1")
        measured = features_of(answer, address)
        if not measured or measured[0].get("id") != some[0].get("id") or not _longitude_first(box, _box(measured[0])):
            raise untrusted(address, "area_order")
    return frozenset(some[0].get("properties") or {})


def _box(feature: Answer) -> Box:
    west, south, east, north = shapely.bounds(shapely.from_geojson(json.dumps(feature.get("geometry")))).tolist()
    return west, south, east, north


def _longitude_first(degrees: Box, metres: Box) -> bool:
    """Whether a box in degrees is that in metres of Web Mercator, and would not be with its axes swapped."""
    to_degrees = Transformer.from_crs(3857, 4326, always_xy=True)
    west, south = to_degrees.transform(*metres[:2])
    east, north = to_degrees.transform(*metres[2:])
    as_written, swapped = (
        float(np.abs(np.subtract(degrees, other)).max())
        for other in ((west, south, east, north), (south, west, north, east))
    )
    return as_written <= BESIDE_DEG < swapped


def _latitude_first(box: Box) -> str:
    west, south, east, north = box
    return f"{south!r},{west!r},{north!r},{east!r},{_DEGREES}"
