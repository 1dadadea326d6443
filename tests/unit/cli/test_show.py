"""What the terminal shows of a run: texts of users as they are."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest
from rich.console import Console

from eudr_check.choices import LANGUAGES
from eudr_check.cli import language, show
from eudr_check.text import number, say


@pytest.mark.parametrize("plot", ["coop/a[/]b", "coop/[bold]1", "coop/[/red]", "coop/:smile:", "coop/[link=x]y[/link]"])
def test_ids_with_brackets_are_shown_as_they_are(plot: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`compare` names plots whose ids look like markup of the terminal, and does not die of them."""
    show.frame(pd.DataFrame({"plot": [plot], "before": ["low"], "now": ["high"]}), nothing="no plot")

    assert plot in capsys.readouterr().out


def finished(cooperative: str) -> Any:
    """A run with every outcome, 1,300 plots and 29 blocked rows, all of one cooperative."""
    plots = pd.Index([f"{cooperative}/{at}" for at in range(1300)])
    outcomes = [list(show.COLOURS)[at % len(show.COLOURS)] for at in range(1300)]
    return SimpleNamespace(
        cooperatives=pd.Series(cooperative, plots, name="cooperative"),
        assessments=pd.DataFrame({"final_outcome": outcomes}, plots),
        findings=pd.DataFrame(
            {"severity": "block", "source_file": "f", "source_row": range(29), "cooperative": cooperative}
        ),
    )


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("cooperative", ["coop-01", "cooperativa-agraria-cafetalera-de-san-ignacio"])
def test_no_column_of_outcomes_loses_cells_at_80_columns(
    spoken: str, cooperative: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All columns, their headers and the figures as the language writes them, whatever a cooperative is called."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(language, "_chosen", [spoken])
    show._whole(Console(markup=False, emoji=False), show._outcomes(cast("Any", finished(cooperative))))
    shown = capsys.readouterr().out
    last = [line for line in shown.splitlines() if line.strip()][-1]
    cells = [cell for cell in last.split(" ") if cell]

    assert cells == [language.say("all"), number(1300, spoken, 0), *["260"] * 5, "29"]
    assert {word for name in (*show.COLOURS, "blocked") for word in language.say(name).split()} <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_a_window_narrower_than_the_figures_cuts_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines go on in the next, and the last column is there."""
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(language, "_chosen", ["es"])
    show._whole(Console(markup=False, emoji=False), show._outcomes(cast("Any", finished("coop-01"))))

    assert capsys.readouterr().out.split()[-1] == "29"


def test_a_file_without_a_column_of_ids_says_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "Give the plot an id" helps nobody whose file has ids in a column that no header names."""
    monkeypatch.setattr(language, "_chosen", ["es"])
    details = '{"headers": "CÓDIGO SOCIO, LATITUD"}'
    findings = pd.DataFrame(
        {
            "severity": ["block"] * 6 + ["warn"],
            "code": ["id_missing"] * 6 + ["id_column_missing"],
            "source_file": "padron.csv",
            "source_row": [*range(6), None],
            "details": ["{}"] * 6 + [details],
        }
    )
    said = list(show._causes(cast("Any", SimpleNamespace(findings=findings))))

    assert len(said) == 2 and "CÓDIGO SOCIO" in said[1] and "plot_id: " in said[1]


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("name", ["ordered", "delivered", "located", "cleared", "declared", "missing"])
def test_terminal_and_report_call_kilograms_alike(spoken: str, name: str) -> None:
    """Who reads one after the other finds the same figure under the same word."""
    assert f"{say('terminal', name, spoken)} (kg)" == say("report", f"{name}_kg", spoken).lower()
