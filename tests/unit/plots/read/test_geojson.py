"""JSON that is nearly GeoJSON is read or refused by name; nothing in it wins or vanishes in silence."""

import json

import pytest

from eudr_check import delimited
from tests.helpers.plot_files import codes, feature, loaded, named, point, polygon, ring, written

COLLECTION = {"type": "FeatureCollection", "features": [polygon("A"), polygon("B", ring(dx=0.01))]}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


def read(folder, content, name="a.json"):
    return loaded(written(folder, name, content if isinstance(content, str) else json.dumps(content)))


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        ([polygon("A"), polygon("B", ring(dx=0.01))], ["A", "B"]),
        (
            [collection(polygon("A")), collection(polygon("B", ring(dx=0.01)), polygon("C", ring(dx=0.02)))],
            ["A", "B", "C"],
        ),
        (
            {"type": "FeatureCollection", "features": [collection(polygon("A")), polygon("B", ring(dx=0.01))]},
            ["A", "B"],
        ),
        ({"success": True, "data": COLLECTION}, ["A", "B"]),
        ({"data": {"result": COLLECTION}}, ["A", "B"]),
        ({"payload": [polygon("A")]}, ["A"]),
        (
            {"value": [{"plot_id": "A", "shape": {"type": "Polygon", "coordinates": [[[*p, 0] for p in ring()]]}}]},
            ["A"],
        ),
        ([{"plot_id": "A", "longitude": -76.123456, "latitude": -6.123456}], ["A"]),
        ([{"plot_id": "A", "lugar": {"longitude": -76.123456, "latitude": -6.123456}}], ["A"]),
    ],
)
def test_plots_in_any_envelope(tmp_path, content, ids):
    """Lists of Features or collections, envelopes, OData, numbers as coordinates."""
    made, _ = read(tmp_path, content)

    assert made["plot_id"].tolist() == ids
    assert made["usable"].all()


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\n\x1e"])
def test_lines_with_a_line_separator_inside_a_text(tmp_path, separator):
    """U+2028 and U+0085 inside a name end no line of newline-delimited JSON."""
    lines = [
        json.dumps(polygon("A", socio="Rosa\u2028Quispe\x85"), ensure_ascii=False),
        json.dumps(polygon("B", ring(dx=0.01)), ensure_ascii=False),
    ]
    made, findings = read(tmp_path, separator.join(lines), "a.ndjson")

    assert made["plot_id"].tolist() == ["A", "B"]
    assert "row_unreadable" not in codes(findings)


def test_shared_files_that_are_nearly_geojson(shared_data):
    """OData: P2 is a plot, P1 is nested wrongly; the envelope and the Feature in a cell are read."""
    folder = shared_data / "faults" / "30-json-that-is-nearly-geojson"
    made, findings = loaded(named(folder / "odata.json", producer_country="PE"))

    assert made.set_index("plot_id")["usable"].to_dict() == {"P1": False, "P2": True}
    assert "wrong_nesting" in codes(findings, 1)
    for name in ("wrapped.json", "feat_cell.csv"):
        made, _ = loaded(named(folder / name, producer_country="PE"))
        assert made["plot_id"].tolist() == ["P1"]
        assert made["usable"].all()


@pytest.mark.parametrize(
    "content",
    [
        '{"type": {}, "features": null}',
        '{"type": [], "geometry": 1}',
        '{"features": {}}',
        "[[]]",
        '{"type": "FeatureCollection"}',
        '{"data": [[[]]]}',
        "[" * 100_000,
        '{"a":' * 900 + "1" + "}" * 900,
    ],
)
def test_json_without_plots_is_a_finding(tmp_path, content):
    """Whatever it holds, it is refused with a finding and no traceback."""
    made, findings = read(tmp_path, content)

    assert not made["usable"].any()
    assert (findings["severity"] == "block").any()


@pytest.mark.parametrize(
    "content",
    [
        '{"type":"FeatureCollection","features":[%s],"features":[%s]}',
        '{"type":"FeatureCollection","features":[%s],"data":[%s]}',
        '{"data":[%s],"results":[%s]}',
        '{"data":[%s],"data":[%s]}',
        '{"socios":[%s],"otros":[%s]}',
        '{"one":{"features":[%s]},"two":{"features":[%s]}}',
    ],
)
def test_a_second_list_of_plots_is_refused(tmp_path, content):
    """Neither list may win."""
    made, findings = read(tmp_path, content % (json.dumps(polygon("A")), json.dumps(polygon("B", ring(dx=0.01)))))

    assert not len(made)
    assert codes(findings) == {"file_unreadable"}


