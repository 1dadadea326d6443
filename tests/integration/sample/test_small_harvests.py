"""The small harvests beside the coffee season, run whole: what is drawn is what comes out."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
import yaml
from typer.testing import CliRunner

from eudr_check import config, parquet
from eudr_check.cli.commands import app
from eudr_check.package.verify import verify
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from eudr_check.run.recompute import STAGES
from tests.conftest import REPOSITORY
from tests.helpers.made_once import made_once
from tests.helpers.tampering import rehashed

CELL_HA = 0.07613
"""A cell of 1/4000 degree at 8.4 degrees south: 27.53 m east by 27.65 m north."""


def finished(name: str, folder: Path) -> Finished:
    """A harvest of configs/ run to its package, in a run folder of its own."""
    text = (REPOSITORY / "configs" / f"{name}.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text.replace("../sample_plots", (REPOSITORY / "sample_plots").as_posix()))
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({**content, "run": {"folder": str(folder / "run")}}, allow_unicode=True), "utf-8")
    return run(config.load(path), offline=True)


def tables_of(run: Finished) -> tuple[dict[str, tuple[str, str]], pd.DataFrame]:
    """Outcome and weightiest reason of each plot by its own id, and REASONS with the id as a column."""
    assessments = pd.read_parquet(run.folder.tables / "ASSESSMENTS.parquet")
    found = {
        plot.rpartition("/")[2]: (row.outcome, row.reasons[0])
        for plot, row in assessments.iterrows()
        if row.reasons.size
    }
    reasons = pd.read_parquet(run.folder.tables / "REASONS.parquet").reset_index()
    return found, reasons.assign(own=reasons["plot"].str.rpartition("/")[2])


@pytest.fixture(scope="module")
def wood(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The wood harvest."""
    return made_once(tmp_path_factory, "sample-wood", lambda folder: finished("pe-wood-2026", folder))


def test_wood_shows_every_way_to_decide(wood: Finished) -> None:
    """Each compartment has the outcome and the reason that its drawing gives by hand under wood@1.

    | compartment | 2020 (GFT2020) | seen since, on 36 cells (PC-06: 8) | 2025 | so |
    |---|---|---|---|---|
    | PC-01 | planted | nothing | plantation | planted stays planted: low |
    | PC-02, PC-03 | regenerating, primary | nothing | forest | low |
    | PC-04 | no forest | nothing | farmland | low |
    | PC-05 | regenerating | Hansen, TMF and MapBiomas 2022 | farmland | methods agree: high |
    | PC-06 | primary | Hansen 2023, 8 cells = 0.61 ha, over 0.3 ha of one method | forest | high |
    | PC-07 | primary | TMF disturbance 2023 | plantation | Article 2(7), high |
    | PC-08 | regenerating | TMF disturbance 2023 | plantation | Article 2(7), high |
    | PC-09 | regenerating | TMF disturbance 2022 | other wooded land | Article 2(7), high |
    | PC-10 | primary | TMF disturbance 2022 | planted forest | Article 2(7), high |
    | PC-11 | planted | Hansen 2023 | plantation | replanted it stays forest: ask |
    | PC-12 | planted | Hansen 2022 and MapBiomas | farmland | forest to farmland: high |
    | PC-13 | primary | TMF disturbance 2024 | forest | thinned: ask |
    | PC-14 | regenerating | nothing | plantation | the maps differ, nobody saw why: ask |
    | PC-15 | primary | nothing | not mapped | nobody knows the use: undetermined |
    | PC-16 | regenerating | Hansen has no data, the others never say no | forest | undetermined |
    """
    found, _ = tables_of(wood)

    assert found == {
        "PC-01": ("low", "planted_forest_2020"),
        "PC-02": ("low", "no_event_on_forest"),
        "PC-03": ("low", "no_event_on_forest"),
        "PC-04": ("low", "no_forest_2020"),
        "PC-05": ("high", "agreed_deforestation"),
        "PC-06": ("high", "deforestation_one_method"),
        "PC-07": ("high", "primary_to_plantation"),
        "PC-08": ("high", "regenerating_to_plantation"),
        "PC-09": ("high", "natural_to_other_wooded"),
        "PC-10": ("high", "primary_to_planted"),
        "PC-11": ("more_info_needed", "event_on_planted_forest"),
        "PC-12": ("high", "forest_to_agriculture"),
        "PC-13": ("more_info_needed", "canopy_disturbance"),
        "PC-14": ("more_info_needed", "use_changed_without_event"),
        "PC-15": ("undetermined", "unknown_use_today"),
        "PC-16": ("undetermined", "unknown_events"),
    }


