"""Which files are read for one that a harvest names."""

from pathlib import Path

import pytest

from eudr_check import object_store
from eudr_check.files import hashes
from eudr_check.run import inputs
from tests.helpers import package_tables


@pytest.mark.parametrize("changed", ["plots.shp", "plots.shx", "plots.DBF", "Plots.prj", "plots.cpg"])
def test_every_file_of_a_shapefile_counts(tmp_path: Path, changed: str):
    """A changed side file is a change, in whatever case it is written; a neighbour of another name is not."""
    for name in ("plots.shp", "plots.shx", "plots.DBF", "Plots.prj", "plots.cpg"):
        (tmp_path / name).write_text("as sent")
    before = hashes(tmp_path / "plots.shp")
    (tmp_path / "plots-2.dbf").write_text("of another")
    same = hashes(tmp_path / "plots.shp")
    (tmp_path / changed).write_text("corrected")

    assert len(before) == 5
    assert same == before
    assert hashes(tmp_path / "plots.shp") != before


@pytest.mark.parametrize("harm", ["change", "add", "remove", "rename"])
def test_every_file_of_a_folder_counts(tmp_path: Path, harm: str):
    """Also deep inside a file geodatabase."""
    inside = tmp_path / "plots.gdb" / "deep" / "a1.gdbtable"
    inside.parent.mkdir(parents=True)
    inside.write_text("as sent")
    before = hashes(tmp_path / "plots.gdb")
    if harm == "change":
        inside.write_text("corrected")
    elif harm == "add":
        inside.with_name("a2.gdbtable").write_text("as sent")
    elif harm == "remove":
        inside.unlink()
    else:
        inside.rename(inside.with_name("a3.gdbtable"))

    assert hashes(tmp_path / "plots.gdb") != before


def test_content_has_no_place_and_no_order(tmp_path: Path):
    """The same files elsewhere, written in another order, are the same work."""
    for folder, order in (("here", (".shp", ".dbf", ".prj")), ("there", (".prj", ".dbf", ".shp"))):
        (tmp_path / folder).mkdir()
        for ending in order:
            (tmp_path / folder / f"plots{ending}").write_text(ending)

    assert list(hashes(tmp_path / "here/plots.shp").items()) == list(hashes(tmp_path / "there/plots.shp").items())


def test_only_what_is_read_counts(tmp_path: Path):
    """Nothing where nothing is; a GeoPackage with its log; of other formats the file alone."""
    for name in ("plots.gpkg", "plots.gpkg-wal", "plots.gpkg-shm", "plots.csv", "plots.prj"):
        (tmp_path / name).write_text("as sent")

    assert hashes(tmp_path / "none.shp") == {}
    assert list(hashes(tmp_path / "plots.gpkg")) == [".gpkg", ".gpkg-wal"]
    assert list(hashes(tmp_path / "plots.csv")) == [".csv"]


@pytest.mark.parametrize(
    ("name", "brought"),
    [
        ("plots.shp", {"plots.shp", "plots.shx", "plots.dbf", "plots.prj", "plots.cpg"}),
        ("PLOTS.SHP", {"PLOTS.SHP", "PLOTS.SHX", "PLOTS.DBF", "PLOTS.PRJ", "PLOTS.CPG"}),
        ("plots.csv", {"plots.csv"}),
    ],
)
def test_files_beside_come_from_the_store_too(monkeypatch: pytest.MonkeyPatch, name: str, brought: set[str]):
    """A shapefile without its .prj would be taken for degrees, in capitals as well."""
    pulled: set[str] = set()
    monkeypatch.setattr(object_store, "pull", lambda path: pulled.add(path.name) is None)
    plots = [{"path": f"s3://bucket/{name}", "cooperative": "norte"}]
    inputs.bring(package_tables.harvest(plots=plots, run={"folder": "run"}))

    assert pulled == brought
