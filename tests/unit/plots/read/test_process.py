"""Whatever a file does to its reader costs that file alone, and no machine's path reaches a finding."""

import struct
import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eudr_check.plots.read import formats, process
from eudr_check.plots.read.raw_table import UnreadableError
from tests.helpers.plot_files import codes, geojson, loaded, named, polygon, written
from tests.helpers.reader_cases import fields, geopackage

NEST = b"\x01" + struct.pack("<II", 7, 1)


def nested_wkb(folder):
    path = folder / "a.parquet"
    wkb = NEST * 1_000_000 + b"\x01" + struct.pack("<Idd", 1, -76.1, -6.1)
    pq.write_table(pa.table({"codigo": ["A"], "geometry": pa.array([wkb], pa.binary())}), path)
    return named(path)


def nested_kml(folder):
    depth = 200_000
    inner = "<MultiGeometry>" * depth + "</MultiGeometry>" * depth
    return written(folder, "a.kml", f"<kml><Placemark><name>A</name>{inner}</Placemark></kml>")


@pytest.mark.parametrize("case", [nested_wkb, nested_kml])
def test_file_that_kills_its_reader_costs_only_itself(tmp_path, case):
    """The process dies or refuses; the next file is read."""
    made, findings = loaded(case(tmp_path), geojson(tmp_path, polygon("B")))

    assert made.loc[made["usable"], "plot_id"].tolist() == ["B"]
    block = findings[findings["severity"] == "block"]
    assert set(block["source_file"]) == {case(tmp_path).path.name}
    assert codes(block) <= {"file_unreadable", "file_too_large", "geometry_unreadable", "geometry_empty", "id_missing"}


def test_endless_reader_is_ended(tmp_path, monkeypatch, forked):
    """A reader that never comes back is a finding that says the bound."""

    def endless(file):
        while True:
            del file
            file = None

    monkeypatch.setattr(formats, "read", endless)
    monkeypatch.setattr(
        process,
        "threshold",
        {"read_seconds": 1, "read_seconds_per_mb": 0, "read_memory_mb": 3000, "read_memory_per_mb": 0}.__getitem__,
    )
    with pytest.raises(UnreadableError) as refused:
        process.read(geojson(tmp_path, polygon("A")))

    assert refused.value.code == "file_too_large"
    assert "1 s" in refused.value.details["problem"]


def test_reader_without_measure_is_ended(tmp_path, monkeypatch, forked):
    """A reader that takes more memory than allowed is a finding that says the bound."""
    monkeypatch.setattr(formats, "read", lambda file: bytearray(3_000_000_000))
    monkeypatch.setattr(
        process,
        "threshold",
        {"read_seconds": 20, "read_seconds_per_mb": 0, "read_memory_mb": 500, "read_memory_per_mb": 0}.__getitem__,
    )
    with pytest.raises(UnreadableError) as refused:
        process.read(geojson(tmp_path, polygon("A")))

    assert refused.value.code == "file_too_large"
    assert "500 MB" in refused.value.details["problem"]


def test_read_beside_another_thread(tmp_path):
    """Where another thread runs, the child is started in another way and gives the same rows."""
    stop = threading.Event()
    beside = threading.Thread(target=stop.wait)
    beside.start()
    try:
        made, _ = loaded(geojson(tmp_path, polygon("A")), named(geopackage(tmp_path, 2)))
    finally:
        stop.set()
        beside.join()

    assert made["plot_id"].tolist() == ["A", "P1", "P2"]


BROKEN = {
    "a.shp": b"\x00\x00\x27\x0a" + bytes(200),
    "a.gpkg": b"SQLite format 3\x00" + bytes(4096),
    "a.fgb": b"fgb\x03fgb\x00" + bytes(64),
    "a.parquet": b"PAR1" + bytes(64) + b"PAR1",
    "a.xlsx": b"PK\x03\x04" + bytes(64),
    "a.kml": b"<kml><Placemark>",
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_path_of_this_machine_in_a_finding(tmp_path, name):
    """Foreign error texts name the file as delivered, never where it lay."""
    folder = tmp_path / "private place"
    folder.mkdir()
    _, findings = loaded(written(folder, name, BROKEN[name]))

    assert "block" in set(findings["severity"])
    assert "private" not in findings.to_json()
    assert "/tmp" not in findings.to_json()


def test_sound_shapefile_in_a_lost_folder_names_no_path(tmp_path):
    """A geodatabase of which nothing is left is refused without a path."""
    (tmp_path / "b.gdb").mkdir()
    (tmp_path / "b.gdb" / "gdb").write_bytes(b"x")
    _, findings = loaded(named(tmp_path / "b.gdb"))

    assert codes(findings) == {"file_unreadable"}
    assert str(tmp_path) not in findings.to_json()


@pytest.mark.parametrize("count", [1, 3])
def test_cut_flatgeobuf_is_never_silent(tmp_path, count):
    """Features that are gone from the end are a blocking finding; those before it are plots."""
    path = tmp_path / "a.fgb"
    fields(5).to_file(path, driver="FlatGeobuf")
    whole = path.read_bytes()
    whole_made, whole_findings = loaded(named(path))
    path.write_bytes(whole[: -(count * 140)])
    made, findings = loaded(named(path))

    assert len(whole_made) == 5
    assert "count_differs" not in codes(whole_findings)
    assert len(made) < 5
    assert codes(findings) & {"count_differs", "file_unreadable"}
