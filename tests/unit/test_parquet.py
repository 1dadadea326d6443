"""Tables in Parquet files: what other tools find there, and what comes back."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pytest

from eudr_check import parquet, tables
from tests.helpers import season_tables

SEASON = season_tables.season(30)


@pytest.mark.parametrize("name", ["FINDINGS", "SOURCES", "EVIDENCE", "ASSESSMENTS", "REASONS"])
def test_a_table_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    """Words in one text, types and index included."""
    table = getattr(SEASON, name.lower())
    parquet.write(tmp_path / f"{name}.parquet", name, table)

    pd.testing.assert_frame_equal(tables.check(tables.ALL[name], parquet.frame(tmp_path / f"{name}.parquet")), table)


def test_words_are_lists_in_the_file(tmp_path: Path) -> None:
    """Every tool can take them apart; no word is a list without one, and nothing is nothing."""
    table = SEASON.assessments.assign(
        reasons=["", "a b", *["c"] * 28], flips=pd.Series([None, "without:x@1=high a=low", *["d=low"] * 28]).to_numpy()
    ).astype(SEASON.assessments.dtypes)
    parquet.write(tmp_path / "ASSESSMENTS.parquet", "ASSESSMENTS", table)
    stored = pq.read_table(tmp_path / "ASSESSMENTS.parquet")

    assert stored["reasons"].to_pylist()[:3] == [[], ["a", "b"], ["c"]]
    assert stored["flips"].to_pylist()[:3] == [None, ["without:x@1=high", "a=low"], ["d=low"]]
    assert parquet.frame(tmp_path / "ASSESSMENTS.parquet")["flips"].equals(table["flips"])
    assert [*pd.read_parquet(tmp_path / "ASSESSMENTS.parquet")["reasons"].iloc[1]] == ["a", "b"]


def test_words_that_are_text_in_the_file_stay_text(tmp_path: Path) -> None:
    """Packages of earlier versions are read as before."""
    SEASON.reasons.to_parquet(tmp_path / "REASONS.parquet")

    pd.testing.assert_frame_equal(parquet.frame(tmp_path / "REASONS.parquet"), SEASON.reasons)


@pytest.mark.parametrize("count", [0, 30])
@pytest.mark.parametrize("name", ["PLOTS", "PATCHES"])
def test_geometries_are_geoparquet(tmp_path: Path, name: str, count: int) -> None:
    """Geometries, their CRS and box come back; a table without rows has the types of one with rows."""
    table = getattr(season_tables.season(count), name.lower())
    parquet.write(path := tmp_path / f"{name}.parquet", name, table)
    found = gpd.read_parquet(path)

    assert found.crs == "EPSG:4326"
    assert found.geometry.geom_equals(table.geometry).sum() == table.geometry.notna().sum()
    full = getattr(SEASON, name.lower())
    assert pq.read_schema(path).types == parquet.arrow(name, full).schema.types
    tables.check(tables.ALL[name], found)


@pytest.mark.parametrize("name", ["PLOTS", "FINDINGS", "SOURCES", "EVIDENCE", "PATCHES", "ASSESSMENTS", "REASONS"])
def test_every_field_says_what_it_means(name: str) -> None:
    """Description in every field, and hectares where they are hectares."""
    fields = {field.name: field.metadata or {} for field in parquet.arrow(name, getattr(SEASON, name.lower())).schema}

    assert all(len(about[b"description"]) > 5 for about in fields.values())
    assert {name for name, about in fields.items() if about.get(b"unit") == b"ha"} == {
        name for name in fields if name.endswith("_ha")
    }
