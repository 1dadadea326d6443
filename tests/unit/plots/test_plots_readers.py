"""Every format gives the same plots, and every row of it is accounted for."""

import json
import sqlite3
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely
import xlsxwriter

from eudr_check.plots import message
from tests.helpers.plot_files import (
    assert_conserved,
    codes,
    feature,
    geojson,
    loaded,
    named,
    point,
    polygon,
    ring,
    written,
)

KML = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
PLACEMARK = (
    "<Folder><name>Sector A</name><Placemark><name>{}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>{}"
    "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder>"
)


def frame(count=3):
    """Three fields side by side."""
    shapes = [shapely.Polygon(ring(dx=0.003 * number)) for number in range(count)]
    return gpd.GeoDataFrame(
        {"codigo_parcela": [f"{number:03d}" for number in range(count)], "socio": ["Ñañez Á.", "B", "C"][:count]},
        geometry=shapes,
        crs="EPSG:4326",
    )


def wkt_csv(delimiter=";"):
    lines = [delimiter.join(["codigo_parcela", "socio", "wkt"])]
    for plot_id, socio, shape in zip(frame()["codigo_parcela"], frame()["socio"], frame().geometry, strict=True):
        lines += [delimiter.join([plot_id, socio, f'"{shapely.to_wkt(shape)}"'])]
    return "\n".join(lines) + "\n"


def vector_file(folder, name):
    path = folder / name
    if name.endswith(".parquet"):
        frame().to_parquet(path)
    elif name.endswith(".zip"):
        (folder / "inner").mkdir()
        frame().rename(columns={"codigo_parcela": "codparcela"}).to_file(folder / "inner" / "plots.shp")
        with zipfile.ZipFile(path, "w") as archive:
            for member in sorted((folder / "inner").iterdir()):
                archive.write(member, f"entrega/2026/{member.name}")
            archive.writestr("__MACOSX/._plots.shp", "clutter")
    elif name.endswith(".kmz"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", kml())
    elif name.endswith((".geojson", ".geojsonl")):
        frame().to_file(path, driver="GeoJSON" if name.endswith(".geojson") else "GeoJSONSeq")
    else:
        frame().to_file(path)
    return named(path)


def kml():
    places = "".join(
        PLACEMARK.format(row.codigo_parcela, " ".join(f"{x},{y},1200.5" for x, y in row.geometry.exterior.coords))
        for row in frame().itertuples()
    )
    return KML.format(places)


@pytest.mark.parametrize("name", ["a.geojson", "a.geojsonl", "a.gpkg", "a.fgb", "a.parquet", "a.zip", "a.kmz", "a.shp"])
@pytest.mark.filterwarnings("ignore:Column names longer than 10", "ignore:Normalized/laundered field name")
def test_every_vector_format_gives_the_same_plots(tmp_path, name):
    """Ids stay text, accents stay, and the area is that of the field."""
    made, findings = loaded(vector_file(tmp_path, name))

    assert sorted(made["plot_id"]) == ["000", "001", "002"]
    assert made["usable"].all()
    assert np.allclose(made["area_ha"], made["area_ha"].iloc[0], rtol=1e-5)
    assert made["area_ha"].iloc[0] == pytest.approx(4.28, abs=0.1)
    if not name.endswith(".kmz"):
        assert "Ñañez Á." in set(made["producer_name"])
    assert_conserved(made, findings, {name: {1, 2, 3}})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_csv_in_any_encoding_and_with_any_delimiter(tmp_path, encoding, delimiter):
    """Accents survive UTF-8 with and without its mark, cp1252 and latin-1."""
    made, _ = loaded(written(tmp_path, "a.csv", wkt_csv(delimiter).encode(encoding)))

    assert list(made["plot_id"]) == ["000", "001", "002"]
    assert made["producer_name"].iloc[0] == "Ñañez Á."


def test_kml_folders_and_heights(tmp_path):
    """Placemarks of all folders are rows, their name is the id, heights are dropped."""
    made, _ = loaded(written(tmp_path, "a.kml", kml()))

    assert list(made["plot_id"]) == ["000", "001", "002"]
    assert not shapely.has_z(made.geometry.to_numpy()).any()


def test_sheet_with_title_degrees_and_minutes(tmp_path):
    """The header is found below a title; an id shown as 007 stays so; degrees and minutes are read."""
    path = tmp_path / "padron.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Padron")
        sheet.write(0, 0, "PADRON DE SOCIOS 2026")
        for column, header in enumerate(["Código de parcela", "Longitud", "Latitud", "Área (ha)"]):
            sheet.write(2, column, header)
        sheet.write_number(3, 0, 7, book.add_format({"num_format": "000"}))
        sheet.write(3, 1, "76° 05' 49.561\" W")
        sheet.write(3, 2, "6° 02' 06.702\" S")
        sheet.write(3, 3, 1.5)
        book.add_worksheet("Notas").write(0, 0, "nothing to see")
    made, findings = loaded(named(path))

    assert list(made["plot_id"]) == ["007"]
    assert made.geometry.iloc[0].x == pytest.approx(-76.0971003, abs=1e-6)
    assert made.geometry.iloc[0].y == pytest.approx(-6.0351950, abs=1e-6)
    assert made["declared_area_ha"].iloc[0] == 1.5
    assert not codes(findings) & {"decimals_few", "decimals_too_few"}


