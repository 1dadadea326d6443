"""Any GeoJSON file against the EU Information System's own file rules, offline.

The rules are the listed file errors of the Commission's Operator API Reference v1.0 (section 9.5) and of its live help
page, and the server's limits. Coordinates are cut (not rounded) to six decimals before geometry is judged, because
that is what the system does. The link of an error to an EU code is our best reading: no EU document lists it.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import pycountry
import shapely
from numpy.typing import NDArray

from eudr_check.errors import PackageError
from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.package.eu import ring_rules

LIMIT_BYTES = 25_000_000
PROPERTIES = ("ProducerName", "ProducerCountry", "ProductionPlace", "Area")
MEMBERS = ("type", "geometry", "properties", "features", "coordinates", "geometries")
LEAST_POINT_HA = 0.0001
MOST_PRODUCERS = 1000
HALF_THE_WORLD = 180.0
"""Degrees of longitude; no plot is wider, so a wider ring jumps from one side of the map to the other."""

_GEO = "EUDR_COMMODITIES_PRODUCER_GEO_"
EU_CODES = {
    "crossing-lines": _GEO + "INVALID_GEOMETRY",
    "overlapping-sides": _GEO + "INVALID_GEOMETRY",
    "doughnut": _GEO + "INVALID_GEOMETRY",
    "hole-ignored": "",
    "open-ring": _GEO + "INVALID_GEOMETRY",
    "line-geometry": _GEO + "INVALID",
    "straight-line": _GEO + "INVALID_GEOMETRY",
    "duplicate-6dp": _GEO + "INVALID_GEOMETRY",
    "overlapping-parts": _GEO + "INVALID_GEOMETRY",
    "too-few-positions": _GEO + "INVALID_GEOMETRY",
    "json-syntax": _GEO + "INVALID",
    "property-name": _GEO + "INVALID",
    "file-format": _GEO + "INVALID",
    "geometry-type": _GEO + "INVALID",
    "too-few-parts": _GEO + "INVALID",
    "coordinates": _GEO + "INVALID",
    "no-geometry": _GEO + "EMPTY",
    "coordinate-range": _GEO + "LONGITUDE_INVALID",
    "country-code": "EUDR_COMMODITITY_PRODUCER_COUNTRY_CODE_INVALID",
    "producer-country-missing": "EUDR_COMMODITITY_PRODUCER_COUNTRY_CODE_INVALID",
    "too-many-producers": "",
    "password-protected": _GEO + "INVALID",
    "area-not-number": _GEO + "AREA_INVALID",
    "point-area": _GEO + "AREA_INVALID",
    "point-nested": _GEO + "INVALID",
    "not-wgs84": _GEO + "INVALID",
    "antimeridian": "",
    "file-too-large": "EUDR_MAXIMUM_GEO_SIZE_REACHED",
}
"""Our name of each fault, and the nearest error code of the EU system ("" where it raises none)."""


@dataclass(frozen=True, order=True)
class Fault:
    """One reason why the EU system refuses, ignores or misreads something."""

    feature: int | None
    """Feature in the file, from 1; None: the file itself."""
    code: str
    eu_code: str
    message: str
    longitude: float | None = None
    latitude: float | None = None

    @property
    def eu_id(self) -> str:
        """The code as interface V3 sends it in production: with hyphens."""
        return self.eu_code.replace("_", "-")


def check_file(path: Path, *, cattle: bool = False) -> list[Fault]:
    """All faults of a file, in its order.

    Args:
        path: the file.
        cattle: the file is for cattle: points have no upper area.

    Raises:
        PackageError: the file cannot be opened.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror}); give the path of a GeoJSON file") from error
    return check(content, cattle=cattle)


def check(content: bytes, *, cattle: bool = False) -> list[Fault]:
    """All faults of the bytes of a file, in its order; an empty list means nothing the system is known to refuse."""
    faults = list(_size_faults(content))
    parsed = _parsed(content)
    if isinstance(parsed, Fault):
        return [*faults, parsed]
    scan = _Scan(cattle)
    scan.file(parsed)
    return sorted([*faults, *scan.faults, *_ring_faults(scan)], key=lambda f: (f.feature or 0, f.code, f.message))


