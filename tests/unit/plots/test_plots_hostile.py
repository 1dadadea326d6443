"""Nothing a file contains can crash the run, be executed or escape."""

import shutil
import sqlite3
import zipfile
from importlib.resources import files

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from lxml import etree

from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import codes, geojson, loaded, named, point, polygon, written

POINT_CSV = "id;lon;lat\nA;-76.123456;-6.123456\n"


def refused(*files):
    made, findings = loaded(*files)

    assert not len(made)
    return codes(findings)


def test_external_entity_is_not_followed(tmp_path):
    """A KML that wants a file of this machine is refused, and nothing of it is shown."""
    (tmp_path / "secret.txt").write_text("TOP SECRET")
    entity = f'<!DOCTYPE k [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]>'
    text = f"{entity}<kml><Placemark><name>&x;</name></Placemark></kml>"
    made, findings = loaded(written(tmp_path, "a.kml", text))

    assert codes(findings) == {"file_unsafe"}
    assert "SECRET" not in findings.to_json() + made.to_json()


def test_billion_laughs(tmp_path):
    """Entities that multiply are refused before they do."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE k [<!ENTITY a0 "ha">{entities}]><kml><Placemark><name>&a11;</name></Placemark></kml>'

    assert refused(written(tmp_path, "a.kml", text)) == {"file_unsafe"}


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "x/../../a.csv", "..\\a.csv", "C:\\a.csv"])
def test_path_that_leaves_the_archive(tmp_path, name):
    """The archive is refused, and nothing is written beside it."""
    inside = tmp_path / "in"
    inside.mkdir()
    with zipfile.ZipFile(inside / "a.zip", "w") as archive:
        archive.writestr(name, POINT_CSV)

    assert refused(named(inside / "a.zip")) == {"file_unsafe"}
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.zip"]


@pytest.fixture(scope="module")
def padding(tmp_path_factory):
    """An archive that unpacks to more than a laptop holds."""
    path = tmp_path_factory.mktemp("bomb") / "padding.zip"
    block = b"0" * 10_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(int(threshold("archive_max_mb") / 10) + 1):
            with archive.open(f"pad/{number}.csv", "w") as member:
                member.write(block)
    return path


@pytest.mark.parametrize("name", ["a.zip", "a.kmz", "a.xlsx", "a.ods"])
def test_zip_bomb(tmp_path, padding, name):
    """An archive that unpacks to more than a laptop holds is refused from its directory alone."""
    members = {"a.zip": "a.csv", "a.kmz": "doc.kml", "a.xlsx": "xl/workbook.xml", "a.ods": "content.xml"}
    shutil.copyfile(padding, tmp_path / name)
    with zipfile.ZipFile(tmp_path / name, "a") as archive:
        archive.writestr(members[name], b"x")

    assert refused(named(tmp_path / name)) == {"file_too_large"}


def test_locked_archive(tmp_path):
    """An archive with a password says so."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", POINT_CSV)
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    _, findings = loaded(written(tmp_path, "b.zip", bytes(content)))

    assert "password" in findings["message"].iloc[0]


def test_sqlite_file_that_opens_others(tmp_path):
    """A GeoPackage with a virtual table other than an index is refused."""
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (x)")
        database.execute("PRAGMA writable_schema = 1")
        sql = "CREATE VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')"
        database.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))

    assert refused(named(path)) == {"file_unsafe"}


def test_vrt_in_disguise(tmp_path):
    """GDAL would follow a VRT whatever its name; it is never asked."""
    (tmp_path / "secret.csv").write_text(POINT_CSV)
    source = f"<SrcDataSource>{tmp_path}/secret.csv</SrcDataSource>"
    text = f'<OGRVRTDataSource><OGRVRTLayer name="s">{source}</OGRVRTLayer></OGRVRTDataSource>'

    assert refused(written(tmp_path, "a.gpkg", text)) <= {"file_empty", "file_unreadable"}


def test_huge_attribute_and_control_characters(tmp_path):
    """An id of five million characters is cut, one with escapes is cleaned; both are said."""
    made, findings = loaded(geojson(tmp_path, polygon("x" * 5_000_000), point("A\x1b[31m\u202e", area_ha=1)))

    assert list(made["plot_id"].str.len()) == [threshold("text_max"), 5]
    assert list(findings["code"]).count("text_cleaned") == 2
    assert findings["message"].str.len().max() < 5000


def test_no_name_is_longer_than_the_eu_system_takes(tmp_path):
    """One producer whose cell holds a story would have a statement of thousands refused."""
    length = etree.parse(files("eudr_check.interface").joinpath("dds_v3/common.xsd")).find(
        ".//{*}simpleType[@name='Text500']//{*}maxLength"
    )
    made, findings = loaded(geojson(tmp_path, polygon("a", producer="x" * 501)))

    assert list(made["producer_name"].str.len()) == [int(length.get("value"))]
    assert "text_cleaned" in codes(findings)


def test_json_nested_without_end(tmp_path):
    """A hundred thousand brackets are a finding."""
    assert refused(written(tmp_path, "a.geojson", "[" * 100_000)) == {"file_unreadable"}


def test_number_too_large_for_a_double(tmp_path):
    """1e999 is no coordinate, and no crash."""
    geometry = '{"type": "Point", "coordinates": [1e999, -6]}'
    text = f'{{"features": [{{"type": "Feature", "properties": {{"id": "A"}}, "geometry": {geometry}}}]}}'
    made, findings = loaded(written(tmp_path, "a.geojson", text))

    assert "coordinate_missing" in codes(findings)
    assert not made["usable"].any()


def test_broken_text_in_parquet_costs_no_row(tmp_path):
    """Bytes that are no UTF-8 in one name: the row comes out, its name shown as damaged."""
    path = tmp_path / "a.parquet"
    shape = shapely.box(-76.1, -6.04, -76.0985, -6.0385)
    table = pa.table(
        {
            "codigo": ["P1", "P2"],
            "socio": pa.array([b"Socia \xff", b"Socio"], pa.binary()).view(pa.string()),
            "wkt": [shape.wkt, shapely.affinity.translate(shape, 0.01).wkt],
        }
    )
    pq.write_table(table, path)

    made, _ = loaded(named(path))

    assert made["producer_name"].tolist() == ["Socia \ufffd", "Socio"]
