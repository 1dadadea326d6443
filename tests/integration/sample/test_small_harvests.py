"""The small harvests beside the coffee season, run whole: what is drawn is what comes out."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from eudr_check import config
from eudr_check.package.verify import verify
from eudr_check.run.exit import Exit
from eudr_check.run.harvest import Finished, run
from eudr_check.run.recompute import STAGES
from tests.conftest import REPOSITORY
from tests.helpers.made_once import made_once

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
