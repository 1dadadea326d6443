"""What breaks the chain of groups of cattle is to be done by somebody, and stands in the plan of whoever can."""

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from eudr_check import tables
from eudr_check.documents import chains as documents
from eudr_check.package import chains as words
from eudr_check.package.action_plan import actions, chains, plan
from eudr_check.package.action_plan.cooperative import Ground, Settings
from eudr_check.text import LANGUAGES, topic
from tests.helpers import season_tables

START = dt.date(2026, 11, 2)


def animals(*rows: tuple[str, str, str, list[str]]) -> pd.DataFrame:
    """ANIMALS: group, outcome, reasons, establishments."""
    named = [
        {"group": group, "stays": len(plots), "outcome": outcome, "reasons": why, "warnings": "", "plots": plots}
        for group, outcome, why, plots in rows
    ]
    return tables.check(tables.ANIMALS, tables.typed(tables.ANIMALS, named))


BROKEN = animals(
    ("G1", "high", "establishment_high: norte/A", ["norte/A", "sur/Z"]),
    ("G2", "high", "establishment_high: norte/A; days_unknown: 2025-01-01/2025-02-01", ["norte/A", "sur/Z"]),
    ("G3", "low", "", ["sur/Z"]),
    ("G4", "undetermined", "establishment_unknown: otros/B; no_birth", ["otros/B", "sur/Z"]),
)
KG = pd.DataFrame({"group": ["G1", "G2", "G2", "G4"], "kg_green": [100.0, 20.0, 5.0, 7.0]})


def made(table: pd.DataFrame = BROKEN, deliveries: pd.DataFrame | None = KG, language: str = "es") -> pd.DataFrame:
    """Rows of the plans of two cooperatives."""
    return chains.actions(table, ["norte", "sur"], deliveries, file="animales.csv", start=START, language=language)


def test_every_fault_is_somebodys_to_do() -> None:
    """An establishment once with all its groups and kilograms; days in the plans of all who kept the group."""
    found = made()

    assert found.columns.tolist() == actions.COLUMNS
    named = ["plot_id", "cooperative", "code", "kg", "who"]
    assert found[named].values.tolist() == [
        ["A", "norte", "establishment_high", 125.0, "exporter"],
        ["B", "sur", "establishment_unknown", 7.0, "desk"],
        ["G2", "norte", "days_unknown", 25.0, "desk"],
        ["G2", "sur", "days_unknown", 25.0, "desk"],
        ["G4", "sur", "no_birth", 7.0, "desk"],
    ]
    assert "G1, G2" in found["wrong"].iloc[0] and "2025-01-01/2025-02-01" in found["wrong"].iloc[2]
    assert found["todo"].str.len().min() > 30 and set(found["source_file"]) == {"animales.csv"}


def test_whole_chains_ask_for_nothing() -> None:
    """Groups that are low have no row."""
    assert made(animals(("G3", "low", "", ["sur/Z"]))).empty


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", documents.FAULTS)
def test_every_fault_of_a_chain_has_words(code: str, language: str) -> None:
    """What documents find is said here, in each language, with what it names."""
    said = words.worded(words.Fault(code, "norte/A"), language)
    (_, row), *_ = made(animals(("G", "undetermined", f"{code}: norte/A", ["norte/A"])), language=language).iterrows()

    assert "{" not in said and said in row["wrong"]
    assert ("norte/A" in said) == ("{what}" in topic("report")[f"chain_{code}"][language])


def test_an_id_with_a_comma_is_one_establishment() -> None:
    """Ids are what people wrote."""
    fault = words.faults("establishment_high: norte/A, 2, norte/B")[0]

    assert words.places(fault, ["norte/A, 2", "norte/B", "norte/C"]) == ["norte/A, 2", "norte/B"]


@pytest.mark.parametrize("delivered", [True, False])
def test_they_stand_in_workbook_and_on_paper(tmp_path: Path, delivered: bool) -> None:
    """Beside what findings and reasons ask for, most kilograms first."""
    season = season_tables.season(12)
    plot = str(season.plots.index[0])
    broken = animals(
        ("Hato-9", "undetermined", "no_birth", [plot]), ("Hato-8", "high", f"establishment_high: {plot}", [plot])
    )
    deliveries = season.deliveries.assign(group="Hato-9", kg_green=1e6) if delivered else None
    named = season.tables()
    files = plan.write(
        tmp_path,
        settings=Settings.of(season_tables.harvest(package={"languages": ["es"]})),
        deliveries=deliveries,
        ground=Ground(season.patches, animals=broken),
        **{name: named[name] for name in ("plots", "findings", "assessments", "reasons")},
    )
    mine = next(one for one in files if one.name == f"{plot.partition('/')[0]}.xlsx")
    rows = [[str(cell) for cell in row] for row in openpyxl.load_workbook(mine).worksheets[1].values]

    said = [line for line in rows if any("Hato-" in cell for cell in line)]
    assert len(said) == 2
    if delivered:
        assert any("Hato-9" in cell for cell in rows[1])
