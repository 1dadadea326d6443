"""Shapefile: what .shp, .shx and .dbf do not agree on is a finding, and everything that is there is read."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.plot_files import codes, loaded, named
from tests.helpers.reader_cases import dbf, shapefile

IDS = ["P1", "P2", "P3", "P4", "P5"]


def said(path, records):
    """The number of records the header of a .dbf says."""
    content = bytearray(path.read_bytes())
    content[4:8] = struct.pack("<I", records)
    path.write_bytes(content)


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


DAMAGES = {
    "index of three": lambda p: cut(p.with_suffix(".shx"), 100 + 3 * 8),
    "index of none": lambda p: cut(p.with_suffix(".shx"), 100),
    "table says three": lambda p: said(p.with_suffix(".dbf"), 3),
    "table says nine": lambda p: said(p.with_suffix(".dbf"), 9),
    "table cut": lambda p: cut(p.with_suffix(".dbf"), len(p.with_suffix(".dbf").read_bytes()) - 120),
    "shapes cut": lambda p: cut(p, len(p.read_bytes()) - 60),
    "shapes cut between two": lambda p: cut(p, len(p.read_bytes()) - 136),
}


def test_whole_shapefile_has_no_finding(tmp_path):
    """Five of everything: nothing to say."""
    made, findings = loaded(named(shapefile(tmp_path)))

    assert made["plot_id"].tolist() == IDS
    assert "count_differs" not in codes(findings)


@pytest.mark.parametrize("damage", DAMAGES)
def test_counts_that_differ_block_and_lose_nothing(tmp_path, damage):
    """Five shapes with any part cut: five rows or more, and a blocking finding that says the counts."""
    path = shapefile(tmp_path)
    DAMAGES[damage](path)
    made, findings = loaded(named(path))

    blocked = findings[(findings["severity"] == "block") & findings["source_row"].notna()]
    assert "count_differs" in codes(findings)
    assert set(made["source_row"]) | set(blocked["source_row"]) >= {1, 2, 3, 4, 5}
    assert set(made.loc[made["usable"], "plot_id"]) <= set(IDS)


@settings(max_examples=settings().max_examples // 2)
@given(share=st.floats(0.2, 0.99), ending=st.sampled_from([".shp", ".shx", ".dbf"]))
def test_part_cut_anywhere_is_never_silent(tmp_path_factory, share, ending):
    """Whatever part ends early and wherever: a blocking finding, for not all of it may be there."""
    path = shapefile(tmp_path_factory.mktemp("cut"))
    part = path.with_suffix(ending)
    whole = len(part.read_bytes())
    size = int(whole * share)
    cut(part, size if whole - size > 1 else whole - 2)
    made, findings = loaded(named(path))

    assert "block" in set(findings["severity"])
    assert len(made) <= 6


def test_counts_of_the_shared_data(shared_data):
    """Five shapes whose index says three are five plots and a blocking finding."""
    made, findings = loaded(named(shared_data / "faults" / "05-shapefile-counts-differ" / "corto.shp"))

    assert made.loc[made["usable"], "plot_id"].tolist() == IDS
    assert "count_differs" in codes(findings)


def test_more_records_than_shapes_are_rows_without_place(tmp_path):
    """Seven records beside five shapes: the last two block by row and id."""
    path = shapefile(tmp_path)
    dbf(path.with_suffix(".dbf"), 7, 0, [f"P{number}".encode() for number in range(1, 8)])
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == [*IDS, "P6", "P7"]
    assert made["usable"].tolist() == [True] * 5 + [False] * 2
    assert codes(findings, 7) >= {"geometry_empty"}


def test_deleted_records_are_said(tmp_path):
    """A record marked as deleted is not read, and named."""
    path = shapefile(tmp_path)
    table = path.with_suffix(".dbf")
    content = bytearray(table.read_bytes())
    (start,) = struct.unpack_from("<H", content, 8)
    content[start : start + 1] = b"*"
    table.write_bytes(content)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == IDS[1:]
    assert "rows_deleted" in codes(findings)


@pytest.mark.parametrize(
    ("page", "driver", "name", "text"),
    [
        ("cp874", 0x7C, None, "ก-1"),
        ("cp1251", 0xC9, None, "Ж-1"),
        ("cp850", 0x02, None, "Ñ-1"),
        ("cp1252", 0x03, None, "É-2"),
        ("utf-8", 0x57, None, "Ñ-1"),
        ("cp1256", 0x00, "a.cst", "محمد"),
        ("cp1251", 0x00, "a.CPG", "Ж-1"),
        ("utf-8", 0x03, "a.cpg", "Ñ-1"),
        ("iso8859-2", 0x00, "a.cpg", "Ł-1"),
    ],
)
def test_code_page_is_followed(tmp_path, page, driver, name, text):
    """Ids and names come out as written, whoever names the code page."""
    path = shapefile(tmp_path, 1, name="a")
    path.with_suffix(".cpg").unlink()
    dbf(path.with_suffix(".dbf"), 1, driver, [text.encode(page)])
    if name is not None:
        says = {"cp1256": "windows-1256", "cp1251": "1251", "utf-8": "UTF-8", "iso8859-2": "88592"}[page]
        (tmp_path / name).write_text(says)
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == [text]
    assert "encoding_guessed" not in codes(findings)


def test_letters_of_no_known_page_ask_for_it(tmp_path):
    """Letters of an unnamed code page are read as cp1252 and the harvest is asked."""
    path = shapefile(tmp_path, 1, name="a")
    path.with_suffix(".cpg").unlink()
    dbf(path.with_suffix(".dbf"), 1, 0x57, ["Ñ-1".encode("cp1252")])
    made, findings = loaded(named(path))

    assert made["plot_id"].tolist() == ["Ñ-1"]
    assert "encoding_guessed" in codes(findings)


@pytest.mark.parametrize(("stem", "ids"), [("arab", ["P1", "P2"]), ("thai", ["ก-1", "ข-2"])])
def test_code_pages_of_the_shared_data(shared_data, stem, ids):
    """Thai by the header's language driver, Arabic by .cst."""
    made, _ = loaded(named(shared_data / "faults" / "21-shapefile-code-page" / f"{stem}.shp"))

    assert made["plot_id"].tolist() == ids
    assert made["producer_name"].iloc[0] in ("محمد", "สมชาย")