def _fault(code: str, message: str, feature: int | None = None, at: Any = None) -> Fault:
    longitude, latitude = (float(at[0]), float(at[1])) if at is not None else (None, None)
    return Fault(feature, code, EU_CODES[code], message, longitude, latitude)


def _size_faults(content: bytes) -> Iterator[Fault]:
    base64_bytes = -(-len(content) // 3) * 4
    if len(content) > LIMIT_BYTES:
        yield _fault("file-too-large", f"{len(content) / 1e6:.1f} MB; the system takes 25 MB: split the file")
    elif base64_bytes > LIMIT_BYTES:
        message = f"{len(content) / 1e6:.1f} MB become {base64_bytes / 1e6:.1f} MB as base64; the system takes 25 MB"
        yield _fault("file-too-large", f"{message}, and does not say of which: split the file")


def _parsed(content: bytes) -> Any:
    """The JSON object in the bytes, or the one fault that hides everything else."""
    known = _foreign_format(content)
    if known is not None:
        return known
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _fault("file-format", f"not UTF-8 text (byte {error.start}); save the file as GeoJSON in UTF-8")
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _fault("file-format", "not GeoJSON: the file does not begin with '{'")
    try:
        parsed = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return _fault("json-syntax", f"line {error.lineno}, column {error.colno}: {error.msg}")
    except (ValueError, RecursionError) as error:
        return _fault("json-syntax", str(error) or "nested too deeply")
    if not isinstance(parsed, dict):
        return _fault("file-format", "not GeoJSON: expected one object with a 'type'")
    return parsed


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _foreign_format(content: bytes) -> Fault | None:
    """Files that are no text at all, and those that ask for a password."""
    if content.startswith(b"PK\x03\x04") and len(content) > 6 and content[6] & 1:
        return _fault("password-protected", "a ZIP file with a password; send plain GeoJSON")
    if content.startswith(b"%PDF") and b"/Encrypt" in content:
        return _fault("password-protected", "a PDF file with a password; send plain GeoJSON")
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        return _fault("password-protected", "an Office file with a password; send plain GeoJSON")
    if content.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"SQLite format 3")):
        return _fault("file-format", "a ZIP, PDF, Office, gzip or GeoPackage file; the system takes GeoJSON only")
    return None


