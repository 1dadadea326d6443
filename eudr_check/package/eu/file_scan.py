"""One walk through the objects of a GeoJSON file."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eudr_check.law.regulation import POINT_AREA_HA
from eudr_check.names import is_country_code
from eudr_check.package.eu.file_faults import LATITUDE_INVALID, Fault, fault
from eudr_check.package.eu.file_positions import HIGHEST, first_position, numbers, usual_rings
from eudr_check.package.eu.file_words import MEMBERS, PROPERTIES, is_number, near, shown

LEAST_POINT_HA = 0.0001
MOST_PRODUCERS = 1000
_MEMBERS, _PROPERTIES = frozenset(MEMBERS), frozenset(PROPERTIES)
_KINDS = ("Point", "MultiPoint", "Polygon", "MultiPolygon", "GeometryCollection")


class Scan:
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
        """Keep a fault."""
        self.faults.append(fault(code, message, feature, at))

    def file(self, content: dict[str, Any]) -> None:
        """Walk through a file."""
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
            meant = near(key, known)
            if meant is not None:
                self.add("property-name", f"'{key[:60]}' is not read; write '{meant}'", feature)

    def _feature(self, feature: Any, number: int) -> None:
        if not isinstance(feature, dict):
            self.add("file-format", "a feature must be an object", number)
            return
        if not _MEMBERS.issuperset(feature):
            self._members(feature, number)
        if feature.get("type") != "Feature":
            self.add("geometry-type", f"expected type 'Feature', found {shown(feature.get('type'))}", number)
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
        if "Area" in properties and not is_number(area):
            self.add(
                "area-not-number", f"Area is {shown(area)}; write a number without quotes, it is read as 0", number
            )
        if country is None:
            self.without_country.append(number)
        elif not is_country_code(country):
            message = f"ProducerCountry is {shown(country)}; write the two letters of ISO 3166-1, in capitals"
            self.add("country-code", message, number)
        if name is not None:
            self.named.append(number)
            self.producers.add(
                tuple(message if isinstance(message, str) else shown(message) for message in (name, country))
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
            meant = near(str(kind), _KINDS)
            hint = f"; write '{meant}'" if meant else ""
            self.add("geometry-type", f"unknown geometry type {shown(kind)}{hint}", number)

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
            at = first_position(coordinates[1])
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
        self.rings = usual_rings(self.drawn) or [
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
            at = first_position(coordinates)
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
        if not is_number(area):
            return
        if area < LEAST_POINT_HA or (area > POINT_AREA_HA and not self.cattle):
            message = f"a point with Area {shown(area)}: from 0.0001 to 4 hectares; above 4 hectares send the outline"
            self.add("point-area", message, number)

    def _positions(self, positions: Any, number: int, what: str) -> NDArray[np.float64] | None:
        """Longitude and latitude as float64 (n, 2), or None where they are no list of positions."""
        found = numbers(positions)
        if found is None:
            self.add("coordinates", f"{what} must be a list of [longitude, latitude] numbers", number)
            return None
        if not (np.abs(found) <= HIGHEST).all():
            at = found[(np.abs(found) > HIGHEST).any(axis=1)][0]
            message = f"position {at[0]:g}, {at[1]:g} lies outside -180..180 and -90..90 (longitude comes first)"
            outside = fault("coordinate-range", message, number, at if np.isfinite(at).all() else None)
            if abs(at[1]) > 90:
                outside = replace(outside, eu_code=LATITUDE_INVALID)
            self.faults.append(outside)
            return None
        return found
