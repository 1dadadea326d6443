"""Odd vector files: one broken feature costs one row, wherever in the file it stands."""

import shutil
import struct
import sys
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from pyogrio.errors import FeatureError

from eudr_check.plots.read import flatgeobuf
from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import change, fields, geopackage

needs_fiona = pytest.mark.skipif(find_spec("fiona") is None, reason="fiona has no wheel for this Python")
COUNT = 8
IDS = [f"P{number}" for number in range(1, COUNT + 1)]


def flat(folder: Path, index: str = "YES") -> Path:
    """A FlatGeobuf of eight fields."""
    path = folder / "a.fgb"
    fields(COUNT, socio=[f"Rosa {number}" for number in range(COUNT)]).to_file(
        path, driver="FlatGeobuf", SPATIAL_INDEX=index
    )
    return path


def spoil(path: Path, number: int) -> None:
    """Overwrite the head of one feature, so that nothing in it can be followed."""
    content = bytearray(path.read_bytes())
    (size,) = struct.unpack_from("<I", content, 8)
    at = len(content) - sum(4 + length for length in lengths(content, 12 + size))
    for length in lengths(content, 12 + size)[:number]:
        at += 4 + length
    content[at + 4 : at + 12] = b"\xff" * 8
    path.write_bytes(content)


def lengths(content: bytes, header_end: int) -> list[int]:
    """Bytes of each feature behind the header and its index."""
    count = flatgeobuf._field(content, 12, 8, "<Q", 0)
    at = header_end + flatgeobuf._index_size(count, flatgeobuf._field(content, 12, 9, "<H", 16))
    found = []
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        found.append(length)
        at += 4 + length
    return found


@needs_fiona
@pytest.mark.parametrize("number", [0, 3, COUNT - 1])
def test_features_behind_a_broken_one_are_read(tmp_path, number):
    """Columns read at once end at the broken feature; feature by feature, seven of eight plots come out."""
    path = flat(tmp_path)
    stored = gpd.read_file(path)["codigo"].tolist()
    spoil(path, number)
    with pytest.raises((FeatureError, ValueError)):
        pyogrio.raw.read(path)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == [one for one in stored if one != stored[number]]
    assert made["usable"].all()
    assert codes(findings, number + 1) == {"row_unreadable"}
    assert made["producer_name"].tolist() == [f"Rosa {int(one[1:]) - 1}" for one in made["plot_id"]]


@needs_fiona
def test_salvaged_plots_lie_where_they_did(tmp_path):
    """Reading feature by feature moves no corner."""
    path = flat(tmp_path)
    sound, _ = loaded(named(path))
    spoil(path, 3)
    made, _ = loaded(named(path))

    assert sound.geometry.loc[made.index].geom_equals(made.geometry).all()


@needs_fiona
def test_without_an_index_no_feature_behind_the_broken_one_is_lost_in_silence(tmp_path):
    """Where features have no number to ask for, each that cannot be reached is a blocked row."""
    path = flat(tmp_path, "NO")
    spoil(path, 3)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == IDS[:3]
    unreadable = findings[findings["code"] == "row_unreadable"]
    assert unreadable["source_row"].tolist() == [4, 5, 6, 7, 8]


@needs_fiona
@pytest.mark.parametrize("column", ["codigo", "socio"])
def test_broken_text_blocks_its_plot_alone(tmp_path, column):
    """A text that is no UTF-8 is never taken for an empty cell: its row is blocked and the others are read."""
    path = geopackage(tmp_path, COUNT, socio=["Rosa", None] * (COUNT // 2))
    change(path, f"UPDATE plots SET {column} = CAST(x'50ff' AS TEXT) WHERE codigo = 'P4'")
    made, findings = loaded(named(path))

    assert made.index[made["usable"]].str.removeprefix("coop-01/").tolist() == [one for one in IDS if one != "P4"]
    assert "row_unreadable" in codes(findings, 4)
    assert column in findings.loc[findings["code"] == "row_unreadable", "message"].item()


@needs_fiona
def test_long_numbers_and_accents_survive(tmp_path):
    """Salvaged cells are those of the file: 2**53 + 1 stays odd, and names keep their letters."""
    names = ["José Ñahui", "x", "María"]
    path = geopackage(tmp_path, 3, id=[2**53 + 1, 2, 3], socio=names)
    change(path, "ALTER TABLE plots RENAME COLUMN codigo TO nota")
    change(path, "UPDATE plots SET socio = CAST(x'50ff' AS TEXT) WHERE nota = 'P2'")
    made, _ = loaded(named(path))

    assert made["plot_id"].tolist() == ["9007199254740993", "2", "3"]
    assert made["producer_name"].tolist()[::2] == ["José Ñahui", "María"]


def test_without_fiona_a_broken_file_is_refused_whole(tmp_path, monkeypatch, forked):
    """Where no wheel of it is to be had, nothing of the file is taken, and the finding says what is missing."""
    monkeypatch.setitem(sys.modules, "fiona", None)
    path = flat(tmp_path)
    spoil(path, 3)
    made, findings = loaded(named(path))

    assert made.empty
    assert findings["code"].tolist() == ["file_unreadable"]
    assert "fiona" in findings["message"].item()


def test_sound_copies_are_read_at_once(tmp_path, monkeypatch, forked):
    """A sound file never goes feature by feature."""
    from eudr_check.plots.read import formats, salvage

    monkeypatch.setattr(salvage, "read", None)
    path = flat(tmp_path)
    shutil.copy(path, tmp_path / "b.fgb")

    assert len(formats.read(named(tmp_path / "b.fgb"))) == COUNT
