"""Every fault the EU system is known to refuse is found by name; its own examples pass."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eudr_check import text
from eudr_check.choices import LANGUAGES
from eudr_check.cli.commands import app
from eudr_check.errors import PackageError
from eudr_check.package.eu import file_rules

RING = [[-76.1, -6.1], [-76.0, -6.1], [-76.0, -6.0], [-76.1, -6.0], [-76.1, -6.1]]


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*rings: list[Any], **properties: Any) -> dict[str, Any]:
    return feature({"type": "Polygon", "coordinates": list(rings)}, **properties)


def point(coordinates: Any, **properties: Any) -> dict[str, Any]:
    return feature({"type": "Point", "coordinates": coordinates}, **properties)


def file(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def line(kind: str, coordinates: Any) -> dict[str, Any]:
    return feature({"type": kind, "coordinates": coordinates})


FAULTY: dict[str, tuple[bytes, set[str]]] = {
    "1 crossing lines": (file(polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])), {"crossing-lines"}),
    "2 side runs back": (
        file(polygon([[0, 0], [4, 0], [4, 4], [0, 4], [0, 2], [2, 2], [0, 2], [0, 0]])),
        {"overlapping-sides"},
    ),
    "2 ring folds into itself": (
        file(polygon([[0, 0], [2, 1], [4, 0], [4, 4], [2, 1], [0, 4], [0, 0]])),
        {"overlapping-sides"},
    ),
    "3 and 15 inner ring": (
        file(polygon(RING, [[-76.06, -6.06], [-76.04, -6.06], [-76.04, -6.04], [-76.06, -6.06]])),
        {"doughnut", "hole-ignored"},
    ),
    "4 open ring": (file(polygon([[0, 0], [1, 0], [1, 1], [0, 1]])), {"open-ring"}),
    "5 line": (file(line("LineString", [[0, 0], [1, 1]])), {"line-geometry"}),
    "5 lines": (file(line("MultiLineString", [[[0, 0], [1, 1]]])), {"line-geometry"}),
    "6 straight line": (file(polygon([[0, 0], [1, 1], [2, 2], [0, 0]])), {"straight-line"}),
    "7 one corner at six decimals": (
        file(
            polygon(
                [
                    [144.2567071234, -5.8227391234],
                    [144.2567074567, -5.8227394567],
                    [144.26, -5.83],
                    [144.25, -5.84],
                    [144.2567071234, -5.8227391234],
                ]
            )
        ),
        {"duplicate-6dp"},
    ),
    "8 missing brace": (file(polygon(RING))[:-1], {"json-syntax"}),
    "8 not a number": (b'{"type": "Feature", "properties": {"Area": NaN}}', {"json-syntax"}),
    "9 misspelt member": (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geomerty":{}}]}',
        {"property-name", "no-geometry"},
    ),
    "9 wrong case": (file(polygon(RING, productionplace="X")), {"property-name"}),
    "10 text": (b"plot;lon;lat", {"file-format"}),
    "10 PDF": (b"%PDF-1.7 ...", {"file-format"}),
    "11 latitude": (file(point([10, 91], Area=1.0)), {"coordinate-range"}),
    "11 longitude": (file(polygon([[181, 0], [182, 0], [182, 1], [181, 0]])), {"coordinate-range"}),
    "12 three letters": (file(polygon(RING, ProducerCountry="CIV")), {"country-code"}),
    "12 Kosovo has the code of the Union": (file(polygon(RING, ProducerCountry="XK")), set()),
    "12 lower case": (file(polygon(RING, ProducerCountry="ci")), {"country-code"}),
    "13 locked PDF": (b"%PDF-1.7 1 0 obj << /Encrypt 2 0 R >>", {"password-protected"}),
    "14a quoted area": (file(point([1, 2], Area="3")), {"area-not-number"}),
    "14a boolean area": (file(point([1, 2], Area=True)), {"area-not-number"}),
    "14b nested point": (file(point([[1, 2]], Area=1.0)), {"point-nested"}),
    "point too large": (file(point([1, 2], Area=4.1)), {"point-area"}),
    "point without ground": (file(point([1, 2], Area=0)), {"point-area"}),
    "one part": (file(line("MultiPolygon", [[RING]])), {"too-few-parts"}),
    "one point": (file(line("MultiPoint", [[1, 2]])), {"too-few-parts"}),
    "parts overlap": (file(line("MultiPolygon", [[RING], [[[x + 0.01, y] for x, y in RING]]])), {"overlapping-parts"}),
    "lower-case type": (file(line("polygon", [RING])), {"geometry-type"}),
    "no geometry": (file(feature(None)), {"no-geometry"}),
    "no feature": (file(), {"no-geometry"}),
    "text in coordinates": (file(polygon([["0", "0"], ["1", "0"], ["1", "1"], ["0", "0"]])), {"coordinates"}),
    "ragged coordinates": (file(polygon([[0, 0], [1], [1, 1], [0, 0]])), {"coordinates"}),
    "three positions": (file(polygon([[0, 0], [1, 0], [0, 0]])), {"too-few-positions"}),
    "named producers, one without country": (
        file(polygon(RING, ProducerName="A", ProducerCountry="PE"), polygon(RING, ProducerName="B")),
        {"producer-country-missing"},
    ),
    "other CRS": (
        b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:32718"}},"features":['
        + json.dumps(polygon(RING)).encode()
        + b"]}",
        {"not-wgs84"},
    ),
    "infinite": (file(point([1, 2], Area=1.0)).replace(b"[1, 2]", b"[1e999, 2]"), {"coordinate-range"}),
    "absurdly nested": (b'{"type":' + b"[" * 200_000 + b"}", {"json-syntax"}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_fault_is_found_by_name(name: str) -> None:
    """Exactly the faults put into the file are found."""
    content, expected = FAULTY[name]

    assert {fault.code for fault in file_rules.check(content)} == expected


def test_locked_zip_is_told_from_an_open_one(tmp_path: Path) -> None:
    """A ZIP is no GeoJSON; a locked one is named as locked."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("plots.geojson", "{}")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    assert [fault.code for fault in file_rules.check(bytes(content))] == ["file-format"]

    content[6] |= 1

    assert [fault.code for fault in file_rules.check(bytes(content))] == ["password-protected"]


