"""Finished work is whole or absent, found by what made it, and never trusted when damaged."""

import errno
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from eudr_check import tables
from eudr_check.errors import EudrCheckError, RunError
from eudr_check.run.artifacts import CONTENTS, Artifacts, append_tables, digest, refusal, save_table


def write_answer(folder: Path) -> None:
    (folder / "answer.txt").write_text("42")


def test_a_digest_depends_on_content_and_not_on_order():
    """Parts are named, so their order does not matter; their values do."""
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


def test_a_artifact_is_made_once(tmp_path: Path):
    """The second time the work is not done again."""
    artifacts = Artifacts(tmp_path)
    calls = []

    def make(folder: Path) -> None:
        calls.append(folder)
        write_answer(folder)

    first = artifacts.obtain("plots", "d" * 64, make)
    second = artifacts.obtain("plots", "d" * 64, make)

    assert first == second
    assert len(calls) == 1


def test_an_error_leaves_nothing_behind(tmp_path: Path):
    """An artifact that fails half-way is absent, and so are its files."""
    artifacts = Artifacts(tmp_path)

    with pytest.raises(ZeroDivisionError), artifacts.making("plots", "d" * 64) as folder:
        write_answer(folder)
        _ = 1 / 0

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("harm", ["flip", "truncate", "remove", "contents"])
def test_a_damaged_artifact_counts_as_absent_and_is_made_anew(tmp_path: Path, harm: str):
    """One wrong byte, a cut file, a lost file or a broken list of contents: the artifact is redone."""
    artifacts = Artifacts(tmp_path)
    artifact = artifacts.obtain("plots", "d" * 64, write_answer)
    victim = artifact.folder / "answer.txt"
    if harm == "flip":
        victim.write_text("43")
    elif harm == "truncate":
        victim.write_text("4")
    elif harm == "remove":
        victim.unlink()
    else:
        (artifact.folder / CONTENTS).write_text("{")

    assert artifacts.find("plots", "d" * 64) is None
    assert (artifacts.obtain("plots", "d" * 64, write_answer).folder / "answer.txt").read_text() == "42"


def test_the_contents_list_files_in_folders_too(tmp_path: Path):
    """A package has folders; each file in them is hashed."""

    def make(folder: Path) -> None:
        (folder / "deep").mkdir()
        write_answer(folder / "deep")

    artifact = Artifacts(tmp_path).obtain("package", "d" * 64, make)

    assert list(json.loads((artifact.folder / CONTENTS).read_text())["files"]) == ["deep/answer.txt"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, "cannot be written"),
        (errno.EACCES, "cannot be written"),
    ],
)
def test_system_errors_say_what_to_do(number: int, words: str):
    """A full disk and a read-only folder are distinguished, in words."""
    message = str(refusal(OSError(number, "x"), Path("runs/x")))

    assert words in message
    assert "runs/x" in message


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    """A file where the folder should be is a RunError, not a traceback."""
    (tmp_path / "artifacts").write_text("in the way")

    with pytest.raises(RunError, match="artifacts"):
        Artifacts(tmp_path / "artifacts").obtain("plots", "d" * 64, write_answer)


def patches(*years: int) -> gpd.GeoDataFrame:
    rows = [{"column": "a.year", "year": year, "area_ha": 1.0, "plots": ["c/1"]} for year in years]
    shapes = [shapely.box(year, 0, year + 1, 1) for year in years]
    return gpd.GeoDataFrame(
        tables.typed(tables.PATCHES, rows).drop(columns="geometry"), geometry=shapes, crs="EPSG:4326"
    )[list(tables.PATCHES.columns)]


def test_tables_of_many_artifacts_become_one(tmp_path: Path):
    """Rows come artifact by artifact, those of the last table behind them, and all keeps its CRS and contract."""
    artifacts = Artifacts(tmp_path)
    made = [
        artifacts.obtain("tile", letter * 64, lambda folder, part=part: save_table(folder, "PATCHES", part))
        for letter, part in (("a", patches(1, 2)), ("b", patches()), ("c", patches(3)))
    ]
    append_tables(tmp_path, "PATCHES", made, patches(4))
    whole = gpd.read_parquet(tmp_path / "PATCHES.parquet")

    assert whole["year"].tolist() == [1, 2, 3, 4]
    assert whole.crs == "EPSG:4326"
    assert whole.total_bounds.tolist() == [1, 0, 5, 1]
    tables.check(tables.PATCHES, whole)


def test_rows_that_break_the_contract_are_no_part_of_a_table(tmp_path: Path):
    """What no tile has looked at is looked at when the whole is made."""
    made = Artifacts(tmp_path).obtain("tile", "a" * 64, lambda folder: save_table(folder, "PATCHES", patches(1, 0)))

    with pytest.raises(EudrCheckError, match="PATCHES breaks its contract: year"):
        append_tables(tmp_path, "PATCHES", [made], patches(4))