@pytest.mark.parametrize(
    ("compartment", "code", "cells"),
    [
        ("PC-06", "deforestation_one_method", 8),
        ("PC-11", "event_on_planted_forest", 36),
        ("PC-12", "forest_to_agriculture", 36),
        ("PC-14", "use_changed_without_event", 36),
    ],
)
def test_hectares_of_wood_are_cells_counted(wood: Finished, compartment: str, code: str, cells: int) -> None:
    """On Hansen's grid the hectares of a reason are the drawn cells, each 0.07613 ha."""
    _, reasons = tables_of(wood)
    row = reasons[(reasons["own"] == compartment) & (reasons["code"] == code)]

    assert row["area_ha"].item() == pytest.approx(cells * CELL_HA, abs=0.002)


def test_wood_package_declares_the_low_ones_and_verifies(wood: Finished) -> None:
    """Only the four settled compartments are declared; the package proves itself."""
    index = pd.read_csv(next(wood.package.glob("statement-*")) / "plots_index.csv")

    assert wood.exit == Exit.OPEN_QUESTIONS
    assert sorted(index["plot"].str.rpartition("/")[2].unique()) == ["PC-01", "PC-02", "PC-03", "PC-04"]
    assert verify(wood.package / "pe-wood-2026.zip", stages=STAGES) == []