class _Scan:
    """One walk through the objects of a file; rings are kept for one geometry check at the end."""

    def __init__(self, cattle: bool) -> None:
        self.cattle = cattle
        self.faults: list[Fault] = []
        self.drawn: list[Any] = []
        """Rings as the file has them."""
        self.rings: Sequence[NDArray[np.float64] | None] = []
        """The same as float64 (n, 2), closed; None where they are no such ring."""
        self.ring_feature: list[int] = []
        self.groups: list[tuple[int | None, list[int]]] = []
        """Rings of the parts of each MultiPolygon."""
        self.producers: set[tuple[str, ...]] = set()
        self.named: list[int] = []
        self.without_country: list[int] = []

    def add(self, code: str, message: str, feature: int | None = None, at: Sequence[float] | None = None) -> None:
        self.faults.append(_fault(code, message, feature, at))

    def file(self, content: dict[str, Any]) -> None:
        self._members(content, None)
        self._crs(content)
        kind = content.get("type")
        if kind == "FeatureCollection":
            features = content.get("features")
            if not isinstance(features, list) or not features:
                self.add("no-geometry", "the file has no features")
                return
            for number, feature in enumerate(features, start=1):
                self._feature(feature, number)
        elif kind == "Feature":
            self._feature(content, 1)
        elif kind is None:
            self.add("file-format", "no 'type': expected a FeatureCollection")
        else:
            self._geometry(content, 1, None)
        self._rings()
        self._producers()

    def _crs(self, content: dict[str, Any]) -> None:
        crs = content.get("crs")
        if crs is not None and not re.search(r"CRS84|EPSG:{1,2}(\d*:)?4326\b", json.dumps(crs)):
            self.add("not-wgs84", "'crs' names another system than WGS 84; transform to longitude and latitude first")

    def _producers(self) -> None:
        if self.named:
            for feature in self.without_country:
                self.add("producer-country-missing", "ProducerCountry is needed where producers are named", feature)
        if len(self.producers) > MOST_PRODUCERS:
            self.add("too-many-producers", f"{len(self.producers)} producers; the system takes 1000 per commodity")

    def _members(self, content: dict[str, Any], feature: int | None, known: Sequence[str] = MEMBERS) -> None:
        for key in content:
            if key in known:
                continue
            near = _near(key, known)
            if near is not None:
                self.add("property-name", f"'{key[:60]}' is not read; write '{near}'", feature)

    def _feature(self, feature: Any, number: int) -> None:
        if not isinstance(feature, dict):
            self.add("file-format", "a feature must be an object", number)
            return
        if not _MEMBERS.issuperset(feature):
            self._members(feature, number)
        if feature.get("type") != "Feature":
            self.add("geometry-type", f"expected type 'Feature', found {_shown(feature.get('type'))}", number)
        properties = feature.get("properties")
        if properties is not None and not isinstance(properties, dict):
            self.add("property-name", "'properties' must be an object", number)
        properties = properties if isinstance(properties, dict) else {}
        self._properties(properties, number)
        geometry = feature.get("geometry")
        if not isinstance(geometry, dict):
            self.add("no-geometry", "the feature has no geometry", number)
        else:
            self._geometry(geometry, number, properties)

    def _properties(self, properties: dict[str, Any], number: int) -> None:
        if not _PROPERTIES.issuperset(properties):
            self._members(properties, number, PROPERTIES)
        area, country, name = properties.get("Area"), properties.get("ProducerCountry"), properties.get("ProducerName")
        if "Area" in properties and not _is_number(area):
            self.add(
                "area-not-number", f"Area is {_shown(area)}; write a number without quotes, it is read as 0", number
            )
        if country is None:
            self.without_country.append(number)
        elif not isinstance(country, str) or country not in _COUNTRIES:
            message = f"ProducerCountry is {_shown(country)}; write the two letters of ISO 3166-1, in capitals"
            self.add("country-code", message, number)
        if name is not None:
            self.named.append(number)
            self.producers.add(
                tuple(message if isinstance(message, str) else _shown(message) for message in (name, country))
            )

    def _geometry(self, geometry: dict[str, Any], number: int, properties: dict[str, Any] | None) -> None:
        kind, coordinates = geometry.get("type"), geometry.get("coordinates")
        if not _MEMBERS.issuperset(geometry):
            self._members(geometry, number)
        if kind == "Polygon":
            self._polygon(coordinates, number)
        elif kind == "MultiPolygon":
            self._multi_polygon(coordinates, number)
        elif kind == "Point":
            self._point(coordinates, number, properties or {})
        elif kind == "MultiPoint":
            self._multi_point(coordinates, number, properties or {})
        elif kind == "GeometryCollection":
            self._collection(geometry.get("geometries"), number, properties)
        elif kind in ("LineString", "MultiLineString"):
            self.add("line-geometry", f"{kind}: a plot is a point or a polygon", number)
        else:
            near = _near(str(kind), _KINDS)
            hint = f"; write '{near}'" if near else ""
            self.add("geometry-type", f"unknown geometry type {_shown(kind)}{hint}", number)

    def _collection(self, geometries: Any, number: int, properties: dict[str, Any] | None) -> None:
        if not isinstance(geometries, list) or not all(isinstance(geometry, dict) for geometry in geometries):
            self.add("coordinates", "'geometries' must be a list of geometries", number)
            return
        if len(geometries) < 2:
            self.add("too-few-parts", "a GeometryCollection needs two geometries or more", number)
        for geometry in geometries:
            self._geometry(geometry, number, properties)

    def _polygon(self, coordinates: Any, number: int) -> list[int]:
        if not isinstance(coordinates, list) or not coordinates:
            self.add("coordinates", "a Polygon needs a list of rings", number)
            return []
        shell = self._ring(coordinates[0], number)
        if len(coordinates) > 1:
            at = _first_position(coordinates[1])
            self.add("doughnut", "a polygon with an inner ring; cut it into two half-moons", number, at)
            self.add("hole-ignored", "the inner ring is ignored: its ground counts as plot", number, at)
        return shell

    def _multi_polygon(self, coordinates: Any, number: int) -> None:
        if not isinstance(coordinates, list) or not coordinates:
            self.add("coordinates", "a MultiPolygon needs a list of polygons", number)
            return
        if len(coordinates) < 2:
            self.add("too-few-parts", "a MultiPolygon needs two polygons or more; write a Polygon", number)
        shells = [ring for part in coordinates for ring in self._polygon(part, number)]
        if len(shells) > 1:
            self.groups.append((number, shells))

    def _ring(self, ring: Any, number: int) -> list[int]:
        self.drawn.append(ring)
        self.ring_feature.append(number)
        return [len(self.drawn) - 1]

    def _rings(self) -> None:
        """Rings as arrays: all at once where each is as it should be, else one after another, to say what is wrong."""
        self.rings = _usual_rings(self.drawn) or [
            self._closed(ring, number) for ring, number in zip(self.drawn, self.ring_feature, strict=True)
        ]

    def _closed(self, ring: Any, number: int) -> NDArray[np.float64] | None:
        positions = self._positions(ring, number, "a ring")
        if positions is None:
            return None
        if (positions[0] != positions[-1]).any():
            self.add("open-ring", "the ring is open: its last position must repeat the first", number, positions[-1])
            return None
        if len(positions) < 4:
            self.add("too-few-positions", f"a ring of {len(positions)} positions; it needs four", number, positions[0])
            return None
        return positions

    def _point(self, coordinates: Any, number: int, properties: dict[str, Any]) -> None:
        if isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
            at = _first_position(coordinates)
            self.add("point-nested", "a point's coordinates are nested: nothing is drawn; write [lon, lat]", number, at)
        else:
            self._positions([coordinates], number, "a point")
        self._point_area(number, properties)

    def _multi_point(self, coordinates: Any, number: int, properties: dict[str, Any]) -> None:
        if isinstance(coordinates, list) and len(coordinates) < 2:
            self.add("too-few-parts", "a MultiPoint needs two points or more; write a Point", number)
        self._positions(coordinates, number, "a MultiPoint")
        self._point_area(number, properties)

    def _point_area(self, number: int, properties: dict[str, Any]) -> None:
        area = properties.get("Area")
        if not _is_number(area):
            return
        if area < LEAST_POINT_HA or (area > POINT_AREA_HA and not self.cattle):
            message = f"a point with Area {_shown(area)}: from 0.0001 to 4 hectares; above 4 hectares send the outline"
            self.add("point-area", message, number)

    def _positions(self, positions: Any, number: int, what: str) -> NDArray[np.float64] | None:
        """Longitude and latitude as float64 (n, 2), or None where they are no list of positions."""
        found = _numbers(positions)
        if found is None:
            at = None
            self.add("coordinates", f"{what} must be a list of [longitude, latitude] numbers", number, at)
            return None
        if not (np.abs(found) <= _HIGHEST).all():
            at = found[(np.abs(found) > _HIGHEST).any(axis=1)][0]
            message = f"position {at[0]:g}, {at[1]:g} lies outside -180..180 and -90..90 (longitude comes first)"
            fault = _fault("coordinate-range", message, number, at if np.isfinite(at).all() else None)
            if abs(at[1]) > 90:
                fault = replace(fault, eu_code=_GEO + "LATITUDE_INVALID")
            self.faults.append(fault)
            return None
        return found