def test_seconds_with_two_decimals_are_told_what_to_write(tmp_path):
    """Nobody exports decimals of a degree from seconds: the message says what seconds need, in all languages."""
    rows = 'id,lat,lon\nA,"6° 02\' 06.71"" S","76° 05\' 49.56"" W"\n'
    made, findings = loaded(written(tmp_path, "a.csv", rows))
    details = findings.loc[findings["code"] == "decimals_few", "details"].iloc[0]

    assert list(made["plot_id"]) == ["A"]
    assert json.loads(details) == {"decimals": 5}
    for language, words in (
        ("en", "seconds with three decimals"), ("es", "segundos con tres decimales"),
        ("fr", "secondes avec trois décimales"), ("pt", "segundos com três decimais"),
    ):  # fmt: skip
        assert words in message("decimals_few", details, language)


def test_one_row_per_vertex(tmp_path):
    """Rows of one id become one boundary in the order of the vertex number; a bad vertex blocks its plot alone."""
    lines = ["codigo_parcela;vertice;longitud;latitud"]
    for number, (x, y) in enumerate(ring()[:-1], start=1):
        lines.append(f"A;{number};{str(x).replace('.', ',')};{str(y).replace('.', ',')}")
    lines[1], lines[3] = lines[3], lines[1]
    lines += [f"B;{number};{x};{y}" for number, (x, y) in enumerate(ring(dx=0.01)[:-2], start=1)]
    lines += ["B;4;nowhere;-6.03"]
    made, findings = loaded(written(tmp_path, "a.csv", "\n".join(lines)))

    assert list(made["plot_id"]) == ["A", "B"]
    assert list(made["usable"]) == [True, False]
    assert made["area_ha"].iloc[0] == pytest.approx(4.28, abs=0.1)
    assert "row 9" in findings.loc[findings["code"] == "geometry_unreadable", "message"].item()


def test_kobo_answers(tmp_path):
    """Latitude comes first in survey strings; the point of the parcel stands for one without a shape, not the house."""
    shape = "; ".join(f"{y} {x} 900.1 4.2" for x, y in ring())
    records = [
        {"_id": 11, "grupo/codigo_parcela": "P-1", "grupo/lindero": shape, "casa": "-6.0 -76.0 0 3"},
        {"_id": 12, "grupo/codigo_parcela": "P-2", "grupo/lindero": None, "casa": "-6.01 -76.01 800.5 25.0"},
        {
            "_id": 13,
            "grupo/codigo_parcela": "P-3",
            "casa": "-6.0 -76.0 0 3",
            "parcela/punto": "-6.02 -76.02 800.5 25.0",
        },
    ]
    made, findings = loaded(written(tmp_path, "a.json", json.dumps({"results": records})))

    assert list(made["plot_id"]) == ["P-1", "P-2", "P-3"]
    assert list(made["geometry_kind"].fillna("")) == ["polygon", "", "point"]
    assert "boundary_missing" in codes(findings, 2)
    assert "gps_inaccurate" in codes(findings, 3)


