"""What a package says of the columns of its CSV files."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from eudr_check import parquet
from eudr_check.package import csvw
from tests.helpers import season_tables

SEASON = season_tables.season(30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of a season as a package holds them."""
    made = tmp_path_factory.mktemp("tables")
    for name in csvw.CONVERTED:
        parquet.write(made / f"{name}.parquet", name, getattr(SEASON, name.lower()))
    csvw.write(made)
    return made


def described(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Columns by file and name."""
    content = json.loads((folder / csvw.NAME).read_text(encoding="utf-8"))
    return {table["url"]: {one["name"]: one for one in table["tableSchema"]["columns"]} for table in content["tables"]}


def test_columns_stand_as_in_the_files(folder: Path) -> None:
    """Every CSV file is described, its columns in the order of its header."""
    found = described(folder)

    assert set(found) == {path.name for path in folder.glob("*.csv")}
    for name, columns in found.items():
        assert list(columns) == list(pd.read_csv(folder / name, nrows=0).columns)
        assert all(len(column["dc:description"]) > 5 for column in columns.values())


def test_types_read_what_is_there(folder: Path) -> None:
    """Whoever takes types, lists and units from the description reads the tables as they were."""
    found = described(folder)
    assessments = pd.read_csv(folder / "assessments.csv", keep_default_na=False)

    assert found["assessments.csv"]["reasons"]["separator"] == " "
    assert assessments["reasons"].str.split(" ").tolist() == SEASON.assessments["reasons"].str.split(" ").tolist()
    assert found["evidence.csv"]["hansen.loss_year"]["datatype"] == "integer"
    assert found["evidence.csv"]["area_ha"]["datatype"] == "double"
    assert found["evidence.csv"]["area_ha"]["schema:unitText"] == "ha"
    assert "schema:unitText" not in found["evidence.csv"]["footprint"]