def test_parts_in_capitals_and_nothing_written_beside(tmp_path):
    """PLOTS.SHP with its parts in capitals, one of them missing: read, and the folder is as before."""
    path = shapefile(tmp_path)
    for part in list(tmp_path.iterdir()):
        part.rename(part.with_name(part.name.upper()))
    (tmp_path / "PLOTS.SHX").unlink()
    before = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    made, _ = loaded(named(path.with_name("PLOTS.SHP")))

    assert made["plot_id"].tolist() == IDS
    assert {part.name: part.read_bytes() for part in tmp_path.iterdir()} == before


def test_long_numbers_keep_their_digits(tmp_path):
    """A whole number of twenty digits in a .dbf is no double."""
    digits = "12345678901234567891"
    path = shapefile(tmp_path, 1, name="a")
    table = path.with_suffix(".dbf")
    dbf(table, 1, 0, [digits.encode()], width=20)
    table.write_bytes(table.read_bytes().replace(b"codigo\0\0\0\0\0C", b"codigo\0\0\0\0\0N", 1))
    made, _ = loaded(named(path))

    assert made["plot_id"].tolist() == [digits]


@pytest.mark.parametrize("to", [0, 2, 4])
def test_an_index_that_gives_a_row_the_shape_of_another_blocks_it(tmp_path, to):
    """Each shape carries the number of its row: two exchanged in the .shx would exchange the ground of two plots."""
    path = shapefile(tmp_path)
    index = path.with_suffix(".shx")
    content = bytearray(index.read_bytes())
    one, other = 100 + 8, 100 + 8 * to
    content[one : one + 8], content[other : other + 8] = content[other : other + 8], content[one : one + 8]
    index.write_bytes(content)
    made, findings = loaded(named(path))

    assert made.loc[made["usable"], "plot_id"].tolist() == [name for row, name in enumerate(IDS) if row not in (1, to)]
    assert "row_unreadable" in codes(findings, 2)
    assert "row_unreadable" in codes(findings, to + 1)


def test_a_shape_written_anew_at_the_end_is_its_rows(tmp_path):
    """Programs put an edited shape behind the last one; its number still says whose it is."""
    path = shapefile(tmp_path)
    index, content = path.with_suffix(".shx"), bytearray(path.read_bytes())
    listed = bytearray(index.read_bytes())
    start, words = struct.unpack_from(">ii", listed, 100)
    record = content[2 * start : 2 * start + 8 + 2 * words]
    struct.pack_into(">i", listed, 100, len(content) // 2)
    content += record
    struct.pack_into(">i", content, 24, len(content) // 2)
    path.write_bytes(content)
    index.write_bytes(listed)
    made, findings = loaded(named(path))

    assert made.loc[made["usable"], "plot_id"].tolist() == IDS
    assert "row_unreadable" not in codes(findings)
