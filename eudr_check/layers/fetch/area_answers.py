"""What services of areas answer: whole JSON in the form of such a service, with outlines where they were asked for.

Libraries for such services open connections of their own, past the guards of `session`: so they are asked here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

PAGE = 500
MOST_PAGES = 400
BESIDE_DEG = 0.01
"""Servers thin outlines out; what lies further from the box asked for was not asked for."""
Answer = Mapping[str, Any]
"""An object of the JSON that a service answers, before its form is checked."""
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True)
class Area:
    """One area as a service gives it."""

    outline: str
    """GeoJSON geometry, longitude and latitude."""
    label: str


@contextmanager
def in_form(address: str) -> Iterator[None]:
    """Whatever does not have the form of an answer of such a service is none, wherever it shows."""
    try:
        yield
    except (TypeError, AttributeError, ValueError, LookupError) as error:
        raise untrusted(address, "area_no_json") from error


def connected(address: str) -> GuardedSession:
    """A session that reaches the place of an address and no other."""
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


def asked(session: GuardedSession, address: str, query: Mapping[str, str] | None) -> Answer:
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
        raise untrusted(address, "area_no_json") from error
    if not isinstance(answer, dict):
        raise untrusted(address, "area_no_json")
    if "error" in answer:
        fault = answer["error"]
        message = str(fault.get("message", "") if isinstance(fault, dict) else fault)[:120]
        raise FetchError(sentence("layers", "area_silent", url=unsigned(address), problem=message or "error"))
    return answer


def features_of(answer: Answer, address: str) -> list[Answer]:
    """The features of an answer that does not call itself cut short."""
    cut = answer.get("exceededTransferLimit") or (answer.get("properties") or {}).get("exceededTransferLimit")
    features = answer.get("features")
    if cut or not isinstance(features, list) or answer.get("type") != "FeatureCollection":
        raise untrusted(address, "area_cut_short" if cut else "area_no_json")
    return features


def refuse_other_crs(answer: Answer, address: str) -> None:
    """GeoJSON is longitude and latitude; a server that names another system in it means that one."""
    named = str(((answer.get("crs") or {}).get("properties") or {}).get("name", "CRS84"))
    if not named.endswith(("CRS84", ":4326")):
        raise untrusted(address, "area_other_crs")


def area_of(feature: Answer, box: Box, label: Sequence[str], address: str) -> Area:
    """An area of an answer, when its outline lies where it was asked for."""
    outline = json.dumps(feature.get("geometry"))
    try:
        shape = shapely.from_geojson(outline)
    except shapely.errors.GEOSException as error:
        raise untrusted(address, "area_no_outline") from error
    if shape is None or shapely.get_dimensions(shape) != 2 or shapely.is_empty(shape):
        raise untrusted(address, "area_no_outline")
    if not near(shape, box):
        raise untrusted(address, "area_other_crs")
    properties = feature.get("properties") or {}
    return Area(outline, " · ".join(str(properties[name]) for name in label if properties.get(name) is not None))


def near(shape: shapely.Geometry, box: Box) -> bool:
    """Whether an outline comes as near to a box as those that touch it do."""
    return bool(shapely.box(*shapely.bounds(shape)).intersects(shapely.box(*box).buffer(BESIDE_DEG)))


def untrusted(address: str, code: str) -> FetchError:
    """The error of an answer that is not believed, with a sentence of `layers`."""
    reason: Sentence = sentence("layers", code, url=unsigned(address))
    return FetchError(reason)