def test_size_is_judged_as_text_and_as_base64() -> None:
    """25 MB is the limit; 19 MB of text become 25.3 MB of base64, and the EU does not say which counts."""
    small = file(polygon(RING))

    assert [f.code for f in file_rules.check(small + b" " * 25_000_000)] == ["file-too-large"]
    assert [f.code for f in file_rules.check(small + b" " * 19_000_000)] == ["file-too-large"]
    assert file_rules.check(small + b" " * 18_000_000) == []


@pytest.mark.parametrize("name", ["commission_type_I_single_producer", "commission_type_II_multiple_producers"])
def test_official_examples_pass(shared_data: Path, name: str) -> None:
    """What the Commission publishes as right is right."""
    assert file_rules.check_file(shared_data.parent / "reference" / "eu" / f"{name}.geojson") == []


def test_plain_geometry_of_every_kind_passes() -> None:
    """Concave rings, both directions, heights, multiple geometries and collections are fine."""
    concave = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4], [0, 0]]
    far = [[x + 9, y] for x, y in concave]
    both = {
        "type": "GeometryCollection",
        "geometries": [{"type": "Point", "coordinates": [1, 2]}, {"type": "Point", "coordinates": [1, 3]}],
    }
    content = file(
        polygon(concave, Area=3.5, ProducerCountry="PE", ProductionPlace="X"),
        polygon(concave[::-1]),
        polygon([[*position, 812.0] for position in concave]),
        line("MultiPolygon", [[concave], [far]]),
        line("MultiPoint", [[1, 2], [3, 4]]),
        feature(both, Area=2),
        point([10, 20], Area=4),
    )

    assert file_rules.check(content) == []


def test_cattle_points_may_be_large() -> None:
    """One point stands for an establishment, whatever its size."""
    content = file(point([1, 2], Area=40.0))

    assert file_rules.check(content, cattle=True) == []
    assert [f.code for f in file_rules.check(content)] == ["point-area"]


def test_coordinates_are_cut_not_rounded() -> None:
    """Two corners that round apart but cut together are one corner for the EU; exact six decimals stay as they are."""
    ring = [[0.1000004, 0.0], [0.1000009, 0.0], [0.2, 0.1], [0.1, 0.1], [0.1000004, 0.0]]

    assert [f.code for f in file_rules.check(file(polygon(ring)))] == ["duplicate-6dp"]
    assert file_rules.check(file(polygon([[0.29, 0.57], [0.290001, 0.57], [0.290001, 0.570001], [0.29, 0.57]]))) == []


