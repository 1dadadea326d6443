"""Figures of README and docs are those that the sample season gives."""

import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from eudr_check.cli import show
from eudr_check.cli.commands import app
from eudr_check.run.harvest import Finished
from tests.conftest import REPOSITORY
from tests.integration.sample.test_sample_season import now, packaged

__all__ = ["now", "packaged"]


def said(text: str) -> list[str]:
    """Lines of a terminal without the blanks that its width decides, and without frames."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" ─") and line.strip() != "..."]


def block(opening: str) -> list[str]:
    """Lines of the README's block of code that holds some words."""
    blocks = re.findall(r"```\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return said(next(one for one in blocks if opening in one))


def test_the_table_of_the_readme_is_that_of_the_run(
    packaged: Finished, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cooperative, lot and shipment stands in the README as the run prints it."""
    monkeypatch.setenv("COLUMNS", "120")
    show.result(packaged, as_json=False, profile=False)
    printed = said(capsys.readouterr().out)
    shown = [line for line in block("coop-14") if re.match(r"coop-\d+ |all |\d+ of \d+ lots|EJ-", line)]

    assert len(shown) == 14 + 1 + 1 + 2
    assert set(shown) <= set(printed)


def test_the_explained_plot_of_the_readme_is_that_of_the_run(packaged: Finished) -> None:
    """Hectares, thresholds and margins of the plot that the README explains are the run's."""
    config = packaged.folder.path.parent / "pe-coffee-2026.yaml"
    done = CliRunner().invoke(app, ["explain", str(config), "coop-07/COP013", "--language", "en"])

    shown = block("Plot coop-07/COP013")[1:]

    assert len(shown) > 10
    assert [line for line in said(done.output) if line in shown] == shown


def test_the_page_of_the_season_says_what_it_gives(packaged: Finished) -> None:
    """Plots by outcome, lots and tonnes of docs/sample-season.md are the run's."""
    page = " ".join((REPOSITORY / "docs" / "sample-season.md").read_text(encoding="utf-8").split())
    tables: Path = packaged.folder.tables
    outcomes = pd.read_parquet(tables / "ASSESSMENTS.parquet")["outcome"].value_counts()
    lots = pd.read_parquet(tables / "LOTS.parquet")
    accepted = lots[lots["status"] == "accepted"]
    total = outcomes.sum()

    for expected in (
        f"{total} plots, the forest maps",
        f"{outcomes['low']} plots low ({outcomes['low'] / total:.0%})".replace("%", " %"),
        f"{outcomes['more_info_needed']} more_info_needed",
        f"{outcomes['high']} high, {outcomes['undetermined']} undetermined",
        f"{len(lots)} lots.",
        f"{len(accepted)} lots with {accepted['kg_green'].sum() / 1000:.1f} t of green coffee are accepted",
        f"{len(lots) - len(accepted)} are refused",
    ):
        assert expected in page, expected