@pytest.mark.parametrize("key", ["geometry", "coordinates", "type", "plot_id", "properties"])
def test_a_key_twice_in_a_feature_blocks_it(tmp_path, key):
    """Two geometries, ids or lists of coordinates in one feature: nobody knows which was meant."""
    good = json.dumps(polygon("B", ring(dx=0.01)))
    other = {"geometry": "null", "coordinates": "[]", "type": '"x"', "plot_id": '"Z"', "properties": "{}"}[key]
    bad = json.dumps(polygon("A")).replace(f'"{key}":', f'"{key}": {other}, "{key}":')
    made, findings = read(tmp_path, f'{{"type": "FeatureCollection", "features": [{bad}, {good}]}}')

    assert made.loc[made["usable"], "plot_id"].tolist() == ["B"]
    assert "row_unreadable" in codes(findings, 1)


def test_a_key_twice_in_a_record_blocks_it(tmp_path):
    """Two answers to one question of a survey."""
    records = '[{"plot_id":"A","gps":"-6.1 -76.1 0 0","gps":"-6.2 -76.2 0 0"},{"plot_id":"B","gps":"-6.3 -76.3 0 0"}]'
    _, findings = read(tmp_path, records)

    assert "row_unreadable" in codes(findings, 1)
    assert "row_unreadable" not in codes(findings, 2)


@pytest.mark.parametrize(
    "more",
    [
        {"properties": {"exceededTransferLimit": True}},
        {"exceededTransferLimit": True},
        {"next": "https://example.org/?page=2"},
        {"previous": "https://example.org/?page=1"},
        {"count": 250},
        {"numberMatched": 5120, "numberReturned": 2},
        {"totalFeatures": 3},
        {"meta": {"total": "17"}},
        {"links": [{"rel": "next", "href": "x"}]},
        {"@odata.nextLink": "x"},
        {"offset": 1000},
        {"context": {"matched": 5000, "returned": 1}},
        {"page": {"size": 1, "totalElements": 5000, "number": 0}},
        {"result_info": {"total_count": 40}},
        {"complete": False},
        {"isLastPage": False},
        {"page": {"last": False}},
        {"finished": "false"},
    ],
)
def test_a_file_that_says_it_is_a_part_is_blocked(tmp_path, more):
    """What stands on the other pages would be missing from the harvest."""
    _, findings = read(tmp_path, {**COLLECTION, **more})
    assert "file_partial" in codes(findings)
    _, findings = read(tmp_path, {"results": [{"plot_id": "A", "lon": -76.123456, "lat": -6.123456}], **more})
    assert "file_partial" in codes(findings)
    _, findings = read(tmp_path, {"response": COLLECTION, **more})
    assert "file_partial" in codes(findings)


@pytest.mark.parametrize(
    "more",
    [
        {"next": None, "previous": None, "count": 2},
        {"numberMatched": 2},
        {"links": [{"rel": "self"}]},
        {"offset": 0},
        {"complete": True},
        {"last": True},
        {"hasMore": False},
    ],
)
def test_a_whole_file_that_counts_itself_is_read(tmp_path, more):
    """A count that fits is no finding."""
    made, findings = read(tmp_path, {**COLLECTION, **more})

    assert len(made) == 2
    assert "file_partial" not in codes(findings)


def test_shared_page_of_many(shared_data):
    """The server says that its limit was exceeded."""
    path = shared_data / "faults" / "24-file-says-it-is-one-page-of-many" / "esrigeo.geojson"
    _, findings = loaded(named(path, producer_country="PE"))

    assert "exceededTransferLimit" in findings.loc[findings["code"] == "file_partial", "message"].item()


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("corner", [0, 1, 4])
def test_what_is_no_number_in_a_ring_blocks_its_plot_alone(tmp_path, value, corner):
    """First, middle or last corner; the other plot is read."""
    corners = ring()
    text = json.dumps(collection(polygon("A", corners), polygon("B", ring(dx=0.01))))
    pieces = text.split(json.dumps(corners[corner][0]), 1 if corner < 4 else 2)
    text = f"{json.dumps(corners[corner][0])}".join(pieces[:-1]) + value + pieces[-1]
    made, findings = read(tmp_path, text)

    assert made.set_index("plot_id")["usable"].to_dict() == {"A": False, "B": True}
    assert "coordinate_missing" in codes(findings, 1)