@pytest.fixture(scope="module")
def cattle(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The chain of cattle."""
    return made_once(tmp_path_factory, "sample-cattle", lambda folder: finished("pe-cattle-2026", folder))


def test_each_establishment_on_its_own_ground(cattle: Finished) -> None:
    """Drawn by hand: loss on forest, disturbance, a point nobody measured; forest that stands is no question.

    | establishment | ground | drawn | so |
    |---|---|---|---|
    | CRIA-01 | point of 60 ha, its doubled disc 874 m, nearest forest over 1,000 m | pasture | low |
    | CRIA-02 | outline | forest on half of it, standing | low |
    | CRIA-03 | outline | 36 of 100 cells of forest lost in 2022 by Hansen and TMF: 2.74 ha | high |
    | RECRIA-01, ENGORDE-01, POTRERO-09 | outlines | pasture | low |
    | RECRIA-02 | point without hectares | pasture around it | undetermined |
    | ENGORDE-02 | outline | 36 cells of forest that TMF saw disturbed in 2023 | more_info_needed |
    | CAMAL-01 | point of 1.2 ha | pasture | low |
    """
    found, reasons = tables_of(cattle)

    assert found == {
        "CRIA-01": ("low", "no_forest_2020"),
        "CRIA-02": ("low", "no_event_on_forest"),
        "CRIA-03": ("high", "agreed_deforestation"),
        "RECRIA-01": ("low", "no_forest_2020"),
        "RECRIA-02": ("undetermined", "establishment_area_unknown"),
        "ENGORDE-01": ("low", "no_forest_2020"),
        "ENGORDE-02": ("more_info_needed", "canopy_disturbance"),
        "CAMAL-01": ("low", "no_forest_2020"),
        "POTRERO-09": ("low", "no_forest_2020"),
    }
    one_method = reasons[(reasons["own"] == "CRIA-03") & (reasons["code"] == "deforestation_one_method")]
    assert one_method["area_ha"].item() == pytest.approx(36 * CELL_HA, abs=0.004)


def test_chains_are_as_strong_as_their_weakest_link(cattle: Finished) -> None:
    """What became of each group, by its stays.

    T-01 and T-02 are whole. T-03 was born on CRIA-03 (high), however clean the rest. T-04 was reared on RECRIA-02,
    which nobody measured; T-05 fattened on ENGORDE-02. T-06 left CRIA-02 on 30 November 2024 and came to ENGORDE-01 on
    1 March 2025. Nobody says where T-07 was born, and no file has COMPRA-7, where T-08 was.
    """
    animals = pd.read_parquet(cattle.package / "tables" / "ANIMALS.parquet").set_index("group")

    assert dict(zip(animals.index, zip(animals["outcome"], animals["reasons"], strict=True), strict=True)) == {
        "T-01": ("low", ""),
        "T-02": ("low", ""),
        "T-03": ("high", "establishment_high: ganaderos/CRIA-03"),
        "T-04": ("undetermined", "establishment_undetermined: ganaderos/RECRIA-02"),
        "T-05": ("more_info_needed", "establishment_more_info: ganaderos/ENGORDE-02"),
        "T-06": ("undetermined", "days_unknown: 2024-12-01/2025-02-28"),
        "T-07": ("undetermined", "no_birth"),
        "T-08": ("undetermined", "establishment_unknown: ganaderos/COMPRA-7"),
    }


def test_statement_of_meat_names_every_establishment_of_its_animals(cattle: Finished) -> None:
    """Lot CARNE-1 holds T-01 and T-02, 10,000 kg from five establishments; lots with T-03 and T-06 are refused."""
    lots = pd.read_parquet(cattle.package / "tables" / "LOTS.parquet").set_index("lot")
    (statement,) = cattle.package.glob("statement-*")
    index = pd.read_csv(statement / "plots_index.csv")
    excluded = pd.read_csv(cattle.package / "excluded.csv").set_index("plot")["excluded_because"]

    assert lots["reasons"].to_dict() == {
        "CARNE-1": "",
        "CARNE-2": "animals_not_settled: T-03",
        "CARNE-3": "animals_not_settled: T-06",
    }
    assert sorted(index["plot_id"]) == ["CAMAL-01", "CRIA-01", "CRIA-02", "ENGORDE-01", "RECRIA-01"]
    assert excluded["ganaderos/POTRERO-09"] == "no_animals"
    assert verify(cattle.package / "pe-cattle-2026.zip", stages=STAGES) == []


def test_chains_are_shown_wherever_somebody_has_to_know(cattle: Finished) -> None:
    """Action plan, QGIS, statement and `explain` say which link breaks the chain of which group, as the report does."""
    book = openpyxl.load_workbook(cattle.package / "action_plan" / "ganaderos.xlsx").worksheets[1]
    todo = [[str(cell) for cell in row] for row in book.values]
    stays = pyogrio.read_dataframe(cattle.package / "pe-cattle-2026.gpkg", layer="stays", read_geometry=False)
    born = stays[stays["plot"] == "ganaderos/CRIA-03"].iloc[0]
    dds = json.loads(next(cattle.package.glob("statement-*/dds.json")).read_text(encoding="utf-8"))
    settings = cattle.folder.path.parent / "pe-cattle-2026.yaml"
    said = CliRunner().invoke(app, ["explain", str(settings), "ganaderos/CAMAL-01", "--language", "en"]).output

    for group in ("T-03", "T-04", "T-05", "T-06", "T-07", "T-08"):
        assert any(group in cell for row in todo for cell in row), group
    assert not any("T-01" in cell or "T-02" in cell for row in todo for cell in row)
    assert (born["group"], born["role"], born["chain_outcome"]) == ("T-03", "birth", "high")
    assert born["why"] == "Riesgo alto: ganaderos/CRIA-03."
    assert len(stays) == len(pd.read_parquet(cattle.package / "tables" / "STAYS.parquet"))
    assert [(one["group"], one["outcome"], one["stays"], one["why"]) for one in dds["animals"]] == [
        ("T-01", "low", 4, []),
        ("T-02", "low", 3, []),
    ]
    assert "Group T-06, the whole chain: undetermined. Nobody says where they were: 2024-12-01/2025-02-28." in said
    assert "Group T-01, the whole chain: low risk." in said


def test_an_edit_of_the_animals_of_a_statement_is_found(cattle: Finished, tmp_path: Path) -> None:
    """What dds.json says of groups follows from the tables inside."""

    def change(package: Path) -> None:
        (path,) = package.glob("statement-*/dds.json")
        content = json.loads(path.read_text(encoding="utf-8"))
        content["animals"][0]["slaughtered"] = "2026-03-03"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    found = verify(rehashed(cattle.package, tmp_path / "edited", change), stages=STAGES)

    assert any(one.file.endswith("dds.json") for one in found)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("ANIMALS", "outcome", "low"),
        ("ANIMALS", "reasons", ""),
        ("STAYS", "plot", "ganaderos/CRIA-03"),
        ("STAYS", "until", None),
    ],
)
def test_an_edit_of_a_chain_is_found(
    cattle: Finished, tmp_path: Path, table: str, column: str, value: str | None
) -> None:
    """Every hash made anew, the groups of animals are still not those that the stays inside give."""

    def change(package: Path) -> None:
        path = package / "tables" / f"{table}.parquet"
        frame = parquet.frame(path)
        frame.loc[2, column] = value
        frame.to_parquet(path, compression="zstd")

    found = verify(rehashed(cattle.package, tmp_path / "edited", change), stages=STAGES)

    assert "tables/ANIMALS.parquet" in {one.file for one in found}