_HALF_ROUND = 180.0
_HIGHEST = np.array([180.0, 90.0])
_MEMBERS, _PROPERTIES = frozenset(MEMBERS), frozenset(PROPERTIES)
_KINDS = ("Point", "MultiPoint", "Polygon", "MultiPolygon", "GeometryCollection")
_COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)


_OTHER_NAMES = {"countrycode": "ProducerCountry", "producercountrycode": "ProducerCountry"}
"""Keys that other systems write for a property, and what the EU system reads instead."""


def _near(key: str, known: Sequence[str]) -> str | None:
    """The known word a key was probably meant to be."""
    squeezed = {_squeezed(word): word for word in known}
    meant = _squeezed(key)
    if meant in squeezed:
        return squeezed[meant]
    if meant in _OTHER_NAMES and _OTHER_NAMES[meant] in known:
        return _OTHER_NAMES[meant]
    near = get_close_matches(meant, squeezed, n=1, cutoff=0.8)
    # A slip of the pen is as long as the word and has as many parts; `area_ha` and `geometry_name` are other words.
    if near and abs(len(near[0]) - len(meant)) <= 1 and len(_parts(key)) <= len(_parts(squeezed[near[0]])):
        return squeezed[near[0]]
    return None


def _squeezed(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _parts(key: str) -> list[str]:
    """The words of a key: `ProducerName` and `producer_name` have two."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", key)


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a JSON number that a computer can hold; `1e400` is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _shown(value: Any) -> str:
    """A value for a message; lists and objects by their kind, since they may be as deep as the file."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 60 else text[:57] + "..."


def _usual_rings(drawn: list[Any]) -> list[NDArray[np.float64]] | None:
    """Rings as float64 (n, 2) where all are closed, of four or more pairs of numbers that are degrees; else None."""
    if set(map(type, drawn)) != {list} or min(map(len, drawn)) < 4:
        return None
    positions = list(chain.from_iterable(drawn))
    if set(map(type, positions)) != {list} or set(map(len, positions)) != {2}:
        return None
    numbers = list(chain.from_iterable(positions))
    if not {int, float}.issuperset(map(type, numbers)):
        return None
    try:
        found = np.array(numbers, dtype=np.float64).reshape(-1, 2)
    except OverflowError:
        return None
    ends = np.cumsum(list(map(len, drawn)))
    starts = np.concatenate([[0], ends[:-1]])
    if not (np.abs(found) <= _HIGHEST).all() or (found[starts] != found[ends - 1]).any():
        return None
    return [found[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _numbers(positions: Any) -> NDArray[np.float64] | None:
    if not isinstance(positions, list) or not positions:
        return None
    try:
        found = np.asarray(positions)
    except (ValueError, OverflowError):
        return _mixed(positions)
    if found.dtype.kind not in "if" or found.ndim != 2 or found.shape[1] < 2:
        return None
    return found[:, :2].astype(np.float64)


def _mixed(positions: list[Any]) -> NDArray[np.float64] | None:
    """Positions of which some carry a height and some do not."""
    if not all(isinstance(p, list) and len(p) >= 2 for p in positions):
        return None
    flat = [number for position in positions for number in position[:2]]
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in flat):
        return None
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def _first_position(nested: Any) -> Sequence[float] | None:
    while isinstance(nested, list) and nested and isinstance(nested[0], list):
        nested = nested[0]
    found = _numbers([nested])
    return None if found is None else [float(number) for number in found[0]]


def _ring_faults(scan: _Scan) -> Iterator[Fault]:
    """Faults of closed rings, judged at the six decimals the system keeps."""
    closed = {number: ring for number, ring in enumerate(scan.rings) if ring is not None}
    if not closed:
        return
    numbers, broken = list(closed), set[int]()
    for number, ring in closed.items():
        if np.ptp(ring[:, 0]) > HALF_THE_WORLD:
            message = (
                "the ring crosses longitude 180 and would be drawn round the world; cut it there into two polygons"
            )
            yield _fault("antimeridian", message, scan.ring_feature[number], ring[0])
    for place, code, message, at in ring_rules.faults(list(closed.values())):
        broken.add(numbers[place])
        yield _fault(code, message, scan.ring_feature[numbers[place]], at)
    for number, ring in closed.items():
        if np.ptp(ring[:, 0]) > _HALF_ROUND:
            message = (
                "the ring runs from one side of the antimeridian to the other; cut it at 180 degrees (RFC 7946, 3.1.9)"
            )
            yield _fault("coordinate-range", message, scan.ring_feature[number], ring[0])
    for feature, members in scan.groups:
        shells = [number for number in members if number in closed]
        if len(shells) > 1 and broken.isdisjoint(shells):
            parts = shapely.MultiPolygon([shapely.Polygon(ring_rules.cut(closed[number])) for number in shells])
            if not parts.is_valid:
                message = "two polygons of a MultiPolygon overlap or share a side"
                yield _fault("overlapping-parts", message, feature, ring_rules.place(parts))