def test_broken_json_keeps_what_stands_before_the_break(tmp_path):
    """A file that breaks off gives its whole features, and one blocking row for the rest."""
    whole = json.dumps({"type": "FeatureCollection", "features": [polygon("A"), polygon("B", ring(dx=0.01))]})
    made, findings = loaded(written(tmp_path, "a.geojson", whole[:-40]))

    assert list(made["plot_id"]) == ["A"]
    assert codes(findings, 2) == {"row_unreadable"}
    assert_conserved(made, findings, {"a.geojson": {1, 2}})


def test_bad_line_of_newline_delimited_json(tmp_path):
    """A bad line is one bad row; the others are plots."""
    lines = [json.dumps(polygon("A")), '{"type": "Feature", oops', json.dumps(polygon("C", ring(dx=0.01)))]
    made, findings = loaded(written(tmp_path, "a.ndjson", "\n".join(lines)))

    assert list(made["plot_id"]) == ["A", "C"]
    assert_conserved(made, findings, {"a.ndjson": {1, 2, 3}})


def test_numbers_of_json_stay_as_written(tmp_path):
    """The id 1e5 is not 100000, and the trailing zeros of a coordinate count."""
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"plot_id":1e5,"area_ha":2},'
    text += '"geometry":{"type":"Point","coordinates":[-76.097100,-6.035200]}}]}'
    made, findings = loaded(written(tmp_path, "a.geojson", text))

    assert list(made["plot_id"]) == ["1e5"]
    assert "decimals_few" not in codes(findings)
    assert "coordinates_rounded" in codes(findings)


def test_projected_coordinates(tmp_path):
    """A declared CRS is used; metres without one are blocked, with the zones that fit the declared country."""
    path = tmp_path / "utm.gpkg"
    frame().to_crs(32718).to_file(path)
    made, _ = loaded(named(path))
    wkt = shapely.to_wkt(frame().to_crs(32718).geometry.iloc[0])
    csv = written(tmp_path, "utm.csv", f'id;wkt\nA;"{wkt}"\n', producer_country="PE")
    blocked, findings = loaded(csv)
    named_crs, _ = loaded(csv.model_copy(update={"crs": "EPSG:32718"}))

    assert made["area_ha"].iloc[0] == pytest.approx(4.28, abs=0.1)
    assert not blocked["usable"].any()
    assert "EPSG:32718" in findings.loc[findings["code"] == "metres_as_degrees", "message"].item()
    assert named_crs["usable"].all()


@pytest.mark.filterwarnings("ignore:Column names longer than 10", "ignore:Normalized/laundered field name")
def test_damaged_projection_file_is_not_taken_for_degrees(tmp_path):
    """A .prj that cannot be understood blocks the rows until the harvest names the CRS."""
    frame().to_file(tmp_path / "a.shp")
    projection = tmp_path / "a.prj"
    projection.write_text(projection.read_text().replace("0.0174532925199433", "x"))
    made, findings = loaded(named(tmp_path / "a.shp"))
    mended, _ = loaded(named(tmp_path / "a.shp", crs="EPSG:4326"))

    assert not made["usable"].any()
    assert "crs_unknown" in codes(findings)
    assert mended["usable"].all()


def test_unknown_crs_blocks_its_rows_only(tmp_path):
    """A CRS nobody knows costs the rows of its own file."""
    bad = geojson(tmp_path, polygon("A"), name="bad.geojson", crs="EPSG:999999")
    good = geojson(tmp_path, polygon("B", ring(dx=0.01)), name="good.geojson")
    made, findings = loaded(bad, good)

    assert list(made["usable"]) == [False, True]
    assert_conserved(made, findings, {"bad.geojson": {1}, "good.geojson": {1}})


