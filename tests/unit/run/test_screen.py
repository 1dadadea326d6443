"""A first look at one file: the settings that are made up for it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eudr_check.cli.commands import app
from eudr_check.errors import ConfigError
from eudr_check.run.screen import harvest_of


@pytest.mark.parametrize("country", ["Peru", "Perú", "PE", "pe", "PER", "Pérou"])
def test_a_country_is_taken_as_people_write_it(tmp_path: Path, country: str) -> None:
    """A name or a code, in any of the four languages."""
    made = harvest_of(tmp_path / "a.csv", commodity="coffee", catalogue=None, out=tmp_path / "out", country=country)

    assert made.plots[0].producer_country == "PE"


@pytest.mark.parametrize("country", ["Perru", "", "XX", "Peru, Ecuador", "[bold]PE[/bold]"])
def test_what_is_no_country_is_refused_in_one_line(tmp_path: Path, country: str) -> None:
    """Nothing is guessed, and the message says what to write."""
    with pytest.raises(ConfigError, match="is no country; write its name or its code"):
        harvest_of(tmp_path / "a.csv", commodity="coffee", catalogue=None, out=tmp_path / "out", country=country)


def test_the_command_ends_without_a_traceback(tmp_path: Path) -> None:
    """One line, and the exit code of an error."""
    (tmp_path / "a.csv").write_text("plot_id,lon,lat\nP1,-76.101234,-6.041234\n", encoding="utf-8")
    made = CliRunner().invoke(app, ["screen", str(tmp_path / "a.csv"), "--plots-only", "--country", "Atlantis"])

    assert made.exit_code != 0
    assert isinstance(made.exception, ConfigError | SystemExit)
