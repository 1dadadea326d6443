"""Folders and archives: every member is read, listed as harmless, or blocks by its name."""

import io
import os
import zipfile

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check.plots.thresholds import threshold
from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import fields, zipped


def points(*ids, delimiter=","):
    lines = [delimiter.join(("plot_id", "lon", "lat"))]
    lines += [delimiter.join((one, f"{-76.101234 - sum(map(ord, one)) / 1000:.6f}", "-6.041234")) for one in ids]
    return "\n".join(lines) + "\n"


def kml(plot_id):
    place = f"<Point><coordinates>{-76.101234 - sum(map(ord, plot_id)) / 1000:.6f},-6.041234</coordinates></Point>"
    return f"<kml><Document><Placemark><name>{plot_id}</name>{place}</Placemark></Document></kml>"


def packed(*members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, inner in members:
            archive.writestr(name, inner)
    return content.getvalue()


def parquet(folder):
    path = folder / "made.parquet"
    frame = fields(1)
    frame["codigo"] = ["Q"]
    frame.to_parquet(path)
    content = path.read_bytes()
    path.unlink()
    return content


READ = {
    "b.txt": lambda f: points("Q"),
    "b.psv": lambda f: points("Q", delimiter="|"),
    "b.TSV": lambda f: points("Q", delimiter="\t"),
    "b.kmz": lambda f: packed(("doc.kml", kml("Q"))),
    "b.zip": lambda f: packed(("sub/b.csv", points("Q"))),
    "deep.zip": lambda f: packed(("b.zip", packed(("b.zip", packed(("b.csv", points("Q"))))))),
    "b.parquet": parquet,
    "b.xml": lambda f: kml("Q"),
    "README.txt": lambda f: points("Q"),
    "__MACOSX/b.csv": lambda f: points("Q"),
    "._b.csv": lambda f: points("Q"),
    "a.prj.txt": lambda f: points("Q"),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read_alone_is_read_as_a_member(tmp_path, name):
    """A list beside a CSV is read in whatever format it comes."""
    made, findings = loaded(zipped(tmp_path, [("a.csv", points("P")), (name, READ[name](tmp_path))]))

    assert sorted(made["plot_id"]) == ["P", "Q"]
    assert made["usable"].all()
    assert not set(findings["severity"]) & {"block"}


NAMED = {
    "b.dbf": b"\x03" + bytes(40),
    "b.xls": b"\xd0\xcf\x11\xe0" + bytes(40),
    "b.xml": "<lista><fila><id>Q</id></fila></lista>",
    "b.html": f"<html><table><tr><td>{points('Q')}</td></tr></table></html>",
    "b.htm": "plot_id,zone\nQ,1\n",
    "b.txt": "zona|socio\nnorte|Rosa\n",
    "b.csv": b"",
    "b.dat": points("Q"),
    "plots": points("Q"),
    "b.zip": b"PK\x03\x04 broken",
    "photo.png": points("Q"),
    "b.pdf": points("Q"),
    "b.md": points("Q", delimiter="|"),
    "Thumbs.db": points("Q"),
    "sur.docx": points("Q", delimiter=";"),
    "a.qmd": points("Q", delimiter="\t"),
    "b.mdb": b"\x00\x01\x00\x00Standard Jet DB",
}


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_read_blocks_by_its_name(tmp_path, name):
    """A member that may be a list and is not read blocks, and is named."""
    made, findings = loaded(zipped(tmp_path, [("a.csv", points("P")), (name, NAMED[name])]))
    block = findings[(findings["code"] == "member_unread") & (findings["severity"] == "block")]

    assert made.loc[made["usable"], "plot_id"].tolist() == ["P"]
    assert f"'{name}'" in block["message"].item()


HARMLESS = {
    "__MACOSX/._a.csv": b"x",
    ".DS_Store": b"x",
    "sub/Thumbs.db": b"x",
    "a.qmd": b"<qgis/>",
    "photo.jpg": b"\xff\xd8\xff\xe0",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_members_are_listed(tmp_path, name):
    """Files without rows are listed and stop nobody."""
    made, findings = loaded(zipped(tmp_path, [("a.csv", points("P")), (name, HARMLESS[name])]))

    assert made["usable"].all()
    assert name in findings.loc[findings["code"] == "members_companions", "message"].item()


@pytest.mark.parametrize("name", ["leeme.txt", "README.txt", "acta.pdf", "metadata.html", "mapa.qgz"])
def test_papers_are_named(tmp_path, name):
    """Text about the data is left out by name, with a warning."""
    content = b"%PDF-1.4" if name.endswith("pdf") else b"<html>hola</html>" if "html" in name else b"Hola, socios."
    made, findings = loaded(zipped(tmp_path, [("a.csv", points("P")), (name, content)]))

    assert made["usable"].all()
    assert f"'{name}'" in findings.loc[findings["code"] == "member_ignored", "message"].item()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "names", [("a.csv", "a.csv"), ("s/a.csv", "s\\a.csv"), ("a.csv", "A.CSV"), ("ñ.csv", "n\u0303.csv")]
)
def test_two_members_of_one_name_are_both_read(tmp_path, names):
    """Neither takes the place of the other."""
    made, _ = loaded(zipped(tmp_path, [(names[0], points("P")), (names[1], points("Q"))]))

    assert sorted(made["plot_id"]) == ["P", "Q"]
    assert made["usable"].all()


def test_members_of_the_shared_data(shared_data, tmp_path):
    """Both lists of the folder and of the archive are read."""
    faults = shared_data / "faults"
    archive, _ = loaded(named(faults / "07-archive-member-silently-left-out" / "zt.zip"))
    folder, _ = loaded(named(faults / "07-archive-member-silently-left-out" / "folder"))
    inner, _ = loaded(named(faults / "08-archive-member-of-a-known-format-only-warned" / "zkmz.zip"))
    _, nested = loaded(named(faults / "08-archive-member-of-a-known-format-only-warned" / "nested.kmz"))

    assert archive["plot_id"].tolist() == ["P1", "Q1", "Q2"]
    assert {"P1", "Q1", "Q2"} < set(folder["plot_id"])
    assert inner["plot_id"].tolist() == ["K1", "K2"]
    assert "files/b.kmz" in nested.loc[nested["code"] == "member_unread", "message"].item()


def test_geodatabase_in_an_archive(tmp_path):
    """A file geodatabase is one member, though it is a folder of files."""
    fields(2).to_file(tmp_path / "b.gdb", driver="OpenFileGDB")
    members = [(f"b.gdb/{one.name}", one.read_bytes()) for one in sorted((tmp_path / "b.gdb").iterdir())]
    made, _ = loaded(zipped(tmp_path, [("a.csv", points("P")), *members]))

    assert sorted(made["plot_id"]) == ["P", "P1", "P2"]


def test_archives_within_archives_are_bounded(tmp_path):
    """An archive deeper than the bound blocks by name."""
    content = points("Q").encode()
    for _ in range(int(threshold("archive_max_depth")) + 2):
        content = packed(("in.zip" if content[:2] == b"PK" else "in.csv", content))
    made, findings = loaded(zipped(tmp_path, [("a.csv", points("P")), ("b.zip", content)]))

    assert made["plot_id"].tolist() == ["P"]
    assert codes(findings) & {"member_unread", "file_too_large"}


@settings(max_examples=settings().max_examples // 2)
@given(
    names=st.lists(
        st.sampled_from(["a.csv", "a.txt", "A.TXT", "s/a.psv", "s\\a.psv", "b.zip", "c.kmz", "d.dat", ".DS_Store"]),
        min_size=2,
        max_size=5,
    )
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_member_is_passed_over_without_a_word(tmp_path_factory, names):
    """Whatever members an archive has: each one's plot is there, or its name is in a finding."""
    members = []
    for number, name in enumerate(names):
        plot_id = f"P{number}"
        inner = points(plot_id, delimiter="|" if name.endswith("psv") else ",").encode()
        inner = packed(("in.csv", inner)) if name.endswith("zip") else inner
        inner = packed(("doc.kml", kml(plot_id))) if name.endswith("kmz") else inner
        members.append((name, inner))
    made, findings = loaded(zipped(tmp_path_factory.mktemp("members"), members))
    said = " ".join(findings["message"])
    assert len(made) or "block" in set(findings["severity"])

    lists = [(number, name) for number, name in enumerate(names) if len(made) or name != ".DS_Store"]
    for number, name in lists:
        assert f"P{number}" in set(made["plot_id"]) or name.replace("\\", "/") in said


def test_lists_that_name_their_columns_otherwise(tmp_path):
    """The id of each list is found though their headers differ."""
    other = points("Q").replace("plot_id,lon,lat", "codigo,longitud,latitud")
    made, _ = loaded(zipped(tmp_path, [("a.csv", points("P")), ("b.csv", other), ("c.kml", kml("R"))]))

    assert sorted(made["plot_id"]) == ["P", "Q", "R"]
    assert isinstance(made, gpd.GeoDataFrame)
    assert made["usable"].all()


def test_what_a_folder_only_points_to_blocks_by_name(tmp_path):
    """A link to a folder, a link that leads nowhere and a pipe are not read, and not passed over either."""
    folder, other = tmp_path / "lists", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (folder / "a.csv").write_text(points("P"), encoding="utf-8")
    (other / "b.csv").write_text(points("Q"), encoding="utf-8")
    (folder / "south").symlink_to(other)
    (folder / "gone.csv").symlink_to("nowhere.csv")
    os.mkfifo(folder / "pipe.csv")
    made, findings = loaded(named(folder))
    unread = findings[findings["code"] == "member_unread"]

    assert made["plot_id"].tolist() == ["P"]
    assert len(unread) == 3
    assert all(unread["message"].str.contains(name).any() for name in ("south", "gone.csv", "pipe.csv"))
    assert set(unread["severity"]) == {"block"}


def replaced():
    """An archive in which a program left the older state of a file, as one that only appends does."""
    content = io.BytesIO(packed(("a.csv", points("P")), ("b.csv", points("Q"))))
    with zipfile.ZipFile(content, "a") as archive:
        archive.filelist = [one for one in archive.filelist if one.filename != "b.csv"]
        archive.writestr("c.csv", points("R"))
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [packed(("a.csv", points("P"))) + packed(("b.csv", points("Q"))), replaced()],
    ids=["two archives in one file", "a file taken out of the directory"],
)
def test_files_that_the_directory_leaves_out_block(tmp_path, content):
    """Nobody can say whether they are meant, so nothing of the archive is taken for the whole of it."""
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    made, findings = loaded(named(path))

    assert not len(made)
    assert findings.loc[findings["code"] == "file_unreadable", "message"].str.contains("directory does not list").all()
    assert set(findings["severity"]) == {"block"}