@pytest.mark.parametrize("key", ["plot_id", "socio", "area_ha", "pais", "lugar", "nota", "planted_year"])
def test_half_a_character_stops_nobody(tmp_path, key):
    """A lone surrogate in any cell, or in a header, is cleaned or told."""
    made, _ = read(
        tmp_path,
        collection(
            feature("A", polygon("A")["geometry"], **{"nota": "x"}) | {"properties": {"plot_id": "A", key: "A\ud800"}},
            polygon("B", ring(dx=0.01)),
        ),
    )
    assert "B" in made["plot_id"].tolist()

    made, _ = read(tmp_path, collection(polygon("A", **{f"{key}\udfff": "1"}), polygon("B", ring(dx=0.01))))
    assert made["plot_id"].tolist() == ["A", "B"]


def test_wide_records_are_refused_by_name(tmp_path):
    """Records with a key of their own each make a table of gaps, whose size is the square of theirs."""
    count = int(delimited.MOST_CELLS**0.5) + 2
    _, findings = read(tmp_path, [{f"key{n}": "x", "plot_id": str(n)} for n in range(count)])

    assert codes(findings) == {"file_too_large"}


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (json.dumps(ring()), "polygon"),
        (json.dumps([ring()]), "polygon"),
        (json.dumps([[ring()]]), "polygon"),
        (json.dumps([ring()[0]]), "point"),
        (json.dumps([{"lat": y, "lng": x} for x, y in ring()]), "polygon"),
        (json.dumps([{"latitude": y, "longitude": x} for x, y in ring()]), "polygon"),
        (json.dumps(polygon("x")), "polygon"),
        (json.dumps(collection(polygon("x"))), "polygon"),
        (json.dumps(point("x")["geometry"]), "point"),
    ],
)
def test_notations_of_apps_in_a_cell(tmp_path, cell, kind):
    """Lists of longitude and latitude, of named latitudes and longitudes, Features and collections of one."""
    doubled = cell.replace('"', '""')
    made, _ = loaded(written(tmp_path, "a.csv", f'plot_id,polygon\nA,"{doubled}"\n'))

    assert made["usable"].tolist() == [True]
    assert made["geometry_kind"].tolist() == [kind]
    assert made.geometry.iloc[0].bounds[0] == pytest.approx(ring()[0][0], abs=2e-4)


def test_an_empty_list_beside_a_point_is_a_point(tmp_path):
    """TerraTrac writes `[]` where a plot is kept as a point."""
    lines = ["farm_id,latitude,longitude,polygon", "A,-6.123456,-76.123456,[]", f'B,-6.04,-76.1,"{ring()}"']
    made, _ = loaded(written(tmp_path, "a.csv", "\n".join(lines)))

    assert made["geometry_kind"].tolist() == ["point", "polygon"]
    assert made["usable"].all()


def test_shared_coordinate_lists(shared_data):
    """Named positions, hexadecimal WKB and positions as maps write them in one cell are read."""
    folder = shared_data / "faults" / "31-coordinate-lists-of-apps"
    for name in ("latlngobj.csv", "wkbhex.csv"):
        made, _ = loaded(named(folder / name, producer_country="PE"))
        assert made["area_ha"].tolist() == pytest.approx([0.878], abs=0.001)
    made, _ = loaded(named(folder / "gmaps.csv", producer_country="PE"))

    assert made["usable"].all()
    assert [round(shape.y, 6) for shape in made["geometry"]] == [-6.101234, -6.101222]


def test_a_feature_without_geometry_has_none(tmp_path):
    """The point in its properties may be that of the house."""
    made, findings = read(tmp_path, collection(polygon("A"), feature("B", None, longitude=-76.2, latitude=-6.2)))

    assert made.set_index("plot_id")["usable"].to_dict() == {"A": True, "B": False}
    assert "boundary_missing" in codes(findings, 2)