def test_two_shapefiles_of_two_zones_in_one_zip(tmp_path):
    """All plot files of an archive are read, each in its own CRS."""
    for name, crs, dx in (("norte", 32718, 0.0), ("sur", 4326, 0.01)):
        shapes = frame(1).set_geometry([shapely.Polygon(ring(dx=dx))], crs="EPSG:4326")
        shapes.assign(codigo=name).drop(columns="codigo_parcela").to_crs(crs).to_file(tmp_path / f"{name}.shp")
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as archive:
        for member in sorted(tmp_path.glob("*.*")):
            if member.suffix != ".zip":
                archive.write(member, member.name)
    made, findings = loaded(named(tmp_path / "both.zip"))

    assert list(made["plot_id"]) == ["norte", "sur"]
    assert list(made["source_row"]) == [1, 2]
    assert np.allclose(made["area_ha"], 4.28, atol=0.1)
    assert "tables_joined" in codes(findings)


def test_wrong_file_does_not_stop_the_others(tmp_path):
    """A missing, an empty and an unreadable file are blocking findings; the good one is delivered."""
    files = [
        named(tmp_path / "gone.geojson"),
        written(tmp_path, "empty.csv", ""),
        written(tmp_path, "noise.gpkg", b"\x00\x01\x02" * 50),
        geojson(tmp_path, polygon("A")),
    ]
    made, findings = loaded(*files)

    assert list(made.index) == ["coop-01/A"]
    assert codes(findings) >= {"file_missing", "file_empty", "file_unreadable"}
    assert findings.loc[findings["code"] == "file_missing", "source_row"].isna().all()


def test_damaged_geopackage_costs_one_row(tmp_path):
    """A geometry that is no geometry blocks its row; the others are read."""
    path = tmp_path / "a.gpkg"
    frame().to_file(path, driver="GPKG", SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE a SET geom = X'DEADBEEF' WHERE fid = 2")
    made, findings = loaded(named(path))

    assert list(made["usable"]) == [True, False, True]
    assert_conserved(made, findings, {"a.gpkg": {1, 2, 3}})


def test_headers_in_six_languages(tmp_path):
    """Usual headers are recognised and reported, and what the harvest says wins."""
    headers = ["Mã lô đất", "Họ và tên", "Diện tích (ha)", "Kinh độ", "Vĩ độ"]
    file = written(tmp_path, "a.csv", ";".join(headers) + "\n007;An;1.5;108.006123;12.646123\n")
    made, findings = loaded(file)
    mapped, _ = loaded(file.model_copy(update={"columns": {"plot_id": "Họ và tên"}}))
    wrong, missing = loaded(file.model_copy(update={"columns": {"plot_id": "codigo"}}))

    assert list(made.index) == ["coop-01/007"]
    assert made["declared_area_ha"].iloc[0] == 1.5
    assert "'Mã lô đất'" in findings.loc[findings["code"] == "columns_taken", "message"].item()
    assert list(mapped.index) == ["coop-01/An"]
    assert "column_missing" in codes(missing)
    assert list(wrong.index) == ["coop-01/007"]


def test_collections_and_single_multipoints(tmp_path):
    """Polygons in a collection are one plot of several parts; a multipoint of one is a point."""
    two = [{"type": "Polygon", "coordinates": [ring(dx=0.01 * number)]} for number in range(2)]
    made, _ = loaded(
        geojson(
            tmp_path,
            feature("A", {"type": "GeometryCollection", "geometries": two}),
            feature("B", {"type": "MultiPoint", "coordinates": [[-76.051234, -6.051234]]}, area_ha=1),
            point("C", -76.061234, -6.061234, area_ha=2),
        )
    )

    assert list(made.geometry.geom_type) == ["MultiPolygon", "Point", "Point"]
    assert made["usable"].all()
