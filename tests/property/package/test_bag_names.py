"""BagIt manifests over file names that nobody would choose."""

import datetime as dt
import zipfile

import bagit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eudr_check.package.bag import bagit as bag

NAMES = st.text(
    st.one_of(st.sampled_from("%\r\n 0DdAa25."), st.characters(exclude_characters="/\\\x00:", codec="utf-8")),
    min_size=1,
    max_size=12,
).filter(lambda name: name.strip(" .") == name and len(name.encode()) < 200 and name.casefold() != "manifest.json")


@given(NAMES)
def test_names_come_back(name: str) -> None:
    """Percent sign, CR and LF are encoded, nothing else, and one line holds one name (RFC 8493, section 2.1.3)."""
    written = bag.encoded(name)

    assert bag.decoded(written) == name
    assert "\r" not in written and "\n" not in written
    assert written == name or set(name) & set("%\r\n")


@settings(deadline=None, max_examples=30)
@given(st.sets(NAMES, min_size=1, max_size=3))
def test_bag_is_valid_for_any_names(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    """Every name stands there once; the library agrees where it can: it leaves percent signs as BagIt 0.97 did, and
    takes every line break of Unicode for one.
    """
    folder = tmp_path_factory.mktemp("bag")
    for name in names:
        (folder / name).write_text(name)
    bag.write(folder, name="prueba", date=dt.date(2026, 9, 30), title="A bag", facts={})
    with zipfile.ZipFile(folder / "prueba.zip") as archive:
        listed = archive.read("prueba/manifest-sha256.txt").decode().split("\n")[:-1]
        archive.extractall(folder / "out")

    assert {bag.decoded(line[66:]) for line in listed} == {f"data/{name}" for name in {*names, "MANIFEST.json"}}
    if all(name.replace("\r", "").replace("\n", "").isprintable() and "%" not in name for name in names):
        bagit.Bag(str(folder / "out/prueba")).validate()
