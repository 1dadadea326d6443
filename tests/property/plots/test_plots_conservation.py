"""The law of conservation, for whatever people may write in a file."""

import csv
import io
import json

import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.helpers.plot_files import assert_conserved, geojson, loaded, polygon, ring, written

FEW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
numbers = st.floats(-200, 200) | st.sampled_from([0, -76.1, -6.04, 1e300, float("nan"), float("inf")]) | st.integers()
position = st.lists(numbers, min_size=1, max_size=4)
nested = st.recursive(position, lambda inner: st.lists(inner, max_size=5), max_leaves=15)
kinds = st.sampled_from(
    ["Point", "MultiPoint", "LineString", "Polygon", "MultiPolygon", "GeometryCollection", "Circle"]
)
geometries = st.fixed_dictionaries({"type": kinds, "coordinates": nested}) | anything
ids = st.sampled_from(["A", "B", " A", "007", "", "1e5", "Ñ", "a/b", None, 7, 7.0, True]) | st.text(max_size=5)
features = st.fixed_dictionaries(
    {
        "type": st.just("Feature"),
        "properties": st.fixed_dictionaries({"id": ids, "area_ha": anything, "pais": anything}),
    },
    optional={"geometry": geometries, "id": anything},
)
cells = st.sampled_from(
    [
        "",
        "A",
        "B",
        "-76.1",
        "-76,123456",
        "6° 2' 3\" S",
        "POINT(-76.123456 -6.123456)",
        "POLYGON((0 0, 1 1",
        "POLYGON EMPTY",
        shapely.to_wkt(shapely.Polygon(ring())),
        "-6.1 -76.1 0 0; -6.2 -76.1 0 0; -6.2 -76.2 0 0; -6.1 -76.1 0 0",
        "=cmd|' /C calc'!A0",
        "\x00\x1b",
        "9" * 400,
    ]
) | st.text(max_size=12)


LINE_ENDS = {"\r", "\n"}


@FEW
@given(st.lists(features | anything, min_size=1, max_size=6))
def test_any_geojson(tmp_path, items):
    """Whatever the features are, each is a plot or a blocking finding."""
    made, findings = loaded(geojson(tmp_path, *items))

    assert_conserved(made, findings, {"plots.geojson": set(range(1, len(items) + 1))})


@FEW
@given(st.lists(features | st.text(max_size=20), min_size=1, max_size=6))
def test_any_newline_delimited_json(tmp_path, items):
    """A line that is no feature is a row as well."""
    lines = [json.dumps(item) if isinstance(item, dict) else " ".join(item.split()) for item in items]
    lines = [json.dumps(polygon("first")), *(line for line in lines if line.strip(" \t\x1e"))]
    made, findings = loaded(written(tmp_path, "a.ndjson", "\n".join(lines)))

    assert_conserved(made, findings, {"a.ndjson": set(range(1, len(lines) + 1))})


@FEW
@given(st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=6))
@example([("", "POLYGON((0 0, 1 1", "\r0", "POLYGON((0 0, 1 1")] * 2)
def test_any_table(tmp_path, rows):
    """Whatever the cells are, each row with anything in it is a plot or a blocking finding."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(["codigo_parcela", "longitud", "latitud", "wkt"])
    writer.writerows(rows)
    made, findings = loaded(written(tmp_path, "a.csv", stream.getvalue().encode("utf-8", "replace")))
    said = {number for number, row in enumerate(rows, start=1) if any(cell.replace("\x00", "").strip() for cell in row)}

    if any(set(cell) & LINE_ENDS for row in rows for cell in row):
        # A record over several lines that may be several rows is named line by line.
        lines = findings.loc[findings["severity"] == "block", "source_row"].dropna()
        assert len(made["source_row"]) + lines.nunique() >= len(said)
    else:
        assert_conserved(made, findings, {"a.csv": said})


@FEW
@given(st.lists(st.tuples(ids, st.lists(st.tuples(numbers, numbers), max_size=6)), min_size=1, max_size=5))
def test_any_kml(tmp_path, placemarks):
    """Each placemark is a plot or a blocking finding."""
    from xml.sax.saxutils import escape

    body = "".join(
        f"<Placemark><name>{escape(str(name)) if str(name).isprintable() else ''}</name><Polygon><outerBoundaryIs>"
        f"<LinearRing><coordinates>{' '.join(f'{x},{y}' for x, y in corners)}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark>"
        for name, corners in placemarks
    )
    made, findings = loaded(written(tmp_path, "a.kml", f"<kml><Document>{body}</Document></kml>".encode()))

    assert_conserved(made, findings, {"a.kml": set(range(1, len(placemarks) + 1))})


@FEW
@given(st.integers(0, 3), st.booleans(), st.booleans())
def test_start_and_direction_of_a_ring_do_not_matter(tmp_path, start, turned, repeated):
    """The same boundary, begun elsewhere, walked the other way or with a corner twice, is the same plot."""
    corners = ring()[:-1]
    corners = corners[start:] + corners[:start]
    corners = corners[::-1] if turned else corners
    drawn = [*corners, corners[0]]
    drawn = [drawn[0], *drawn] if repeated else drawn
    first, _ = loaded(geojson(tmp_path, polygon("A")))
    second, _ = loaded(geojson(tmp_path, polygon("A", drawn)))

    assert (
        second["area_ha"].iloc[0] == first["area_ha"].iloc[0]
        or abs(second["area_ha"].iloc[0] - first["area_ha"].iloc[0]) < 1e-9
    )
    assert shapely.equals(first.geometry.iloc[0], second.geometry.iloc[0])
    assert second["usable"].all()