def test_fault_says_where() -> None:
    """A fault carries feature and place, so that a person finds it."""
    fault = file_rules.check(file(polygon(RING), polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]])))[0]

    assert (fault.feature, fault.longitude, fault.latitude) == (2, 0.5, 0.5)
    assert fault.eu_code == "EUDR_COMMODITIES_PRODUCER_GEO_INVALID_GEOMETRY"
    assert fault.eu_id == "EUDR-COMMODITIES-PRODUCER-GEO-INVALID-GEOMETRY"


def test_latitude_and_longitude_have_codes_of_their_own() -> None:
    """The EU tells which of the two is out of range."""
    codes = [file_rules.check(file(point(place, Area=1.0)))[0].eu_code for place in ([10, 91], [190, 9])]

    assert [code.rpartition("GEO_")[2] for code in codes] == ["LATITUDE_INVALID", "LONGITUDE_INVALID"]


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    """The error names the file and the remedy."""
    with pytest.raises(PackageError, match=r"no\.geojson: cannot be read .* give the path"):
        file_rules.check_file(tmp_path / "no.geojson")


def _feature(properties: dict[str, object], ring: list[list[float]] | None = None) -> bytes:
    ring = ring or [[-76.1, -6.04], [-76.099, -6.04], [-76.099, -6.039], [-76.1, -6.04]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.mark.parametrize(
    "key", ["area_ha", "area_m2", "geometry_name", "AREA_M", "plot_id", "shape_area", "typeOfCrop"]
)
def test_keys_the_system_ignores_are_no_fault(key: str) -> None:
    """What is no slip of a known name is ignored there, so it is no fault here; square metres are no `Area`."""
    assert file_rules.check(_feature({"ProducerCountry": "PE", key: 12345})) == []


@pytest.mark.parametrize("key", ["productionplace", "PRODUCER_NAME", "ProducerNmae", "AREA", "area", "COUNTRY_CODE"])
def test_slips_of_known_names_are_named(key: str) -> None:
    """Wrong case, blanks, letters changed, and the country under its usual other name."""
    assert [fault.code for fault in file_rules.check(_feature({"ProducerCountry": "PE", key: "x"}))] == [
        "property-name"
    ]


def test_ring_round_the_world_is_named(shared_data: Path) -> None:
    """From 179.999 to -179.999 the system draws a ring round the world."""
    file = shared_data / "faults/46-eu-check-not-predicted/anti.geojson"

    assert "antimeridian" in {fault.code for fault in file_rules.check_file(file)}


@pytest.mark.parametrize("area", ["1e400", "-1e400", "1" + "0" * 400])
def test_area_beyond_all_numbers_is_named(area: str) -> None:
    """A figure no computer holds is not read as one."""
    content = _feature({"ProducerCountry": "PE", "Area": 1.5}).replace(b"1.5", area.encode())

    assert [fault.code for fault in file_rules.check(content)] == ["area-not-number"]


@pytest.mark.parametrize(
    "content",
    [b'{"type": {}, "features": null}', b'{"type": [], "coordinates": {}}', b'{"type": 1}', b'{"type": "Feature"}'],
)
def test_objects_where_words_belong_are_a_message(content: bytes) -> None:
    """Never a traceback."""
    assert file_rules.check(content)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_fault_is_said_in_the_language_asked_for(language: str) -> None:
    """No fault of any faulty file is said in English to somebody who reads another language."""
    said = [fault.message for content, _ in FAULTY.values() for fault in file_rules.check(content)]

    assert len(said) >= len(FAULTY)
    assert not [message for message in said if message.in_language(language) == message]


@pytest.mark.parametrize(("language", "words"), [("es", "dos lados del anillo se cruzan cerca de 0.5"), ("en", "near")])
def test_the_command_speaks_the_language_asked_for(tmp_path: Path, language: str, words: str) -> None:
    """Faults, notes and the last line."""
    file = tmp_path / "parcelas.geojson"
    file.write_bytes(FAULTY["1 crossing lines"][0])
    ended = CliRunner().invoke(app, ["eu-check", str(file), "--language", language])

    assert ended.exit_code == 1
    assert words in ended.output
    assert text.say("eu_file", "faults", language, file=file, count=1) in ended.output
    assert text.say("eu_file", "note", language, feature=1, code="decimals-few", message="") in ended.output
