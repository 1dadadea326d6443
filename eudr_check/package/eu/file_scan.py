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
from eudr_check.package.eu.file_faults import LATITUDE_INVALID, Fault, fault, words
from eudr_check.package.eu.file_positions import HIGHEST, first_position, numbers, usual_rings
from eudr_check.package.eu.file_words import MEMBERS, PROPERTIES, is_number, near, shown
from eudr_check.text import Sentence

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

    def add(self, code: str, message: Sentence, feature: int | None = None, at: Sequence[float] | None = None) -> None:
        """Keep a fault."""
        self.faults.append(fault(code, message, feature, at))

    def file(self, content: dict[str, object]) -> None:
        """Walk through a file."""
        self._members(content, None)
        self._crs(content)
        kind = content.get("type")
        if kind == "FeatureCollection":
            features = content.get("features")
            if not isinstance(features, list) or not features:
                self.add("no-geometry", words("no_features"))
                return
            for number, feature in enumerate(features, start=1):
                self._feature(feature, number)
        elif kind == "Feature":
            self._feature(content, 1)
        elif kind is None:
            self.add("file-format", words("no_type"))
        else:
            self._geometry(content, 1, None)
        self._rings()
        self._producers()

    def _crs(self, content: dict[str, Any]) -> None:
        crs = content.get("crs")
        if crs is not None and not re.search(r"CRS84|EPSG:{1,2}(\d*:)?4326\b", json.dumps(crs)):
            self.add("not-wgs84", words("other_crs"))

    def _producers(self) -> None:
        if self.named:
            for feature in self.without_country:
                self.add("producer-country-missing", words("country_needed"), feature)
        if len(self.producers) > MOST_PRODUCERS:
            self.add("too-many-producers", words("many_producers", count=len(self.producers)))

    def _members(self, content: dict[str, Any], feature: int | None, known: Sequence[str] = MEMBERS) -> None:
        for key in content:
            if key in known:
                continue
            meant = near(key, known)
            if meant is not None:
                self.add("property-name", words("key_unread", key=key[:60], meant=meant), feature)

    def _feature(self, feature: Any, number: int) -> None:
        if not isinstance(feature, dict):
            self.add("file-format", words("feature_object"), number)
            return
        if not _MEMBERS.issuperset(feature):
            self._members(feature, number)
        if feature.get("type") != "Feature":
            self.add("geometry-type", words("feature_type", found=shown(feature.get("type"))), number)
        properties = feature.get("properties")
        if properties is not None and not isinstance(properties, dict):
            self.add("property-name", words("properties_object"), number)
        properties = properties if isinstance(properties, dict) else {}
        self._properties(properties, number)
        geometry = feature.get("geometry")
        if not isinstance(geometry, dict):
            self.add("no-geometry", words("feature_empty"), number)
        else:
            self._geometry(geometry, number, properties)

    def _properties(self, properties: dict[str, Any], number: int) -> None:
        if not _PROPERTIES.issuperset(properties):
            self._members(properties, number, PROPERTIES)
        area, country, name = properties.get("Area"), properties.get("ProducerCountry"), properties.get("ProducerName")
        if "Area" in properties and not is_number(area):
            self.add("area-not-number", words("area_text", found=shown(area)), number)
        if country is None:
            self.without_country.append(number)
        elif not is_country_code(country):
            self.add("country-code", words("country_form", found=shown(country)), number)
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
            self.add("line-geometry", words("line", kind=kind), number)
        else:
            meant = near(str(kind), _KINDS)
            stated = {"kind": shown(kind)} | ({"meant": meant} if meant else {})
            self.add("geometry-type", words("geometry_meant" if meant else "geometry_unknown", **stated), number)

    def _collection(self, geometries: Any, number: int, properties: dict[str, Any] | None) -> None:
        if not isinstance(geometries, list) or not all(isinstance(geometry, dict) for geometry in geometries):
            self.add("coordinates", words("geometries_list"), number)
            return
        if len(geometries) < 2:
            self.add("too-few-parts", words("one_geometry"), number)
        for geometry in geometries:
            self._geometry(geometry, number, properties)

    def _polygon(self, coordinates: Any, number: int) -> list[int]:
        if not isinstance(coordinates, list) or not coordinates:
            self.add("coordinates", words("polygon_rings"), number)
            return []
        shell = self._ring(coordinates[0], number)
        if len(coordinates) > 1:
            at = first_position(coordinates[1])
            self.add("doughnut", words("doughnut"), number, at)
            self.add("hole-ignored", words("hole_ignored"), number, at)
        return shell

    def _multi_polygon(self, coordinates: Any, number: int) -> None:
        if not isinstance(coordinates, list) or not coordinates:
            self.add("coordinates", words("multipolygon_parts"), number)
            return
        if len(coordinates) < 2:
            self.add("too-few-parts", words("one_polygon"), number)
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
        positions = self._positions(ring, number, "ring")
        if positions is None:
            return None
        if (positions[0] != positions[-1]).any():
            self.add("open-ring", words("ring_open"), number, positions[-1])
            return None
        if len(positions) < 4:
            self.add("too-few-positions", words("ring_short", count=len(positions)), number, positions[0])
            return None
        return positions

    def _point(self, coordinates: Any, number: int, properties: dict[str, Any]) -> None:
        if isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
            at = first_position(coordinates)
            self.add("point-nested", words("point_nested"), number, at)
        else:
            self._positions([coordinates], number, "point")
        self._point_area(number, properties)

    def _multi_point(self, coordinates: Any, number: int, properties: dict[str, Any]) -> None:
        if isinstance(coordinates, list) and len(coordinates) < 2:
            self.add("too-few-parts", words("one_point"), number)
        self._positions(coordinates, number, "multipoint")
        self._point_area(number, properties)

    def _point_area(self, number: int, properties: dict[str, Any]) -> None:
        area = properties.get("Area")
        if not is_number(area):
            return
        if area < LEAST_POINT_HA or (area > POINT_AREA_HA and not self.cattle):
            self.add("point-area", words("point_area", found=shown(area)), number)

    def _positions(self, positions: Any, number: int, what: str) -> NDArray[np.float64] | None:
        """Longitude and latitude as float64 (n, 2), or None where they are no list of positions."""
        found = numbers(positions)
        if found is None:
            self.add("coordinates", words(f"positions_{what}"), number)
            return None
        if not (np.abs(found) <= HIGHEST).all():
            at = found[(np.abs(found) > HIGHEST).any(axis=1)][0]
            message = words("position_outside", at=f"{at[0]:g}, {at[1]:g}")
            outside = fault("coordinate-range", message, number, at if np.isfinite(at).all() else None)
            if abs(at[1]) > 90:
                outside = replace(outside, eu_code=LATITUDE_INVALID)
            self.faults.append(outside)
            return None
        return found
